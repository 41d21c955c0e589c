//! The tick that is on, and what waits for its end.

use std::cell::{Cell, RefCell};

use crate::convert::Object;
use crate::convert::errors::Exception;
use crate::convert::object::Throwable;
use crate::zend::{PhpResult, Tracer};

/// Whether a tick is on, in which listeners may be running.
#[derive(Default)]
pub(crate) struct Ticks {
    is_on: Cell<bool>,
    /// Terminated by a listener: what the manager holds of the system goes when the tick is over.
    is_leaving: Cell<bool>,
    /// Thrown by a warning's handler during the tick: goes on when it is over.
    postponed: RefCell<Option<Object<Throwable>>>,
}

impl Ticks {
    /// No tick and no listener may run now.
    pub(crate) fn begin(&self, method: &str) -> PhpResult<Ticking<'_>> {
        if self.is_on.replace(true) {
            let message = format!(
                "{method}() called by a listener of the same manager: the tick that called it goes on"
            );
            return Err(Exception::ReentrantTick.throw(&message));
        }
        Ok(Ticking(self))
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on.get()
    }

    /// The manager is to give back what it holds once the tick is over.
    pub(crate) fn leave_afterwards(&self) {
        self.is_leaving.set(true);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.is_leaving.get()
    }

    pub(crate) fn has_left(&self) {
        self.is_leaving.set(false);
    }

    /// Keeps the first exception of a tick.
    pub(crate) fn postpone(&self, exception: Object<Throwable>) {
        let is_first = self.postponed.borrow().is_none();
        if is_first {
            *self.postponed.borrow_mut() = Some(exception);
        }
    }

    pub(crate) fn take_postponed(&self) -> Option<Object<Throwable>> {
        self.postponed.borrow_mut().take()
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Ok(postponed) = self.postponed.try_borrow()
            && let Some(exception) = &*postponed
        {
            tracer.value(exception);
        }
    }
}

/// A tick, until it is dropped.
pub(crate) struct Ticking<'a>(&'a Ticks);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.is_on.set(false);
    }
}
