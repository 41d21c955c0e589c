//! The network of a core: sockets, or servers in memory.

use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::client::{LinkEvent, Network, Transfer};
use apn_ami::cluster::{LinkId, Timestamp};
use apn_ami::net::{Reactor, Watched};
use apn_ami::settings::ServerSettings;
use apn_sim::world::World;
use parking_lot::{Mutex, MutexGuard};

/// One of the two networks.
#[derive(Debug)]
pub(crate) enum Net {
    Real(Box<Reactor>),
    Fake(SharedWorld),
}

/// A world that a core uses while PHP code scripts it. Each access locks it. Only PHP's thread does so, and
/// never while PHP code runs, so no access waits.
#[derive(Clone, Debug)]
pub(crate) struct SharedWorld(Arc<Mutex<World>>);

impl SharedWorld {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// Locks the world. The lock still works after a panic, which ends a test anyway.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock()
    }
}

impl Net {
    /// The descriptor that is readable when there is work. Servers in memory have none.
    pub(crate) fn descriptor(&mut self) -> Option<io::Result<RawFd>> {
        match self {
            Self::Real(reactor) => Some(reactor.descriptor()),
            Self::Fake(_) => None,
        }
    }
}

impl Watched for Net {
    fn watched(&self) -> Option<RawFd> {
        match self {
            Self::Real(reactor) => reactor.watched(),
            Self::Fake(_) => None,
        }
    }

    fn release(&mut self) {
        match self {
            Self::Real(reactor) => reactor.release(),
            Self::Fake(_) => {}
        }
    }
}

impl Network for Net {
    fn now(&mut self) -> Timestamp {
        match self {
            Self::Real(reactor) => reactor.now(),
            Self::Fake(world) => world.lock().now(),
        }
    }

    fn wait(&mut self, longest: Duration) -> io::Result<()> {
        match self {
            Self::Real(reactor) => reactor.wait(longest),
            Self::Fake(world) => world.lock().wait(longest),
        }
    }

    fn next_event(&mut self) -> Option<(LinkId, LinkEvent)> {
        match self {
            Self::Real(reactor) => reactor.next_event(),
            Self::Fake(world) => world.lock().next_event(),
        }
    }

    fn open(&mut self, link: LinkId, settings: &Arc<ServerSettings>) {
        match self {
            Self::Real(reactor) => reactor.open(link, settings),
            Self::Fake(world) => world.lock().open(link, settings),
        }
    }

    fn read(&mut self, link: LinkId, into: &mut [u8]) -> Transfer {
        match self {
            Self::Real(reactor) => reactor.read(link, into),
            Self::Fake(world) => world.lock().read(link, into),
        }
    }

    fn write(&mut self, link: LinkId, bytes: &[u8]) -> Transfer {
        match self {
            Self::Real(reactor) => reactor.write(link, bytes),
            Self::Fake(world) => world.lock().write(link, bytes),
        }
    }

    fn close(&mut self, link: LinkId) {
        match self {
            Self::Real(reactor) => reactor.close(link),
            Self::Fake(world) => world.lock().close(link),
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        match self {
            Self::Real(reactor) => reactor.next_deadline(),
            Self::Fake(world) => world.lock().next_deadline(),
        }
    }

    fn set_pending_work(&mut self, has_work: bool) {
        match self {
            Self::Real(reactor) => reactor.set_pending_work(has_work),
            Self::Fake(world) => world.lock().set_pending_work(has_work),
        }
    }
}
