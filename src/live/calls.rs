//! The calls of one server: sets of Linkedids that were joined, and never parted.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashMap;

use super::call::{Call, CallRef, by_age};
use super::changes::Changes;
use super::edge::Edges;
use super::keys::{CallKey, ChannelKey, OfCall, Slab};
use super::moment::Moment;
use super::resync::State;
use super::texts::cut;
use super::tombs::Tombs;
use crate::limits::LIVE_TOMBS_MAX;

/// A table of calls.
#[derive(Debug)]
pub(super) struct Calls {
    slab: Slab<OfCall, Call>,
    by_linked_id: FxHashMap<Box<[u8]>, CallKey>,
    /// Linkedids of calls that are over.
    over: Tombs,
    /// The last calls that ended, oldest first, with the version at which each did.
    ended: VecDeque<(u64, Arc<Call>)>,
    ended_max: usize,
    ended_bytes: usize,
    /// Calls with news, in the order of their oldest.
    news: VecDeque<Item>,
    /// How many of the news are told before anything that happens from now on: see `seal_news`.
    sealed: Option<usize>,
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

/// What happened since it was told last.
#[derive(Clone, Debug)]
pub enum News {
    /// Something happened to a call that goes on.
    Goes(CallKey, Edges),
    /// A call is over.
    Ended(Arc<Call>, Edges),
    /// The model can be trusted so far now.
    State(State),
}

/// Two calls became one.
pub(super) struct Joined {
    pub(super) into: CallKey,
    /// Channels of the one that is no more.
    pub(super) moved: Vec<ChannelKey>,
}

/// How long further channels of an ended call are its tail.
const OVER_FOR: Duration = Duration::from_secs(60);

impl Calls {
    pub(super) fn new(ended_max: usize, untold_max: usize) -> Self {
        Self {
            slab: Slab::default(),
            by_linked_id: FxHashMap::default(),
            over: Tombs::new(OVER_FOR, LIVE_TOMBS_MAX),
            ended: VecDeque::new(),
            ended_max,
            ended_bytes: 0,
            news: VecDeque::new(),
            sealed: None,
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
        self.by_linked_id.get(cut(linked_id)).copied()
    }

    /// The last calls that ended, youngest first.
    pub(super) fn ended(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.ended.iter().rev().map(|(_, call)| call)
    }

    /// What changed after this version, oldest first: calls that go on by their keys.
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

    /// Somebody refers to a call.
    pub(super) fn refer(&mut self, key: CallKey) -> Option<CallRef> {
        let call = self.slab.get_mut(key)?;
        Some(call.reference.get_or_insert_with(|| CallRef::new(key)).clone())
    }

    /// Something of a call is another than before.
    pub(super) fn touch(&mut self, key: CallKey) {
        if !self.changes.is_kept() {
            return;
        }
        let Some(call) = self.slab.get_mut(key).filter(|call| !call.is_tail) else { return };
        call.changed_at = self.changes.next();
        let (slab, calls) = (&self.slab, self.slab.len());
        self.changes
            .push(key, calls, |version, key| slab.get(key).is_some_and(|call| call.changed_at == version));
    }

    pub(super) fn memory(&self) -> usize {
        let news = self.news.len() * size_of::<Item>() + self.changes.memory();
        self.bytes + self.ended_bytes + self.over.memory() + news
    }

    /// News are kept from now on, or no longer.
    pub(super) fn tell(&mut self, is_told: bool) {
        self.is_told = is_told;
        self.news.clear();
        self.sealed = None;
        for key in self.slab.iter().map(|(key, _)| key).collect::<Vec<_>>() {
            if let Some(call) = self.slab.get_mut(key) {
                call.take_all_news();
            }
        }
    }

    /// The oldest news; of sealed ones the last is followed by `None`.
    pub(super) fn pop_news(&mut self) -> Option<News> {
        loop {
            if self.sealed == Some(0) {
                return None;
            }
            let item = self.news.pop_front()?;
            if let Some(left) = &mut self.sealed {
                *left -= 1;
            }
            match item {
                Item::Ended(call, edges) => return Some(News::Ended(call, edges)),
                Item::Goes(key) => {
                    // What has ended since stands where it ended.
                    let Some(call) = self.slab.get_mut(key) else { continue };
                    let edges = std::mem::replace(&mut call.news, std::mem::take(&mut call.later_news));
                    return Some(News::Goes(key, edges));
                }
            }
        }
    }

    pub(super) fn has_news(&self) -> bool {
        !self.news.is_empty()
    }

    /// What happens from now on is told after what has happened so far, and not together with it: something else stands
    /// between the two. Two pieces of news of each call at most wait.
    pub(super) fn seal_news(&mut self) {
        self.sealed.get_or_insert(self.news.len());
    }

    pub(super) fn is_sealed(&self) -> bool {
        self.sealed.is_some()
    }

    /// What was sealed has been told.
    pub(super) fn unseal_news(&mut self) {
        self.sealed = None;
    }

    /// Ended calls that could not be told, since nobody took the news.
    pub(super) fn untold_lost(&self) -> u64 {
        self.untold_lost
    }

    /// Changes a call; what happened to it is told later.
    pub(super) fn change<R>(&mut self, key: CallKey, change: impl FnOnce(&mut Call) -> R) -> Option<R> {
        let call = self.slab.get_mut(key)?;
        let (before, earlier_news) = (call.memory(), std::mem::take(&mut call.news));
        let result = change(call);
        self.bytes = self.bytes + call.memory() - before;
        let own = std::mem::replace(&mut call.news, earlier_news);
        if self.is_told && !own.is_empty() {
            let news = if self.sealed.is_some() { &mut call.later_news } else { &mut call.news };
            if news.is_empty() {
                self.news.push_back(Item::Goes(key));
            }
            news.add(own);
        }
        self.touch(key);
        Some(result)
    }

    /// The call of this Linkedid. Where it ended a moment ago, this is its tail, of which a gap swallowed the rest: it tells
    /// nothing, unless the channel is born whose id it is (an id that somebody gave may be given again).
    pub(super) fn of(&mut self, linked_id: &[u8], born: Option<&[u8]>, at: Moment) -> CallKey {
        if let Some(key) = self.by_linked_id(linked_id) {
            return key;
        }
        let linked_id = cut(linked_id);
        let is_tail = self.over.has(linked_id, at.now) && born.map(cut) != Some(linked_id);
        let call = Call::new(linked_id, None, is_tail, at.unix);
        self.bytes += call.memory();
        let key = self.slab.insert(call);
        self.by_linked_id.insert(linked_id.into(), key);
        self.change(key, |call| call.happened(Edges::STARTED));
        key
    }

    pub(super) fn enter(&mut self, key: CallKey, channel: ChannelKey, created_at: Duration) {
        self.change(key, |call| {
            call.started_at = call.started_at.min(created_at);
            call.channels.push(channel);
            call.begun_by(channel);
        });
    }

    /// Two calls are one from now on: the older one, or that which was told.
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
        for linked_id in &gone.linked_ids {
            self.by_linked_id.insert(linked_id.clone(), into);
        }
        self.change(into, |call| call.absorb(&mut gone, at.unix));
        gone.happened(Edges::MERGED);
        self.retire(gone);
        Some(Joined { into, moved })
    }

    /// A call without channels is over.
    pub(super) fn finish(&mut self, key: CallKey, is_lost: bool, caller_up_at: Option<Duration>, at: Moment) {
        let Some(mut call) = self.slab.remove(key) else { return };
        self.bytes -= call.memory();
        for linked_id in &call.linked_ids {
            self.by_linked_id.remove(linked_id);
            self.over.insert(linked_id, at.now);
        }
        call.finish(is_lost, caller_up_at, at.unix);
        call.happened(Edges::ENDED);
        self.retire(call);
    }

    pub(super) fn forget_old(&mut self, now: Instant) {
        self.over.forget_old(now);
    }

    /// Keeps a call that is over, for its news and for whoever asks.
    fn retire(&mut self, mut call: Call) {
        let (news, reference) = (call.take_all_news(), call.reference.take());
        if call.is_tail {
            if let Some(reference) = reference {
                reference.end(Arc::new(call));
            }
            return;
        }
        call.channels.shrink_to_fit();
        let bytes = call.memory();
        let version = if self.changes.is_kept() { self.changes.next() } else { 0 };
        let call = Arc::new(call);
        if let Some(reference) = reference {
            reference.end(Arc::clone(&call));
        }
        if self.is_told && !news.is_empty() {
            if self.news.len() >= 2 * self.untold_max {
                self.lose_news();
            }
            self.news.push_back(Item::Ended(Arc::clone(&call), news));
        }
        self.ended_bytes += bytes;
        self.ended.push_back((version, call));
        while self.ended.len() > self.ended_max
            && let Some((version, old)) = self.ended.pop_front()
        {
            self.changes.forget(version);
            self.ended_bytes -= old.memory();
        }
    }

    fn lose_news(&mut self) {
        match self.news.pop_front() {
            Some(Item::Goes(key)) => {
                if let Some(call) = self.slab.get_mut(key) {
                    call.news = std::mem::take(&mut call.later_news);
                }
            }
            Some(Item::Ended(..)) => self.untold_lost += 1,
            None => {}
        }
        self.sealed = self.sealed.map(|left| left.saturating_sub(1));
    }
}

impl Drop for Calls {
    /// The model goes, with its server or after a fault of ours: whoever refers to a call learns that its end is not known.
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
