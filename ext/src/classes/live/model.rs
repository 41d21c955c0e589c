//! `Model`: the live model of a manager's servers.

use std::rc::Rc;
use std::time::Duration;

use apn_ami::cluster::{ServerId, ValueFilter};
use apn_ami::live::{self, Edges, Live};
use apn_ami::node::ConnectionState;
use apn_ami::settings::ServerKey;
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::{php_class, php_impl};

use super::call_handle::{self, Call};
use super::calls::{self, Calls};
use super::changes::Changes;
use super::channel::{self, Channel};
use super::live_options::LiveOptions;
use super::pending_call::{self, PendingCall};
use super::queue::{self, Queue};
use crate::classes::ami_client::chosen;
use crate::classes::generic_action;
use crate::classes::interfaces::PhpInterfaceAction;
use crate::classes::pending_action;
use crate::classes::registration::class;
use crate::classes::subscription::{Subscription, on_calls, on_queues, on_topic, value_filters};
use crate::convert::bounds::LiveBounds;
use crate::convert::config;
use crate::convert::errors::Exception;
use crate::convert::errors::value_error;
use crate::convert::function::call_function;
use crate::convert::live::{Edge, Kind, State, edge_bit};
use crate::convert::number::{duration, to_int};
use crate::convert::object::object;
use crate::convert::{Array, Builder, Key, Object, Str};
use crate::runtime::core::{Hub, Manager};
use crate::runtime::listener_table::Topic;
use crate::runtime::live_access::{check_hears, modelled, queues_readable, readable};
use crate::runtime::live_filter::{CallFilter, has_party};
use crate::runtime::owned_core::Core;
use crate::runtime::tick;
use crate::zend::{Callable, Native, PhpResult, Thrown, Tracer};

/// The live model of a manager's servers. It holds the manager; the state is in the core.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Model", flags = ClassFlags::Final)]
pub(crate) struct Model {
    manager: Manager,
}

impl Native for Model {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.manager.object);
    }
}

/// The model of a manager. The first call starts it with the options given, or with the defaults. It is an
/// error if a later call gives other options.
pub(crate) fn of(manager: Manager, options: Option<&Object<LiveOptions>>) -> PhpResult<Object<Model>> {
    let hub = Rc::clone(manager.hub()?);
    let given = options.map(|options| options.state().map(|options| options.bounds().clone())).transpose()?;
    if hub.core()?.cluster().is_live() {
        if given.is_some_and(|given| hub.live.borrow().as_ref() != Some(&given)) {
            return Err(Exception::InvalidConfiguration.throw(
                "the live model of this manager began with other options: they cannot change; call live() without any",
            ));
        }
    } else {
        start(&hub, given.unwrap_or_default())?;
    }
    Ok(object(Model { manager }))
}

fn start(hub: &Hub, bounds: LiveBounds) -> PhpResult<()> {
    let mut keys = Vec::with_capacity(bounds.servers.len());
    for key in &bounds.servers {
        hub.server(key.as_bytes())?;
        keys.push(ServerKey::new(key).map_err(|refused| config::refused(&refused, |_| None))?);
    }
    let servers = (!keys.is_empty()).then_some(keys);
    let started = hub.core()?.start_live(bounds.limits.clone(), servers);
    started.map_err(|refused| config::refused(&refused, |_| None))?;
    *hub.live.borrow_mut() = Some(bounds);
    hub.queue_object.set(Some(|hub, id, found| queue::new(hub, id, found).map(Object::into_any)));
    hub.call_object.set(Some(|hub, id, found| call_handle::new(hub, id, found).map(Object::into_any)));
    Ok(())
}

#[php_impl]
impl Model {
    pub(crate) fn state(&self, server: Option<Str>, kind: Option<Kind>) -> PhpResult<State> {
        let hub = self.manager.hub()?;
        let servers = modelled(hub, server.as_ref())?;
        let core = hub.core()?;
        let models = servers.iter().filter_map(|id| core.cluster().live_of(*id));
        let states: Vec<_> = match kind {
            None | Some(Kind::Calls) => models.map(Live::state).collect(),
            // What nobody keeps is not known.
            Some(Kind::Queues) => {
                models.map(|live| live.queue_state().unwrap_or(live::State::Stale)).collect()
            }
        };
        Ok(states.into_iter().max_by_key(|state| doubt(*state)).unwrap_or(live::State::Stale).into())
    }

    pub(crate) fn is_truncated(&self, server: Option<Str>) -> PhpResult<bool> {
        let hub = self.manager.hub()?;
        let servers = modelled(hub, server.as_ref())?;
        let core = hub.core()?;
        Ok(servers.iter().any(|id| core.cluster().live_of(*id).is_some_and(Live::is_truncated)))
    }

    pub(crate) fn r#await(&self, timeout: f64) -> PhpResult<bool> {
        let hub = Rc::clone(self.manager.hub()?);
        let longest = duration("await", 1, "timeout", timeout)?;
        let is_known = || is_known(&hub).unwrap_or(true);
        let is_in_time = tick::wait_until(&hub, longest, is_known)?;
        readable(&hub, None)?;
        Ok(is_in_time)
    }

    pub(crate) fn calls(
        &self,
        server: Option<Str>,
        party: Option<Str>,
        answered: Option<bool>,
    ) -> PhpResult<Object<Calls>> {
        let hub = self.manager.hub()?;
        let mut found = Vec::new();
        for id in readable(hub, server.as_ref())? {
            let mut core = hub.core()?;
            let Some(live) = core.cluster().live_of(id) else { continue };
            let is_wanted = |call: &live::Call| {
                answered.is_none_or(|wanted| call.answered_at().is_some() == wanted)
                    && party.as_ref().is_none_or(|party| has_party(Some(live), call, |text| text == &**party))
            };
            let keys: Vec<_> = live.calls().filter(|(_, call)| is_wanted(call)).map(|(key, _)| key).collect();
            let cluster = core.cluster_mut();
            found.extend(keys.into_iter().filter_map(|key| Some((id, cluster.refer_to_call(id, key)?))));
        }
        Ok(calls::new(hub, found))
    }

    pub(crate) fn call(&self, id_or_channel: Str, server: Option<Str>) -> PhpResult<Option<Object<Call>>> {
        let hub = self.manager.hub()?;
        let found = self.find(server.as_ref(), |core, id| call_handle::find(core, id, &id_or_channel))?;
        found.map(|(id, found)| call_handle::new(hub, id, found)).transpose()
    }

    pub(crate) fn channel(
        &self,
        name_or_unique_id: Str,
        server: Option<Str>,
    ) -> PhpResult<Option<Object<Channel>>> {
        let hub = self.manager.hub()?;
        let found = self.find(server.as_ref(), |core, id| {
            let key = core.cluster().live_of(id)?.find_channel(&name_or_unique_id)?;
            channel::find(core, id, key)
        })?;
        Ok(found.map(|(_, found)| channel::new(hub, &found)))
    }

    pub(crate) fn queues(&self, server: Option<Str>) -> PhpResult<Array> {
        let hub = self.manager.hub()?;
        let mut found = Vec::new();
        for id in queues_readable(hub, server.as_ref())? {
            let mut core = hub.core()?;
            let Some(live) = core.cluster().live_of(id) else { continue };
            let keys: Vec<_> = live.queues().map(|(key, _)| key).collect();
            let cluster = core.cluster_mut();
            found.extend(keys.into_iter().filter_map(|key| Some((id, cluster.refer_to_queue(id, key)?))));
        }
        let mut list = Builder::new(found.len());
        for (id, found) in found {
            list.push(queue::new(hub, id, found)?);
        }
        Ok(list.finish())
    }

    pub(crate) fn queue(&self, name: Str, server: Option<Str>) -> PhpResult<Option<Object<Queue>>> {
        let hub = self.manager.hub()?;
        for id in queues_readable(hub, server.as_ref())? {
            let found = {
                let mut core = hub.core()?;
                let key = core.cluster().live_of(id).and_then(|live| live.find_queue(&name));
                key.and_then(|key| core.cluster_mut().refer_to_queue(id, key))
            };
            if let Some(found) = found {
                return queue::new(hub, id, found).map(Some);
            }
        }
        Ok(None)
    }

    pub(crate) fn talking_to(&self, party: Str, server: Option<Str>) -> PhpResult<Array> {
        let hub = self.manager.hub()?;
        let mut found = Vec::new();
        for id in readable(hub, server.as_ref())? {
            let mut core = hub.core()?;
            let keys = core.cluster().live_of(id).map(|live| live.talking_to(&party)).unwrap_or_default();
            found.extend(keys.into_iter().filter_map(|key| channel::find(&mut core, id, key)));
        }
        Ok(channel::list(hub, &found))
    }

    pub(crate) fn resync(&self, server: Option<Str>) -> PhpResult<()> {
        let hub = self.manager.hub()?;
        for id in modelled(hub, server.as_ref())? {
            hub.core()?.resync_live(id);
        }
        Ok(())
    }

    #[php(defaults(r#where = Array::empty(), edges = Array::empty()))]
    pub(crate) fn on_call(
        &self,
        listener: Callable,
        r#where: Array,
        edges: Array,
    ) -> PhpResult<Object<Subscription>> {
        let hub = self.manager.hub()?;
        let filter = filter_of(&r#where, &edges)?;
        hub.core()?.notify_live(true);
        Ok(on_calls(hub, filter, listener))
    }

    pub(crate) fn on_queue(&self, listener: Callable, name: Option<Str>) -> PhpResult<Object<Subscription>> {
        let hub = self.manager.hub()?;
        hub.core()?.notify_live(true);
        Ok(on_queues(hub, name.map(|name| name.to_vec()), listener))
    }

    pub(crate) fn on_state(&self, listener: Callable) -> PhpResult<Object<Subscription>> {
        let hub = self.manager.hub()?;
        hub.core()?.notify_live(true);
        Ok(on_topic(hub, Topic::LiveState, listener))
    }

    #[php(defaults(max = 1_000))]
    pub(crate) fn changes_since(&self, version: i64, max: i64) -> PhpResult<Object<Changes>> {
        let hub = self.manager.hub()?;
        let Some(most) = usize::try_from(max).ok().filter(|most| (1..=Self::MOST_CHANGES).contains(most))
        else {
            return Err(value_error(&format!(
                "Apn\\AmiClient\\Live\\Model::changesSince(): Argument #2 ($max) must be between 1 and {}",
                Self::MOST_CHANGES
            )));
        };
        readable(hub, None)?;
        // A negative number was never a version. `u64::MAX` is newer than any version, so the answer is a
        // reset.
        let since = u64::try_from(version).unwrap_or(u64::MAX);
        let found = hub.core()?.cluster_mut().live_changes(since, most);
        let mut calls = Builder::new(found.calls.len());
        for (id, call) in found.calls {
            calls.push(call_handle::new(hub, id, call)?);
        }
        let mut queues = Builder::new(found.queues.len());
        for (id, queue) in found.queues {
            queues.push(queue::new(hub, id, queue)?);
        }
        Ok(object(Changes {
            version: to_int(found.version),
            is_reset: found.is_reset,
            has_more: found.has_more,
            calls: calls.finish(),
            queues: queues.finish(),
        }))
    }

    pub(crate) fn originate(
        &self,
        originate: Object<PhpInterfaceAction>,
        server: Option<Str>,
    ) -> PhpResult<Object<PendingCall>> {
        let manager = self.manager.clone();
        let hub = Rc::clone(manager.hub()?);
        let id = match server {
            Some(key) => hub.server(&key)?,
            None => chosen(&manager)?,
        };
        check_hears(&hub, id)?;
        let generated = generated_id(&hub)?;
        let (action, channel_id) = generic_action::asynchronous_originate(&originate, generated)?;
        let expected = hub.core()?.cluster_mut().expect_call(id, &channel_id).unwrap_or_default();
        let pending = pending_action::send(&manager, id, action)?;
        pending_call::new(&manager, id, channel_id, expected, pending)
    }
}

impl Model {
    const MOST_CHANGES: usize = 100_000;

    /// The first result that is not None. If no server has one and a model cannot be read, `find` throws.
    fn find<T>(
        &self,
        server: Option<&Str>,
        find: impl Fn(&mut Core, ServerId) -> Option<T>,
    ) -> PhpResult<Option<(ServerId, T)>> {
        let hub = self.manager.hub()?;
        for id in modelled(hub, server)? {
            let found = find(&mut *hub.core()?, id);
            if let Some(found) = found {
                return Ok(Some((id, found)));
            }
        }
        readable(hub, server)?;
        Ok(None)
    }
}

/// Orders states by trust. A higher number means less trust.
fn doubt(state: live::State) -> u8 {
    match state {
        live::State::Current => 0,
        live::State::Partial => 1,
        live::State::Syncing => 2,
        live::State::Deaf => 3,
        live::State::Stale => 4,
        live::State::Denied => 5,
    }
}

/// True if at least one server is Ready and no model of a Ready server is Stale or Syncing.
fn is_known(hub: &Hub) -> PhpResult<bool> {
    let core = hub.core()?;
    let cluster = core.cluster();
    let ready = cluster.servers().iter().filter(|id| cluster.state(**id) == ConnectionState::Ready);
    let models = ready.filter_map(|id| cluster.live_of(*id));
    let mut states = models.flat_map(|live| [Some(live.state()), live.queue_state()]).flatten().peekable();
    let is_ready = states.peek().is_some();
    Ok(is_ready && states.all(|state| !matches!(state, live::State::Stale | live::State::Syncing)))
}

/// A channel id in the form of the library's `ChannelId::generate()`: Unix seconds as in Asterisk's own ids,
/// a dot, and 64 random bits as 16 hex digits.
fn generated_id(hub: &Hub) -> PhpResult<Str> {
    const BYTES: i64 = 8;
    let random = call_function("random_bytes", vec![&BYTES])?.unwrap_or_default();
    let random = Str::from_zval(&random).map(|bytes| bytes.to_vec()).unwrap_or_default();
    let digits = random.iter().fold(0_u64, |digits, byte| digits << 8 | u64::from(*byte));
    let now: Duration = hub.now().unix;
    Ok(Str::new(format!("{}.{digits:016x}", now.as_secs())))
}

fn filter_of(conditions: &Array, edges: &Array) -> PhpResult<CallFilter> {
    let mut filter = CallFilter { edges: edges_of(edges)?, servers: Vec::new(), parties: Vec::new() };
    for (key, value) in conditions.iter() {
        match &*key.text() {
            b"server" => filter.servers = patterns(&key, value)?,
            b"party" => filter.parties = patterns(&key, value)?,
            _ => return Err(bad_condition(&key)),
        }
    }
    Ok(filter)
}

fn edges_of(edges: &Array) -> PhpResult<Edges> {
    if edges.is_empty() {
        return Ok(Edges::all());
    }
    edges.iter().try_fold(Edges::empty(), |all, (_, edge)| match Edge::from_zval(edge) {
        Some(edge) => Ok(all | edge_bit(edge)),
        None => Err(value_error(
            "Apn\\AmiClient\\Live\\Model::onCall(): Argument #3 ($edges) must be a list of Apn\\AmiClient\\Live\\Edge",
        )),
    })
}

fn patterns(key: &Key<'_>, value: &Zval) -> PhpResult<Vec<ValueFilter>> {
    value_filters(value)?.ok_or_else(|| bad_condition(key))
}

fn bad_condition(key: &Key<'_>) -> Thrown {
    let key = String::from_utf8_lossy(&key.text()).escape_debug().to_string();
    value_error(&format!(
        "Apn\\AmiClient\\Live\\Model::onCall(): Argument #2 ($where) has \"{key}\", must be server or party => text, Glob or a \
         list of these"
    ))
}

pub(crate) fn register() {
    class::<Model>().done();
}
