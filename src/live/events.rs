//! What events say to the model.

use super::bridges::Kind;
use super::channel::{Extent, Life, Snapshot};
use super::edge::{Edges, Outcome};
use super::fields::pick;
use super::interest::{Event, Own};
use super::keys::ChannelKey;
use super::model::Model;
use super::moment::Moment;

impl Model {
    pub(super) fn on_event(&mut self, event: Event, frame: &[u8], at: Moment) {
        self.counters.events_read += 1;
        self.hears_calls |= event.is_of_calls();
        match event {
            Event::Own(own) => self.on_own(own, &Snapshot::of(frame), at),
            Event::BridgeCreate => {
                let [id, bridge_type, technology] = pick(frame, &BRIDGE);
                self.create_bridge(id, Kind { bridge_type, technology }, at);
            }
            Event::BridgeDestroy => {
                let [id, ..] = pick(frame, &BRIDGE);
                self.destroyed.insert(id, at.now);
                if let Some(key) = self.bridges.by_id(id) {
                    self.bridges.destroy(key);
                }
            }
            Event::BridgeEnter => {
                let [id, bridge_type, technology, unique_id, linked_id] = pick(frame, &BRIDGE_CHANNEL);
                let kind = Kind { bridge_type, technology };
                self.with_alive(unique_id, |model, key| {
                    model.enter_bridge(key, id, kind, at);
                    if !linked_id.is_empty() {
                        model.move_linked_id(key, linked_id, at);
                    }
                    model.tell_bridge(key);
                });
                // Also where the one that entered is known to be gone: what it brought stays.
                self.share_linked_id(id, linked_id, at);
            }
            Event::BridgeLeave => {
                let [id, _, _, unique_id, linked_id] = pick(frame, &BRIDGE_CHANNEL);
                self.with_alive(unique_id, |model, key| {
                    // A list may have taken it out of the bridge before others brought their Linkedid in.
                    if !linked_id.is_empty() {
                        model.move_linked_id(key, linked_id, at);
                    }
                    if model.bridge_of(key) == model.bridges.by_id(id) {
                        model.leave_bridge(key);
                    }
                    model.tell_bridge(key);
                });
            }
            Event::LocalBridge => {
                let [one, other] = pick(frame, &[b"LocalOneUniqueid", b"LocalTwoUniqueid"]);
                self.join_channels(one, other, at);
            }
            Event::DialBegin | Event::DialState | Event::DialEnd => self.on_dial(event, frame, at),
            Event::Hold | Event::Unhold => {
                let [unique_id] = pick(frame, &[b"Uniqueid"]);
                let is_held = event == Event::Hold;
                self.with_alive(unique_id, |model, key| {
                    model.channels.change(key, |channel| channel.is_held = is_held);
                    model.happened(key, if is_held { Edges::HELD } else { Edges::RESUMED });
                });
            }
            Event::BlindTransfer => {
                let [unique_id] = pick(frame, &[b"TransfererUniqueid"]);
                self.with_alive(unique_id, |model, key| model.happened(key, Edges::TRANSFERRED));
            }
            Event::AttendedTransfer => {
                let [one, other] = pick(frame, &[b"OrigTransfererUniqueid", b"SecondTransfererUniqueid"]);
                self.join_channels(one, other, at);
                self.with_alive(one, |model, key| model.happened(key, Edges::TRANSFERRED));
            }
            Event::Pickup => {
                let [unique_id, target] = pick(frame, &[b"Uniqueid", b"TargetUniqueid"]);
                self.join_channels(unique_id, target, at);
                self.with_alive(unique_id, |model, key| model.answered_by(key, at));
            }
            Event::Booted | Event::Reload => {}
        }
    }

    fn on_own(&mut self, own: Own, snapshot: &Snapshot<'_>, at: Moment) {
        let id = snapshot.unique_id();
        if id.is_empty() {
            return;
        }
        if own == Own::New {
            self.fence.on_new(id);
        }
        match (own, self.known(id)) {
            (Own::Hangup, known) => {
                self.hung_up.insert(id, at.now);
                let Some((key, life)) = known else { return };
                self.update(key, snapshot, Extent::Own, at);
                self.counters.swept_late += u64::from(life == Life::Ending);
                self.end(key, snapshot.cause(), false, at);
            }
            (Own::New, None) => {
                self.hung_up.remove(id);
                if let Some(key) = self.create(snapshot, Extent::Own, at) {
                    self.confirm(key);
                }
            }
            (Own::New | Own::State | Own::Other | Own::Exten, Some((key, Life::Alive))) => {
                self.update(key, snapshot, Extent::Own, at);
                self.confirm(key);
                if own == Own::State && snapshot.is_ringing() {
                    self.rings(key, at);
                }
            }
            // It is from before the list that had the channel no more; or late, and of a dead channel.
            (Own::New | Own::State | Own::Other | Own::Exten, Some((_, Life::Ending)))
            | (Own::State | Own::Other | Own::Exten, None) => {}
        }
    }

    fn on_dial(&mut self, event: Event, frame: &[u8], at: Moment) {
        let [name, unique_id, status] = pick(frame, &[b"DestChannel", b"DestUniqueid", b"DialStatus"]);
        self.with_alive(unique_id, |model, key| match event {
            Event::DialBegin => model.change_call(key, |call| call.attempt(name, at.unix)),
            Event::DialState if status == b"RINGING" => model.rings(key, at),
            Event::DialEnd => {
                if let Some(outcome) = Outcome::of_dial_status(status) {
                    model.change_call(key, |call| call.attempt_ended(name, outcome));
                    if outcome == Outcome::Answered {
                        model.answered_by(key, at);
                    }
                }
            }
            _ => {}
        });
    }

    fn rings(&mut self, key: ChannelKey, at: Moment) {
        self.change_call(key, |call| {
            call.ring(at.unix);
        });
    }

    fn join_channels(&mut self, one: &[u8], other: &[u8], at: Moment) {
        if let (Some(one), Some(other)) = (self.alive(one), self.alive(other))
            && let (Some(one), Some(other)) = (self.channels.get(one), self.channels.get(other))
        {
            let (one, other) = (one.call, other.call);
            self.join(one, other, at);
        }
    }

    /// An event of this session told its state.
    fn confirm(&mut self, key: ChannelKey) {
        let session = self.session;
        self.channels.change(key, |channel| channel.confirmed_session = session);
    }

    /// An event of this session told its bridge; where it left one, that it is in none.
    fn tell_bridge(&mut self, key: ChannelKey) {
        let session = self.session;
        self.channels.change(key, |channel| channel.bridge_told = session);
    }

    fn with_alive(&mut self, unique_id: &[u8], then: impl FnOnce(&mut Self, ChannelKey)) {
        if let Some(key) = self.alive(unique_id) {
            then(self, key);
        }
    }
}

const BRIDGE: [&[u8]; 3] = [b"BridgeUniqueid", b"BridgeType", b"BridgeTechnology"];
const BRIDGE_CHANNEL: [&[u8]; 5] =
    [b"BridgeUniqueid", b"BridgeType", b"BridgeTechnology", b"Uniqueid", b"Linkedid"];
