//! Applies events of queues to the model.
//!
//! Asterisk sends no `QueueCallerLeave` for a channel that is taken out of the queue from outside (`Bridge`,
//! `Park`, a pick-up), because the application continues with a surrogate channel. The model therefore also
//! removes a caller whose channel enters a bridge, is parked, runs another application or ends.

use super::channel::Life;
use super::fields::{number, pick};
use super::interest::{OfQueues, Own};
use super::keys::ChannelKey;
use super::model::Model;
use super::moment::Moment;
use super::queue::QueueKey;
use super::queue_caller::{CallerSnapshot, QueueCaller};
use super::queue_changes::QueueChanges;
use super::queue_member::MemberSnapshot;
use super::queue_visit::QueueVisit;
use super::snapshot::{Field, Snapshot};
use super::texts::cut;

impl Model {
    pub(super) fn on_queue_event(&mut self, event: OfQueues, frame: &[u8], at: Moment) {
        if !self.queues.is_kept() {
            return;
        }
        self.hears_agents = true;
        match event {
            OfQueues::Join => self.on_join(&CallerSnapshot::of_event(frame), at),
            OfQueues::Leave => self.on_leave(&CallerSnapshot::of_event(frame), at),
            OfQueues::Abandon => {
                let caller = CallerSnapshot::of_event(frame);
                if let Some(key) = self.queue_told(caller.queue()) {
                    self.queues.count(key, QueueChanges::ABANDONED);
                }
                self.visit(caller.unique_id(), caller.queue(), at, |visit| visit.abandon(at.unix));
            }
            OfQueues::Connect => self.on_connect(frame, at),
            OfQueues::MemberAdded | OfQueues::Member => {
                let member = MemberSnapshot::of_event(frame);
                let Some(key) = self.queue_told(member.queue()) else { return };
                let (may_create, has_room) = (event == OfQueues::MemberAdded, self.has_queue_room());
                if !self.queues.take_member(key, &member, may_create, has_room) {
                    self.doubt_queue(member.queue());
                }
            }
            OfQueues::MemberRemoved => {
                let member = MemberSnapshot::of_event(frame);
                if let Some(key) = self.queue_told(member.queue()) {
                    self.queues.remove_member(key, member.interface());
                }
            }
            OfQueues::Other => {}
        }
    }

    fn on_join(&mut self, caller: &CallerSnapshot<'_>, at: Moment) {
        let id = caller.unique_id();
        let Some(key) = self.queue_told(caller.queue()) else { return };
        let is_ending = self.known(id).is_some_and(|(_, life)| life == Life::Ending);
        if id.is_empty() || is_ending || self.hung_up.has(id, at.now) {
            return;
        }
        let place = caller.position().map_or(usize::MAX, |position| position.saturating_sub(1));
        let (new, has_room) = (QueueCaller::new(caller, at.unix, true), self.has_queue_room());
        if self.queues.join(key, new, place, has_room) {
            self.queues.count(key, QueueChanges::JOINED);
            self.begin_visit(key, id);
        }
        self.compare_count(key, caller);
    }

    fn on_leave(&mut self, caller: &CallerSnapshot<'_>, at: Moment) {
        let Some(key) = self.queue_told(caller.queue()) else { return };
        if self.queues.of_caller(caller.unique_id()) == Some(key) {
            self.leave_queue(caller.unique_id(), at);
        }
        self.compare_count(key, caller);
    }

    /// Applies an `AgentConnect`: a member answered a caller.
    fn on_connect(&mut self, frame: &[u8], at: Moment) {
        let [id, member_channel, queue, interface, name] = pick(frame, &CONNECT);
        if let Some(key) = self.queue_told(queue) {
            self.queues.count(key, QueueChanges::ANSWERED);
        }
        let [hold_time] = pick(frame, &[b"HoldTime"]);
        let waited = std::time::Duration::from_secs(number(hold_time).unwrap_or_default());
        let joined = Moment { unix: at.unix.saturating_sub(waited), ..at };
        self.visit(id, queue, joined, |visit| visit.connect(interface, name, at.unix));
        match self.alive(member_channel) {
            Some(key) => self.answered_by(key, at),
            None => {
                if let Some(key) = self.alive(id) {
                    self.change_call(key, |call| {
                        call.answer(None, at.unix);
                    });
                }
            }
        }
    }

    /// Ends the wait of a channel that hung up or runs another application.
    pub(super) fn on_own_of_caller(&mut self, own: Own, snapshot: &Snapshot<'_>, at: Moment) {
        if !matches!(own, Own::Hangup | Own::Exten) || !self.queues.has_callers() {
            return;
        }
        if own == Own::Hangup || !snapshot.text(Field::Application).eq_ignore_ascii_case(b"Queue") {
            self.leave_queue(snapshot.unique_id(), at);
        }
    }

    /// Removes a channel from the queue that it waits in, if any.
    pub(super) fn leave_queue(&mut self, unique_id: &[u8], at: Moment) {
        if self.queues.has_callers() && self.queues.leave(unique_id).is_some() {
            self.end_visit(unique_id, at);
        }
    }

    /// As `leave_queue`, for the channel with this key.
    pub(super) fn leave_queue_by_key(&mut self, key: ChannelKey, at: Moment) {
        if !self.queues.has_callers() {
            return;
        }
        if let Some(unique_id) = self.channels.get(key).map(|channel| channel.unique_id().to_vec()) {
            self.leave_queue(&unique_id, at);
        }
    }

    /// Notes in the call of a channel that it waits in this queue.
    pub(super) fn begin_visit(&mut self, key: QueueKey, unique_id: &[u8]) {
        let Some(queue) = self.queues.get(key) else { return };
        let Some(caller) = queue.place_of(unique_id).and_then(|place| queue.callers().get(place)) else {
            return;
        };
        let visit = QueueVisit::new(queue.name(), caller.joined_at());
        if let Some(channel) = self.alive(unique_id) {
            self.change_call(channel, |call| {
                let is_known = call
                    .queue
                    .as_ref()
                    .is_some_and(|known| known.is_waiting() && known.queue() == visit.queue());
                if !is_known {
                    call.queue = Some(Box::new(visit));
                }
            });
        }
    }

    /// Notes in the call of a channel that its wait is over.
    pub(super) fn end_visit(&mut self, unique_id: &[u8], at: Moment) {
        let Some((key, _)) = self.known(unique_id) else { return };
        self.change_call(key, |call| {
            if let Some(visit) = &mut call.queue {
                visit.leave(at.unix);
            }
        });
    }

    /// Changes the wait of a channel's call in this queue. If the call has no such wait, a new one is made that
    /// began at `at`.
    fn visit(&mut self, unique_id: &[u8], queue: &[u8], at: Moment, change: impl FnOnce(&mut QueueVisit)) {
        let Some((key, _)) = self.known(unique_id) else { return };
        self.change_call(key, |call| {
            let own = call.queue.take().filter(|visit| visit.queue() == cut(queue));
            let mut visit = own.unwrap_or_else(|| Box::new(QueueVisit::new(queue, at.unix)));
            change(&mut visit);
            call.queue = Some(visit);
        });
    }

    /// The queue that an event names. If the model does not have it, the model asks for a list of it.
    fn queue_told(&mut self, name: &[u8]) -> Option<QueueKey> {
        let key = self.queues.by_name(name);
        if key.is_none() {
            self.doubt_queue(name);
        }
        key
    }

    /// Asks for a list of a queue that the model lacks or that has an unknown member. Does nothing if the bounds
    /// have kept something out, because the list could not add it.
    fn doubt_queue(&mut self, name: &[u8]) {
        if self.queues.truncation().is_empty() && !name.is_empty() {
            self.queues_in_doubt.unknown.get_or_insert_with(|| cut(name).into());
        }
    }

    /// Compares `Count` of an event with the number of callers in the model. If they differ, an event was missed
    /// and the queue is listed.
    fn compare_count(&mut self, key: QueueKey, caller: &CallerSnapshot<'_>) {
        let Some(queue) = self.queues.get(key) else { return };
        let is_other = caller.count().is_some_and(|count| count != queue.callers().len());
        if is_other && self.queues.truncation().is_empty() {
            self.queues_in_doubt.miscounted.get_or_insert_with(|| cut(caller.queue()).into());
        }
    }

    /// True if the bound of memory leaves room for another queue, member or caller.
    pub(super) fn has_queue_room(&self) -> bool {
        self.bytes() < self.bytes_max
    }
}

const CONNECT: [&[u8]; 5] = [b"Uniqueid", b"DestUniqueid", b"Queue", b"Interface", b"MemberName"];
