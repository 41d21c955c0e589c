//! What can happen to a call, and how it ends.

/// Things that happened to a call, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edges(u16);

impl Edges {
    /// Its first channel is there.
    pub const STARTED: Self = Self(1);
    /// A phone of somebody rings.
    pub const RINGING: Self = Self(1 << 1);
    /// Somebody took it.
    pub const ANSWERED: Self = Self(1 << 2);
    /// Two phones can hear each other that could not before.
    pub const CONNECTED: Self = Self(1 << 3);
    /// A party put it on hold.
    pub const HELD: Self = Self(1 << 4);
    /// A party took it back from hold.
    pub const RESUMED: Self = Self(1 << 5);
    /// A party gave it to somebody else.
    pub const TRANSFERRED: Self = Self(1 << 6);
    /// It goes on as part of an older call.
    pub const MERGED: Self = Self(1 << 7);
    /// Its last channel is gone.
    pub const ENDED: Self = Self(1 << 8);

    /// Each with its name.
    pub const ALL: [(Self, &'static str); 9] = [
        (Self::STARTED, "started"),
        (Self::RINGING, "ringing"),
        (Self::ANSWERED, "answered"),
        (Self::CONNECTED, "connected"),
        (Self::HELD, "held"),
        (Self::RESUMED, "resumed"),
        (Self::TRANSFERRED, "transferred"),
        (Self::MERGED, "merged"),
        (Self::ENDED, "ended"),
    ];
    /// Those that come once in the life of a call.
    pub(super) const ONCE: Self =
        Self(Self::STARTED.0 | Self::RINGING.0 | Self::ANSWERED.0 | Self::MERGED.0 | Self::ENDED.0);

    /// True where one of the others is among these.
    #[must_use]
    pub fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// Those that are among both.
    #[must_use]
    pub fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// These and those.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// True where there is none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Their names, in the order of a call's life.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(edge, _)| self.has(*edge)).map(|(_, name)| name)
    }

    pub(super) fn add(&mut self, others: Self) {
        self.0 |= others.0;
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody took it.
    Answered,
    /// Nobody did in time.
    NoAnswer,
    /// The line was busy.
    Busy,
    /// No circuit, a call that was rejected, a destination out of order.
    Congestion,
    /// It could not be placed.
    Failed,
    /// The caller hung up before.
    Cancelled,
    /// It went on as part of another one.
    Merged,
    /// Its end was not told: what became of it is not known.
    Lost,
}

impl Outcome {
    /// Of a `DialStatus`; `None` where that says nothing of an end.
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

    /// Of the `Reason` of an `OriginateResponse` that failed: a control frame of Asterisk (`pbx_dial_reason`, main/pbx.c).
    #[must_use]
    pub fn of_originate_reason(reason: &[u8]) -> Self {
        match reason {
            b"3" => Self::NoAnswer,
            b"5" => Self::Busy,
            b"8" => Self::Congestion,
            _ => Self::Failed,
        }
    }

    /// Of the Q.850 cause of a call that nobody took, told apart as `pbx_dial_reason` does (main/pbx.c).
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

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::NoAnswer => "no_answer",
            Self::Busy => "busy",
            Self::Congestion => "congestion",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Merged => "merged",
            Self::Lost => "lost",
        }
    }
}
