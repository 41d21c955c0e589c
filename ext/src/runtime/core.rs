//! What the objects of one manager share: the core, the listeners, the actions on their way.

use std::rc::Rc;

use apn_ami::client;
use apn_ami::cluster::{ServerId, Timestamp};
use apn_ami::error::DisconnectReason;
use apn_ami::limits::Limits;
use apn_ami::net::{self, ClientLock, Reactor, SharedClient};
use apn_ami::node::ConnectionState;
use apn_ami::record::RecordKind;
use apn_ami::settings::ServerKey;
use apn_ami::wire::InstanceId;

use super::home::Home;
use super::listener_table::Listeners;
use super::logger::Logger;
use super::pending_table::{Pendings, Records};
use super::poll_stream::PollStream;
use super::router::Routing;
use super::server_names::ServerNames;
use super::stop::StopRequests;
use super::ticking::Ticks;
use super::undelivered::Undelivered;
use crate::convert::bounds::ClusterBounds;
use crate::convert::config;
use crate::convert::errors::unknown_server;
use crate::fake::network::Net;
use crate::fake::stage::Stage;
use crate::zend::exception::error;
use crate::zend::{Object, PhpResult, Str, Thrown, Tracer};

/// A manager as its other objects hold it: they keep its object alive, which names to the cycle collector what the hub
/// owns.
#[derive(Clone)]
pub(crate) struct Manager {
    pub(crate) object: Object,
    hub: Rc<Hub>,
}

impl Manager {
    pub(crate) fn new(object: Object, hub: &Rc<Hub>) -> Self {
        Self { object, hub: Rc::clone(hub) }
    }

    /// The hub, in the process that made it.
    pub(crate) fn hub(&self) -> PhpResult<&Rc<Hub>> {
        self.hub.check_process()?;
        Ok(&self.hub)
    }

    /// None in a forked child.
    pub(crate) fn hub_at_home(&self) -> Option<&Rc<Hub>> {
        self.hub.is_at_home().then_some(&self.hub)
    }
}

/// The core as the extension drives it: in turns with the stall guard.
pub(crate) type Core = client::Client<Net>;

/// The state behind one `AmiClientManager`. Its other objects hold the manager, or this weakly.
pub(crate) struct Hub {
    /// Never locked while PHP code runs. There until it is dropped, or leaked in a forked child.
    core: Option<SharedClient<Net>>,
    /// The servers in memory, where it has no others.
    pub(crate) stage: Option<Rc<Stage>>,
    home: Home,
    /// Bounds of servers that have none of their own.
    pub(crate) limits: Limits,
    pub(crate) listeners: Listeners,
    pub(crate) pendings: Pendings,
    pub(crate) logger: Logger,
    pub(crate) names: ServerNames,
    pub(crate) undelivered: Undelivered,
    pub(crate) ticks: Ticks,
    pub(crate) stops: StopRequests,
    pub(crate) routing: Routing,
    pub(crate) stream: PollStream,
}

impl Hub {
    /// A core on real sockets.
    pub(crate) fn new(limits: Limits, cluster: ClusterBounds, logger: Option<Object>) -> PhpResult<Self> {
        let reactor = Reactor::new().map_err(no_descriptor)?;
        let (stall, log) = (cluster.limits.stall_guard, cluster.log(logger.as_ref()));
        let core = Core::new(Net::Real(Box::new(reactor)), cluster.limits, log)
            .map_err(|refused| config::refused(&refused, |_| None))?;
        Ok(Self::of(SharedClient::new(core, stall), None, limits, logger))
    }

    /// A core on servers in memory. Nothing is left to chance, and nobody has to watch over it.
    pub(crate) fn staged(
        stage: &Rc<Stage>,
        limits: Limits,
        cluster: ClusterBounds,
        logger: Option<Object>,
    ) -> PhpResult<Self> {
        let instance = InstanceId::from_random(*b"fake-asterisk");
        let log = cluster.log(logger.as_ref());
        let core = Core::seeded(Net::Fake(stage.world()), cluster.limits, log, instance, 1)
            .map_err(|refused| config::refused(&refused, |_| None))?;
        let core = SharedClient::new(core, std::time::Duration::ZERO);
        Ok(Self::of(core, Some(Rc::clone(stage)), limits, logger))
    }

    fn of(core: SharedClient<Net>, stage: Option<Rc<Stage>>, limits: Limits, logger: Option<Object>) -> Self {
        Self {
            core: Some(core),
            stage,
            home: Home::this(),
            limits,
            listeners: Listeners::default(),
            pendings: Pendings::default(),
            logger: Logger::new(logger),
            names: ServerNames::default(),
            undelivered: Undelivered::default(),
            ticks: Ticks::default(),
            stops: StopRequests::default(),
            routing: Routing::default(),
            stream: PollStream::default(),
        }
    }

    /// This moment on the core's clock, which is not the system's where the servers are in memory.
    pub(crate) fn now(&self) -> Timestamp {
        self.stage.as_ref().map_or_else(net::now, |stage| stage.now())
    }

    /// The core, for one call into it.
    pub(crate) fn core(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.client_lock(SharedClient::lock)
    }

    /// The core, for a step: the stall guard sees that its owner is there.
    pub(crate) fn core_to_step(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.client_lock(SharedClient::lock_to_step)
    }

    fn client_lock<'a>(
        &'a self,
        enter: fn(&'a SharedClient<Net>) -> Option<ClientLock<'a, Net>>,
    ) -> PhpResult<ClientLock<'a, Net>> {
        // A listener may have forked. The lock may then be held by a thread that the child does not have.
        self.check_process()?;
        let core = self.core.as_ref().and_then(enter);
        core.ok_or_else(|| error("ami_client stopped working after an internal error"))
    }

    /// Gives back what is held of the system, unless a server is wanted open again.
    pub(crate) fn release(&self) {
        self.ticks.has_left();
        if self.is_at_home() && self.core.as_ref().is_some_and(SharedClient::release) {
            self.stream.release();
        }
    }

    /// True in the process that made the manager.
    pub(crate) fn is_at_home(&self) -> bool {
        self.home.is_here()
    }

    /// In a forked child nothing may touch the parent's sockets.
    pub(crate) fn check_process(&self) -> PhpResult<()> {
        self.home.check()
    }

    pub(crate) fn key(&self, id: ServerId) -> Str {
        self.names.key(id)
    }

    /// Forgets servers that were removed and owe nothing more.
    pub(crate) fn forget_removed(&self) -> PhpResult<()> {
        if !self.names.has_removed() {
            return Ok(());
        }
        let core = self.core()?;
        let cluster = core.cluster();
        if self.names.len() > cluster.servers().len()
            && !cluster.has_deliverable()
            && self.undelivered.is_empty()
        {
            self.names.retain(|id| cluster.settings(id).is_some());
        }
        Ok(())
    }

    /// The server of a key.
    pub(crate) fn server(&self, key: &[u8]) -> PhpResult<ServerId> {
        let core = self.core()?;
        let cluster = core.cluster();
        if let Some(id) = std::str::from_utf8(key).ok().and_then(|key| cluster.server_id(key)) {
            return Ok(id);
        }
        let known: Vec<_> =
            cluster.servers().iter().filter_map(|id| Some(cluster.settings(*id)?.key.to_string())).collect();
        drop(core);
        Err(unknown_server(key, &known))
    }

    /// An error where the server was removed.
    pub(crate) fn check_server(&self, id: ServerId) -> PhpResult<()> {
        let is_known = self.core()?.cluster().settings(id).is_some();
        if is_known { Ok(()) } else { self.server(&self.key(id)).map(|_| ()) }
    }

    pub(crate) fn state(&self, id: ServerId) -> PhpResult<ConnectionState> {
        Ok(self.core()?.cluster().state(id))
    }

    /// Why a server that is wanted is not Ready. That an earlier session was closed on request is no reason.
    pub(crate) fn last_disconnect(&self, id: ServerId) -> PhpResult<Option<DisconnectReason>> {
        let core = self.core()?;
        let reason = core.cluster().health(id).and_then(|health| health.last_disconnect);
        Ok(reason.filter(|reason| *reason != DisconnectReason::Requested || !core.cluster().is_wanted(id)))
    }

    /// Reports what the manager's object owns.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.listeners.trace(tracer);
        self.pendings.trace(tracer);
        self.logger.trace(tracer);
        if let Some(stage) = &self.stage {
            stage.trace(tracer);
        }
        self.routing.trace(tracer);
        self.ticks.trace(tracer);
    }
}

impl Drop for Hub {
    /// Flushes once without waiting; in a forked child it touches nothing of the parent's.
    fn drop(&mut self) {
        self.listeners.clear();
        let core = self.core.take();
        if !self.is_at_home() {
            std::mem::forget(core);
            return;
        }
        if let Some(mut core) = core.as_ref().and_then(SharedClient::lock) {
            core.flush();
        }
    }
}

impl Records for Hub {
    fn push(&self, server: &ServerKey, what: RecordKind) {
        if self.is_at_home()
            && let Ok(mut core) = self.core()
        {
            core.cluster_mut().records().push(server, what);
        }
    }
}

/// The system gives no more descriptors.
pub(crate) fn no_descriptor(failure: std::io::Error) -> Thrown {
    error(&format!("no descriptor for the sockets: {failure} (see ulimit -n)"))
}
