//! How one server does, as plain data.

use std::time::Duration;

use super::subscription::NameCounters;
use crate::node::Counters;
use crate::server_key::ServerKey;
use crate::vocabulary::{BreakerState, ConnectionState, DisconnectReason};

/// How one server does.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// The server.
    pub key: ServerKey,
    /// Where its session stands.
    pub state: ConnectionState,
    /// Where its breaker stands.
    pub breaker: BreakerState,
    /// Why the last session ended, or the last connect failed.
    pub last_disconnect: Option<DisconnectReason>,
    /// Failed attempts in a row.
    pub attempt: u32,
    /// Unix time of the next connect, where one is planned.
    pub next_retry_at: Option<Duration>,
    /// Actions without a delivered ending.
    pub pending_actions: usize,
    /// Events waiting for listeners.
    pub queue_depth: usize,
    /// Their bytes.
    pub queue_bytes: usize,
    /// Events that came.
    pub events_received: u64,
    /// Events nobody wanted.
    pub events_filtered: u64,
    /// Events dropped by a full queue.
    pub events_dropped: u64,
    /// Sessions after the first.
    pub reconnects: u64,
    /// Round trip of the last `Ping`.
    pub last_ping: Option<Duration>,
    /// Unix time of the last message.
    pub last_received_at: Option<Duration>,
    /// From the socket to the listener, of the last event delivered.
    pub event_lag: Option<Duration>,
}

/// What was counted of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerMetrics {
    /// How it does.
    pub health: Health,
    /// What its node counted.
    pub node: Counters,
    /// Gaps after a lost session.
    pub gaps: u64,
    /// Bytes waiting to be written.
    pub outbox_bytes: usize,
    /// Bytes of the answers of actions whose ending was not delivered.
    pub answer_bytes: usize,
    /// Changes of state, and gaps after them, that wait to be delivered.
    pub changes_waiting: usize,
    /// Unix time of the last change of state.
    pub state_since: Duration,
    /// Which session it is.
    pub session: u64,
    /// Counts by event name, sorted; names beyond the bound under `""`.
    pub events: Vec<NameCount>,
}

/// Counts of one event name, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCount {
    /// The name.
    pub name: String,
    /// The counts.
    pub counters: NameCounters,
}
