//! The bounds of a whole manager in the core's types.

use apn_ami::limits::{ClusterLimits, LiveLimits};
use apn_ami::record::Level;

use super::object::Object;

/// `ClusterOptions` in the core's types.
#[derive(Clone)]
pub(crate) struct ClusterBounds {
    pub(crate) limits: ClusterLimits,
    pub(crate) log_level: Level,
}

impl Default for ClusterBounds {
    fn default() -> Self {
        Self { limits: ClusterLimits::default(), log_level: Level::Info }
    }
}

impl ClusterBounds {
    /// The lowest level of records that the core makes. Without a logger it makes none.
    pub(crate) fn log(&self, logger: Option<&Object>) -> Option<Level> {
        logger.map(|_| self.log_level)
    }
}

/// `LiveOptions` in the core's types.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct LiveBounds {
    pub(crate) limits: LiveLimits,
    /// Keys of the servers that have a model. An empty list means all servers.
    pub(crate) servers: Vec<String>,
}
