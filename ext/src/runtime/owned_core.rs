//! The core of a manager: locked for one call at a time, in the process that made it.

use std::rc::Rc;
use std::time::Duration;

use apn_ami::client;
use apn_ami::cluster::Timestamp;
use apn_ami::net::{self, ClientLock, Reactor, SharedClient};
use apn_ami::wire::InstanceId;

use super::home::Home;
use crate::convert::Object;
use crate::convert::bounds::ClusterBounds;
use crate::convert::config;
use crate::fake::network::Net;
use crate::fake::stage::Stage;
use crate::zend::exception::error;
use crate::zend::{PhpResult, Thrown};

/// The core as the extension drives it: in turns with the stall guard.
pub(crate) type Core = client::Client<Net>;

/// The core, and who may touch it.
pub(crate) struct OwnedCore {
    /// Never locked while PHP code runs. There until it is dropped, or leaked in a forked child.
    core: Option<SharedClient<Net>>,
    /// The servers in memory, where it has no others.
    stage: Option<Rc<Stage>>,
    home: Home,
}

impl OwnedCore {
    /// One on real sockets.
    pub(crate) fn new(cluster: ClusterBounds, logger: Option<&Object>) -> PhpResult<Self> {
        let reactor = Reactor::new().map_err(no_descriptor)?;
        let (stall, log) = (cluster.limits.stall_guard, cluster.log(logger));
        let core = Core::new(Net::Real(Box::new(reactor)), cluster.limits, log)
            .map_err(|refused| config::refused(&refused, |_| None))?;
        Ok(Self { core: Some(SharedClient::new(core, stall)), stage: None, home: Home::this() })
    }

    /// One on servers in memory. Nothing is left to chance, and nobody has to watch over it.
    pub(crate) fn staged(
        stage: &Rc<Stage>,
        cluster: ClusterBounds,
        logger: Option<&Object>,
    ) -> PhpResult<Self> {
        let instance = InstanceId::from_random(*b"fake-asterisk");
        let log = cluster.log(logger);
        let core = Core::seeded(Net::Fake(stage.world()), cluster.limits, log, instance, 1)
            .map_err(|refused| config::refused(&refused, |_| None))?;
        let core = SharedClient::new(core, Duration::ZERO);
        Ok(Self { core: Some(core), stage: Some(Rc::clone(stage)), home: Home::this() })
    }

    pub(crate) fn stage(&self) -> Option<&Rc<Stage>> {
        self.stage.as_ref()
    }

    /// This moment on the core's clock, which is not the system's where the servers are in memory.
    pub(crate) fn now(&self) -> Timestamp {
        self.stage.as_ref().map_or_else(net::now, |stage| stage.now())
    }

    /// The core, for one call into it.
    pub(crate) fn lock(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.client_lock(SharedClient::lock)
    }

    /// The core, for a step: the stall guard sees that its owner is there.
    pub(crate) fn lock_to_step(&self) -> PhpResult<ClientLock<'_, Net>> {
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

    /// Gives back what is held of the system. False where a server is wanted open again.
    pub(crate) fn release(&self) -> bool {
        self.is_at_home() && self.core.as_ref().is_some_and(SharedClient::release)
    }

    /// True in the process that made it.
    pub(crate) fn is_at_home(&self) -> bool {
        self.home.is_here()
    }

    /// In a forked child nothing may touch the parent's sockets.
    pub(crate) fn check_process(&self) -> PhpResult<()> {
        self.home.check()
    }
}

impl Drop for OwnedCore {
    /// Flushes once without waiting; in a forked child it touches nothing of the parent's.
    fn drop(&mut self) {
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
