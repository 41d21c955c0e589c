//! SIGTERM and SIGINT end `run()`. The pcntl handler does not keep any manager alive.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use ext_php_rs::types::Zval;
use nix::sys::signal::{Signal, raise};
use nix::unistd::{getpid, gettid};

use super::core::Hub;
use crate::convert::function::call_function;
use crate::zend::PhpResult;
use crate::zend::exception::error;

thread_local! {
    /// The managers of this thread that registered for signals.
    static HEEDING: RefCell<Vec<Weak<Hub>>> = const { RefCell::new(Vec::new()) };
}

const SIG_DFL: i64 = 0;

/// Installs `handler`, which calls `on_signal`, and turns on pcntl's asynchronous signals.
pub(crate) fn register(hub: &Rc<Hub>, handler: &Zval) -> PhpResult<()> {
    // In another thread, pcntl's handler and PHP would write the same queue at the same time. The number of the main thread
    // is that of the process.
    if gettid() != getpid() {
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

/// Stops the managers that registered for signals. If none is left, the signal gets its default action.
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
