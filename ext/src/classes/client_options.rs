//! `ClientOptions`: the bounds of a server's session, with the names of PHP.

use apn_ami::glob::Glob;
use apn_ami::limits::Limits;

use super::registration::class;
use crate::convert::config::{count, names, seconds, size};
use crate::convert::enums::DropPolicy;
use crate::convert::object::object;
use crate::convert::{Array, Object};
use crate::convert::{config, config::Section};
use crate::zend::{Native, PhpResult, Tracer};

/// Declares a class of options. One table gives the properties, the constructor with its defaults, and the
/// keys of a configuration array. The class's methods follow the table.
macro_rules! options {
    (
        $(#[$doc:meta])*
        $name:ident = $php:literal -> $bounds:ty {
            $($field:ident: $type:ty = $default:expr, $kind:ident;)*
        }
        $($method:item)*
    ) => {
        $(#[$doc])*
        #[ext_php_rs::php_class]
        #[php(name = $php, flags = ext_php_rs::flags::ClassFlags::Final.union(ext_php_rs::flags::ClassFlags::ReadonlyClass))]
        pub(crate) struct $name {
            $(#[php(prop)] $field: $type,)*
            bounds: $bounds,
        }

        #[ext_php_rs::php_impl]
        impl $name {
            #[php(defaults($($field = $default),*))]
            pub(crate) fn __construct($($field: $type),*) -> PhpResult<Self> {
                Self { $($field,)* bounds: Default::default() }.checked()
            }

            $($method)*
        }

        impl $name {
            /// Reads options like `from_array`, from a part of a larger configuration.
            pub(crate) fn from_section(path: &str, options: &Array) -> PhpResult<Object<$name>> {
                const KEYS: &[&str] = &[$(stringify!($field)),*];
                let section = Section::new(path, options, KEYS)?;
                let given = Self {
                    $($field: section.$kind(stringify!($field))?.unwrap_or_else(|| $default),)*
                    bounds: Default::default(),
                };
                config::prefix_errors(path, given.checked()).map(object)
            }

            /// The options as values of the core.
            pub(crate) fn bounds(&self) -> &$bounds {
                &self.bounds
            }
        }

        impl config::Options for $name {
            fn given(&self, name: &str) -> Option<String> {
                $(if config::camel(stringify!($field)) == name {
                    return config::Given::given(&self.$field, stringify!($field));
                })*
                None
            }
        }
    };
}
pub(super) use options;

options! {
    /// The bounds of a server's session.
    ClientOptions = "Apn\\AmiClient\\ClientOptions" -> Limits {
        connect_timeout: f64 = 10.0, float;
        login_timeout: f64 = 10.0, float;
        read_timeout: f64 = 30.0, float;
        heartbeat_interval: f64 = 15.0, float;
        action_timeout: f64 = 30.0, float;
        reconnect_min_delay: f64 = 0.5, float;
        reconnect_max_delay: f64 = 30.0, float;
        circuit_failure_threshold: i64 = 5, int;
        circuit_cooldown: f64 = 30.0, float;
        circuit_half_open_max_probes: i64 = 1, int;
        write_buffer_limit: i64 = 5_242_880, int;
        max_pending_actions: i64 = 5_000, int;
        max_action_bytes: i64 = 67_108_864, int;
        event_queue_capacity: i64 = 10_000, int;
        event_queue_bytes: i64 = 16_777_216, int;
        drop_policy: DropPolicy = DropPolicy::Oldest, case;
        protected_events: Array = ["Hangup", "OriginateResponse"].into_iter().collect::<Array>(), array;
        max_frame_size: i64 = 1_048_576, int;
        max_bytes_read_per_tick: i64 = 1_048_576, int;
        max_frames_per_tick: i64 = 1_000, int;
    }

    pub(crate) fn from_array(options: Array) -> PhpResult<Object<ClientOptions>> {
        ClientOptions::from_section("", &options)
    }
}

impl Native for ClientOptions {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.protected_events);
    }
}

impl ClientOptions {
    fn checked(mut self) -> PhpResult<Self> {
        let limits = Limits {
            connect_timeout: seconds(self.connect_timeout),
            login_timeout: seconds(self.login_timeout),
            read_timeout: seconds(self.read_timeout),
            heartbeat_interval: seconds(self.heartbeat_interval),
            action_timeout: seconds(self.action_timeout),
            reconnect_delay_min: seconds(self.reconnect_min_delay),
            reconnect_delay_max: seconds(self.reconnect_max_delay),
            breaker_failures_max: count(self.circuit_failure_threshold),
            breaker_cooldown: seconds(self.circuit_cooldown),
            breaker_probes_max: count(self.circuit_half_open_max_probes),
            outbox_bytes_max: size(self.write_buffer_limit),
            pending_actions_max: size(self.max_pending_actions),
            action_bytes_max: size(self.max_action_bytes),
            event_queue_max: size(self.event_queue_capacity),
            event_queue_bytes_max: size(self.event_queue_bytes),
            drop_policy: self.drop_policy.into(),
            protected_events: names("protectedEvents", &self.protected_events)?
                .iter()
                .map(Glob::any_case)
                .collect(),
            frame_bytes_max: size(self.max_frame_size),
            tick_bytes_max: size(self.max_bytes_read_per_tick),
            tick_frames_max: size(self.max_frames_per_tick),
        };
        self.bounds = limits
            .checked()
            .map_err(|error| config::refused(&error, |field| config::Options::given(&self, field)))?;
        Ok(self)
    }
}

pub(crate) fn register() {
    class::<ClientOptions>().done();
}
