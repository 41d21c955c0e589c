//! What may happen within a call to PHP: a fatal error, and a signal or time limit that waits for its handler.

use std::panic::{AssertUnwindSafe, resume_unwind};

use ext_php_rs::ffi;
use ext_php_rs::zend::{CatchError, try_catch};

use super::exception::{self, PhpResult, Thrown};
use super::lacking;

/// Runs `body`, which may run PHP code, and returns after a fatal error too. Without it PHP would jump over every frame of
/// Rust.
///
/// A fatal error leaks what `body` itself owns: keep it small.
pub(crate) fn attempt<R>(body: impl FnOnce() -> R) -> PhpResult<R> {
    match try_catch(AssertUnwindSafe(body)) {
        Ok(result) => Ok(result),
        Err(CatchError::Panic(message)) => resume_unwind(Box::new(message)),
        Err(_) => Err(Thrown::Bailout),
    }
}

/// Runs PHP's signal handlers and checks its time limit, as the engine does between two instructions: a loop in Rust has to
/// do it by itself. `Err` where a handler threw or called `exit()`. Needless where ext-php-rs has such a function.
pub(crate) fn serve_interrupts() -> PhpResult<()> {
    // SAFETY: a flag of PHP, and PHP's own function for native loops; `attempt` catches what the handlers do.
    unsafe {
        let globals = ffi::ext_php_rs_executor_globals();
        if lacking::zend_atomic_bool_load((&raw const (*globals).vm_interrupt).cast()) {
            attempt(|| lacking::zend_fcall_interrupt((*globals).current_execute_data))?;
        }
    }
    exception::check()
}
