//! Where and when a message came from.

use std::time::Duration;

/// When a message was received, and in which session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Unix time at which the last byte of the message was read.
    pub received_at: Duration,
    /// For an event, its number among the events of this server that matched a listener, dropped ones included. For an
    /// answer, the number of the last such event before it.
    pub sequence: u64,
    /// Number of the server's session in which the message was received, counted from 1.
    pub session: u64,
    /// True for a server before Asterisk 13.5, which escapes no values.
    pub has_raw_values: bool,
}
