//! A client that its owner and the stall guard take in turns.

use std::cell::RefCell;
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::panicking;
use std::time::{Duration, Instant};

use parking_lot::MutexGuard;

use super::guard::Guard;
use super::shared_state::{Purpose, Shared};
use crate::client::{Client, Network};
use crate::record::RecordKind;
use crate::vocabulary::ConnectionState;

/// A network that another thread can watch, and that can do without the system while it has no links.
pub trait Watched: Network {
    /// Readable when sockets have something to say. `None` where there is nothing to watch.
    fn watched(&self) -> Option<RawFd>;

    /// Gives back what it holds of the system. What is opened later makes it anew.
    fn release(&mut self);
}

/// A client that its owner and the guard take in turns.
///
/// The owner locks it for each call and lets go of it before anything of PHP runs. Only a visit that steps
/// shows the guard that the owner is there: asking for health does not read any socket. In a forked child the
/// guard does not exist and the lock may be held by nobody who could let go: there the whole value has to be
/// forgotten, not dropped.
#[derive(Debug)]
pub struct SharedClient<N: Watched + Send + 'static> {
    /// Before `shared`, so that its thread is gone when the client is dropped.
    guard: RefCell<GuardState>,
    shared: Arc<Shared<N>>,
    stall: Duration,
}

/// Whether a guard stands.
#[derive(Debug)]
enum GuardState {
    /// None yet, or no more.
    NotStarted,
    /// The system gave no thread or no descriptor for one.
    Refused {
        until: Instant,
        wait: Duration,
    },
    Running {
        _guard: Guard,
    },
}

/// The client, for one call of its owner.
#[derive(Debug)]
pub struct ClientLock<'a, N: Watched + Send + 'static> {
    client: MutexGuard<'a, Client<N>>,
    owner: &'a SharedClient<N>,
    purpose: Purpose,
    /// Something may be other than before: who only asked has nothing to tell.
    is_changed: bool,
    was_panicking: bool,
}

/// What the guard did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuardCounters {
    /// How often it woke.
    pub wakes: u64,
    /// How often it thought about what to do next.
    pub turns: u64,
    /// How often it stepped for its owner.
    pub guard_steps: u64,
}

/// How long a guard that could not start is not tried again, at first and at most.
const REFUSED_FIRST: Duration = Duration::from_secs(1);
const REFUSED_MOST: Duration = Duration::from_secs(60);

impl<N: Watched + Send + 'static> SharedClient<N> {
    /// `stall` is how long the owner may be away while something waits; zero means that there is no guard.
    pub fn new(client: Client<N>, stall: Duration) -> Self {
        Self { guard: RefCell::new(GuardState::NotStarted), shared: Arc::new(Shared::new(client)), stall }
    }

    /// The client, for a call that does not step, as soon as the guard's slice is over. `None` after a panic
    /// within it.
    pub fn lock(&self) -> Option<ClientLock<'_, N>> {
        self.client_lock(Purpose::Ask)
    }

    /// The client, for a call that steps.
    pub fn lock_to_step(&self) -> Option<ClientLock<'_, N>> {
        self.client_lock(Purpose::Step)
    }

    fn client_lock(&self, purpose: Purpose) -> Option<ClientLock<'_, N>> {
        self.shared.count_presence(purpose);
        let client = self.shared.client.lock();
        while self.shared.is_letting_go.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        if self.shared.is_broken() {
            self.shared.count_presence(purpose);
            return None;
        }
        Some(ClientLock { client, owner: self, purpose, is_changed: false, was_panicking: panicking() })
    }

    /// Ends the guard and gives back what the network holds of the system, where no server is wanted open and none
    /// is; true then. What is opened later makes both anew.
    pub fn release(&self) -> bool {
        let Some(mut client_lock) = self.lock() else { return false };
        let cluster = client_lock.cluster();
        let is_idle = |id| !cluster.is_wanted(id) && cluster.state(id) == ConnectionState::Disconnected;
        let is_idle = cluster.servers().iter().all(|id| is_idle(*id));
        if is_idle {
            // The guard never waits for the lock that is held here.
            drop(self.guard.replace(GuardState::NotStarted));
            client_lock.network().release();
        }
        is_idle
    }

    /// What the guard did so far.
    #[must_use]
    pub fn counters(&self) -> GuardCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Shared { wakes, turns, guard_steps, .. } = &*self.shared;
        GuardCounters { wakes: read(wakes), turns: read(turns), guard_steps: read(guard_steps) }
    }

    /// Starts the guard when the first Ready session may suffer: before that nobody waits for us to read.
    fn start_guard_if_needed(&self, client: &mut Client<N>) {
        let wait = match &*self.guard.borrow() {
            GuardState::Running { .. } => return,
            GuardState::NotStarted => REFUSED_FIRST,
            GuardState::Refused { until, .. } if Instant::now() < *until => return,
            GuardState::Refused { wait, .. } => (*wait * 2).min(REFUSED_MOST),
        };
        if self.stall.is_zero() || !self.shared.needs_guard(client) {
            return;
        }
        let Some(watched) = client.network().watched() else { return };
        let state = match Guard::start(&self.shared, watched, self.stall) {
            Ok(guard) => GuardState::Running { _guard: guard },
            Err(error) => {
                // Without a thread the sessions are as safe as any other client's.
                if matches!(*self.guard.borrow(), GuardState::NotStarted) {
                    tell_of_refusal(client, &error);
                }
                GuardState::Refused { until: Instant::now() + wait, wait }
            }
        };
        *self.guard.borrow_mut() = state;
    }
}

/// Once for all servers: the first one that is Ready stands for them.
fn tell_of_refusal<N: Network>(client: &mut Client<N>, error: &io::Error) {
    let cluster = client.cluster_mut();
    let ready = cluster.servers().iter().find(|id| cluster.state(**id) == ConnectionState::Ready);
    if let Some(key) = ready.and_then(|id| cluster.settings(*id)).map(|settings| settings.key.clone()) {
        cluster.records().push(&key, RecordKind::GuardMissing { error: error.to_string() });
    }
}

impl<N: Watched + Send + 'static> Deref for ClientLock<'_, N> {
    type Target = Client<N>;

    fn deref(&self) -> &Client<N> {
        &self.client
    }
}

impl<N: Watched + Send + 'static> DerefMut for ClientLock<'_, N> {
    fn deref_mut(&mut self) -> &mut Client<N> {
        self.is_changed = true;
        &mut self.client
    }
}

impl<N: Watched + Send + 'static> Drop for ClientLock<'_, N> {
    fn drop(&mut self) {
        let shared = &self.owner.shared;
        if panicking() && !self.was_panicking {
            shared.is_broken.store(true, Ordering::SeqCst);
        } else {
            if self.is_changed {
                self.client.set_pending_work();
                shared.publish_deadline(&mut self.client);
            }
            if self.purpose == Purpose::Step {
                shared.publish_step(&self.client);
            }
            // Every tick comes by here several times.
            self.owner.start_guard_if_needed(&mut self.client);
        }
        shared.count_presence(self.purpose);
    }
}
