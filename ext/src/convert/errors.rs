//! The exceptions of the extension: their classes, and functions that make them.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::exception::throw_object;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ce};

use super::object::Object;
use super::object::Throwable;
use super::text::Str;
use super::value::zval;
use crate::zend::class::find;
use crate::zend::exception::{self, check, error};
use crate::zend::property::write;
use crate::zend::{PhpResult, Thrown};

/// An exception class of the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    InvalidConfiguration,
    InvalidAction,
    UnknownServer,
    ReentrantTick,
    ForkedProcess,
    /// The abstract parent of the classes below.
    Ami,
    NoServerAvailable,
    ConnectFailed,
    InvalidConnectionState,
    Backpressure,
    ActionNotSent,
    ActionErrorResponse,
    ActionTimeout,
    AwaitTimeout,
    OutcomeUnknown,
    ActionCancelled,
    ResponseTooLarge,
    LiveUnavailable,
}

impl Exception {
    /// The name of the class in PHP.
    pub(crate) fn name(self) -> String {
        format!("Apn\\AmiClient\\Exception\\{self:?}Exception")
    }

    pub(crate) fn class(self) -> &'static ClassEntry {
        find(&self.name())
    }

    /// Throws an exception that has only a message.
    pub(crate) fn throw(self, message: &str) -> Thrown {
        throw_new(self.class(), message)
    }

    /// Makes an exception below `AmiException` without throwing it.
    pub(crate) fn make(
        self,
        message: &str,
        server_key: Option<&Str>,
        action_id: Option<&str>,
    ) -> PhpResult<Object<Throwable>> {
        let exception = new_exception(self, message);
        describe(exception.as_ref(), server_key.cloned(), action_id.map(Str::new))?;
        Ok(exception)
    }

    /// Makes an exception like `make`, with one more property.
    pub(crate) fn with(
        self,
        message: &str,
        server_key: &Str,
        property: &str,
        value: impl IntoZval,
    ) -> PhpResult<Object<Throwable>> {
        let exception = self.make(message, Some(server_key), None)?;
        write(exception.as_ref(), self.class(), property, value);
        check()?;
        Ok(exception)
    }
}

/// Makes an exception of the extension without throwing it.
pub(crate) fn new_exception(class: Exception, message: &str) -> Object<Throwable> {
    Object::of_exception(new(class.class(), message))
}

/// Not thrown yet. File, line and trace are those of the PHP code that runs now.
fn new(class: &ClassEntry, message: &str) -> Zval {
    let exception = zval(class.new());
    set_message(&exception, message);
    exception
}

/// Sets the message, as `Exception::__construct` does.
pub(crate) fn set_message(exception: &Zval, message: &str) {
    // `Error` and `Exception` each declare the property, and an exception is of one of them.
    let is_error = exception.object().is_some_and(|object| object.instance_of(ce::error()));
    write(exception, if is_error { ce::error() } else { ce::exception() }, "message", message);
}

/// Throws an exception of this class. Unlike ext-php-rs's `throw`, it allows a NUL in the message.
pub(crate) fn throw_new(class: &ClassEntry, message: &str) -> Thrown {
    throw(Object::of_exception(new(class, message)))
}

pub(crate) fn type_error(message: &str) -> Thrown {
    throw_new(ce::type_error(), message)
}

pub(crate) fn value_error(message: &str) -> Thrown {
    throw_new(ce::value_error(), message)
}

/// Throws the exception of PHP's own classes for invalid serialization data.
pub(crate) fn bad_data(class: &str) -> Thrown {
    error(&format!("Invalid serialization data for {class} object"))
}

pub(crate) fn throw(exception: Object<Throwable>) -> Thrown {
    // Only a value that is no object is refused.
    let _ = throw_object(zval(exception));
    Thrown::Exception
}

/// Takes the pending exception, as `exception::catch` does. `Err` after `exit()`, the end of a fiber or a
/// fatal error.
pub(crate) fn catch(thrown: Thrown) -> PhpResult<Object<Throwable>> {
    exception::catch(thrown).map(Object::of_exception)
}

/// Sets the properties that every `AmiException` has.
pub(crate) fn describe(exception: &Zval, server_key: Option<Str>, action_id: Option<Str>) -> PhpResult<()> {
    write(exception, Exception::Ami.class(), "serverKey", server_key);
    write(exception, Exception::Ami.class(), "actionId", action_id);
    check()
}

/// Throws `UnknownServerException`. Its message lists the first ten known keys.
pub(crate) fn unknown_server(key: &[u8], known: &[String]) -> Thrown {
    const SHOWN: usize = 10;
    let known = match known {
        [] => "there are none".to_owned(),
        _ => format!("known are {}", known[..known.len().min(SHOWN)].join(", ")),
    };
    let shown: String = String::from_utf8_lossy(key).chars().take(60).flat_map(char::escape_debug).collect();
    Exception::UnknownServer.throw(&format!("there is no server \"{shown}\": {known}"))
}
