//! The only module that reads the clocks.

use crate::vocabulary::Timestamp;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The current time. A wall clock before 1970 counts as 1970.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp { at: Instant::now(), unix: SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default() }
}

/// The current time of the monotonic clock only, for measurements.
#[must_use]
pub fn instant() -> Instant {
    Instant::now()
}
