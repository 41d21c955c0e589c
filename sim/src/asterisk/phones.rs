//! Lets a test use phones by hand.

use std::time::{Duration, Instant};

use super::conversation::Caller;
use super::node::Asterisk;
use super::pbx::Purpose;
use super::pbx::channel::{Party, State};
use super::pbx::phones::{Dead, Refusal};

/// Steps of people at their phones, all at one moment. Their events are delivered when this value is dropped.
///
/// Channels are identified by their Uniqueid. A step with a channel that is gone does nothing.
#[derive(Debug)]
pub struct Phones<'a> {
    asterisk: &'a mut Asterisk,
    now: Instant,
}

impl Asterisk {
    /// Makes steps possible at `now`.
    pub fn phones(&mut self, now: Instant) -> Phones<'_> {
        self.settle(now);
        Phones { asterisk: self, now }
    }

    /// Delays events by this time from now on. Lists and answers are not delayed, and neither are `UserEvent`
    /// and `OriginateResponse`. Delayed events keep their order.
    pub fn set_lag(&mut self, lag: Duration) {
        self.pbx.lag.time = lag;
    }

    /// Keeps channels in `CoreShowChannels` for this time after their `Hangup`.
    pub fn set_dead_for(&mut self, time: Duration) {
        self.pbx.faults.dead_for = time;
    }

    /// Sends a `NewCallerid` after each `Hangup`.
    pub fn set_late_events(&mut self, comes: bool) {
        self.pbx.faults.late_events = comes;
    }
}

impl Phones<'_> {
    /// A phone, such as `PJSIP/alice`, with this number calls an extension. Returns the new channel.
    pub fn call(&mut self, device: &str, number: &str, exten: &str) -> Vec<u8> {
        let caller = Party { name: device.as_bytes().to_vec(), number: number.as_bytes().to_vec() };
        self.asterisk.pbx.pick_up(device.as_bytes(), exten.as_bytes(), caller, self.now)
    }

    /// As `call`, of a caller with a name of his own.
    pub fn call_as(&mut self, from: &Caller, exten: &str) -> Vec<u8> {
        let caller = Party { name: from.name.clone(), number: from.number.clone() };
        self.asterisk.pbx.pick_up(from.device.as_bytes(), exten.as_bytes(), caller, self.now)
    }

    /// Who is in one bridge with a channel.
    #[must_use]
    pub fn partners(&self, unique_id: &[u8]) -> Vec<Vec<u8>> {
        let members = self.asterisk.pbx.bridges.of(unique_id).map(|bridge| bridge.members.clone());
        members.unwrap_or_default().into_iter().filter(|member| member != unique_id).collect()
    }

    /// A channel dials a device. Returns the dialled channel.
    pub fn dial(&mut self, caller: &[u8], device: &str) -> Vec<u8> {
        self.asterisk.pbx.dial_from(caller, device.as_bytes(), self.now)
    }

    /// A channel dials an extension through a Local channel. Returns both halves.
    pub fn dial_local(&mut self, caller: &[u8], exten: &str) -> (Vec<u8>, Vec<u8>) {
        self.asterisk.pbx.dial_local_from(caller, exten.as_bytes(), self.now)
    }

    /// A dialled phone rings.
    pub fn ring(&mut self, dialled: &[u8]) {
        self.if_there(&[dialled], |pbx, now| pbx.ring_phone(dialled, now));
    }

    /// A dialled phone answers and is bridged with the channel that dialled it.
    pub fn answer(&mut self, caller: &[u8], dialled: &[u8]) {
        self.if_there(&[caller, dialled], |pbx, now| pbx.answer_phone(caller, dialled, now));
    }

    /// A dialled phone does not answer or cannot be reached.
    pub fn refuse(&mut self, caller: &[u8], dialled: &[u8], why: Refusal) {
        self.if_there(&[caller, dialled], |pbx, now| pbx.refuse_phone(caller, dialled, why, now));
    }

    /// A channel puts its partner on hold, or takes it off hold.
    pub fn hold(&mut self, unique_id: &[u8], is_held: bool) {
        self.if_there(&[unique_id], |pbx, now| pbx.hold_phone(unique_id, is_held, now));
    }

    /// Puts these channels into a new bridge. They leave the bridges that they were in.
    pub fn bridge(&mut self, unique_ids: &[&[u8]], purpose: Purpose) {
        let members: Vec<_> = unique_ids.iter().map(|id| id.to_vec()).collect();
        self.if_there(unique_ids, |pbx, now| {
            pbx.talk(&members, purpose, now);
        });
    }

    /// A channel enters the bridge of another channel.
    pub fn join(&mut self, unique_id: &[u8], other: &[u8]) {
        self.if_there(&[unique_id, other], |pbx, now| {
            if let Some(bridge) = pbx.bridges.of(other).map(|bridge| bridge.id.clone()) {
                pbx.enter_bridge(&bridge, unique_id, now);
            }
        });
    }

    /// A channel leaves its bridge.
    pub fn leave(&mut self, unique_id: &[u8]) {
        self.if_there(&[unique_id], |pbx, now| pbx.leave_bridge(unique_id, now));
    }

    /// A channel transfers its partner to an extension.
    pub fn blind_transfer(&mut self, from: &[u8], exten: &str) {
        self.if_there(&[from], |pbx, now| {
            if let Some(whom) = pbx.partner_of(from) {
                pbx.blind_transfer(from, &whom, exten.as_bytes(), now);
            }
        });
    }

    /// A phone with two calls connects their other ends and hangs up.
    pub fn attended_transfer(&mut self, from: &[u8], second: &[u8]) {
        self.if_there(&[from, second], |pbx, now| pbx.attended_transfer(from, second, now));
    }

    /// Another phone picks up a ringing call.
    pub fn pick_up(&mut self, caller: &[u8], ringing: &[u8], picker: &[u8]) {
        self.if_there(&[caller, ringing, picker], |pbx, now| pbx.pick_up_for(caller, ringing, picker, now));
    }

    /// Removes a Local channel between two bridges, as Asterisk does when it optimizes it.
    pub fn optimize(&mut self, one: &[u8], two: &[u8]) {
        self.if_there(&[one, two], |pbx, now| pbx.optimize_away(one, two, now));
    }

    /// Changes number, name and account of a channel.
    pub fn rename(&mut self, unique_id: &[u8], number: &str, name: &[u8], account: &str) {
        let caller = Party { name: name.to_vec(), number: number.as_bytes().to_vec() };
        self.if_there(&[unique_id], |pbx, now| pbx.rename(unique_id, caller, account.as_bytes(), now));
    }

    /// Sets the state of a channel that was not dialled to Up. It talks to the dialplan.
    pub fn up(&mut self, unique_id: &[u8]) {
        self.if_there(&[unique_id], |pbx, now| pbx.new_state(unique_id, State::Up, now));
    }

    /// A channel hangs up.
    pub fn hang_up(&mut self, unique_id: &[u8], cause: u8) {
        self.if_there(&[unique_id], |pbx, now| pbx.go(unique_id, cause, now));
    }

    /// Adds a channel to `CoreShowChannels` for good, also after it has hung up.
    pub fn orphan(&mut self, unique_id: &[u8]) {
        if let Some(channel) = self.asterisk.pbx.calls.find(unique_id).cloned() {
            self.asterisk.pbx.calls.dead.push(Dead { channel, until: None });
        }
    }

    fn if_there(&mut self, channels: &[&[u8]], act: impl FnOnce(&mut super::pbx::Pbx, Instant)) {
        if channels.iter().all(|id| self.asterisk.pbx.calls.find(id).is_some()) {
            act(&mut self.asterisk.pbx, self.now);
        }
    }
}

impl Drop for Phones<'_> {
    fn drop(&mut self) {
        self.asterisk.settle(self.now);
    }
}
