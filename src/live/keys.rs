//! Keys of the model's objects. A key is an index in a table and a generation, so the key of a removed object
//! finds nothing.

use std::fmt;
use std::marker::PhantomData;

/// The key of an object in one table.
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

/// The key of a channel.
pub type ChannelKey = Key<OfChannel>;
/// The key of a call.
pub type CallKey = Key<OfCall>;
/// The key of a bridge.
pub type BridgeKey = Key<OfBridge>;

impl<Of> Key<Of> {
    /// The place of the object in its table.
    pub(super) fn place(self) -> u32 {
        self.index
    }
}

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

/// A table of objects. A free place is used again under a new generation. The table grows by pages, so that no object is
/// moved.
#[derive(Debug)]
pub(super) struct Slab<Of, T> {
    /// All pages but the last are full.
    pages: Vec<Vec<Place<T>>>,
    places: u32,
    free: Vec<u32>,
    /// The generation of a new place. It is above those of all places whose memory was freed.
    first_generation: u32,
    of: PhantomData<fn() -> Of>,
}

/// Number of places of a page. A table of few objects takes one.
const PAGE: usize = 16;
/// Number of pages that an empty table keeps.
const PAGES_KEPT: usize = 4;

#[derive(Debug)]
struct Place<T> {
    generation: u32,
    object: Option<T>,
}

impl<Of, T> Default for Slab<Of, T> {
    fn default() -> Self {
        Self { pages: Vec::new(), places: 0, free: Vec::new(), first_generation: 0, of: PhantomData }
    }
}

impl<Of, T> Slab<Of, T> {
    pub(super) fn len(&self) -> usize {
        self.places as usize - self.free.len()
    }

    pub(super) fn insert(&mut self, object: T) -> Key<Of> {
        if let Some(index) = self.free.pop()
            && let Some(place) = self.place_mut(index)
        {
            place.object = Some(object);
            return Key { index, generation: place.generation, of: PhantomData };
        }
        if self.is_full() {
            self.pages.push(Vec::with_capacity(PAGE));
        }
        let (index, generation) = (self.places, self.first_generation);
        if let Some(page) = self.pages.last_mut() {
            page.push(Place { generation, object: Some(object) });
            self.places += 1;
        }
        Key { index, generation, of: PhantomData }
    }

    pub(super) fn get(&self, key: Key<Of>) -> Option<&T> {
        let place = self.place(key.index)?;
        place.object.as_ref().filter(|_| place.generation == key.generation)
    }

    pub(super) fn get_mut(&mut self, key: Key<Of>) -> Option<&mut T> {
        let place = self.place_mut(key.index)?;
        place.object.as_mut().filter(|_| place.generation == key.generation)
    }

    pub(super) fn remove(&mut self, key: Key<Of>) -> Option<T> {
        let place = self.place_mut(key.index)?;
        let object = place.object.take_if(|_| place.generation == key.generation)?;
        place.generation = place.generation.wrapping_add(1);
        self.free.push(key.index);
        if self.len() == 0 {
            self.give_back();
        }
        Some(object)
    }

    /// All objects, in the order of their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key<Of>, &T)> {
        (0_u32..).zip(self.pages.iter().flatten()).filter_map(|(index, place)| {
            let key = Key { index, generation: place.generation, of: PhantomData };
            place.object.as_ref().map(|object| (key, object))
        })
    }

    /// All objects, to be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pages.iter_mut().flatten().filter_map(|place| place.object.as_mut())
    }

    /// The object at a place, and its key.
    pub(super) fn at(&self, index: u32) -> Option<(Key<Of>, &T)> {
        let place = self.place(index)?;
        let key = Key { index, generation: place.generation, of: PhantomData };
        place.object.as_ref().map(|object| (key, object))
    }

    /// Bytes of memory, without the allocations of the objects themselves.
    pub(super) fn memory(&self) -> usize {
        self.pages.len() * PAGE * size_of::<Place<T>>()
            + self.pages.capacity() * size_of::<Vec<Place<T>>>()
            + self.free.capacity() * size_of::<u32>()
    }

    /// Bytes by which the next object makes the table grow, without those of the list of pages.
    pub(super) fn growth(&self) -> usize {
        if self.free.is_empty() && self.is_full() { PAGE * size_of::<Place<T>>() } else { 0 }
    }

    /// True if there is no page, or if the last one is full.
    fn is_full(&self) -> bool {
        (self.places as usize).is_multiple_of(PAGE)
    }

    fn place(&self, index: u32) -> Option<&Place<T>> {
        self.pages.get(index as usize / PAGE)?.get(index as usize % PAGE)
    }

    fn place_mut(&mut self, index: u32) -> Option<&mut Place<T>> {
        self.pages.get_mut(index as usize / PAGE)?.get_mut(index as usize % PAGE)
    }

    /// Frees the memory of an empty table, unless it is small.
    fn give_back(&mut self) {
        if self.pages.len() > PAGES_KEPT {
            let generations = self.pages.iter().flatten().map(|place| place.generation);
            self.first_generation = generations.max().unwrap_or_default().wrapping_add(1);
            (self.pages, self.places, self.free) = (Vec::new(), 0, Vec::new());
        }
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
    #[test]
    fn an_empty_table_gives_its_memory_back_and_its_old_keys_find_nothing_afterwards() {
        let mut slab = Slab::<OfChannel, usize>::default();
        let keys: Vec<_> = (0..1_000).map(|number| slab.insert(number)).collect();
        let places = 1_000 * size_of::<Place<usize>>();
        assert!((places..places * 5 / 4).contains(&slab.memory()), "{} for {places}", slab.memory());
        assert!((0..1_000).all(|number| slab.get(keys[number]) == Some(&number)));
        assert!(slab.iter().map(|(key, _)| key).eq(keys.iter().copied()));
        for key in &keys {
            slab.remove(*key);
        }
        assert_eq!((slab.len(), slab.memory()), (0, 0));
        let growth = slab.growth();
        let new = slab.insert(7);
        assert_eq!((slab.get(new), slab.len()), (Some(&7), 1));
        assert!((growth..growth + 100).contains(&slab.memory()), "{} instead of {growth}", slab.memory());
        assert_eq!(slab.growth(), 0);
        assert!(keys.iter().all(|key| slab.get(*key).is_none()));
    }
}
