//! What can be asked of a cluster; asking changes nothing.

use std::sync::Arc;
use std::time::Instant;

use super::cluster::Cluster;
use super::exchange::Totals;
use super::health::{Health, ServerMetrics};
use super::server_entry::ServerEntry;

use crate::limits::ClusterLimits;
use crate::server_key::ServerKey;
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, ServerId};

impl Cluster {
    /// The servers in the order of configuration.
    #[must_use]
    pub fn servers(&self) -> &[ServerId] {
        self.servers.order()
    }

    /// The server of a key.
    #[must_use]
    pub fn server_id(&self, key: &str) -> Option<ServerId> {
        self.servers.by_key(&ServerKey::new(key).ok()?)
    }

    /// A server's settings, as long as it is not removed.
    #[must_use]
    pub fn settings(&self, id: ServerId) -> Option<&Arc<ServerSettings>> {
        self.servers.get(id).map(|entry| entry.node.settings())
    }

    /// Where a server's session stands; a removed one is disconnected.
    #[must_use]
    pub fn state(&self, id: ServerId) -> ConnectionState {
        self.servers.get(id).map_or(ConnectionState::Disconnected, |entry| entry.node.state())
    }

    /// True when the server is open or on its way to be, by the user's wish.
    #[must_use]
    pub fn is_wanted(&self, id: ServerId) -> bool {
        self.servers.get(id).is_some_and(|entry| entry.supervisor.is_wanted())
    }

    /// True when a server is connected without TLS and has said nothing for so long that it may wait for TLS.
    #[must_use]
    pub fn is_banner_late(&self, id: ServerId) -> bool {
        self.servers.get(id).is_some_and(|entry| entry.node.is_banner_late())
    }

    /// When a server's next connect is planned, on the clock that never jumps.
    #[must_use]
    pub fn next_retry(&self, id: ServerId) -> Option<Instant> {
        self.servers.get(id).and_then(|entry| entry.supervisor.next_retry()).map(|retry| retry.at)
    }

    /// How a server does.
    #[must_use]
    pub fn health(&self, id: ServerId) -> Option<Health> {
        self.servers.get(id).map(ServerEntry::health)
    }

    /// What was counted of a server.
    #[must_use]
    pub fn metrics(&self, id: ServerId) -> Option<ServerMetrics> {
        self.servers.get(id).map(ServerEntry::metrics)
    }

    /// What was counted of all servers together.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// The bounds of the cluster.
    #[must_use]
    pub fn limits(&self) -> &ClusterLimits {
        &self.limits
    }
}
