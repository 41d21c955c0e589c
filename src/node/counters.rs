//! What one session counts.

/// What was counted since the node was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Bytes read.
    pub bytes_read: u64,
    /// Bytes written.
    pub bytes_written: u64,
    /// Frames parsed.
    pub frames: u64,
    /// Answers to actions of ours that nobody waits for any more.
    pub answers_late: u64,
    /// Responses that name no action of ours.
    pub answers_foreign: u64,
    /// Events that came while nobody was logged in.
    pub events_early: u64,
    /// Frames that were longer than allowed.
    pub frames_too_long: u64,
    /// Messages that were neither event nor response.
    pub frames_odd: u64,
    /// Actions sent for users.
    pub actions_sent: u64,
    /// Actions ended.
    pub actions_ended: u64,
    /// Actions that ended with an error.
    pub actions_failed: u64,
    /// Logins that succeeded.
    pub logins: u64,
}
