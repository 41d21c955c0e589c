//! Exceptions that PHP holds while Rust goes back to it: `PhpException` of ext-php-rs holds one that is not thrown yet,
//! and no end by `exit()` or a fatal error.

use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ce};

use super::lacking;
use super::object::{Object, Throwable};
use super::string::Str;

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
pub(crate) fn throw<T>(exception: Object<T>) -> Thrown {
    let mut value = Zval::new();
    value.value.obj = exception.into_raw();
    value.u1.type_info = ffi::IS_OBJECT_EX;
    let mut value = std::mem::ManuallyDrop::new(value);
    // SAFETY: a live Throwable, whose reference passes to PHP.
    unsafe { ffi::zend_throw_exception_object(&raw mut *value) };
    Thrown::Exception
}

/// A new exception of this class, not thrown yet. File, line and trace are those of the PHP code that runs now.
pub(crate) fn new(class: &ClassEntry, message: &str) -> Object<Throwable> {
    // SAFETY: the new object, whose only reference passes on.
    let exception = unsafe { Object::from_owned(ZendObject::new(class).into_raw()) };
    set_message(&exception, message);
    exception
}

/// What `Exception::__construct` would set.
pub(crate) fn set_message<T>(exception: &Object<T>, message: &str) {
    exception.write(scope_of(exception), "message", Str::new(message));
}

/// The one of PHP's two classes that has the message, and from which the exception comes.
pub(crate) fn scope_of<T>(exception: &Object<T>) -> &'static ClassEntry {
    if exception.instance_of(ce::error()) { ce::error() } else { ce::exception() }
}

/// Throws an exception of this class.
pub(crate) fn throw_new(class: &ClassEntry, message: &str) -> Thrown {
    throw(new(class, message))
}

/// Throws an `Error`.
pub(crate) fn error(message: &str) -> Thrown {
    throw_new(ce::error(), message)
}

/// Throws a `TypeError`.
pub(crate) fn type_error(message: &str) -> Thrown {
    throw_new(ce::type_error(), message)
}

/// Throws a `ValueError`.
pub(crate) fn value_error(message: &str) -> Thrown {
    throw_new(ce::value_error(), message)
}

/// Throws what PHP's own classes throw.
pub(crate) fn not_initialized<T>(object: &Object<T>) -> Thrown {
    let class = object.class_name();
    error(&format!("The {class} object has not been correctly initialized by its constructor"))
}

/// Throws what PHP's own classes throw for a forged or outdated string.
pub(crate) fn bad_data(class: &str) -> Thrown {
    error(&format!("Invalid serialization data for {class} object"))
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
pub(crate) fn catch(thrown: Thrown) -> PhpResult<Object<Throwable>> {
    let exception = pending();
    // SAFETY: where one is pending it is live, and the reference taken here passes to the result.
    unsafe {
        if matches!(thrown, Thrown::Bailout)
            || exception.is_null()
            || lacking::zend_is_unwind_exit(exception)
            || lacking::zend_is_graceful_exit(exception)
        {
            return Err(thrown);
        }
        (*exception).gc.refcount += 1;
        lacking::zend_clear_exception();
        Ok(Object::from_owned(exception))
    }
}
