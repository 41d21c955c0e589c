//! Exceptions that PHP holds while Rust goes back to it: `PhpException` of ext-php-rs holds one that is not thrown yet,
//! and no end by `exit()` or a fatal error. Needless where ext-php-rs has such an error, and tells these ends apart.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::{PhpException, throw_object};
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ce};

use super::lacking;
use super::property::write;

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

impl From<Thrown> for PhpException {
    /// The last thing that a method does. No frame between here and the handler that ext-php-rs made for it owns
    /// anything, so that the fatal error may go on from here.
    fn from(thrown: Thrown) -> Self {
        match thrown {
            // Where one is pending ext-php-rs throws no other.
            Thrown::Exception => Self::new(String::new(), 0, ce::error()),
            // SAFETY: as above.
            Thrown::Bailout => unsafe { ext_php_rs::zend::bailout() },
        }
    }
}

/// Throws an exception object.
pub(crate) fn throw(exception: Zval) -> Thrown {
    // What is no object is not thrown: a method that gives no result then throws an `Error`.
    let _ = throw_object(exception);
    Thrown::Exception
}

/// A new exception of this class, not thrown yet. File, line and trace are those of the PHP code that runs now.
pub(crate) fn new(class: &ClassEntry, message: &str) -> Zval {
    let exception = ZendObject::new(class).into_zval(false).unwrap_or_default();
    set_message(&exception, message);
    exception
}

/// What `Exception::__construct` would set.
pub(crate) fn set_message(exception: &Zval, message: &str) {
    // The one of PHP's two classes that has the message, and from which the exception comes.
    let is_error = exception.object().is_some_and(|object| object.instance_of(ce::error()));
    write(exception, if is_error { ce::error() } else { ce::exception() }, "message", message);
}

/// Throws an exception of this class.
pub(crate) fn throw_new(class: &ClassEntry, message: &str) -> Thrown {
    throw(new(class, message))
}

/// Throws an `Error`.
pub(crate) fn error(message: &str) -> Thrown {
    throw_new(ce::error(), message)
}

/// Throws what PHP's own classes throw.
pub(crate) fn not_initialized(object: &ZendObject) -> Thrown {
    let class = class_name(object);
    error(&format!("The {class} object has not been correctly initialized by its constructor"))
}

/// The class as messages name it.
pub(crate) fn class_name(object: &ZendObject) -> String {
    let name = object.get_class_entry().name().unwrap_or_default();
    // What follows a NUL in the name of an anonymous class is a path.
    name.split('\0').next().unwrap_or_default().to_owned()
}

pub(super) fn pending() -> *mut ZendObject {
    // SAFETY: reads a global of PHP.
    unsafe { (*ffi::ext_php_rs_executor_globals()).exception }
}

/// `Err` where an exception is pending.
pub(crate) fn check() -> PhpResult<()> {
    if pending().is_null() { Ok(()) } else { Err(Thrown::Exception) }
}

/// The exception that PHP code threw, which then is pending no more. `Err` passes on what must not be
/// caught: `exit()`, the end of a fiber, a fatal error.
pub(crate) fn catch(thrown: Thrown) -> PhpResult<Zval> {
    let exception = pending();
    // SAFETY: where one is pending it is live; PHP gives up its reference after another was taken here.
    unsafe {
        if matches!(thrown, Thrown::Bailout)
            || exception.is_null()
            || lacking::zend_is_unwind_exit(exception)
            || lacking::zend_is_graceful_exit(exception)
        {
            return Err(thrown);
        }
        let mut caught = Zval::new();
        caught.set_object(&mut *exception);
        lacking::zend_clear_exception();
        Ok(caught)
    }
}
