//! The state that the owner of a client and the stall guard share: the client behind its lock, and what each of
//! them publishes for the other.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::panicking;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::stall_policy::OwnerActivity;
use crate::client::{Client, Network};

/// The state that owner and guard share.
///
/// # The lock and forks
///
/// A forked child has only the forking thread, and a lock that another thread held at the fork stays locked in
/// the child for ever. The client's own lock does no harm, because the child never touches its parent's
/// clients. But a thread that waits for a lock of `parking_lot` is listed in a table that the whole process
/// shares. Each bucket of this table has its own lock, and the child's own clients use the same table. So no
/// bucket may be locked by another thread while a thread forks. This is ensured as follows:
///
/// - The guard only ever tries to lock the client, so it is never listed in the table.
/// - The owner, which may wait, is the thread that forks, and it does not fork while it waits.
/// - The guard uses the table only when it unlocks the client while the owner waits for the lock. The owner may
///   run before the guard has left the bucket. The owner therefore waits until the guard has left it
///   (`is_letting_go`) before it continues.
///
/// A PHP with threads forks only while it has one thread.
#[derive(Debug)]
pub(super) struct Shared<N> {
    pub(super) client: Mutex<Client<N>>,
    /// A panic went through a call of the client, which must not be used any more.
    pub(super) is_broken: AtomicBool,
    /// The guard is about to unlock the client, or has just unlocked it.
    pub(super) is_letting_go: AtomicBool,
    /// Odd while the owner is inside a step. Every change gives a new number, which is never reused.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Ask,
    Step,
}

const NO_DEADLINE: u64 = u64::MAX;
/// How long a client without events runs without a guard.
const SHORT_LIFE: Duration = Duration::from_secs(1);

impl<N: Network> Shared<N> {
    pub(super) fn new(client: Client<N>) -> Self {
        Self {
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
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// Whether the client needs a guard now. An owner that stays away can lose a session with events from the
    /// session's first moment on. A session that only receives responses is not at risk so soon, so a short
    /// request that sends an action and ends needs no thread. Only a step looks at the clock.
    pub(super) fn needs_guard(&self, client: &Client<N>, purpose: Purpose) -> bool {
        let cluster = client.cluster();
        let is_old = || purpose == Purpose::Step && self.epoch.elapsed() > SHORT_LIFE;
        cluster.ready_servers() > 0 && (cluster.is_told_events() || is_old())
    }

    pub(super) fn count_presence(&self, purpose: Purpose) {
        if purpose == Purpose::Step {
            self.presence.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Locks the client for one step of the guard. `None` if the owner holds it, or if it must not be used any
    /// more.
    pub(super) fn try_with<R>(&self, step: impl FnOnce(&mut Client<N>) -> R) -> Option<R> {
        struct Turn<'a, N>(Option<MutexGuard<'a, Client<N>>>, &'a Shared<N>);
        impl<N> Drop for Turn<'_, N> {
            fn drop(&mut self) {
                if panicking() {
                    self.1.is_broken.store(true, Ordering::SeqCst);
                }
                if let Some(client) = self.0.take() {
                    self.1.is_letting_go.store(true, Ordering::SeqCst);
                    // Hands the lock to the owner if it waits. With a normal unlock the guard's next step would
                    // often lock the client first.
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

    pub(super) fn publish_step(&self, client: &Client<N>) {
        if let Some(at) = client.stepped_at() {
            // `count_presence`, which follows, publishes this store.
            self.stepped_at.store(self.nanoseconds(at), Ordering::Relaxed);
        }
    }

    pub(super) fn publish_deadline(&self, client: &mut Client<N>) {
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
