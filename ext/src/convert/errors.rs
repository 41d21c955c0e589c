//! The exceptions of the surface: their classes, and how one is made.

use ext_php_rs::convert::IntoZval;
use ext_php_rs::zend::ClassEntry;

use crate::zend::class::Entry;
use crate::zend::exception::{self, check};
use crate::zend::object::Throwable;
use crate::zend::{Object, PhpResult, Str, Thrown};

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

/// Their classes, once they are registered.
static CLASSES: [Entry; 18] = [const { Entry::new() }; 18];

impl Exception {
    /// Remembers the class, at start-up.
    pub(crate) fn set_class(self, class: &'static ClassEntry) {
        CLASSES[self as usize].set(class);
    }

    pub(crate) fn class(self) -> &'static ClassEntry {
        CLASSES[self as usize].get()
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
        let exception = exception::new(self.class(), message);
        describe(&exception, server_key.cloned(), action_id.map(Str::new))?;
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
        exception.write(self.class(), property, value);
        check()?;
        Ok(exception)
    }
}

/// The properties of every `AmiException`.
pub(crate) fn describe<T>(
    exception: &Object<T>,
    server_key: Option<Str>,
    action_id: Option<Str>,
) -> PhpResult<()> {
    exception.write(Exception::Ami.class(), "serverKey", server_key);
    exception.write(Exception::Ami.class(), "actionId", action_id);
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
