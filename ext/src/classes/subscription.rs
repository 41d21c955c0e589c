//! `Subscription`: a registered listener.

use std::rc::{Rc, Weak};

use apn_ami::cluster::{EventFilter, HeaderFilter, ServerId, ValueFilter};
use apn_ami::glob;
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::types::Zval;
use ext_php_rs::{php_class, php_impl};

use super::glob::Glob;
use super::registration::class;
use crate::convert::errors::value_error;
use crate::convert::object::object;
use crate::convert::{Array, Key, Object, Str, Value, View};
use crate::runtime::core::Hub;
use crate::runtime::listener_table::{Listener, Topic};
use crate::runtime::live_filter::CallFilter;
use crate::zend::{Callable, Native, PhpResult, Thrown};

/// A registered listener, which can be cancelled. It does not keep the manager alive.
#[php_class]
#[php(name = "Apn\\AmiClient\\Subscription", flags = ClassFlags::Final)]
pub(crate) struct Subscription {
    listener: Rc<Listener>,
    hub: Weak<Hub>,
}

impl Native for Subscription {}

#[php_impl]
impl Subscription {
    /// Cancels the listener. It is not called any more, not even for the event that is being delivered.
    pub(crate) fn cancel(&self) -> PhpResult<()> {
        if let Some(hub) = self.hub.upgrade() {
            hub.check_process()?;
            if let Topic::Event(id) = self.listener.topic {
                hub.core()?.unsubscribe(id);
            }
            hub.listeners.remove(&self.listener);
            if self.listener.topic.is_live() && !hub.listeners.has_live() {
                hub.core()?.notify_live(false);
            }
        }
        self.listener.release();
        Ok(())
    }

    pub(crate) fn is_active(&self) -> bool {
        self.listener.is_active()
    }
}

/// The names of events: one name, or a list.
pub(crate) enum Names {
    One(Str),
    List(Array),
}

impl FromZval<'_> for Names {
    const TYPE: DataType = DataType::Mixed;

    fn from_zval(value: &Zval) -> Option<Self> {
        Str::from_zval(value).map(Self::One).or_else(|| Array::from_zval(value).map(Self::List))
    }
}

/// Registers a listener of events, for `onEvent` of a manager or of one server.
pub(crate) fn on_event(
    hub: &Rc<Hub>,
    server: Option<ServerId>,
    names: &Names,
    callable: Callable,
    conditions: &Array,
) -> PhpResult<Object<Subscription>> {
    let filter = EventFilter { server, names: event_names(names)?, headers: header_filters(conditions)? };
    let id = hub.core()?.subscribe(filter);
    Ok(on_topic(hub, Topic::Event(id), callable))
}

/// Registers a listener for `onCall` of a live model.
pub(crate) fn on_calls(hub: &Rc<Hub>, filter: CallFilter, callable: Callable) -> Object<Subscription> {
    subscribed(hub, Listener::of_calls(filter, callable))
}

/// `onQueue` of a live model.
pub(crate) fn on_queues(hub: &Rc<Hub>, name: Option<Vec<u8>>, callable: Callable) -> Object<Subscription> {
    subscribed(hub, Listener::of_queues(name, callable))
}

/// Registers a listener for the other `on…` methods.
pub(crate) fn on_topic(hub: &Rc<Hub>, topic: Topic, callable: Callable) -> Object<Subscription> {
    subscribed(hub, Listener::new(topic, callable))
}

fn subscribed(hub: &Rc<Hub>, listener: Rc<Listener>) -> Object<Subscription> {
    hub.listeners.add(&listener);
    object(Subscription { listener, hub: Rc::downgrade(hub) })
}

fn event_names(names: &Names) -> PhpResult<Vec<glob::Glob>> {
    let names = match names {
        Names::One(name) => Some(vec![name.clone()]),
        Names::List(list) if list.is_list() => list.strings(),
        Names::List(_) => None,
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
            let values = value_filters(value)?.ok_or_else(|| bad_condition(&key))?;
            Ok(HeaderFilter { header: header.to_vec(), values })
        })
        .collect()
}

/// The values of a condition: one value, or a list. None if a value has a wrong type or a list is empty.
pub(crate) fn value_filters(value: &Zval) -> PhpResult<Option<Vec<ValueFilter>>> {
    match value.view() {
        View::Array(list) if !list.is_empty() => list.iter().map(|(_, value)| value_filter(value)).collect(),
        _ => Ok(value_filter(value)?.map(|only| vec![only])),
    }
}

fn value_filter(value: &Zval) -> PhpResult<Option<ValueFilter>> {
    Ok(match value.view() {
        View::Str(text) => Some(ValueFilter::Exact(text.to_vec())),
        View::Int(number) => Some(ValueFilter::Exact(number.to_string().into_bytes())),
        View::Object(object) => match object.as_type::<Glob>() {
            Some(glob) => Some(ValueFilter::Pattern(glob::Glob::exact_case(&*glob.state()?.pattern))),
            None => None,
        },
        _ => None,
    })
}

fn bad_condition(header: &Key<'_>) -> Thrown {
    let header = String::from_utf8_lossy(&header.text()).escape_debug().to_string();
    value_error(&format!(
        "onEvent(): Argument #3 ($where) has \"{header}\", must be header => text, Glob or a list of these"
    ))
}

pub(crate) fn register() {
    class::<Subscription>().done();
}
