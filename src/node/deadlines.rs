//! When the actions on their way are given up: nearly always in the order in which they were sent.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

/// Deadlines of actions. One that comes after all others, as with one timeout for all it does, is kept in a row from
/// which it falls when its turn comes; only those that come earlier are sorted.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// In order. Those of actions that have ended stay until they are the first.
    row: VecDeque<(Instant, u64)>,
    early: BTreeSet<(Instant, u64)>,
}

impl Deadlines {
    pub(super) fn insert(&mut self, deadline: Instant, sequence: u64) {
        if self.row.back().is_none_or(|(last, _)| *last <= deadline) {
            self.row.push_back((deadline, sequence));
        } else {
            self.early.insert((deadline, sequence));
        }
    }

    /// The action ended. `is_live` tells of those that have not, `live` how many these are.
    pub(super) fn remove(
        &mut self,
        deadline: Instant,
        sequence: u64,
        live: usize,
        is_live: impl Fn(u64) -> bool,
    ) {
        if !self.early.is_empty() {
            self.early.remove(&(deadline, sequence));
        }
        while self.row.front().is_some_and(|(_, first)| !is_live(*first)) {
            self.row.pop_front();
        }
        // One action that takes long must not keep the places of all that came after it.
        let most = 2 * live + 64;
        if self.row.len() > most {
            self.row.retain(|(_, sequence)| is_live(*sequence));
            self.row.shrink_to(most);
        }
    }

    /// The earliest of an action that has not ended.
    pub(super) fn first(&self) -> Option<(Instant, u64)> {
        self.row.front().into_iter().chain(self.early.first()).min().copied()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_first_is_the_earliest_that_has_not_ended_whatever_the_order() {
        let start = Instant::now();
        let mut random = fastrand::Rng::with_seed(3);
        for longest in [1, 30, 10_000] {
            let (mut deadlines, mut live) = (Deadlines::default(), BTreeMap::new());
            for sequence in 0..5_000 {
                let deadline = start + Duration::from_millis(sequence + random.u64(0..longest));
                deadlines.insert(deadline, sequence);
                live.insert(sequence, deadline);
                if random.u8(0..8) > 2 {
                    let at = if random.bool() { 0 } else { random.usize(0..live.len()) };
                    let (&ended, &deadline) = live.iter().nth(at).unwrap();
                    live.remove(&ended);
                    deadlines.remove(deadline, ended, live.len(), |sequence| live.contains_key(&sequence));
                }
                let expected = live.iter().map(|(sequence, deadline)| (*deadline, *sequence)).min();
                assert_eq!(deadlines.first(), expected);
                assert!(deadlines.row.len() <= 2 * live.len() + 65, "ended ones are forgotten");
            }
        }
    }

    #[test]
    fn those_that_take_long_keep_no_more_places_than_they_are_worth() {
        let (start, mut deadlines) = (Instant::now(), Deadlines::default());
        let is_live = |sequence| sequence < 3;
        for sequence in 0..1_000 {
            let deadline = start + Duration::from_millis(sequence);
            deadlines.insert(deadline, sequence);
            if !is_live(sequence) {
                deadlines.remove(deadline, sequence, 3, is_live);
            }
            // Three live ones may have seventy places; the ended one beyond that clears all but theirs.
            let places = if sequence < 70 { sequence + 1 } else { 3 + (sequence - 70) % 68 };
            assert_eq!(deadlines.row.len() as u64, places, "after action {sequence}");
        }
        assert_eq!(deadlines.row.capacity(), 70);
        assert_eq!(deadlines.first(), Some((start, 0)));
    }
}
