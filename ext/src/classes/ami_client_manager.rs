//! `AmiClientManager`: the servers, listeners and actions of a cluster.

use std::rc::Rc;
use std::time::{Duration, Instant};

use apn_ami::cluster::ServerId;
use apn_ami::error;
use apn_ami::limits::Limits;
use apn_ami::node::ConnectionState;
use apn_ami::settings::ServerSettings;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl, zend_fastcall};

use super::ami_client::{self, AmiClient, chosen, health_of};
use super::ami_event;
use super::client_options::ClientOptions;
use super::cluster_options::ClusterOptions;
use super::gap::Gap;
use super::interfaces::{PhpInterfaceAction, PhpInterfaceActionSender};
use super::live::live_options::LiveOptions;
use super::live::model::{self, Model};
use super::method::{method, quick_method, value};
use super::pending_action::{self, ACTION, PENDING_ACTION, action_of};
use super::registration::class;
use super::response;
use super::server_config::ServerConfig;
use super::server_registry::{ServerRegistry, servers_of};
use super::subscription::{self, Names, Subscription};
use super::tick_summary::TickSummary;
use crate::convert::bounds::ClusterBounds;
use crate::convert::config::{self, Section};
use crate::convert::enums::{DisconnectReason, Routing};
use crate::convert::errors::value_error;
use crate::convert::metrics;
use crate::convert::number::duration;
use crate::convert::object::object;
use crate::convert::{Array, Builder, Key, Object, Str, Value, View, zval};
use crate::fake::stage::Stage;
use crate::runtime::core::{Hub, Manager};
use crate::runtime::failure::no_server;
use crate::runtime::listener_table::Topic;
use crate::runtime::logger::Logger;
use crate::runtime::objects::Objects;
use crate::runtime::owned_core::{OwnedCore, no_descriptor};
use crate::runtime::routing::{named_servers, ready_servers};
use crate::runtime::{signals, tick};
use crate::zend::check::{ARRAY, CALLABLE, STRING};
use crate::zend::instance::this_of_call;
use crate::zend::{Callable, Native, PhpResult, Tracer, exception, host};

/// The functions that make the objects passed to listeners and callbacks.
const OBJECTS: Objects = Objects {
    event: |server_key, content| ami_event::new(server_key, content).map(Object::into_any),
    detach: ami_event::detach,
    response: |server_key, shared_answer| response::new(server_key, shared_answer).map(Object::into_any),
    gap: |server_key, lost| object(Gap::new(server_key, lost)).into_any(),
};

/// The manager of a cluster. Other objects hold the manager's object or a `Weak` of the hub, so the cycle
/// collector finds the hub's values through the manager only.
#[php_class]
#[php(name = "Apn\\AmiClient\\AmiClientManager", flags = ClassFlags::Final)]
#[php(implements(PhpInterfaceActionSender))]
#[php(modifier = with_methods)]
pub(crate) struct AmiClientManager(Rc<Hub>);

impl Native for AmiClientManager {
    fn trace(&self, tracer: &mut Tracer) {
        self.0.trace(tracer);
    }
}

/// The servers given to a manager: a registry or a list.
pub(crate) enum Servers {
    Registry(Object<ServerRegistry>),
    List(Array),
}

impl FromZval<'_> for Servers {
    const TYPE: DataType = <Object<ServerRegistry> as FromZval<'_>>::TYPE;

    fn from_zval(value: &Zval) -> Option<Self> {
        Object::from_zval(value).map(Self::Registry).or_else(|| Array::from_zval(value).map(Self::List))
    }
}

impl ext_php_rs::convert::StubLiteral for Servers {
    fn stub_literal(&self) -> String {
        "[]".to_owned()
    }
}

/// The argument of `routing()`: a rule or the user's callable.
pub(crate) enum Router {
    Rule(Routing),
    Callable(Callable),
}

impl FromZval<'_> for Router {
    const TYPE: DataType = <Routing as FromZval<'_>>::TYPE;

    fn from_zval(value: &Zval) -> Option<Self> {
        Routing::from_zval(value).map(Self::Rule).or_else(|| Callable::from_zval(value).map(Self::Callable))
    }
}

#[php_impl]
impl AmiClientManager {
    pub(crate) const MAX_TICK_TIMEOUT_MS: i64 = 60_000;

    #[php(defaults(servers = Servers::List(Array::empty())))]
    pub(crate) fn __construct(
        servers: Servers,
        options: Option<Object<ClientOptions>>,
        logger: Option<Object>,
        cluster: Option<Object<ClusterOptions>>,
    ) -> PhpResult<Self> {
        Logger::check(
            logger.as_ref(),
            "Apn\\AmiClient\\AmiClientManager::__construct(): Argument #3 ($logger)",
        )?;
        let servers = match servers {
            Servers::List(list) => servers_of(&list)?,
            Servers::Registry(registry) => registry.state()?.servers(),
        };
        Self::of(&servers, options.as_ref(), logger, cluster.as_ref())
    }

    pub(crate) fn from_config(config: Array, logger: Option<Object>) -> PhpResult<Object<AmiClientManager>> {
        Logger::check(
            logger.as_ref(),
            "Apn\\AmiClient\\AmiClientManager::fromConfig(): Argument #2 ($logger)",
        )?;
        let section = Section::new("", &config, &["default", "routing", "servers", "options", "cluster"])?;
        let base = section.array("options")?.unwrap_or_else(Array::empty);
        let options = ClientOptions::from_section("options", &base)?;
        let cluster = section.array("cluster")?.unwrap_or_else(Array::empty);
        let cluster = ClusterOptions::from_section("cluster", &cluster)?;
        let servers = section.array("servers")?.unwrap_or_else(Array::empty);
        let servers = configured_servers(&servers, &base)?;
        let manager = Self::of(&servers, Some(&options), logger, Some(&cluster))?;
        if let Some(default) = section.string("default")? {
            manager.set_default_server(default)?;
        }
        if let Some(routing) = section.case::<Routing>("routing")? {
            manager.hub()?.core()?.cluster_mut().set_routing(routing.into());
        }
        Ok(object(manager))
    }

    pub(crate) fn server(
        self_: &mut ZendClassObject<AmiClientManager>,
        key: Str,
    ) -> PhpResult<Object<AmiClient>> {
        let id = self_.hub()?.server(&key)?;
        ami_client::new(&manager(self_), id)
    }

    pub(crate) fn default(self_: &mut ZendClassObject<AmiClientManager>) -> PhpResult<Object<AmiClient>> {
        let default = self_.hub()?.core()?.cluster().default_server();
        match default {
            Some(id) => ami_client::new(&manager(self_), id),
            None => Err(no_server("the manager has no servers")),
        }
    }

    pub(crate) fn set_default_server(&self, key: Str) -> PhpResult<()> {
        let hub = self.hub()?;
        let id = hub.server(&key)?;
        hub.core()?.cluster_mut().set_default(id);
        Ok(())
    }

    pub(crate) fn server_keys(&self) -> PhpResult<Array> {
        let hub = self.hub()?;
        let mut keys = Builder::new(0);
        for id in server_ids(hub)? {
            keys.push(hub.key(id));
        }
        Ok(keys.finish())
    }

    pub(crate) fn add_server(
        self_: &mut ZendClassObject<AmiClientManager>,
        server: Object<ServerConfig>,
    ) -> PhpResult<Object<AmiClient>> {
        let id = add(self_.hub()?, &server)?;
        ami_client::new(&manager(self_), id)
    }

    #[php(defaults(grace = 0.5))]
    pub(crate) fn remove_server(&self, key: Str, grace: f64) -> PhpResult<()> {
        let hub = Rc::clone(self.hub()?);
        let grace = duration("removeServer", 2, "grace", grace)?.unwrap_or(Duration::MAX);
        let id = hub.server(&key)?;
        tick::close(&hub, &[id], grace)?;
        hub.core()?.remove_server(id);
        hub.names.mark_removed();
        Ok(())
    }

    #[php(defaults(wait = 0.0))]
    pub(crate) fn connect_all(&self, wait: f64) -> PhpResult<Array> {
        let hub = Rc::clone(self.hub()?);
        let wait = duration("connectAll", 1, "wait", wait)?;
        let servers = server_ids(&hub)?;
        open_all(&hub, &servers)?;
        let mut failed = Builder::new(0);
        if wait == Some(Duration::ZERO) {
            return Ok(failed.finish());
        }
        tick::wait_for_ready(&hub, &servers, wait)?;
        for id in servers {
            if hub.state(id)? != ConnectionState::Ready {
                let reason = hub.last_disconnect(id)?.unwrap_or(error::DisconnectReason::ConnectTimeout);
                failed.set(&*hub.key(id), DisconnectReason::from(reason));
            }
        }
        Ok(failed.finish())
    }

    #[php(defaults(grace = 0.5))]
    pub(crate) fn terminate(&self, grace: f64) -> PhpResult<()> {
        let hub = Rc::clone(self.hub()?);
        let grace = duration("terminate", 1, "grace", grace)?.unwrap_or(Duration::MAX);
        let servers = server_ids(&hub)?;
        tick::close(&hub, &servers, grace)?;
        if hub.ticks.is_on() {
            // The current tick delivers the endings.
            hub.ticks.leave_afterwards();
            return Ok(());
        }
        tick::deliver_everything(&hub, "terminate")?;
        hub.release();
        Ok(())
    }

    pub(crate) fn select(self_: &mut ZendClassObject<AmiClientManager>) -> PhpResult<Object<AmiClient>> {
        let manager = manager(self_);
        let id = chosen(&manager)?;
        ami_client::new(&manager, id)
    }

    pub(crate) fn routing(
        self_: &mut ZendClassObject<AmiClientManager>,
        routing: Router,
    ) -> PhpResult<Object<AmiClientManager>> {
        let hub = self_.hub()?;
        let router = match routing {
            Router::Callable(callable) => Some(callable),
            Router::Rule(rule) => {
                hub.core()?.cluster_mut().set_routing(rule.into());
                None
            }
        };
        hub.routing.set(router);
        Ok(Object::this(self_))
    }

    pub(crate) fn send_all(
        self_: &mut ZendClassObject<AmiClientManager>,
        action: Object<PhpInterfaceAction>,
        servers: Option<Array>,
    ) -> PhpResult<Array> {
        let manager = manager(self_);
        let hub = manager.hub()?;
        let ids = match servers {
            Some(keys) => named_servers(hub, &keys)?,
            None => ready_servers(hub)?,
        };
        let mut sent = Builder::new(ids.len());
        for id in ids {
            sent.set(&*hub.key(id), pending_action::send(&manager, id, action.clone())?);
        }
        Ok(sent.finish())
    }

    #[php(defaults(timeout_ms = 0))]
    pub(crate) fn tick(&self, timeout_ms: i64) -> PhpResult<Object<TickSummary>> {
        let hub = Rc::clone(self.hub()?);
        let timeout = u64::try_from(timeout_ms).ok().filter(|_| timeout_ms <= Self::MAX_TICK_TIMEOUT_MS);
        let Some(timeout) = timeout else {
            return Err(value_error(&format!(
                "Apn\\AmiClient\\AmiClientManager::tick(): Argument #1 ($timeoutMs) must be between 0 and {}",
                Self::MAX_TICK_TIMEOUT_MS
            )));
        };
        let report = tick::tick(&hub, "tick", Duration::from_millis(timeout))?;
        Ok(object(TickSummary::from(&report)))
    }

    pub(crate) fn run(&self, until: Option<Callable>) -> PhpResult<()> {
        let hub = Rc::clone(self.hub()?);
        drop(hub.ticks.begin("run")?);
        open_all(&hub, &server_ids(&hub)?)?;
        tick::run(&hub, until.as_ref())
    }

    pub(crate) fn stop(&self) -> PhpResult<()> {
        self.hub()?.stops.request();
        Ok(())
    }

    pub(crate) fn register_signal_handlers(&self) -> PhpResult<()> {
        signals::register(self.hub()?, &host::static_closure::<Self>("onSignal"))
    }

    #[php(vis = "private")]
    pub(crate) fn on_signal(signal: i64, _info: Option<&Zval>) -> PhpResult<()> {
        signals::on_signal(signal)
    }

    #[php(defaults(r#where = Array::empty()))]
    pub(crate) fn on_event(
        &self,
        names: Names,
        listener: Callable,
        r#where: Array,
    ) -> PhpResult<Object<Subscription>> {
        subscription::on_event(self.hub()?, None, &names, listener, &r#where)
    }

    pub(crate) fn on_state_change(&self, listener: Callable) -> PhpResult<Object<Subscription>> {
        Ok(subscription::on_topic(self.hub()?, Topic::State(None), listener))
    }

    pub(crate) fn on_gap(&self, listener: Callable) -> PhpResult<Object<Subscription>> {
        Ok(subscription::on_topic(self.hub()?, Topic::Gap(None), listener))
    }

    pub(crate) fn on_listener_error(&self, handler: Callable) -> PhpResult<Object<Subscription>> {
        Ok(subscription::on_topic(self.hub()?, Topic::Error, handler))
    }

    pub(crate) fn live(
        self_: &mut ZendClassObject<AmiClientManager>,
        options: Option<Object<LiveOptions>>,
    ) -> PhpResult<Object<Model>> {
        model::of(manager(self_), options.as_ref())
    }

    pub(crate) fn health(&self) -> PhpResult<Array> {
        let hub = self.hub()?;
        let mut all = Builder::new(0);
        for id in server_ids(hub)? {
            all.set(&*hub.key(id), health_of(hub, id)?);
        }
        Ok(all.finish())
    }

    pub(crate) fn metrics(&self) -> PhpResult<Array> {
        let hub = self.hub()?;
        let (servers, records_lost) = {
            let core = hub.core()?;
            let cluster = core.cluster();
            let servers: Vec<_> = cluster.servers().iter().filter_map(|id| cluster.metrics(*id)).collect();
            (servers, cluster.records_lost())
        };
        Ok(metrics::families(&servers, &hub.listeners.costs(), hub.logger.failures(), records_lost))
    }

    pub(crate) fn next_deadline_ms(&self) -> PhpResult<Option<i64>> {
        let hub = self.hub()?;
        if !hub.undelivered.is_empty() {
            return Ok(Some(0));
        }
        let deadline = hub.core()?.next_deadline();
        let now = hub.now().at;
        // Rounded up, since a loop that wakes too early would find nothing to do.
        let millis = |deadline: Instant| {
            let left = deadline.saturating_duration_since(now);
            i64::try_from(left.as_micros().div_ceil(1_000)).unwrap_or(i64::MAX)
        };
        Ok(deadline.map(millis))
    }
}

impl AmiClientManager {
    fn stream(&self) -> PhpResult<Zval> {
        let hub = self.hub()?;
        if let Some(stream) = hub.stream.open() {
            return Ok(stream);
        }
        let descriptor = hub.core()?.network().descriptor().ok_or_else(|| {
            exception::error("a FakeAsterisk has nothing to watch: move its time with advance(), or tick()")
        })?;
        let stream = host::stream(descriptor.map_err(no_descriptor)?)?;
        hub.stream.keep(&stream);
        Ok(stream)
    }

    fn of(
        servers: &[Object<ServerConfig>],
        options: Option<&Object<ClientOptions>>,
        logger: Option<Object>,
        cluster: Option<&Object<ClusterOptions>>,
    ) -> PhpResult<Self> {
        let limits = limits_of(options)?;
        let core = OwnedCore::new(cluster_bounds_of(cluster)?, logger.as_ref())?;
        let hub = Hub::new(core, OBJECTS, limits, logger);
        for server in servers {
            add(&hub, server)?;
        }
        Ok(Self(Rc::new(hub)))
    }

    /// Makes a manager of the servers of a fake.
    pub(crate) fn staged(
        stage: &Rc<Stage>,
        options: Option<&Object<ClientOptions>>,
        logger: Option<Object>,
        cluster: Option<&Object<ClusterOptions>>,
    ) -> PhpResult<Self> {
        let limits = limits_of(options)?;
        let core = OwnedCore::staged(stage, cluster_bounds_of(cluster)?, logger.as_ref())?;
        let hub = Hub::new(core, OBJECTS, limits, logger);
        for settings in stage.settings(&hub.limits).map_err(|refused| config::refused(&refused, |_| None))? {
            add_settings(&hub, settings)?;
        }
        Ok(Self(Rc::new(hub)))
    }

    /// The hub. It is an error in a forked child.
    pub(crate) fn hub(&self) -> PhpResult<&Rc<Hub>> {
        self.0.check_process()?;
        Ok(&self.0)
    }
}

/// Adds `send()`, which is called for every action, and `getStream()` without a return type: PHP has no type for a
/// resource, and the macros always declare one.
fn with_methods(builder: ClassBuilder) -> ClassBuilder {
    let server = Arg::new("server", DataType::String).allow_null().default("null");
    let send = FunctionBuilder::new("send", send).arg(Arg::new("action", ACTION)).arg(server);
    builder
        .method(FunctionBuilder::new("getStream", get_stream), MethodFlags::Public)
        .method(send.required_args(1).returns(PENDING_ACTION, false, false), MethodFlags::Public)
}

zend_fastcall! {
    extern fn send(call: &mut ExecuteData, result: &mut Zval) {
        quick_method(call, result, |this: &AmiClientManager, call| {
            let action = action_of(call)?;
            let object = Object::from_zval(&this_of_call(call));
            let object = object.ok_or_else(|| exception::error("called without an object"))?;
            let manager = Manager::new(object, &this.0);
            let id = match value::<Str>(call, 1) {
                Some(key) => manager.hub()?.server(&key)?,
                None => chosen(&manager)?,
            };
            pending_action::send(&manager, id, action).map(zval)
        });
    }
}

zend_fastcall! {
    extern fn get_stream(call: &mut ExecuteData, result: &mut Zval) {
        method(call, |call| {
            // No macro checks the number of arguments here.
            if call.parser().parse().is_ok()
                && let Some(manager) = call.get_object::<AmiClientManager>()
            {
                *result = manager.stream()?;
            }
            Ok(())
        });
    }
}

/// The reference with which other objects hold the manager.
fn manager(this: &mut ZendClassObject<AmiClientManager>) -> Manager {
    Manager::new(Object::this(this).into_any(), &this.0)
}

fn limits_of(options: Option<&Object<ClientOptions>>) -> PhpResult<Limits> {
    options.map_or_else(|| Ok(Limits::default()), |options| Ok(options.state()?.bounds().clone()))
}

fn cluster_bounds_of(options: Option<&Object<ClusterOptions>>) -> PhpResult<ClusterBounds> {
    options.map_or_else(|| Ok(ClusterBounds::default()), |options| Ok(options.state()?.bounds().clone()))
}

fn configured_servers(servers: &Array, base: &Array) -> PhpResult<Vec<Object<ServerConfig>>> {
    let server = |(key, value): (Key<'_>, &Zval)| {
        let name = Str::new(key.text());
        let path = format!("servers.{}", name.lossy());
        if let Some(server) = Object::from_zval(value) {
            return Ok(server);
        }
        match value.view() {
            View::Array(config) => ServerConfig::from_section(&path, name, &config, Some(base)),
            _ => Err(config::invalid(&path, &value.type_name(), "an array or ServerConfig")),
        }
    };
    servers.iter().map(server).collect()
}

fn add(hub: &Hub, server: &Object<ServerConfig>) -> PhpResult<ServerId> {
    add_settings(hub, server.state()?.settings(&hub.limits))
}

fn add_settings(hub: &Hub, settings: ServerSettings) -> PhpResult<ServerId> {
    let key = Str::new(settings.key.as_str());
    let added = hub.core()?.add_server(settings);
    let id = added.map_err(|refused| config::refused(&refused, |_| None))?;
    hub.names.remember(id, key);
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

pub(crate) fn register() {
    class::<AmiClientManager>()
        .also("__construct", 0, ARRAY)
        .sensitive("fromConfig", 0)
        .also("routing", 0, CALLABLE)
        .returns_static("routing")
        .also("onEvent", 0, ARRAY | STRING)
        .done();
}
