//! What the objects of one manager share: the core, the listeners, the actions on their way.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use apn_ami::cluster::{ServerId, Timestamp};
use apn_ami::error::DisconnectReason;
use apn_ami::limits::Limits;
use apn_ami::live::CallRef;
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

/// Makes the object by which PHP code sees a call of the live model.
type CallObject = fn(&Rc<Hub>, ServerId, CallRef) -> PhpResult<Object>;

/// The state behind one `AmiClientManager`. Its other objects hold the manager, or this weakly.
pub(crate) struct Hub {
    core: OwnedCore,
    pub(crate) objects: Objects,
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
    /// How the live model was begun.
    pub(crate) live: RefCell<Option<LiveBounds>>,
    /// There once the live model has begun.
    pub(crate) call_object: Cell<Option<CallObject>>,
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
            stream: PollStream::default(),
        }
    }

    /// The servers in memory, where it has no others.
    pub(crate) fn stage(&self) -> Option<&Rc<Stage>> {
        self.core.stage()
    }

    /// This moment on the core's clock.
    pub(crate) fn now(&self) -> Timestamp {
        self.core.now()
    }

    /// The core, for one call into it.
    pub(crate) fn core(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.core.lock()
    }

    /// The core, for a step.
    pub(crate) fn core_to_step(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.core.lock_to_step()
    }

    /// True in the process that made the manager.
    pub(crate) fn is_at_home(&self) -> bool {
        self.core.is_at_home()
    }

    /// In a forked child nothing may touch the parent's sockets.
    pub(crate) fn check_process(&self) -> PhpResult<()> {
        self.core.check_process()
    }

    /// Gives back what is held of the system, unless a server is wanted open again.
    pub(crate) fn release(&self) {
        self.ticks.has_left();
        if self.core.release() {
            self.stream.release();
        }
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
        if let Some(stage) = self.stage() {
            stage.trace(tracer);
        }
        self.routing.trace(tracer);
        self.ticks.trace(tracer);
    }
}

impl Drop for Hub {
    /// Before the core goes: destructors of listeners may still use it.
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
