//! Channels, bridges and calls, kept consistent with each other.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::bridges::{Bridges, Kind};
use super::call::{Call, ExpectedCall};
use super::calls::Calls;
use super::channel::{Channel, Extent, Life, other_half};
use super::channels::Channels;
use super::edge::Edges;
use super::fields::serial;
use super::keys::{BridgeKey, CallKey, ChannelKey};
use super::moment::Moment;
use super::peers;
use super::queue_reading::{InDoubt, Reading};
use super::queues::Queues;
use super::snapshot::Snapshot;
use super::state_reader::StateReader;
use super::texts::cut;
use super::tombs::Tombs;
use crate::limits::{LIVE_TOMBS_MAX, LiveLimits};

/// The channels, bridges, calls and queues of one server.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) channels: Channels,
    pub(super) bridges: Bridges,
    pub(super) calls: Calls,
    pub(super) queues: Queues,
    pub(super) queues_in_doubt: InDoubt,
    /// The queue whose list items are being read.
    pub(super) reading: Option<Reading>,
    /// Ids of channels that ended by `Hangup`, and of bridges that ended by `BridgeDestroy`.
    pub(super) hung_up: Tombs,
    pub(super) destroyed: Tombs,
    /// Channels that a list no longer contained, oldest first.
    pub(super) endings: VecDeque<Ending>,
    /// When the oldest of them is checked again.
    pub(super) endings_at: Option<Instant>,
    /// Number of gaps so far. What an event reported before the last gap is not confirmed.
    pub(super) session: u32,
    pub(super) fence: Fence,
    pub(super) heard_at: Option<Instant>,
    /// Number of the last list of channels that began.
    pub(super) listing: u32,
    /// True if an event of class `call` came since the last gap, and the same for class `agent`.
    pub(super) hears_calls: bool,
    pub(super) hears_agents: bool,
    /// Number of the last list of bridges that began.
    pub(super) listing_bridges: u32,
    pub(super) findings: Findings,
    pub(super) counters: Counters,
    /// The calls of channels that do not exist yet, by the ids of these channels.
    expected: FxHashMap<Box<[u8]>, ExpectedCall>,
    channels_max: usize,
    pub(super) queue_entries_max: usize,
    pub(super) bytes_max: usize,
    is_truncated: bool,
}

/// A channel that a list no longer contained and whose `Hangup` has not come.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    pub(super) key: ChannelKey,
    pub(super) since: Instant,
    pub(super) listed: u32,
}

/// Knows when all events from before a list have arrived. The serial numbers in Uniqueids grow, so a `Newchannel`
/// with a higher number than all channels of the list is newer than the list.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fence {
    youngest: Option<u64>,
    of_list: u32,
    passed: u32,
}

/// Counters since the model was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events that the model read.
    pub events_read: u64,
    /// Complete lists.
    pub lists: u64,
    /// Channels that a list no longer contained.
    pub swept: u64,
    /// Those of them whose `Hangup` came later.
    pub swept_late: u64,
    /// Those of them whose `Hangup` did not come in time.
    pub swept_lost: u64,
    /// Those of them that a later list contained again. No real server has done that.
    pub swept_falsely: u64,
    /// Channels that a list added or changed although no gap came before it.
    pub healed: u64,
    /// List items of channels whose `Hangup` had come.
    pub ghosts: u64,
    /// Channels that a bound kept out.
    pub refused: u64,
}

/// The differences that a list of channels showed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Findings {
    /// Channels that began in this session and of which no event came.
    pub(super) untold: usize,
}

/// How long the model waits for the `Hangup` of a channel that a list no longer contained. It waits for
/// `HANGUP_WAIT`, and then until the events from before the list have arrived, or no event has come for `QUIET`.
/// It waits for `HANGUP_WAIT_MAX` at most.
const HANGUP_WAIT: Duration = Duration::from_secs(5);
const QUIET: Duration = Duration::from_secs(2);
const HANGUP_WAIT_MAX: Duration = Duration::from_secs(30);
/// Minimum time between two checks of the oldest wait.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How long the id of an ended channel or bridge is kept.
const GONE_FOR: Duration = Duration::from_secs(10);

impl Model {
    pub(super) fn new(limits: &LiveLimits) -> Self {
        Self {
            channels: Channels::default(),
            bridges: Bridges::default(),
            calls: Calls::new(limits.ended_calls_max, limits.channels_max),
            hung_up: Tombs::new(GONE_FOR, LIVE_TOMBS_MAX),
            destroyed: Tombs::new(GONE_FOR, LIVE_TOMBS_MAX),
            endings: VecDeque::new(),
            endings_at: None,
            session: 0,
            listing: 0,
            listing_bridges: 0,
            findings: Findings::default(),
            fence: Fence::default(),
            heard_at: None,
            hears_calls: false,
            hears_agents: false,
            queues: Queues::new(limits),
            queues_in_doubt: InDoubt::default(),
            reading: None,
            queue_entries_max: limits.queue_entries_max,
            counters: Counters::default(),
            expected: FxHashMap::default(),
            channels_max: limits.channels_max,
            bytes_max: limits.bytes_max,
            is_truncated: false,
        }
    }

    /// Bytes of memory, those of the reader of its events included.
    pub(super) fn bytes(&self) -> usize {
        let tombs = self.hung_up.memory() + self.destroyed.memory();
        let tables =
            self.channels.memory() + self.bridges.memory() + self.calls.memory() + self.queues.memory();
        tables + tombs + size_of::<StateReader>()
    }

    pub(super) fn set_bytes_max(&mut self, bytes_max: usize) {
        self.bytes_max = bytes_max;
    }

    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// True if a bound kept something out and there is room again.
    pub(super) fn has_room_again(&self) -> bool {
        self.is_truncated
            && self.channels.len() < self.channels_max / 10 * 9
            && self.bytes() < self.bytes_max / 10 * 9
    }

    /// Forgets that a bound kept something out. The list that begins adds what there is room for.
    pub(super) fn forget_truncation(&mut self) {
        self.is_truncated = false;
    }

    /// Notes a gap. What events reported before it is no longer confirmed.
    pub(super) fn on_gap(&mut self) {
        self.session += 1;
        // The serial numbers of a restarted server begin with 0.
        self.fence = Fence { passed: self.fence.passed, ..Fence::default() };
        (self.hears_calls, self.hears_agents) = (false, false);
        self.calls.on_gap();
    }

    /// Adds a channel. `None` if a bound keeps it out.
    pub(super) fn create(
        &mut self,
        snapshot: &Snapshot<'_>,
        extent: Extent,
        at: Moment,
    ) -> Option<ChannelKey> {
        let bytes = self.bytes() + self.channels.growth() + self.calls.growth();
        if self.channels.len() >= self.channels_max || bytes >= self.bytes_max {
            self.counters.refused += 1;
            self.is_truncated = true;
            return None;
        }
        let linked_id = linked_id_of(snapshot);
        let born = matches!(extent, Extent::Own { .. }).then_some(snapshot.unique_id());
        let call = self.calls.of(linked_id, born, at);
        let mut channel = Channel::new(snapshot, extent, call, at.unix);
        // A channel that begins while a list is read need not be in that list.
        channel.listed = self.listing;
        let created_at = channel.created_at;
        let key = self.channels.insert(channel);
        self.calls.enter(call, key, snapshot.unique_id(), created_at);
        if !self.expected.is_empty() {
            self.begin_expected(snapshot.unique_id(), call);
        }
        self.join_halves(key, at);
        Some(key)
    }

    /// Takes the state of a channel from an event or a list item. True if something changed.
    #[inline]
    pub(super) fn update(
        &mut self,
        key: ChannelKey,
        snapshot: &Snapshot<'_>,
        extent: Extent,
        at: Moment,
    ) -> bool {
        let Some(taken) = self.channels.take(key, snapshot, extent, at.unix) else { return false };
        self.calls.touch(taken.call);
        if taken.is_moved {
            self.follow_linked_id(key, linked_id_of(snapshot), at);
        }
        true
    }

    /// Sets the Linkedid of a channel, and merges its call with the call of that Linkedid.
    pub(super) fn move_linked_id(&mut self, key: ChannelKey, linked_id: &[u8], at: Moment) {
        if self.channels.change(key, |channel| channel.set_linked_id(linked_id)) == Some(true) {
            self.touch(key);
            self.follow_linked_id(key, linked_id, at);
        }
    }

    fn follow_linked_id(&mut self, key: ChannelKey, linked_id: &[u8], at: Moment) {
        let Some(channel) = self.channels.get(key) else { return };
        let own = channel.call;
        let other = self.calls.of(linked_id, None, at);
        self.join(own, other, at);
        self.join_halves(key, at);
    }

    pub(super) fn join(&mut self, one: CallKey, other: CallKey, at: Moment) {
        let Some(joined) = self.calls.join(one, other, at) else { return };
        for key in joined.moved {
            self.channels.change(key, |channel| channel.call = joined.into);
        }
    }

    /// Merges the calls of the two halves of a Local channel.
    fn join_halves(&mut self, key: ChannelKey, at: Moment) {
        let Some(channel) = self.channels.get(key) else { return };
        let Some(other) = other_half(channel.name()) else { return };
        let own = channel.call;
        if let Some((_, other)) = self.channels.by_name(&other) {
            let other = other.call;
            self.join(own, other, at);
        }
    }

    /// Moves a channel into a bridge.
    pub(super) fn enter_bridge(&mut self, key: ChannelKey, id: &[u8], kind: Kind<'_>, at: Moment) {
        self.leave_bridge(key);
        let (bridge, session) = (self.bridges.enter(id, kind, key), self.session);
        self.channels.change(key, |channel| (channel.bridge, channel.placed) = (Some(bridge), session));
        self.touch(key);
        self.join_talkers(bridge, at);
        self.tell_connected(key);
    }

    /// When a channel enters a basic bridge, all channels in the bridge take the oldest Linkedid. Only the event
    /// of the entering channel reports that (`bridge_channel.c`, `bridge_basic.c`). A member that is not
    /// confirmed since the last gap may have left during the gap, and is skipped.
    pub(super) fn share_linked_id(&mut self, bridge: &[u8], linked_id: &[u8], at: Moment) {
        let bridge = self.bridges.by_id(bridge).and_then(|key| self.bridges.get(key));
        let Some(bridge) = bridge.filter(|bridge| bridge.is_basic() && !linked_id.is_empty()) else { return };
        for member in bridge.members().to_vec() {
            if self.channels.get(member).is_some_and(|channel| channel.placed == self.session) {
                self.move_linked_id(member, linked_id, at);
            }
        }
    }

    /// Adds a bridge that Asterisk named, or updates it.
    pub(super) fn create_bridge(&mut self, id: &[u8], kind: Kind<'_>, at: Moment) {
        if self.bridges.len() < self.channels_max {
            let key = self.bridges.create(id, kind, self.listing_bridges);
            self.join_talkers(key, at);
        }
    }

    /// Merges the calls of all members of a basic bridge. All channels that were ever in the bridge belong to one
    /// call: Asterisk removes the bridge with its last channel, and the channels in it share one Linkedid. So a
    /// member that left during a gap belongs to the call as well.
    fn join_talkers(&mut self, bridge: BridgeKey, at: Moment) {
        let Some(bridge) = self.bridges.get(bridge).filter(|bridge| bridge.is_basic()) else { return };
        for pair in bridge.members().to_vec().windows(2) {
            if let (Some(one), Some(other)) = (self.channels.get(pair[0]), self.channels.get(pair[1])) {
                let (one, other) = (one.call, other.call);
                self.join(one, other, at);
            }
        }
    }

    pub(super) fn leave_bridge(&mut self, key: ChannelKey) {
        if let Some(Some(bridge)) = self.channels.change(key, |channel| channel.bridge.take()) {
            self.touch(key);
            self.bridges.leave(bridge, key);
        }
    }

    pub(super) fn bridge_of(&self, key: ChannelKey) -> Option<BridgeKey> {
        self.channels.get(key).and_then(|channel| channel.bridge)
    }

    /// Notes that what can be read of a channel changed, which is a change of its call.
    pub(super) fn touch(&mut self, key: ChannelKey) {
        if let Some(channel) = self.channels.get(key) {
            self.calls.touch(channel.call);
        }
    }

    /// Changes the call of a channel.
    pub(super) fn change_call(&mut self, key: ChannelKey, change: impl FnOnce(&mut Call)) {
        if let Some(channel) = self.channels.get(key) {
            self.calls.change(channel.call, change);
        }
    }

    pub(super) fn happened(&mut self, key: ChannelKey, edge: Edges) {
        if let Some(channel) = self.channels.get(key) {
            self.calls.happened(channel.call, edge);
        }
    }

    /// Notes that this channel answered its call.
    pub(super) fn answered_by(&mut self, key: ChannelKey, at: Moment) {
        if let Some(channel) = self.channels.get(key) {
            self.calls.change(channel.call, |call| call.answer(Some((key, channel)), at.unix));
        }
    }

    /// True while an attempt to reach this channel has no outcome.
    pub(super) fn is_dialled(&self, key: ChannelKey) -> bool {
        let Some(channel) = self.channels.get(key) else { return false };
        self.calls.get(channel.call).is_some_and(|call| call.is_trying(channel.name()))
    }

    /// Notes `CONNECTED` if phones hear each other through this channel.
    fn tell_connected(&mut self, key: ChannelKey) {
        if peers::have_met(key, &self.channels, &self.bridges) {
            self.happened(key, Edges::CONNECTED);
        }
    }

    /// Removes a channel. Its call ends with its last channel.
    pub(super) fn end(&mut self, key: ChannelKey, cause: Option<u16>, is_lost: bool, at: Moment) {
        self.leave_bridge(key);
        self.leave_queue_by_key(key, at);
        let Some(channel) = self.channels.remove(key) else { return };
        let is_empty = self.calls.change(channel.call, |call| {
            call.part(key, &channel, cause);
            call.channels.is_empty()
        });
        if is_empty == Some(true) {
            self.calls.finish(channel.call, is_lost, channel.up_at, at);
        }
        channel.close();
    }

    /// Ends all calls, as `Live::abandon` says, and removes all queues.
    pub(super) fn abandon(&mut self, at: Moment) {
        for key in self.channels.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            self.end(key, None, true, at);
        }
        self.endings.clear();
        self.endings_at = None;
        self.queues.abandon();
    }

    /// Returns a handle to the call of a channel that will have this id.
    pub(super) fn expect(&mut self, unique_id: &[u8]) -> ExpectedCall {
        self.expected.retain(|_, call| !call.is_forgotten());
        let expected = ExpectedCall::default();
        self.expected.insert(cut(unique_id).into(), expected.clone());
        expected
    }

    /// Gives an expected call to its handle, if its channel has this id.
    fn begin_expected(&mut self, unique_id: &[u8], call: CallKey) {
        if let Some(expected) = self.expected.remove(cut(unique_id))
            && let Some(call) = self.calls.refer(call)
        {
            expected.begin(call);
        }
    }

    /// Takes a channel that a list no longer contained out of its bridge and its queue. Its end is reported with
    /// its `Hangup`, or after the wait for that.
    pub(super) fn sweep(&mut self, key: ChannelKey, listed: u32, at: Moment) {
        let now = at.now;
        self.leave_bridge(key);
        self.leave_queue_by_key(key, at);
        self.channels.change(key, |channel| channel.life = Life::Ending);
        self.touch(key);
        self.endings.push_back(Ending { key, since: now, listed });
        self.endings_at.get_or_insert(now + HANGUP_WAIT);
        self.counters.swept += 1;
    }

    /// Ends the channels whose `Hangup` did not come in time, and forgets old ids.
    pub(super) fn on_time(&mut self, at: Moment) {
        let is_quiet = self.heard_at.is_none_or(|heard| heard + QUIET <= at.now);
        while let Some(ending) = self.endings.front().copied() {
            let is_waiting =
                self.channels.get(ending.key).is_some_and(|channel| channel.life == Life::Ending);
            let waited = at.now - ending.since;
            let is_over = waited >= HANGUP_WAIT_MAX
                || (waited >= HANGUP_WAIT && (is_quiet || self.fence.has_passed(ending.listed)));
            if is_waiting && !is_over {
                break;
            }
            self.endings.pop_front();
            if is_waiting {
                self.counters.swept_lost += 1;
                self.end(ending.key, None, true, at);
            }
        }
        self.endings_at =
            self.endings.front().map(|ending| (ending.since + HANGUP_WAIT).max(at.now + LOOK_AGAIN));
        self.hung_up.forget_old(at.now);
        self.destroyed.forget_old(at.now);
        self.calls.forget_old(at.now);
    }

    /// The channel with this id, whether it is alive or about to end.
    pub(super) fn known(&self, unique_id: &[u8]) -> Option<(ChannelKey, Life)> {
        self.channels.by_id(cut(unique_id)).map(|(key, channel)| (key, channel.life))
    }

    /// The channel with this id, if it is alive.
    pub(super) fn alive(&self, unique_id: &[u8]) -> Option<ChannelKey> {
        self.known(unique_id).filter(|(_, life)| *life == Life::Alive).map(|(key, _)| key)
    }
}

impl Fence {
    /// Notes an item of a list.
    pub(super) fn on_item(&mut self, unique_id: &[u8], listed: u32) {
        if self.of_list != listed {
            *self = Self { youngest: None, of_list: listed, passed: self.passed };
        }
        self.youngest = self.youngest.max(serial(unique_id));
    }

    /// Notes a `Newchannel`.
    pub(super) fn on_new(&mut self, unique_id: &[u8]) {
        if self.youngest.is_some_and(|youngest| serial(unique_id).is_some_and(|new| new > youngest)) {
            self.passed = self.of_list;
        }
    }

    /// True if all events from before this list have arrived.
    pub(super) fn has_passed(&self, listed: u32) -> bool {
        self.passed >= listed
    }
}

/// The Linkedid, which Asterisk always sends. A frame without one counts as having the Uniqueid as its Linkedid.
fn linked_id_of<'s>(snapshot: &'s Snapshot<'_>) -> &'s [u8] {
    let linked_id = snapshot.linked_id();
    if linked_id.is_empty() { snapshot.unique_id() } else { linked_id }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expected_call_that_nobody_waits_for_is_forgotten() {
        let mut model = Model::new(&LiveLimits::default());
        let kept = model.expect(b"1.1");
        drop(model.expect(b"1.2"));
        assert_eq!(model.expected.len(), 2);
        let other = model.expect(b"1.3");
        let mut ids: Vec<_> = model.expected.keys().map(|id| &**id).collect();
        ids.sort_unstable();
        assert_eq!(ids, [b"1.1", b"1.3"]);
        assert!(kept.call().is_none() && other.call().is_none());
    }
}
