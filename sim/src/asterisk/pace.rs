//! When generated events are due.

use std::time::{Duration, Instant};

/// The rate of generated events and its bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rate {
    /// Events per second. 0 generates none.
    pub events_per_second: u32,
    /// Total number of events after which the generator stops.
    pub events_max: Option<u64>,
    /// Pauses while this many bytes wait for any session. Without a bound a fast generator and a slow reader
    /// would fill the memory.
    pub waiting_bytes_max: Option<usize>,
}

/// Pause before the generator tries again when `waiting_bytes_max` stopped it.
const STEP: Duration = Duration::from_millis(1);

/// Compares the events that were generated with the rate.
#[derive(Debug)]
pub(crate) struct Pace {
    rate: Rate,
    started: Instant,
    made: u64,
    made_since_start: u64,
    not_before: Instant,
}

impl Pace {
    pub(crate) fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, started: now, made: 0, made_since_start: 0, not_before: now }
    }

    /// Continues at another rate.
    pub(crate) fn set_rate(&mut self, rate: Rate, now: Instant) {
        self.rate = rate;
        self.restart_clock(now);
    }

    pub(crate) fn rate(&self) -> Rate {
        self.rate
    }

    /// Skips the events that are overdue, and waits one step.
    pub(crate) fn pause(&mut self, now: Instant) {
        self.restart_clock(now);
        self.not_before = now + STEP;
    }

    /// Skips the events that are overdue if the next one is overdue for longer than this.
    pub(crate) fn skip(&mut self, longest: Duration, now: Instant) {
        if self.next_at().is_some_and(|due| due + longest < now) {
            self.restart_clock(now);
        }
    }

    fn restart_clock(&mut self, now: Instant) {
        self.started = now;
        self.made_since_start = 0;
    }

    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    pub(crate) fn count(&mut self, events: u64) {
        self.made += events;
        self.made_since_start += events;
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        let rate = u64::from(self.rate.events_per_second);
        if rate == 0 || self.rate.events_max.is_some_and(|max| self.made >= max) {
            return None;
        }
        let milliseconds = ((self.made_since_start + 1) * 1_000).div_ceil(rate);
        Some((self.started + Duration::from_millis(milliseconds)).max(self.not_before))
    }

    /// Number of events that are due.
    pub(crate) fn due(&self, now: Instant) -> u64 {
        let elapsed = now.saturating_duration_since(self.started).as_micros();
        let target = elapsed * u128::from(self.rate.events_per_second) / 1_000_000;
        let target = u64::try_from(target).unwrap_or(u64::MAX);
        let count = target.saturating_sub(self.made_since_start);
        self.rate.events_max.map_or(count, |max| count.min(max.saturating_sub(self.made)))
    }
}
