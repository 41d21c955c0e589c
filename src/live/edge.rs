//! The changes of a call that are reported, and the outcomes of calls.

use bitflags::bitflags;

bitflags! {
    /// A set of changes of a call.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Edges: u16 {
        /// The first channel of the call exists.
        const STARTED = 1;
        /// A phone rings.
        const RINGING = 1 << 1;
        /// The call was answered.
        const ANSWERED = 1 << 2;
        /// A channel entered a bridge through which phones hear each other.
        const CONNECTED = 1 << 3;
        /// A channel of the call was put on hold.
        const HELD = 1 << 4;
        /// A channel of the call was taken off hold.
        const RESUMED = 1 << 5;
        /// A channel of the call transferred it.
        const TRANSFERRED = 1 << 6;
        /// A channel of the call was parked.
        const PARKED = 1 << 7;
        /// The call was merged into another one, nearly always an older one.
        const MERGED = 1 << 8;
        /// The last channel of the call ended.
        const ENDED = 1 << 9;
    }
}

impl Edges {
    /// Changes that are reported once for each call at most.
    pub(super) const ONCE: Self =
        Self::STARTED.union(Self::RINGING).union(Self::ANSWERED).union(Self::MERGED).union(Self::ENDED);
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
