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
    pages: Vec<Box<[Place<T>; PAGE]>>,
    /// Number of places that were used, all before the others.
    places: u32,
    free: Vec<u32>,
    /// The generation of a new place. It is above those of all places whose memory was freed.
    first_generation: u32,
    of: PhantomData<fn() -> Of>,
}

/// Number of places of a page. A table of few objects takes one.
const PAGE: usize = 8;
/// Number of pages that an empty table keeps.
const PAGES_KEPT: usize = 8;
/// Capacity of a list of pages with one page.
const FIRST_PAGES: usize = 4;

/// A place begins with a line of the processor's caches, and with what tells whether a key is of its object. `repr(u32)`
/// keeps both in front of the object.
#[derive(Debug)]
#[repr(u32, align(64))]
enum Place<T> {
    Free { generation: u32 },
    Taken { generation: u32, object: T },
}

impl<T> Place<T> {
    fn generation(&self) -> u32 {
        match self {
            Self::Free { generation } | Self::Taken { generation, .. } => *generation,
        }
    }

    /// True if a key of this generation is the key of its object.
    fn is_of(&self, generation: u32) -> bool {
        matches!(self, Self::Taken { generation: own, .. } if *own == generation)
    }

    fn object(&self) -> Option<&T> {
        match self {
            Self::Free { .. } => None,
            Self::Taken { object, .. } => Some(object),
        }
    }

    fn object_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Free { .. } => None,
            Self::Taken { object, .. } => Some(object),
        }
    }
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
        let index = self.free.pop().unwrap_or_else(|| {
            if self.is_full() {
                let generation = self.first_generation;
                self.pages.push(Box::new(std::array::from_fn(|_| Place::Free { generation })));
            }
            self.places += 1;
            self.places - 1
        });
        let mut generation = self.first_generation;
        if let Some(place) = self.place_mut(index) {
            generation = place.generation();
            *place = Place::Taken { generation, object };
        }
        Key { index, generation, of: PhantomData }
    }

    pub(super) fn get(&self, key: Key<Of>) -> Option<&T> {
        self.place(key.index).filter(|place| place.is_of(key.generation))?.object()
    }

    pub(super) fn get_mut(&mut self, key: Key<Of>) -> Option<&mut T> {
        self.place_of(key)?.object_mut()
    }

    pub(super) fn remove(&mut self, key: Key<Of>) -> Option<T> {
        let free = Place::Free { generation: key.generation.wrapping_add(1) };
        let Place::Taken { object, .. } = std::mem::replace(self.place_of(key)?, free) else { return None };
        self.free.push(key.index);
        if self.len() == 0 {
            self.give_back();
        }
        Some(object)
    }

    /// All objects, in the order of their places.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Key<Of>, &T)> {
        (0_u32..).zip(self.used_places()).filter_map(|(index, place)| {
            let key = Key { index, generation: place.generation(), of: PhantomData };
            place.object().map(|object| (key, object))
        })
    }

    /// All objects, to be changed.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.pages.iter_mut().flat_map(|page| page.iter_mut()).filter_map(Place::object_mut)
    }

    /// The object at a place, and its key.
    pub(super) fn at(&self, index: u32) -> Option<(Key<Of>, &T)> {
        let place = self.place(index)?;
        let key = Key { index, generation: place.generation(), of: PhantomData };
        place.object().map(|object| (key, object))
    }

    /// Bytes of memory, without the allocations of the objects themselves.
    pub(super) fn memory(&self) -> usize {
        self.pages.len() * size_of::<[Place<T>; PAGE]>()
            + self.pages.capacity() * size_of::<Box<[Place<T>; PAGE]>>()
            + self.free.capacity() * size_of::<u32>()
    }

    /// Bytes by which the next object makes the table grow.
    pub(super) fn growth(&self) -> usize {
        if !self.free.is_empty() || !self.is_full() {
            return 0;
        }
        // A full list of pages doubles.
        let is_doubled = self.pages.len() == self.pages.capacity();
        let doubled = if is_doubled { self.pages.capacity().max(FIRST_PAGES) } else { 0 };
        size_of::<[Place<T>; PAGE]>() + doubled * size_of::<Box<[Place<T>; PAGE]>>()
    }

    /// True if all places were used.
    fn is_full(&self) -> bool {
        self.places as usize == self.pages.len() * PAGE
    }

    fn used_places(&self) -> impl Iterator<Item = &Place<T>> {
        self.pages.iter().flat_map(|page| page.iter()).take(self.places as usize)
    }

    fn place(&self, index: u32) -> Option<&Place<T>> {
        Some(&self.pages.get(index as usize / PAGE)?[index as usize % PAGE])
    }

    fn place_mut(&mut self, index: u32) -> Option<&mut Place<T>> {
        Some(&mut self.pages.get_mut(index as usize / PAGE)?[index as usize % PAGE])
    }

    /// The place of the object with this key.
    fn place_of(&mut self, key: Key<Of>) -> Option<&mut Place<T>> {
        self.place_mut(key.index).filter(|place| place.is_of(key.generation))
    }

    /// Frees the memory of an empty table, unless it is small.
    fn give_back(&mut self) {
        if self.pages.len() > PAGES_KEPT {
            let generations = self.used_places().map(Place::generation);
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
        assert_eq!(slab.get_mut(first), None);
        assert_eq!(slab.get_mut(second), Some(&mut "second"));
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
        assert_eq!(slab.memory(), growth);
        assert_eq!(slab.growth(), 0);
        assert!(keys.iter().all(|key| slab.get(*key).is_none()));
    }
}
