//! The health and the metrics of one server, as plain data.

use std::time::Duration;

use super::subscription::NameCounters;
use crate::live::{self, Live, Sizes, State, Truncation};
use crate::node::Counters;
use crate::server_key::ServerKey;
use crate::vocabulary::{BreakerState, ConnectionState, DisconnectReason};

/// The health of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct Health {
    /// The key of the server.
    pub key: ServerKey,
    /// The state of the server's session.
    pub state: ConnectionState,
    /// The state of the server's circuit breaker.
    pub breaker: BreakerState,
    /// Why the last session ended, or why the last connect failed.
    pub last_disconnect: Option<DisconnectReason>,
    /// Failed attempts in a row.
    pub attempt: u32,
    /// Unix time of the next connect, if one is planned.
    pub next_retry_at: Option<Duration>,
    /// Actions whose end was not delivered yet.
    pub pending_actions: usize,
    /// Events that wait for delivery to listeners.
    pub queue_depth: usize,
    /// Bytes of the events that wait for delivery.
    pub queue_bytes: usize,
    /// Events received.
    pub events_received: u64,
    /// Events that matched no subscription.
    pub events_filtered: u64,
    /// Events dropped by a full queue.
    pub events_dropped: u64,
    /// Sessions that became Ready, after the first.
    pub reconnects: u64,
    /// Round trip of the last `Ping`.
    pub last_ping: Option<Duration>,
    /// Unix time of the last message received.
    pub last_received_at: Option<Duration>,
    /// Time from the socket to the listener, of the last event delivered.
    pub event_lag: Option<Duration>,
}

/// The metrics of one server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerMetrics {
    /// The server's health.
    pub health: Health,
    /// The counters of the server's node.
    pub node: Counters,
    /// Gaps after lost sessions.
    pub gaps: u64,
    /// Bytes waiting to be written.
    pub outbox_bytes: usize,
    /// Bytes of the answers of actions whose end was not delivered yet.
    pub answer_bytes: usize,
    /// State changes, and gaps after them, that wait for delivery.
    pub changes_waiting: usize,
    /// Unix time of the last state change.
    pub state_since: Duration,
    /// The number of the session.
    pub session: u64,
    /// The live model, if the server has one.
    pub live: Option<LiveMetrics>,
    /// Counters by event name, sorted by name. Names beyond the bound are counted together under `""`.
    pub events: Vec<NameCount>,
}

/// The metrics of a live model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LiveMetrics {
    /// How far the calls of the model can be trusted.
    pub state: State,
    /// How far its queues can be trusted. `None` if it keeps none.
    pub queue_state: Option<State>,
    /// How much it holds.
    pub sizes: Sizes,
    /// What a bound keeps out.
    pub truncation: Truncation,
    /// Its counters.
    pub counters: live::Counters,
}

impl LiveMetrics {
    pub(super) fn of(live: &Live) -> Self {
        Self {
            state: live.state(),
            queue_state: live.queue_state(),
            sizes: live.sizes(),
            truncation: live.truncation(),
            counters: *live.counters(),
        }
    }
}

/// The counters of one event name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameCount {
    /// The event name in lower case; `""` for the names beyond the bound.
    pub name: String,
    /// The counters.
    pub counters: NameCounters,
}
