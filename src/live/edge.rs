//! The changes of a call that are reported, and the outcomes of calls.

use super::news::ChangeSet;

/// A set of changes of a call, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edges(u16);

impl Edges {
    /// The first channel of the call exists.
    pub const STARTED: Self = Self(1);
    /// A phone rings.
    pub const RINGING: Self = Self(1 << 1);
    /// The call was answered.
    pub const ANSWERED: Self = Self(1 << 2);
    /// A channel entered a bridge through which phones hear each other.
    pub const CONNECTED: Self = Self(1 << 3);
    /// A channel of the call was put on hold.
    pub const HELD: Self = Self(1 << 4);
    /// A channel of the call was taken off hold.
    pub const RESUMED: Self = Self(1 << 5);
    /// A channel of the call transferred it.
    pub const TRANSFERRED: Self = Self(1 << 6);
    /// A channel of the call was parked.
    pub const PARKED: Self = Self(1 << 7);
    /// The call was merged into another one, nearly always an older one.
    pub const MERGED: Self = Self(1 << 8);
    /// The last channel of the call ended.
    pub const ENDED: Self = Self(1 << 9);

    /// Each change with its name.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::STARTED, "started"),
        (Self::RINGING, "ringing"),
        (Self::ANSWERED, "answered"),
        (Self::CONNECTED, "connected"),
        (Self::HELD, "held"),
        (Self::RESUMED, "resumed"),
        (Self::TRANSFERRED, "transferred"),
        (Self::PARKED, "parked"),
        (Self::MERGED, "merged"),
        (Self::ENDED, "ended"),
    ];
    /// Changes that are reported once for each call at most.
    pub(super) const ONCE: Self =
        Self(Self::STARTED.0 | Self::RINGING.0 | Self::ANSWERED.0 | Self::MERGED.0 | Self::ENDED.0);

    /// True if at least one of `others` is in this set.
    #[must_use]
    pub fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// The intersection of both sets.
    #[must_use]
    pub fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// The union of both sets.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// True if the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Names of the changes, in the order of `ALL`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(edge, _)| self.has(*edge)).map(|(_, name)| name)
    }

    pub(super) fn add(&mut self, others: Self) {
        self.0 |= others.0;
    }
}

impl ChangeSet for Edges {
    fn is_empty(self) -> bool {
        Self::is_empty(self)
    }

    fn and(self, others: Self) -> Self {
        Self::and(self, others)
    }
}

/// How a call or an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The call was answered.
    Answered,
    /// It was not answered in time.
    NoAnswer,
    /// The called side was busy.
    Busy,
    /// No circuit was available, the call was rejected, or the destination was out of order.
    Congestion,
    /// The call could not be placed.
    Failed,
    /// The caller hung up before the answer.
    Cancelled,
    /// The caller hung up while waiting in a queue, and the call was not answered before.
    Abandoned,
    /// The call continued as part of another call.
    Merged,
    /// The outcome is not known: no event reported the end, or an earlier event that would tell it was lost.
    Lost,
}

impl Outcome {
    /// The outcome of a `DialStatus`. `None` if the status is not the end of an attempt.
    #[must_use]
    pub fn of_dial_status(status: &[u8]) -> Option<Self> {
        Some(match status {
            b"ANSWER" => Self::Answered,
            b"NOANSWER" => Self::NoAnswer,
            b"BUSY" => Self::Busy,
            b"CONGESTION" => Self::Congestion,
            b"CANCEL" => Self::Cancelled,
            b"CHANUNAVAIL" | b"DONTCALL" | b"TORTURE" | b"INVALIDARGS" => Self::Failed,
            _ => return None,
        })
    }

    /// The outcome of the `Reason` of a failed `OriginateResponse`, which is the number of a control frame of
    /// Asterisk (`pbx_dial_reason`, main/pbx.c).
    #[must_use]
    pub fn of_originate_reason(reason: &[u8]) -> Self {
        match reason {
            b"3" => Self::NoAnswer,
            b"5" => Self::Busy,
            b"8" => Self::Congestion,
            _ => Self::Failed,
        }
    }

    /// The outcome of an unanswered call with this Q.850 cause. The groups of causes are those of
    /// `pbx_dial_reason` (main/pbx.c).
    #[must_use]
    pub fn of_cause(cause: u16) -> Self {
        match cause {
            17 => Self::Busy,
            19 | 26 => Self::NoAnswer,
            21 | 27 | 34 | 38 | 41 | 42 => Self::Congestion,
            16 => Self::Cancelled,
            _ => Self::Failed,
        }
    }

    /// The name, such as `no_answer`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Merged => "merged",
            Self::Lost => "lost",
        }
    }
}
