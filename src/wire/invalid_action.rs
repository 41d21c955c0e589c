//! Why an action cannot be encoded.

use crate::limits::{ACTION_LINE_BYTES_MAX, ACTION_LINES_MAX};

/// Why an action could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAction {
    /// An action needs a name.
    #[error("its name is empty")]
    NoName,
    /// Asterisk skips it and would run what follows, which the client took for another action.
    #[error("its name begins with a blank or a control byte, which Asterisk would skip")]
    BlankBeforeName,
    /// CR, LF or NUL would end the line and start another header.
    #[error("header `{header}` holds {byte}, which would end its line")]
    ControlByte {
        /// The header, or `Action`.
        header: String,
        /// `CR`, `LF` or `NUL`.
        byte: &'static str,
    },
    /// A header name is empty, or has a colon or a blank.
    #[error("`{header}` is no header name")]
    HeaderName {
        /// What was given.
        header: String,
    },
    /// Only variables have names of their own.
    #[error(
        "header `{header}` holds NAME => value: only Variable of Originate, MessageSend and PJSIPNotify does, give a list \
         to repeat a header"
    )]
    NamedValues {
        /// The header.
        header: String,
    },
    /// Asterisk would answer "line too long".
    #[error("header `{header}` makes a line of {bytes} bytes, Asterisk takes {ACTION_LINE_BYTES_MAX}")]
    LineTooLong {
        /// The header.
        header: String,
        /// Bytes of the line without its end.
        bytes: usize,
    },
    /// Asterisk would answer "Too many lines".
    #[error("it has {lines} lines with Action and ActionID, Asterisk takes {ACTION_LINES_MAX}")]
    TooManyLines {
        /// Lines, `Action` and `ActionID` included.
        lines: usize,
    },
    /// The client makes the `ActionID`, names the action once, and logs in by itself.
    #[error("{0}")]
    Reserved(&'static str),
    /// A variable is not `NAME=value`.
    #[error("a variable needs the form NAME=value or NAME => value, not `{given}`")]
    Variable {
        /// The name part, never a value.
        given: String,
    },
}
