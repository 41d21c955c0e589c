//! One queue of the model: its members, its waiting callers and its counters.

use std::collections::BTreeMap;
use std::time::Duration;

use super::keys::Key;
use super::news::Unreported;
use super::queue_caller::QueueCaller;
use super::queue_changes::QueueChanges;
use super::queue_counters::{AsteriskCounters, Tally};
use super::queue_member::QueueMember;
use super::reference::Reference;
use super::texts::cut;

/// Marks the keys of queues, so that they differ in type from other keys.
#[derive(Debug)]
pub enum OfQueue {}
/// The key of a queue.
pub type QueueKey = Key<OfQueue>;
/// Refers to a queue while it exists, and keeps its last state afterwards.
pub type QueueRef = Reference<QueueKey, Queue>;

/// One queue.
#[derive(Clone, Debug)]
pub struct Queue {
    name: Box<[u8]>,
    strategy: Box<[u8]>,
    pub(super) members: BTreeMap<Box<[u8]>, QueueMember>,
    /// Waiting callers, in Asterisk's order.
    pub(super) callers: Vec<QueueCaller>,
    counters: Option<AsteriskCounters>,
    pub(super) tally: Tally,
    /// The version of its last change. 0 if none was given.
    pub(super) changed_at: u64,
    /// It changed after that.
    pub(super) is_unversioned: bool,
    /// Number of the last list that contained it.
    pub(super) listed: u32,
    /// Changes to report.
    pub(super) news: Unreported<QueueChanges>,
    /// The reference that was given out, if any.
    pub(super) reference: Option<QueueRef>,
}

impl Queue {
    pub(super) fn new(name: &[u8]) -> Self {
        Self {
            name: cut(name).into(),
            strategy: Box::default(),
            members: BTreeMap::new(),
            callers: Vec::new(),
            counters: None,
            tally: Tally::default(),
            changed_at: 0,
            is_unversioned: false,
            listed: 0,
            news: Unreported::default(),
            reference: None,
        }
    }

    /// The queue's name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    /// The strategy by which Asterisk chooses members, such as `ringall` or `rrmemory`. Empty before the first
    /// list.
    #[must_use]
    pub fn strategy(&self) -> &[u8] {
        &self.strategy
    }

    /// The members, sorted by interface.
    #[must_use]
    pub fn members(&self) -> impl ExactSizeIterator<Item = &QueueMember> {
        self.members.values()
    }

    /// The member with this interface.
    #[must_use]
    pub fn member(&self, interface: &[u8]) -> Option<&QueueMember> {
        self.members.get(cut(interface))
    }

    /// The waiting callers, in Asterisk's order. The first one has position 1.
    #[must_use]
    pub fn callers(&self) -> &[QueueCaller] {
        &self.callers
    }

    /// The index in `callers` of the caller with this Uniqueid.
    #[must_use]
    pub fn place_of(&self, unique_id: &[u8]) -> Option<usize> {
        self.callers.iter().position(|caller| caller.unique_id() == cut(unique_id))
    }

    /// Unix time at which the longest waiting caller joined. `None` if no caller waits.
    #[must_use]
    pub fn waiting_since(&self) -> Option<Duration> {
        self.callers.iter().map(QueueCaller::joined_at).min()
    }

    /// Asterisk's counters. `None` before the first list.
    #[must_use]
    pub fn counters(&self) -> Option<&AsteriskCounters> {
        self.counters.as_ref()
    }

    /// The model's own counters.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Takes the counters and the strategy of a list. True if one of them changed.
    pub(super) fn take(&mut self, counters: AsteriskCounters, strategy: &[u8]) -> bool {
        let strategy = cut(strategy);
        let is_changed =
            !self.counters.is_some_and(|old| old.is_as(&counters)) || *self.strategy != *strategy;
        self.counters = Some(counters);
        self.strategy = strategy.into();
        is_changed
    }

    /// Bytes of memory, with members and callers.
    pub(super) fn memory(&self) -> usize {
        let members = self.members.values().map(QueueMember::memory);
        let callers = self.callers.iter().map(QueueCaller::memory);
        self.own_memory() + members.chain(callers).sum::<usize>()
    }

    /// Bytes of memory, with the entry in the index by name, without members and callers.
    pub(super) fn own_memory(&self) -> usize {
        size_of::<Self>() + 2 * self.name.len() + self.strategy.len() + ENTRY_BYTES
    }
}

/// Bytes of an entry in the index by name: its key and its value.
const ENTRY_BYTES: usize = 40;
