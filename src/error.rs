//! The errors of actions: the cause, and whether the action may be sent again.

use std::time::Duration;

pub use crate::config_error::ConfigError;
use crate::server_key::ServerKey;
use crate::vocabulary::ConnectionState;
pub use crate::vocabulary::DisconnectReason;
pub use crate::wire::InvalidAction;
use crate::wire::Message;

/// Why an action returned no usable answer.
///
/// [`ActionError::is_retry_safe`] says whether the action may be sent again. No variant prints a secret.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// The caller's fault: Asterisk would not accept the action as it was meant. Nothing was queued.
    #[error("action `{action}` is invalid: {why}")]
    Invalid {
        /// The action's name.
        action: String,
        /// The fault in the action.
        why: InvalidAction,
    },
    /// The session is not Ready. Nothing was queued.
    #[error("action `{action}` was not sent: server `{server}` is {state}, not ready")]
    NotReady {
        /// The server of the action.
        server: ServerKey,
        /// The state of the server's session.
        state: ConnectionState,
        /// The action's name.
        action: String,
    },
    /// The server was removed from the cluster. Nothing was queued.
    #[error("action `{action}` was not sent: its server was removed")]
    Removed {
        /// The action's name.
        action: String,
    },
    /// A bound of the client is reached. Nothing was queued.
    #[error("action `{action}` was not sent to `{server}`: {bound} is full ({limit})")]
    Backpressure {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// The name of the bound: `maxPendingActions` or `writeBufferLimit`.
        bound: &'static str,
        /// The value of the bound.
        limit: usize,
    },
    /// The session ended before the first byte of the action was written.
    #[error("action `{action}` was not sent to `{server}`: the session ended first ({reason})")]
    NotSent {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// Why the session ended.
        reason: DisconnectReason,
    },
    /// Asterisk answered `Response: Error`, or sent such a response in the middle of a list.
    #[error("`{server}` refused action `{action}`: {}", message_text(response))]
    Refused {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// The answer.
        response: Box<Answer>,
    },
    /// The timeout of the action passed before its answer was complete.
    #[error("no complete answer from `{server}` to action `{action}` within {}: it may have run", in_seconds(*.waited))]
    TimedOut {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// How long the client waited.
        waited: Duration,
    },
    /// Bytes of the action were written, and the session ended before the answer was complete.
    #[error(
        "the session with `{server}` ended ({reason}) before action `{action}` was answered: it may have run"
    )]
    OutcomeUnknown {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// Why the session ended.
        reason: DisconnectReason,
    },
    /// The caller cancelled the wait for the answer.
    #[error("action `{action}` to `{server}` was cancelled: it may have run")]
    Cancelled {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
    },
    /// The answer is larger than a bound of the client. The rest of the answer was skipped.
    #[error("the answer of `{server}` to action `{action}` exceeds {bound} ({limit})")]
    TooLarge {
        /// The server of the action.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// The name of the bound: `maxFrameSize`, `maxActionBytes` or the strategy's `maxMessages`.
        bound: &'static str,
        /// The value of the bound.
        limit: usize,
    },
}

impl ActionError {
    /// True if the action was certainly not executed, so that a retry cannot execute it twice.
    #[must_use]
    pub fn is_retry_safe(&self) -> bool {
        match self {
            Self::Invalid { .. }
            | Self::NotReady { .. }
            | Self::Removed { .. }
            | Self::Backpressure { .. }
            | Self::NotSent { .. } => true,
            Self::Refused { response, .. } => proves_that_nothing_ran(&response.response),
            Self::TimedOut { .. }
            | Self::OutcomeUnknown { .. }
            | Self::Cancelled { .. }
            | Self::TooLarge { .. } => false,
        }
    }

    /// The server of the action, if the error has one.
    #[must_use]
    pub fn server(&self) -> Option<&ServerKey> {
        match self {
            Self::Invalid { .. } | Self::Removed { .. } => None,
            Self::NotReady { server, .. }
            | Self::Backpressure { server, .. }
            | Self::NotSent { server, .. }
            | Self::Refused { server, .. }
            | Self::TimedOut { server, .. }
            | Self::OutcomeUnknown { server, .. }
            | Self::Cancelled { server, .. }
            | Self::TooLarge { server, .. } => Some(server),
        }
    }
}

/// The answer to an action.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The last `Response` of the action.
    pub response: Message,
    /// The events of the answer, without the event that ended the list.
    pub events: Vec<Message>,
    /// The event that ended the list or the action.
    pub complete: Option<Box<Message>>,
    /// The answer is incomplete. Either the timeout passed and the caller had asked for a partial answer, or
    /// the session's event mask excludes the event that ends the action.
    pub partial: bool,
}

/// Whether the answer proves that the action was not executed. These answers come from Asterisk's parser and
/// permission check, before any code of the action: `process_message` and `get_input` of main/manager.c.
/// "Originate failed", by contrast, is also sent after the phone rang.
fn proves_that_nothing_ran(response: &Message) -> bool {
    let message = response.get(b"Message").unwrap_or_default();
    [
        b"Permission denied".as_slice(),
        b"Invalid/unknown command",
        b"Missing action in request",
        b"Failed to parse message",
        b"Too many lines in message",
    ]
    .iter()
    .any(|text| message.starts_with(text))
}

/// Asterisk's reason for the refusal. A failed `Command` has its reason in its output, which may hold anything;
/// its message is the same as that of a successful one.
fn message_text(answer: &Answer) -> String {
    match answer.response.get(b"Message") {
        Some(text) if text.trim_ascii() == b"Command output follows" => "its output says why".to_owned(),
        Some(text) => String::from_utf8_lossy(text.trim_ascii()).into_owned(),
        None => "Response: Error without a message".to_owned(),
    }
}

fn in_seconds(time: Duration) -> String {
    format!("{:.3} s", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> ActionError {
        let frame = format!("Response: Error\r\nMessage: {text}\r\n");
        let response = Message::from_frame(frame.as_bytes());
        let answer = Answer { response, events: Vec::new(), complete: None, partial: false };
        ActionError::Refused {
            server: ServerKey::new("a").unwrap(),
            action: "Originate".into(),
            response: Box::new(answer),
        }
    }

    #[test]
    fn a_refusal_is_retry_safe_only_where_the_answer_proves_that_nothing_ran() {
        assert!(refused("Permission denied").is_retry_safe());
        assert!(refused("Invalid/unknown command: X. Use Action: ListCommands").is_retry_safe());
        assert!(refused("Failed to parse message: line too long").is_retry_safe());
        assert!(!refused("Originate failed").is_retry_safe());
        assert!(!refused("Channel does not exist.").is_retry_safe());
    }

    #[test]
    fn a_refusal_shows_what_asterisk_said_on_one_line() {
        let text = refused("No endpoints found\n").to_string();
        assert_eq!(text, "`a` refused action `Originate`: No endpoints found");
    }

    #[test]
    fn a_command_that_failed_says_why_in_its_output() {
        let text = refused("Command output follows").to_string();
        assert_eq!(text, "`a` refused action `Originate`: its output says why");
    }
}
