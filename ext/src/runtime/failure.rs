//! The exceptions of failed actions, made from the core's errors.

use apn_ami::error::ActionError;
use apn_ami::node::ConnectionState;

use crate::convert::enums;
use crate::convert::errors::{Exception, new_exception, throw};
use crate::convert::object::Throwable;
use crate::convert::{Object, Str};
use crate::zend::exception::check;
use crate::zend::property::write;
use crate::zend::{PhpResult, Thrown};

/// The exception of a failed action. `response` is the error response, for the exception's `$response`.
pub(crate) fn of_action(
    failure: &ActionError,
    server_key: &Str,
    action_id: Option<&str>,
    response: Option<Object>,
) -> PhpResult<Object<Throwable>> {
    let exception = match failure {
        ActionError::Invalid { .. } => {
            return Ok(new_exception(Exception::InvalidAction, &failure.to_string()));
        }
        ActionError::NotReady { state, .. } => return not_ready(&failure.to_string(), server_key, *state),
        ActionError::Backpressure { .. } => Exception::Backpressure,
        ActionError::NotSent { .. } => Exception::ActionNotSent,
        ActionError::Refused { .. } => Exception::ActionErrorResponse,
        ActionError::TimedOut { .. } => Exception::ActionTimeout,
        ActionError::Cancelled { .. } => Exception::ActionCancelled,
        ActionError::TooLarge { .. } => Exception::ResponseTooLarge,
        // The fallback also covers errors that a later core adds, since an unknown outcome is the safe
        // assumption.
        _ => Exception::OutcomeUnknown,
    };
    let made = exception.make(&failure.to_string(), Some(server_key), action_id)?;
    if exception == Exception::ActionErrorResponse
        && let Some(response) = response
    {
        write(made.as_ref(), exception.class(), "response", response);
        check()?;
    }
    Ok(made)
}

/// `InvalidConnectionStateException`. Its message says how to open the server.
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

pub(crate) fn no_server(message: &str) -> Thrown {
    Exception::NoServerAvailable.make(message, None, None).map_or_else(|thrown| thrown, throw)
}
