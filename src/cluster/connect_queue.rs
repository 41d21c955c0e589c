//! The queue of servers that wait for their turn to connect.

use std::collections::VecDeque;
use std::time::Instant;

use super::budget::StartBudget;
use crate::vocabulary::ServerId;

/// First in, first out, as fast as the connect budget allows.
#[derive(Debug)]
pub(super) struct ConnectQueue {
    waiting: VecDeque<ServerId>,
    budget: StartBudget,
}

impl ConnectQueue {
    pub(super) fn new(tick_max: usize, second_max: usize) -> Self {
        Self { waiting: VecDeque::new(), budget: StartBudget::new(tick_max, second_max) }
    }

    pub(super) fn begin_tick(&mut self) {
        self.budget.begin_tick();
    }

    pub(super) fn push(&mut self, id: ServerId) {
        self.waiting.push_back(id);
    }

    /// The next server, if the budget allows a connect now. The caller counts a connect that it starts with
    /// `take`.
    pub(super) fn pop(&mut self, now: Instant) -> Option<ServerId> {
        if self.waiting.is_empty() || !self.budget.allows(now) {
            return None;
        }
        self.waiting.pop_front()
    }

    pub(super) fn take(&mut self, now: Instant) {
        self.budget.take(now);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// When `pop` can return a server, in a later tick if necessary. `None` if no server waits.
    pub(super) fn next(&self, now: Instant) -> Option<Instant> {
        (!self.waiting.is_empty()).then(|| self.budget.next_allowed(now))
    }
}
