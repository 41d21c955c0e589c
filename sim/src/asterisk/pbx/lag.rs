//! The delay of events between a change and the sessions.
//!
//! Asterisk updates the cache that lists read before it publishes the event, and the manager gets the event
//! through a separate queue (`stasis_router`, main/manager.c). So a busy server answers a list with
//! channels whose events are still to come.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::asterisk::event::Event;

#[derive(Debug, Default)]
pub(crate) struct Lag {
    /// The delay of an event.
    pub(crate) time: Duration,
    held: VecDeque<(Instant, Event)>,
}

impl Lag {
    /// Queues an event. Returns it if it can pass at once.
    pub(crate) fn hold(&mut self, event: Event, now: Instant) -> Option<Event> {
        // `manager_event` writes these to the sessions itself, without the queue.
        let is_direct = matches!(&*event.name, "UserEvent" | "OriginateResponse");
        if is_direct || (self.time.is_zero() && self.held.is_empty()) {
            return Some(event);
        }
        self.held.push_back((now + self.time, event));
        None
    }

    /// The events whose delay is over, in order.
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
