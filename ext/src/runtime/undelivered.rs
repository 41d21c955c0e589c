//! What was taken from the core and not given to PHP code yet.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use apn_ami::cluster::Delivery;

/// Deliveries that wait for the next tick, in their order.
#[derive(Default)]
pub(crate) struct Undelivered {
    deliveries: RefCell<VecDeque<Delivery>>,
    /// Actions that ended without a delivery: they were awaited by a listener, or cancelled, and let go of.
    released: Cell<i64>,
}

impl Undelivered {
    pub(crate) fn is_empty(&self) -> bool {
        self.deliveries.borrow().is_empty()
    }

    /// Lets `take` put more at the end.
    pub(crate) fn fill(&self, take: impl FnOnce(&mut Vec<Delivery>)) {
        let mut deliveries = self.deliveries.borrow_mut();
        // What takes and what gives share one piece of memory.
        let mut list = Vec::from(std::mem::take(&mut *deliveries));
        take(&mut list);
        *deliveries = list.into();
    }

    pub(crate) fn pop(&self) -> Option<Delivery> {
        self.deliveries.borrow_mut().pop_front()
    }

    pub(crate) fn count_released(&self) {
        self.released.set(self.released.get() + 1);
    }

    pub(crate) fn take_released(&self) -> i64 {
        self.released.take()
    }
}
