//! What belongs to the actions of one server, in the order in which they were sent.

use std::cmp::Ordering;
use std::collections::VecDeque;

/// Values by the sequence of their action.
///
/// Sequences grow, and Asterisk answers in the order of the actions: a value is appended, and is nearly always the first
/// one when it is taken. Any other is found by a binary search.
#[derive(Debug)]
pub struct SequenceRow<V> {
    /// By sequence. The first one has a value.
    places: VecDeque<(u64, Option<V>)>,
    /// Number of values.
    len: usize,
}

/// An idle row keeps room for this many values.
pub(super) const KEPT_CAPACITY: usize = 64;

impl<V> SequenceRow<V> {
    /// Number of values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if there is no value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Adds the value of an action, nearly always of the one that was sent last.
    pub fn insert(&mut self, sequence: u64, value: V) {
        let place = (sequence, Some(value));
        if self.places.back().is_none_or(|(last, _)| *last < sequence) {
            self.places.push_back(place);
        } else {
            let at = self.places.partition_point(|(earlier, _)| *earlier < sequence);
            self.places.insert(at, place);
        }
        self.len += 1;
    }

    /// The value of an action.
    #[must_use]
    pub fn get(&self, sequence: u64) -> Option<&V> {
        self.places.get(self.find(sequence)?)?.1.as_ref()
    }

    /// As `get`.
    pub fn get_mut(&mut self, sequence: u64) -> Option<&mut V> {
        let at = self.find(sequence)?;
        self.places.get_mut(at)?.1.as_mut()
    }

    /// Takes the value of an action.
    pub fn remove(&mut self, sequence: u64) -> Option<V> {
        let at = self.find(sequence)?;
        let value = match at {
            0 => self.places.pop_front()?.1,
            _ => self.places.get_mut(at)?.1.take(),
        }?;
        self.len -= 1;
        while self.places.front().is_some_and(|(_, first)| first.is_none()) {
            self.places.pop_front();
        }
        if self.places.len() > 2 * self.len + KEPT_CAPACITY {
            // A slow action at the front must not keep the places of all later ones.
            self.places.retain(|(_, value)| value.is_some());
            self.places.shrink_to(2 * self.len + KEPT_CAPACITY);
        }
        Some(value)
    }

    /// Gives most memory of an empty row back. Not done by `remove`: the next actions would need it again.
    pub fn shrink(&mut self) {
        if self.is_empty() && self.places.capacity() > KEPT_CAPACITY {
            self.places = VecDeque::new();
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.places.capacity()
    }

    /// The values with their sequences, in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &V)> {
        self.places.iter().filter_map(|(sequence, value)| Some((*sequence, value.as_ref()?)))
    }

    #[inline]
    fn find(&self, sequence: u64) -> Option<usize> {
        match self.places.front()?.0.cmp(&sequence) {
            Ordering::Equal => Some(0),
            Ordering::Less => self.places.binary_search_by_key(&sequence, |(sequence, _)| *sequence).ok(),
            Ordering::Greater => None,
        }
    }
}

impl<V> Default for SequenceRow<V> {
    fn default() -> Self {
        Self { places: VecDeque::new(), len: 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_row_has_what_a_map_has_whatever_is_taken() {
        let mut random = fastrand::Rng::with_seed(5);
        for first_of_eight in 0..=8 {
            let (mut row, mut map, mut sequence) = (SequenceRow::default(), BTreeMap::new(), 0);
            for step in 0..4_000 {
                sequence += random.u64(2..1_000);
                // The one before comes later, now and then.
                let is_late = random.u8(0..20) == 0;
                for sequence in if is_late { vec![sequence, sequence - 1] } else { vec![sequence] } {
                    row.insert(sequence, step);
                    map.insert(sequence, step);
                }
                while !map.is_empty() && random.u8(0..8) > 2 {
                    let at = if random.u8(0..8) < first_of_eight { 0 } else { random.usize(0..map.len()) };
                    let (&taken, _) = map.iter().nth(at).unwrap();
                    assert_eq!(row.get(taken), map.get(&taken));
                    assert_eq!(row.get_mut(taken), map.get_mut(&taken));
                    assert_eq!(row.remove(taken), map.remove(&taken));
                    assert_eq!((row.remove(taken), row.get_mut(taken)), (None, None));
                }
                assert_eq!(row.get(sequence + 1), None);
                assert_eq!((row.len(), row.is_empty()), (map.len(), map.is_empty()));
                assert!(row.places.len() <= 2 * map.len() + KEPT_CAPACITY, "places of taken ones are few");
            }
            assert!(row.iter().eq(map.iter().map(|(sequence, value)| (*sequence, value))));
        }
    }

    #[test]
    fn slow_actions_at_the_front_do_not_keep_the_places_of_later_ones_and_the_row_has_room_for_as_many_again()
    {
        for slow in [1, 1_000] {
            let (mut row, mut most) = (SequenceRow::default(), 0);
            (0..slow).for_each(|sequence| row.insert(sequence, sequence));
            for sequence in slow..slow + 10_000 {
                row.insert(sequence, sequence);
                assert_eq!(row.remove(sequence), Some(sequence));
                most = most.max(row.places.len());
            }
            let slow = usize::try_from(slow).unwrap();
            assert_eq!((row.len(), most), (slow, 2 * slow + KEPT_CAPACITY), "all places are used");
            assert_eq!(row.get(0), Some(&0));
            let room = 2 * slow + KEPT_CAPACITY;
            assert!((room..=2 * room).contains(&row.capacity()), "{} for {slow}", row.capacity());
        }
    }

    #[test]
    fn a_row_is_shrunk_only_if_it_is_empty_and_has_been_long() {
        let mut row = SequenceRow::default();
        (0..1_000).for_each(|sequence| row.insert(sequence, sequence));
        row.shrink();
        assert_eq!((row.len(), row.get(999)), (1_000, Some(&999)));
        let mut row = SequenceRow { places: VecDeque::with_capacity(KEPT_CAPACITY), len: 0 };
        row.insert(1, 1);
        row.remove(1);
        let room = row.capacity();
        row.shrink();
        assert_eq!((room, row.capacity()), (KEPT_CAPACITY, KEPT_CAPACITY));
    }

    #[test]
    fn an_idle_row_keeps_little_memory() {
        let mut row = SequenceRow::default();
        (0..10_000).for_each(|sequence| row.insert(sequence, sequence));
        (0..10_000).for_each(|sequence| assert_eq!(row.remove(sequence), Some(sequence)));
        row.shrink();
        assert!(row.places.capacity() <= KEPT_CAPACITY);
    }
}
