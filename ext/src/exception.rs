//! The exceptions of the surface: what they say, and when a retry is safe.

use apn_ami::error::{ActionError, Answer};
use apn_ami::settings::ServerKey;

use crate::message;
use crate::server::ServerState;
use crate::zend::exception::{set_message, set_previous, throw_new};
use crate::zend::{Class, IntoValue, Object, PhpResult, Str, Thrown};

/// The class `AmiException` and those below it.
pub(crate) struct AmiException;

impl AmiException {
    pub(crate) fn construct(
        this: &Object,
        message: Str,
        server_key: Option<Str>,
        action_id: Option<Str>,
        previous: Option<Object>,
    ) -> PhpResult<()> {
        set_message(this, message.into_value());
        if let Some(previous) = previous {
            set_previous(this, previous);
        }
        describe(this, server_key, action_id)
    }

    pub(crate) fn is_retry_safe(this: &Object) -> PhpResult<bool> {
        if let Some(response) = refusal(this) {
            return Ok(proves_that_nothing_ran(&response));
        }
        Ok([
            Class::NoServerAvailableException,
            Class::ConnectFailedException,
            Class::InvalidConnectionStateException,
            Class::BackpressureException,
            Class::ActionNotSentException,
        ]
        .into_iter()
        .any(|class| this.is(class)))
    }
}

/// The answer of an `ActionErrorResponseException`.
fn refusal(exception: &Object) -> Option<Object> {
    if !exception.is(Class::ActionErrorResponseException) {
        return None;
    }
    exception.get("response").object()
}

fn proves_that_nothing_ran(response: &Object) -> bool {
    let Ok(response) = message::of(response) else { return false };
    let answer = Answer { response: response.clone(), events: Vec::new(), complete: None, partial: false };
    let Ok(server) = ServerKey::new("x") else { return false };
    ActionError::Refused { server, action: String::new(), response: Box::new(answer) }.is_retry_safe()
}

fn describe(exception: &Object, server_key: Option<Str>, action_id: Option<Str>) -> PhpResult<()> {
    exception.set(Class::AmiException, "serverKey", server_key);
    exception.set(Class::AmiException, "actionId", action_id);
    crate::zend::exception::check()
}

/// Exceptions that come before anything could be sent.
macro_rules! nothing_sent {
    ($($name:ident),*) => { $(
        pub(crate) struct $name;

        impl $name {
            pub(crate) fn is_retry_safe(_: &Object) -> PhpResult<bool> {
                Ok(true)
            }
        }
    )* };
}

nothing_sent!(
    InvalidConfigurationException,
    InvalidActionException,
    UnknownServerException,
    ReentrantTickException,
    ForkedProcessException
);

/// `UnknownServerException`, with the keys that there are.
pub(crate) fn unknown_server<'a>(key: &[u8], known: impl Iterator<Item = &'a ServerState>) -> Thrown {
    let known: Vec<_> = known.map(|server| server.key()).take(10).collect();
    let known = if known.is_empty() { "there are none".to_owned() } else { format!("known are {}", known.join(", ")) };
    let shown: String = String::from_utf8_lossy(key).chars().take(60).flat_map(char::escape_debug).collect();
    throw_new(Class::UnknownServerException, &format!("there is no server \"{shown}\": {known}"))
}
