//! The resources that the live models of all servers share: turns for their lists, and memory.

use std::collections::VecDeque;

use super::budget::StartBudget;
use crate::limits::LiveLimits;
use crate::vocabulary::ServerId;

/// The shared state of all live models.
#[derive(Debug)]
pub(super) struct LiveCluster {
    pub(super) limits: LiveLimits,
    /// Servers that wait for their turn to be asked for a list.
    pub(super) turns: VecDeque<ServerId>,
    pub(super) budget: StartBudget,
    /// Bytes that servers use beyond their own share.
    pub(super) pooled: usize,
    pub(super) is_told: bool,
    /// Index of the server whose news are taken first.
    pub(super) next_told: usize,
}

impl LiveCluster {
    /// A server's own share. Half of the memory bound is divided equally among the servers, so that a busy
    /// server cannot use up the memory of a server that needs little.
    pub(super) fn share(&self, servers: usize) -> usize {
        self.limits.bytes_max / 2 / servers.max(1)
    }

    /// Bytes that a server may use: its own share and the free part of the common half.
    pub(super) fn bytes_max(&self, own: usize, servers: usize) -> usize {
        let share = self.share(servers);
        let others = self.pooled.saturating_sub(own.saturating_sub(share));
        share + (self.limits.bytes_max / 2).saturating_sub(others)
    }
}
