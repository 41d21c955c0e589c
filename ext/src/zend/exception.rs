//! Exceptions: how Rust throws them, and how it takes those that PHP code threw.

use std::ffi::CString;

use super::classes::Class;
use super::ffi;
use super::object::Object;
use super::string::Str;
use super::value::{IntoValue, Value, View};

/// Why a body ends without a result. PHP holds the rest: this only says that there is something.
#[derive(Debug)]
pub(crate) enum Thrown {
    /// An exception is pending.
    Exception,
    /// A fatal error: nothing of PHP may run any more in this request but its own end.
    Bailout,
}

/// What a body gives.
pub(crate) type PhpResult<T> = Result<T, Thrown>;

/// Throws an exception object.
pub(crate) fn throw(exception: Object) -> Thrown {
    // SAFETY: a live Throwable, whose reference passes to PHP.
    unsafe { ffi::ami_exception_throw(exception.into_raw()) };
    Thrown::Exception
}

/// A new exception of ours, not thrown yet. File, line and trace are those of the PHP code that runs now.
pub(crate) fn new(class: Class, message: &str) -> PhpResult<Object> {
    let exception = Object::instantiate(class)?;
    set_message(&exception, message.into_value());
    Ok(exception)
}

/// What `Exception::__construct` would set.
pub(crate) fn set_message(exception: &Object, message: Value) {
    // SAFETY: PHP's own class.
    exception.set_in(unsafe { ffi::ami_exception_scope() }, "message", message);
}

/// What `Exception::__construct` would set.
pub(crate) fn set_previous(exception: &Object, previous: Object) {
    // SAFETY: PHP's own class.
    exception.set_in(unsafe { ffi::ami_exception_scope() }, "previous", previous.into_value());
}

/// Throws an exception of ours.
pub(crate) fn throw_new(class: Class, message: &str) -> Thrown {
    match new(class, message) {
        Ok(exception) => throw(exception),
        Err(thrown) => thrown,
    }
}

/// Throws an `Error`.
pub(crate) fn error(message: &str) -> Thrown {
    // SAFETY: PHP copies the text.
    unsafe { ffi::ami_throw_error(c_text(message).as_ptr()) };
    Thrown::Exception
}

/// Throws a `TypeError`.
pub(crate) fn type_error(message: &str) -> Thrown {
    // SAFETY: as above.
    unsafe { ffi::ami_throw_type_error(c_text(message).as_ptr()) };
    Thrown::Exception
}

/// Throws a `ValueError`.
pub(crate) fn value_error(message: &str) -> Thrown {
    // SAFETY: as above.
    unsafe { ffi::ami_throw_value_error(c_text(message).as_ptr()) };
    Thrown::Exception
}

/// A text that ends in NUL and holds none, as PHP's older functions take it.
pub(super) fn c_text(text: &str) -> CString {
    CString::new(text.replace('\0', "")).unwrap_or_default()
}

/// `Err` where an exception is pending.
pub(crate) fn check() -> PhpResult<()> {
    // SAFETY: reads a global of PHP.
    if unsafe { ffi::ami_exception_pending() } { Err(Thrown::Exception) } else { Ok(()) }
}

/// The exception that PHP code threw, which then is pending no more. `Err` passes on what must not be
/// caught: `exit()`, the end of a fiber, a fatal error.
pub(crate) fn catch(thrown: Thrown) -> PhpResult<Object> {
    // SAFETY: `Thrown::Exception` says that one is pending, and its reference passes to the result.
    unsafe {
        if matches!(thrown, Thrown::Bailout) || !ffi::ami_exception_pending() || ffi::ami_exception_is_exit()
        {
            return Err(thrown);
        }
        Ok(Object::from_owned(ffi::ami_exception_take()))
    }
}

/// What an exception says of itself.
pub(crate) struct Description {
    pub(crate) class: String,
    pub(crate) message: String,
    pub(crate) file: String,
    pub(crate) line: i64,
}

pub(crate) fn describe(exception: &Object) -> Description {
    let text = |name| match read(exception, name).view() {
        View::Str(text) => Str::lossy(&text),
        _ => String::new(),
    };
    let line = match read(exception, "line").view() {
        View::Int(line) => line,
        _ => 0,
    };
    Description { class: exception.class_name(), message: text("message"), file: text("file"), line }
}

fn read(exception: &Object, name: &str) -> Value {
    // SAFETY: PHP's own class, the one of the two that the exception comes from.
    exception.get_in(unsafe { ffi::ami_throwable_scope(exception.as_raw()) }, name)
}
