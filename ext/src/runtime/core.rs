//! The state that the objects of one manager share: the core, the listeners and the pending actions.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use apn_ami::cluster::{ServerId, Timestamp};
use apn_ami::error::DisconnectReason;
use apn_ami::limits::Limits;
use apn_ami::live::{CallRef, QueueRef};
use apn_ami::net::ClientLock;
use apn_ami::node::ConnectionState;
use apn_ami::record::RecordKind;
use apn_ami::settings::ServerKey;

use super::listener_table::Listeners;
use super::logger::Logger;
use super::objects::Objects;
use super::owned_core::OwnedCore;
use super::pending_table::{Pendings, Records};
use super::poll_stream::PollStream;
use super::router::Routing;
use super::server_names::ServerNames;
use super::stop::StopRequests;
use super::ticking::Ticks;
use super::undelivered::Undelivered;
use crate::convert::bounds::LiveBounds;
use crate::convert::errors::unknown_server;
use crate::convert::{Object, Str};
use crate::fake::network::Net;
use crate::fake::stage::Stage;
use crate::zend::{PhpResult, Tracer};

/// A reference from other objects to their manager. It keeps the manager's PHP object alive, since that
/// object reports the contents of the hub to the cycle collector.
#[derive(Clone)]
pub(crate) struct Manager {
    pub(crate) object: Object,
    hub: Rc<Hub>,
}

impl Manager {
    pub(crate) fn new(object: Object, hub: &Rc<Hub>) -> Self {
        Self { object, hub: Rc::clone(hub) }
    }

    /// The hub. It is an error in a forked child.
    pub(crate) fn hub(&self) -> PhpResult<&Rc<Hub>> {
        self.hub.check_process()?;
        Ok(&self.hub)
    }

    /// The hub, or None in a forked child.
    pub(crate) fn hub_at_home(&self) -> Option<&Rc<Hub>> {
        self.hub.is_at_home().then_some(&self.hub)
    }
}

/// A function that makes the PHP object of a call of the live model.
type CallObject = fn(&Rc<Hub>, ServerId, CallRef) -> PhpResult<Object>;

/// As `CallObject`, of a queue.
type QueueObject = fn(&Rc<Hub>, ServerId, QueueRef) -> PhpResult<Object>;

/// The state of an `AmiClientManager`. Other objects hold the manager, or a `Weak` of the hub.
pub(crate) struct Hub {
    core: OwnedCore,
    pub(crate) objects: Objects,
    /// Bounds for servers that were added without their own.
    pub(crate) limits: Limits,
    pub(crate) listeners: Listeners,
    pub(crate) pendings: Pendings,
    pub(crate) logger: Logger,
    pub(crate) names: ServerNames,
    pub(crate) undelivered: Undelivered,
    pub(crate) ticks: Ticks,
    pub(crate) stops: StopRequests,
    pub(crate) routing: Routing,
    /// The options with which the live model was started. None before.
    pub(crate) live: RefCell<Option<LiveBounds>>,
    /// Set when the live model is started.
    pub(crate) call_object: Cell<Option<CallObject>>,
    pub(crate) queue_object: Cell<Option<QueueObject>>,
    pub(crate) stream: PollStream,
}

impl Hub {
    pub(crate) fn new(core: OwnedCore, objects: Objects, limits: Limits, logger: Option<Object>) -> Self {
        Self {
            core,
            objects,
            limits,
            listeners: Listeners::default(),
            pendings: Pendings::default(),
            logger: Logger::new(logger),
            names: ServerNames::default(),
            undelivered: Undelivered::default(),
            ticks: Ticks::default(),
            stops: StopRequests::default(),
            routing: Routing::default(),
            live: RefCell::default(),
            call_object: Cell::default(),
            queue_object: Cell::default(),
            stream: PollStream::default(),
        }
    }

    /// The servers in memory, if the manager uses them instead of sockets.
    pub(crate) fn stage(&self) -> Option<&Rc<Stage>> {
        self.core.stage()
    }

    /// The current time of the core's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.core.now()
    }

    /// Locks the core for one call.
    pub(crate) fn core(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.core.lock()
    }

    /// Locks the core for a step.
    pub(crate) fn core_to_step(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.core.lock_to_step()
    }

    /// True in the process that made the manager.
    pub(crate) fn is_at_home(&self) -> bool {
        self.core.is_at_home()
    }

    /// Throws in a forked child, which must not use the parent's sockets.
    pub(crate) fn check_process(&self) -> PhpResult<()> {
        self.core.check_process()
    }

    /// Releases the guard's thread and all descriptors, unless a server is wanted or still connected.
    pub(crate) fn release(&self) {
        self.ticks.has_left();
        if self.core.release() {
            self.stream.release();
        }
    }

    pub(crate) fn key(&self, id: ServerId) -> Str {
        self.names.key(id)
    }

    /// Forgets the names of removed servers, once no delivery is left.
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
            self.pendings.retain(|id| cluster.settings(id).is_some());
        }
        Ok(())
    }

    /// The server with this key. It is an error that lists the known keys if there is none.
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

    /// Throws if the server was removed.
    pub(crate) fn check_server(&self, id: ServerId) -> PhpResult<()> {
        let is_known = self.core()?.cluster().settings(id).is_some();
        if is_known { Ok(()) } else { self.server(&self.key(id)).map(|_| ()) }
    }

    pub(crate) fn state(&self, id: ServerId) -> PhpResult<ConnectionState> {
        Ok(self.core()?.cluster().state(id))
    }

    /// Why the last session of a server ended. None if the session was closed on request and the server is
    /// wanted again.
    pub(crate) fn last_disconnect(&self, id: ServerId) -> PhpResult<Option<DisconnectReason>> {
        let core = self.core()?;
        let reason = core.cluster().health(id).and_then(|health| health.last_disconnect);
        Ok(reason.filter(|reason| *reason != DisconnectReason::Requested || !core.cluster().is_wanted(id)))
    }

    /// Reports the PHP values of the hub to the cycle collector.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.listeners.trace(tracer);
        self.pendings.trace(tracer);
        self.logger.trace(tracer);
        if let Some(stage) = self.stage() {
            stage.trace(tracer);
        }
        self.routing.trace(tracer);
        self.ticks.trace(tracer);
    }
}

impl Drop for Hub {
    /// Drops the listeners before the core, since their destructors may still use it.
    fn drop(&mut self) {
        self.listeners.clear();
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
