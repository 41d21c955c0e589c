//! The deliveries of one server that its listeners have not received yet, in wire order. The queue is bounded
//! in events and bytes, and counts the events that it drops.

use std::collections::VecDeque;
use std::ptr;
use std::time::Duration;

use super::exchange::Notification;
use super::subscription::{NameIndex, Verdict};
use crate::limits::{DropPolicy, Limits};
use crate::node::OutcomeCell;
use crate::wire::{Message, MessageArena, Stamp};

/// The delivery queue of one server. Events may be dropped; everything else is always delivered. A gap stands
/// where events were dropped.
#[derive(Debug, Default)]
pub(super) struct DeliveryQueue {
    entries: VecDeque<Entry>,
    /// Position of the first entry, counted since the queue was created.
    base: u64,
    /// Positions of the events, in order, so that the event to drop is found without a search, whatever stands
    /// between the events.
    unprotected: VecDeque<u64>,
    protected: VecDeque<u64>,
    /// Number of state changes, and of gaps that follow them.
    changes: usize,
    bytes: usize,
    /// The highest `bytes` since the queue was last shrunk.
    bytes_peak: usize,
    tombstones: usize,
    /// Place of the one `Entry::Live`.
    live: Option<u64>,
    last_taken_at: Option<Duration>,
    /// The memory of the unprotected events. A protected one may stay while all around it are dropped, so it has memory
    /// of its own.
    arena: MessageArena,
}

#[derive(Debug)]
enum Entry {
    Event {
        message: Message,
        is_protected: bool,
        name: NameIndex,
    },
    Notification(Notification),
    /// Here the live model tells its news.
    Live,
    Dropped(Dropped),
    /// A gap that was merged into the gap after it, or an action's end that was taken out of turn.
    Tombstone,
}

#[derive(Clone, Copy, Debug)]
struct Dropped {
    count: u64,
    first_at: Duration,
    last_at: Duration,
}

/// A delivery that was taken from the queue.
#[derive(Debug)]
pub(super) enum Taken {
    Event(Message, NameIndex),
    Notification(Notification),
    /// `count` events were dropped at this position. `from` and `to` are the Unix times of the event before and
    /// the event after.
    Dropped {
        count: u64,
        from: Duration,
        to: Duration,
    },
}

/// More than one tick delivers of usual events.
const MUCH_BYTES: usize = 8 * 1_024 * 1_024;

impl DeliveryQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Number of waiting events.
    pub(super) fn depth(&self) -> usize {
        self.unprotected.len() + self.protected.len()
    }

    /// Number of waiting state changes and of gaps after them.
    pub(super) fn changes(&self) -> usize {
        self.changes
    }

    /// Bytes of the waiting events: each message, its entry and its position.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Queues a notification, which is never dropped.
    pub(super) fn push(&mut self, notification: Notification) {
        match &notification {
            // So that the ending is found without a search.
            Notification::Ended { cell, .. } => cell.set_position(self.next_position()),
            Notification::Changed { .. } | Notification::Gap { .. } => self.changes += 1,
        }
        self.entries.push_back(Entry::Notification(notification));
    }

    /// The live model has news: their turn comes after all that is queued now.
    pub(super) fn push_live(&mut self) {
        debug_assert!(self.live.is_none(), "one turn at a time");
        self.live = Some(self.next_position());
        self.entries.push_back(Entry::Live);
    }

    /// True where news of the live model have a turn.
    pub(super) fn has_live(&self) -> bool {
        self.live.is_some()
    }

    /// True where something is delivered after the turn of the live model.
    pub(super) fn is_behind_live(&self) -> bool {
        self.live.is_some_and(|position| position + 1 < self.next_position())
    }

    /// True where it is the live model's turn.
    pub(super) fn is_live_next(&self) -> bool {
        matches!(self.entries.front(), Some(Entry::Live))
    }

    /// The live model's turn is over.
    pub(super) fn end_live(&mut self) {
        if self.is_live_next() {
            self.entries.pop_front();
            self.base += 1;
            self.live = None;
            self.tidy();
        }
    }

    /// Takes the ending of an action out of its turn. False if it is not queued.
    pub(super) fn take_ending(&mut self, ended: &OutcomeCell) -> bool {
        let at = ended.position().checked_sub(self.base).and_then(|at| usize::try_from(at).ok());
        let entry = at.and_then(|at| self.entries.get_mut(at));
        // The position of an ending that was taken before may be that of another entry now.
        let is_it = |entry: &Entry| {
            let Entry::Notification(Notification::Ended { cell, .. }) = entry else { return false };
            ptr::eq(&raw const **cell, ended)
        };
        let Some(entry) = entry.filter(|entry| is_it(entry)) else { return false };
        *entry = Entry::Tombstone;
        self.tombstones += 1;
        self.tidy();
        true
    }

    /// The message of a frame, for `push_event`.
    pub(super) fn message(&mut self, frame: &[u8], stamp: Stamp, is_protected: bool) -> Message {
        if is_protected { Message::stamped(frame, stamp) } else { self.arena.message(frame, stamp) }
    }

    /// Queues an event. If it does not fit, drops other events or this one, as the drop policy says, and calls
    /// `on_drop` for each dropped event.
    pub(super) fn push_event(
        &mut self,
        message: Message,
        Verdict { is_protected, name, .. }: Verdict,
        limits: &Limits,
        on_drop: &mut impl FnMut(NameIndex),
    ) {
        let cost = cost(&message);
        if cost > limits.event_queue_bytes_max {
            on_drop(name);
            self.push_dropped(message.stamp().received_at);
            return;
        }
        let fits = |queue: &Self| {
            queue.depth() < limits.event_queue_max && queue.bytes + cost <= limits.event_queue_bytes_max
        };
        while !fits(self) {
            let position = match limits.drop_policy {
                // An unprotected event never displaces a protected one.
                DropPolicy::Oldest if is_protected => {
                    self.unprotected.pop_front().or_else(|| self.protected.pop_front())
                }
                DropPolicy::Oldest => self.unprotected.pop_front(),
                DropPolicy::Newest if is_protected => self.unprotected.pop_back(),
                DropPolicy::Newest => None,
            };
            let Some(position) = position else {
                on_drop(name);
                self.push_dropped(message.stamp().received_at);
                return;
            };
            self.drop_at(position, on_drop);
        }
        self.bytes += cost;
        self.bytes_peak = self.bytes_peak.max(self.bytes);
        let position = self.next_position();
        if is_protected { &mut self.protected } else { &mut self.unprotected }.push_back(position);
        self.entries.push_back(Entry::Event { message, is_protected, name });
    }

    /// Takes the oldest delivery.
    pub(super) fn pop(&mut self) -> Option<Taken> {
        loop {
            let entry = self.entries.pop_front()?;
            self.base += 1;
            match entry {
                Entry::Tombstone => self.tombstones -= 1,
                // Told by `is_live_next`, before.
                Entry::Live => self.live = None,
                Entry::Notification(notification) => {
                    match &notification {
                        Notification::Ended { .. } => {}
                        Notification::Changed { .. } | Notification::Gap { .. } => self.changes -= 1,
                    }
                    return Some(Taken::Notification(notification));
                }
                Entry::Event { message, is_protected, name } => {
                    if is_protected { &mut self.protected } else { &mut self.unprotected }.pop_front();
                    self.bytes -= cost(&message);
                    self.last_taken_at = Some(message.stamp().received_at);
                    return Some(Taken::Event(message, name));
                }
                Entry::Dropped(dropped) => return Some(self.pop_gap(dropped)),
            }
        }
    }

    /// Frees memory when the queue is empty. True if the queue held so much that the allocator should be asked to return
    /// memory to the system; otherwise the allocator keeps most of it.
    pub(super) fn shrink(&mut self) -> bool {
        if self.entries.is_empty() && self.entries.capacity() > 64 {
            self.entries = VecDeque::new();
            (self.unprotected, self.protected) = Default::default();
        }
        self.arena.release();
        std::mem::take(&mut self.bytes_peak) > MUCH_BYTES
    }

    /// Takes a gap, merged with the gaps directly after it.
    fn pop_gap(&mut self, mut dropped: Dropped) -> Taken {
        loop {
            match self.entries.front() {
                Some(Entry::Tombstone) => self.tombstones -= 1,
                Some(Entry::Dropped(next)) => dropped = dropped.and(*next),
                Some(Entry::Event { .. } | Entry::Notification(_) | Entry::Live) | None => break,
            }
            self.entries.pop_front();
            self.base += 1;
        }
        let to = match self.entries.front() {
            Some(Entry::Event { message, .. }) => message.stamp().received_at,
            Some(Entry::Notification(_) | Entry::Live | Entry::Dropped(_) | Entry::Tombstone) | None => {
                dropped.last_at
            }
        };
        let from = self.last_taken_at.unwrap_or(dropped.first_at);
        Taken::Dropped { count: dropped.count, from, to }
    }

    fn next_position(&self) -> u64 {
        self.base + self.entries.len() as u64
    }

    /// Replaces the event at a position, which is already in no list of positions, with a gap. A gap directly
    /// before it is merged into the new one, so that a run of dropped events is one gap at the end of the run.
    fn drop_at(&mut self, position: u64, on_drop: &mut impl FnMut(NameIndex)) {
        let Ok(at) = usize::try_from(position - self.base) else { return };
        let Some(Entry::Event { message, name, .. }) = self.entries.get(at) else { return };
        let (cost, at_time) = (cost(message), message.stamp().received_at);
        on_drop(*name);
        self.bytes -= cost;
        let mut dropped = Dropped::one(at_time);
        if let Some(before) = at.checked_sub(1)
            && let Entry::Dropped(earlier) = self.entries[before]
        {
            dropped = earlier.and(dropped);
            self.entries[before] = Entry::Tombstone;
            self.tombstones += 1;
        }
        self.entries[at] = Entry::Dropped(dropped);
        self.tidy();
    }

    /// Queues a gap for an event that was lost.
    pub(super) fn push_dropped(&mut self, at: Duration) {
        match self.entries.back_mut() {
            Some(Entry::Dropped(last)) => *last = last.and(Dropped::one(at)),
            Some(Entry::Event { .. } | Entry::Notification(_) | Entry::Live | Entry::Tombstone) | None => {
                self.entries.push_back(Entry::Dropped(Dropped::one(at)));
            }
        }
    }

    /// Removes tombstones, so that they do not pile up while no delivery is taken.
    fn tidy(&mut self) {
        while matches!(self.entries.front(), Some(Entry::Tombstone)) {
            self.entries.pop_front();
            self.base += 1;
            self.tombstones -= 1;
        }
        if self.tombstones > 64 && self.tombstones > self.entries.len() / 4 {
            self.close_up();
        }
    }

    /// Removes all tombstones, and merges gaps that then follow each other. In place: a copy of a long queue would be a
    /// large piece of memory that comes and goes between the chunks of the messages, and leaves holes there.
    fn close_up(&mut self) {
        let mut kept = 0_usize;
        for at in 0..self.entries.len() {
            let entry = std::mem::replace(&mut self.entries[at], Entry::Tombstone);
            let before = kept.checked_sub(1).and_then(|before| self.entries.get_mut(before));
            match (entry, before) {
                (Entry::Tombstone, _) => {}
                (Entry::Dropped(later), Some(Entry::Dropped(earlier))) => *earlier = earlier.and(later),
                (entry, _) => {
                    self.entries[kept] = entry;
                    kept += 1;
                }
            }
        }
        self.entries.truncate(kept);
        self.tombstones = 0;
        self.index_positions();
    }

    fn index_positions(&mut self) {
        self.unprotected.clear();
        self.protected.clear();
        for (position, entry) in (self.base..).zip(&self.entries) {
            match entry {
                Entry::Event { is_protected: true, .. } => self.protected.push_back(position),
                Entry::Event { is_protected: false, .. } => self.unprotected.push_back(position),
                Entry::Notification(Notification::Ended { cell, .. }) => cell.set_position(position),
                Entry::Live => self.live = Some(position),
                Entry::Notification(Notification::Changed { .. } | Notification::Gap { .. })
                | Entry::Dropped(_)
                | Entry::Tombstone => {}
            }
        }
    }
}

impl Dropped {
    fn one(at: Duration) -> Self {
        Self { count: 1, first_at: at, last_at: at }
    }

    fn and(self, later: Self) -> Self {
        Self { count: self.count + later.count, first_at: self.first_at, last_at: later.last_at }
    }
}

/// Bytes of an event: its message, its entry and its position.
fn cost(message: &Message) -> usize {
    message.memory() + size_of::<Entry>() - size_of::<Message>() + size_of::<u64>()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn event(number: u64) -> Message {
        let stamp = Stamp {
            received_at: Duration::from_secs(number),
            sequence: number,
            session: 1,
            ..Stamp::default()
        };
        Message::stamped(format!("Event: E{number}\r\n").as_bytes(), stamp)
    }

    /// In these tests each event has its own name, so that `on_drop` shows which event was dropped.
    fn verdict(number: u64, is_protected: bool) -> Verdict {
        Verdict { is_wanted: true, is_protected, name: NameIndex(u32::try_from(number).unwrap()) }
    }

    fn limits(events: usize, policy: DropPolicy) -> Limits {
        Limits { event_queue_max: events, drop_policy: policy, ..Limits::default() }
    }

    /// Pushes events 1 to `count`. The events listed in `protected` are protected.
    fn filled(count: u64, protected: &[u64], limits: &Limits) -> (DeliveryQueue, Vec<u64>) {
        let (mut queue, mut dropped) = (DeliveryQueue::default(), Vec::new());
        for number in 1..=count {
            let mut on_drop = |name: NameIndex| dropped.push(u64::from(name.0));
            queue.push_event(
                event(number),
                verdict(number, protected.contains(&number)),
                limits,
                &mut on_drop,
            );
        }
        (queue, dropped)
    }

    fn drained(queue: &mut DeliveryQueue) -> Vec<String> {
        let mut seen = Vec::new();
        while let Some(taken) = queue.pop() {
            seen.push(match taken {
                Taken::Event(message, _) => message.stamp().sequence.to_string(),
                Taken::Notification(_) => "tell".to_owned(),
                Taken::Dropped { count, from, to } => {
                    format!("-{count}({}..{})", from.as_secs(), to.as_secs())
                }
            });
        }
        assert_eq!((queue.depth(), queue.bytes, queue.changes, queue.tombstones), (0, 0, 0, 0));
        seen
    }

    #[test]
    fn below_its_bounds_everything_comes_out_in_order() {
        let (mut queue, dropped) = filled(5, &[2], &limits(5, DropPolicy::Oldest));
        assert!(dropped.is_empty());
        assert_eq!(drained(&mut queue), ["1", "2", "3", "4", "5"]);
    }

    #[test]
    fn the_oldest_go_and_leave_one_gap_where_they_stood() {
        let (mut queue, dropped) = filled(8, &[], &limits(3, DropPolicy::Oldest));
        assert_eq!(dropped, [1, 2, 3, 4, 5]);
        assert_eq!(drained(&mut queue), ["-5(1..6)", "6", "7", "8"]);
    }

    #[test]
    fn protected_events_go_last() {
        let (mut queue, dropped) = filled(8, &[1, 4], &limits(3, DropPolicy::Oldest));
        assert_eq!(dropped, [2, 3, 5, 6, 7]);
        assert_eq!(drained(&mut queue), ["1", "-2(1..4)", "4", "-3(4..8)", "8"]);
        let (mut queue, dropped) = filled(5, &[1, 2, 3, 4, 5], &limits(3, DropPolicy::Oldest));
        assert_eq!(dropped, [1, 2]);
        assert_eq!(drained(&mut queue), ["-2(1..3)", "3", "4", "5"]);
    }

    #[test]
    fn an_unprotected_event_pushes_no_protected_one_out() {
        let (mut queue, dropped) = filled(4, &[1, 2, 3], &limits(3, DropPolicy::Oldest));
        assert_eq!(dropped, [4]);
        assert_eq!(drained(&mut queue), ["1", "2", "3", "-1(3..4)"]);
    }

    #[test]
    fn the_newest_go_where_the_past_matters_more() {
        let (mut queue, dropped) = filled(6, &[5], &limits(3, DropPolicy::Newest));
        assert_eq!(dropped, [4, 3, 6]);
        assert_eq!(drained(&mut queue)[..2], ["1", "2"]);
    }

    #[test]
    fn what_is_no_event_is_never_dropped_and_keeps_its_place() {
        let limits = limits(2, DropPolicy::Oldest);
        let mut queue = DeliveryQueue::default();
        queue.push_event(event(1), verdict(1, false), &limits, &mut |_| {});
        queue.push(Notification::Gap { from: Duration::ZERO, to: Duration::ZERO, reason: None, dropped: 0 });
        for number in 2..6 {
            queue.push_event(event(number), verdict(number, false), &limits, &mut |_| {});
        }
        assert_eq!(drained(&mut queue), ["-1(1..1)", "tell", "-2(2..4)", "4", "5"]);
    }

    #[test]
    fn bytes_are_bounded_too() {
        let cost = cost(&event(1));
        let limits = Limits { event_queue_bytes_max: cost * 3, ..Limits::default() };
        let (queue, dropped) = filled(5, &[], &limits);
        assert_eq!((queue.depth(), queue.bytes()), (3, cost * 3));
        assert_eq!(dropped, [1, 2]);
    }

    #[test]
    fn only_a_queue_that_was_large_gives_much_back_and_says_so_once() {
        let limits = Limits::default();
        let mut queue = DeliveryQueue::default();
        let fill = |queue: &mut DeliveryQueue, events: u64| {
            for number in 0..events {
                let frame = [b"Event: A\r\nX: ".as_slice(), &[b'x'; 8_000], b"\r\n"].concat();
                let stamp = Stamp { sequence: number, ..Stamp::default() };
                queue.push_event(Message::stamped(&frame, stamp), verdict(0, false), &limits, &mut |_| {});
            }
            while queue.pop().is_some() {}
            queue.shrink()
        };
        assert!(!fill(&mut queue, 10));
        assert!(fill(&mut queue, 1_100));
        assert!(!fill(&mut queue, 10));
    }

    #[test]
    fn an_ending_is_taken_out_of_its_turn_once_wherever_it_stands() {
        let limits = limits(10, DropPolicy::Oldest);
        let mut queue = DeliveryQueue::default();
        let cells: Vec<Arc<OutcomeCell>> = (0..=200).map(|_| Arc::default()).collect();
        for number in 1..=200 {
            let cell = Arc::clone(&cells[usize::try_from(number).unwrap()]);
            queue.push(Notification::Ended { sequence: number, cell });
            queue.push_event(event(number), verdict(number, number % 7 == 0), &limits, &mut |_| {});
        }
        for number in (1..=200).filter(|number| number % 50 != 0) {
            assert!(queue.take_ending(&cells[number]), "{number}");
        }
        for (number, cell) in cells.iter().enumerate().filter(|(number, _)| number % 50 != 0) {
            assert!(!queue.take_ending(cell), "{number} again");
        }
        assert!(!queue.take_ending(&cells[0]), "it never ended");
        assert!(queue.entries.len() < 120, "{} places", queue.entries.len());
        queue.push_event(event(201), verdict(201, false), &limits, &mut |_| {});
        let endings = drained(&mut queue).into_iter().filter(|seen| seen == "tell").count();
        assert_eq!(endings, 4);
        assert!(!queue.take_ending(&cells[50]), "it was taken in its turn");
    }

    #[test]
    fn a_long_flood_that_nobody_takes_stays_small() {
        let (queue, dropped) = filled(100_000, &[1, 50_000], &limits(100, DropPolicy::Oldest));
        assert_eq!(dropped.len(), 99_900);
        assert!(queue.entries.len() < 400, "{} places", queue.entries.len());
    }

    #[test]
    fn a_flood_of_a_full_queue_moves_it_to_no_other_memory() {
        let limits = limits(1_000, DropPolicy::Oldest);
        let mut queue = DeliveryQueue::default();
        // Each fourth one is protected, so that what is dropped lies between what stays.
        let mut capacities: Vec<_> = (0..20_000)
            .map(|number| {
                queue.push_event(event(number), verdict(number, number % 4 == 0), &limits, &mut |_| {});
                queue.entries.capacity()
            })
            .collect();
        capacities.dedup();
        assert!(capacities.is_sorted(), "it only grew: {capacities:?}");
    }
}
