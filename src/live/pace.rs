//! How long the model waits for its next list.

use std::time::Duration;

/// The waits of one kind of list. What was found in the lists of a session decides about them.
#[derive(Debug)]
pub(super) struct Pace {
    /// Lists in a row that were refused, could not be sent or did not come.
    failures: u32,
    /// Rounds of lists while no event of the class had come.
    rounds_in_silence: u32,
    /// Number of rounds in a row with something of which no event came.
    untold_rounds: u32,
    /// Time between rounds of lists that verify what events told.
    interval: Duration,
    /// Time between rounds of lists where no events come.
    poll_interval: Duration,
    random: fastrand::Rng,
}

const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LAST: Duration = Duration::from_secs(30);
/// Time to the next round while no event of the class has come, because none may ever come. It doubles with each
/// round.
const FIRST_DOUBT: Duration = Duration::from_secs(5);

impl Pace {
    pub(super) fn new(interval: Duration, poll_interval: Duration, seed: u64) -> Self {
        let random = fastrand::Rng::with_seed(seed);
        Self { failures: 0, rounds_in_silence: 0, untold_rounds: 0, interval, poll_interval, random }
    }

    /// Notes the start of a session.
    pub(super) fn on_ready(&mut self) {
        (self.failures, self.rounds_in_silence, self.untold_rounds) = (0, 0, 0);
    }

    /// Notes that a list came, or that the server may have become able to answer.
    pub(super) fn forget_failures(&mut self) {
        self.failures = 0;
    }

    /// Lists in a row that failed.
    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// Notes a complete round of lists. `untold` is the number of things in it of which no event came.
    pub(super) fn on_round(&mut self, hears_events: bool, untold: usize) {
        self.untold_rounds = if untold > 0 && !hears_events { self.untold_rounds + 1 } else { 0 };
    }

    /// True if the lists had something twice in a row of which no event came.
    pub(super) fn is_deaf(&self) -> bool {
        self.untold_rounds >= 2
    }

    /// The time from a round of lists to the next one. Those that verify come at odd times, so that many servers are
    /// not listed at once.
    pub(super) fn after_round(&mut self, hears_events: bool) -> Duration {
        if hears_events {
            self.interval.mul_f64(0.8 + 0.4 * self.random.f64())
        } else if self.is_deaf() {
            self.poll_interval
        } else {
            self.rounds_in_silence += 1;
            let doubt = FIRST_DOUBT * 2_u32.saturating_pow(self.rounds_in_silence.min(16) - 1);
            doubt.min(self.interval)
        }
    }

    /// The time from a list that failed to the next attempt.
    pub(super) fn after_failure(&mut self) -> Duration {
        let wait = (RETRY_FIRST * 2_u32.saturating_pow(self.failures.min(16))).min(RETRY_LAST);
        self.failures = self.failures.saturating_add(1);
        wait
    }
}
