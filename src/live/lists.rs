//! Applies lists of channels and bridges to the model. A channel in a list exists. A channel that is missing in a
//! list has ended, or began too late to be in it.
//!
//! Asterisk changes the cache that lists read before it sends the event (`stasis_cache.c`), so a list is never
//! older than the events before it. There is one exception: up to Asterisk 16 `CoreShowChannels` reads a second
//! cache, by name, which a thread of its own fills (`ast_channel_cache_by_name`). A `Newchannel` can arrive
//! before that cache has the channel.

use std::time::Duration;

use super::bridges::Kind;
use super::call::Call;
use super::channel::{Channel, Extent, Life};
use super::fields::pick;
use super::keys::ChannelKey;
use super::model::{Findings, Model};
use super::moment::Moment;
use super::snapshot::{RINGING, Snapshot};

/// A channel that is younger than this may be missing in a list.
const NEWBORN: Duration = Duration::from_secs(1);

/// Age from which the events of a channel must have arrived. If the list of an older channel differs from the
/// model, its events are missing.
const SURELY_TOLD: Duration = Duration::from_secs(5);

impl Model {
    pub(super) fn begin_channels(&mut self) {
        self.listing += 1;
        self.findings = Findings::default();
        self.forget_truncation();
    }

    /// Applies an item of `CoreShowChannels` or `Status`. `verifies` is true if no gap came since the last round
    /// of lists.
    pub(super) fn on_channel_item(
        &mut self,
        item: &Snapshot<'_>,
        verifies: bool,
        listening_for: Duration,
        at: Moment,
    ) {
        let id = item.unique_id();
        if id.is_empty() {
            return;
        }
        self.fence.on_item(id, self.listing);
        if self.hung_up.has(id, at.now) {
            self.counters.ghosts += 1;
            return;
        }
        let is_old = item.age.is_some_and(|age| age >= SURELY_TOLD);
        let key = match self.known(id) {
            None => {
                let key = self.create(item, Extent::Whole, at);
                self.counters.healed += u64::from(verifies && is_old && key.is_some());
                key
            }
            Some((key, life)) => {
                if life == Life::Ending {
                    self.counters.swept_falsely += 1;
                    self.endings.retain(|ending| ending.key != key);
                    self.channels.change(key, |channel| channel.life = Life::Alive);
                    self.touch(key);
                }
                let was_told = life == Life::Alive && self.was_told(key);
                let extent = if was_told { Extent::Silent } else { Extent::Whole };
                let is_changed = self.update(key, item, extent, at);
                self.counters.healed +=
                    u64::from(verifies && is_changed && extent == Extent::Whole && is_old);
                Some(key)
            }
        };
        let Some(key) = key else { return };
        let is_of_session = item.age.is_some_and(|age| age + SECOND < listening_for);
        self.findings.untold += usize::from(is_old && is_of_session && !self.was_told(key));
        let listing = self.listing;
        self.channels.change(key, |channel| channel.listed = listing);
        self.assign_bridge(key, item.bridge_id, at);
        if item.is_up() && (item.unique_id() != item.linked_id() || self.is_dialled(key)) {
            // A called channel that is Up has answered, perhaps during a gap. The first channel of a call is the
            // caller, unless a dial to it is open: an `Originate` dials the first channel.
            self.answered_by(key, at);
        }
    }

    /// Ends a complete list. Channels that it did not contain have ended, except those that may be too young for
    /// it. True if there are such channels: another list has to confirm them.
    pub(super) fn end_channels(&mut self, at: Moment) -> bool {
        let listing = self.listing;
        let missing = |channel: &Channel| channel.life == Life::Alive && channel.listed != listing;
        let is_newborn = |channel: &Channel| at.unix.saturating_sub(channel.created_at) < NEWBORN;
        let absent = self.channels.iter().filter(|(_, channel)| missing(channel));
        let (newborn, gone): (Vec<_>, Vec<_>) = absent.partition(|(_, channel)| is_newborn(channel));
        let gone: Vec<_> = gone.into_iter().map(|(key, _)| key).collect();
        let has_newborn = !newborn.is_empty();
        for key in gone {
            self.sweep(key, listing, at);
        }
        self.ring_listed(at);
        self.counters.lists += 1;
        has_newborn
    }

    /// Notes the ringing of phones that began to ring in a gap. A phone may ring on although another one of its call
    /// has answered, and a list has the two in any order.
    fn ring_listed(&mut self, at: Moment) {
        let is_new = |call: &Call| call.ringing_at.is_none() && call.answered_at.is_none();
        let rings = |channel: &Channel| {
            channel.life == Life::Alive
                && channel.state() == Some(RINGING)
                && self.calls.get(channel.call).is_some_and(is_new)
        };
        let ringing: Vec<_> =
            self.channels.iter().filter(|(_, channel)| rings(channel)).map(|(key, _)| key).collect();
        for key in ringing {
            self.rings(key, at);
        }
    }

    pub(super) fn begin_bridges(&mut self) {
        self.listing_bridges += 1;
    }

    pub(super) fn on_bridge_item(&mut self, frame: &[u8], at: Moment) {
        let [id, bridge_type, technology] =
            pick(frame, &[b"BridgeUniqueid", b"BridgeType", b"BridgeTechnology"]);
        if !id.is_empty() && !self.destroyed.has(id, at.now) {
            self.create_bridge(id, Kind { bridge_type, technology }, at);
        }
    }

    pub(super) fn end_bridges(&mut self) {
        for key in self.bridges.unlisted(self.listing_bridges) {
            self.bridges.destroy(key);
        }
        self.counters.lists += 1;
    }

    /// Puts a channel into the bridge that a list gives, unless an event of this session gave its bridge.
    fn assign_bridge(&mut self, key: ChannelKey, bridge: &[u8], at: Moment) {
        let session = self.session;
        if self.channels.get(key).is_none_or(|channel| channel.bridge_told == session) {
            return;
        }
        self.channels.change(key, |channel| channel.placed = session);
        if self.bridge_of(key).is_some_and(|own| self.bridges.by_id(bridge) == Some(own)) {
            return;
        }
        if bridge.is_empty() {
            self.leave_bridge(key);
        } else {
            self.enter_bridge(key, bridge, Kind::default(), at);
        }
    }

    fn was_told(&self, key: ChannelKey) -> bool {
        self.channels.get(key).is_some_and(|channel| channel.confirmed_session == self.session)
    }
}

const SECOND: Duration = Duration::from_secs(1);
