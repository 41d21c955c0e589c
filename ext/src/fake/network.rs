//! What a core runs on: sockets, or servers in memory.

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

/// A network of one of the two kinds.
#[derive(Debug)]
pub(crate) enum Net {
    Real(Box<Reactor>),
    Fake(SharedWorld),
}

/// A world that a core runs on while PHP code scripts it. Locked for one call at a time, never while PHP
/// code runs, and by PHP's own thread only: nobody ever waits for it.
#[derive(Clone, Debug)]
pub(crate) struct SharedWorld(Arc<Mutex<World>>);

impl SharedWorld {
    pub(crate) fn new(world: World) -> Self {
        Self(Arc::new(Mutex::new(world)))
    }

    /// A panic within the world ends a test anyway: whoever looks at it afterwards may see how far it came.
    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.0.lock()
    }
}

impl Net {
    /// What is readable when there is work. Nothing to watch exists in memory.
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

    fn set_pending_work(&mut self, is_undone: bool) {
        match self {
            Self::Real(reactor) => reactor.set_pending_work(is_undone),
            Self::Fake(world) => world.lock().set_pending_work(is_undone),
        }
    }
}
