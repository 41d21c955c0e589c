//! `ClientOptions`, `ClusterOptions`, `TlsOptions`: the bounds and settings of the core in PHP's names.

use std::path::PathBuf;
use std::time::Duration;

use apn_ami::glob::Glob;
use apn_ami::limits::{ClusterLimits, DropPolicy, Limits};
use apn_ami::record::Level;
use apn_ami::settings::TlsSettings;

use crate::config::{self, Section};
use crate::zend::classes::{ClientOptionsProperties, ClusterOptionsProperties, TlsOptionsProperties};
use crate::zend::{Array, Class, Native, Object, PhpResult, Properties, Str};

/// The class `ClientOptions`.
pub(crate) struct ClientOptions;

/// What the core makes of it.
pub(crate) struct ClientBounds(pub(crate) Limits);

impl Native for ClientBounds {
    const CLASSES: &'static [Class] = &[Class::ClientOptions];
}

impl ClientOptions {
    pub(crate) fn construct(this: &Object, given: ClientOptionsProperties) -> PhpResult<()> {
        let limits = limits(&given)?;
        given.init(this)?;
        this.init(ClientBounds(limits))
    }

    pub(crate) fn from_array(options: Array) -> PhpResult<Object> {
        Self::from_section("", &options)
    }

    /// As `from_array`, for a part of a larger configuration.
    pub(crate) fn from_section(path: &str, options: &Array) -> PhpResult<Object> {
        let section = Section::new(path, options, &CLIENT_KEYS)?;
        let mut given = ClientOptionsProperties::defaults();
        read_client(&section, &mut given)?;
        let limits = config::within(path, limits(&given))?;
        let object = given.into_object()?;
        object.init(ClientBounds(limits))?;
        Ok(object)
    }
}

/// Declares the keys of a configuration array and reads each into the property of the same name.
macro_rules! keys {
    ($keys:ident, $read:ident, $properties:ty, { $($field:ident: $kind:ident $(($($more:expr),*))?),* $(,)? }) => {
        pub(crate) const $keys: [&str; [$(stringify!($field)),*].len()] = [$(stringify!($field)),*];

        fn $read(section: &Section, given: &mut $properties) -> PhpResult<()> {
            $(if let Some(value) = section.$kind(stringify!($field) $($(, $more)*)?)? {
                given.$field = value.into();
            })*
            Ok(())
        }
    };
}

keys!(CLIENT_KEYS, read_client, ClientOptionsProperties, {
    connect_timeout: float,
    login_timeout: float,
    read_timeout: float,
    heartbeat_interval: float,
    action_timeout: float,
    reconnect_min_delay: float,
    reconnect_max_delay: float,
    circuit_failure_threshold: int,
    circuit_cooldown: float,
    circuit_half_open_max_probes: int,
    write_buffer_limit: int,
    max_pending_actions: int,
    max_action_bytes: int,
    event_queue_capacity: int,
    event_queue_bytes: int,
    drop_policy: enum_case(Class::DropPolicy, &["oldest", "newest"]),
    protected_events: array,
    max_frame_size: int,
    max_bytes_read_per_tick: int,
    max_frames_per_tick: int,
});

fn limits(given: &ClientOptionsProperties) -> PhpResult<Limits> {
    let limits = Limits {
        connect_timeout: seconds(given.connect_timeout),
        login_timeout: seconds(given.login_timeout),
        read_timeout: seconds(given.read_timeout),
        heartbeat_interval: seconds(given.heartbeat_interval),
        action_timeout: seconds(given.action_timeout),
        reconnect_delay_min: seconds(given.reconnect_min_delay),
        reconnect_delay_max: seconds(given.reconnect_max_delay),
        breaker_failures_max: count(given.circuit_failure_threshold),
        breaker_cooldown: seconds(given.circuit_cooldown),
        breaker_probes_max: count(given.circuit_half_open_max_probes),
        outbox_bytes_max: size(given.write_buffer_limit),
        pending_actions_max: size(given.max_pending_actions),
        action_bytes_max: size(given.max_action_bytes),
        event_queue_max: size(given.event_queue_capacity),
        event_queue_bytes_max: size(given.event_queue_bytes),
        drop_policy: match given.drop_policy.enum_value().as_str() {
            "newest" => DropPolicy::Newest,
            _ => DropPolicy::Oldest,
        },
        protected_events: names("protectedEvents", &given.protected_events)?
            .iter()
            .map(Glob::any_case)
            .collect(),
        frame_bytes_max: size(given.max_frame_size),
        tick_bytes_max: size(given.max_bytes_read_per_tick),
        tick_frames_max: size(given.max_frames_per_tick),
    };
    limits.checked().map_err(|error| config::refused(&error, |field| client_value(given, field)))
}

/// The value as it was given, where the core saw another one.
fn client_value(given: &ClientOptionsProperties, field: &str) -> Option<String> {
    Some(match field {
        "connectTimeout" => written(given.connect_timeout),
        "loginTimeout" => written(given.login_timeout),
        "readTimeout" => written(given.read_timeout),
        "heartbeatInterval" => written(given.heartbeat_interval),
        "actionTimeout" => written(given.action_timeout),
        "reconnectMinDelay" => written(given.reconnect_min_delay),
        "reconnectMaxDelay" => written(given.reconnect_max_delay),
        "circuitCooldown" => written(given.circuit_cooldown),
        "circuitFailureThreshold" => given.circuit_failure_threshold.to_string(),
        "circuitHalfOpenMaxProbes" => given.circuit_half_open_max_probes.to_string(),
        "writeBufferLimit" => given.write_buffer_limit.to_string(),
        "maxPendingActions" => given.max_pending_actions.to_string(),
        "maxActionBytes" => given.max_action_bytes.to_string(),
        "eventQueueCapacity" => given.event_queue_capacity.to_string(),
        "eventQueueBytes" => given.event_queue_bytes.to_string(),
        "maxFrameSize" => given.max_frame_size.to_string(),
        "maxBytesReadPerTick" => given.max_bytes_read_per_tick.to_string(),
        "maxFramesPerTick" => given.max_frames_per_tick.to_string(),
        _ => return None,
    })
}

/// The class `ClusterOptions`.
pub(crate) struct ClusterOptions;

/// What the core makes of it.
#[derive(Clone)]
pub(crate) struct ClusterBounds {
    pub(crate) limits: ClusterLimits,
    log_level: Level,
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

impl Native for ClusterBounds {
    const CLASSES: &'static [Class] = &[Class::ClusterOptions];
}

impl ClusterOptions {
    pub(crate) fn construct(this: &Object, given: ClusterOptionsProperties) -> PhpResult<()> {
        let bounds = cluster_bounds(&given)?;
        given.init(this)?;
        this.init(bounds)
    }

    pub(crate) fn from_array(options: Array) -> PhpResult<Object> {
        Self::from_section("", &options)
    }

    /// As `from_array`, for a part of a larger configuration.
    pub(crate) fn from_section(path: &str, options: &Array) -> PhpResult<Object> {
        let section = Section::new(path, options, &CLUSTER_KEYS)?;
        let mut given = ClusterOptionsProperties::defaults();
        read_cluster(&section, &mut given)?;
        let bounds = config::within(path, cluster_bounds(&given))?;
        let object = given.into_object()?;
        object.init(bounds)?;
        Ok(object)
    }
}

keys!(CLUSTER_KEYS, read_cluster, ClusterOptionsProperties, {
    max_events_per_tick: int,
    max_connect_attempts_per_tick: int,
    max_connect_attempts_per_second: int,
    stall_guard_ms: int,
    event_drop_log_interval_ms: int,
    enforce_ip_endpoints: bool,
    redaction_keys: array,
    log_level: string,
});

fn cluster_bounds(given: &ClusterOptionsProperties) -> PhpResult<ClusterBounds> {
    let log_level =
        Level::parse(&given.log_level.lossy()).map_err(|error| config::refused(&error, |_| None))?;
    Ok(ClusterBounds { limits: cluster_limits(given)?, log_level })
}

fn cluster_limits(given: &ClusterOptionsProperties) -> PhpResult<ClusterLimits> {
    let limits = ClusterLimits {
        tick_events_max: size(given.max_events_per_tick),
        tick_connects_max: size(given.max_connect_attempts_per_tick),
        second_connects_max: size(given.max_connect_attempts_per_second),
        stall_guard: milliseconds(given.stall_guard_ms),
        drop_log_interval: milliseconds(given.event_drop_log_interval_ms),
        ip_endpoints_only: given.enforce_ip_endpoints,
        redaction_keys: names("redactionKeys", &given.redaction_keys)?,
    };
    limits.checked().map_err(|error| {
        config::refused(&error, |field| {
            Some(match field {
                "maxEventsPerTick" => given.max_events_per_tick.to_string(),
                "maxConnectAttemptsPerTick" => given.max_connect_attempts_per_tick.to_string(),
                "maxConnectAttemptsPerSecond" => given.max_connect_attempts_per_second.to_string(),
                "stallGuardMs" => format!("{} ms", given.stall_guard_ms),
                "eventDropLogIntervalMs" => format!("{} ms", given.event_drop_log_interval_ms),
                _ => return None,
            })
        })
    })
}

/// The class `TlsOptions`.
pub(crate) struct TlsOptions;

impl TlsOptions {
    pub(crate) fn construct(this: &Object, given: TlsOptionsProperties) -> PhpResult<()> {
        settings(&given)?;
        given.init(this)
    }

    /// As the constructor, for a part of a larger configuration.
    pub(crate) fn from_section(path: &str, options: &Array) -> PhpResult<Object> {
        let section = Section::new(path, options, &TLS_KEYS)?;
        let mut given = TlsOptionsProperties::defaults();
        read_tls(&section, &mut given)?;
        config::within(path, settings(&given))?;
        given.into_object()
    }

    pub(crate) fn settings(options: &Object) -> PhpResult<TlsSettings> {
        settings(&TlsOptionsProperties::of(options)?)
    }
}

keys!(TLS_KEYS, read_tls, TlsOptionsProperties, {
    ca_file: string,
    server_name: string,
    verify_peer: bool,
    cert_file: string,
    key_file: string,
});

fn settings(given: &TlsOptionsProperties) -> PhpResult<TlsSettings> {
    let path = |field: &str, value: &Option<Str>| match value {
        Some(path) if path.is_empty() => Err(config::invalid(field, "empty", "a file, or null")),
        Some(path) => config::text(field, path).map(|path| Some(PathBuf::from(path))),
        None => Ok(None),
    };
    let server_name = match &given.server_name {
        Some(name) if name.is_empty() => {
            return Err(config::invalid("serverName", "empty", "a name, or null"));
        }
        Some(name) => Some(config::text("serverName", name)?),
        None => None,
    };
    let client_identity = match (path("certFile", &given.cert_file)?, path("keyFile", &given.key_file)?) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) => return Err(config::invalid("keyFile", "null", "given with certFile")),
        (None, Some(_)) => return Err(config::invalid("certFile", "null", "given with keyFile")),
    };
    Ok(TlsSettings {
        ca_file: path("caFile", &given.ca_file)?,
        server_name,
        insecure: !given.verify_peer,
        client_identity,
    })
}

/// Seconds as the core counts them. What is no time at all becomes one that is out of every range.
fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX)
}

fn milliseconds(value: i64) -> Duration {
    u64::try_from(value).map_or(Duration::MAX, Duration::from_millis)
}

/// A negative count becomes one that is out of every range.
fn size(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn written(seconds: f64) -> String {
    format!("{seconds} s")
}

/// A list of names or patterns.
fn names(field: &str, list: &Array) -> PhpResult<Vec<String>> {
    let wrong = |what: &str| config::invalid(field, what, "a list of names, * allowed");
    let names = if list.is_list() { list.strings() } else { None };
    let names = names.ok_or_else(|| wrong("an array of something else"))?;
    if names.iter().any(|name| name.is_empty()) {
        return Err(wrong("a list with an empty name"));
    }
    names.iter().map(|name| config::text(field, name)).collect()
}
