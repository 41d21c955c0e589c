//! All channels of a server.

use std::collections::{BTreeMap, HashMap};

use super::channel::Channel;

/// Channels, ordered by age. They are found by their Uniqueid without a search.
#[derive(Debug, Default)]
pub(crate) struct Channels {
    by_birth: BTreeMap<u64, Channel>,
    births: HashMap<Vec<u8>, u64>,
    made: u64,
    /// Number of channels whose Uniqueid an older channel has. A `ChannelId` may be used twice.
    doubles: usize,
}

impl Channels {
    pub(crate) fn len(&self) -> usize {
        self.by_birth.len()
    }

    /// The oldest channel with this Uniqueid.
    pub(crate) fn find(&self, unique_id: &[u8]) -> Option<&Channel> {
        self.by_birth.get(self.births.get(unique_id)?)
    }

    pub(crate) fn find_mut(&mut self, unique_id: &[u8]) -> Option<&mut Channel> {
        self.by_birth.get_mut(self.births.get(unique_id)?)
    }

    /// All channels, oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Channel> {
        self.by_birth.values()
    }

    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Channel> {
        self.by_birth.values_mut()
    }

    pub(crate) fn push(&mut self, channel: Channel) {
        let birth = self.made;
        self.made += 1;
        let oldest = *self.births.entry(channel.unique_id.clone()).or_insert(birth);
        self.doubles += usize::from(oldest != birth);
        self.by_birth.insert(birth, channel);
    }

    /// Removes the oldest channel with this Uniqueid.
    pub(crate) fn remove(&mut self, unique_id: &[u8]) -> Option<Channel> {
        let channel = self.by_birth.remove(&self.births.remove(unique_id)?)?;
        if self.doubles > 0 {
            let mut others = self.by_birth.iter().filter(|(_, other)| other.unique_id == unique_id);
            if let Some((birth, _)) = others.next() {
                self.births.insert(unique_id.to_vec(), *birth);
                self.doubles -= 1;
            }
        }
        Some(channel)
    }

    pub(crate) fn clear(&mut self) {
        *self = Self { made: self.made, ..Self::default() };
    }
}
