//! SIGTERM and SIGINT end `run()`: by a handler of pcntl that holds no manager alive.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ext_php_rs::types::Zval;
use nix::sys::signal::{Signal, raise};

use super::core::Hub;
use crate::convert::function::call_function;
use crate::zend::PhpResult;
use crate::zend::exception::error;
use crate::zend::process::is_main_thread;

thread_local! {
    /// The managers of this thread that asked for it.
    static HEEDING: RefCell<Vec<Weak<Hub>>> = const { RefCell::new(Vec::new()) };
}

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
    call_function("pcntl_async_signals", vec![&true])?.ok_or_else(missing)?;
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        call_function("pcntl_signal", vec![&i64::from(signal as i32), handler])?.ok_or_else(missing)?;
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
        call_function("pcntl_signal", vec![&signal, &SIG_DFL])?;
        if let Some(signal) = i32::try_from(signal).ok().and_then(|signal| Signal::try_from(signal).ok()) {
            raise(signal).map_err(|failure| error(&format!("cannot raise {signal}: {failure}")))?;
        }
    }
    Ok(())
}
