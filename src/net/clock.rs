//! The only place that reads the clocks.

use crate::vocabulary::Timestamp;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// This moment. A wall clock before 1970 counts as 1970.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp { at: Instant::now(), unix: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
}

/// This moment on the clock that never jumps alone, for whoever measures.
#[must_use]
pub fn instant() -> Instant {
    Instant::now()
}
