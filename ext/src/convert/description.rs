//! The description of an exception, for logs.

use ext_php_rs::types::Zval;

use super::object::{Object, Throwable};

/// Class, message, file and line of an exception.
pub(crate) struct Description {
    pub(crate) class: String,
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: i64,
}

pub(crate) fn describe(exception: &Object<Throwable>) -> Description {
    // These methods of `Throwable` are final.
    let ask = |method| exception.try_call_method(method, Vec::new()).unwrap_or_default();
    let text = |value: Zval| {
        value
            .zend_str()
            .map_or_else(String::new, |text| String::from_utf8_lossy(text.as_bytes()).into_owned())
    };
    Description {
        class: exception.class_name(),
        message: text(ask("getMessage")),
        file: text(ask("getFile")),
        line: ask("getLine").long().unwrap_or(0),
    }
}
