//! What the live models of all servers share: turns for their lists, and memory.

use std::collections::VecDeque;

use super::budget::StartBudget;
use crate::limits::LiveLimits;
use crate::vocabulary::ServerId;

/// What the models of all servers have in common.
#[derive(Debug)]
pub(super) struct LiveCluster {
    pub(super) limits: LiveLimits,
    /// Servers that wait for their turn to be asked for a list.
    pub(super) turns: VecDeque<ServerId>,
    pub(super) budget: StartBudget,
    /// Bytes that servers take beyond their own share.
    pub(super) pooled: usize,
    pub(super) is_told: bool,
    /// Where the next look for news begins.
    pub(super) next_told: usize,
}

impl LiveCluster {
    /// One half of the bound is shared equally: nobody takes it away from a server that needs little.
    pub(super) fn share(&self, servers: usize) -> usize {
        self.limits.bytes_max / 2 / servers.max(1)
    }

    /// What a server may take: its share, and what is left of the other half.
    pub(super) fn bytes_max(&self, own: usize, servers: usize) -> usize {
        let share = self.share(servers);
        let others = self.pooled.saturating_sub(own.saturating_sub(share));
        share + (self.limits.bytes_max / 2).saturating_sub(others)
    }
}
