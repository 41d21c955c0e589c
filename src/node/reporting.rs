//! What a session says of itself in log records, and how often.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::secret::Redactor;

/// Records that a peer can cause come once an interval at most.
#[derive(Debug)]
pub(super) struct Reporting {
    interval: Duration,
    frame_told_at: Option<Instant>,
    unclaimed_told_at: Option<Instant>,
    /// Records of level debug are wanted.
    pub(super) logs_actions: bool,
    pub(super) redactor: Arc<Redactor>,
}

impl Reporting {
    pub(super) fn new(interval: Duration) -> Self {
        Self {
            interval,
            frame_told_at: None,
            unclaimed_told_at: None,
            logs_actions: false,
            redactor: Arc::default(),
        }
    }

    /// Whether a frame that was too long is worth a record now.
    pub(super) fn may_tell_of_frame(&mut self, now: Instant) -> bool {
        may_tell(&mut self.frame_told_at, self.interval, now)
    }

    /// Whether answers that nobody waits for are worth a record now. Only somebody who looks for something wants it.
    pub(super) fn may_tell_of_unclaimed(&mut self, now: Instant) -> bool {
        self.logs_actions && may_tell(&mut self.unclaimed_told_at, self.interval, now)
    }
}

fn may_tell(last: &mut Option<Instant>, interval: Duration, now: Instant) -> bool {
    let may = last.is_none_or(|at| now >= at + interval);
    if may {
        *last = Some(now);
    }
    may
}
