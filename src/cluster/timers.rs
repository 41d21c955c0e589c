//! The next moment of each server, and the earliest of all.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::vocabulary::ServerId;

/// How much before its time a server's timer may come.
const EARLY_MAX: Duration = Duration::from_secs(5);

/// At most one timer a server. The server keeps the moment that is planned for it.
#[derive(Debug, Default)]
pub(super) struct Timers(BTreeSet<(Instant, ServerId)>);

impl Timers {
    /// The earliest timer of all.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.first().map(|(at, _)| *at)
    }

    /// A server whose timer has come.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<ServerId> {
        let &(at, id) = self.0.first()?;
        if at > now {
            return None;
        }
        self.0.pop_first();
        Some(id)
    }

    /// Plans a server's next moment. `planned` is the one before, and is kept where it serves: a timer that comes a little early
    /// finds nothing to do, and moving it at every byte would cost more. One that comes long before, or for a session that ended,
    /// would wake an owner who waits for nothing.
    pub(super) fn plan(&mut self, id: ServerId, planned: &mut Option<Instant>, next: Option<Instant>) {
        let serves = match (*planned, next) {
            (Some(timer), Some(next)) => timer <= next && next <= timer + EARLY_MAX,
            (timer, next) => timer.is_none() && next.is_none(),
        };
        if !serves {
            self.cancel(id, planned);
            *planned = next;
            self.0.extend(next.map(|next| (next, id)));
        }
    }

    pub(super) fn cancel(&mut self, id: ServerId, planned: &mut Option<Instant>) {
        if let Some(timer) = planned.take() {
            self.0.remove(&(timer, id));
        }
    }
}
