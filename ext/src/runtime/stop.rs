//! Stop requests, by `stop()` or by a signal.

use std::cell::Cell;

/// Requests to end `run` and the waits for sessions.
#[derive(Default)]
pub(crate) struct StopRequests {
    /// `run` returns before its next tick.
    is_pending: Cell<bool>,
    /// Number of requests. A wait ends if it changes, so a request made before the wait does not end it.
    count: Cell<u64>,
    /// SIGTERM and SIGINT count as requests.
    heeds_signals: Cell<bool>,
}

impl StopRequests {
    pub(crate) fn request(&self) {
        self.is_pending.set(true);
        self.count.set(self.count.get() + 1);
    }

    /// True if there was a request since the last call.
    pub(crate) fn take(&self) -> bool {
        self.is_pending.replace(false)
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.get()
    }

    /// Makes signals count as requests. Returns false if they did already.
    pub(crate) fn heed_signals(&self) -> bool {
        !self.heeds_signals.replace(true)
    }
}
