//! The two ways in which PHP leaves Rust's frames: fatal errors, and signals that wait for their handlers.

use std::panic::{AssertUnwindSafe, resume_unwind};

use ext_php_rs::ffi;
use ext_php_rs::zend::{CatchError, try_catch};

use super::exception::{self, PhpResult, Thrown};
use super::lacking;

/// Runs `body`, within which PHP code may run, and comes back also from a fatal error, which would
/// otherwise jump over every frame of Rust above.
///
/// What `body` itself owns is leaked then: keep it small where PHP code runs.
pub(crate) fn attempt<R>(body: impl FnOnce() -> R) -> PhpResult<R> {
    match try_catch(AssertUnwindSafe(body)) {
        Ok(result) => Ok(result),
        Err(CatchError::Panic(message)) => resume_unwind(Box::new(message)),
        Err(_) => Err(Thrown::Bailout),
    }
}

/// Lets PHP's signal handlers and its time limit have their say, as the engine does between two instructions:
/// a native loop has to ask by itself. `Err` where one of them threw, or called `exit()`.
pub(crate) fn serve_interrupts() -> PhpResult<()> {
    // SAFETY: a flag of PHP, and PHP's own way for native loops; what the handlers do is caught by `attempt`.
    unsafe {
        let globals = ffi::ext_php_rs_executor_globals();
        if lacking::zend_atomic_bool_load((&raw const (*globals).vm_interrupt).cast()) {
            attempt(|| lacking::zend_fcall_interrupt((*globals).current_execute_data))?;
        }
    }
    exception::check()
}
