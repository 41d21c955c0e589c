//! `LiveOptions`: the servers that have a live model, and the bounds of the models.

use apn_ami::limits::LiveLimits;
use apn_ami::settings::ServerKey;
use ext_php_rs::convert::FromZval;
use ext_php_rs::types::Zval;

use crate::classes::client_options::options;
use crate::classes::registration::class;
use crate::convert::bounds::LiveBounds;
use crate::convert::config::{self, Section, seconds, size};
use crate::convert::live::Kind;
use crate::convert::object::object;
use crate::convert::{Array, Object, Value, View};
use crate::zend::{Native, PhpResult, Tracer};

options! {
    /// The servers that have a live model, and the bounds of the models.
    LiveOptions = "Apn\\AmiClient\\Live\\LiveOptions" -> LiveBounds {
        servers: Array = Array::empty(), array;
        kinds: Array = Array::empty(), array;
        max_channels: i64 = 20_000, int;
        max_queues: i64 = 2_000, int;
        max_queue_entries: i64 = 50_000, int;
        ended_calls: i64 = 1_000, int;
        max_bytes: i64 = 268_435_456, int;
        verify_interval: f64 = 300.0, float;
        poll_interval: f64 = 5.0, float;
        queue_interval: f64 = 60.0, float;
    }

    pub(crate) fn from_array(options: Array) -> PhpResult<Object<LiveOptions>> {
        LiveOptions::from_section("", &options)
    }
}

impl Native for LiveOptions {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.servers);
        tracer.value(&self.kinds);
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
        let kinds = kinds_of(&self.kinds)?;
        let limits = LiveLimits {
            keeps_queues: kinds.contains(&Kind::Queues),
            queues_max: size(self.max_queues),
            queue_entries_max: size(self.max_queue_entries),
            queue_interval: seconds(self.queue_interval),
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

/// Cases of `Kind`, or their values as a configuration file has them.
fn kinds_of(kinds: &Array) -> PhpResult<Vec<Kind>> {
    let one = |value: &Zval| {
        Kind::from_zval(value).or_else(|| match value.view() {
            View::Str(text) if *text == *b"calls" => Some(Kind::Calls),
            View::Str(text) if *text == *b"queues" => Some(Kind::Queues),
            _ => None,
        })
    };
    let found: Option<Vec<_>> = kinds.iter().map(|(_, value)| one(value)).collect();
    found.ok_or_else(|| {
        config::invalid(
            "kinds",
            "an array of something else",
            "a list of Apn\\AmiClient\\Live\\Kind, or of calls and queues",
        )
    })
}

pub(crate) fn register() {
    class::<LiveOptions>().done();
}
