//! Requests to stop, by `stop()` or by a signal.

use std::cell::Cell;

/// What asks `run` and the waits for sessions to end.
#[derive(Default)]
pub(crate) struct StopRequests {
    /// `run` is to end.
    is_pending: Cell<bool>,
    /// A wait ends by a request that comes while it is on, not by one that came before.
    count: Cell<u64>,
    /// SIGTERM and SIGINT are requests too.
    heeds_signals: Cell<bool>,
}

impl StopRequests {
    pub(crate) fn request(&self) {
        self.is_pending.set(true);
        self.count.set(self.count.get() + 1);
    }

    /// True once for all requests since the last call.
    pub(crate) fn take(&self) -> bool {
        self.is_pending.replace(false)
    }

    pub(crate) fn count(&self) -> u64 {
        self.count.get()
    }

    /// True where signals were not requests before.
    pub(crate) fn heed_signals(&self) -> bool {
        !self.heeds_signals.replace(true)
    }
}
