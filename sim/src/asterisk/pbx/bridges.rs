//! Bridges and their events.

use std::time::Instant;

use super::Pbx;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;

/// The purpose of a bridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// A bridge of two parties. All of its channels have one Linkedid.
    Talk,
    /// A bridge of any number of parties.
    Conference,
    /// A bridge whose channels hear music, as in a parking lot.
    Holding,
}

#[derive(Clone, Debug)]
pub(crate) struct Bridge {
    pub(crate) id: Vec<u8>,
    pub(crate) purpose: Purpose,
    /// Uniqueids, in the order in which they entered.
    pub(crate) members: Vec<Vec<u8>>,
}

/// All bridges, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Bridges {
    pub(crate) all: Vec<Bridge>,
    made: u64,
}

impl Bridges {
    /// The bridge of a channel.
    pub(crate) fn of(&self, unique_id: &[u8]) -> Option<&Bridge> {
        self.all.iter().find(|bridge| bridge.members.iter().any(|member| member == unique_id))
    }

    /// The `BridgeId` of a channel. Empty if it is in none.
    pub(crate) fn id_of(&self, unique_id: &[u8]) -> Vec<u8> {
        self.of(unique_id).map(|bridge| bridge.id.clone()).unwrap_or_default()
    }

    pub(crate) fn by_id(&self, id: &[u8]) -> Option<&Bridge> {
        self.all.iter().find(|bridge| bridge.id == id)
    }

    pub(crate) fn clear(&mut self) {
        self.all.clear();
    }
}

impl Bridge {
    /// The headers of `ast_manager_build_bridge_state_string_prefix` (`manager_bridges.c`).
    pub(crate) fn snapshot(&self) -> Block {
        let (kind, technology) = match self.purpose {
            Purpose::Talk => ("basic", "simple_bridge"),
            Purpose::Conference => ("base", "softmix"),
            Purpose::Holding => ("base", "holding_bridge"),
        };
        Block::new()
            .header("BridgeUniqueid", &self.id)
            .header("BridgeType", kind)
            .header("BridgeTechnology", technology)
            .header("BridgeCreator", "<unknown>")
            .header("BridgeName", "<unknown>")
            .header("BridgeNumChannels", self.members.len().to_string())
            .header("BridgeVideoSourceMode", "none")
    }
}

impl Pbx {
    pub(crate) fn create_bridge(&mut self, purpose: Purpose, now: Instant) -> Vec<u8> {
        self.bridges.made += 1;
        let id = format!("6b2c0000-0000-4000-8000-{:012x}", self.bridges.made).into_bytes();
        let bridge = Bridge { id: id.clone(), purpose, members: Vec::new() };
        self.emit("BridgeCreate", Classes::CALL, bridge.snapshot(), now);
        self.bridges.all.push(bridge);
        id
    }

    /// A channel enters a bridge, after it has left its own. In a bridge of two parties all channels get the
    /// oldest Linkedid, and only the event of the entering channel shows it (`bridge_channel.c`,
    /// `bridge_basic.c`).
    pub(crate) fn enter_bridge(&mut self, id: &[u8], unique_id: &[u8], now: Instant) {
        self.put_into_bridge(id, unique_id, Block::new(), now);
    }

    /// A channel enters a bridge in exchange for `swapped`, which the event names.
    pub(crate) fn swap_into_bridge(&mut self, id: &[u8], unique_id: &[u8], swapped: &[u8], now: Instant) {
        self.put_into_bridge(id, unique_id, Block::new().header("SwapUniqueid", swapped), now);
    }

    fn put_into_bridge(&mut self, id: &[u8], unique_id: &[u8], more: Block, now: Instant) {
        self.leave_bridge(unique_id, now);
        self.queues.pull(unique_id);
        let Some(bridge) = self.bridges.all.iter_mut().find(|bridge| bridge.id == id) else { return };
        bridge.members.push(unique_id.to_vec());
        let (purpose, members) = (bridge.purpose, bridge.members.clone());
        if purpose == Purpose::Talk {
            let linked_ids =
                members.iter().filter_map(|member| self.calls.find(member)).map(|channel| &channel.linked_id);
            let oldest = linked_ids.min_by_key(|id| age_of(id)).cloned().unwrap_or_default();
            for member in &members {
                self.with(member, |channel| channel.linked_id.clone_from(&oldest));
            }
        }
        self.tell_bridge("BridgeEnter", id, unique_id, more, now);
    }

    /// A channel leaves its bridge. The last one destroys it.
    pub(crate) fn leave_bridge(&mut self, unique_id: &[u8], now: Instant) {
        let Some(id) = self.bridges.of(unique_id).map(|bridge| bridge.id.clone()) else { return };
        if let Some(bridge) = self.bridges.all.iter_mut().find(|bridge| bridge.id == id) {
            bridge.members.retain(|member| member != unique_id);
        }
        self.tell_bridge("BridgeLeave", &id, unique_id, Block::new(), now);
        let Some(at) =
            self.bridges.all.iter().position(|bridge| bridge.id == id && bridge.members.is_empty())
        else {
            return;
        };
        let bridge = self.bridges.all.remove(at);
        self.emit("BridgeDestroy", Classes::CALL, bridge.snapshot(), now);
    }

    fn tell_bridge(&mut self, event: &str, id: &[u8], unique_id: &[u8], more: Block, now: Instant) {
        let Some(bridge) = self.bridges.by_id(id).map(Bridge::snapshot) else { return };
        let channel = self.snapshot(unique_id, "");
        self.emit(event, Classes::CALL, bridge.raw(&channel.unended()).raw(&more.unended()), now);
    }
}

/// Second and number of a Linkedid. The smallest pair is the oldest.
pub(crate) fn age_of(linked_id: &[u8]) -> (u64, u64) {
    let text = String::from_utf8_lossy(linked_id).into_owned();
    let (second, number) = text.rsplit_once('.').unwrap_or((&text, ""));
    (second.parse().unwrap_or(u64::MAX), number.parse().unwrap_or(u64::MAX))
}
