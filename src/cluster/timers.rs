//! The next timer of each server, and the earliest of all.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use crate::vocabulary::ServerId;

/// How much too early a planned timer may fire before it is replaced.
const EARLY_MAX: Duration = Duration::from_secs(5);

/// At most one timer for each server. The server's entry keeps the planned time.
#[derive(Debug, Default)]
pub(super) struct Timers(BTreeSet<(Instant, ServerId)>);

impl Timers {
    /// The earliest timer of all.
    pub(super) fn next(&self) -> Option<Instant> {
        self.0.first().map(|(at, _)| *at)
    }

    /// Takes a server whose timer has fired.
    pub(super) fn pop_due(&mut self, now: Instant) -> Option<ServerId> {
        let &(at, id) = self.0.first()?;
        if at > now {
            return None;
        }
        self.0.pop_first();
        Some(id)
    }

    /// Plans a server's next timer. `planned` is the current timer. It is kept if it fires at most `EARLY_MAX`
    /// before `next`: a timer that fires a little early finds nothing to do, and moving the timer with every
    /// byte received would cost more. A timer that fires much too early, or for a session that ended, would
    /// wake a driver that has nothing to wait for.
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
