//! Members of queues, and their events (`apps/app_queue.c`).

use std::time::Instant;

use super::Pbx;
use super::queues::Queue;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;
use crate::asterisk::options::Release;

#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) interface: String,
    pub(crate) name: String,
    /// The device whose state is the member's state.
    pub(crate) state_interface: String,
    pub(crate) is_dynamic: bool,
    pub(crate) penalty: u32,
    /// The reason, while the member is paused.
    pub(crate) pause: Option<String>,
    pub(crate) rings_in_use: bool,
    /// Asterisk's number of the device state.
    pub(crate) state: u8,
    pub(crate) calls_taken: u64,
    pub(crate) last_call: u64,
    pub(crate) is_in_call: bool,
}

/// Numbers of device states (`include/asterisk/devicestate.h`).
const UNKNOWN: u8 = 0;
pub(crate) const NOT_IN_USE: u8 = 1;
pub(crate) const IN_USE: u8 = 2;
const INVALID: u8 = 4;
const UNAVAILABLE: u8 = 5;
pub(crate) const RINGING: u8 = 6;

impl Member {
    pub(crate) fn new(interface: &str, is_dynamic: bool) -> Self {
        Self {
            interface: interface.to_owned(),
            name: interface.to_owned(),
            state_interface: interface.to_owned(),
            is_dynamic,
            penalty: 0,
            pause: None,
            rings_in_use: true,
            state: NOT_IN_USE,
            calls_taken: 0,
            last_call: 0,
            is_in_call: false,
        }
    }

    /// The static member after a restart of the server.
    pub(super) fn restarted(&self) -> Self {
        let (name, state_interface) = (self.name.clone(), self.state_interface.clone());
        Self { name, state_interface, penalty: self.penalty, ..Self::new(&self.interface, false) }
    }

    /// True if a filter of `QueueStatus` names the member. An empty filter names every member.
    pub(super) fn is_of(&self, filter: &[u8]) -> bool {
        filter.is_empty() || self.interface.as_bytes() == filter || self.name.as_bytes() == filter
    }

    pub(super) fn is_logged_in(&self) -> bool {
        !matches!(self.state, INVALID | UNAVAILABLE)
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.pause.is_some()
    }

    pub(crate) fn is_available(&self) -> bool {
        matches!(self.state, UNKNOWN | NOT_IN_USE) && !self.is_paused()
    }

    /// Adds the headers that events and list items have between the names and `PausedReason`.
    fn numbers(&self, block: Block) -> Block {
        block
            .header("StateInterface", &self.state_interface)
            .header("Membership", if self.is_dynamic { "dynamic" } else { "static" })
            .header("Penalty", self.penalty.to_string())
            .header("CallsTaken", self.calls_taken.to_string())
            .header("LastCall", self.last_call.to_string())
            .header("LastPause", "0")
            .header("LoginTime", "1795420661")
            .header("InCall", if self.is_in_call { "1" } else { "0" })
            .header("Status", self.state.to_string())
            .header("Paused", if self.is_paused() { "1" } else { "0" })
    }

    fn event(&self, queue: &str) -> Block {
        self.event_with(queue, self.pause.as_deref().unwrap_or_default())
    }

    fn event_with(&self, queue: &str, reason: &str) -> Block {
        let block = Block::new()
            .header("Queue", queue)
            .header("MemberName", &self.name)
            .header("Interface", &self.interface);
        self.numbers(block)
            .header("PausedReason", reason)
            .header("Ringinuse", if self.rings_in_use { "1" } else { "0" })
            .header("Wrapuptime", "0")
    }

    pub(super) fn item(&self, queue: &str) -> Block {
        let block = Block::new()
            .header("Queue", queue)
            .header("Name", &self.name)
            .header("Location", &self.interface);
        let reason = self.pause.as_deref().unwrap_or_default();
        self.numbers(block).header("PausedReason", reason).header("Wrapuptime", "0")
    }
}

/// Whether a member is paused, and the reason that was given with it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pause<'a> {
    Begins(&'a str),
    /// The event of the end of a pause has this reason. The member has none.
    Ends(&'a str),
}

impl Pbx {
    /// Sets the state of a device, and of the members whose device it is.
    pub(crate) fn set_device_state(&mut self, device: &str, state: u8, now: Instant) {
        let mut events = Vec::new();
        for queue in &mut self.queues.all {
            let is_changed = |member: &&mut Member| member.state_interface == device && member.state != state;
            for member in queue.members.iter_mut().filter(is_changed) {
                member.state = state;
                events.push(member.event(&queue.name));
            }
        }
        for event in events {
            self.emit("QueueMemberStatus", Classes::AGENT, event, now);
        }
    }

    /// Adds a member, with the state of its device if another queue knows it. Returns false if the queue has
    /// this member.
    pub(crate) fn add_member(&mut self, queue: &str, member: Member, now: Instant) -> bool {
        let device = &member.state_interface;
        let mut members = self.queues.all.iter().flat_map(|queue| &queue.members);
        let known = members.find(|other| other.state_interface == *device).map(|other| other.state);
        let Some(queue) = self.queues.named_mut(queue) else { return false };
        if queue.member(&member.interface).is_some() {
            return false;
        }
        let member = Member { state: known.unwrap_or(member.state), ..member };
        let event = member.event(&queue.name);
        queue.members.push(member);
        self.emit("QueueMemberAdded", Classes::AGENT, event, now);
        true
    }

    pub(crate) fn remove_member(&mut self, queue: &str, interface: &str, now: Instant) {
        let Some(queue) = self.queues.named_mut(queue) else { return };
        let is_it = |member: &Member| member.interface.eq_ignore_ascii_case(interface);
        let Some(at) = queue.members.iter().position(is_it) else { return };
        let event = queue.members.remove(at).event(&queue.name);
        self.emit("QueueMemberRemoved", Classes::AGENT, event, now);
    }

    /// Begins or ends the pause of a member. Returns the number of members found.
    pub(crate) fn pause_member(
        &mut self,
        queue: &str,
        interface: &str,
        pause: Pause<'_>,
        now: Instant,
    ) -> usize {
        let release = self.options.release;
        let event = |member: &mut Member, queue: &str| {
            let (Pause::Begins(reason) | Pause::Ends(reason)) = pause;
            member.pause = matches!(pause, Pause::Begins(_)).then(|| reason.to_owned());
            let event = member.event_with(queue, reason);
            // Up to Asterisk 16 the event has the reason in a second header too.
            if release <= Release::V16 { event.header("Reason", reason) } else { event }
        };
        self.change_members(queue, interface, "QueueMemberPause", event, now)
    }

    /// Sets the penalty of a member. Returns the number of members found.
    pub(crate) fn set_penalty(&mut self, queue: &str, interface: &str, penalty: u32, now: Instant) -> usize {
        let event = |member: &mut Member, queue: &str| {
            member.penalty = penalty;
            member.event(queue)
        };
        self.change_members(queue, interface, "QueueMemberPenalty", event, now)
    }

    /// Sets whether a member is rung while in use. Returns the number of members found.
    pub(crate) fn ring_in_use(&mut self, queue: &str, interface: &str, rings: bool, now: Instant) -> usize {
        let event = |member: &mut Member, queue: &str| {
            member.rings_in_use = rings;
            member.event(queue)
        };
        self.change_members(queue, interface, "QueueMemberRinginuse", event, now)
    }

    /// Changes the members with this interface, in this queue or in all (empty), and sends an event for each.
    fn change_members(
        &mut self,
        queue: &str,
        interface: &str,
        name: &str,
        change: impl Fn(&mut Member, &str) -> Block,
        now: Instant,
    ) -> usize {
        let is_meant = |known: &&mut Queue| queue.is_empty() || known.name.eq_ignore_ascii_case(queue);
        let event = |queue: &mut Queue| {
            let name = queue.name.clone();
            queue.member_mut(interface).map(|member| change(member, &name))
        };
        let events: Vec<_> = self.queues.all.iter_mut().filter(is_meant).filter_map(event).collect();
        let count = events.len();
        for event in events {
            self.emit(name, Classes::AGENT, event, now);
        }
        count
    }
}
