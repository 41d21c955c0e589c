//! The channels of one server, found by id and by name.

use std::time::Duration;

use super::channel::{Channel, ChannelRef, Extent};
use super::index::Index;
use super::keys::{CallKey, ChannelKey, OfChannel, Slab};
use super::snapshot::{Field, Snapshot};

/// A table of channels.
#[derive(Debug, Default)]
pub(super) struct Channels {
    slab: Slab<OfChannel, Channel>,
    by_id: Index,
    by_name: Index,
    /// Bytes of the texts of all channels.
    text_bytes: usize,
}

/// A channel that took another state.
pub(super) struct Taken {
    pub(super) call: CallKey,
    /// True if its Linkedid changed.
    pub(super) is_moved: bool,
}

impl Channels {
    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.text_bytes + self.slab.memory() + self.by_id.memory() + self.by_name.memory()
    }

    /// Bytes by which the next channel makes the tables grow.
    pub(super) fn growth(&self) -> usize {
        self.slab.growth() + self.by_id.growth() + self.by_name.growth()
    }

    pub(super) fn get(&self, key: ChannelKey) -> Option<&Channel> {
        self.slab.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (ChannelKey, &Channel)> {
        self.slab.iter()
    }

    pub(super) fn by_id(&self, id: &[u8]) -> Option<(ChannelKey, &Channel)> {
        self.by_id.find(id, &self.slab, |channel| channel.unique_id() == id)
    }

    pub(super) fn by_name(&self, name: &[u8]) -> Option<(ChannelKey, &Channel)> {
        self.by_name.find(name, &self.slab, |channel| channel.name() == name)
    }

    pub(super) fn insert(&mut self, channel: Channel) -> ChannelKey {
        self.text_bytes += channel.text_memory();
        let key = self.slab.insert(channel);
        self.enter(key);
        key
    }

    pub(super) fn remove(&mut self, key: ChannelKey) -> Option<Channel> {
        self.withdraw(key);
        let channel = self.slab.remove(key)?;
        self.text_bytes -= channel.text_memory();
        Some(channel)
    }

    /// Changes anything but the name and the id, by which the indexes find a channel.
    pub(super) fn change<R>(&mut self, key: ChannelKey, change: impl FnOnce(&mut Channel) -> R) -> Option<R> {
        let channel = self.slab.get_mut(key)?;
        let before = channel.text_memory();
        let result = change(channel);
        self.text_bytes = self.text_bytes + channel.text_memory() - before;
        Some(result)
    }

    /// Gives out a reference to a channel.
    pub(super) fn refer(&mut self, key: ChannelKey) -> Option<ChannelRef> {
        let channel = self.slab.get_mut(key)?;
        Some(channel.reference.get_or_insert_with(|| ChannelRef::new(key)).clone())
    }

    /// Gives a channel the state of a snapshot with its id. `None` if nothing changed. Asterisk does not change a
    /// channel's name. If the name changes nevertheless, the new name finds the channel.
    pub(super) fn take(
        &mut self,
        key: ChannelKey,
        snapshot: &Snapshot<'_>,
        extent: Extent,
        now: Duration,
    ) -> Option<Taken> {
        let mut channel = self.slab.get_mut(key)?;
        let is_renamed = extent != Extent::Silent && channel.name() != snapshot.text(Field::Name);
        if is_renamed {
            self.rename(key, snapshot.text(Field::Name));
            channel = self.slab.get_mut(key)?;
        }
        let (before, is_moved) = (channel.text_memory(), channel.linked_id() != snapshot.linked_id());
        let is_changed = channel.take(snapshot, extent, now) || is_renamed;
        self.text_bytes = self.text_bytes + channel.text_memory() - before;
        is_changed.then_some(Taken { call: channel.call, is_moved })
    }

    #[cold]
    fn rename(&mut self, key: ChannelKey, name: &[u8]) {
        self.withdraw(key);
        self.change(key, |channel| channel.set_name(name));
        self.enter(key);
    }

    fn enter(&mut self, key: ChannelKey) {
        if let Some(channel) = self.slab.get(key) {
            self.by_id.insert(channel.unique_id(), key);
            self.by_name.insert(channel.name(), key);
        }
    }

    fn withdraw(&mut self, key: ChannelKey) {
        if let Some(channel) = self.slab.get(key) {
            self.by_id.remove(channel.unique_id(), key);
            self.by_name.remove(channel.name(), key);
        }
    }
}

impl Drop for Channels {
    /// Ends all references when the model is dropped.
    fn drop(&mut self) {
        let keys: Vec<_> = self.slab.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(channel) = self.slab.remove(key) {
                channel.close();
            }
        }
    }
}
