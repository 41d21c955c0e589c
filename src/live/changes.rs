//! The calls that changed after a version, in the order of their last change.

use std::collections::VecDeque;

use super::keys::CallKey;

/// The versions of current calls. The versions of ended calls are in the table of calls.
#[derive(Debug, Default)]
pub(super) struct Changes {
    is_kept: bool,
    /// The last version that was given in the cluster.
    version: u64,
    /// One entry for each change. The entry of a call that changed again is outdated.
    log: VecDeque<(u64, CallKey)>,
    /// Changes up to this version are not known any more.
    forgotten: u64,
}

/// Entries that are kept in addition to two for each call.
const SPARE: usize = 64;

impl Changes {
    /// Starts to keep changes.
    pub(super) fn keep(&mut self) {
        if !std::mem::replace(&mut self.is_kept, true) {
            self.forgotten = self.version;
        }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    pub(super) fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    pub(super) fn version(&self) -> u64 {
        self.version
    }

    pub(super) fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Notes that the change of this version is not known any more.
    pub(super) fn forget(&mut self, version: u64) {
        self.forgotten = self.forgotten.max(version);
    }

    /// The version of a new change.
    pub(super) fn next(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    /// Notes the version of a current call. `is_current` is true for entries that are not outdated.
    pub(super) fn push(&mut self, key: CallKey, calls: usize, is_current: impl Fn(u64, CallKey) -> bool) {
        let version = self.version;
        match self.log.back_mut() {
            Some((last, other)) if *other == key => *last = version,
            _ => self.log.push_back((version, key)),
        }
        if self.log.len() > 2 * calls + SPARE {
            self.log.retain(|(version, key)| is_current(*version, *key));
        }
    }

    /// Changes after this version, oldest first, outdated ones included.
    pub(super) fn since(&self, version: u64) -> impl Iterator<Item = (u64, CallKey)> {
        let first = self.log.partition_point(|(own, _)| *own <= version);
        self.log.range(first..).copied()
    }

    pub(super) fn memory(&self) -> usize {
        self.log.len() * size_of::<(u64, CallKey)>()
    }
}
