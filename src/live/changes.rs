//! Which calls changed since a version, in the order of their last change.

use std::collections::VecDeque;

use super::keys::CallKey;

/// The versions of calls that go on. Ended ones have theirs in the table of calls.
#[derive(Debug, Default)]
pub(super) struct Changes {
    is_kept: bool,
    /// Of the cluster: the last one that was given.
    version: u64,
    /// One entry a change; those of calls that changed again since are outdated.
    log: VecDeque<(u64, CallKey)>,
    /// Changes up to this version cannot be told any more.
    forgotten: u64,
}

/// Entries that are kept beside two for each call.
const SPARE: usize = 64;

impl Changes {
    /// Changes are kept from now on.
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

    /// What changed at this version is forgotten.
    pub(super) fn forget(&mut self, version: u64) {
        self.forgotten = self.forgotten.max(version);
    }

    /// A call changes: its new version.
    pub(super) fn next(&mut self) -> u64 {
        self.version += 1;
        self.version
    }

    /// Notes the version of a call that goes on. `is_current` tells outdated entries from others.
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

    /// Changes after this version, oldest first, outdated ones among them.
    pub(super) fn since(&self, version: u64) -> impl Iterator<Item = (u64, CallKey)> {
        let first = self.log.partition_point(|(own, _)| *own <= version);
        self.log.range(first..).copied()
    }

    pub(super) fn memory(&self) -> usize {
        self.log.len() * size_of::<(u64, CallKey)>()
    }
}
