//! Events on their way from what happened to the sessions.
//!
//! What lists read is there before its event is published, and the manager hears of it through a queue of its own
//! (`stasis_router`, main/manager.c): a busy server answers a list with channels of which the events are still to come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::asterisk::event::Event;

#[derive(Debug, Default)]
pub(crate) struct Lag {
    /// How long an event takes.
    pub(crate) time: Duration,
    held: VecDeque<(Instant, Event)>,
}

impl Lag {
    /// Holds an event back, or gives it where it may pass at once.
    pub(crate) fn hold(&mut self, event: Event, now: Instant) -> Option<Event> {
        // `manager_event` writes to the sessions itself.
        let is_direct = matches!(&*event.name, "UserEvent" | "OriginateResponse");
        if is_direct || (self.time.is_zero() && self.held.is_empty()) {
            return Some(event);
        }
        self.held.push_back((now + self.time, event));
        None
    }

    /// The events that have come by now, in order.
    pub(crate) fn arrived(&mut self, now: Instant) -> Vec<Event> {
        let count = self.held.iter().take_while(|(at, _)| *at <= now).count();
        self.held.drain(..count).map(|(_, event)| event).collect()
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.held.front().map(|(at, _)| *at)
    }

    pub(crate) fn clear(&mut self) {
        self.held.clear();
    }
}
