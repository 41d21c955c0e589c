//! A moment, as the model is told it.

use std::time::{Duration, Instant};

/// A moment on both clocks: the one that never jumps, for what is waited for, and Unix time, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// For what is waited for.
    pub now: Instant,
    /// Since 1970.
    pub unix: Duration,
}
