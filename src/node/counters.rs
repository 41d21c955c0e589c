//! Counters of a node, over all its sessions.

/// Totals since the node was created.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Frames parsed.
    pub frames: u64,
    /// Responses and list items for actions of this client that had already ended.
    pub answers_late: u64,
    /// Responses without the id of an action of this client.
    pub answers_foreign: u64,
    /// Events received before the login was accepted.
    pub events_early: u64,
    /// Frames longer than `Limits::frame_bytes_max`.
    pub frames_too_long: u64,
    /// Messages that were neither event nor response, and belonged to no pending action.
    pub frames_odd: u64,
    /// Actions sent for the caller. Those of the client itself, such as `Ping`, are not counted.
    pub actions_sent: u64,
    /// Actions of the caller that ended.
    pub actions_ended: u64,
    /// Actions of the caller that ended with an error.
    pub actions_failed: u64,
    /// Logins that Asterisk accepted.
    pub logins: u64,
}
