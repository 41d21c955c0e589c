//! Which process this is, without a system call for each answer.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use nix::libc;

static FORKS: AtomicU32 = AtomicU32::new(0);

/// Forks between the process that loaded the extension and this one: a forked child has another number than its parent.
pub(crate) fn forks() -> u32 {
    FORKS.load(Ordering::Relaxed)
}

/// Counts the forks from now on. Called at start-up, which a process may have several times.
pub(crate) fn count_forks() {
    static COUNTING: Once = Once::new();
    // SAFETY: an atomic addition is allowed in a child of many threads; the extension is never unmapped.
    COUNTING.call_once(|| unsafe {
        libc::pthread_atfork(None, None, Some(on_fork));
    });
}

extern "C" fn on_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
