//! Which process this is, without a system call for each answer, and which thread of it.

use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};

use super::lacking;

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

/// True in the thread in which the program began: signals come there first.
pub(crate) fn is_main_thread() -> bool {
    // SAFETY: a question to the system; on Linux the main thread has the number of its process.
    u32::try_from(unsafe { lacking::gettid() }) == Ok(std::process::id())
}

/// Counts the forks from now on: at start-up only, of which a process may have several.
pub(crate) fn count_forks() {
    static COUNTING: Once = Once::new();
    // SAFETY: the handler does what may be done in a child of many threads; the extension is never unmapped.
    COUNTING.call_once(|| unsafe {
        lacking::pthread_atfork(None, None, Some(on_fork));
    });
}

extern "C" fn on_fork() {
    FORKS.fetch_add(1, Ordering::Relaxed);
}
