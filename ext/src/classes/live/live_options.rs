//! `LiveOptions`: which servers have a live model, and its bounds.

use apn_ami::limits::LiveLimits;
use apn_ami::settings::ServerKey;

use crate::classes::client_options::options;
use crate::convert::bounds::LiveBounds;
use crate::convert::config::{self, Section, seconds, size};
use crate::convert::object::object;
use crate::convert::{Array, Object};
use crate::zend::class::class;
use crate::zend::{Native, PhpResult, Tracer};

options! {
    /// Which servers have a live model, and its bounds.
    LiveOptions = "Apn\\AmiClient\\Live\\LiveOptions" -> LiveBounds {
        servers: Array = Array::empty(), array;
        max_channels: i64 = 20_000, int;
        ended_calls: i64 = 1_000, int;
        max_bytes: i64 = 268_435_456, int;
        verify_interval: f64 = 300.0, float;
        poll_interval: f64 = 5.0, float;
    }

    pub(crate) fn from_array(options: Array) -> PhpResult<Object<LiveOptions>> {
        LiveOptions::from_section("", &options)
    }
}

impl Native for LiveOptions {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.servers);
    }
}

impl LiveOptions {
    fn checked(mut self) -> PhpResult<Self> {
        let wrong = || config::invalid("servers", "an array of something else", "a list of keys of servers");
        let given = if self.servers.is_list() { self.servers.strings() } else { None };
        let servers = given.ok_or_else(wrong)?.into_iter().map(|key| config::text("servers", &key));
        let servers = servers.collect::<PhpResult<Vec<_>>>()?;
        for key in &servers {
            ServerKey::new(key).map_err(|refused| config::refused(&refused, |_| None))?;
        }
        let limits = LiveLimits {
            channels_max: size(self.max_channels),
            ended_calls_max: size(self.ended_calls),
            bytes_max: size(self.max_bytes),
            verify_interval: seconds(self.verify_interval),
            poll_interval: seconds(self.poll_interval),
            ..LiveLimits::default()
        };
        let limits = limits
            .checked()
            .map_err(|error| config::refused(&error, |field| config::Options::given(&self, field)))?;
        self.bounds = LiveBounds { limits, servers };
        Ok(self)
    }
}

pub(crate) fn register() {
    class::<LiveOptions>().done();
}
