//! The exceptions of actions, out of what the core says.

use apn_ami::error::ActionError;
use apn_ami::node::ConnectionState;

use crate::classes::message::SharedAnswer;
use crate::classes::response;
use crate::convert::enums;
use crate::convert::errors::Exception;
use crate::zend::exception::{self, check, throw};
use crate::zend::object::Throwable;
use crate::zend::{Object, PhpResult, Str, Thrown};

/// What a failed action throws. `shared_answer` is where the refusal lies, for the exception's `$response`.
pub(crate) fn of_action(
    failure: &ActionError,
    server_key: &Str,
    action_id: Option<&str>,
    shared_answer: Option<SharedAnswer>,
) -> PhpResult<Object<Throwable>> {
    let exception = match failure {
        ActionError::Invalid { .. } => {
            return Ok(exception::new(Exception::InvalidAction.class(), &failure.to_string()));
        }
        ActionError::NotReady { state, .. } => return not_ready(&failure.to_string(), server_key, *state),
        ActionError::Backpressure { .. } => Exception::Backpressure,
        ActionError::NotSent { .. } => Exception::ActionNotSent,
        ActionError::Refused { .. } => Exception::ActionErrorResponse,
        ActionError::TimedOut { .. } => Exception::ActionTimeout,
        ActionError::Cancelled { .. } => Exception::ActionCancelled,
        ActionError::TooLarge { .. } => Exception::ResponseTooLarge,
        // Also what a newer core may know: it is the safe thing to say.
        _ => Exception::OutcomeUnknown,
    };
    let made = exception.make(&failure.to_string(), Some(server_key), action_id)?;
    if exception == Exception::ActionErrorResponse
        && let Some(response) =
            shared_answer.and_then(|shared_answer| response::new(server_key.clone(), shared_answer))
    {
        made.write(exception.class(), "response", response);
        check()?;
    }
    Ok(made)
}

/// `InvalidConnectionStateException`, with the way out.
pub(crate) fn not_ready(
    what: &str,
    server_key: &Str,
    state: ConnectionState,
) -> PhpResult<Object<Throwable>> {
    let key = server_key.lossy();
    let message =
        format!("{what}; open it first: server('{key}')->open(wait: 5.0), or connectAll(wait: 5.0)");
    Exception::InvalidConnectionState.with(&message, server_key, "state", enums::ConnectionState::from(state))
}

/// `NoServerAvailableException`.
pub(crate) fn no_server(message: &str) -> Thrown {
    Exception::NoServerAvailable.make(message, None, None).map_or_else(|thrown| thrown, throw)
}
