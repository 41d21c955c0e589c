//! Channels, bridges and calls, kept consistent with each other.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::bridges::{Bridges, Kind};
use super::call::{Call, ExpectedCall};
use super::calls::Calls;
use super::channel::{Channel, Extent, Life, Snapshot, other_half};
use super::channels::Channels;
use super::edge::Edges;
use super::fields::serial;
use super::keys::{BridgeKey, CallKey, ChannelKey};
use super::moment::Moment;
use super::peers;
use super::texts::cut;
use super::tombs::Tombs;
use crate::limits::{LIVE_TOMBS_MAX, LiveLimits};

/// What there is on one server.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) channels: Channels,
    pub(super) bridges: Bridges,
    pub(super) calls: Calls,
    /// Ids of channels that ended by `Hangup`, and of bridges.
    pub(super) hung_up: Tombs,
    pub(super) destroyed: Tombs,
    /// Channels that a list had no more, oldest first.
    pub(super) endings: VecDeque<Ending>,
    /// When the oldest of them is looked at.
    pub(super) endings_at: Option<Instant>,
    /// Grows with every gap: what was told before is not confirmed.
    pub(super) session: u32,
    pub(super) fence: Fence,
    pub(super) heard_at: Option<Instant>,
    /// The last list of channels that began.
    pub(super) listing: u32,
    /// Any event of class `call` came in this session.
    pub(super) hears_calls: bool,
    /// The last list of bridges that began.
    pub(super) listing_bridges: u32,
    pub(super) findings: Findings,
    pub(super) counters: Counters,
    /// Calls of channels that are not there yet, by their ids.
    expected: FxHashMap<Box<[u8]>, ExpectedCall>,
    channels_max: usize,
    bytes_max: usize,
    is_truncated: bool,
}

/// A channel whose `Hangup` is waited for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    pub(super) key: ChannelKey,
    pub(super) since: Instant,
    pub(super) listed: u32,
}

/// Knows when everything from before a list has been heard: ids count up, and a channel with a number above all of the
/// list was born after it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fence {
    youngest: Option<u64>,
    of_list: u32,
    passed: u32,
}

/// What was counted since the model was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames that were read.
    pub events_read: u64,
    /// Lists that came to their end.
    pub lists: u64,
    /// Channels that a list had no more.
    pub swept: u64,
    /// Those of them whose `Hangup` came after all.
    pub swept_late: u64,
    /// Those of them whose end nobody told.
    pub swept_lost: u64,
    /// Those of them that a later list had again: never seen on a real server.
    pub swept_falsely: u64,
    /// What a list that only verifies had to change.
    pub healed: u64,
    /// List items of channels that had ended.
    pub ghosts: u64,
    /// Channels that were not taken in, being too many.
    pub refused: u64,
}

/// What a list of channels found.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Findings {
    /// Channels whose `Newchannel` should have come in this session, and did not.
    pub(super) untold: usize,
}

/// How long the `Hangup` of a channel is waited for that a list had no more, where the events from before the list have
/// been heard; where nothing came for a while; and at most.
const HANGUP_WAIT: Duration = Duration::from_secs(5);
const QUIET: Duration = Duration::from_secs(2);
const HANGUP_WAIT_MAX: Duration = Duration::from_secs(30);
/// How often it is looked whether the wait is over.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// How long an id stays known after its end.
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
            counters: Counters::default(),
            expected: FxHashMap::default(),
            channels_max: limits.channels_max,
            bytes_max: limits.bytes_max,
            is_truncated: false,
        }
    }

    /// Bytes of memory.
    pub(super) fn bytes(&self) -> usize {
        let tombs = self.hung_up.memory() + self.destroyed.memory();
        self.channels.bytes() + self.bridges.memory() + self.calls.memory() + tombs
    }

    pub(super) fn set_bytes_max(&mut self, bytes_max: usize) {
        self.bytes_max = bytes_max;
    }

    pub(super) fn is_truncated(&self) -> bool {
        self.is_truncated
    }

    /// True where a list can take in what was refused.
    pub(super) fn has_room_again(&self) -> bool {
        self.is_truncated
            && self.channels.len() < self.channels_max / 10 * 9
            && self.bytes() < self.bytes_max / 10 * 9
    }

    /// A list begins that takes in what there is room for.
    pub(super) fn forget_truncation(&mut self) {
        self.is_truncated = false;
    }

    /// A gap: what was told before it is not confirmed.
    pub(super) fn on_gap(&mut self) {
        self.session += 1;
        // A server that started again counts from 0.
        self.fence = Fence { passed: self.fence.passed, ..Fence::default() };
        self.hears_calls = false;
    }

    /// A new channel, alive from now on. `None` where it finds no room.
    pub(super) fn create(
        &mut self,
        snapshot: &Snapshot<'_>,
        extent: Extent,
        at: Moment,
    ) -> Option<ChannelKey> {
        if self.channels.len() >= self.channels_max || self.bytes() >= self.bytes_max {
            self.counters.refused += 1;
            self.is_truncated = true;
            return None;
        }
        let linked_id = linked_id_of(snapshot);
        let born = (extent == Extent::Own).then_some(snapshot.unique_id());
        let call = self.calls.of(linked_id, born, at);
        let mut channel = Channel::new(snapshot, extent, call, at.unix);
        // What is born while a list is read is not in it.
        channel.listed = self.listing;
        let created_at = channel.created_at;
        let key = self.channels.insert(channel);
        self.calls.enter(call, key, created_at);
        if !self.expected.is_empty() {
            self.begin_expected(snapshot.unique_id(), call);
        }
        self.join_halves(key, at);
        Some(key)
    }

    /// Takes what an event or a list says of a channel. True where it changed something.
    pub(super) fn update(
        &mut self,
        key: ChannelKey,
        snapshot: &Snapshot<'_>,
        extent: Extent,
        at: Moment,
    ) -> bool {
        let Some(channel) = self.channels.get(key) else { return false };
        let is_moved = channel.linked_id() != cut(snapshot.linked_id());
        let call = channel.call;
        let is_changed = self.channels.take(key, snapshot, extent, at.unix);
        if is_changed {
            self.calls.touch(call);
        }
        if is_moved {
            self.follow_linked_id(key, linked_id_of(snapshot), at);
        }
        is_changed
    }

    /// A channel has this Linkedid now: its call and that of the Linkedid are one.
    pub(super) fn move_linked_id(&mut self, key: ChannelKey, linked_id: &[u8], at: Moment) {
        if self.channels.change(key, |channel| channel.set_linked_id(linked_id)) == Some(true) {
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

    /// The halves of a Local channel belong to one call.
    fn join_halves(&mut self, key: ChannelKey, at: Moment) {
        let Some(channel) = self.channels.get(key) else { return };
        let Some(other) = other_half(channel.name()) else { return };
        let own = channel.call;
        if let Some(other) = self.channels.by_name(&other).and_then(|key| self.channels.get(key)) {
            let other = other.call;
            self.join(own, other, at);
        }
    }

    /// A channel is in a bridge, whatever it was in before.
    pub(super) fn enter_bridge(&mut self, key: ChannelKey, id: &[u8], kind: Kind<'_>, at: Moment) {
        self.leave_bridge(key);
        let (bridge, session) = (self.bridges.enter(id, kind, key), self.session);
        self.channels.change(key, |channel| (channel.bridge, channel.placed) = (Some(bridge), session));
        self.join_talkers(bridge, at);
        self.tell_connected(key);
    }

    /// All channels of a basic bridge take the oldest Linkedid when one enters, and only the event of that one tells it
    /// (`bridge_channel.c`, `bridge_basic.c`). Who was there before a gap may have left in it.
    pub(super) fn share_linked_id(&mut self, bridge: &[u8], linked_id: &[u8], at: Moment) {
        let bridge = self.bridges.by_id(bridge).and_then(|key| self.bridges.get(key));
        let Some(bridge) = bridge.filter(|bridge| bridge.is_basic() && !linked_id.is_empty()) else { return };
        for member in bridge.members().to_vec() {
            if self.channels.get(member).is_some_and(|channel| channel.placed == self.session) {
                self.move_linked_id(member, linked_id, at);
            }
        }
    }

    /// A bridge is there, and of this kind.
    pub(super) fn create_bridge(&mut self, id: &[u8], kind: Kind<'_>, at: Moment) {
        if self.bridges.len() < self.channels_max {
            let key = self.bridges.create(id, kind, self.listing_bridges);
            self.join_talkers(key, at);
        }
    }

    /// Who was ever in one basic bridge is of one call: it is gone with its last channel, and each that entered took over
    /// the Linkedid of those who were there. So it does not matter whether a gap hides that one has left.
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
            self.bridges.leave(bridge, key);
        }
    }

    pub(super) fn bridge_of(&self, key: ChannelKey) -> Option<BridgeKey> {
        self.channels.get(key).and_then(|channel| channel.bridge)
    }

    /// Changes the call of a channel.
    pub(super) fn change_call(&mut self, key: ChannelKey, change: impl FnOnce(&mut Call)) {
        if let Some(channel) = self.channels.get(key) {
            self.calls.change(channel.call, change);
        }
    }

    pub(super) fn happened(&mut self, key: ChannelKey, edge: Edges) {
        self.change_call(key, |call| {
            call.happened(edge);
        });
    }

    /// Who has this channel took the call.
    pub(super) fn answered_by(&mut self, key: ChannelKey, at: Moment) {
        if let Some(channel) = self.channels.get(key) {
            self.calls.change(channel.call, |call| call.answer(Some((key, channel)), at.unix));
        }
    }

    /// Two phones hear each other now, if somebody is at the other end.
    fn tell_connected(&mut self, key: ChannelKey) {
        if peers::have_met(key, &self.channels, &self.bridges) {
            self.happened(key, Edges::CONNECTED);
        }
    }

    /// A channel is gone. With the last one its call is over.
    pub(super) fn end(&mut self, key: ChannelKey, cause: Option<u16>, is_lost: bool, at: Moment) {
        self.leave_bridge(key);
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

    /// Nothing more will be told: every call is over, its end unknown.
    pub(super) fn abandon(&mut self, at: Moment) {
        for key in self.channels.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            self.end(key, None, true, at);
        }
        self.endings.clear();
        self.endings_at = None;
    }

    /// Somebody waits for the call of a channel that will have this id.
    pub(super) fn expect(&mut self, unique_id: &[u8]) -> ExpectedCall {
        self.expected.retain(|_, call| !call.is_forgotten());
        let expected = ExpectedCall::default();
        self.expected.insert(cut(unique_id).into(), expected.clone());
        expected
    }

    /// A channel that somebody waits for is there.
    fn begin_expected(&mut self, unique_id: &[u8], call: CallKey) {
        if let Some(expected) = self.expected.remove(cut(unique_id))
            && let Some(call) = self.calls.refer(call)
        {
            expected.begin(call);
        }
    }

    /// A list had a channel no more: it is gone, its end is told later.
    pub(super) fn sweep(&mut self, key: ChannelKey, listed: u32, now: Instant) {
        self.leave_bridge(key);
        self.channels.change(key, |channel| channel.life = Life::Ending);
        self.endings.push_back(Ending { key, since: now, listed });
        self.endings_at.get_or_insert(now + HANGUP_WAIT);
        self.counters.swept += 1;
    }

    /// Tells the ends that nobody else will.
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

    /// The channel of this id, be it alive or about to end.
    pub(super) fn known(&self, unique_id: &[u8]) -> Option<(ChannelKey, Life)> {
        let key = self.channels.by_id(cut(unique_id))?;
        self.channels.get(key).map(|channel| (key, channel.life))
    }

    /// The channel of this id, where it is alive.
    pub(super) fn alive(&self, unique_id: &[u8]) -> Option<ChannelKey> {
        self.known(unique_id).filter(|(_, life)| *life == Life::Alive).map(|(key, _)| key)
    }
}

impl Fence {
    /// An item of a list.
    pub(super) fn on_item(&mut self, unique_id: &[u8], listed: u32) {
        if self.of_list != listed {
            *self = Self { youngest: None, of_list: listed, passed: self.passed };
        }
        self.youngest = self.youngest.max(serial(unique_id));
    }

    /// A `Newchannel`.
    pub(super) fn on_new(&mut self, unique_id: &[u8]) {
        if self.youngest.is_some_and(|youngest| serial(unique_id).is_some_and(|new| new > youngest)) {
            self.passed = self.of_list;
        }
    }

    /// True where everything from before this list has been heard.
    pub(super) fn has_passed(&self, listed: u32) -> bool {
        self.passed >= listed
    }
}

/// Asterisk sends one always; who leaves it out speaks of the channel itself.
fn linked_id_of<'f>(snapshot: &Snapshot<'f>) -> &'f [u8] {
    let linked_id = snapshot.linked_id();
    if linked_id.is_empty() { snapshot.unique_id() } else { linked_id }
}
