//! The channels of one server, found by id and by name.

use std::hash::BuildHasher as _;
use std::time::Duration;

use hashbrown::HashTable;
use rustc_hash::FxBuildHasher;

use super::channel::{Channel, ChannelRef, Extent, Snapshot};
use super::keys::{ChannelKey, OfChannel, Slab};

/// A table of channels.
#[derive(Debug, Default)]
pub(super) struct Channels {
    slab: Slab<OfChannel, Channel>,
    /// Indexes of the slab; the texts are those of the channels.
    by_id: HashTable<u32>,
    by_name: HashTable<u32>,
    bytes: usize,
}

impl Channels {
    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    /// Bytes that its channels take.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn get(&self, key: ChannelKey) -> Option<&Channel> {
        self.slab.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ChannelKey, &Channel)> {
        self.slab.iter()
    }

    pub(super) fn by_id(&self, id: &[u8]) -> Option<ChannelKey> {
        self.find(&self.by_id, id, Channel::unique_id)
    }

    pub(super) fn by_name(&self, name: &[u8]) -> Option<ChannelKey> {
        self.find(&self.by_name, name, Channel::name)
    }

    pub(super) fn insert(&mut self, channel: Channel) -> ChannelKey {
        self.bytes += channel.memory();
        let key = self.slab.insert(channel);
        self.enter(key);
        key
    }

    pub(super) fn remove(&mut self, key: ChannelKey) -> Option<Channel> {
        self.withdraw(key);
        let channel = self.slab.remove(key)?;
        self.bytes -= channel.memory();
        if self.slab.len() == 0 {
            (self.by_id, self.by_name) = (HashTable::new(), HashTable::new());
        }
        Some(channel)
    }

    /// Changes what no index knows.
    pub(super) fn change<R>(&mut self, key: ChannelKey, change: impl FnOnce(&mut Channel) -> R) -> Option<R> {
        let channel = self.slab.get_mut(key)?;
        let before = channel.memory();
        let result = change(channel);
        self.bytes = self.bytes + channel.memory() - before;
        Some(result)
    }

    /// Somebody refers to a channel.
    pub(super) fn refer(&mut self, key: ChannelKey) -> Option<ChannelRef> {
        let channel = self.slab.get_mut(key)?;
        Some(channel.reference.get_or_insert_with(|| ChannelRef::new(key)).clone())
    }

    /// Lets a channel take a state. Asterisk changes neither name nor id; who does is found by the new ones.
    pub(super) fn take(
        &mut self,
        key: ChannelKey,
        snapshot: &Snapshot<'_>,
        extent: Extent,
        now: Duration,
    ) -> bool {
        let Some(channel) = self.slab.get(key) else { return false };
        let is_same = extent == Extent::Silent || snapshot.is_named(channel);
        if !is_same {
            self.withdraw(key);
        }
        let is_changed = self.change(key, |channel| channel.take(snapshot, extent, now));
        if !is_same {
            self.enter(key);
        }
        is_changed.unwrap_or(false)
    }

    fn find(&self, table: &HashTable<u32>, text: &[u8], of: fn(&Channel) -> &[u8]) -> Option<ChannelKey> {
        let is_it = |at: &u32| self.slab.at(*at).is_some_and(|(_, channel)| of(channel) == text);
        let at = table.find(hash(text), is_it)?;
        self.slab.at(*at).map(|(key, _)| key)
    }

    fn enter(&mut self, key: ChannelKey) {
        let Some(channel) = self.slab.get(key) else { return };
        let at = Slab::<OfChannel, Channel>::index_of(key);
        let slab = &self.slab;
        let hash_of = |of: fn(&Channel) -> &[u8]| {
            move |at: &u32| slab.at(*at).map_or(0, |(_, channel)| hash(of(channel)))
        };
        self.by_id.insert_unique(hash(channel.unique_id()), at, hash_of(Channel::unique_id));
        self.by_name.insert_unique(hash(channel.name()), at, hash_of(Channel::name));
    }

    fn withdraw(&mut self, key: ChannelKey) {
        let Some(channel) = self.slab.get(key) else { return };
        let (id, name) = (hash(channel.unique_id()), hash(channel.name()));
        let at = Slab::<OfChannel, Channel>::index_of(key);
        take_out(&mut self.by_id, id, at);
        take_out(&mut self.by_name, name, at);
    }
}

impl Drop for Channels {
    /// As that of the calls.
    fn drop(&mut self) {
        let keys: Vec<_> = self.slab.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(channel) = self.slab.remove(key) {
                channel.close();
            }
        }
    }
}

fn take_out(table: &mut HashTable<u32>, hash: u64, at: u32) {
    if let Ok(entry) = table.find_entry(hash, |other| *other == at) {
        entry.remove();
    }
}

fn hash(text: &[u8]) -> u64 {
    FxBuildHasher.hash_one(text)
}
