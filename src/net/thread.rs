//! Threads besides PHP's own. They receive no signals, because a signal handler of the host must run on the
//! host's thread.

use std::io;
use std::thread::JoinHandle;

use nix::sys::signal::{SigSet, SigmaskHow};

/// Starts a thread in which every signal is blocked from its first instruction on, because a thread inherits
/// the signal mask.
///
/// # Errors
///
/// The system gives no more threads.
pub(super) fn spawn<F>(name: &str, run: F) -> io::Result<JoinHandle<()>>
where
    F: FnOnce() + Send + 'static,
{
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    before.thread_set_mask()?;
    thread
}
