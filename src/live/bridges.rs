//! The bridges of one server and the channels in each.

use smallvec::SmallVec;

use super::index::Index;
use super::keys::{BridgeKey, ChannelKey, OfBridge, Slab};
use super::texts::cut;

/// A bridge, which connects the channels in it.
#[derive(Debug)]
pub struct Bridge {
    id: Box<[u8]>,
    is_basic: bool,
    is_holding: bool,
    members: SmallVec<[ChannelKey; 2]>,
    presence: Presence,
    /// Number of the last list that contained it.
    pub(super) listed: u32,
}

/// How a bridge is known, apart from its members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    /// A `BridgeCreate` event or a list named it.
    Known,
    /// Only events or lists of its members named it. It is removed with its last member.
    Named,
}

/// A table of bridges.
#[derive(Debug, Default)]
pub(super) struct Bridges {
    slab: Slab<OfBridge, Bridge>,
    by_id: Index,
}

/// The type of a bridge, as an event or a list gives it. Empty if it is not given.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Kind<'f> {
    pub(super) bridge_type: &'f [u8],
    pub(super) technology: &'f [u8],
}

impl Bridge {
    /// Asterisk's id of the bridge (`BridgeUniqueid`).
    #[must_use]
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// True for a bridge of type `basic`: all its members have the same Linkedid (`bridge_basic.c`).
    #[must_use]
    pub fn is_basic(&self) -> bool {
        self.is_basic
    }

    /// True for a holding bridge, whose members do not hear each other.
    #[must_use]
    pub fn is_holding(&self) -> bool {
        self.is_holding
    }

    /// The channels in it.
    #[must_use]
    pub fn members(&self) -> &[ChannelKey] {
        &self.members
    }

    /// True if Asterisk named the bridge itself, and not only a channel in it.
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
        let id = cut(id);
        self.by_id.find(id, &self.slab, |bridge| *bridge.id == *id).map(|(key, _)| key)
    }

    /// Adds a bridge that Asterisk named.
    pub(super) fn create(&mut self, id: &[u8], kind: Kind<'_>, listed: u32) -> BridgeKey {
        let key = self.named(id);
        if let Some(bridge) = self.slab.get_mut(key) {
            bridge.presence = Presence::Known;
            bridge.listed = listed;
            bridge.learn(kind);
        }
        key
    }

    /// Removes a bridge as soon as it has no members.
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

    /// Known bridges that were not in this list.
    pub(super) fn unlisted(&self, listed: u32) -> Vec<BridgeKey> {
        let is_missing = |bridge: &Bridge| bridge.is_known() && bridge.listed != listed;
        self.slab.iter().filter(|(_, bridge)| is_missing(bridge)).map(|(key, _)| key).collect()
    }

    pub(super) fn memory(&self) -> usize {
        self.slab.memory() + self.slab.len() * ID_BYTES + self.by_id.memory()
    }

    fn named(&mut self, id: &[u8]) -> BridgeKey {
        if let Some(key) = self.by_id(id) {
            return key;
        }
        let id = cut(id);
        let key = self.slab.insert(Bridge {
            id: id.into(),
            is_basic: false,
            is_holding: false,
            members: SmallVec::new(),
            presence: Presence::Named,
            listed: 0,
        });
        self.by_id.insert(id, key);
        key
    }

    fn forget_if_done(&mut self, key: BridgeKey) {
        let is_done = |bridge: &Bridge| bridge.members.is_empty() && !bridge.is_known();
        if self.slab.get(key).is_some_and(is_done)
            && let Some(bridge) = self.slab.remove(key)
        {
            self.by_id.remove(&bridge.id, key);
        }
    }
}

/// Bytes of an id, which is a UUID in text.
const ID_BYTES: usize = 36;
