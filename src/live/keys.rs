//! Names of the model's objects: a place of a table and its generation, so that a key of what is gone finds nothing.

use std::fmt;
use std::marker::PhantomData;

/// A place of one table.
pub struct Key<Of> {
    index: u32,
    generation: u32,
    of: PhantomData<fn() -> Of>,
}

/// Marks the keys of channels.
#[derive(Debug)]
pub enum OfChannel {}
/// Marks the keys of calls.
#[derive(Debug)]
pub enum OfCall {}
/// Marks the keys of bridges.
#[derive(Debug)]
pub enum OfBridge {}

/// Names a channel.
pub type ChannelKey = Key<OfChannel>;
/// Names a call.
pub type CallKey = Key<OfCall>;
/// Names a bridge.
pub type BridgeKey = Key<OfBridge>;

impl<Of> Clone for Key<Of> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<Of> Copy for Key<Of> {}

impl<Of> PartialEq for Key<Of> {
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.generation) == (other.index, other.generation)
    }
}

impl<Of> Eq for Key<Of> {}

impl<Of> fmt::Debug for Key<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.index, self.generation)
    }
}

/// Objects in places that are used again, each time under a new generation.
#[derive(Debug)]
pub(super) struct Slab<Of, T> {
    entries: Vec<Place<T>>,
    free: Vec<u32>,
    of: PhantomData<fn() -> Of>,
}

#[derive(Debug)]
struct Place<T> {
    generation: u32,
    object: Option<T>,
}

impl<Of, T> Default for Slab<Of, T> {
    fn default() -> Self {
        Self { entries: Vec::new(), free: Vec::new(), of: PhantomData }
    }
}

impl<Of, T> Slab<Of, T> {
    pub(super) fn len(&self) -> usize {
        self.entries.len() - self.free.len()
    }

    pub(super) fn insert(&mut self, object: T) -> Key<Of> {
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(Place { generation: 0, object: None });
            // Every table has a bound far below.
            u32::try_from(self.entries.len() - 1).unwrap_or(u32::MAX)
        });
        let entry = &mut self.entries[index as usize];
        entry.object = Some(object);
        Key { index, generation: entry.generation, of: PhantomData }
    }

    pub(super) fn get(&self, key: Key<Of>) -> Option<&T> {
        let entry = self.entries.get(key.index as usize)?;
        entry.object.as_ref().filter(|_| entry.generation == key.generation)
    }

    pub(super) fn get_mut(&mut self, key: Key<Of>) -> Option<&mut T> {
        let entry = self.entries.get_mut(key.index as usize)?;
        entry.object.as_mut().filter(|_| entry.generation == key.generation)
    }

    pub(super) fn remove(&mut self, key: Key<Of>) -> Option<T> {
        let entry = self.entries.get_mut(key.index as usize)?;
        let object = entry.object.take_if(|_| entry.generation == key.generation)?;
        entry.generation = entry.generation.wrapping_add(1);
        self.free.push(key.index);
        if self.len() == 0 {
            self.give_back();
        }
        Some(object)
    }

    /// What there is, by place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key<Of>, &T)> {
        (0_u32..).zip(&self.entries).filter_map(|(index, entry)| {
            let key = Key { index, generation: entry.generation, of: PhantomData };
            entry.object.as_ref().map(|object| (key, object))
        })
    }

    /// The index of a key, for a table that finds keys by their objects.
    pub(super) fn index_of(key: Key<Of>) -> u32 {
        key.index
    }

    /// The object and its key at an index.
    pub(super) fn at(&self, index: u32) -> Option<(Key<Of>, &T)> {
        let entry = self.entries.get(index as usize)?;
        let key = Key { index, generation: entry.generation, of: PhantomData };
        entry.object.as_ref().map(|object| (key, object))
    }

    /// Memory of a rush hour goes back; generations must stay, so the places do where there are few.
    fn give_back(&mut self) {
        self.free.shrink_to(self.entries.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_what_is_gone_finds_nothing_when_its_place_is_used_again() {
        let mut slab = Slab::<OfChannel, &str>::default();
        let (first, other) = (slab.insert("first"), slab.insert("other"));
        assert_eq!(slab.remove(first), Some("first"));
        let second = slab.insert("second");
        assert_eq!((slab.get(first), slab.get(second)), (None, Some(&"second")));
        assert_eq!((slab.remove(first), slab.len()), (None, 2));
        assert_eq!(slab.iter().map(|(key, _)| key).collect::<Vec<_>>(), [second, other]);
    }
}
