//! Log records of a session, and how often they are written.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::secret::Redactor;

/// Limits the records that a peer can cause to one each interval.
#[derive(Debug)]
pub(super) struct Reporting {
    interval: Duration,
    frame_told_at: Option<Instant>,
    unclaimed_told_at: Option<Instant>,
    /// Masks the secrets in records about actions. `None` if records of level debug are turned off.
    pub(super) redactor: Option<Arc<Redactor>>,
}

impl Reporting {
    pub(super) fn new(interval: Duration) -> Self {
        Self { interval, frame_told_at: None, unclaimed_told_at: None, redactor: None }
    }

    /// True if records of level debug are turned on, most of which are about actions.
    pub(super) fn logs_actions(&self) -> bool {
        self.redactor.is_some()
    }

    /// True if a record about a frame that was too long may be written now.
    pub(super) fn may_report_frame(&mut self, now: Instant) -> bool {
        may_tell(&mut self.frame_told_at, self.interval, now)
    }

    /// True if a record about unclaimed answers may be written now. Only records of level debug include them.
    pub(super) fn may_report_unclaimed(&mut self, now: Instant) -> bool {
        self.logs_actions() && may_tell(&mut self.unclaimed_told_at, self.interval, now)
    }
}

fn may_tell(last: &mut Option<Instant>, interval: Duration, now: Instant) -> bool {
    let may = last.is_none_or(|at| now >= at + interval);
    if may {
        *last = Some(now);
    }
    may
}
