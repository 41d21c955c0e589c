//! Finds objects by their texts.

use std::hash::Hasher as _;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use super::keys::{Key, Slab};

/// Finds the objects of a [`Slab`] by their texts, for example by their ids. The texts are in the objects, and are not
/// stored again.
#[derive(Debug, Default)]
pub(super) struct Index(HashTable<Entry>);

/// A place in the table of objects, with the hash of a text of the object there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    hash: u32,
    place: u32,
}

/// Capacity that an empty index keeps.
const KEPT_CAPACITY: usize = 64;
/// Bytes of an index with one entry.
const FIRST_BYTES: usize = 64;

impl Index {
    /// The object for which `has_text` is true, which has to be so for one object with this text at most.
    pub(super) fn find<'s, Of, T>(
        &self,
        text: &[u8],
        objects: &'s Slab<Of, T>,
        has_text: impl Fn(&T) -> bool,
    ) -> Option<(Key<Of>, &'s T)> {
        let hash = hash(text);
        let is_it = |entry: &Entry| {
            entry.hash == hash && objects.at(entry.place).is_some_and(|(_, object)| has_text(object))
        };
        objects.at(self.0.find(spread(hash), is_it)?.place)
    }

    /// Adds a text of the object with this key.
    pub(super) fn insert<Of>(&mut self, text: &[u8], key: Key<Of>) {
        let entry = Entry { hash: hash(text), place: key.place() };
        self.0.insert_unique(spread(entry.hash), entry, |entry| spread(entry.hash));
    }

    /// Removes a text of the object with this key.
    pub(super) fn remove<Of>(&mut self, text: &[u8], key: Key<Of>) {
        let entry = Entry { hash: hash(text), place: key.place() };
        if let Ok(found) = self.0.find_entry(spread(entry.hash), |other| *other == entry) {
            found.remove();
        }
        if self.0.is_empty() && self.0.capacity() > KEPT_CAPACITY {
            self.0 = HashTable::new();
        }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.0.allocation_size()
    }

    /// Bytes by which the next text makes the index grow.
    pub(super) fn growth(&self) -> usize {
        // A full table doubles.
        if self.0.len() < self.0.capacity() { 0 } else { self.memory().max(FIRST_BYTES) }
    }
}

fn hash(text: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(text);
    u32::try_from(hasher.finish() >> 32).unwrap_or_default()
}

/// A hash as the table wants it: it takes the place from the lower bits, and a tag from the upper ones.
fn spread(hash: u32) -> u64 {
    u64::from(hash) << 32 | u64::from(hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::keys::OfCall;

    #[test]
    fn an_object_is_found_by_each_of_its_texts_until_the_text_is_removed() {
        let mut objects = Slab::<OfCall, Vec<String>>::default();
        let mut index = Index::default();
        let text = |number: usize, of: usize| format!("1700000000.{}", 2 * number + of);
        let keys: Vec<_> =
            (0..1_000).map(|number| objects.insert(vec![text(number, 0), text(number, 1)])).collect();
        for (number, key) in keys.iter().enumerate() {
            index.insert(text(number, 0).as_bytes(), *key);
            index.insert(text(number, 1).as_bytes(), *key);
        }
        let find = |index: &Index, text: &str| {
            let has_text = |texts: &Vec<String>| texts.iter().any(|own| own == text);
            index.find(text.as_bytes(), &objects, has_text).map(|(key, _)| key)
        };
        for (number, key) in keys.iter().enumerate() {
            assert_eq!(find(&index, &text(number, 0)), Some(*key));
            assert_eq!(find(&index, &text(number, 1)), Some(*key));
        }
        assert_eq!(find(&index, "1700000000.5000"), None);
        index.remove(text(7, 0).as_bytes(), keys[8]);
        assert_eq!(find(&index, &text(7, 0)), Some(keys[7]), "another object has it");
        index.remove(text(7, 0).as_bytes(), keys[7]);
        assert_eq!((find(&index, &text(7, 0)), find(&index, &text(7, 1))), (None, Some(keys[7])));
    }

    #[test]
    fn a_text_with_the_hash_of_another_one_does_not_find_its_object() {
        // Among so many texts two have the same 32 bits.
        let mut texts = std::collections::HashMap::new();
        let text = |number: u32| format!("1700000000.{number}");
        let (one, other) = (0..1_000_000)
            .find_map(|number| {
                Some((texts.insert(hash(text(number).as_bytes()), text(number))?, text(number)))
            })
            .expect("two with the same hash");
        let mut objects = Slab::<OfCall, String>::default();
        let mut index = Index::default();
        let key = objects.insert(one.clone());
        index.insert(one.as_bytes(), key);
        let find = |text: &str| index.find(text.as_bytes(), &objects, |own| own == text).map(|(key, _)| key);
        assert_eq!((find(&one), find(&other)), (Some(key), None));
    }

    #[test]
    fn an_index_knows_its_memory_and_an_empty_one_gives_it_back() {
        let mut objects = Slab::<OfCall, ()>::default();
        let mut index = Index::default();
        let keys: Vec<_> = (0..1_000).map(|_| objects.insert(())).collect();
        for (number, key) in keys.iter().enumerate() {
            let (before, growth) = (index.memory(), index.growth());
            index.insert(number.to_string().as_bytes(), *key);
            let grown = index.memory() - before;
            assert!(
                grown <= growth + FIRST_BYTES && growth <= grown + FIRST_BYTES,
                "{grown} instead of {growth}"
            );
        }
        assert!((8 * 1_000..30 * 1_000).contains(&index.memory()), "{}", index.memory());
        for (number, key) in keys.iter().enumerate() {
            index.remove(number.to_string().as_bytes(), *key);
        }
        assert_eq!(index.memory(), 0);
    }
}
