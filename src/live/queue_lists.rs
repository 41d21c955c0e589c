//! Applies lists of queues (`QueueStatus`) to the model. Asterisk writes each queue under its lock, so the items
//! of one queue are consistent. A list is newer than the events before it; the events of its changes may still
//! follow.

use std::time::Duration;

use super::fields::pick;
use super::model::Model;
use super::moment::Moment;
use super::queue::QueueKey;
use super::queue_caller::{CallerSnapshot, QueueCaller};
use super::queue_counters::AsteriskCounters;
use super::queue_member::MemberSnapshot;
use super::queue_reading::Reading;

/// Waiting time from which the event of a caller must have arrived, if the session receives such events.
const SURELY_TOLD: Duration = Duration::from_secs(5);
const SECOND: Duration = Duration::from_secs(1);

impl Model {
    /// Begins a list. `is_whole` is true if it lists all queues.
    pub(super) fn begin_queues(&mut self, is_whole: bool) {
        self.queues.listing += 1;
        self.reading = None;
        if is_whole {
            self.queues.forget_truncation();
        }
    }

    /// Applies an item of `QueueStatus`.
    pub(super) fn on_queue_item(&mut self, event: &[u8], frame: &[u8], at: Moment) {
        match event {
            b"QueueParams" => {
                self.end_reading(at);
                let [name] = pick(frame, &[b"Queue"]);
                let has_room = self.has_queue_room();
                let Some(key) = self.queues.ensure(name, has_room) else { return };
                let (counters, strategy) = AsteriskCounters::of_item(frame, at.unix);
                self.queues.take(key, counters, strategy);
                self.reading = Some(Reading { key, callers: Vec::new() });
            }
            b"QueueMember" => {
                let (member, has_room) = (MemberSnapshot::of_item(frame), self.has_queue_room());
                if let Some(key) = self.reading.as_ref().map(|reading| reading.key)
                    && self.queues.by_name(member.queue()) == Some(key)
                {
                    self.queues.take_member(key, &member, true, has_room);
                }
            }
            b"QueueEntry" => {
                let caller = CallerSnapshot::of_item(frame);
                if !self.hung_up.has(caller.unique_id(), at.now)
                    && let Some(reading) = &mut self.reading
                    && self.queues.by_name(caller.queue()) == Some(reading.key)
                    && reading.callers.len() < self.queue_entries_max
                {
                    let joined_at = at.unix.saturating_sub(caller.wait());
                    reading.callers.push(QueueCaller::new(&caller, joined_at, false));
                }
            }
            _ => {}
        }
    }

    /// Ends a complete list of the queue `name`, or of all queues if that is `None`. Queues that it did not
    /// contain are removed. Returns the number of callers whose event should have arrived and did not.
    pub(super) fn end_queues(&mut self, name: Option<&[u8]>, listening_for: Duration, at: Moment) -> usize {
        self.end_reading(at);
        let missing = match name {
            None => self.queues.unlisted(self.queues.listing),
            Some(name) => {
                let listing = self.queues.listing;
                let key = self.queues.by_name(name);
                let is_missing =
                    |key: &QueueKey| self.queues.get(*key).is_some_and(|queue| queue.listed != listing);
                key.filter(is_missing).into_iter().collect()
            }
        };
        for key in missing {
            self.queues.remove(key);
        }
        self.counters.lists += 1;
        let is_untold = |caller: &&QueueCaller| {
            let waited = at.unix.saturating_sub(caller.joined_at());
            !caller.was_told && waited >= SURELY_TOLD && waited + SECOND < listening_for
        };
        self.queues.iter().map(|(_, queue)| queue.callers().iter().filter(is_untold).count()).sum()
    }

    /// Applies the callers of the queue whose items were read last, and removes its missing members.
    fn end_reading(&mut self, at: Moment) {
        let Some(Reading { key, callers }) = self.reading.take() else { return };
        self.queues.keep_listed_members(key);
        let room = self.bytes_max.saturating_sub(self.bytes() - self.queues.memory());
        let (new, gone) = self.queues.replace_callers(key, callers, |bytes| bytes < room);
        for unique_id in gone {
            self.end_visit(&unique_id, at);
        }
        for unique_id in new {
            self.begin_visit(key, &unique_id);
        }
    }
}
