//! The core of a manager. It is locked for one call at a time, and only in the process that made it.

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

/// The client of the core, which the extension shares with the stall guard.
pub(crate) type Core = client::Client<Net>;

/// The shared core and the process that owns it.
pub(crate) struct OwnedCore {
    /// Never locked while PHP code runs. None only during the drop.
    core: Option<SharedClient<Net>>,
    /// The servers in memory, if the manager uses them instead of sockets.
    stage: Option<Rc<Stage>>,
    home: Home,
}

impl OwnedCore {
    /// A core with real sockets.
    pub(crate) fn new(cluster: ClusterBounds, logger: Option<&Object>) -> PhpResult<Self> {
        let reactor = Reactor::new().map_err(no_descriptor)?;
        let (stall, log) = (cluster.limits.stall_guard, cluster.log(logger));
        let core = Core::new(Net::Real(Box::new(reactor)), cluster.limits, log)
            .map_err(|refused| config::refused(&refused, |_| None))?;
        Ok(Self { core: Some(SharedClient::new(core, stall)), stage: None, home: Home::this() })
    }

    /// A core with servers in memory. It uses a fixed seed and no stall guard.
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

    /// The current time of the core's clock. With servers in memory that is the virtual time.
    pub(crate) fn now(&self) -> Timestamp {
        self.stage.as_ref().map_or_else(net::now, |stage| stage.now())
    }

    /// Locks the core for one call.
    pub(crate) fn lock(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.client_lock(SharedClient::lock)
    }

    /// Locks the core for a step. The stall guard then sees that its owner is present.
    pub(crate) fn lock_to_step(&self) -> PhpResult<ClientLock<'_, Net>> {
        self.client_lock(SharedClient::lock_to_step)
    }

    fn client_lock<'a>(
        &'a self,
        enter: fn(&'a SharedClient<Net>) -> Option<ClientLock<'a, Net>>,
    ) -> PhpResult<ClientLock<'a, Net>> {
        // A listener may have forked. In the child the lock may be held by a thread that does not exist
        // there.
        self.check_process()?;
        let core = self.core.as_ref().and_then(enter);
        core.ok_or_else(|| error("ami_client stopped working after an internal error"))
    }

    /// Releases the guard's thread and all descriptors. Returns false in a forked child, and if a server is
    /// wanted or still connected.
    pub(crate) fn release(&self) -> bool {
        self.is_at_home() && self.core.as_ref().is_some_and(SharedClient::release)
    }

    /// True in the process that made the core.
    pub(crate) fn is_at_home(&self) -> bool {
        self.home.is_here()
    }

    /// Throws in a forked child, which must not use the parent's sockets.
    pub(crate) fn check_process(&self) -> PhpResult<()> {
        self.home.check()
    }
}

impl Drop for OwnedCore {
    /// Writes once without waiting. A forked child forgets the core instead, since it must not use the
    /// parent's sockets.
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

/// The error of a system that has no more descriptors.
pub(crate) fn no_descriptor(failure: std::io::Error) -> Thrown {
    error(&format!("no descriptor for the sockets: {failure} (see ulimit -n)"))
}
