//! The calls of one server: sets of Linkedids that were joined. They are never separated again.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::call::{Call, CallRef, by_age};
use super::changes::Changes;
use super::edge::Edges;
use super::index::Index;
use super::keys::{CallKey, ChannelKey, OfCall, Slab};
use super::moment::Moment;
use super::news::NewsQueue;
use super::queue::{Queue, QueueKey};
use super::queue_changes::QueueChanges;
use super::resync::State;
use super::texts::cut;
use super::tombs::Tombs;
use crate::limits::LIVE_TOMBS_MAX;

/// A table of calls.
#[derive(Debug)]
pub(super) struct Calls {
    slab: Slab<OfCall, Call>,
    by_linked_id: Index,
    /// Linkedids of ended calls.
    over: Tombs,
    /// The calls that ended last, oldest first, each with the version of its end.
    ended: VecDeque<(u64, Arc<Call>)>,
    ended_max: usize,
    ended_bytes: usize,
    /// Calls with unreported news, in the order of their first news.
    news: NewsQueue<Item>,
    pub(super) changes: Changes,
    is_told: bool,
    untold_max: usize,
    untold_lost: u64,
    bytes: usize,
}

#[derive(Debug)]
enum Item {
    Goes(CallKey),
    Ended(Arc<Call>, Edges),
}

/// What happened since the last report.
#[derive(Clone, Debug)]
pub enum News {
    /// Edges of a call that goes on.
    Goes(CallKey, Edges),
    /// A call ended.
    Ended(Arc<Call>, Edges),
    /// The state of the model changed.
    State(State),
    /// Changes of a queue that exists.
    Queue(QueueKey, QueueChanges),
    /// A queue was removed. This is its last state.
    QueueGone(Arc<Queue>, QueueChanges),
    /// The state of the model's queues changed.
    QueueState(State),
}

/// The result of joining two calls.
pub(super) struct Joined {
    pub(super) into: CallKey,
    /// Channels of the call that was merged into the other one.
    pub(super) moved: Vec<ChannelKey>,
}

/// How long new channels with the Linkedid of an ended call count as late parts of that call.
const OVER_FOR: Duration = Duration::from_secs(60);

impl Calls {
    pub(super) fn new(ended_max: usize, untold_max: usize) -> Self {
        Self {
            slab: Slab::default(),
            by_linked_id: Index::default(),
            over: Tombs::new(OVER_FOR, LIVE_TOMBS_MAX),
            ended: VecDeque::new(),
            ended_max,
            ended_bytes: 0,
            news: NewsQueue::default(),
            changes: Changes::default(),
            is_told: false,
            untold_max,
            untold_lost: 0,
            bytes: 0,
        }
    }

    pub(super) fn get(&self, key: CallKey) -> Option<&Call> {
        self.slab.get(key)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (CallKey, &Call)> {
        self.slab.iter()
    }

    pub(super) fn by_linked_id(&self, linked_id: &[u8]) -> Option<CallKey> {
        let linked_id = cut(linked_id);
        let has_it = |call: &Call| call.linked_ids().any(|own| own == linked_id);
        self.by_linked_id.find(linked_id, &self.slab, has_it).map(|(key, _)| key)
    }

    /// The calls that ended last, youngest first.
    pub(super) fn ended(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.ended.iter().rev().map(|(_, call)| call)
    }

    /// Calls that go on and changed after this version, oldest change first.
    pub(super) fn changed_since(&self, version: u64) -> impl Iterator<Item = (u64, CallKey)> {
        let is_current = |(version, key): &(u64, CallKey)| self.is_current(*version, *key);
        self.changes.since(version).filter(is_current)
    }

    /// Calls that ended after this version, in that order.
    pub(super) fn ended_since(&self, version: u64) -> impl Iterator<Item = &(u64, Arc<Call>)> {
        self.ended.range(self.ended.partition_point(|(own, _)| *own <= version)..)
    }

    fn is_current(&self, version: u64, key: CallKey) -> bool {
        self.slab.get(key).is_some_and(|call| call.changed_at == version)
    }

    /// Gives out a reference to a call.
    pub(super) fn refer(&mut self, key: CallKey) -> Option<CallRef> {
        let call = self.slab.get_mut(key)?;
        Some(call.reference.get_or_insert_with(|| CallRef::new(key)).clone())
    }

    /// Notes that a call changed.
    #[inline]
    pub(super) fn touch(&mut self, key: CallKey) {
        if self.changes.is_kept() {
            self.note_change(key);
        }
    }

    fn note_change(&mut self, key: CallKey) {
        let Some(call) = self.slab.get_mut(key).filter(|call| !call.is_tail) else { return };
        call.changed_at = self.changes.next();
        let (slab, calls) = (&self.slab, self.slab.len());
        self.changes
            .push(key, calls, |version, key| slab.get(key).is_some_and(|call| call.changed_at == version));
    }

    pub(super) fn memory(&self) -> usize {
        let tables = self.slab.memory() + self.by_linked_id.memory() + self.over.memory();
        let news = self.news.memory() + self.changes.memory();
        tables + self.bytes + self.ended_bytes + news
    }

    /// Bytes by which the next call makes the tables grow.
    pub(super) fn growth(&self) -> usize {
        self.slab.growth() + self.by_linked_id.growth() + self.news.growth()
    }

    /// Starts or stops to keep news.
    pub(super) fn notify(&mut self, is_told: bool) {
        self.is_told = is_told;
        self.news.clear();
        for key in self.slab.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            if let Some(call) = self.slab.get_mut(key) {
                call.news.take_all();
            }
        }
    }

    /// The oldest news. `None` follows the last of sealed news.
    pub(super) fn pop_news(&mut self) -> Option<News> {
        loop {
            match self.news.pop()? {
                Item::Ended(call, edges) => return Some(News::Ended(call, edges)),
                Item::Goes(key) => {
                    // A call that has ended since then has its own entry.
                    let Some(call) = self.slab.get_mut(key) else { continue };
                    return Some(News::Goes(key, call.news.take()));
                }
            }
        }
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// Keeps later news apart from the news so far, because something else is delivered between them. A call has
    /// at most two entries of unreported news.
    pub(super) fn seal_news(&mut self) {
        self.news.seal();
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.news.is_sealed()
    }

    /// Ends a seal after the sealed news were reported.
    pub(super) fn unseal_news(&mut self) {
        self.news.unseal();
    }

    /// Number of ended calls that were not reported, because the news were not taken in time.
    pub(super) fn untold_lost(&self) -> u64 {
        self.untold_lost
    }

    /// Changes a call. Its new edges are reported later.
    pub(super) fn change<R>(&mut self, key: CallKey, change: impl FnOnce(&mut Call) -> R) -> Option<R> {
        let before = self.slab.get(key)?.memory();
        let (result, after) = self.change_within(key, |call| (change(call), call.memory()))?;
        self.bytes = self.bytes + after - before;
        Some(result)
    }

    /// Notes an edge of a call, which is reported later.
    pub(super) fn happened(&mut self, key: CallKey, edge: Edges) {
        self.change_within(key, |call| call.happened(edge));
    }

    /// As `change`, for what needs no other memory than before.
    fn change_within<R>(&mut self, key: CallKey, change: impl FnOnce(&mut Call) -> R) -> Option<R> {
        let call = self.slab.get_mut(key)?;
        let earlier_news = std::mem::take(&mut call.news.now);
        let result = change(call);
        let own = std::mem::replace(&mut call.news.now, earlier_news);
        if self.is_told && !own.is_empty() && call.news.add(own, self.news.is_sealed()) {
            self.news.push(Item::Goes(key));
        }
        self.touch(key);
        Some(result)
    }

    /// The call of this Linkedid, which is created if there is none. If a call of this Linkedid ended a moment
    /// ago, the new call is a late part of it and is not reported. It is an ordinary call if `born`, the id of
    /// the new channel, is the Linkedid itself: a client may use an id again that it chose.
    pub(super) fn of(&mut self, linked_id: &[u8], born: Option<&[u8]>, at: Moment) -> CallKey {
        if let Some(key) = self.by_linked_id(linked_id) {
            return key;
        }
        let linked_id = cut(linked_id);
        let is_seen_whole = born.map(cut) == Some(linked_id);
        let is_tail = self.over.has(linked_id, at.now) && !is_seen_whole;
        let mut call = Call::new(linked_id, is_tail, at.unix);
        call.has_gap = !is_seen_whole;
        self.bytes += call.memory();
        let key = self.slab.insert(call);
        self.by_linked_id.insert(linked_id, key);
        self.happened(key, Edges::STARTED);
        key
    }

    pub(super) fn enter(
        &mut self,
        key: CallKey,
        channel: ChannelKey,
        unique_id: &[u8],
        created_at: Duration,
    ) {
        self.change(key, |call| {
            call.started_at = call.started_at.min(created_at);
            call.channels.push(channel);
            call.begun_by(channel, unique_id);
        });
    }

    /// Merges two calls. The older one stays, or the one that was reported.
    pub(super) fn join(&mut self, one: CallKey, other: CallKey, at: Moment) -> Option<Joined> {
        let (first, second) = (self.slab.get(one)?, self.slab.get(other)?);
        if one == other {
            return None;
        }
        let by_start = || first.started_at.cmp(&second.started_at).then_with(|| first.id().cmp(second.id()));
        let order = first
            .is_tail
            .cmp(&second.is_tail)
            .then_with(|| by_age(first.id(), second.id()))
            .then_with(by_start);
        let (into, from) = if order == Ordering::Greater { (other, one) } else { (one, other) };
        let mut gone = self.slab.remove(from)?;
        self.bytes -= gone.memory();
        let moved = gone.channels.to_vec();
        for linked_id in gone.linked_ids() {
            self.by_linked_id.remove(linked_id, from);
            self.by_linked_id.insert(linked_id, into);
        }
        self.change(into, |call| call.absorb(&mut gone, at.unix));
        gone.happened(Edges::MERGED);
        self.retire(gone);
        Some(Joined { into, moved })
    }

    /// Ends a call that has no channels left.
    pub(super) fn finish(&mut self, key: CallKey, is_lost: bool, caller_up_at: Option<Duration>, at: Moment) {
        let Some(mut call) = self.slab.remove(key) else { return };
        self.bytes -= call.memory();
        for linked_id in call.linked_ids() {
            self.by_linked_id.remove(linked_id, key);
            self.over.insert(linked_id, at.now);
        }
        call.finish(is_lost, caller_up_at, at.unix);
        call.happened(Edges::ENDED);
        self.retire(call);
    }

    /// Notes that events were lost.
    pub(super) fn on_gap(&mut self) {
        for call in self.slab.values_mut() {
            call.has_gap = true;
        }
    }

    pub(super) fn forget_old(&mut self, now: Instant) {
        self.over.forget_old(now);
    }

    /// Moves an ended call into its reference, into the news and into the last ended calls.
    fn retire(&mut self, mut call: Call) {
        let (news, reference) = (call.news.take_all(), call.reference.take());
        if call.is_tail {
            if let Some(reference) = reference {
                reference.end(Arc::new(call));
            }
            return;
        }
        call.channels.shrink_to_fit();
        let bytes = ended_memory(&call);
        let version = if self.changes.is_kept() { self.changes.next() } else { 0 };
        let call = Arc::new(call);
        if let Some(reference) = reference {
            reference.end(Arc::clone(&call));
        }
        if self.is_told && !news.is_empty() {
            if self.news.len() >= 2 * self.untold_max {
                self.lose_news();
            }
            self.news.push(Item::Ended(Arc::clone(&call), news));
        }
        self.ended_bytes += bytes;
        self.ended.push_back((version, call));
        while self.ended.len() > self.ended_max
            && let Some((version, old)) = self.ended.pop_front()
        {
            self.changes.forget(version);
            self.ended_bytes -= ended_memory(&old);
        }
    }

    fn lose_news(&mut self) {
        match self.news.drop_oldest() {
            Some(Item::Goes(key)) => {
                if let Some(call) = self.slab.get_mut(key) {
                    call.news.forget();
                }
            }
            Some(Item::Ended(..)) => self.untold_lost += 1,
            None => {}
        }
    }
}

/// Bytes of memory of an ended call.
fn ended_memory(call: &Call) -> usize {
    size_of::<(u64, Arc<Call>, Call)>() + call.memory()
}

impl Drop for Calls {
    /// Ends all references when the model is dropped. The outcome of their calls is unknown.
    fn drop(&mut self) {
        let keys: Vec<_> = self.slab.iter().map(|(key, _)| key).collect();
        for key in keys {
            if let Some(mut call) = self.slab.remove(key)
                && let Some(reference) = call.reference.take()
            {
                let seen_at = call.answered_at.or(call.ringing_at).unwrap_or(call.started_at);
                call.finish(true, None, seen_at);
                reference.end(Arc::new(call));
            }
        }
    }
}
