//! Steps of people at their phones, and the events of each.

use std::time::{Duration, Instant};

use super::Pbx;
use super::bridges::Purpose;
use super::calls::presentation;
use super::channel::{Channel, Party, Place, State};
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;

/// Why a dialled phone was not reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of DialStatus")]
pub enum Refusal {
    Busy,
    NoAnswer,
    Congestion,
    ChanUnavail,
    Cancel,
    /// Another hang-up cause.
    Unknown(u8),
}

impl Refusal {
    /// The result of `ast_hangup_cause_to_dial_status` (`include/asterisk/channel.h`). Cause 16 means that
    /// the caller gives up.
    pub(crate) fn of_cause(cause: u8) -> Self {
        match cause {
            16 => Self::Cancel,
            17 => Self::Busy,
            19 => Self::NoAnswer,
            20 => Self::ChanUnavail,
            34 => Self::Congestion,
            other => Self::Unknown(other),
        }
    }

    fn status(self) -> &'static str {
        match self {
            Self::Busy => "BUSY",
            Self::NoAnswer => "NOANSWER",
            Self::Congestion => "CONGESTION",
            Self::ChanUnavail | Self::Unknown(3) => "CHANUNAVAIL",
            Self::Cancel => "CANCEL",
            Self::Unknown(_) => "UNKNOWN",
        }
    }

    pub(super) fn cause(self) -> u8 {
        match self {
            Self::Busy => 17,
            Self::NoAnswer => 19,
            Self::Congestion => 34,
            Self::ChanUnavail => 20,
            Self::Cancel => 16,
            Self::Unknown(cause) => cause,
        }
    }
}

/// A channel that has hung up and that lists still have. Asterisk 16 lists it until its destructor has run.
/// If a reference to it leaked, it stays for good (`until` is `None`).
#[derive(Clone, Debug)]
pub(crate) struct Dead {
    pub(crate) channel: Channel,
    pub(crate) until: Option<Instant>,
}

impl Pbx {
    /// A phone begins a call.
    pub(crate) fn pick_up(&mut self, device: &[u8], exten: &[u8], caller: Party, now: Instant) -> Vec<u8> {
        let place = Place { context: b"default".to_vec(), exten: exten.to_vec(), priority: b"1".to_vec() };
        let name = self.next_name(device);
        self.birth(name, State::Ring, b"", None, place, (b"", caller), now)
    }

    /// A channel dials a device. The dialled channel gets the caller's Linkedid.
    pub(crate) fn dial_from(&mut self, caller: &[u8], device: &[u8], now: Instant) -> Vec<u8> {
        let linked = self.calls.find(caller).map(|channel| channel.linked_id.clone());
        let place = Place { context: b"default".to_vec(), ..Place::default() };
        let name = self.next_name(device);
        let id = self.birth(name, State::Down, b"", linked.as_deref(), place, (b"", Party::default()), now);
        // The dialled channel's number is the extension that the caller dialled (apps/app_dial.c).
        let exten = self.calls.find(caller).map(|channel| channel.place.exten.clone()).unwrap_or_default();
        if !exten.is_empty() {
            self.with(&id, |channel| channel.caller.number = exten);
            self.event_of(&id, "NewCallerid", presentation(), now);
        }
        self.present(caller, &id, now);
        self.tell_dial("DialBegin", caller, &id, Block::new().header("DialString", after_slash(device)), now);
        id
    }

    /// A channel dials an extension through a Local channel. Returns the dialled half and the half that runs
    /// the dialplan.
    pub(crate) fn dial_local_from(
        &mut self,
        caller: &[u8],
        exten: &[u8],
        now: Instant,
    ) -> (Vec<u8>, Vec<u8>) {
        let linked = self.calls.find(caller).map(|channel| channel.linked_id.clone());
        let place = Place { context: b"default".to_vec(), exten: exten.to_vec(), priority: b"1".to_vec() };
        let name = self.next_name(&[b"Local/", exten, b"@default"].concat());
        let half = |half: &[u8]| [&name[..], b";", half].concat();
        let one = self.birth(
            half(b"1"),
            State::Down,
            b"",
            linked.as_deref(),
            place.clone(),
            (b"", Party::default()),
            now,
        );
        let linked = self.calls.find(&one).map(|channel| channel.linked_id.clone());
        let two =
            self.birth(half(b"2"), State::Ring, b"", linked.as_deref(), place, (b"", Party::default()), now);
        self.present(caller, &one, now);
        self.local_bridge(&one, &two, now);
        self.tell_dial("DialBegin", caller, &one, Block::new().header("DialString", exten), now);
        (one, two)
    }

    pub(crate) fn ring_phone(&mut self, dialled: &[u8], now: Instant) {
        self.new_state(dialled, State::Ringing, now);
        let body = self.snapshot(dialled, "Dest").header("DialStatus", "RINGING");
        self.emit("DialState", Classes::CALL, body, now);
    }

    /// The dialled channel answers and is bridged with the caller.
    pub(crate) fn answer_phone(&mut self, caller: &[u8], dialled: &[u8], now: Instant) {
        self.new_state(dialled, State::Up, now);
        self.tell_dial("DialEnd", caller, dialled, Block::new().header("DialStatus", "ANSWER"), now);
        if self.calls.find(caller).is_some_and(|channel| channel.state != State::Up) {
            self.new_state(caller, State::Up, now);
        }
        self.talk(&[dialled.to_vec(), caller.to_vec()], Purpose::Talk, now);
    }

    pub(crate) fn refuse_phone(&mut self, caller: &[u8], dialled: &[u8], why: Refusal, now: Instant) {
        self.tell_dial("DialEnd", caller, dialled, Block::new().header("DialStatus", why.status()), now);
        self.go(dialled, why.cause(), now);
    }

    /// Puts these channels into a new bridge. They leave the bridges that they were in.
    pub(crate) fn talk(&mut self, unique_ids: &[Vec<u8>], purpose: Purpose, now: Instant) -> Vec<u8> {
        let bridge = self.create_bridge(purpose, now);
        for unique_id in unique_ids {
            self.enter_bridge(&bridge, unique_id, now);
        }
        bridge
    }

    pub(crate) fn hold_phone(&mut self, unique_id: &[u8], is_held: bool, now: Instant) {
        let body = if is_held { Block::new().header("MusicClass", "default") } else { Block::new() };
        self.event_of(unique_id, if is_held { "Hold" } else { "Unhold" }, body, now);
    }

    /// A blind transfer: the event `BlindTransfer` (`stasis_bridges.c`), then `whom` leaves the bridge and
    /// dials the extension.
    pub(crate) fn blind_transfer(&mut self, from: &[u8], whom: &[u8], exten: &[u8], now: Instant) {
        let body = Block::new()
            .header("Result", "Success")
            .raw(&self.snapshot(from, "Transferer").unended())
            .raw(&self.snapshot(whom, "Transferee").unended())
            .header("IsExternal", "Yes")
            .header("Context", "default")
            .header("Extension", exten);
        self.emit("BlindTransfer", Classes::CALL, body, now);
        self.leave_bridge(whom, now);
        self.with(whom, |channel| channel.place.exten = exten.to_vec());
        self.execute(whom, "Dial", b"", now);
        self.go(from, 16, now);
    }

    /// Connects the partners of `from` and `second`, the two legs of the transferer, and hangs up both legs.
    /// The order is that of a REFER with Replaces on Asterisk 16 and 22: a swap in the second bridge, then
    /// the event.
    pub(crate) fn attended_transfer(&mut self, from: &[u8], second: &[u8], now: Instant) {
        let partner = self.partner_of(from);
        let Some(bridge) = self.bridges.of(second).map(|bridge| bridge.id.clone()) else { return };
        let Some(partner) = partner else { return };
        for unique_id in [from, second] {
            self.event_of(unique_id, "Unhold", Block::new(), now);
        }
        let other = self.partner_of(second);
        self.leave_bridge(&partner, now);
        self.leave_bridge(second, now);
        self.swap_into_bridge(&bridge, &partner, second, now);
        let body = Block::new()
            .header("Result", "Success")
            .raw(&self.snapshot(from, "OrigTransferer").unended())
            .raw(&self.snapshot(second, "SecondTransferer").unended())
            .header("IsExternal", "Yes")
            .header("DestType", "Bridge");
        self.emit("AttendedTransfer", Classes::CALL, body, now);
        if let Some(other) = other {
            self.present(&other, &partner, now);
            self.present(&partner, &other, now);
        }
        self.go(from, 16, now);
        self.go(second, 16, now);
    }

    /// Another phone picks up a ringing call.
    pub(crate) fn pick_up_for(&mut self, caller: &[u8], ringing: &[u8], picker: &[u8], now: Instant) {
        let body = self.snapshot(picker, "").raw(&self.snapshot(ringing, "Target").unended());
        self.emit("Pickup", Classes::CALL, body, now);
        self.tell_dial("DialEnd", caller, ringing, Block::new().header("DialStatus", "ANSWER"), now);
        for unique_id in [picker, caller] {
            self.new_state(unique_id, State::Up, now);
        }
        self.talk(&[caller.to_vec(), picker.to_vec()], Purpose::Talk, now);
        self.go(ringing, 26, now);
    }

    /// Removes a Local channel between two bridges. The partner of `two` moves into the bridge of `one`.
    pub(crate) fn optimize_away(&mut self, one: &[u8], two: &[u8], now: Instant) {
        let Some(bridge) = self.bridges.of(one).map(|bridge| bridge.id.clone()) else { return };
        let Some(partner) = self.partner_of(two) else { return };
        let body = self
            .snapshot(one, "LocalOne")
            .raw(&self.snapshot(two, "LocalTwo").unended())
            .header("DestUniqueId", &bridge);
        self.emit("LocalOptimizationBegin", Classes::CALL, body, now);
        self.leave_bridge(one, now);
        self.enter_bridge(&bridge, &partner, now);
        self.go(one, 16, now);
        self.go(two, 16, now);
    }

    /// The other member of a channel's bridge, if it is a bridge of two parties.
    pub(crate) fn partner_of(&self, unique_id: &[u8]) -> Option<Vec<u8>> {
        let bridge = self.bridges.of(unique_id).filter(|bridge| bridge.purpose == Purpose::Talk)?;
        bridge.members.iter().find(|member| *member != unique_id).cloned()
    }

    /// A channel leaves its bridge and hangs up.
    pub(crate) fn go(&mut self, unique_id: &[u8], cause: u8, now: Instant) {
        if self.calls.find(unique_id).is_none() {
            return;
        }
        self.leave_bridge(unique_id, now);
        self.hang_up_channel(unique_id, cause, cause_text(cause), now);
    }

    /// Changes number, name and account of a channel.
    pub(crate) fn rename(&mut self, unique_id: &[u8], caller: Party, account: &[u8], now: Instant) {
        self.with(unique_id, |channel| channel.caller = caller);
        self.event_of(unique_id, "NewCallerid", presentation(), now);
        let before = self.calls.find(unique_id).map(|channel| channel.account.clone()).unwrap_or_default();
        if before != account {
            self.with(unique_id, |channel| channel.account = account.to_vec());
            let body = Block::new().header("OldAccountCode", before);
            self.event_of(unique_id, "NewAccountCode", body, now);
        }
    }

    /// Keeps a channel that has hung up in lists and sends a late event for it, as the faults say.
    pub(super) fn bury(&mut self, channel: &Channel, now: Instant) {
        if !self.faults.dead_for.is_zero() {
            let until = Some(now + self.faults.dead_for);
            self.calls.dead.push(Dead { channel: channel.clone(), until });
        }
        if self.faults.late_events {
            // Asterisk sends up to five events for one change of a snapshot, and the `Hangup` first
            // (main/manager_channels.c).
            let body = channel.snapshot("", self.options.release).header("CID-CallingPres", "0");
            self.emit("NewCallerid", Classes::CALL, body, now);
        }
    }

    /// Makes the caller id of `who` the connected line of `to`.
    fn present(&mut self, who: &[u8], to: &[u8], now: Instant) {
        let connected = self.calls.find(who).map(|channel| channel.caller.clone()).unwrap_or_default();
        self.with(to, |channel| channel.connected = connected);
        self.event_of(to, "NewConnectedLine", Block::new(), now);
    }

    fn tell_dial(&mut self, event: &str, caller: &[u8], dialled: &[u8], more: Block, now: Instant) {
        let from = self.snapshot(caller, "");
        let to = self.snapshot(dialled, "Dest");
        let body = from.raw(&to.unended()).raw(&more.unended());
        self.emit(event, Classes::CALL, body, now);
    }

    fn next_name(&mut self, device: &[u8]) -> Vec<u8> {
        self.calls.names_made += 1;
        [device, format!("-{:08x}", self.calls.names_made - 1).as_bytes()].concat()
    }
}

/// Faults that a real server has at times.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Faults {
    /// How long `CoreShowChannels` has channels after their `Hangup`.
    pub(crate) dead_for: Duration,
    /// A `NewCallerid` follows each `Hangup`.
    pub(crate) late_events: bool,
}

fn after_slash(device: &[u8]) -> &[u8] {
    device.iter().position(|byte| *byte == b'/').map_or(device, |at| &device[at + 1..])
}

fn cause_text(cause: u8) -> &'static str {
    match cause {
        16 => "Normal Clearing",
        17 => "User busy",
        19 => "User alerting, no answer",
        34 => "Circuit/channel congestion",
        _ => "Unknown",
    }
}
