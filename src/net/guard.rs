//! The stall guard: a thread that keeps the sessions alive while their owner is away.
//!
//! Asterisk closes an AMI session whose client stops reading: with its default `writetimeout` of 100 ms a
//! listener that blocks during a burst loses the session and every event until the next one. So while the
//! owner does not come, this thread steps for it. It calls nobody: what comes waits in the bounded queues.

use std::io;
use std::ops::{Deref, DerefMut};
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

use super::thread;
use super::watch::{Do, Owner, Watch};
use crate::client::{Client, Network};

const READY: Token = Token(0);
const DOORBELL: Token = Token(1);

/// A client that its owner and the guard take in turns.
///
/// The owner locks it for each call and lets go of it before anything of PHP runs. Only a visit that steps
/// shows the guard that the owner is there: asking for health does not read any socket. In a forked child the
/// guard does not exist and the lock may be held by nobody who could let go: there the whole value has to be
/// forgotten, not dropped.
#[derive(Debug)]
pub struct SharedClient<N: Network + Send + 'static> {
    shared: Arc<Shared<N>>,
    stall: Duration,
    /// Readable when the client has something to do.
    watched: Option<RawFd>,
    guard: OnceLock<Thread>,
}

#[derive(Debug)]
struct Thread {
    handle: JoinHandle<()>,
    doorbell: Waker,
}

#[derive(Debug)]
struct Shared<N> {
    client: Mutex<Client<N>>,
    /// Odd while the owner is inside to step, and never twice the same.
    presence: AtomicU64,
    /// Nanoseconds from `epoch` to the owner's last step.
    stepped_at: AtomicU64,
    /// Nanoseconds from `epoch` to the client's next deadline.
    deadline: AtomicU64,
    epoch: Instant,
    is_stopped: AtomicBool,
    wakes: AtomicU64,
    slices: AtomicU64,
}

/// The client, for one call of its owner.
#[derive(Debug)]
pub struct Visit<'a, N: Network + Send + 'static> {
    client: MutexGuard<'a, Client<N>>,
    owner: &'a SharedClient<N>,
    purpose: Purpose,
    /// Something may be other than before: who only asked has nothing to tell.
    is_changed: bool,
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
    /// How often it stepped for its owner.
    pub slices: u64,
}

const NO_DEADLINE: u64 = u64::MAX;
/// How long a manager without events does without a guard.
const SHORT_LIFE: Duration = Duration::from_secs(1);

impl<N: Network + Send + 'static> SharedClient<N> {
    /// `stall` is how long the owner may be away while something waits; zero, or nothing to watch, means
    /// that there is no guard.
    pub fn new(client: Client<N>, stall: Duration, watched: Option<RawFd>) -> Self {
        let shared = Shared {
            client: Mutex::new(client),
            presence: AtomicU64::new(0),
            stepped_at: AtomicU64::new(0),
            deadline: AtomicU64::new(NO_DEADLINE),
            epoch: Instant::now(),
            is_stopped: AtomicBool::new(false),
            wakes: AtomicU64::new(0),
            slices: AtomicU64::new(0),
        };
        Self { shared: Arc::new(shared), stall, watched, guard: OnceLock::new() }
    }

    /// The client, for a call that does not step, as soon as the guard's slice is over. `None` after a panic
    /// within it.
    pub fn lock(&self) -> Option<Visit<'_, N>> {
        self.visit(Purpose::Ask)
    }

    /// The client, for a call that steps.
    pub fn lock_to_step(&self) -> Option<Visit<'_, N>> {
        self.visit(Purpose::Step)
    }

    fn visit(&self, purpose: Purpose) -> Option<Visit<'_, N>> {
        self.shared.count_presence(purpose);
        let Ok(client) = self.shared.client.lock() else {
            self.shared.count_presence(purpose);
            return None;
        };
        Some(Visit { client, owner: self, purpose, is_changed: false })
    }

    /// What the guard did so far.
    #[must_use]
    pub fn counters(&self) -> GuardCounters {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        GuardCounters { wakes: read(&self.shared.wakes), slices: read(&self.shared.slices) }
    }

    /// Starts the guard when the first Ready session may suffer: before that nobody waits for us to read. The client's lock
    /// is held, so that only one is started.
    fn start_guard(&self, watched: RawFd) -> io::Result<()> {
        let poll = Poll::new()?;
        poll.registry().register(&mut SourceFd(&watched), READY, Interest::READABLE)?;
        let doorbell = Waker::new(poll.registry(), DOORBELL)?;
        let (shared, stall) = (Arc::clone(&self.shared), self.stall);
        let handle = thread::spawn("ami-guard", move || shared.guard(poll, watched, stall))?;
        let _ = self.guard.set(Thread { handle, doorbell });
        Ok(())
    }
}

impl<N: Network + Send + 'static> Drop for SharedClient<N> {
    fn drop(&mut self) {
        if let Some(Thread { handle, doorbell }) = self.guard.take() {
            self.shared.is_stopped.store(true, Ordering::SeqCst);
            let _ = doorbell.wake();
            handle.thread().unpark();
            let _ = handle.join();
        }
    }
}

impl<N: Network + Send + 'static> Deref for Visit<'_, N> {
    type Target = Client<N>;

    fn deref(&self) -> &Client<N> {
        &self.client
    }
}

impl<N: Network + Send + 'static> DerefMut for Visit<'_, N> {
    fn deref_mut(&mut self) -> &mut Client<N> {
        self.is_changed = true;
        &mut self.client
    }
}

impl<N: Network + Send + 'static> Drop for Visit<'_, N> {
    fn drop(&mut self) {
        if self.is_changed {
            self.client.rest();
            self.owner.shared.publish_deadline(&mut self.client);
        }
        if self.purpose == Purpose::Step {
            self.owner.shared.publish_step(&self.client);
        }
        // Every tick comes by here several times.
        if self.owner.guard.get().is_none()
            && let Some(watched) = self.owner.watched
            && !self.owner.stall.is_zero()
            && self.owner.shared.needs_guard(&self.client)
        {
            // Without a thread the sessions are as safe as any other client's.
            let _ = self.owner.start_guard(watched);
        }
        self.owner.shared.count_presence(self.purpose);
    }
}

impl<N: Network> Shared<N> {
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

    fn guard(&self, mut poll: Poll, watched: RawFd, stall: Duration) {
        let mut events = Events::with_capacity(2);
        let mut watch = Watch::new(stall);
        while !self.is_stopped.load(Ordering::SeqCst) {
            match watch.next(self.owner(), self.deadline(), Instant::now()) {
                Do::WaitForWork { until } => {
                    let longest = until.map(|until| until.saturating_duration_since(Instant::now()));
                    // Woken early it asks again; a wait that fails must not become a busy loop.
                    if poll.poll(&mut events, longest).is_err() {
                        std::thread::park_timeout(stall);
                    }
                    watch.on_wake(!events.is_empty());
                    self.wakes.fetch_add(1, Ordering::Relaxed);
                }
                Do::Look => {
                    // An earlier wait may have taken the edge of what is there: registered anew, it is told again.
                    let asked = poll
                        .registry()
                        .reregister(&mut SourceFd(&watched), READY, Interest::READABLE)
                        .and_then(|()| poll.poll(&mut events, Some(Duration::ZERO)));
                    watch.on_wake(asked.is_ok() && !events.is_empty());
                    self.wakes.fetch_add(1, Ordering::Relaxed);
                }
                Do::WaitForOwner { until } => {
                    std::thread::park_timeout(until.saturating_duration_since(Instant::now()));
                }
                Do::Slice => {
                    let outcome = self.slice();
                    if outcome.is_none() {
                        std::thread::yield_now();
                    }
                    watch.on_slice(outcome);
                }
            }
        }
    }

    /// One step for the owner. `None` where the owner holds the client; otherwise whether more is left to read.
    fn slice(&self) -> Option<bool> {
        let mut client = match self.client.try_lock() {
            Ok(client) => client,
            Err(TryLockError::WouldBlock | TryLockError::Poisoned(_)) => return None,
        };
        self.slices.fetch_add(1, Ordering::Relaxed);
        let more = client.step(Duration::ZERO).is_ok_and(|report| report.more);
        // The owner's event loop must find out about what was queued.
        client.rest();
        self.publish_deadline(&mut client);
        Some(more)
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

    fn owner(&self) -> Owner {
        let presence = self.presence.load(Ordering::SeqCst);
        let stepped_at = self.epoch + Duration::from_nanos(self.stepped_at.load(Ordering::Relaxed));
        Owner { presence, stepped_at }
    }

    fn deadline(&self) -> Option<Instant> {
        let nanoseconds = self.deadline.load(Ordering::SeqCst);
        (nanoseconds != NO_DEADLINE).then(|| self.epoch + Duration::from_nanos(nanoseconds))
    }
}
