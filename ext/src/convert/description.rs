//! What an exception says of itself.

use crate::zend::exception::scope_of;
use crate::zend::{Object, Str, Value, View};

/// What an exception says of itself.
pub(crate) struct Description {
    pub(crate) class: String,
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: i64,
}

pub(crate) fn describe<T>(exception: &Object<T>) -> Description {
    let scope = scope_of(exception);
    let text = |name| match exception.read(scope, name).view() {
        View::Str(text) => Str::lossy(&text),
        _ => String::new(),
    };
    let line = exception.read(scope, "line").long().unwrap_or(0);
    Description { class: exception.class_name(), message: text("message"), file: text("file"), line }
}
