//! Work that may take long or never end, on detached threads: it blocks neither the caller nor the end of the
//! process.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use mio::Waker;

use super::thread;
use crate::vocabulary::LinkId;

/// Wakes the thread that takes the outcomes. Empty while there is no such thread.
#[derive(Clone, Default)]
pub(super) struct OutcomeWaker(Arc<Mutex<Option<Waker>>>);

impl OutcomeWaker {
    /// Uses this waker from now on.
    pub(super) fn set_waker(&self, waker: Option<Waker>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = waker;
    }

    fn wake(&self) {
        if let Some(waker) = &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = waker.wake();
        }
    }
}

/// Runs each job on its own thread, at most `threads_max` at once; further jobs wait for their turn. A request
/// for a job that already exists waits for the same outcome, so a job that hangs occupies one thread, however
/// often it is requested.
pub(super) struct Offload<K, V> {
    thread_name: &'static str,
    threads_max: usize,
    jobs: HashMap<K, Job<V>>,
    /// Jobs that have no thread yet.
    turns: VecDeque<K>,
    running: usize,
    /// Jobs for which the system gave no thread.
    refused: VecDeque<(K, io::Error)>,
    sender: Sender<(K, V)>,
    outcomes: Receiver<(K, V)>,
    outcome_waker: OutcomeWaker,
}

struct Job<V> {
    links: Vec<LinkId>,
    /// The work to do; `None` once a thread runs it.
    work: Option<Work<V>>,
}

type Work<V> = Box<dyn FnOnce() -> V + Send>;

/// The outcome of a job, for each link that still waits for it.
pub(super) struct Outcome<V> {
    pub(super) links: Vec<LinkId>,
    /// An error if the system gave no thread.
    pub(super) value: io::Result<V>,
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Send + 'static> Offload<K, V> {
    pub(super) fn new(thread_name: &'static str, threads_max: usize, outcome_waker: OutcomeWaker) -> Self {
        let (sender, outcomes) = channel();
        Self {
            thread_name,
            threads_max,
            jobs: HashMap::new(),
            turns: VecDeque::new(),
            running: 0,
            refused: VecDeque::new(),
            sender,
            outcomes,
            outcome_waker,
        }
    }

    /// Requests a job for a link, which waits for its outcome.
    pub(super) fn ask(&mut self, link: LinkId, key: K, work: impl FnOnce() -> V + Send + 'static) {
        if let Some(job) = self.jobs.get_mut(&key) {
            job.links.push(link);
            return;
        }
        self.jobs.insert(key.clone(), Job { links: vec![link], work: Some(Box::new(work)) });
        self.turns.push_back(key);
        self.start();
    }

    /// Notes that a link no longer waits for a job. A job that no link waits for is not started.
    pub(super) fn forget(&mut self, link: LinkId, key: &K) {
        let Some(job) = self.jobs.get_mut(key) else { return };
        job.links.retain(|waiting| *waiting != link);
        if job.links.is_empty() && job.work.is_some() {
            self.jobs.remove(key);
            self.turns.retain(|waiting| waiting != key);
        }
    }

    /// The next outcome that has arrived.
    pub(super) fn next(&mut self) -> Option<Outcome<V>> {
        let (key, value) = if let Some((key, error)) = self.refused.pop_front() {
            (key, Err(error))
        } else {
            let (key, value) = self.outcomes.try_recv().ok()?;
            self.running -= 1;
            (key, Ok(value))
        };
        let links = self.jobs.remove(&key).map(|job| job.links).unwrap_or_default();
        self.start();
        Some(Outcome { links, value })
    }

    fn start(&mut self) {
        while self.running < self.threads_max
            && let Some(key) = self.turns.pop_front()
        {
            let Some(work) = self.jobs.get_mut(&key).and_then(|job| job.work.take()) else { continue };
            let (sender, outcome_waker, asked) =
                (self.sender.clone(), self.outcome_waker.clone(), key.clone());
            let started = thread::spawn(self.thread_name, move || {
                // Sending fails if the client is gone. Then there is no thread to wake.
                if sender.send((asked, work())).is_ok() {
                    outcome_waker.wake();
                }
            });
            match started {
                Ok(_) => self.running += 1,
                Err(error) => {
                    self.refused.push_back((key, error));
                    self.outcome_waker.wake();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::ServerId;
    use std::sync::mpsc::Receiver;
    use std::time::{Duration, Instant};

    const PATIENCE: Duration = Duration::from_secs(10);

    fn link(number: u32) -> LinkId {
        LinkId { server: ServerId::of_index(0), number }
    }

    /// Jobs that end when the test ends them.
    struct Fixture {
        offload: Offload<u32, u32>,
        begun: (Sender<u32>, Receiver<u32>),
        ends: HashMap<u32, Sender<()>>,
    }

    impl Fixture {
        fn new(threads_max: usize) -> Self {
            let offload = Offload::new("test", threads_max, OutcomeWaker::default());
            Self { offload, begun: channel(), ends: HashMap::new() }
        }

        fn ask(&mut self, number: u32, key: u32) {
            let (end, ending) = channel();
            self.ends.entry(key).or_insert(end);
            let begun = self.begun.0.clone();
            self.offload.ask(link(number), key, move || {
                let _ = begun.send(key);
                let _ = ending.recv();
                key
            });
        }

        fn begun(&self) -> u32 {
            self.begun.1.recv_timeout(PATIENCE).expect("a job begins")
        }

        fn end(&mut self, key: u32) -> Vec<LinkId> {
            self.ends.remove(&key);
            let end = Instant::now() + PATIENCE;
            loop {
                assert!(Instant::now() < end, "an outcome");
                if let Some(outcome) = self.offload.next() {
                    assert_eq!(outcome.value.expect("a thread"), key);
                    return outcome.links;
                }
                std::thread::yield_now();
            }
        }
    }

    #[test]
    fn jobs_beyond_the_bound_wait_for_their_turn() {
        let mut fixture = Fixture::new(2);
        (0..300).for_each(|key| fixture.ask(key, key));
        let mut first = [fixture.begun(), fixture.begun()];
        first.sort_unstable();
        assert_eq!((first, fixture.offload.running), ([0, 1], 2));
        assert!(fixture.begun.1.try_recv().is_err(), "two at once");
        assert_eq!(fixture.end(1), [link(1)]);
        assert_eq!((fixture.begun(), fixture.offload.running), (2, 2));
    }

    #[test]
    fn who_asks_for_what_is_asked_already_waits_for_the_same_thread() {
        let mut fixture = Fixture::new(2);
        (0..5).for_each(|number| fixture.ask(number, 7));
        assert_eq!((fixture.begun(), fixture.offload.running), (7, 1));
        fixture.offload.forget(link(3), &7);
        assert_eq!(fixture.end(7), [link(0), link(1), link(2), link(4)]);
        assert!(fixture.offload.jobs.is_empty());
    }

    #[test]
    fn what_nobody_waits_for_any_more_leaves_nothing_and_is_not_begun() {
        let mut fixture = Fixture::new(1);
        fixture.ask(0, 0);
        fixture.begun();
        for number in 1..100 {
            fixture.ask(number, 1);
            fixture.offload.forget(link(number), &1);
        }
        assert_eq!((fixture.offload.jobs.len(), fixture.offload.turns.len()), (1, 0));
        fixture.ask(100, 2);
        fixture.offload.forget(link(0), &0);
        assert_eq!(fixture.end(0), [], "it ran, for nobody");
        assert_eq!(fixture.begun(), 2);
    }
}
