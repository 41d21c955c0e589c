//! Changes that are not reported yet, in the order of their reports.

use std::collections::VecDeque;

/// A set of changes.
pub(super) trait ChangeSet: Copy + Default {
    fn is_empty(self) -> bool;

    /// The union of both sets.
    fn and(self, others: Self) -> Self;
}

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

impl<C: ChangeSet> Unreported<C> {
    /// Adds changes. True if they need an entry.
    pub(super) fn add(&mut self, changes: C, is_sealed: bool) -> bool {
        let set = if is_sealed { &mut self.later } else { &mut self.now };
        let needs_entry = set.is_empty();
        *set = set.and(changes);
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
        std::mem::take(&mut self.now).and(std::mem::take(&mut self.later))
    }
}
