//! The bridges of one server: who is in which.

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::keys::{BridgeKey, ChannelKey, OfBridge, Slab};
use super::texts::cut;

/// A place where channels talk.
#[derive(Debug)]
pub struct Bridge {
    id: Box<[u8]>,
    is_basic: bool,
    is_holding: bool,
    members: SmallVec<[ChannelKey; 2]>,
    presence: Presence,
    /// The last list that had it.
    pub(super) listed: u32,
}

/// What is known of a bridge beside its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// It was created, or a list had it.
    Known,
    /// Only its members name it: it is gone with the last of them.
    Named,
}

/// A table of bridges.
#[derive(Debug, Default)]
pub(super) struct Bridges {
    slab: Slab<OfBridge, Bridge>,
    by_id: FxHashMap<Box<[u8]>, BridgeKey>,
}

/// What an event or a list says of a bridge's kind; empty where it says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kind<'f> {
    pub(super) bridge_type: &'f [u8],
    pub(super) technology: &'f [u8],
}

impl Bridge {
    /// Asterisk's id.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// True for a bridge of two parties: all of its members have one Linkedid (`bridge_basic.c`).
    #[must_use]
    pub fn is_basic(&self) -> bool {
        self.is_basic
    }

    /// True where its members hear music, not each other.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        self.is_holding
    }

    /// The channels in it.
    #[must_use]
    pub fn members(&self) -> &[ChannelKey] {
        &self.members
    }

    /// True where Asterisk told of it, and not only of a channel in it.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.presence == Presence::Known
    }

    fn learn(&mut self, kind: Kind<'_>) {
        if !kind.bridge_type.is_empty() {
            self.is_basic = kind.bridge_type == b"basic";
        }
        if !kind.technology.is_empty() {
            self.is_holding = kind.technology == b"holding_bridge";
        }
    }
}

impl Bridges {
    pub(super) fn len(&self) -> usize {
        self.slab.len()
    }

    pub(super) fn get(&self, key: BridgeKey) -> Option<&Bridge> {
        self.slab.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (BridgeKey, &Bridge)> {
        self.slab.iter()
    }

    pub(super) fn by_id(&self, id: &[u8]) -> Option<BridgeKey> {
        self.by_id.get(cut(id)).copied()
    }

    /// Asterisk told of it.
    pub(super) fn create(&mut self, id: &[u8], kind: Kind<'_>, listed: u32) -> BridgeKey {
        let key = self.named(id);
        if let Some(bridge) = self.slab.get_mut(key) {
            bridge.presence = Presence::Known;
            bridge.listed = listed;
            bridge.learn(kind);
        }
        key
    }

    /// It is gone, once its members are.
    pub(super) fn destroy(&mut self, key: BridgeKey) {
        if let Some(bridge) = self.slab.get_mut(key) {
            bridge.presence = Presence::Named;
        }
        self.forget_if_done(key);
    }

    pub(super) fn enter(&mut self, id: &[u8], kind: Kind<'_>, channel: ChannelKey) -> BridgeKey {
        let key = self.named(id);
        if let Some(bridge) = self.slab.get_mut(key) {
            bridge.learn(kind);
            if !bridge.members.contains(&channel) {
                bridge.members.push(channel);
            }
        }
        key
    }

    pub(super) fn leave(&mut self, key: BridgeKey, channel: ChannelKey) {
        if let Some(bridge) = self.slab.get_mut(key) {
            bridge.members.retain(|member| *member != channel);
        }
        self.forget_if_done(key);
    }

    /// Bridges that this list did not have, though Asterisk told of them.
    pub(super) fn unlisted(&self, listed: u32) -> Vec<BridgeKey> {
        let is_missing = |bridge: &Bridge| bridge.is_known() && bridge.listed != listed;
        self.slab.iter().filter(|(_, bridge)| is_missing(bridge)).map(|(key, _)| key).collect()
    }

    pub(super) fn memory(&self) -> usize {
        self.slab.len() * (size_of::<Bridge>() + 2 * ID_BYTES + size_of::<(Box<[u8]>, BridgeKey)>() * 2)
    }

    fn named(&mut self, id: &[u8]) -> BridgeKey {
        let id = cut(id);
        if let Some(key) = self.by_id.get(id) {
            return *key;
        }
        let key = self.slab.insert(Bridge {
            id: id.into(),
            is_basic: false,
            is_holding: false,
            members: SmallVec::new(),
            presence: Presence::Named,
            listed: 0,
        });
        self.by_id.insert(id.into(), key);
        key
    }

    fn forget_if_done(&mut self, key: BridgeKey) {
        let is_done = |bridge: &Bridge| bridge.members.is_empty() && !bridge.is_known();
        if self.slab.get(key).is_some_and(is_done)
            && let Some(bridge) = self.slab.remove(key)
        {
            self.by_id.remove(&bridge.id);
        }
    }
}

/// A UUID in text.
const ID_BYTES: usize = 36;
