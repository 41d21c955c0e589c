//! What the owner of a client and the stall guard share: the client behind its lock, and what each shows the other.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::panicking;
use std::time::{Duration, Instant};

use parking_lot::{Mutex, MutexGuard};

use super::stall_policy::OwnerActivity;
use crate::client::{Client, Network};

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
    pub(super) client: Mutex<Client<N>>,
    /// A panic went through a call of the client: nobody uses it any more.
    pub(super) is_broken: AtomicBool,
    /// The guard is about to unlock, or has just done so.
    pub(super) is_letting_go: AtomicBool,
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

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    Ask,
    Step,
}

const NO_DEADLINE: u64 = u64::MAX;
/// How long a manager without events does without a guard.
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

    /// True after a panic within the client.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::SeqCst)
    }

    /// A session that is told events is lost by whoever stays away from its first moment on. One that only answers
    /// comes to no harm so soon: a request that sends an action and ends is spared a thread.
    pub(super) fn needs_guard(&self, client: &Client<N>) -> bool {
        let cluster = client.cluster();
        cluster.ready_servers() > 0 && (cluster.is_told_events() || self.epoch.elapsed() > SHORT_LIFE)
    }

    pub(super) fn count_presence(&self, purpose: Purpose) {
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

    pub(super) fn publish_step(&self, client: &Client<N>) {
        if let Some(at) = client.stepped_at() {
            // What the owner's leaving shows comes after it.
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
