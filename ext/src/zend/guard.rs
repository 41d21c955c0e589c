//! The two ways in which PHP leaves Rust's frames: fatal errors, and signals that wait for their handlers.

use std::os::raw::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::thread;

use super::exception::{self, PhpResult, Thrown};
use super::ffi;

/// Runs `body`, within which PHP code may run, and comes back also from a fatal error, which would
/// otherwise jump over every frame of Rust above.
///
/// What `body` itself owns is leaked then: keep it small where PHP code runs.
pub(crate) fn attempt<R>(body: impl FnOnce() -> R) -> PhpResult<R> {
    struct Frame<F, R> {
        body: Option<F>,
        result: Option<thread::Result<R>>,
    }
    extern "C" fn run<F: FnOnce() -> R, R>(frame: *mut c_void) {
        // SAFETY: the frame below, which outlives the call.
        let frame = unsafe { &mut *frame.cast::<Frame<F, R>>() };
        if let Some(body) = frame.body.take() {
            // A panic may not cross the frames of C between here and `attempt`.
            frame.result = Some(catch_unwind(AssertUnwindSafe(body)));
        }
    }
    fn runner<F: FnOnce() -> R, R>(_: &Frame<F, R>) -> extern "C" fn(*mut c_void) {
        run::<F, R>
    }
    let mut frame = Frame { body: Some(body), result: None };
    let run = runner(&frame);
    // SAFETY: `run` takes what it is given here.
    let finished = unsafe { ffi::ami_try(run, (&raw mut frame).cast()) };
    match frame.result.take() {
        Some(Ok(result)) if finished => Ok(result),
        Some(Err(panic)) if finished => resume_unwind(panic),
        _ => Err(Thrown::Bailout),
    }
}

/// Lets PHP's signal handlers and its time limit have their say, as the engine does between two instructions:
/// a native loop has to ask by itself. `Err` where one of them threw, or called `exit()`.
pub(crate) fn serve_interrupts() -> PhpResult<()> {
    // SAFETY: reads a flag of PHP.
    if unsafe { ffi::ami_interrupted() } {
        // SAFETY: PHP's own way for native loops; what the handlers do is caught by `attempt`.
        attempt(|| unsafe { ffi::ami_interrupt() })?;
    }
    exception::check()
}
