//! The resources that the live models of all servers share: turns for their lists, and memory.

use super::budget::StartBudget;
use super::server_queue::ServerQueue;
use crate::limits::LiveLimits;
use crate::live::{CallRef, QueueRef, State, Truncation};
use crate::server_key::ServerKey;
use crate::vocabulary::ServerId;

/// The shared state of all live models.
#[derive(Debug)]
pub(super) struct LiveCluster {
    pub(super) limits: LiveLimits,
    /// Servers that wait for their turn to be asked for a list.
    pub(super) turns: ServerQueue,
    pub(super) budget: StartBudget,
    /// Bytes that servers use beyond their own share.
    pub(super) pooled: usize,
    /// Those that are modelled; `None` for all.
    pub(super) servers: Option<Vec<ServerKey>>,
    pub(super) is_told: bool,
    pub(super) keeps_changes: bool,
    /// Of the last change of any call or queue.
    pub(super) version: u64,
    /// Changes up to this version went with a server.
    pub(super) forgotten: u64,
}

/// What was said of a model in the log.
#[derive(Debug, Default)]
pub(super) struct LiveLog {
    pub(super) unavailable: Option<State>,
    /// No events of queues come.
    pub(super) lacks_queues: bool,
    pub(super) truncation: Truncation,
}

/// Calls and queues that changed since a version.
#[derive(Debug, Default)]
pub struct LiveChanges {
    /// Up to where they are told.
    pub version: u64,
    /// What changed cannot be told: everything is to be read anew.
    pub is_reset: bool,
    /// There is more behind this version.
    pub has_more: bool,
    /// The calls, in the order of their last changes.
    pub calls: Vec<(ServerId, CallRef)>,
    /// The queues, in the order of their last changes.
    pub queues: Vec<(ServerId, QueueRef)>,
}

impl LiveCluster {
    pub(super) fn wants(&self, key: &ServerKey) -> bool {
        self.servers.as_ref().is_none_or(|servers| servers.contains(key))
    }

    /// One half of the bound is shared equally: nobody takes it away from a server that needs little.
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
