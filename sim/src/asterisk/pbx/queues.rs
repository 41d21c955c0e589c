//! Queues with their members and callers, and their events (`apps/app_queue.c`).

use std::time::Instant;

use super::Pbx;
use super::bridges::Purpose;
use super::channel::State;
use super::members::{IN_USE, Member, NOT_IN_USE, RINGING};
use super::phones::Refusal;
use crate::asterisk::actions::Item;
use crate::asterisk::block::Block;
use crate::asterisk::classes::Classes;

/// All queues, in the order in which they were configured.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    pub(crate) all: Vec<Queue>,
    talks: Vec<Talk>,
    /// Attempts to reach a member that are not answered yet.
    rings: Vec<Talk>,
}

#[derive(Clone, Debug)]
pub(crate) struct Queue {
    pub(crate) name: String,
    pub(crate) strategy: String,
    pub(crate) members: Vec<Member>,
    pub(crate) callers: Vec<Entry>,
    pub(crate) completed: u64,
    pub(crate) abandoned: u64,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) unique_id: Vec<u8>,
    pub(crate) joined: Instant,
    pub(crate) priority: i64,
}

/// A caller, and the channel of a member that rings for this caller or talks to it.
#[derive(Clone, Debug)]
struct Talk {
    queue: String,
    interface: String,
    caller: Vec<u8>,
    member: Vec<u8>,
    since: Instant,
    waited: u64,
}

impl Queue {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            strategy: "ringall".to_owned(),
            members: Vec::new(),
            callers: Vec::new(),
            completed: 0,
            abandoned: 0,
        }
    }

    pub(crate) fn member(&self, interface: &str) -> Option<&Member> {
        self.members.iter().find(|member| member.interface.eq_ignore_ascii_case(interface))
    }

    pub(crate) fn member_mut(&mut self, interface: &str) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.interface.eq_ignore_ascii_case(interface))
    }
}

impl Queues {
    /// Finds a queue by its name, without regard to case.
    pub(crate) fn named(&self, name: &str) -> Option<&Queue> {
        self.all.iter().find(|queue| queue.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn named_mut(&mut self, name: &str) -> Option<&mut Queue> {
        self.all.iter_mut().find(|queue| queue.name.eq_ignore_ascii_case(name))
    }

    /// The index of the queue in which a channel waits, and the channel's index in it.
    pub(super) fn place_of(&self, unique_id: &[u8]) -> Option<(usize, usize)> {
        self.all.iter().enumerate().find_map(|(at, queue)| {
            let place = queue.callers.iter().position(|entry| entry.unique_id == unique_id)?;
            Some((at, place))
        })
    }

    /// Removes a caller without an event, as if its channel was taken out of the queue from outside.
    pub(super) fn pull(&mut self, unique_id: &[u8]) {
        if let Some((queue, place)) = self.place_of(unique_id) {
            self.all[queue].callers.remove(place);
        }
    }

    /// Sets the state after a restart. Queues and static members remain with their penalties; callers, dynamic
    /// members and counters are gone.
    pub(crate) fn restart(&mut self) {
        for queue in &mut self.all {
            queue.callers.clear();
            queue.members.retain(|member| !member.is_dynamic);
            (queue.completed, queue.abandoned) = (0, 0);
            for member in &mut queue.members {
                *member = member.restarted();
            }
        }
        self.talks.clear();
        self.rings.clear();
    }
}

impl Pbx {
    /// Adds a channel to a queue, at this position (the first one is 1) or at the end.
    pub(crate) fn join_queue(&mut self, unique_id: &[u8], name: &str, position: Option<usize>, now: Instant) {
        if self.queues.place_of(unique_id).is_some() || self.bridges.of(unique_id).is_some() {
            return;
        }
        self.execute(unique_id, "Queue", name.as_bytes(), now);
        let Some(queue) = self.queues.named_mut(name) else { return };
        let place =
            position.map_or(usize::MAX, |position| position.saturating_sub(1)).min(queue.callers.len());
        queue.callers.insert(place, Entry { unique_id: unique_id.to_vec(), joined: now, priority: 0 });
        let count = queue.callers.len();
        let more = Block::new()
            .header("Queue", name)
            .header("Position", (place + 1).to_string())
            .header("Count", count.to_string());
        self.event_in_class(unique_id, "QueueCallerJoin", Classes::AGENT, more, now);
    }

    /// Removes a caller that leaves its queue, for example after a timeout.
    pub(crate) fn leave_queue(&mut self, unique_id: &[u8], now: Instant) {
        let Some((at, place)) = self.queues.place_of(unique_id) else { return };
        self.stop_ringing(unique_id, now);
        let queue = &mut self.queues.all[at];
        queue.callers.remove(place);
        let more = Block::new()
            .header("Queue", &queue.name)
            .header("Count", queue.callers.len().to_string())
            .header("Position", (place + 1).to_string());
        self.event_in_class(unique_id, "QueueCallerLeave", Classes::AGENT, more, now);
    }

    /// Removes a caller that hangs up while waiting.
    fn abandon_queue(&mut self, unique_id: &[u8], now: Instant) {
        let Some((at, place)) = self.queues.place_of(unique_id) else { return };
        let queue = &mut self.queues.all[at];
        queue.abandoned += 1;
        let waited = now.saturating_duration_since(queue.callers[place].joined).as_secs();
        let more = Block::new()
            .header("Queue", &queue.name)
            .header("Position", (place + 1).to_string())
            .header("OriginalPosition", (place + 1).to_string())
            .header("HoldTime", waited.to_string());
        self.event_in_class(unique_id, "QueueCallerAbandon", Classes::AGENT, more, now);
        self.leave_queue(unique_id, now);
    }

    /// Rings a member for a caller. Returns the Uniqueid of the channel that rings.
    pub(crate) fn ring_member(&mut self, caller: &[u8], interface: &str, now: Instant) -> Option<Vec<u8>> {
        let (at, place) = self.queues.place_of(caller)?;
        let queue = &self.queues.all[at];
        let state_interface = queue.member(interface)?.state_interface.clone();
        let (name, since) = (queue.name.clone(), queue.callers[place].joined);
        let member = self.dial_from(caller, interface.as_bytes(), now);
        let waited = now.saturating_duration_since(since).as_secs();
        let ring = Talk {
            queue: name,
            interface: interface.to_owned(),
            caller: caller.to_vec(),
            member: member.clone(),
            since: now,
            waited,
        };
        self.tell_agent("AgentCalled", &ring, Block::new(), now);
        self.queues.rings.push(ring);
        self.ring_phone(&member, now);
        self.set_device_state(&state_interface, RINGING, now);
        Some(member)
    }

    /// Lets the channel of a member answer the caller for which it rings.
    pub(crate) fn answer_member(&mut self, member: &[u8], now: Instant) {
        let Some(at) = self.queues.rings.iter().position(|ring| ring.member == member) else { return };
        let talk = Talk { since: now, ..self.queues.rings.remove(at) };
        let caller = talk.caller.clone();
        if self.queues.place_of(&caller).is_none() {
            return;
        }
        self.new_state(member, State::Up, now);
        self.dial_end_from(&caller, member, "ANSWER", now);
        if self.calls.find(&caller).is_some_and(|channel| channel.state != State::Up) {
            self.new_state(&caller, State::Up, now);
        }
        self.leave_queue(&caller, now);
        let more = Block::new().header("HoldTime", talk.waited.to_string()).header("RingTime", "0");
        self.tell_agent("AgentConnect", &talk, more, now);
        let queue = self.queues.named_mut(&talk.queue);
        if let Some(own) = queue.and_then(|queue| queue.member_mut(&talk.interface)) {
            own.is_in_call = true;
            let device = own.state_interface.clone();
            self.set_device_state(&device, IN_USE, now);
        }
        self.queues.talks.push(talk);
        self.talk(&[member.to_vec(), caller], Purpose::Talk, now);
    }

    /// Lets the channel of a member end without an answer.
    pub(crate) fn miss_member(&mut self, member: &[u8], now: Instant) {
        let Some(at) = self.queues.rings.iter().position(|ring| ring.member == member) else { return };
        let ring = self.queues.rings.remove(at);
        let more = Block::new().header("RingTime", "0");
        self.tell_agent("AgentRingNoAnswer", &ring, more, now);
        self.refuse_phone(&ring.caller, member, Refusal::NoAnswer, now);
    }

    /// Hangs up all channels of members that ring for a caller.
    fn stop_ringing(&mut self, caller: &[u8], now: Instant) {
        let is_of = |ring: &mut Talk| ring.caller == caller;
        for ring in self.queues.rings.extract_if(.., is_of).collect::<Vec<_>>() {
            self.hang_up_channel(&ring.member, 26, "Answered elsewhere", now);
        }
    }

    /// Ends the wait and the talk of a channel that is about to end.
    pub(super) fn before_gone(&mut self, unique_id: &[u8], now: Instant) {
        self.abandon_queue(unique_id, now);
        self.queues.rings.retain(|ring| ring.member != unique_id);
        let is_of = |talk: &mut Talk| talk.caller == unique_id || talk.member == unique_id;
        for talk in self.queues.talks.extract_if(.., is_of).collect::<Vec<_>>() {
            let talked = now.saturating_duration_since(talk.since).as_secs().to_string();
            let reason = if talk.caller == unique_id { "caller" } else { "agent" };
            let more = Block::new()
                .header("HoldTime", talk.waited.to_string())
                .header("TalkTime", talked)
                .header("Reason", reason);
            self.tell_agent("AgentComplete", &talk, more, now);
            let at = self.clock.unix(now).as_secs();
            if let Some(queue) = self.queues.named_mut(&talk.queue) {
                queue.completed += 1;
                if let Some(member) = queue.member_mut(&talk.interface) {
                    (member.calls_taken, member.last_call) = (member.calls_taken + 1, at);
                    member.is_in_call = false;
                }
            }
        }
    }

    /// Sets the device of an ended channel to not in use, unless it has another channel.
    pub(super) fn after_gone(&mut self, name: &[u8], now: Instant) {
        let device = device_of(name);
        let mut members = self.queues.all.iter().flat_map(|queue| &queue.members);
        if members.any(|member| member.state_interface.as_bytes() == device)
            && self.calls.channels.iter().all(|channel| device_of(&channel.name) != device)
        {
            self.set_device_state(&String::from_utf8_lossy(device), NOT_IN_USE, now);
        }
    }

    /// The items of `QueueStatus`, of the members with this interface or name (empty: all).
    pub(crate) fn queue_items(&self, filter: &[u8], now: Instant) -> Vec<Item> {
        let item = |event: &str, block: &Block| Item { event: event.to_owned(), headers: block.pairs() };
        let mut items = Vec::new();
        for queue in &self.queues.all {
            let params = Block::new()
                .header("Queue", &queue.name)
                .header("Max", "0")
                .header("Strategy", &queue.strategy)
                .header("Calls", queue.callers.len().to_string())
                .header("Holdtime", "0")
                .header("TalkTime", "0")
                .header("Completed", queue.completed.to_string())
                .header("Abandoned", queue.abandoned.to_string())
                .header("ServiceLevel", "0")
                .header("ServicelevelPerf", "0.0")
                .header("ServicelevelPerf2", "0.0")
                .header("Weight", "0");
            items.push(item("QueueParams", &params));
            let members = queue.members.iter().filter(|member| member.is_of(filter));
            items.extend(members.map(|member| item("QueueMember", &member.item(&queue.name))));
            for (place, entry) in queue.callers.iter().enumerate() {
                let Some(channel) = self.calls.find(&entry.unique_id) else { continue };
                // A list writes `unknown`, and events write `<unknown>`.
                let known =
                    |value: &[u8]| if value.is_empty() { b"unknown".to_vec() } else { value.to_vec() };
                let waited = now.saturating_duration_since(entry.joined).as_secs();
                let block = Block::new()
                    .header("Queue", &queue.name)
                    .header("Position", (place + 1).to_string())
                    .header("Channel", &channel.name)
                    .header("Uniqueid", &channel.unique_id)
                    .header("CallerIDNum", known(&channel.caller.number))
                    .header("CallerIDName", known(&channel.caller.name))
                    .header("ConnectedLineNum", known(&channel.connected.number))
                    .header("ConnectedLineName", known(&channel.connected.name))
                    .header("Wait", waited.to_string())
                    .header("Priority", entry.priority.to_string());
                items.push(item("QueueEntry", &block));
            }
        }
        items
    }

    /// The items of `QueueSummary`. A member counts as logged in unless its device is invalid or unavailable.
    pub(crate) fn queue_summaries(&self, now: Instant) -> Vec<Item> {
        let summary = |queue: &Queue| {
            let waits =
                queue.callers.iter().map(|entry| now.saturating_duration_since(entry.joined).as_secs());
            let logged_in = queue.members.iter().filter(|member| member.is_logged_in()).count();
            let available = queue.members.iter().filter(|member| member.is_available()).count();
            let block = Block::new()
                .header("Queue", &queue.name)
                .header("LoggedIn", logged_in.to_string())
                .header("Available", available.to_string())
                .header("Callers", queue.callers.len().to_string())
                .header("HoldTime", "0")
                .header("TalkTime", "0")
                .header("LongestHoldTime", waits.max().unwrap_or_default().to_string());
            Item { event: "QueueSummary".to_owned(), headers: block.pairs() }
        };
        self.queues.all.iter().map(summary).collect()
    }

    fn dial_end_from(&mut self, caller: &[u8], dialled: &[u8], status: &str, now: Instant) {
        let (from, to) = (self.snapshot(caller, ""), self.snapshot(dialled, "Dest"));
        let body = from.raw(&to.unended()).header("DialStatus", status);
        self.emit("DialEnd", Classes::CALL, body, now);
    }

    fn tell_agent(&mut self, event: &str, talk: &Talk, more: Block, now: Instant) {
        let (from, to) = (self.snapshot(&talk.caller, ""), self.snapshot(&talk.member, "Dest"));
        let member = self.queues.named(&talk.queue).and_then(|queue| queue.member(&talk.interface));
        let body = from
            .raw(&to.unended())
            .header("Queue", &talk.queue)
            .header("Interface", &talk.interface)
            .header("MemberName", member.map_or(&talk.interface, |member| &member.name))
            .raw(&more.unended());
        self.emit(event, Classes::AGENT, body, now);
    }
}

fn device_of(name: &[u8]) -> &[u8] {
    let end = name.iter().rposition(|byte| *byte == b'-').unwrap_or(name.len());
    &name[..end]
}
