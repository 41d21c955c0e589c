//! Ids of what has ended, for as long as something late may name them.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

/// Ids and when each ended: kept for a time, and of too many the youngest.
#[derive(Debug)]
pub(super) struct Tombs {
    kept_for: Duration,
    count_max: usize,
    ended_at: FxHashMap<Box<[u8]>, Instant>,
    by_age: VecDeque<(Instant, Box<[u8]>)>,
}

impl Tombs {
    pub(super) fn new(kept_for: Duration, count_max: usize) -> Self {
        Self { kept_for, count_max, ended_at: FxHashMap::default(), by_age: VecDeque::new() }
    }

    pub(super) fn insert(&mut self, id: &[u8], now: Instant) {
        self.forget_old(now);
        if self.by_age.len() >= self.count_max {
            self.forget_oldest();
        }
        self.ended_at.insert(id.into(), now);
        self.by_age.push_back((now, id.into()));
    }

    pub(super) fn has(&self, id: &[u8], now: Instant) -> bool {
        !self.ended_at.is_empty() && self.ended_at.get(id).is_some_and(|at| now < *at + self.kept_for)
    }

    /// The id is that of something new.
    pub(super) fn remove(&mut self, id: &[u8]) {
        if !self.ended_at.is_empty() {
            self.ended_at.remove(id);
        }
    }

    pub(super) fn forget_old(&mut self, now: Instant) {
        while self.by_age.front().is_some_and(|(at, _)| *at + self.kept_for <= now) {
            self.forget_oldest();
        }
        if self.by_age.is_empty() && self.by_age.capacity() > KEPT_CAPACITY {
            (self.by_age, self.ended_at) = (VecDeque::new(), FxHashMap::default());
        }
    }

    pub(super) fn memory(&self) -> usize {
        self.by_age.len() * TOMB_BYTES
    }

    fn forget_oldest(&mut self) {
        // The same id may have ended again since.
        if let Some((at, id)) = self.by_age.pop_front()
            && self.ended_at.get(&id) == Some(&at)
        {
            self.ended_at.remove(&id);
        }
    }
}

/// Tombs for which an idle table keeps the room.
const KEPT_CAPACITY: usize = 64;

/// Two entries with their ids.
const TOMB_BYTES: usize = 112;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_known_for_its_time_and_of_too_many_the_youngest() {
        let (second, now) = (Duration::from_secs(1), Instant::now());
        let mut tombs = Tombs::new(10 * second, 2);
        tombs.insert(b"a", now);
        assert!(tombs.has(b"a", now + 9 * second) && !tombs.has(b"a", now + 10 * second));
        tombs.insert(b"b", now);
        tombs.insert(b"c", now);
        assert!(!tombs.has(b"a", now) && tombs.has(b"b", now) && tombs.has(b"c", now));
        tombs.remove(b"c");
        assert!(!tombs.has(b"c", now));
        tombs.forget_old(now + 10 * second);
        assert_eq!(tombs.memory(), 0);
    }

    #[test]
    fn an_id_that_ended_twice_is_known_since_its_second_end() {
        let (second, now) = (Duration::from_secs(1), Instant::now());
        let mut tombs = Tombs::new(10 * second, 5);
        tombs.insert(b"a", now);
        tombs.insert(b"a", now + 5 * second);
        tombs.forget_old(now + 12 * second);
        assert!(tombs.has(b"a", now + 12 * second));
    }
}
