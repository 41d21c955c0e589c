//! Applies events to the model.

use super::bridges::Kind;
use super::channel::{Extent, Life};
use super::edge::{Edges, Outcome};
use super::fields::pick;
use super::interest::{Event, Own};
use super::keys::ChannelKey;
use super::model::Model;
use super::moment::Moment;
use super::snapshot::Snapshot;

impl Model {
    /// Applies any event but a channel's own, which `on_own` applies.
    pub(super) fn on_event(&mut self, event: Event, frame: &[u8], at: Moment) {
        match event {
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
                self.leave_queue(unique_id, at);
                self.with_alive(unique_id, |model, key| {
                    model.enter_bridge(key, id, kind, at);
                    if !linked_id.is_empty() {
                        model.move_linked_id(key, linked_id, at);
                    }
                    model.tell_bridge(key);
                });
                // The other channels keep the Linkedid, even if the entering channel has ended.
                self.share_linked_id(id, linked_id, at);
            }
            Event::BridgeLeave => {
                let [id, _, _, unique_id, linked_id] = pick(frame, &BRIDGE_CHANNEL);
                self.with_alive(unique_id, |model, key| {
                    // A list may have removed the channel from the bridge before later members brought another
                    // Linkedid.
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
            Event::Parked => {
                let [unique_id] = pick(frame, &[b"ParkeeUniqueid"]);
                self.leave_queue(unique_id, at);
                self.with_alive(unique_id, |model, key| model.happened(key, Edges::PARKED));
            }
            Event::Queue(event) => self.on_queue_event(event, frame, at),
            Event::Own(_) | Event::Booted | Event::Reload => {}
        }
    }

    /// Applies an event of a channel's own.
    pub(super) fn on_own(&mut self, own: Own, snapshot: &Snapshot<'_>, at: Moment) {
        let id = snapshot.unique_id();
        if id.is_empty() {
            return;
        }
        self.on_own_of_caller(own, snapshot, at);
        if own == Own::New {
            self.fence.on_new(id);
        }
        let extent = Extent::Own { session: self.session };
        match (own, self.known(id)) {
            (Own::Hangup, known) => {
                self.hung_up.insert(id, at.now);
                let Some((key, life)) = known else { return };
                self.update(key, snapshot, extent, at);
                self.counters.swept_late += u64::from(life == Life::Ending);
                self.end(key, snapshot.cause, false, at);
            }
            (Own::New, None) => {
                self.hung_up.remove(id);
                self.create(snapshot, extent, at);
            }
            (Own::New | Own::State | Own::Other | Own::Exten, Some((key, Life::Alive))) => {
                self.update(key, snapshot, extent, at);
                if own == Own::State && snapshot.is_ringing() {
                    self.rings(key, at);
                }
            }
            // The event is older than the list that no longer contained the channel, or it is a late event of an
            // ended channel.
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

    pub(super) fn rings(&mut self, key: ChannelKey, at: Moment) {
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

    /// Notes that an event of this session gave the channel's bridge, or that it is in none.
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
