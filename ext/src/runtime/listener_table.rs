//! Who listens to what: the tables behind `onEvent`, `onStateChange`, `onGap` and `onListenerError`.

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
    /// Those of states, gaps and errors, oldest first.
    others: RefCell<Vec<Rc<Listener>>>,
}

/// One callable and what it listens to.
pub(crate) struct Listener {
    pub(crate) topic: Topic,
    /// Which calls it wants, where it listens to those.
    pub(crate) calls_wanted: Option<CallFilter>,
    /// None once it was cancelled.
    callable: RefCell<Option<Rc<Callable>>>,
    /// What it is called in logs and metrics.
    pub(crate) name: String,
    pub(crate) calls: Cell<u64>,
    pub(crate) failures: Cell<u64>,
    pub(crate) time: Cell<Duration>,
}

/// What a listener listens to; a server where it wants one only.
#[derive(Clone, Copy)]
pub(crate) enum Topic {
    Event(SubscriptionId),
    State(Option<ServerId>),
    Gap(Option<ServerId>),
    Error,
    Call,
    LiveState,
}

impl Topic {
    /// True where it needs the news of live models.
    pub(crate) fn is_live(self) -> bool {
        matches!(self, Self::Call | Self::LiveState)
    }
}

impl Listener {
    pub(crate) fn new(topic: Topic, callable: Callable) -> Rc<Self> {
        Self::with(topic, None, callable)
    }

    pub(crate) fn of_calls(filter: CallFilter, callable: Callable) -> Rc<Self> {
        Self::with(Topic::Call, Some(filter), callable)
    }

    fn with(topic: Topic, calls_wanted: Option<CallFilter>, callable: Callable) -> Rc<Self> {
        let name = name_of(&callable);
        Rc::new(Self {
            topic,
            calls_wanted,
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

    /// Lets go of the callable, whose destructor may run PHP code.
    pub(crate) fn release(&self) {
        let callable = self.callable.borrow_mut().take();
        drop(callable);
    }
}

impl Listeners {
    pub(crate) fn of_event(&self, id: SubscriptionId) -> Option<Rc<Listener>> {
        self.events.borrow().get(&id).cloned()
    }

    /// Those of a topic; those that want one server only count for that one.
    pub(crate) fn of_topic(&self, wanted: Topic) -> Vec<Rc<Listener>> {
        let fits = |listener: &&Rc<Listener>| match (listener.topic, wanted) {
            (Topic::State(own), Topic::State(server)) | (Topic::Gap(own), Topic::Gap(server)) => {
                own.is_none() || own == server
            }
            (Topic::Error, Topic::Error)
            | (Topic::Call, Topic::Call)
            | (Topic::LiveState, Topic::LiveState) => true,
            (
                Topic::Event(_)
                | Topic::State(_)
                | Topic::Gap(_)
                | Topic::Error
                | Topic::Call
                | Topic::LiveState,
                _,
            ) => false,
        };
        self.others.borrow().iter().filter(fits).cloned().collect()
    }

    /// True where somebody listens to live models.
    pub(crate) fn has_live(&self) -> bool {
        self.others.borrow().iter().any(|listener| listener.topic.is_live())
    }

    /// What each cost; those of one name together.
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

    /// Lets go of every callable: a `Subscription` may outlive the manager and must not keep them.
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
