//! The bounds of a whole manager, as the core and its logger take them.

use apn_ami::limits::{ClusterLimits, LiveLimits};
use apn_ami::record::Level;

use super::object::Object;

/// What the core makes of `ClusterOptions`.
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
    /// The least level of the records that are made. Without a logger nobody reads them.
    pub(crate) fn log(&self, logger: Option<&Object>) -> Option<Level> {
        logger.map(|_| self.log_level)
    }
}

/// What the core makes of `LiveOptions`.
#[derive(Clone, Default, PartialEq)]
pub(crate) struct LiveBounds {
    pub(crate) limits: LiveLimits,
    /// All servers where there are none.
    pub(crate) servers: Vec<String>,
}
