//! Outcomes of calls, and their values in events.

/// The outcome of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Answered. The call lasts until one side hangs up.
    Answered,
    /// The line is busy.
    Busy,
    /// It rings until the `Timeout` of the `Originate`.
    NoAnswer,
    /// The network is congested.
    Congestion,
    /// There is no such device. The call never has a channel.
    Failed,
}

impl Outcome {
    /// The outcome that a channel's name asks for, such as `PJSIP/busy-1`. Tests then need no script.
    pub(super) fn of_name(channel: &[u8]) -> Self {
        let name = channel.to_ascii_lowercase();
        let says = |word: &[u8]| name.windows(word.len()).any(|part| part == word);
        if says(b"noanswer") {
            Self::NoAnswer
        } else if says(b"busy") {
            Self::Busy
        } else if says(b"congest") {
            Self::Congestion
        } else if says(b"nosuch") {
            Self::Failed
        } else {
            Self::Answered
        }
    }

    /// `Reason` of `OriginateResponse`: the number of the last control frame.
    pub(super) fn reason(self) -> u8 {
        match self {
            Self::Answered => 4,
            Self::Busy => 5,
            Self::NoAnswer => 3,
            Self::Congestion => 8,
            Self::Failed => 0,
        }
    }

    pub(super) fn dial_status(self) -> &'static str {
        match self {
            Self::Answered => "ANSWER",
            Self::Busy => "BUSY",
            Self::NoAnswer => "NOANSWER",
            Self::Congestion => "CONGESTION",
            Self::Failed => "CHANUNAVAIL",
        }
    }

    /// Hang-up cause and its text.
    pub(super) fn cause(self) -> (u8, &'static str) {
        match self {
            Self::Answered | Self::Failed => (0, "Unknown"),
            Self::Busy => (17, "User busy"),
            Self::NoAnswer => (19, "User alerting, no answer"),
            Self::Congestion => (34, "Circuit/channel congestion"),
        }
    }
}
