//! The tables of listeners behind `onEvent`, `onStateChange`, `onGap`, `onListenerError` and the live model.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

use apn_ami::cluster::{ServerId, SubscriptionId};

use super::listener_name::name_of;
use super::live_filter::CallFilter;
use crate::convert::metrics::ListenerCost;
use crate::zend::{Callable, Tracer};

/// All listeners of a manager.
#[derive(Default)]
pub(crate) struct Listeners {
    events: RefCell<BTreeMap<SubscriptionId, Rc<Listener>>>,
    /// Listeners of all other topics, oldest first.
    others: RefCell<Vec<Rc<Listener>>>,
}

/// A callable and its topic.
pub(crate) struct Listener {
    pub(crate) topic: Topic,
    /// The filter of a listener of calls.
    pub(crate) calls_wanted: Option<CallFilter>,
    /// The queue it wants, where it listens to one of them only.
    pub(crate) queue_wanted: Option<Vec<u8>>,
    /// None after it was cancelled.
    callable: RefCell<Option<Rc<Callable>>>,
    /// Its name in logs and metrics.
    pub(crate) name: String,
    pub(crate) calls: Cell<u64>,
    pub(crate) failures: Cell<u64>,
    pub(crate) time: Cell<Duration>,
}

/// The topic of a listener. A server is given if the listener wants that server only.
#[derive(Clone, Copy)]
pub(crate) enum Topic {
    Event(SubscriptionId),
    State(Option<ServerId>),
    Gap(Option<ServerId>),
    Error,
    Call,
    Queue,
    LiveState,
}

impl Topic {
    /// True if the topic needs the news of live models.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Self::Call | Self::Queue | Self::LiveState)
    }
}

impl Listener {
    pub(crate) fn new(topic: Topic, callable: Callable) -> Rc<Self> {
        Self::with(topic, None, None, callable)
    }

    pub(crate) fn of_calls(filter: CallFilter, callable: Callable) -> Rc<Self> {
        Self::with(Topic::Call, Some(filter), None, callable)
    }

    pub(crate) fn of_queues(name: Option<Vec<u8>>, callable: Callable) -> Rc<Self> {
        Self::with(Topic::Queue, None, name, callable)
    }

    fn with(
        topic: Topic,
        calls_wanted: Option<CallFilter>,
        queue_wanted: Option<Vec<u8>>,
        callable: Callable,
    ) -> Rc<Self> {
        let name = name_of(&callable);
        Rc::new(Self {
            topic,
            calls_wanted,
            queue_wanted,
            callable: RefCell::new(Some(Rc::new(callable))),
            name,
            calls: Cell::default(),
            failures: Cell::default(),
            time: Cell::default(),
        })
    }

    pub(crate) fn callable(&self) -> Option<Rc<Callable>> {
        self.callable.borrow().clone()
    }

    fn trace(&self, tracer: &mut Tracer) {
        if let Ok(callable) = self.callable.try_borrow()
            && let Some(callable) = &*callable
        {
            tracer.value(&**callable);
        }
    }

    pub(crate) fn is_active(&self) -> bool {
        self.callable.borrow().is_some()
    }

    /// Drops the callable. Its destructor can run PHP code.
    pub(crate) fn release(&self) {
        let callable = self.callable.borrow_mut().take();
        drop(callable);
    }
}

impl Listeners {
    pub(crate) fn of_event(&self, id: SubscriptionId) -> Option<Rc<Listener>> {
        self.events.borrow().get(&id).cloned()
    }

    /// The listeners of a topic. A listener of one server is included if `wanted` is about that server.
    pub(crate) fn of_topic(&self, wanted: Topic) -> Vec<Rc<Listener>> {
        let fits = |listener: &&Rc<Listener>| match (listener.topic, wanted) {
            (Topic::State(own), Topic::State(server)) | (Topic::Gap(own), Topic::Gap(server)) => {
                own.is_none() || own == server
            }
            (Topic::Error, Topic::Error)
            | (Topic::Call, Topic::Call)
            | (Topic::Queue, Topic::Queue)
            | (Topic::LiveState, Topic::LiveState) => true,
            (
                Topic::Event(_)
                | Topic::State(_)
                | Topic::Gap(_)
                | Topic::Error
                | Topic::Call
                | Topic::Queue
                | Topic::LiveState,
                _,
            ) => false,
        };
        self.others.borrow().iter().filter(fits).cloned().collect()
    }

    /// True if a listener has a topic of live models.
    pub(crate) fn has_live(&self) -> bool {
        self.others.borrow().iter().any(|listener| listener.topic.is_live())
    }

    /// Calls, failures and time of the listeners, added up by name.
    pub(crate) fn costs(&self) -> BTreeMap<String, ListenerCost> {
        let mut costs: BTreeMap<String, ListenerCost> = BTreeMap::new();
        for listener in self.events.borrow().values().chain(self.others.borrow().iter()) {
            let cost = costs.entry(listener.name.clone()).or_default();
            cost.calls += listener.calls.get();
            cost.failures += listener.failures.get();
            cost.time += listener.time.get();
        }
        costs
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let (Ok(events), Ok(others)) = (self.events.try_borrow(), self.others.try_borrow()) {
            events.values().chain(others.iter()).for_each(|listener| listener.trace(tracer));
        }
    }

    /// Drops every callable, since a `Subscription` can outlive the manager and must not keep them.
    pub(crate) fn clear(&self) {
        let events = std::mem::take(&mut *self.events.borrow_mut());
        let others = std::mem::take(&mut *self.others.borrow_mut());
        events.values().chain(others.iter()).for_each(|listener| listener.release());
    }

    pub(crate) fn add(&self, listener: &Rc<Listener>) {
        match listener.topic {
            Topic::Event(id) => drop(self.events.borrow_mut().insert(id, Rc::clone(listener))),
            _ => self.others.borrow_mut().push(Rc::clone(listener)),
        }
    }

    pub(crate) fn remove(&self, listener: &Rc<Listener>) {
        match listener.topic {
            Topic::Event(id) => drop(self.events.borrow_mut().remove(&id)),
            _ => self.others.borrow_mut().retain(|other| !Rc::ptr_eq(other, listener)),
        }
    }
}
