//! `metrics()`: the core's counters as PHP values. Reading them does not change them.

use std::collections::BTreeMap;
use std::time::Duration;

use apn_ami::cluster::{Health, LiveMetrics, ServerMetrics};
use apn_ami::live::State;
use ext_php_rs::convert::IntoZval;

use super::array::{Array, Builder};
use super::number::to_int;

/// The cost of the listeners of one name.
#[derive(Default)]
pub(crate) struct ListenerCost {
    pub(crate) calls: u64,
    pub(crate) failures: u64,
    pub(crate) time: Duration,
}

/// A family of metrics: name, type, help text, and a function that reads a server's value.
type Family = (&'static str, &'static str, &'static str, fn(&ServerMetrics) -> Number);

/// A value of a metric. A time can be missing.
enum Number {
    Count(u64),
    Seconds(Option<Duration>),
}

const FAMILIES: [Family; 27] = [
    ("ami_server_ready", "gauge", "1 where the server takes actions and delivers events.", |m| {
        Number::Count(u64::from(m.health.state == apn_ami::node::ConnectionState::Ready))
    }),
    ("ami_server_state_since_timestamp_seconds", "gauge", "When the session's state changed last.", |m| {
        Number::Seconds(Some(m.state_since))
    }),
    ("ami_server_session", "gauge", "Number of the session, from 1.", |m| Number::Count(m.session)),
    ("ami_server_connect_attempt", "gauge", "Attempts to connect since the server was last ready.", |m| {
        Number::Count(u64::from(m.health.attempt))
    }),
    ("ami_server_next_retry_timestamp_seconds", "gauge", "When the next attempt to connect is due.", |m| {
        Number::Seconds(m.health.next_retry_at)
    }),
    ("ami_server_pending_actions", "gauge", "Actions that wait for their answer.", |m| {
        count(m.health.pending_actions)
    }),
    ("ami_server_outbox_bytes", "gauge", "Bytes that wait to be written.", |m| count(m.outbox_bytes)),
    ("ami_server_event_queue_events", "gauge", "Events that wait for their listeners.", |m| {
        count(m.health.queue_depth)
    }),
    ("ami_server_event_queue_bytes", "gauge", "Memory of the events that wait for their listeners.", |m| {
        count(m.health.queue_bytes)
    }),
    ("ami_server_events_received_total", "counter", "Events read from the server.", |m| {
        Number::Count(m.health.events_received)
    }),
    ("ami_server_events_filtered_total", "counter", "Events that no listener wanted.", |m| {
        Number::Count(m.health.events_filtered)
    }),
    ("ami_server_events_dropped_total", "counter", "Events lost to a full queue.", |m| {
        Number::Count(m.health.events_dropped)
    }),
    ("ami_server_events_early_total", "counter", "Events that came before the login was accepted.", |m| {
        Number::Count(m.node.events_early)
    }),
    ("ami_server_gaps_total", "counter", "Times at which events may be missing after a lost session.", |m| {
        Number::Count(m.gaps)
    }),
    ("ami_server_reconnects_total", "counter", "Sessions after the first.", |m| {
        Number::Count(m.health.reconnects)
    }),
    ("ami_server_logins_total", "counter", "Logins that succeeded.", |m| Number::Count(m.node.logins)),
    ("ami_server_actions_sent_total", "counter", "Actions sent.", |m| Number::Count(m.node.actions_sent)),
    ("ami_server_actions_ended_total", "counter", "Actions that ended, one way or another.", |m| {
        Number::Count(m.node.actions_ended)
    }),
    ("ami_server_actions_failed_total", "counter", "Actions that ended with an error.", |m| {
        Number::Count(m.node.actions_failed)
    }),
    ("ami_server_answers_late_total", "counter", "Answers that nobody waited for any more.", |m| {
        Number::Count(m.node.answers_late)
    }),
    ("ami_server_answers_foreign_total", "counter", "Answers to actions that are not ours.", |m| {
        Number::Count(m.node.answers_foreign)
    }),
    (
        "ami_server_frames_too_long_total",
        "counter",
        "Messages skipped because they were longer than allowed.",
        |m| Number::Count(m.node.frames_too_long),
    ),
    ("ami_server_read_bytes_total", "counter", "Bytes read.", |m| Number::Count(m.node.bytes_read)),
    ("ami_server_written_bytes_total", "counter", "Bytes written.", |m| Number::Count(m.node.bytes_written)),
    ("ami_server_frames_total", "counter", "Messages parsed.", |m| Number::Count(m.node.frames)),
    ("ami_server_ping_seconds", "gauge", "Round trip of the last keepalive.", |m| {
        Number::Seconds(m.health.last_ping)
    }),
    (
        "ami_server_event_lag_seconds",
        "gauge",
        "From the socket to the listener's return, of the last event delivered.",
        |m| Number::Seconds(m.health.event_lag),
    ),
];

/// A family of metrics of live models.
type LiveFamily = (&'static str, &'static str, &'static str, fn(&LiveMetrics) -> Number);

const LIVE_FAMILIES: [LiveFamily; 7] = [
    ("ami_live_calls", "gauge", "Calls of the live model.", |m| count(m.sizes.calls)),
    ("ami_live_channels", "gauge", "Channels of the live model.", |m| count(m.sizes.channels)),
    ("ami_live_bytes", "gauge", "Memory of the live model.", |m| count(m.sizes.bytes)),
    ("ami_live_truncated", "gauge", "1 while a bound keeps something out of the live model.", |m| {
        Number::Count(u64::from(!m.truncation.is_empty()))
    }),
    ("ami_live_events_total", "counter", "Events that the live model read.", |m| {
        Number::Count(m.counters.events_read)
    }),
    ("ami_live_healed_total", "counter", "Channels that a list corrected though no event was missed.", |m| {
        Number::Count(m.counters.healed)
    }),
    ("ami_live_lost_total", "counter", "Channels that ended without a Hangup.", |m| {
        Number::Count(m.counters.swept_lost)
    }),
];

/// Families of models that keep queues.
const QUEUE_FAMILIES: [LiveFamily; 3] = [
    ("ami_live_queues", "gauge", "Queues of the live model.", |m| count(m.sizes.queues)),
    ("ami_live_queue_members", "gauge", "Members of the queues of the live model.", |m| {
        count(m.sizes.members)
    }),
    ("ami_live_queue_callers", "gauge", "Callers that wait in the queues of the live model.", |m| {
        count(m.sizes.callers)
    }),
];

fn count(number: usize) -> Number {
    Number::Count(number as u64)
}

/// All families by name. Each has `type`, `help`, and `values` with their labels.
pub(crate) fn families(
    servers: &[ServerMetrics],
    listeners: &BTreeMap<String, ListenerCost>,
    logger_failures: u64,
    records_lost: u64,
) -> Array {
    let mut families = Builder::new(FAMILIES.len() + LIVE_FAMILIES.len() + QUEUE_FAMILIES.len() + 10);
    for (name, kind, help, value) in FAMILIES {
        let mut values = Builder::new(servers.len());
        for server in servers {
            let labels = [("server", server.health.key.as_str())];
            match value(server) {
                Number::Count(number) => values.push(sample(&labels, to_int(number))),
                Number::Seconds(Some(time)) => values.push(sample(&labels, time.as_secs_f64())),
                Number::Seconds(None) => {}
            }
        }
        families.set(name, family(kind, help, values));
    }
    states(servers, &mut families);
    live(servers, &mut families);
    events_by_name(servers, &mut families);
    costs(listeners, logger_failures, &mut families);
    lost_records(records_lost, &mut families);
    families.finish()
}

fn family(kind: &str, help: &str, values: Builder) -> Array {
    let mut family = Builder::new(3);
    family.set("type", kind);
    family.set("help", help);
    family.set("values", values.finish());
    family.finish()
}

fn sample(labels: &[(&str, &str)], value: impl IntoZval) -> Array {
    let mut named = Builder::new(labels.len());
    for (label, text) in labels {
        named.set(label, *text);
    }
    let mut sample = Builder::new(2);
    sample.set("labels", named.finish());
    sample.set("value", value);
    sample.finish()
}

/// Adds a sample for each possible state. The current state has the value 1, the others 0.
fn states(servers: &[ServerMetrics], families: &mut Builder) {
    let mut sessions = Builder::new(0);
    let mut circuits = Builder::new(0);
    for Health { key, state, breaker, .. } in servers.iter().map(|server| &server.health) {
        for known in apn_ami::node::ConnectionState::ALL {
            let labels = [("server", key.as_str()), ("state", known.as_str())];
            sessions.push(sample(&labels, i64::from(known == *state)));
        }
        for known in ["closed", "open", "half_open"] {
            let labels = [("server", key.as_str()), ("state", known)];
            circuits.push(sample(&labels, i64::from(known == breaker.as_str())));
        }
    }
    families.set("ami_server_state", family("gauge", "1 at the state that the session is in.", sessions));
    families.set(
        "ami_server_circuit",
        family("gauge", "1 at the state that the circuit breaker is in.", circuits),
    );
}

/// Adds the metrics of the live models. Without live models the families have no values.
fn live(servers: &[ServerMetrics], families: &mut Builder) {
    let models: Vec<_> =
        servers.iter().filter_map(|server| Some((server.health.key.as_str(), server.live?))).collect();
    let all = LIVE_FAMILIES.iter().map(|family| (family, false));
    for ((name, kind, help, value), is_of_queues) in
        all.chain(QUEUE_FAMILIES.iter().map(|family| (family, true)))
    {
        let mut values = Builder::new(models.len());
        for (key, model) in &models {
            if let Number::Count(number) = value(model)
                && (!is_of_queues || model.queue_state.is_some())
            {
                values.push(sample(&[("server", key)], to_int(number)));
            }
        }
        families.set(*name, family(kind, help, values));
    }
    let mut states = Builder::new(0);
    for (key, model) in &models {
        for (kind, state) in [("calls", Some(model.state)), ("queues", model.queue_state)] {
            for known in State::ALL.into_iter().filter(|_| state.is_some()) {
                let labels = [("server", *key), ("kind", kind), ("state", known.name())];
                states.push(sample(&labels, i64::from(state == Some(known))));
            }
        }
    }
    families.set(
        "ami_live_state",
        family("gauge", "1 at the state that the calls or queues of the live model are in.", states),
    );
}

fn events_by_name(servers: &[ServerMetrics], families: &mut Builder) {
    let (mut received, mut dropped) = (Builder::new(0), Builder::new(0));
    for server in servers {
        for event in &server.events {
            let labels = [("server", server.health.key.as_str()), ("event", event.name.as_str())];
            received.push(sample(&labels, to_int(event.counters.received)));
            if event.counters.dropped > 0 {
                dropped.push(sample(&labels, to_int(event.counters.dropped)));
            }
        }
    }
    families.set("ami_events_received_total", family("counter", "Events read, by name.", received));
    families
        .set("ami_events_dropped_total", family("counter", "Events lost to a full queue, by name.", dropped));
}

/// Adds the cost of the listeners by name, and the failures of the logger.
fn costs(listeners: &BTreeMap<String, ListenerCost>, logger_failures: u64, families: &mut Builder) {
    let (mut calls, mut failures, mut seconds) = (Builder::new(0), Builder::new(0), Builder::new(0));
    for (name, cost) in listeners {
        let labels = [("listener", name.as_str())];
        calls.push(sample(&labels, to_int(cost.calls)));
        failures.push(sample(&labels, to_int(cost.failures)));
        seconds.push(sample(&labels, cost.time.as_secs_f64()));
    }
    families.set("ami_listener_calls_total", family("counter", "Calls of listeners.", calls));
    families.set(
        "ami_listener_failures_total",
        family("counter", "Calls that ended with an exception.", failures),
    );
    families.set("ami_listener_seconds_total", family("counter", "Time spent in listeners.", seconds));
    let mut logger = Builder::new(1);
    logger.push(sample(&[], to_int(logger_failures)));
    families
        .set("ami_logger_failures_total", family("counter", "Log records that the logger threw at.", logger));
}

/// Adds the number of log records that were lost before the logger got them.
fn lost_records(records_lost: u64, families: &mut Builder) {
    let mut lost = Builder::new(1);
    lost.push(sample(&[], to_int(records_lost)));
    let help = "Log records lost because too many waited for a tick, those of the lowest level first.";
    families.set("ami_logger_records_lost_total", family("counter", help, lost));
}
