//! The queues of one server, their members and callers, and the changes that are not reported yet.

use std::collections::btree_map::Entry;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::keys::Slab;
use super::news::NewsQueue;
use super::queue::{OfQueue, Queue, QueueKey, QueueRef};
use super::queue_caller::QueueCaller;
use super::queue_changes::QueueChanges;
use super::queue_counters::AsteriskCounters;
use super::queue_log::QueueLog;
use super::queue_member::{MemberSnapshot, QueueMember};
use super::texts::cut;
use super::truncation::Truncation;
use crate::limits::LiveLimits;

type UniqueId = Box<[u8]>;

/// A table of queues.
#[derive(Debug)]
pub(super) struct Queues {
    slab: Slab<OfQueue, Queue>,
    by_name: FxHashMap<Box<[u8]>, QueueKey>,
    /// The queue of each waiting caller, by Uniqueid. A channel waits in one queue at most.
    waiting: FxHashMap<Box<[u8]>, QueueKey>,
    /// Queues with unreported changes, in the order of their oldest one, and removed queues.
    news: NewsQueue<Item>,
    pub(super) log: QueueLog,
    is_told: bool,
    is_kept: bool,
    /// Number of the last list that began.
    pub(super) listing: u32,
    /// Number of members and callers in all queues.
    entries: usize,
    bytes: usize,
    count_max: usize,
    entries_max: usize,
    truncation: Truncation,
}

#[derive(Debug)]
enum Item {
    Goes(QueueKey),
    Gone(Arc<Queue>, QueueChanges),
}

/// The changes of a queue since its last report.
#[derive(Clone, Debug)]
pub(super) enum QueueNews {
    Goes(QueueKey, QueueChanges),
    Gone(Arc<Queue>, QueueChanges),
}

impl Queues {
    pub(super) fn new(limits: &LiveLimits) -> Self {
        Self {
            slab: Slab::default(),
            by_name: FxHashMap::default(),
            waiting: FxHashMap::default(),
            news: NewsQueue::default(),
            log: QueueLog::default(),
            is_told: false,
            is_kept: limits.keeps_queues,
            listing: 0,
            entries: 0,
            bytes: 0,
            count_max: limits.queues_max,
            entries_max: limits.queue_entries_max,
            truncation: Truncation::default(),
        }
    }

    /// True if the model keeps queues.
    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    /// True if at least one caller waits.
    pub(super) fn has_callers(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// What a bound keeps out.
    pub(super) fn truncation(&self) -> Truncation {
        self.truncation
    }

    /// Forgets that a bound kept something out. The list that begins adds what there is room for.
    pub(super) fn forget_truncation(&mut self) {
        self.truncation = Truncation::default();
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.bytes + self.news.len() * size_of::<Item>() + self.log.memory()
    }

    pub(super) fn get(&self, key: QueueKey) -> Option<&Queue> {
        self.slab.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (QueueKey, &Queue)> {
        self.slab.iter()
    }

    pub(super) fn by_name(&self, name: &[u8]) -> Option<QueueKey> {
        self.by_name.get(cut(name)).copied()
    }

    /// The queue in which the channel with this Uniqueid waits.
    pub(super) fn of_caller(&self, unique_id: &[u8]) -> Option<QueueKey> {
        self.waiting.get(cut(unique_id)).copied()
    }

    /// Gives out a reference to a queue.
    pub(super) fn refer(&mut self, key: QueueKey) -> Option<QueueRef> {
        let queue = self.slab.get_mut(key)?;
        Some(queue.reference.get_or_insert_with(|| QueueRef::new(key)).clone())
    }

    /// The queue with this name, which is added if it is missing. `None` if a bound keeps it out.
    pub(super) fn ensure(&mut self, name: &[u8], has_room: bool) -> Option<QueueKey> {
        if let Some(key) = self.by_name(name) {
            return Some(key);
        }
        if !has_room || self.slab.len() >= self.count_max {
            self.truncation |= Truncation::QUEUES;
            return None;
        }
        let queue = Queue::new(name);
        self.bytes += queue.own_memory();
        let key = self.slab.insert(queue);
        self.by_name.insert(cut(name).into(), key);
        self.note(key, QueueChanges::ADDED);
        Some(key)
    }

    /// Removes a queue with its members and callers.
    pub(super) fn remove(&mut self, key: QueueKey) {
        let Some(mut queue) = self.slab.remove(key) else { return };
        self.by_name.remove(queue.name());
        self.bytes -= queue.own_memory();
        for member in queue.members.values() {
            self.bytes -= member.memory();
        }
        for caller in &queue.callers {
            self.bytes -= caller.memory();
            self.waiting.remove(caller.unique_id());
        }
        self.entries -= queue.members.len() + queue.callers.len();
        let news = queue.news.take_all();
        let reference = queue.reference.take();
        if reference.is_none() && !self.is_told && !self.log.is_kept() {
            return;
        }
        let queue = Arc::new(queue);
        if let Some(reference) = reference {
            reference.end(Arc::clone(&queue));
        }
        if self.log.is_kept() {
            self.log.push_removed(Arc::clone(&queue));
        }
        if self.is_told {
            self.push(Item::Gone(queue, news | QueueChanges::REMOVED));
        }
    }

    /// Removes all queues, because the server was removed.
    pub(super) fn abandon(&mut self) {
        for key in self.slab.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            self.remove(key);
        }
    }

    /// Queues that were not in this list.
    pub(super) fn unlisted(&self, listed: u32) -> Vec<QueueKey> {
        self.slab.iter().filter(|(_, queue)| queue.listed != listed).map(|(key, _)| key).collect()
    }

    /// Takes the counters and the strategy that a list has for a queue.
    pub(super) fn take(&mut self, key: QueueKey, counters: AsteriskCounters, strategy: &[u8]) {
        let listing = self.listing;
        let Some(queue) = self.slab.get_mut(key) else { return };
        let before = queue.own_memory();
        queue.listed = listing;
        let is_changed = queue.take(counters, strategy);
        self.bytes = self.bytes + queue.own_memory() - before;
        self.note(key, QueueChanges::COUNTERS.when(is_changed));
    }

    /// Takes the state of a member from an event or a list item. A missing member is added if `may_create` and if
    /// there is room. True if the queue has the member afterwards.
    pub(super) fn take_member(
        &mut self,
        key: QueueKey,
        snapshot: &MemberSnapshot<'_>,
        may_create: bool,
        has_room: bool,
    ) -> bool {
        let (listing, is_full) = (self.listing, !has_room || self.entries >= self.entries_max);
        let Some(queue) = self.slab.get_mut(key) else { return false };
        let is_changed = match queue.members.entry(cut(snapshot.interface()).into()) {
            Entry::Occupied(mut known) => {
                let member = known.get_mut();
                let before = member.memory();
                let is_changed = member.take(snapshot);
                member.listed = listing;
                self.bytes = self.bytes + member.memory() - before;
                is_changed
            }
            Entry::Vacant(_) if !may_create => return false,
            Entry::Vacant(_) if is_full => {
                self.truncation |= Truncation::MEMBERS;
                return false;
            }
            Entry::Vacant(place) => {
                let member = place.insert(QueueMember::new(snapshot));
                member.listed = listing;
                self.bytes += member.memory();
                self.entries += 1;
                true
            }
        };
        self.note(key, QueueChanges::MEMBERS.when(is_changed));
        true
    }

    pub(super) fn remove_member(&mut self, key: QueueKey, interface: &[u8]) {
        let Some(queue) = self.slab.get_mut(key) else { return };
        if let Some(member) = queue.members.remove(cut(interface)) {
            self.bytes -= member.memory();
            self.entries -= 1;
            self.note(key, QueueChanges::MEMBERS);
        }
    }

    /// Removes the members of a queue that the last list did not contain.
    pub(super) fn keep_listed_members(&mut self, key: QueueKey) {
        let listing = self.listing;
        let Some(queue) = self.slab.get(key) else { return };
        let missing = |member: &&QueueMember| member.listed != listing;
        let gone: Vec<_> =
            queue.members().filter(missing).map(|member| member.interface().to_vec()).collect();
        for interface in gone {
            self.remove_member(key, &interface);
        }
    }

    /// Adds a caller at this index. A caller that is in the queue already, because of a list, keeps its index.
    /// True if the caller is in the queue afterwards.
    pub(super) fn join(&mut self, key: QueueKey, caller: QueueCaller, place: usize, has_room: bool) -> bool {
        match self.of_caller(caller.unique_id()) {
            Some(own) if own == key => {
                self.confirm(key, caller.unique_id());
                return true;
            }
            Some(_) => {
                self.leave(caller.unique_id());
            }
            None => {}
        }
        if !has_room || self.entries >= self.entries_max {
            self.truncation |= Truncation::CALLERS;
            return false;
        }
        let Some(queue) = self.slab.get_mut(key) else { return false };
        self.bytes += caller.memory();
        self.entries += 1;
        self.waiting.insert(caller.unique_id().into(), key);
        let place = place.min(queue.callers.len());
        queue.callers.insert(place, caller);
        true
    }

    /// Removes a caller. Returns the queue in which the caller waited.
    pub(super) fn leave(&mut self, unique_id: &[u8]) -> Option<QueueKey> {
        let key = self.waiting.remove(cut(unique_id))?;
        let queue = self.slab.get_mut(key)?;
        let place = queue.place_of(unique_id)?;
        let caller = queue.callers.remove(place);
        queue.tally.left += 1;
        self.bytes -= caller.memory();
        self.entries -= 1;
        self.note(key, QueueChanges::LEFT);
        Some(key)
    }

    /// Sets the callers of a queue as a list has them. Returns the Uniqueids of new callers, and of callers that
    /// are gone.
    pub(super) fn replace_callers(
        &mut self,
        key: QueueKey,
        mut listed: Vec<QueueCaller>,
        mut has_room: impl FnMut(usize) -> bool,
    ) -> (Vec<UniqueId>, Vec<UniqueId>) {
        let Some(queue) = self.slab.get_mut(key) else { return (Vec::new(), Vec::new()) };
        let before = std::mem::take(&mut queue.callers);
        let order: Vec<UniqueId> = before.iter().map(|caller| caller.unique_id().into()).collect();
        self.entries -= before.len();
        let mut known: FxHashMap<Box<[u8]>, QueueCaller> = FxHashMap::default();
        for caller in before {
            self.bytes -= caller.memory();
            self.waiting.remove(caller.unique_id());
            known.insert(caller.unique_id().into(), caller);
        }
        let mut new = Vec::new();
        listed.retain_mut(|caller| {
            if self.entries >= self.entries_max || !has_room(self.bytes) {
                self.truncation |= Truncation::CALLERS;
                return false;
            }
            match self.of_caller(caller.unique_id()) {
                Some(own) if own == key => return false,
                // A channel waits in one queue at most.
                Some(_) => drop(self.leave(caller.unique_id())),
                None => {}
            }
            self.waiting.insert(caller.unique_id().into(), key);
            match known.remove(caller.unique_id()) {
                Some(old) => *caller = old,
                None => new.push(caller.unique_id().into()),
            }
            self.entries += 1;
            self.bytes += caller.memory();
            true
        });
        if let Some(queue) = self.slab.get_mut(key) {
            listed.shrink_to_fit();
            let is_as_before = order.iter().map(|id| &**id).eq(listed.iter().map(QueueCaller::unique_id));
            queue.callers = listed;
            if !is_as_before {
                self.touch(key);
            }
        }
        let gone: Vec<_> = known.into_keys().collect();
        let changes = QueueChanges::JOINED.when(!new.is_empty()) | QueueChanges::LEFT.when(!gone.is_empty());
        self.note(key, changes);
        (new, gone)
    }

    /// Counts an event, and notes it as a change to report.
    pub(super) fn count(&mut self, key: QueueKey, change: QueueChanges) {
        let Some(queue) = self.slab.get_mut(key) else { return };
        queue.tally.joined += u64::from(change.contains(QueueChanges::JOINED));
        queue.tally.answered += u64::from(change.contains(QueueChanges::ANSWERED));
        queue.tally.abandoned += u64::from(change.contains(QueueChanges::ABANDONED));
        self.note(key, change);
    }

    /// Notes that an event reported a caller that a list had added.
    fn confirm(&mut self, key: QueueKey, unique_id: &[u8]) {
        let Some(queue) = self.slab.get_mut(key) else { return };
        if let Some(caller) = queue.callers.iter_mut().find(|caller| caller.unique_id() == unique_id) {
            caller.was_told = true;
        }
    }

    /// Notes a change to report.
    fn note(&mut self, key: QueueKey, change: QueueChanges) {
        if change.is_empty() {
            return;
        }
        self.touch(key);
        if !self.is_told {
            return;
        }
        let Some(queue) = self.slab.get_mut(key) else { return };
        if queue.news.add(change, self.news.is_sealed()) {
            self.push(Item::Goes(key));
        }
    }

    /// Notes that a queue changed, for those who follow the queues from a version.
    fn touch(&mut self, key: QueueKey) {
        if self.log.is_kept()
            && let Some(queue) = self.slab.get_mut(key)
            && !std::mem::replace(&mut queue.is_unversioned, true)
        {
            self.log.unversioned.push(key);
        }
    }

    /// Gives versions to the changes that have none. `next` makes a version.
    pub(super) fn give_versions(&mut self, mut next: impl FnMut() -> u64) {
        self.log.give_versions(&mut next);
        for key in std::mem::take(&mut self.log.unversioned) {
            if let Some(queue) = self.slab.get_mut(key) {
                (queue.changed_at, queue.is_unversioned) = (next(), false);
            }
        }
    }

    fn push(&mut self, item: Item) {
        // Room for two entries of each queue, and for as many of removed queues.
        if self.news.len() >= 4 * self.count_max
            && let Some(Item::Goes(key)) = self.news.drop_oldest()
            && let Some(queue) = self.slab.get_mut(key)
        {
            queue.news.forget();
        }
        self.news.push(item);
    }

    /// Starts or stops to keep changes to report.
    pub(super) fn notify(&mut self, is_told: bool) {
        self.is_told = is_told;
        self.news.clear();
        for key in self.slab.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            if let Some(queue) = self.slab.get_mut(key) {
                queue.news.take_all();
            }
        }
    }

    /// The oldest news. `None` follows the last of sealed news.
    pub(super) fn pop_news(&mut self) -> Option<QueueNews> {
        loop {
            match self.news.pop()? {
                Item::Gone(queue, changes) => return Some(QueueNews::Gone(queue, changes)),
                Item::Goes(key) => {
                    let Some(queue) = self.slab.get_mut(key) else { continue };
                    return Some(QueueNews::Goes(key, queue.news.take()));
                }
            }
        }
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    pub(super) fn seal_news(&mut self) {
        self.news.seal();
    }

    pub(super) fn unseal_news(&mut self) {
        self.news.unseal();
    }
}

impl Drop for Queues {
    /// Ends all references when the model is dropped. Each keeps the last state of its queue.
    fn drop(&mut self) {
        let keys: Vec<_> = self.slab.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(mut queue) = self.slab.remove(key)
                && let Some(reference) = queue.reference.take()
            {
                reference.end(Arc::new(queue));
            }
        }
    }
}
