//! The exceptions of the surface: their classes, and how one is made.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ce};

use super::object::Object;
use super::object::Throwable;
use super::text::Str;
use super::value::zval;
use crate::zend::class::find;
use crate::zend::exception::{self, check};
use crate::zend::property::write;
use crate::zend::{PhpResult, Thrown};

/// An exception of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exception {
    InvalidConfiguration,
    InvalidAction,
    UnknownServer,
    ReentrantTick,
    ForkedProcess,
    /// The abstract one of those that follow.
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
    /// The class by its name of PHP's.
    pub(crate) fn name(self) -> String {
        format!("Apn\\AmiClient\\Exception\\{self:?}Exception")
    }

    pub(crate) fn class(self) -> &'static ClassEntry {
        find(&self.name())
    }

    /// Throws one that carries a message only.
    pub(crate) fn throw(self, message: &str) -> Thrown {
        exception::throw_new(self.class(), message)
    }

    /// A new one below `AmiException`, not thrown yet.
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

    /// As `make`, with one more property.
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

/// A new exception of ours, not thrown yet.
pub(crate) fn new_exception(class: Exception, message: &str) -> Object<Throwable> {
    Object::of_exception(exception::new(class.class(), message))
}

/// Throws a `TypeError`.
pub(crate) fn type_error(message: &str) -> Thrown {
    exception::throw_new(ce::type_error(), message)
}

/// Throws a `ValueError`.
pub(crate) fn value_error(message: &str) -> Thrown {
    exception::throw_new(ce::value_error(), message)
}

/// Throws what PHP's own classes throw for a forged or outdated string.
pub(crate) fn bad_data(class: &str) -> Thrown {
    exception::error(&format!("Invalid serialization data for {class} object"))
}

/// Throws an exception object.
pub(crate) fn throw(exception: Object<Throwable>) -> Thrown {
    exception::throw(zval(exception))
}

/// As `exception::catch`.
pub(crate) fn catch(thrown: Thrown) -> PhpResult<Object<Throwable>> {
    exception::catch(thrown).map(Object::of_exception)
}

/// The properties of every `AmiException`.
pub(crate) fn describe(exception: &Zval, server_key: Option<Str>, action_id: Option<Str>) -> PhpResult<()> {
    write(exception, Exception::Ami.class(), "serverKey", server_key);
    write(exception, Exception::Ami.class(), "actionId", action_id);
    check()
}

/// Throws `UnknownServerException`, with the keys that there are.
pub(crate) fn unknown_server(key: &[u8], known: &[String]) -> Thrown {
    const SHOWN: usize = 10;
    let known = match known {
        [] => "there are none".to_owned(),
        _ => format!("known are {}", known[..known.len().min(SHOWN)].join(", ")),
    };
    let shown: String = String::from_utf8_lossy(key).chars().take(60).flat_map(char::escape_debug).collect();
    Exception::UnknownServer.throw(&format!("there is no server \"{shown}\": {known}"))
}
