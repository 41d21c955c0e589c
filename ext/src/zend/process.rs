//! Which process this is, without a system call for each answer.

use std::sync::atomic::{AtomicU32, Ordering};

use super::ffi;

/// Forks between the process that loaded the extension and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// A process among its forked children and parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Process(u32);

impl Process {
    /// The one that asks.
    pub(crate) fn this() -> Self {
        Self(FORKS.load(Ordering::Relaxed))
    }
}

/// Counts the forks from now on: at start-up only.
pub(super) fn count_forks() {
    // SAFETY: the handler does what may be done in a child of many threads; the extension is never unmapped.
    unsafe { ffi::pthread_atfork(None, None, Some(on_fork)) };
}

extern "C" fn on_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
