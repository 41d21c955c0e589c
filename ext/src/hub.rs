//! What the objects of one manager share: the core, the listeners, the actions on their way.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use apn_ami::client;
use apn_ami::cluster::{Delivery, Now, ServerId};
use apn_ami::limits::Limits;
use apn_ami::net::{self, Reactor, SharedClient, Visit};
use apn_ami::node::ConnectionState;
use apn_ami::wire::InstanceId;
use rustc_hash::FxHashMap;

use crate::config;
use crate::listeners::Listeners;
use crate::logger::Logger;
use crate::network::Net;
use crate::options::ClusterBounds;
use crate::pending::Pendings;
use crate::stage::Stage;
use crate::zend::exception::{error, throw_new};
use crate::zend::process::Process;
use crate::zend::{Callable, Class, Object, PhpResult, Str, Thrown, Tracer, Value};

/// The core as the extension drives it: in turns with the stall guard.
pub(crate) type Core = client::Client<Net>;

/// The state behind one `AmiClientManager`. Its other objects hold the manager, or this weakly.
pub(crate) struct Hub {
    /// Never locked while PHP code runs. There until it is dropped, or leaked in a forked child.
    core: Option<SharedClient<Net>>,
    /// The servers in memory, where it has no others.
    pub(crate) stage: Option<Rc<Stage>>,
    /// The process that made it: the sockets are its own.
    home: Process,
    home_id: u32,
    /// Bounds of servers that have none of their own.
    pub(crate) limits: Limits,
    pub(crate) listeners: Listeners,
    pub(crate) pendings: Pendings,
    pub(crate) logger: Logger,
    /// Keys as strings of PHP, also of servers that were removed and still owe something.
    keys: RefCell<FxHashMap<ServerId, Str>>,
    /// Why each server's session ended last, in words.
    pub(crate) details: RefCell<HashMap<ServerId, String>>,
    /// Taken from the core and not delivered yet.
    pub(crate) due: RefCell<VecDeque<Delivery>>,
    /// Actions that ended without a delivery: they were awaited by a listener, or cancelled, and let go of.
    pub(crate) released: Cell<i64>,
    /// A server was removed whose key is still remembered.
    pub(crate) has_removed: Cell<bool>,
    /// A tick is on: listeners may be running.
    pub(crate) is_ticking: Cell<bool>,
    /// Terminated by a listener: what the manager holds of the system goes when the tick that is on is over.
    pub(crate) is_leaving: Cell<bool>,
    /// `run` is to end.
    pub(crate) is_stopped: Cell<bool>,
    /// How often that was asked for: a wait ends by what comes while it is on, not by what came before.
    pub(crate) stops: Cell<u64>,
    /// SIGTERM and SIGINT stop it.
    pub(crate) heeds_signals: Cell<bool>,
    /// Thrown by a warning's handler during a tick: goes on when the tick is over.
    pub(crate) postponed: RefCell<Option<Object>>,
    /// Chooses a server, where the user does it.
    pub(crate) router: RefCell<Option<Rc<Callable>>>,
    /// The poll descriptor as a stream, once it was asked for.
    pub(crate) stream: RefCell<Option<Value>>,
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
            home: Process::this(),
            home_id: std::process::id(),
            limits,
            listeners: Listeners::default(),
            pendings: Pendings::default(),
            logger: Logger::new(logger),
            keys: RefCell::default(),
            details: RefCell::default(),
            due: RefCell::default(),
            released: Cell::new(0),
            has_removed: Cell::new(false),
            is_ticking: Cell::new(false),
            is_leaving: Cell::new(false),
            is_stopped: Cell::new(false),
            stops: Cell::new(0),
            heeds_signals: Cell::new(false),
            postponed: RefCell::default(),
            router: RefCell::default(),
            stream: RefCell::default(),
        }
    }

    /// This moment on the core's clock, which is not the system's where the servers are in memory.
    pub(crate) fn now(&self) -> Now {
        self.stage.as_ref().map_or_else(net::now, |stage| stage.now())
    }

    /// The core, for one call into it.
    pub(crate) fn core(&self) -> PhpResult<Visit<'_, Net>> {
        self.visit(SharedClient::lock)
    }

    /// The core, for a step: the stall guard sees that its owner is there.
    pub(crate) fn core_to_step(&self) -> PhpResult<Visit<'_, Net>> {
        self.visit(SharedClient::lock_to_step)
    }

    fn visit<'a>(
        &'a self,
        enter: fn(&'a SharedClient<Net>) -> Option<Visit<'a, Net>>,
    ) -> PhpResult<Visit<'a, Net>> {
        // A listener may have forked. The lock may then be held by a thread that the child does not have.
        self.check_process()?;
        let core = self.core.as_ref().and_then(enter);
        core.ok_or_else(|| error("ami_client stopped working after an internal error"))
    }

    /// Gives back what is held of the system, unless a server is wanted open again.
    pub(crate) fn release(&self) {
        self.is_leaving.set(false);
        if self.is_at_home() && self.core.as_ref().is_some_and(SharedClient::release) {
            // PHP closes it, unless the user holds it too.
            let stream = self.stream.borrow_mut().take();
            drop(stream);
        }
    }

    /// True in the process that made the manager.
    pub(crate) fn is_at_home(&self) -> bool {
        self.home == Process::this()
    }

    /// In a forked child nothing may touch the parent's sockets.
    pub(crate) fn check_process(&self) -> PhpResult<()> {
        if self.is_at_home() {
            return Ok(());
        }
        let message =
            format!("this manager belongs to process {}: a forked child has to make its own", self.home_id);
        Err(throw_new(Class::ForkedProcessException, &message))
    }

    /// Ends `run`, and a wait for sessions that is on.
    pub(crate) fn stop(&self) {
        self.is_stopped.set(true);
        self.stops.set(self.stops.get() + 1);
    }

    pub(crate) fn remember_key(&self, id: ServerId, key: Str) {
        self.keys.borrow_mut().insert(id, key);
    }

    pub(crate) fn key(&self, id: ServerId) -> Str {
        self.keys.borrow().get(&id).cloned().unwrap_or_else(|| Str::new(b""))
    }

    /// Forgets servers that were removed and owe nothing more.
    pub(crate) fn forget_removed(&self) -> PhpResult<()> {
        if !self.has_removed.get() {
            return Ok(());
        }
        let core = self.core()?;
        let cluster = core.cluster();
        if self.keys.borrow().len() > cluster.servers().len()
            && !cluster.has_due()
            && self.due.borrow().is_empty()
        {
            self.has_removed.set(false);
            self.keys.borrow_mut().retain(|id, _| cluster.settings(*id).is_some());
            self.details.borrow_mut().retain(|id, _| cluster.settings(*id).is_some());
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
        Err(crate::exception::unknown_server(key, &known))
    }

    /// An error where the server was removed.
    pub(crate) fn check_server(&self, id: ServerId) -> PhpResult<()> {
        let is_known = self.core()?.cluster().settings(id).is_some();
        if is_known { Ok(()) } else { self.server(&self.key(id)).map(|_| ()) }
    }

    pub(crate) fn state(&self, id: ServerId) -> PhpResult<ConnectionState> {
        Ok(self.core()?.cluster().state(id))
    }

    /// Reports what the manager's object owns.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        self.listeners.trace(tracer);
        self.pendings.trace(tracer);
        self.logger.trace(tracer);
        if let Some(stage) = &self.stage {
            stage.trace(tracer);
        }
        if let Ok(router) = self.router.try_borrow()
            && let Some(router) = &*router
        {
            tracer.callable(router);
        }
        if let Ok(postponed) = self.postponed.try_borrow()
            && let Some(exception) = &*postponed
        {
            tracer.object(exception);
        }
    }

    /// No tick and no listener may run now.
    pub(crate) fn begin_tick(&self, method: &str) -> PhpResult<Ticking<'_>> {
        if self.is_ticking.replace(true) {
            let message = format!(
                "{method}() called by a listener of the same manager: the tick that called it goes on"
            );
            return Err(throw_new(Class::ReentrantTickException, &message));
        }
        Ok(Ticking(self))
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

/// The system gives no more descriptors.
pub(crate) fn no_descriptor(failure: std::io::Error) -> Thrown {
    error(&format!("no descriptor for the sockets: {failure} (see ulimit -n)"))
}

/// A tick, until it is dropped.
pub(crate) struct Ticking<'a>(&'a Hub);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.is_ticking.set(false);
    }
}
