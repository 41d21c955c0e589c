//! Deliveries that were taken from the core and not passed to PHP code yet.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

use apn_ami::cluster::Delivery;

/// Deliveries for the next tick, in order.
#[derive(Default)]
pub(crate) struct Undelivered {
    deliveries: RefCell<VecDeque<Delivery>>,
    /// Number of actions that ended without a delivery. A listener awaited them or they were cancelled, and
    /// their `PendingAction` was freed.
    released: Cell<i64>,
}

impl Undelivered {
    pub(crate) fn is_empty(&self) -> bool {
        self.deliveries.borrow().is_empty()
    }

    /// Lets `take` append deliveries.
    pub(crate) fn fill(&self, take: impl FnOnce(&mut Vec<Delivery>)) {
        let mut deliveries = self.deliveries.borrow_mut();
        // Both conversions reuse the buffer.
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
