//! The user's choice of the server for an action.

use std::cell::RefCell;
use std::rc::Rc;

use crate::zend::{Callable, Tracer};

/// The user's callable that chooses a server. Without one the core's routing chooses.
#[derive(Default)]
pub(crate) struct Routing(RefCell<Option<Rc<Callable>>>);

impl Routing {
    pub(crate) fn callable(&self) -> Option<Rc<Callable>> {
        self.0.borrow().clone()
    }

    /// Sets the callable. None returns the choice to the core.
    pub(crate) fn set(&self, callable: Option<Callable>) {
        let before = std::mem::replace(&mut *self.0.borrow_mut(), callable.map(Rc::new));
        drop(before);
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Ok(callable) = self.0.try_borrow()
            && let Some(callable) = &*callable
        {
            tracer.value(&**callable);
        }
    }
}
