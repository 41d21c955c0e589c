//! The exceptions of the surface: what they say, and when a retry is safe.

use apn_ami::error::{ActionError, Answer, DisconnectReason};
use apn_ami::node::ConnectionState;
use apn_ami::settings::ServerKey;

use crate::message::{self, Whole};
use crate::response::new_response;
use crate::zend::exception::{check, set_message, set_previous, throw_new};
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
    check()
}

/// A new exception below `AmiException`, not thrown yet.
pub(crate) fn new(
    class: Class,
    message: &str,
    server_key: Option<&Str>,
    action_id: Option<&str>,
) -> PhpResult<Object> {
    let exception = crate::zend::exception::new(class, message)?;
    describe(&exception, server_key.cloned(), action_id.map(|id| Str::new(id.as_bytes())))?;
    Ok(exception)
}

/// What a failed action throws. `whole` is where the refusal lies, for the exception's `$response`.
pub(crate) fn of_action(
    failure: &ActionError,
    server_key: &Str,
    action_id: Option<&str>,
    whole: Option<Whole>,
) -> PhpResult<Object> {
    let class = match failure {
        ActionError::Invalid { .. } => {
            return crate::zend::exception::new(Class::InvalidActionException, &failure.to_string());
        }
        ActionError::NotReady { state, .. } => return not_ready(&failure.to_string(), server_key, *state),
        ActionError::Backpressure { .. } => Class::BackpressureException,
        ActionError::NotSent { .. } => Class::ActionNotSentException,
        ActionError::Refused { .. } => Class::ActionErrorResponseException,
        ActionError::TimedOut { .. } => Class::ActionTimeoutException,
        ActionError::Cancelled { .. } => Class::ActionCancelledException,
        ActionError::TooLarge { .. } => Class::ResponseTooLargeException,
        // Also what a newer core may know: it is the safe thing to say.
        _ => Class::OutcomeUnknownException,
    };
    let exception = new(class, &failure.to_string(), Some(server_key), action_id)?;
    if class == Class::ActionErrorResponseException
        && let Some(whole) = whole
        && let Some(response) = new_response(server_key.clone(), whole)?
    {
        exception.set(class, "response", response);
        check()?;
    }
    Ok(exception)
}

/// `InvalidConnectionStateException`, with the way out.
pub(crate) fn not_ready(what: &str, server_key: &Str, state: ConnectionState) -> PhpResult<Object> {
    let message = format!(
        "{what}; open it first: server('{}')->open(wait: 5.0), or connectAll(wait: 5.0)",
        server_key.lossy()
    );
    let exception = new(Class::InvalidConnectionStateException, &message, Some(server_key), None)?;
    let state = Object::enum_case(Class::ConnectionState, state.as_str());
    exception.set(Class::InvalidConnectionStateException, "state", state);
    check()?;
    Ok(exception)
}

/// Throws `ConnectFailedException`.
pub(crate) fn connect_failed(
    server_key: &Str,
    message: &str,
    reason: Option<DisconnectReason>,
) -> PhpResult<Object> {
    let exception = new(Class::ConnectFailedException, message, Some(server_key), None)?;
    let reason = reason.map(|reason| Object::enum_case(Class::DisconnectReason, reason.as_str()));
    exception.set(Class::ConnectFailedException, "reason", reason);
    check()?;
    Ok(exception)
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

/// Throws `UnknownServerException`, with the keys that there are.
pub(crate) fn unknown_server(key: &[u8], known: &[String]) -> Thrown {
    const SHOWN: usize = 10;
    let known = match known {
        [] => "there are none".to_owned(),
        _ => format!("known are {}", known[..known.len().min(SHOWN)].join(", ")),
    };
    let shown: String = String::from_utf8_lossy(key).chars().take(60).flat_map(char::escape_debug).collect();
    throw_new(Class::UnknownServerException, &format!("there is no server \"{shown}\": {known}"))
}
