//! `ServerHealth`: state and counters of a server at one moment.

use apn_ami::cluster::Health;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::Zval;
use ext_php_rs::{php_class, php_impl};

use super::registration::class;
use crate::convert::enums::{CircuitState, ConnectionState, DisconnectReason};
use crate::convert::number::{microseconds, to_int};
use crate::convert::object::json_serializable;
use crate::convert::{Array, Builder, Str};
use crate::zend::Native;

/// State and counters of a server at one moment.
#[php_class]
#[php(name = "Apn\\AmiClient\\ServerHealth", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
pub(crate) struct ServerHealth {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    state: ConnectionState,
    #[php(prop)]
    circuit: CircuitState,
    #[php(prop)]
    last_disconnect: Option<DisconnectReason>,
    #[php(prop)]
    attempt: i64,
    #[php(prop)]
    next_retry_at: Option<f64>,
    #[php(prop)]
    pending_actions: i64,
    #[php(prop)]
    queue_depth: i64,
    #[php(prop)]
    queue_bytes: i64,
    #[php(prop)]
    events_received: i64,
    #[php(prop)]
    events_filtered: i64,
    #[php(prop)]
    events_dropped: i64,
    #[php(prop)]
    reconnects: i64,
    #[php(prop)]
    last_ping_seconds: Option<f64>,
    #[php(prop)]
    last_received_at: Option<f64>,
    #[php(prop)]
    event_lag_seconds: Option<f64>,
}

impl Native for ServerHealth {}

impl ServerHealth {
    pub(crate) fn new(server_key: Str, health: &Health) -> Self {
        Self {
            server_key,
            state: health.state.into(),
            circuit: health.breaker.into(),
            last_disconnect: health.last_disconnect.map(Into::into),
            attempt: i64::from(health.attempt),
            next_retry_at: health.next_retry_at.map(microseconds),
            pending_actions: to_int(health.pending_actions),
            queue_depth: to_int(health.queue_depth),
            queue_bytes: to_int(health.queue_bytes),
            events_received: to_int(health.events_received),
            events_filtered: to_int(health.events_filtered),
            events_dropped: to_int(health.events_dropped),
            reconnects: to_int(health.reconnects),
            last_ping_seconds: health.last_ping.map(|time| time.as_secs_f64()),
            last_received_at: health.last_received_at.map(microseconds),
            event_lag_seconds: health.event_lag.map(|time| time.as_secs_f64()),
        }
    }
}

#[php_impl]
impl ServerHealth {
    pub(crate) fn is_ready(&self) -> bool {
        self.state == ConnectionState::Ready
    }

    pub(crate) fn json_serialize(&self) -> Array {
        let mut all = Builder::new(16);
        for property in ext_php_rs::class::RegisteredClass::get_metadata().all_properties() {
            let mut value = Zval::new();
            if let Some(get) = property.get
                && get(self, &mut value).is_ok()
            {
                all.set(property.name, value);
            }
        }
        all.finish()
    }
}

pub(crate) fn register() {
    class::<ServerHealth>().done();
}
