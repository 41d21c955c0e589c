//! The stall guard: a thread that keeps the sessions alive while their owner is away.
//!
//! Asterisk closes an AMI session whose client stops reading. With Asterisk's default `writetimeout` of 100 ms,
//! a listener that blocks during a burst loses the session and every event until the next one. While the owner
//! is away, this thread therefore runs the client's steps. It calls no listeners: all deliveries wait in the
//! bounded queues.

use std::io;
use std::os::fd::RawFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

use super::shared_state::Shared;
use super::stall_policy::{GuardAction, StallPolicy};
use super::thread;
use crate::client::Network;

const READY: Token = Token(0);
const STOP: Token = Token(1);

/// The guard thread. It ends when this value is dropped.
#[derive(Debug)]
pub(super) struct Guard {
    handle: Option<JoinHandle<()>>,
    is_stopped: Arc<AtomicBool>,
    waker: Waker,
}

impl Guard {
    /// Starts a guard for the client whose input makes `watched` readable.
    ///
    /// # Errors
    ///
    /// The system gives no descriptor or no thread.
    pub(super) fn start<N: Network + Send + 'static>(
        shared: &Arc<Shared<N>>,
        watched: RawFd,
        stall: Duration,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(&mut SourceFd(&watched), READY, Interest::READABLE)?;
        let waker = Waker::new(poll.registry(), STOP)?;
        let is_stopped = Arc::new(AtomicBool::new(false));
        let (shared, is_told) = (Arc::clone(shared), Arc::clone(&is_stopped));
        let handle = thread::spawn("ami-guard", move || {
            Rounds { poll, watched, stall, is_stopped: &is_told }.go(&shared);
        })?;
        Ok(Self { handle: Some(handle), is_stopped, waker })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.is_stopped.store(true, Ordering::SeqCst);
        let _ = self.waker.wake();
        if let Some(handle) = self.handle.take() {
            handle.thread().unpark();
            let _ = handle.join();
        }
    }
}

struct Rounds<'a> {
    poll: Poll,
    watched: RawFd,
    stall: Duration,
    is_stopped: &'a AtomicBool,
}

impl Rounds<'_> {
    fn go<N: Network>(mut self, shared: &Shared<N>) {
        let mut events = Events::with_capacity(2);
        let mut stall_policy = StallPolicy::new(self.stall);
        while !self.is_stopped.load(Ordering::SeqCst) && !shared.is_broken() {
            shared.turns.fetch_add(1, Ordering::Relaxed);
            match stall_policy.next(shared.owner(), shared.deadline(), Instant::now()) {
                GuardAction::WaitForWork { until } => {
                    let longest = until.map(|until| until.saturating_duration_since(Instant::now()));
                    // After an early wake the policy is asked again. A wait that fails must not become a busy
                    // loop.
                    if self.poll.poll(&mut events, longest).is_err() {
                        std::thread::park_timeout(self.stall);
                    }
                    stall_policy.on_wake(!events.is_empty());
                    shared.wakes.fetch_add(1, Ordering::Relaxed);
                }
                GuardAction::Look => {
                    // An earlier wait may have consumed the edge of input that is still there. Registering the
                    // descriptor again reports such input again.
                    let asked = self
                        .poll
                        .registry()
                        .reregister(&mut SourceFd(&self.watched), READY, Interest::READABLE)
                        .and_then(|()| self.poll.poll(&mut events, Some(Duration::ZERO)));
                    stall_policy.on_wake(asked.is_ok() && !events.is_empty());
                    shared.wakes.fetch_add(1, Ordering::Relaxed);
                }
                GuardAction::WaitForOwner { until } => {
                    std::thread::park_timeout(until.saturating_duration_since(Instant::now()));
                }
                GuardAction::Step => {
                    let more = shared.try_with(|client| {
                        shared.guard_steps.fetch_add(1, Ordering::Relaxed);
                        let more = client.step(Duration::ZERO).is_ok_and(|report| report.more);
                        // The owner's event loop must learn that deliveries were queued.
                        client.set_pending_work();
                        more
                    });
                    stall_policy.on_guard_step(more, Instant::now());
                }
            }
        }
    }
}
