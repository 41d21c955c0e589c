//! Queries about a cluster. A query changes nothing.

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

    /// The server with this key.
    #[must_use]
    pub fn server_id(&self, key: &str) -> Option<ServerId> {
        self.servers.by_key(&ServerKey::new(key).ok()?)
    }

    /// A server's settings; `None` once the server is removed.
    #[must_use]
    pub fn settings(&self, id: ServerId) -> Option<&Arc<ServerSettings>> {
        self.servers.get(id).map(|entry| entry.node.settings())
    }

    /// The state of a server's session; `Disconnected` for a removed server.
    #[must_use]
    pub fn state(&self, id: ServerId) -> ConnectionState {
        self.servers.get(id).map_or(ConnectionState::Disconnected, |entry| entry.node.state())
    }

    /// True if the user has opened the server and has not closed it since.
    #[must_use]
    pub fn is_wanted(&self, id: ServerId) -> bool {
        self.servers.get(id).is_some_and(|entry| entry.supervisor.is_wanted())
    }

    /// True if a connection without TLS has received no banner for so long that the server may expect TLS.
    #[must_use]
    pub fn is_banner_late(&self, id: ServerId) -> bool {
        self.servers.get(id).is_some_and(|entry| entry.node.is_banner_late())
    }

    /// When the next connect of a server is planned, on the monotonic clock.
    #[must_use]
    pub fn next_retry(&self, id: ServerId) -> Option<Instant> {
        self.servers.get(id).and_then(|entry| entry.supervisor.next_retry()).map(|retry| retry.at)
    }

    /// The health of a server.
    #[must_use]
    pub fn health(&self, id: ServerId) -> Option<Health> {
        self.servers.get(id).map(ServerEntry::health)
    }

    /// The metrics of a server.
    #[must_use]
    pub fn metrics(&self, id: ServerId) -> Option<ServerMetrics> {
        self.servers.get(id).map(ServerEntry::metrics)
    }

    /// The counters over all servers.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.outputs.totals
    }

    /// The bounds of the cluster.
    #[must_use]
    pub fn limits(&self) -> &ClusterLimits {
        &self.limits
    }
}
