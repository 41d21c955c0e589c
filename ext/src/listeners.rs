//! Who listens to what: `Subscription`, `Glob`, and the tables behind `onEvent`, `onStateChange`, `onGap`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::time::Duration;

use apn_ami::cluster::{EventFilter, HeaderFilter, ServerId, SubscriptionId, ValueFilter};
use apn_ami::glob;

use crate::hub::Hub;
use crate::zend::call::ArrayOrStr;
use crate::zend::classes::GlobProperties;
use crate::zend::exception::value_error;
use crate::zend::{
    Array, Callable, Class, Key, Native, Object, PhpResult, Properties, Thrown, Tracer, Value, View,
};

/// All listeners of a manager.
#[derive(Default)]
pub(crate) struct Listeners {
    events: RefCell<BTreeMap<SubscriptionId, Rc<Listener>>>,
    /// Those of states, gaps and errors, oldest first.
    others: RefCell<Vec<Rc<Listener>>>,
}

/// One callable and what it listens to.
pub(crate) struct Listener {
    topic: Topic,
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
}

impl Listener {
    fn new(topic: Topic, callable: Callable) -> Rc<Self> {
        let name = callable.name();
        Rc::new(Self {
            topic,
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
            tracer.callable(callable);
        }
    }

    /// Lets go of the callable, whose destructor may run PHP code.
    fn release(&self) {
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
            (Topic::Error, Topic::Error) => true,
            (Topic::Event(_) | Topic::State(_) | Topic::Gap(_) | Topic::Error, _) => false,
        };
        self.others.borrow().iter().filter(fits).cloned().collect()
    }

    pub(crate) fn all(&self) -> Vec<Rc<Listener>> {
        let events = self.events.borrow();
        events.values().chain(self.others.borrow().iter()).cloned().collect()
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

    fn remove(&self, listener: &Rc<Listener>) {
        match listener.topic {
            Topic::Event(id) => drop(self.events.borrow_mut().remove(&id)),
            _ => self.others.borrow_mut().retain(|other| !Rc::ptr_eq(other, listener)),
        }
    }
}

/// `onEvent` of a manager, or of one server.
pub(crate) fn on_event(
    hub: &Rc<Hub>,
    server: Option<ServerId>,
    names: &ArrayOrStr,
    callable: Callable,
    conditions: &Array,
) -> PhpResult<Object> {
    let filter = EventFilter { server, names: event_names(names)?, headers: header_filters(conditions)? };
    let id = hub.core()?.subscribe(filter);
    let listener = Listener::new(Topic::Event(id), callable);
    hub.listeners.events.borrow_mut().insert(id, Rc::clone(&listener));
    subscription(hub, listener)
}

/// The other `on…` methods.
pub(crate) fn on_topic(hub: &Rc<Hub>, topic: Topic, callable: Callable) -> PhpResult<Object> {
    let listener = Listener::new(topic, callable);
    hub.listeners.others.borrow_mut().push(Rc::clone(&listener));
    subscription(hub, listener)
}

fn event_names(names: &ArrayOrStr) -> PhpResult<Vec<glob::Glob>> {
    let names = match names {
        ArrayOrStr::Str(name) => Some(vec![name.clone()]),
        ArrayOrStr::Array(list) if list.is_list() => list.strings(),
        ArrayOrStr::Array(_) => None,
    };
    match names {
        Some(names) if !names.is_empty() && names.iter().all(|name| !name.is_empty()) => {
            Ok(names.iter().map(|name| glob::Glob::any_case(&**name)).collect())
        }
        _ => Err(value_error(
            "onEvent(): Argument #1 ($names) must be an event name, or a list of them, * allowed",
        )),
    }
}

fn header_filters(conditions: &Array) -> PhpResult<Vec<HeaderFilter>> {
    conditions
        .iter()
        .map(|(key, value)| {
            let Key::Str(header) = &key else { return Err(bad_condition(&key)) };
            let values = match value.view() {
                View::Array(list) if list.len() > 0 => {
                    list.iter().map(|(_, value)| value_filter(&key, &value)).collect::<PhpResult<_>>()?
                }
                _ => vec![value_filter(&key, &value)?],
            };
            Ok(HeaderFilter { header: header.to_vec(), values })
        })
        .collect()
}

fn value_filter(header: &Key, value: &Value) -> PhpResult<ValueFilter> {
    match value.view() {
        View::Str(text) => Ok(ValueFilter::Exact(text.to_vec())),
        View::Int(number) => Ok(ValueFilter::Exact(number.to_string().into_bytes())),
        View::Object(object) if object.is(Class::Glob) => {
            Ok(ValueFilter::Pattern(glob::Glob::exact_case(&*GlobProperties::of(&object)?.pattern)))
        }
        _ => Err(bad_condition(header)),
    }
}

fn bad_condition(header: &Key) -> Thrown {
    let header = String::from_utf8_lossy(&header.text()).escape_debug().to_string();
    value_error(&format!(
        "onEvent(): Argument #3 ($where) has \"{header}\", must be header => text, Glob or a list of these"
    ))
}

/// The class `Subscription`.
pub(crate) struct Subscription;

/// What it stands for. It keeps no manager alive.
pub(crate) struct SubscriptionState {
    listener: Rc<Listener>,
    hub: Weak<Hub>,
}

impl Native for SubscriptionState {
    const CLASSES: &'static [Class] = &[Class::Subscription];
}

fn subscription(hub: &Rc<Hub>, listener: Rc<Listener>) -> PhpResult<Object> {
    let object = Object::instantiate(Class::Subscription)?;
    object.init(SubscriptionState { listener, hub: Rc::downgrade(hub) })?;
    Ok(object)
}

impl Subscription {
    /// Takes effect at once, also for the event that is being dispatched.
    pub(crate) fn cancel(this: &Object) -> PhpResult<()> {
        let state = this.state::<SubscriptionState>()?;
        if let Some(hub) = state.hub.upgrade() {
            hub.check_process()?;
            if let Topic::Event(id) = state.listener.topic {
                hub.core()?.unsubscribe(id);
            }
            hub.listeners.remove(&state.listener);
        }
        state.listener.release();
        Ok(())
    }

    pub(crate) fn is_active(this: &Object) -> PhpResult<bool> {
        Ok(this.state::<SubscriptionState>()?.listener.callable.borrow().is_some())
    }
}

/// The class `Glob`.
pub(crate) struct Glob;

impl Glob {
    pub(crate) fn construct(this: &Object, given: GlobProperties) -> PhpResult<()> {
        given.init(this)
    }
}
