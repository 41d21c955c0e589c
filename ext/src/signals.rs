//! SIGTERM and SIGINT end `run()`: by a handler of pcntl that holds no manager alive.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use crate::hub::Hub;
use crate::zend::exception::error;
use crate::zend::{Class, IntoValue, PhpResult, callable, host};

thread_local! {
    /// The managers of this thread that asked for it.
    static HEEDING: RefCell<Vec<Weak<Hub>>> = const { RefCell::new(Vec::new()) };
}

const SIGINT: i64 = 2;
const SIGTERM: i64 = 15;
const SIG_DFL: i64 = 0;

/// Installs the handler and makes PHP call it by itself.
pub(crate) fn register(hub: &Rc<Hub>) -> PhpResult<()> {
    let handler = host::static_closure(Class::AmiClientManager, "onsignal")?.into_value();
    let missing =
        || error("registerSignalHandlers() needs the extension pcntl: without it call stop() by yourself");
    callable::call_function("pcntl_async_signals", &[true.into_value()])?.ok_or_else(missing)?;
    for signal in [SIGINT, SIGTERM] {
        callable::call_function("pcntl_signal", &[signal.into_value(), handler.clone()])?
            .ok_or_else(missing)?;
    }
    if !hub.heeds_signals.replace(true) {
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
        hub.stop();
        is_heeded = true;
    }
    if !is_heeded {
        callable::call_function("pcntl_signal", &[signal.into_value(), SIG_DFL.into_value()])?;
        host::raise(signal);
    }
    Ok(())
}
