//! Limits how many connects, or lists, may start in one tick and in any one second.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

const WINDOW: Duration = Duration::from_secs(1);

/// Remembers the starts of the last second, so that no window of one second ever holds more starts than
/// allowed.
#[derive(Debug)]
pub(super) struct StartBudget {
    tick_max: usize,
    second_max: usize,
    this_tick: usize,
    recent: VecDeque<Instant>,
}

impl StartBudget {
    pub(super) fn new(tick_max: usize, second_max: usize) -> Self {
        Self { tick_max, second_max, this_tick: 0, recent: VecDeque::new() }
    }

    pub(super) fn begin_tick(&mut self) {
        self.this_tick = 0;
    }

    pub(super) fn allows(&mut self, now: Instant) -> bool {
        while self.recent.front().is_some_and(|at| *at + WINDOW <= now) {
            self.recent.pop_front();
        }
        self.this_tick < self.tick_max && self.recent.len() < self.second_max
    }

    pub(super) fn take(&mut self, now: Instant) {
        self.this_tick += 1;
        self.recent.push_back(now);
    }

    /// The earliest time at which the limit per second allows a start. The limit per tick is not considered,
    /// because the next tick resets it.
    pub(super) fn next_allowed(&self, now: Instant) -> Instant {
        match self.recent.front() {
            Some(oldest) if self.recent.len() >= self.second_max => *oldest + WINDOW,
            Some(_) | None => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_and_a_second_have_their_bounds() {
        let now = Instant::now();
        let mut budget = StartBudget::new(2, 3);
        budget.begin_tick();
        for allowed in [true, true, false] {
            assert_eq!(budget.allows(now), allowed);
            if allowed {
                budget.take(now);
            }
        }
        budget.begin_tick();
        assert!(budget.allows(now));
        budget.take(now);
        assert!(!budget.allows(now));
        assert_eq!(budget.next_allowed(now), now + WINDOW);
        budget.begin_tick();
        assert!(!budget.allows(now + Duration::from_millis(999)));
        assert!(budget.allows(now + WINDOW));
    }
}
