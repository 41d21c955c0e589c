//! A client that its owner and the stall guard take in turns.

use std::cell::RefCell;
use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::panicking;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::guard::Guard;
use super::stall_policy::OwnerActivity;
use crate::client::{Client, Network};
use crate::node::ConnectionState;
use crate::record::RecordKind;

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

/// What owner and guard share.
///
/// # The lock and forks
///
/// A child of a fork has the forking thread only, and whatever another thread had locked stays locked there for ever.
/// The client's own lock is no matter: the child never touches its parent's clients. But a thread that waits for a lock
/// of `parking_lot` stands in a table that the whole process shares, each bucket of which has a lock of its own, and
/// the child's own clients use the same table. Whoever forks must not leave a bucket locked behind. So:
///
/// - The guard only ever tries to lock, and never stands in the table.
/// - The owner, who may wait, is the thread that forks, and does not fork while it waits.
/// - The guard visits the table only where it lets go of the lock while the owner waits for it. The owner may run before
///   the guard has left the bucket: therefore it waits for the guard to have left (`is_letting_go`) before it goes on.
///
/// PHP with threads forks only where it has one.
#[derive(Debug)]
pub(super) struct Shared<N> {
    client: Mutex<Client<N>>,
    /// A panic went through a call of the client: nobody uses it any more.
    is_broken: AtomicBool,
    /// The guard is about to unlock, or has just done so.
    is_letting_go: AtomicBool,
    /// Odd while the owner is inside to step, and never twice the same.
    presence: AtomicU64,
    /// Nanoseconds from `epoch` to the owner's last step.
    stepped_at: AtomicU64,
    /// Nanoseconds from `epoch` to the client's next deadline.
    deadline: AtomicU64,
    epoch: Instant,
    pub(super) wakes: AtomicU64,
    pub(super) turns: AtomicU64,
    pub(super) guard_steps: AtomicU64,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    Ask,
    Step,
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

const NO_DEADLINE: u64 = u64::MAX;
/// How long a manager without events does without a guard.
const SHORT_LIFE: Duration = Duration::from_secs(1);
/// How long a guard that could not start is not tried again, at first and at most.
const REFUSED_FIRST: Duration = Duration::from_secs(1);
const REFUSED_MOST: Duration = Duration::from_secs(60);

impl<N: Watched + Send + 'static> SharedClient<N> {
    /// `stall` is how long the owner may be away while something waits; zero means that there is no guard.
    pub fn new(client: Client<N>, stall: Duration) -> Self {
        let shared = Shared {
            client: Mutex::new(client),
            is_broken: AtomicBool::new(false),
            is_letting_go: AtomicBool::new(false),
            presence: AtomicU64::new(0),
            stepped_at: AtomicU64::new(0),
            deadline: AtomicU64::new(NO_DEADLINE),
            epoch: Instant::now(),
            wakes: AtomicU64::new(0),
            turns: AtomicU64::new(0),
            guard_steps: AtomicU64::new(0),
        };
        Self { guard: RefCell::new(GuardState::NotStarted), shared: Arc::new(shared), stall }
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

impl<N: Network> Shared<N> {
    /// True after a panic within the client.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// A session that is told events is lost by whoever stays away from its first moment on. One that only answers
    /// comes to no harm so soon: a request that sends an action and ends is spared a thread.
    fn needs_guard(&self, client: &Client<N>) -> bool {
        let cluster = client.cluster();
        cluster.ready_servers() > 0 && (cluster.is_told_events() || self.epoch.elapsed() > SHORT_LIFE)
    }

    fn count_presence(&self, purpose: Purpose) {
        if purpose == Purpose::Step {
            self.presence.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// The client, for one step of the guard. `None` where the owner holds it, or nobody may use it any more.
    pub(super) fn try_with<R>(&self, step: impl FnOnce(&mut Client<N>) -> R) -> Option<R> {
        struct Turn<'a, N>(Option<MutexGuard<'a, Client<N>>>, &'a Shared<N>);
        impl<N> Drop for Turn<'_, N> {
            fn drop(&mut self) {
                if panicking() {
                    self.1.is_broken.store(true, Ordering::SeqCst);
                }
                if let Some(client) = self.0.take() {
                    self.1.is_letting_go.store(true, Ordering::SeqCst);
                    // To the owner, where it waits: otherwise the next slice would often be faster.
                    MutexGuard::unlock_fair(client);
                    self.1.is_letting_go.store(false, Ordering::SeqCst);
                }
            }
        }
        let mut turn = Turn(Some(self.client.try_lock()?), self);
        if self.is_broken() {
            return None;
        }
        turn.0.as_mut().map(|client| {
            let outcome = step(client);
            self.publish_deadline(client);
            outcome
        })
    }

    fn publish_step(&self, client: &Client<N>) {
        if let Some(at) = client.stepped_at() {
            // What the owner's leaving shows comes after it.
            self.stepped_at.store(self.nanoseconds(at), Ordering::Relaxed);
        }
    }

    fn publish_deadline(&self, client: &mut Client<N>) {
        let deadline = client.next_timer().map_or(NO_DEADLINE, |at| self.nanoseconds(at));
        self.deadline.store(deadline, Ordering::SeqCst);
    }

    fn nanoseconds(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_nanos()).unwrap_or(NO_DEADLINE)
    }

    pub(super) fn owner(&self) -> OwnerActivity {
        let presence = self.presence.load(Ordering::SeqCst);
        let stepped_at = self.epoch + Duration::from_nanos(self.stepped_at.load(Ordering::Relaxed));
        OwnerActivity { presence, stepped_at }
    }

    pub(super) fn deadline(&self) -> Option<Instant> {
        let nanoseconds = self.deadline.load(Ordering::SeqCst);
        (nanoseconds != NO_DEADLINE).then(|| self.epoch + Duration::from_nanos(nanoseconds))
    }
}
