//! Changes of channels and their events.

use std::time::Instant;

use super::Pbx;
use super::calls::Order;
use super::channel::{Channel, Party, Place, State};
use super::outcome::Outcome;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;

impl Pbx {
    /// Hangs up these channels. A half of a Local channel also hangs up the other half.
    pub(crate) fn hang_up(&mut self, unique_ids: &[Vec<u8>], cause: u8, now: Instant) {
        for unique_id in unique_ids {
            let Some(name) = self.calls.by_id(unique_id).map(|channel| channel.name.clone()) else {
                continue;
            };
            let other = other_half(&name)
                .and_then(|name| self.calls.channel(&name).map(|channel| channel.unique_id.clone()));
            let soft = Block::new().header("Cause", if cause == 0 { 16 } else { cause }.to_string());
            self.event_of(unique_id, "SoftHangupRequest", soft, now);
            let Some(other) = other else {
                let (cause, text) = if cause == 0 { (16, "Normal Clearing") } else { (cause, "Unknown") };
                self.hang_up_channel(unique_id, cause, text, now);
                continue;
            };
            self.event_of(&other, "HangupRequest", Block::new().header("Cause", "0"), now);
            self.hang_up_channel(unique_id, 0, "Unknown", now);
            self.event_of(&other, "SoftHangupRequest", Block::new().header("Cause", "16"), now);
            self.hang_up_channel(&other, 0, "Unknown", now);
        }
    }

    pub(super) fn hang_up_channel(&mut self, unique_id: &[u8], cause: u8, text: &str, now: Instant) {
        let body = Block::new().header("Cause", cause.to_string()).header("Cause-txt", text);
        self.before_gone(unique_id, now);
        self.leave_bridge(unique_id, now);
        self.event_of(unique_id, "Hangup", body, now);
        let Some(channel) = self.calls.channels.remove(unique_id) else { return };
        self.bury(&channel, now);
        self.after_gone(&channel.name, now);
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a channel")]
    pub(super) fn new_channel(
        &mut self,
        name: Vec<u8>,
        state: State,
        wanted_id: &[u8],
        linked: Option<&[u8]>,
        place: Place,
        order: &Order,
        now: Instant,
    ) -> Vec<u8> {
        self.birth(name, state, wanted_id, linked, place, (&order.account, Party::default()), now)
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a channel")]
    pub(super) fn birth(
        &mut self,
        name: Vec<u8>,
        state: State,
        wanted_id: &[u8],
        linked: Option<&[u8]>,
        place: Place,
        (account, caller): (&[u8], Party),
        now: Instant,
    ) -> Vec<u8> {
        let unique_id = if wanted_id.is_empty() {
            let seconds = self.clock.unix(now).as_secs();
            format!("{seconds}.{}", self.calls.next_serial()).into_bytes()
        } else {
            wanted_id.to_vec()
        };
        self.calls.channels.push(Channel {
            name,
            state,
            caller,
            connected: Party::default(),
            account: account.to_vec(),
            place,
            linked_id: linked.unwrap_or(&unique_id).to_vec(),
            unique_id: unique_id.clone(),
            application: (String::new(), Vec::new()),
            variables: Vec::new(),
            created: now,
        });
        self.event_of(&unique_id, "Newchannel", Block::new(), now);
        unique_id
    }

    pub(super) fn set_variables(&mut self, unique_id: &[u8], variables: &[(Vec<u8>, Vec<u8>)], now: Instant) {
        for (name, value) in variables {
            self.with(unique_id, |channel| channel.set_variable(name, value));
            let body =
                Block::new().header("Variable", name).header("Value", self.options.release.written(value));
            self.event_in_class(unique_id, "VarSet", Classes::DIALPLAN, body, now);
        }
    }

    pub(super) fn execute(&mut self, unique_id: &[u8], application: &str, data: &[u8], now: Instant) {
        self.with(unique_id, |channel| channel.application = (application.to_owned(), data.to_vec()));
        let exten = self.calls.by_id(unique_id).map(|channel| channel.place.exten.clone());
        let body = Block::new()
            .header("Extension", exten.unwrap_or_default())
            .header("Application", application)
            .header("AppData", data);
        self.event_in_class(unique_id, "Newexten", self.options.release.class_of_newexten(), body, now);
    }

    pub(crate) fn new_state(&mut self, unique_id: &[u8], state: State, now: Instant) {
        self.with(unique_id, |channel| channel.state = state);
        self.event_of(unique_id, "Newstate", Block::new(), now);
    }

    pub(crate) fn local_bridge(&mut self, one: &[u8], two: &[u8], now: Instant) {
        let Some(place) = self.calls.by_id(one).map(|channel| channel.place.clone()) else { return };
        let body = self
            .snapshot(one, "LocalOne")
            .raw(&self.snapshot(two, "LocalTwo").unended())
            .header("Context", place.context)
            .header("Exten", place.exten)
            .header("LocalOptimization", "Yes");
        self.emit("LocalBridge", Classes::CALL, body, now);
    }

    pub(super) fn dial_begin(&mut self, unique_id: &[u8], string: &[u8], now: Instant) {
        let body = self.snapshot(unique_id, "Dest").header("DialString", string);
        self.emit("DialBegin", Classes::CALL, body, now);
    }

    pub(super) fn dial_end(&mut self, unique_id: &[u8], outcome: Outcome, now: Instant) {
        let body = self.snapshot(unique_id, "Dest").header("DialStatus", outcome.dial_status());
        self.emit("DialEnd", Classes::CALL, body, now);
    }

    pub(super) fn event_of(&mut self, unique_id: &[u8], name: &str, more: Block, now: Instant) {
        self.event_in_class(unique_id, name, Classes::CALL, more, now);
    }

    pub(super) fn event_in_class(
        &mut self,
        unique_id: &[u8],
        name: &str,
        classes: Classes,
        more: Block,
        now: Instant,
    ) {
        let body = self.snapshot(unique_id, "").raw(&more.unended());
        self.emit(name, classes, body, now);
    }

    pub(super) fn snapshot(&mut self, unique_id: &[u8], prefix: &str) -> Block {
        let release = self.options.release;
        self.calls.by_id(unique_id).map_or_else(Block::new, |channel| channel.snapshot(prefix, release))
    }

    pub(super) fn with(&mut self, unique_id: &[u8], change: impl FnOnce(&mut Channel)) {
        if let Some(channel) = self.calls.by_id(unique_id) {
            change(channel);
        }
    }
}

/// The name of the other half of a Local channel.
pub(crate) fn other_half(name: &[u8]) -> Option<Vec<u8>> {
    let (half, stem) = name.split_last()?;
    let other = match half {
        b'1' => b'2',
        b'2' => b'1',
        _ => return None,
    };
    stem.ends_with(b";").then(|| [stem, &[other]].concat())
}
