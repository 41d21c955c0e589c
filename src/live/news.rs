//! Changes that are not reported yet, in the order of their reports.

use std::collections::VecDeque;

use bitflags::Flags;

/// Entries to report, oldest first. A seal keeps later entries apart from the entries so far, because something else
/// is delivered between them.
#[derive(Debug)]
pub(super) struct NewsQueue<T> {
    entries: VecDeque<T>,
    /// Number of entries to report before any later ones.
    sealed: Option<usize>,
}

impl<T> Default for NewsQueue<T> {
    fn default() -> Self {
        Self { entries: VecDeque::new(), sealed: None }
    }
}

impl<T> NewsQueue<T> {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.entries.capacity() * size_of::<T>()
    }

    /// Bytes by which the next entry makes the queue grow.
    pub(super) fn growth(&self) -> usize {
        // A full queue doubles.
        if self.entries.len() < self.entries.capacity() { 0 } else { self.memory() }
    }

    pub(super) fn push(&mut self, entry: T) {
        self.entries.push_back(entry);
    }

    /// The oldest entry. `None` follows the last sealed entry.
    pub(super) fn pop(&mut self) -> Option<T> {
        if self.sealed == Some(0) {
            return None;
        }
        self.drop_oldest()
    }

    /// Takes the oldest entry, sealed or not, to make room.
    pub(super) fn drop_oldest(&mut self) -> Option<T> {
        let entry = self.entries.pop_front();
        self.sealed = self.sealed.map(|left| left.saturating_sub(usize::from(entry.is_some())));
        entry
    }

    pub(super) fn seal(&mut self) {
        self.sealed.get_or_insert(self.entries.len());
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }

    pub(super) fn unseal(&mut self) {
        self.sealed = None;
    }

    /// Removes all entries and the seal.
    pub(super) fn clear(&mut self) {
        self.entries.clear();
        self.sealed = None;
    }
}

/// The unreported changes of one object, which has at most two entries in a [`NewsQueue`]: one for each set that is not
/// empty.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Unreported<C> {
    pub(super) now: C,
    /// Changes after a seal.
    later: C,
}

impl<C: Flags + Copy + Default> Unreported<C> {
    /// Adds changes. True if they need an entry.
    pub(super) fn add(&mut self, changes: C, is_sealed: bool) -> bool {
        let set = if is_sealed { &mut self.later } else { &mut self.now };
        let needs_entry = set.is_empty();
        *set = set.union(changes);
        needs_entry
    }

    /// Takes the changes of the oldest entry.
    pub(super) fn take(&mut self) -> C {
        if self.now.is_empty() {
            // All changes came after the seal.
            return std::mem::take(&mut self.later);
        }
        self.forget()
    }

    /// Takes the changes of the oldest entry, but none from after a seal.
    pub(super) fn forget(&mut self) -> C {
        std::mem::replace(&mut self.now, std::mem::take(&mut self.later))
    }

    /// Takes all changes.
    pub(super) fn take_all(&mut self) -> C {
        std::mem::take(&mut self.now).union(std::mem::take(&mut self.later))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::edge::Edges;

    #[test]
    fn what_is_said_after_a_seal_waits_for_its_end() {
        let mut queue = NewsQueue::default();
        assert!(queue.is_empty() && queue.pop().is_none());
        for entry in [1, 2] {
            queue.push(entry);
        }
        assert!(!queue.is_sealed());
        queue.seal();
        queue.push(3);
        queue.seal();
        assert_eq!((queue.len(), queue.is_sealed(), queue.is_empty()), (3, true, false));
        assert_eq!([queue.pop(), queue.pop(), queue.pop()], [Some(1), Some(2), None]);
        assert_eq!((queue.len(), queue.is_empty()), (1, false));
        queue.unseal();
        assert_eq!([queue.pop(), queue.pop()], [Some(3), None]);
        assert!(queue.is_empty());
    }

    #[test]
    fn the_oldest_entry_makes_room_though_it_is_sealed() {
        let mut queue = NewsQueue::default();
        for entry in [1, 2] {
            queue.push(entry);
        }
        queue.seal();
        queue.push(3);
        assert_eq!(queue.drop_oldest(), Some(1));
        assert_eq!([queue.pop(), queue.pop()], [Some(2), None]);
        assert_eq!((queue.drop_oldest(), queue.drop_oldest()), (Some(3), None));
        queue.push(4);
        queue.clear();
        assert!(queue.is_empty() && !queue.is_sealed());
    }

    #[test]
    fn a_queue_knows_its_memory_and_by_what_it_grows() {
        let mut queue = NewsQueue::default();
        for entry in 0..1_000_u64 {
            let (before, growth) = (queue.memory(), queue.growth());
            queue.push(entry);
            assert!(queue.memory() <= before + growth.max(64), "{} after {before}", queue.memory());
        }
        assert!((8_000..=16_000).contains(&queue.memory()), "{}", queue.memory());
    }

    #[test]
    fn changes_of_one_object_have_an_entry_before_a_seal_and_one_after_it() {
        let mut unreported = Unreported::default();
        assert!(unreported.add(Edges::STARTED, false), "the first one needs an entry");
        assert!(!unreported.add(Edges::RINGING, false));
        assert!(unreported.add(Edges::ANSWERED, true), "the first one after the seal, too");
        assert!(!unreported.add(Edges::HELD, true));
        let mut all = unreported;
        assert_eq!(unreported.take(), Edges::STARTED | Edges::RINGING);
        assert_eq!(unreported.take(), Edges::ANSWERED | Edges::HELD);
        assert!(unreported.take().is_empty());
        assert!(unreported.add(Edges::ENDED, true));
        assert_eq!(unreported.take(), Edges::ENDED, "there is nothing from before the seal");
        assert!(all.take_all().contains(Edges::HELD) && all.take_all().is_empty());
        assert!(all.forget().is_empty());
    }
}
