//! `ClusterOptions`: the bounds of a whole manager, with the names of PHP.

use apn_ami::limits::ClusterLimits;
use apn_ami::record::Level;

use super::client_options::options;
use super::registration::class;
use crate::convert::bounds::ClusterBounds;
use crate::convert::config::{milliseconds, names, size};
use crate::convert::object::object;
use crate::convert::{Array, Object, Str};
use crate::convert::{config, config::Section};
use crate::zend::{Native, PhpResult, Tracer};

options! {
    /// The bounds of a whole manager.
    ClusterOptions = "Apn\\AmiClient\\ClusterOptions" -> ClusterBounds {
        max_events_per_tick: i64 = 1_000, int;
        max_connect_attempts_per_tick: i64 = 5, int;
        max_connect_attempts_per_second: i64 = 50, int;
        stall_guard_ms: i64 = 25, int;
        event_drop_log_interval_ms: i64 = 1_000, int;
        enforce_ip_endpoints: bool = false, bool;
        redaction_keys: Array = Array::empty(), array;
        log_level: Str = Str::new("info"), string;
    }

    pub(crate) fn from_array(options: Array) -> PhpResult<Object<ClusterOptions>> {
        ClusterOptions::from_section("", &options)
    }
}

impl Native for ClusterOptions {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.redaction_keys);
    }
}

impl ClusterOptions {
    fn checked(mut self) -> PhpResult<Self> {
        let log_level =
            Level::parse(&self.log_level.lossy()).map_err(|error| config::refused(&error, |_| None))?;
        let limits = ClusterLimits {
            tick_events_max: size(self.max_events_per_tick),
            tick_connects_max: size(self.max_connect_attempts_per_tick),
            second_connects_max: size(self.max_connect_attempts_per_second),
            stall_guard: milliseconds(self.stall_guard_ms),
            drop_log_interval: milliseconds(self.event_drop_log_interval_ms),
            ip_endpoints_only: self.enforce_ip_endpoints,
            redaction_keys: names("redactionKeys", &self.redaction_keys)?,
        };
        let limits = limits
            .checked()
            .map_err(|error| config::refused(&error, |field| config::Options::given(&self, field)))?;
        self.bounds = ClusterBounds { limits, log_level };
        Ok(self)
    }
}

pub(crate) fn register() {
    class::<ClusterOptions>().done();
}
