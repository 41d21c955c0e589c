//! A client that its owner and the stall guard use in turns.

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
use crate::cluster::Cluster;
use crate::record::RecordKind;
use crate::vocabulary::ConnectionState;

/// A network that another thread can watch, and that can release its system resources while it has no links.
pub trait Watched: Network {
    /// The descriptor that is readable if sockets have input. `None` if there is nothing to watch.
    fn watched(&self) -> Option<RawFd>;

    /// Releases the system resources. A later open creates them again.
    fn release(&mut self);
}

/// A client that its owner and the guard use in turns.
///
/// The owner locks the client for each call, and unlocks it before any PHP code runs. Only a lock for a step
/// shows the guard that the owner is present, because other calls, such as a query of health, read no socket.
/// In a forked child the guard thread does not exist, and the lock may be held by a thread that does not exist
/// there either. The child must therefore forget the whole value instead of dropping it.
#[derive(Debug)]
pub struct SharedClient<N: Watched + Send + 'static> {
    /// Declared before `shared`, so that the guard's thread has ended when the client is dropped.
    guard: RefCell<GuardState>,
    shared: Arc<Shared<N>>,
    stall: Duration,
}

/// The state of the guard.
#[derive(Debug)]
enum GuardState {
    /// The guard was not started yet, or has ended.
    NotStarted,
    /// The system gave no thread or no descriptor.
    Refused {
        until: Instant,
        wait: Duration,
    },
    Running {
        _guard: Guard,
    },
}

/// The locked client, for one call of its owner.
#[derive(Debug)]
pub struct ClientLock<'a, N: Watched + Send + 'static> {
    client: MutexGuard<'a, Client<N>>,
    owner: &'a SharedClient<N>,
    purpose: Purpose,
    /// The client was borrowed mutably and may have changed. A call that only reads has nothing to publish.
    is_changed: bool,
    was_panicking: bool,
}

/// Counters of the guard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuardCounters {
    /// How often the guard woke.
    pub wakes: u64,
    /// How often the guard asked its policy for the next action.
    pub turns: u64,
    /// How often the guard ran a step for the owner.
    pub guard_steps: u64,
}

/// How long to wait before a guard that could not start is tried again: the first wait and the longest one.
const REFUSED_FIRST: Duration = Duration::from_secs(1);
const REFUSED_MOST: Duration = Duration::from_secs(60);

impl<N: Watched + Send + 'static> SharedClient<N> {
    /// `stall` is how long the owner may be away while work waits. Zero means that there is no guard.
    pub fn new(client: Client<N>, stall: Duration) -> Self {
        Self { guard: RefCell::new(GuardState::NotStarted), shared: Arc::new(Shared::new(client)), stall }
    }

    /// Locks the client for a call that does not step. Waits for the guard's current step. `None` after a panic
    /// within the client.
    pub fn lock(&self) -> Option<ClientLock<'_, N>> {
        self.client_lock(Purpose::Ask)
    }

    /// Locks the client for a call that steps. `None` after a panic within the client.
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

    /// Ends the guard and releases the network's system resources, if every server is disconnected and none is
    /// wanted open. True if it did so. A later open creates both again.
    pub fn release(&self) -> bool {
        let Some(mut client_lock) = self.lock() else { return false };
        let cluster = client_lock.cluster();
        let is_idle = |id| !cluster.is_wanted(id) && cluster.state(id) == ConnectionState::Disconnected;
        let is_idle = cluster.servers().iter().all(|id| is_idle(*id));
        if is_idle {
            // The guard never waits for the lock that is held here, so joining its thread cannot deadlock.
            drop(self.guard.replace(GuardState::NotStarted));
            client_lock.network().release();
        }
        is_idle
    }

    /// The counters of the guard.
    #[must_use]
    pub fn counters(&self) -> GuardCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let Shared { wakes, turns, guard_steps, .. } = &*self.shared;
        GuardCounters { wakes: read(wakes), turns: read(turns), guard_steps: read(guard_steps) }
    }

    /// Starts the guard as soon as a session that needs it is Ready. Before that, Asterisk does not wait for
    /// the client to read.
    fn start_guard_if_needed(&self, client: &mut Client<N>, purpose: Purpose) {
        let wait = match &*self.guard.borrow() {
            GuardState::Running { .. } => return,
            GuardState::NotStarted => REFUSED_FIRST,
            GuardState::Refused { until, .. } if Instant::now() < *until => return,
            GuardState::Refused { wait, .. } => (*wait * 2).min(REFUSED_MOST),
        };
        if self.stall.is_zero() || !self.shared.needs_guard(client, purpose) {
            return;
        }
        let Some(watched) = client.network().watched() else { return };
        let state = match Guard::start(&self.shared, watched, self.stall) {
            Ok(guard) => GuardState::Running { _guard: guard },
            Err(error) => {
                // Without a guard the sessions are as safe as those of any other client.
                if matches!(*self.guard.borrow(), GuardState::NotStarted) {
                    report_refusal(client, &error);
                }
                GuardState::Refused { until: Instant::now() + wait, wait }
            }
        };
        *self.guard.borrow_mut() = state;
    }
}

/// Logs one record for all servers, under the key of the first one that is Ready.
fn report_refusal<N: Network>(client: &mut Client<N>, error: &io::Error) {
    let cluster = client.cluster_mut();
    let ready = cluster.servers().iter().find(|id| cluster.state(**id) == ConnectionState::Ready);
    if let Some(key) = ready.and_then(|id| cluster.settings(*id)).map(|settings| settings.key.clone()) {
        cluster.records().push(&key, RecordKind::GuardMissing { error: error.to_string() });
    }
}

impl<N: Watched + Send + 'static> ClientLock<'_, N> {
    /// As [`Client::cluster_mut`], for changes that make no work: the lock then publishes neither pending work nor a
    /// new deadline.
    pub fn cluster_without_work(&mut self) -> &mut Cluster {
        self.client.cluster_mut()
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
            // This must be cheap, because every tick passes here several times.
            self.owner.start_guard_if_needed(&mut self.client, self.purpose);
        }
        shared.count_presence(self.purpose);
    }
}
