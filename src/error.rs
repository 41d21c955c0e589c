//! What can go wrong, whose fault it is, and whether the action may be sent again.

use std::time::Duration;

pub use crate::config_error::ConfigError;
use crate::server_key::ServerKey;
use crate::vocabulary::ConnectionState;
pub use crate::vocabulary::DisconnectReason;
pub use crate::wire::InvalidAction;
use crate::wire::Message;

/// Why an action brought back no usable answer.
///
/// The variants answer the caller's one question, "may I send it again?", see
/// [`ActionError::is_retry_safe`]. None of them prints a secret.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActionError {
    /// Caller's fault: no Asterisk would accept it as it was meant. Nothing was queued.
    #[error("action `{action}` is invalid: {why}")]
    Invalid {
        /// The action's name.
        action: String,
        /// What is wrong with it.
        why: InvalidAction,
    },
    /// The session is not Ready, nothing was queued.
    #[error("action `{action}` was not sent: server `{server}` is {state}, not ready")]
    NotReady {
        /// The server asked for.
        server: ServerKey,
        /// Where its session stands.
        state: ConnectionState,
        /// The action's name.
        action: String,
    },
    /// The server was removed from the cluster, nothing was queued.
    #[error("action `{action}` was not sent: its server was removed")]
    Removed {
        /// The action's name.
        action: String,
    },
    /// A bound of ours is reached, nothing was queued.
    #[error("action `{action}` was not sent to `{server}`: {bound} is full ({limit})")]
    Backpressure {
        /// The server asked for.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// Which bound: `maxPendingActions` or `writeBufferLimit`.
        bound: &'static str,
        /// Its value.
        limit: usize,
    },
    /// The session ended before one byte of the action left.
    #[error("action `{action}` was not sent to `{server}`: the session ended first ({reason})")]
    NotSent {
        /// The server asked for.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// Why the session ended.
        reason: DisconnectReason,
    },
    /// Asterisk answered `Response: Error`, or sent one in the middle of a list.
    #[error("`{server}` refused action `{action}`: {}", message_text(response))]
    Refused {
        /// The server asked.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// The answer.
        response: Box<Answer>,
    },
    /// The action's own time ran out.
    #[error("no complete answer from `{server}` to action `{action}` within {}: it may have run", in_seconds(*.waited))]
    TimedOut {
        /// The server asked.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Bytes left and the session ended before the answer.
    #[error(
        "the session with `{server}` ended ({reason}) before action `{action}` was answered: it may have run"
    )]
    OutcomeUnknown {
        /// The server asked.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// Why the session ended.
        reason: DisconnectReason,
    },
    /// The caller stopped waiting.
    #[error("action `{action}` to `{server}` was cancelled: it may have run")]
    Cancelled {
        /// The server asked.
        server: ServerKey,
        /// The action's name.
        action: String,
    },
    /// The answer is larger than a bound of ours; the rest of it was skipped.
    #[error("the answer of `{server}` to action `{action}` exceeds {bound} ({limit})")]
    TooLarge {
        /// The server asked.
        server: ServerKey,
        /// The action's name.
        action: String,
        /// Which bound: `maxFrameSize`, `maxActionBytes` or the strategy's `maxMessages`.
        bound: &'static str,
        /// Its value.
        limit: usize,
    },
}

impl ActionError {
    /// True when the action surely did not run, so that a retry cannot double its effect.
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

    /// The server it went wrong for, where there was one.
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

/// What an action brought back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The (last) `Response` of the action.
    pub response: Message,
    /// What the answer listed, without the event that ended the list.
    pub events: Vec<Message>,
    /// The event that ended the list or the action.
    pub complete: Option<Message>,
    /// It is not whole: time ran out and the caller had asked for what there was, or the event that ends the action is
    /// one that the session's event mask keeps away.
    pub partial: bool,
}

/// These answers come out of Asterisk's parser and permission check, before any action's own code:
/// `process_message` and `get_input` of main/manager.c. "Originate failed", by contrast, also comes
/// after the phone rang.
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

/// What Asterisk says about it. A failed `Command` says it in its output, which may hold anything; its message is the
/// same as that of one that succeeded.
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
