//! The counters of a queue: those of Asterisk and those of the model.

use std::time::Duration;

use super::fields::{number, pick};

/// Asterisk's counters in the last list. The model does not add events to them, because Asterisk changes them
/// before, after or without its events (`update_queue`, `apps/app_queue.c`).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct AsteriskCounters {
    /// Unix time of the list.
    pub at: Duration,
    /// Calls that members completed since Asterisk started or its statistics were reset.
    pub completed: u64,
    /// Callers that hung up while waiting.
    pub abandoned: u64,
    /// Asterisk's running average of the time that answered callers waited.
    pub hold_time: Duration,
    /// Asterisk's running average of the time that members talked.
    pub talk_time: Duration,
    /// The configured time within which calls should be answered. Zero if none is configured.
    pub service_level: Duration,
    /// Percentage of completed calls that were answered within `service_level`.
    pub service_level_percent: f64,
}

/// The model's counters of events since it began. Events that were lost in a gap are not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Callers that joined.
    pub joined: u64,
    /// Callers that a member answered.
    pub answered: u64,
    /// Callers that hung up while waiting.
    pub abandoned: u64,
    /// Callers that left for any reason, answered and abandoned ones included.
    pub left: u64,
}

const HEADERS: [&[u8]; 7] =
    [b"Strategy", b"Holdtime", b"TalkTime", b"Completed", b"Abandoned", b"ServiceLevel", b"ServicelevelPerf"];

impl AsteriskCounters {
    /// Reads the counters and the strategy of a `QueueParams` item.
    pub(super) fn of_item(frame: &[u8], at: Duration) -> (Self, &[u8]) {
        let [strategy, hold, talk, completed, abandoned, level, percent] = pick(frame, &HEADERS);
        let seconds = |digits| Duration::from_secs(number(digits).unwrap_or_default());
        let counters = Self {
            at,
            completed: number(completed).unwrap_or_default(),
            abandoned: number(abandoned).unwrap_or_default(),
            hold_time: seconds(hold),
            talk_time: seconds(talk),
            service_level: seconds(level),
            service_level_percent: number(percent)
                .filter(|percent: &f64| percent.is_finite())
                .unwrap_or_default(),
        };
        (counters, strategy)
    }

    /// True if both are equal apart from `at`.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        Self { at: other.at, ..*self } == *other
    }
}
