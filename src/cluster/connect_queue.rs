//! The queue of servers that wait for their turn to connect.

use std::time::Instant;

use super::budget::StartBudget;
use super::server_queue::ServerQueue;
use crate::vocabulary::ServerId;

/// First in, first out, as fast as the connect budget allows.
#[derive(Debug)]
pub(super) struct ConnectQueue {
    waiting: ServerQueue,
    budget: StartBudget,
}

impl ConnectQueue {
    pub(super) fn new(tick_max: usize, second_max: usize) -> Self {
        Self { waiting: ServerQueue::default(), budget: StartBudget::new(tick_max, second_max) }
    }

    pub(super) fn begin_tick(&mut self) {
        self.budget.begin_tick();
    }

    /// Queues a server, at most once, however often it is opened and closed before its turn.
    pub(super) fn push(&mut self, id: ServerId) {
        self.waiting.push(id);
    }

    /// The next server, if the budget allows a connect now. The caller counts a connect that it starts with
    /// `take`.
    pub(super) fn pop(&mut self, now: Instant) -> Option<ServerId> {
        if self.waiting.is_empty() || !self.budget.allows(now) {
            return None;
        }
        self.waiting.pop()
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
