//! SIGTERM and SIGINT end `run()`: by a handler of pcntl that holds no manager alive.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ext_php_rs::types::Zval;

use super::core::Hub;
use crate::zend::exception::error;
use crate::zend::process::is_main_thread;
use crate::zend::{PhpResult, callable, host, zval};

thread_local! {
    /// The managers of this thread that asked for it.
    static HEEDING: RefCell<Vec<Weak<Hub>>> = const { RefCell::new(Vec::new()) };
}

const SIGINT: i64 = 2;
const SIGTERM: i64 = 15;
const SIG_DFL: i64 = 0;

/// Installs the handler, which calls `on_signal`, and makes PHP call it by itself.
pub(crate) fn register(hub: &Rc<Hub>, handler: &Zval) -> PhpResult<()> {
    // pcntl's handler and PHP would write the same queue at the same time.
    if !is_main_thread() {
        return Err(error(
            "registerSignalHandlers() works in the main thread of the process only, which gets its signals: call stop() by yourself",
        ));
    }
    let missing =
        || error("registerSignalHandlers() needs the extension pcntl: without it call stop() by yourself");
    callable::call_function("pcntl_async_signals", &[zval(true)])?.ok_or_else(missing)?;
    for signal in [SIGINT, SIGTERM] {
        callable::call_function("pcntl_signal", &[zval(signal), handler.shallow_clone()])?
            .ok_or_else(missing)?;
    }
    if hub.stops.heed_signals() {
        HEEDING.with_borrow_mut(|heeding| {
            heeding.retain(|hub| hub.strong_count() > 0);
            heeding.push(Rc::downgrade(hub));
        });
    }
    Ok(())
}

/// Stops the managers that asked for it. Where none is left, the signal does what it does by default.
pub(crate) fn on_signal(signal: i64) -> PhpResult<()> {
    let hubs: Vec<_> = HEEDING.with_borrow(|heeding| heeding.iter().filter_map(Weak::upgrade).collect());
    let mut is_heeded = false;
    for hub in hubs.iter().filter(|hub| hub.is_at_home()) {
        hub.stops.request();
        is_heeded = true;
    }
    if !is_heeded {
        callable::call_function("pcntl_signal", &[zval(signal), zval(SIG_DFL)])?;
        host::raise(signal);
    }
    Ok(())
}
