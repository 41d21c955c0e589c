//! Deadlines of the pending actions, which nearly always come in the order in which the actions were sent.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

/// Deadlines of actions. A deadline that is not earlier than the last one, as with one timeout for all actions, is
/// appended to a queue. Only earlier ones are kept sorted.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    /// In order. The deadline of an action that has ended stays until it comes first, or until the row is too long.
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

    /// Removes the deadline of an action that has ended. `is_live` is true for those that
    /// have not, `live` is their number.
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
        // Only the end of the first one lets others come first.
        if self.row.front().is_some_and(|(_, first)| *first == sequence) {
            self.row.pop_front();
            while self.row.front().is_some_and(|(_, first)| !is_live(*first)) {
                self.row.pop_front();
            }
        }
        // A slow action at the front must not keep the entries of all later actions.
        let most = 2 * live + 64;
        if self.row.len() > most {
            self.row.retain(|(_, sequence)| is_live(*sequence));
            self.row.shrink_to(most);
        }
    }

    /// The earliest deadline of an action that has not ended, with its sequence.
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
            // Three live actions allow 2 * 3 + 64 = 70 entries. The next one removes the entries of all ended actions.
            let places = if sequence < 70 { sequence + 1 } else { 3 + (sequence - 70) % 68 };
            assert_eq!(deadlines.row.len() as u64, places, "after action {sequence}");
        }
        assert_eq!(deadlines.row.capacity(), 70);
        assert_eq!(deadlines.first(), Some((start, 0)));
    }
}
