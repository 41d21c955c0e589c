//! The queues that changed after a version.
//!
//! A change only marks its queue. Versions are given when somebody asks, so the changes between two questions get
//! one version.

use std::collections::VecDeque;
use std::sync::Arc;

use super::queue::{Queue, QueueKey};
use crate::limits::LIVE_REMOVED_QUEUES_MAX;

/// The queues that changed since versions were given, and the queues that were removed last.
#[derive(Debug, Default)]
pub(super) struct QueueLog {
    is_kept: bool,
    /// Queues without a version for their last change, in the order of the first such change.
    pub(super) unversioned: Vec<QueueKey>,
    /// Removed queues, oldest first, each with the version of its removal. It is `None` until versions are given.
    removed: VecDeque<(Option<u64>, Arc<Queue>)>,
    removed_bytes: usize,
    /// A removed queue was dropped before it had a version.
    is_lossy: bool,
    /// Removals up to this version are not known any more.
    forgotten: u64,
}

impl QueueLog {
    /// Starts to keep changes. Those before this version are not known.
    pub(super) fn keep(&mut self, version: u64) {
        if !std::mem::replace(&mut self.is_kept, true) {
            self.forgotten = version;
        }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    pub(super) fn push_removed(&mut self, queue: Arc<Queue>) {
        self.removed_bytes += queue.memory();
        self.removed.push_back((None, queue));
        while self.removed.len() > LIVE_REMOVED_QUEUES_MAX
            && let Some((version, queue)) = self.removed.pop_front()
        {
            self.removed_bytes -= queue.memory();
            self.is_lossy |= version.is_none();
            self.forgotten = self.forgotten.max(version.unwrap_or_default());
        }
    }

    /// Gives versions to removals that have none. `next` makes a version.
    pub(super) fn give_versions(&mut self, mut next: impl FnMut() -> u64) {
        if std::mem::take(&mut self.is_lossy) {
            self.forgotten = next();
        }
        for (version, _) in &mut self.removed {
            version.get_or_insert_with(&mut next);
        }
    }

    /// Queues that were removed after this version, oldest first.
    pub(super) fn removed_since(&self, version: u64) -> impl Iterator<Item = (u64, &Arc<Queue>)> {
        let at = self.removed.iter().filter_map(|(own, queue)| Some(((*own)?, queue)));
        at.filter(move |(own, _)| *own > version)
    }

    pub(super) fn memory(&self) -> usize {
        self.removed_bytes + self.unversioned.len() * size_of::<QueueKey>()
    }
}
