//! Exceptions that are pending in PHP while a body of Rust returns to it. A `PhpException` of ext-php-rs is one that is not
//! thrown yet, and it cannot stand for `exit()` or a fatal error. Needless where ext-php-rs has an error type for all three.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ExecutorGlobals, ce};

/// Why a body ends without a result. The exception itself is in PHP's globals.
#[derive(Debug)]
pub(crate) enum Thrown {
    /// An exception is pending.
    Exception,
    /// A fatal error: no more PHP code may run in this request, and PHP has to end it.
    Bailout,
}

/// The result of a body that can throw.
pub(crate) type PhpResult<T> = Result<T, Thrown>;

impl From<Thrown> for PhpException {
    /// A method converts its error as its last act. No frame between here and the handler that ext-php-rs made for the
    /// method owns anything, so the fatal error may go on from here.
    fn from(thrown: Thrown) -> Self {
        match thrown {
            // ext-php-rs throws nothing where an exception is pending.
            Thrown::Exception => Self::new(String::new(), 0, ce::error()),
            // SAFETY: as above.
            Thrown::Bailout => unsafe { ext_php_rs::zend::bailout() },
        }
    }
}

/// Throws an `Error`.
pub(crate) fn error(message: &str) -> Thrown {
    PhpException::new(message.to_owned(), 0, ce::error()).throw();
    Thrown::Exception
}

/// Throws the `Error` of PHP's own classes for an object without state.
pub(crate) fn not_initialized(object: &ZendObject) -> Thrown {
    let class = class_name(object);
    error(&format!("The {class} object has not been correctly initialized by its constructor"))
}

/// The class as messages name it.
pub(crate) fn class_name(object: &ZendObject) -> String {
    let name = object.get_class_entry().name().unwrap_or_default();
    // The name of an anonymous class has a NUL, and then the path of a file.
    name.split('\0').next().unwrap_or_default().to_owned()
}

/// The pending exception, or null. `ExecutorGlobals` takes a lock for each look.
pub(super) fn pending() -> *mut ZendObject {
    // SAFETY: reads a global of PHP.
    unsafe { (*ffi::ext_php_rs_executor_globals()).exception }
}

/// `Err` where an exception is pending.
pub(crate) fn check() -> PhpResult<()> {
    if pending().is_null() { Ok(()) } else { Err(Thrown::Exception) }
}

/// Takes the exception that PHP code threw: it is no longer pending. `Err` passes on what must not be caught: `exit()`, the
/// end of a fiber, a fatal error. Needless where `ExecutorGlobals::take_exception` tells these apart.
pub(crate) fn catch(thrown: Thrown) -> PhpResult<Zval> {
    // SAFETY: a pending exception is live. Those of `exit()` and of a fiber's end are no `Throwable`.
    let is_throwable =
        unsafe { pending().as_ref() }.is_some_and(|thrown| thrown.instance_of(ce::throwable()));
    if matches!(thrown, Thrown::Bailout) || !is_throwable {
        return Err(thrown);
    }
    let caught = ExecutorGlobals::take_exception().map(|caught| caught.into_zval(false));
    Ok(caught.and_then(Result::ok).unwrap_or_default())
}
