//! Lets a test configure queues, and act as their members and callers.

use std::time::Instant;

use super::node::Asterisk;
use super::pbx::members::{Member, Pause};
use super::pbx::queues::Queue;

/// The queues of a server at one moment. Dropping it advances the server, which sends the events that are due.
///
/// A method does nothing if the queue, the member or the channel that it names does not exist.
#[derive(Debug)]
pub struct Hall<'a> {
    asterisk: &'a mut Asterisk,
    now: Instant,
}

impl Asterisk {
    /// The queues at this moment.
    pub fn hall(&mut self, now: Instant) -> Hall<'_> {
        self.advance(now);
        Hall { asterisk: self, now }
    }
}

impl Hall<'_> {
    /// Configures a queue with these static members, as `queue reload` does. Sends no events. Dynamic members and
    /// callers stay.
    pub fn configure<S: AsRef<str>>(&mut self, queue: &str, members: impl IntoIterator<Item = S>) {
        let queues = &mut self.asterisk.pbx.queues;
        if queues.named(queue).is_none() {
            queues.all.push(Queue::new(queue));
        }
        let Some(queue) = queues.named_mut(queue) else { return };
        let before = std::mem::take(&mut queue.members);
        queue.members.extend(before.iter().filter(|member| member.is_dynamic).cloned());
        for interface in members {
            let interface = interface.as_ref();
            if queue.members.iter().any(|member| member.interface == interface) {
                continue;
            }
            let known = before.iter().find(|member| member.interface == interface).cloned();
            queue.members.push(known.unwrap_or_else(|| Member::new(interface, false)));
        }
    }

    /// Removes a queue with its members and callers. Sends no events. The channels of the callers stay.
    pub fn forget(&mut self, queue: &str) {
        self.asterisk.pbx.queues.all.retain(|known| known.name != queue);
    }

    /// Adds a dynamic member, as `QueueAdd` does.
    pub fn add(&mut self, queue: &str, interface: &str) {
        self.asterisk.pbx.add_member(queue, Member::new(interface, true), self.now);
    }

    /// Removes a member, as `QueueRemove` does.
    pub fn remove(&mut self, queue: &str, interface: &str) {
        self.asterisk.pbx.remove_member(queue, interface, self.now);
    }

    /// Pauses a member for a reason. `None` ends the pause, with the reason of the pause in the event.
    pub fn pause(&mut self, queue: &str, interface: &str, reason: Option<&str>) {
        let pbx = &mut self.asterisk.pbx;
        let member = pbx.queues.named(queue).and_then(|queue| queue.member(interface));
        let before = member.and_then(|member| member.pause.clone()).unwrap_or_default();
        let pause = reason.map_or(Pause::Ends(&before), Pause::Begins);
        pbx.pause_member(queue, interface, pause, self.now);
    }

    /// Sets the penalty of a member.
    pub fn penalty(&mut self, queue: &str, interface: &str, penalty: u32) {
        self.asterisk.pbx.set_penalty(queue, interface, penalty, self.now);
    }

    /// Sets the state of a device, by Asterisk's number, and of the members with this interface.
    pub fn device(&mut self, interface: &str, state: u8) {
        self.asterisk.pbx.set_device_state(interface, state, self.now);
    }

    /// Adds a channel to a queue, at this position (the first one is 1) or at the end.
    pub fn join(&mut self, unique_id: &[u8], queue: &str, position: Option<usize>) {
        if self.asterisk.pbx.calls.find(unique_id).is_some() {
            self.asterisk.pbx.join_queue(unique_id, queue, position, self.now);
        }
    }

    /// Removes a caller, as after a timeout.
    pub fn leave(&mut self, unique_id: &[u8]) {
        self.asterisk.pbx.leave_queue(unique_id, self.now);
    }

    /// Rings a member for a caller. Returns the Uniqueid of the channel that rings. `None` if the channel does
    /// not wait in a queue with this member.
    pub fn ring(&mut self, caller: &[u8], interface: &str) -> Option<Vec<u8>> {
        self.asterisk.pbx.ring_member(caller, interface, self.now)
    }

    /// Lets the channel of a member answer the caller for which it rings.
    pub fn answer(&mut self, member: &[u8]) {
        if self.asterisk.pbx.calls.find(member).is_some() {
            self.asterisk.pbx.answer_member(member, self.now);
        }
    }

    /// Lets the channel of a member end without an answer.
    pub fn miss(&mut self, member: &[u8]) {
        if self.asterisk.pbx.calls.find(member).is_some() {
            self.asterisk.pbx.miss_member(member, self.now);
        }
    }
}

impl Drop for Hall<'_> {
    fn drop(&mut self) {
        self.asterisk.advance(self.now);
    }
}
