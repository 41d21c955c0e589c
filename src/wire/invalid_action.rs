//! Why an action cannot be encoded.

use crate::limits::{ACTION_LINE_BYTES_MAX, ACTION_LINES_MAX};

/// Why an action could not be encoded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAction {
    /// The action's name is empty.
    #[error("its name is empty")]
    NoName,
    /// The action's name begins with a blank or a control byte. Asterisk would skip it and run an action with
    /// another name than the client checked.
    #[error("its name begins with a blank or a control byte, which Asterisk would skip")]
    BlankBeforeName,
    /// A value or the action's name contains CR, LF or NUL, which would end the line and could start another header.
    #[error("header `{header}` holds {byte}, which would end its line")]
    ControlByte {
        /// The header, or `Action`.
        header: String,
        /// `CR`, `LF` or `NUL`.
        byte: &'static str,
    },
    /// A header name is empty, or contains a colon, a blank or a control byte.
    #[error("`{header}` is no header name")]
    HeaderName {
        /// The name as given, escaped for printing.
        header: String,
    },
    /// `NAME => value` pairs were given for a header other than the `Variable` of an
    /// action that sets channel variables.
    #[error(
        "header `{header}` holds NAME => value: only Variable of Originate, MessageSend and PJSIPNotify does, give a list \
         to repeat a header"
    )]
    NamedValues {
        /// The header.
        header: String,
    },
    /// A line is longer than Asterisk reads. It would answer "line too long".
    #[error("header `{header}` makes a line of {bytes} bytes, Asterisk takes {ACTION_LINE_BYTES_MAX}")]
    LineTooLong {
        /// The header.
        header: String,
        /// Bytes of the line without its CRLF.
        bytes: usize,
    },
    /// The action has more lines than Asterisk accepts. It would answer "Too many lines".
    #[error("it has {lines} lines with Action and ActionID, Asterisk takes {ACTION_LINES_MAX}")]
    TooManyLines {
        /// Number of lines, `Action` and `ActionID` included.
        lines: usize,
    },
    /// The action or header is reserved: the client itself sends `Login`, `Challenge`, `Action` and `ActionID`.
    #[error("{0}")]
    Reserved(&'static str),
    /// A variable is not of the form `NAME=value`, or its name contains a byte that Asterisk would misread.
    #[error("a variable needs the form NAME=value or NAME => value, not `{given}`")]
    Variable {
        /// The name part, never a value.
        given: String,
    },
}
