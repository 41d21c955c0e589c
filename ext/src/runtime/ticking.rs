//! The current tick, and the actions postponed to its end.

use std::cell::{Cell, RefCell};

use crate::convert::Object;
use crate::convert::errors::Exception;
use crate::convert::object::Throwable;
use crate::zend::{PhpResult, Tracer};

/// Whether a tick is running. Listeners run within ticks.
#[derive(Default)]
pub(crate) struct Ticks {
    is_on: Cell<bool>,
    /// A listener called `terminate()`. The manager's thread and descriptors are released after the tick.
    is_leaving: Cell<bool>,
    /// An exception of an error handler, for a warning raised during the tick. The tick throws it at its end.
    postponed: RefCell<Option<Object<Throwable>>>,
}

impl Ticks {
    /// Begins a tick. Throws `ReentrantTickException` if one is running.
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

    /// Releases the manager's thread and descriptors after the tick.
    pub(crate) fn leave_afterwards(&self) {
        self.is_leaving.set(true);
    }

    pub(crate) fn is_leaving(&self) -> bool {
        self.is_leaving.get()
    }

    pub(crate) fn has_left(&self) {
        self.is_leaving.set(false);
    }

    /// Keeps an exception until the end of the tick. Only the first one is kept.
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

/// A running tick. It ends when this value is dropped.
pub(crate) struct Ticking<'a>(&'a Ticks);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.is_on.set(false);
    }
}
