//! The time at which something happens, as the caller passes it to the model.

use std::time::{Duration, Instant};

/// One moment on two clocks: the monotonic clock for waits, and Unix time for the times that the model shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The monotonic time.
    pub now: Instant,
    /// The Unix time.
    pub unix: Duration,
}
