//! `Calls`: the calls that existed at one moment. Iteration makes the `Call` objects one by one.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use apn_ami::cluster::ServerId;
use apn_ami::live::CallRef;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::zend::ce;
use ext_php_rs::{php_class, php_impl};

use super::call_handle::{self, Call};
use crate::classes::registration::class;
use crate::convert::Object;
use crate::convert::number::to_int;
use crate::convert::object::object;
use crate::runtime::core::Hub;
use crate::zend::exception::error;
use crate::zend::{Native, PhpResult};

/// A countable, iterable list of the calls that existed at one moment.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Calls", flags = ClassFlags::Final)]
#[php(implements(ce = ce::countable, stub = "\\Countable"))]
#[php(implements(ce = ce::aggregate, stub = "\\IteratorAggregate"))]
pub(crate) struct Calls(Rc<List>);

/// The iterator of `Calls`.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\CallIterator", flags = ClassFlags::Final)]
#[php(implements(ce = ce::iterator, stub = "\\Iterator"))]
pub(crate) struct CallIterator {
    list: Rc<List>,
    at: Cell<usize>,
}

struct List {
    hub: Weak<Hub>,
    calls: Vec<(ServerId, CallRef)>,
}

impl Native for Calls {}

impl Native for CallIterator {}

pub(super) fn new(hub: &Rc<Hub>, calls: Vec<(ServerId, CallRef)>) -> Object<Calls> {
    object(Calls(Rc::new(List { hub: Rc::downgrade(hub), calls })))
}

#[php_impl]
impl Calls {
    pub(crate) fn count(&self) -> i64 {
        to_int(self.0.calls.len())
    }

    pub(crate) fn get_iterator(&self) -> Object<CallIterator> {
        object(CallIterator { list: Rc::clone(&self.0), at: Cell::new(0) })
    }
}

#[php_impl]
impl CallIterator {
    pub(crate) fn current(&self) -> PhpResult<Object<Call>> {
        let Some((server, call)) = self.list.calls.get(self.at.get()) else {
            return Err(error("there is no call at the end of the calls"));
        };
        let hub = self.list.hub.upgrade().ok_or_else(|| error("the manager of these calls is gone"))?;
        call_handle::new(&hub, *server, call.clone())
    }

    pub(crate) fn key(&self) -> i64 {
        to_int(self.at.get())
    }

    pub(crate) fn next(&self) {
        self.at.set(self.at.get().saturating_add(1));
    }

    pub(crate) fn rewind(&self) {
        self.at.set(0);
    }

    pub(crate) fn valid(&self) -> bool {
        self.at.get() < self.list.calls.len()
    }
}

pub(crate) fn register() {
    class::<CallIterator>().done();
    class::<Calls>().done();
}
