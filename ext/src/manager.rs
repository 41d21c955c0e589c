//! `AmiClientManager`: the cluster as PHP code drives it.

use std::rc::Rc;
use std::time::{Duration, Instant};

use apn_ami::cluster::{Routing, ServerId};
use apn_ami::error::DisconnectReason;
use apn_ami::limits::Limits;
use apn_ami::node::ConnectionState;
use apn_ami::settings::ServerSettings;

use crate::client::new_client;
use crate::config::{self, Section};
use crate::dispatch::{self, reason_case};
use crate::hub::{Hub, no_descriptor};
use crate::listeners::{self, Topic};
use crate::logger::Logger;
use crate::options::{ClientBounds, ClientOptions, ClusterBounds, ClusterOptions};
use crate::registry::{RegistryState, servers_of};
use crate::report;
use crate::sending::{choose, named_servers, no_server, ready_servers, send};
use crate::server::{ServerConfig, ServerState};
use crate::signals;
use crate::stage::Stage;
use crate::zend::call::{ArrayOrStr, ObjectOrArray, ObjectOrCallable};
use crate::zend::exception::{error, value_error};
use crate::zend::{
    Array, Builder, Callable, Class, Key, Native, Object, PhpResult, Str, Tracer, Value, View, host,
};

/// The class `AmiClientManager`.
pub(crate) struct AmiClientManager;

/// What one object of it owns. Everything else holds the object, or the hub weakly.
pub(crate) struct ManagerState(Rc<Hub>);

impl Native for ManagerState {
    const CLASSES: &'static [Class] = &[Class::AmiClientManager];

    fn trace(&self, tracer: &mut Tracer) {
        self.0.trace(tracer);
    }
}

/// The hub of a manager, in the process that made it.
pub(crate) fn hub_of(manager: &Object) -> PhpResult<&Rc<Hub>> {
    let hub = &manager.state::<ManagerState>()?.0;
    hub.check_process()?;
    Ok(hub)
}

/// Longest wait of one tick, `MAX_TICK_TIMEOUT_MS`.
const TICK_TIMEOUT_MAX_MS: u64 = 60_000;

impl AmiClientManager {
    pub(crate) fn construct(
        this: &Object,
        servers: ObjectOrArray,
        options: Option<Object>,
        logger: Option<Object>,
        cluster: Option<Object>,
    ) -> PhpResult<()> {
        Logger::check(
            logger.as_ref(),
            "Apn\\AmiClient\\AmiClientManager::__construct(): Argument #3 ($logger)",
        )?;
        let servers = match servers {
            ObjectOrArray::Array(list) => servers_of(&list)?,
            ObjectOrArray::Object(registry) => registry.state::<RegistryState>()?.servers(),
        };
        build(this, &servers, options.as_ref(), logger, cluster.as_ref())
    }

    pub(crate) fn from_config(config: Array, logger: Option<Object>) -> PhpResult<Object> {
        Logger::check(
            logger.as_ref(),
            "Apn\\AmiClient\\AmiClientManager::fromConfig(): Argument #2 ($logger)",
        )?;
        let section = Section::new("", &config, &["default", "servers", "options", "cluster"])?;
        let base = section.array("options")?.unwrap_or_else(|| Array::of_strings(&[]));
        let options = ClientOptions::from_section("options", &base)?;
        let cluster = section.array("cluster")?.unwrap_or_else(|| Array::of_strings(&[]));
        let cluster = ClusterOptions::from_section("cluster", &cluster)?;
        let servers = section.array("servers")?.unwrap_or_else(|| Array::of_strings(&[]));
        let servers = configured_servers(&servers, &base)?;
        let manager = Object::instantiate(Class::AmiClientManager)?;
        build(&manager, &servers, Some(&options), logger, Some(&cluster))?;
        if let Some(default) = section.string("default")? {
            Self::set_default_server(&manager, default)?;
        }
        Ok(manager)
    }

    pub(crate) fn server(this: &Object, key: Str) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        new_client(this, hub, hub.server(&key)?)
    }

    pub(crate) fn default(this: &Object) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        let default = hub.core()?.cluster().default_server();
        match default {
            Some(id) => new_client(this, hub, id),
            None => Err(no_server("the manager has no servers")),
        }
    }

    pub(crate) fn set_default_server(this: &Object, key: Str) -> PhpResult<()> {
        let hub = hub_of(this)?;
        let id = hub.server(&key)?;
        hub.core()?.cluster_mut().set_default(id);
        Ok(())
    }

    pub(crate) fn server_keys(this: &Object) -> PhpResult<Array> {
        let hub = hub_of(this)?;
        let mut keys = Builder::new(0);
        for id in server_ids(hub)? {
            keys.push(hub.key(id));
        }
        Ok(keys.finish())
    }

    pub(crate) fn add_server(this: &Object, server: Object) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        let id = add(hub, &server)?;
        new_client(this, hub, id)
    }

    pub(crate) fn remove_server(this: &Object, key: Str, grace: f64) -> PhpResult<()> {
        let hub = hub_of(this)?;
        let grace = duration("removeServer", 2, "grace", grace)?.unwrap_or(Duration::MAX);
        let id = hub.server(&key)?;
        close(hub, &[id], grace)?;
        hub.core()?.remove_server(id);
        hub.has_removed.set(true);
        Ok(())
    }

    pub(crate) fn connect_all(this: &Object, wait: f64) -> PhpResult<Array> {
        let hub = hub_of(this)?;
        let wait = duration("connectAll", 1, "wait", wait)?;
        let servers = server_ids(hub)?;
        open_all(hub, &servers)?;
        let mut failed = Builder::new(0);
        if wait == Some(Duration::ZERO) {
            return Ok(failed.finish());
        }
        wait_for_ready(hub, &servers, wait)?;
        for id in servers {
            if hub.state(id)? != ConnectionState::Ready {
                let reason = last_disconnect(hub, id)?.unwrap_or(DisconnectReason::ConnectTimeout);
                failed.set(&*hub.key(id), reason_case(reason));
            }
        }
        Ok(failed.finish())
    }

    pub(crate) fn terminate(this: &Object, grace: f64) -> PhpResult<()> {
        let hub = hub_of(this)?;
        let grace = duration("terminate", 1, "grace", grace)?.unwrap_or(Duration::MAX);
        let servers = server_ids(hub)?;
        close(hub, &servers, grace)?;
        if hub.is_ticking.get() {
            // The tick that is on delivers the endings.
            hub.is_leaving.set(true);
            return Ok(());
        }
        dispatch::deliver_everything(hub, "terminate")?;
        hub.release();
        Ok(())
    }

    pub(crate) fn select(this: &Object) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        let id = choose(this, hub)?;
        new_client(this, hub, id)
    }

    pub(crate) fn routing(this: &Object, routing: ObjectOrCallable) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        let router = match routing {
            ObjectOrCallable::Callable(callable) => Some(Rc::new(callable)),
            ObjectOrCallable::Object(case) => {
                let routing = match case.enum_value().as_str() {
                    "round_robin" => Routing::RoundRobin,
                    "least_pending" => Routing::LeastPending,
                    "failover" => Routing::Failover,
                    _ => Routing::DefaultServer,
                };
                hub.core()?.cluster_mut().set_routing(routing);
                None
            }
        };
        let before = std::mem::replace(&mut *hub.router.borrow_mut(), router);
        drop(before);
        Ok(this.clone())
    }

    pub(crate) fn send(this: &Object, action: Object, server: Option<Str>) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        let id = match server {
            Some(key) => hub.server(&key)?,
            None => choose(this, hub)?,
        };
        send(this, hub, id, action)
    }

    pub(crate) fn send_all(this: &Object, action: Object, servers: Option<Array>) -> PhpResult<Array> {
        let hub = hub_of(this)?;
        let ids = match servers {
            Some(keys) => named_servers(hub, &keys)?,
            None => ready_servers(hub)?,
        };
        let mut sent = Builder::new(ids.len());
        for id in ids {
            sent.set(&*hub.key(id), send(this, hub, id, action.clone())?);
        }
        Ok(sent.finish())
    }

    pub(crate) fn tick(this: &Object, timeout_ms: i64) -> PhpResult<Object> {
        let hub = hub_of(this)?;
        let timeout = u64::try_from(timeout_ms).ok().filter(|ms| *ms <= TICK_TIMEOUT_MAX_MS);
        let Some(timeout) = timeout else {
            return Err(value_error(&format!(
                "Apn\\AmiClient\\AmiClientManager::tick(): Argument #1 ($timeoutMs) must be between 0 and {TICK_TIMEOUT_MAX_MS}"
            )));
        };
        dispatch::tick(hub, "tick", Duration::from_millis(timeout))?.summary()
    }

    pub(crate) fn run(this: &Object, until: Option<Callable>) -> PhpResult<()> {
        let hub = hub_of(this)?;
        drop(hub.begin_tick("run")?);
        open_all(hub, &server_ids(hub)?)?;
        dispatch::run(hub, until.as_ref())
    }

    pub(crate) fn stop(this: &Object) -> PhpResult<()> {
        hub_of(this)?.stop();
        Ok(())
    }

    pub(crate) fn register_signal_handlers(this: &Object) -> PhpResult<()> {
        signals::register(hub_of(this)?)
    }

    pub(crate) fn on_signal(signal: i64, _info: Value) -> PhpResult<()> {
        signals::on_signal(signal)
    }

    pub(crate) fn on_event(
        this: &Object,
        names: ArrayOrStr,
        listener: Callable,
        conditions: Array,
    ) -> PhpResult<Object> {
        listeners::on_event(hub_of(this)?, None, &names, listener, &conditions)
    }

    pub(crate) fn on_state_change(this: &Object, listener: Callable) -> PhpResult<Object> {
        listeners::on_topic(hub_of(this)?, Topic::State(None), listener)
    }

    pub(crate) fn on_gap(this: &Object, listener: Callable) -> PhpResult<Object> {
        listeners::on_topic(hub_of(this)?, Topic::Gap(None), listener)
    }

    pub(crate) fn on_listener_error(this: &Object, handler: Callable) -> PhpResult<Object> {
        listeners::on_topic(hub_of(this)?, Topic::Error, handler)
    }

    pub(crate) fn health(this: &Object) -> PhpResult<Array> {
        let hub = hub_of(this)?;
        let mut all = Builder::new(0);
        for id in server_ids(hub)? {
            all.set(&*hub.key(id), report::health(hub, id)?);
        }
        Ok(all.finish())
    }

    pub(crate) fn metrics(this: &Object) -> PhpResult<Array> {
        report::metrics(hub_of(this)?)
    }

    pub(crate) fn get_stream(this: &Object) -> PhpResult<Value> {
        let hub = hub_of(this)?;
        let known = hub.stream.borrow().clone();
        if let Some(stream) = known.filter(host::stream_is_open) {
            return Ok(stream);
        }
        let descriptor = hub.core()?.network().descriptor().ok_or_else(|| {
            error("a FakeAsterisk has nothing to watch: move its time with advance(), or tick()")
        })?;
        let stream = host::stream(descriptor.map_err(no_descriptor)?)?;
        let before = hub.stream.borrow_mut().replace(stream.clone());
        drop(before);
        Ok(stream)
    }

    pub(crate) fn next_deadline_ms(this: &Object) -> PhpResult<Option<i64>> {
        let hub = hub_of(this)?;
        if !hub.due.borrow().is_empty() {
            return Ok(Some(0));
        }
        let deadline = hub.core()?.next_deadline();
        let now = hub.now().at;
        // Rounded up: a loop that came back early would find nothing to do.
        let millis = |deadline: Instant| {
            let left = deadline.saturating_duration_since(now);
            i64::try_from(left.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX)
        };
        Ok(deadline.map(millis))
    }
}

fn build(
    manager: &Object,
    servers: &[Object],
    options: Option<&Object>,
    logger: Option<Object>,
    cluster: Option<&Object>,
) -> PhpResult<()> {
    let hub = Hub::new(limits_of(options)?, cluster_bounds_of(cluster)?, logger)?;
    for server in servers {
        add(&hub, server)?;
    }
    manager.init(ManagerState(Rc::new(hub)))
}

/// A manager of the servers on a stage.
pub(crate) fn build_staged(
    stage: &Rc<Stage>,
    options: Option<&Object>,
    logger: Option<Object>,
    cluster: Option<&Object>,
) -> PhpResult<Object> {
    let hub = Hub::staged(stage, limits_of(options)?, cluster_bounds_of(cluster)?, logger)?;
    for settings in stage.settings(&hub.limits).map_err(|refused| config::refused(&refused, |_| None))? {
        add_settings(&hub, settings)?;
    }
    let manager = Object::instantiate(Class::AmiClientManager)?;
    manager.init(ManagerState(Rc::new(hub)))?;
    Ok(manager)
}

fn limits_of(options: Option<&Object>) -> PhpResult<Limits> {
    options.map_or_else(|| Ok(Limits::default()), |options| Ok(options.state::<ClientBounds>()?.0.clone()))
}

fn cluster_bounds_of(options: Option<&Object>) -> PhpResult<ClusterBounds> {
    options
        .map_or_else(|| Ok(ClusterBounds::default()), |options| Ok(options.state::<ClusterBounds>()?.clone()))
}

fn configured_servers(servers: &Array, base: &Array) -> PhpResult<Vec<Object>> {
    let server = |(key, value): (Key, Value)| {
        let name = Str::new(&key.text());
        let path = format!("servers.{}", name.lossy());
        match value.view() {
            View::Array(config) => ServerConfig::from_section(&path, name, &config, Some(base)),
            View::Object(object) if object.is(Class::ServerConfig) => Ok(object),
            _ => Err(config::invalid(&path, &value.type_name(), "an array or ServerConfig")),
        }
    };
    servers.iter().map(server).collect()
}

fn add(hub: &Hub, server: &Object) -> PhpResult<ServerId> {
    add_settings(hub, server.state::<ServerState>()?.settings(&hub.limits))
}

fn add_settings(hub: &Hub, settings: ServerSettings) -> PhpResult<ServerId> {
    let key = Str::new(settings.key.as_str().as_bytes());
    let added = hub.core()?.add_server(settings);
    let id = added.map_err(|refused| config::refused(&refused, |_| None))?;
    hub.remember_key(id, key);
    Ok(id)
}

fn server_ids(hub: &Hub) -> PhpResult<Vec<ServerId>> {
    Ok(hub.core()?.cluster().servers().to_vec())
}

fn open_all(hub: &Hub, servers: &[ServerId]) -> PhpResult<()> {
    let mut core = hub.core()?;
    for id in servers {
        if !core.cluster().is_wanted(*id) {
            core.open(*id);
        }
    }
    Ok(())
}

/// Waits until all are Ready, or can no more become so in time. False when `stop` ended it.
pub(crate) fn wait_for_ready(hub: &Rc<Hub>, servers: &[ServerId], wait: Option<Duration>) -> PhpResult<bool> {
    let end = wait.and_then(|wait| hub.now().at.checked_add(wait));
    let stops = hub.stops.get();
    let settled = || {
        let Ok(core) = hub.core() else { return true };
        let cluster = core.cluster();
        let is_settled = |id: &ServerId| match cluster.state(*id) {
            ConnectionState::Ready => true,
            // Closed by a listener, or its next try comes too late for us. Without one it waits for its
            // turn in the connect budget.
            ConnectionState::Disconnected => {
                let is_late = |at| end.is_some_and(|end| at > end);
                !cluster.is_wanted(*id) || cluster.next_retry(*id).is_some_and(is_late)
            }
            ConnectionState::Resolving
            | ConnectionState::Connecting
            | ConnectionState::Connected
            | ConnectionState::Authenticating
            | ConnectionState::Closing => false,
        };
        hub.stops.get() != stops || servers.iter().all(is_settled)
    };
    dispatch::wait_until(hub, wait, settled)?;
    Ok(hub.stops.get() == stops)
}

/// Why a server that is wanted is not Ready. That an earlier session was closed on request is no reason.
pub(crate) fn last_disconnect(hub: &Hub, id: ServerId) -> PhpResult<Option<DisconnectReason>> {
    let core = hub.core()?;
    let reason = core.cluster().health(id).and_then(|health| health.last_disconnect);
    Ok(reason.filter(|reason| *reason != DisconnectReason::Requested || !core.cluster().is_wanted(id)))
}

/// Says goodbye to servers and waits for the end of their sessions, at most so long.
pub(crate) fn close(hub: &Rc<Hub>, servers: &[ServerId], grace: Duration) -> PhpResult<()> {
    {
        let mut core = hub.core()?;
        servers.iter().for_each(|id| core.close(*id, grace));
    }
    let is_closed = || {
        hub.core().is_ok_and(|core| {
            servers.iter().all(|id| core.cluster().state(*id) == ConnectionState::Disconnected)
        })
    };
    // A moment more than the sessions themselves take, whose end comes with the grace's.
    dispatch::wait_until(hub, Some(grace.saturating_add(Duration::from_millis(10))), is_closed)?;
    Ok(())
}

/// Seconds of a parameter; None for infinity.
pub(crate) fn duration(method: &str, number: u32, name: &str, seconds: f64) -> PhpResult<Option<Duration>> {
    if seconds == f64::INFINITY {
        return Ok(None);
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) => Ok(Some(duration)),
        Err(_) if seconds > 0.0 => Ok(None),
        Err(_) => Err(value_error(&format!(
            "{method}(): Argument #{number} (${name}) must be a number of seconds, 0 or more"
        ))),
    }
}
