//! The ids of ended objects, kept for as long as late events or list items may name them.

use std::collections::VecDeque;
use std::hash::Hasher as _;
use std::time::{Duration, Instant};

use rustc_hash::{FxHashMap, FxHasher};

/// When each object ended, by its id. An id is kept for a fixed time. Above the bound the oldest ids are dropped.
///
/// Only a hash of each id is stored. Two ids with the same 64 bits would count as one: the model would take a new
/// object for the ended one until the next list.
#[derive(Debug)]
pub(super) struct Tombs {
    kept_for: Duration,
    count_max: usize,
    ended_at: FxHashMap<u64, Instant>,
    by_age: VecDeque<(Instant, u64)>,
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
        let id = hash_of(id);
        self.ended_at.insert(id, now);
        self.by_age.push_back((now, id));
    }

    pub(super) fn has(&self, id: &[u8], now: Instant) -> bool {
        !self.ended_at.is_empty()
            && self.ended_at.get(&hash_of(id)).is_some_and(|at| now < *at + self.kept_for)
    }

    /// Forgets an id because a new object has it.
    pub(super) fn remove(&mut self, id: &[u8]) {
        if !self.ended_at.is_empty() {
            self.ended_at.remove(&hash_of(id));
        }
    }

    /// Forgets the ids whose time is over, and returns the memory of tables that are mostly empty.
    pub(super) fn forget_old(&mut self, now: Instant) {
        while self.by_age.front().is_some_and(|(at, _)| *at + self.kept_for <= now) {
            self.forget_oldest();
        }
        let kept = KEPT_CAPACITY.max(2 * self.by_age.len());
        if self.by_age.capacity() > 2 * kept {
            self.by_age.shrink_to(kept);
            self.ended_at.shrink_to(kept);
        }
    }

    /// Allocated bytes. A table of `hashbrown` has a control byte for each entry, and an eighth of it stays empty.
    pub(super) fn memory(&self) -> usize {
        let entries = self.ended_at.capacity() / 7 * 8;
        entries * (size_of::<(u64, Instant)>() + 1) + self.by_age.capacity() * size_of::<(Instant, u64)>()
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

/// Number of ids for which an idle table keeps its memory.
const KEPT_CAPACITY: usize = 64;

fn hash_of(id: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(id);
    hasher.finish()
}

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
        assert!(tombs.by_age.is_empty() && tombs.ended_at.is_empty());
    }

    #[test]
    fn many_ids_take_little_memory_and_leave_none_behind() {
        let (second, now) = (Duration::from_secs(1), Instant::now());
        let mut tombs = Tombs::new(10 * second, 20_000);
        for number in 0..50_000 {
            tombs.insert(format!("1700000000.{number}").as_bytes(), now);
        }
        assert_eq!(tombs.by_age.len(), 20_000);
        assert!((30_001..50_000).all(|number| tombs.has(format!("1700000000.{number}").as_bytes(), now)));
        let entries = 20_000 * (size_of::<(u64, Instant)>() + size_of::<(Instant, u64)>());
        assert!((entries..2 * entries).contains(&tombs.memory()), "{} bytes", tombs.memory());
        tombs.insert(b"later", now + 10 * second);
        assert!(tombs.memory() < 10_000, "{} bytes are left", tombs.memory());
    }

    #[test]
    fn tables_keep_room_for_as_many_ids_again_and_small_ones_their_memory() {
        let (second, now) = (Duration::from_secs(1), Instant::now());
        let mut tombs = Tombs::new(10 * second, 20_000);
        for number in 0..100_u32 {
            tombs.insert(&number.to_be_bytes(), now);
        }
        let small = tombs.by_age.capacity();
        assert!(small <= 2 * KEPT_CAPACITY, "{small}");
        tombs.forget_old(now + 10 * second);
        assert_eq!(tombs.by_age.capacity(), small);
        for number in 0..5_000_u32 {
            let at = if number < 4_500 { now } else { now + second };
            tombs.insert(&number.to_be_bytes(), at);
        }
        tombs.forget_old(now + 10 * second);
        assert_eq!(tombs.by_age.len(), 500);
        assert!((1_000..2_000).contains(&tombs.by_age.capacity()), "{}", tombs.by_age.capacity());
        assert!((1_000..4_000).contains(&tombs.ended_at.capacity()), "{}", tombs.ended_at.capacity());
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
