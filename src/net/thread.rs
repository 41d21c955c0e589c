//! Threads beside PHP's own: they take no signal, since a handler of the host must run on its thread.

use std::io;
use std::thread::JoinHandle;

use nix::sys::signal::{SigSet, SigmaskHow};

/// Starts a thread in which every signal is blocked from its first instruction on: the mask is inherited.
///
/// # Errors
///
/// When the system gives no more threads.
pub(super) fn spawn<F>(name: &str, run: F) -> io::Result<JoinHandle<()>>
where
    F: FnOnce() + Send + 'static,
{
    let before = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK)?;
    let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
    before.thread_set_mask()?;
    thread
}
