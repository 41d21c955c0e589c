//! What the client reports of itself: `TickSummary`, `ServerHealth`, `Gap`.

use crate::zend::classes::{GapProperties, ServerHealthProperties, TickSummaryProperties};
use crate::zend::properties::bad_data;
use crate::zend::{Array, Builder, Class, Object, PhpResult, Properties};

/// The class `TickSummary`.
pub(crate) struct TickSummary;

impl TickSummary {
    pub(crate) fn has_progress(this: &Object) -> PhpResult<bool> {
        let did = TickSummaryProperties::of(this)?;
        let counts = [
            did.bytes_read,
            did.bytes_written,
            did.frames_parsed,
            did.events_dispatched,
            did.events_dropped,
            did.actions_completed,
            did.state_transitions,
            did.connect_attempts,
        ];
        Ok(did.more || counts.iter().any(|count| *count > 0))
    }
}

/// The class `ServerHealth`.
pub(crate) struct ServerHealth;

impl ServerHealth {
    pub(crate) fn is_ready(this: &Object) -> PhpResult<bool> {
        Ok(ServerHealthProperties::of(this)?.state.enum_value() == "ready")
    }

    pub(crate) fn json_serialize(this: &Object) -> PhpResult<Array> {
        let health = ServerHealthProperties::of(this)?;
        let mut all = Builder::new(17);
        all.set("serverKey", health.server_key);
        all.set("state", health.state);
        all.set("circuit", health.circuit);
        all.set("lastDisconnect", health.last_disconnect);
        all.set("attempt", health.attempt);
        all.set("nextRetryAt", health.next_retry_at);
        all.set("pendingActions", health.pending_actions);
        all.set("queueDepth", health.queue_depth);
        all.set("queueBytes", health.queue_bytes);
        all.set("eventsReceived", health.events_received);
        all.set("eventsFiltered", health.events_filtered);
        all.set("eventsDropped", health.events_dropped);
        all.set("reconnects", health.reconnects);
        all.set("lastPingSeconds", health.last_ping_seconds);
        all.set("lastReceivedAt", health.last_received_at);
        all.set("eventLagSeconds", health.event_lag_seconds);
        Ok(all.finish())
    }
}

/// The class `Gap`.
pub(crate) struct Gap;

impl Gap {
    pub(crate) fn unserialize(this: &Object, data: Array) -> PhpResult<()> {
        let gap = GapProperties::of_serialized(&data)?;
        if gap.reason.as_ref().is_some_and(|reason| !reason.is(Class::DisconnectReason)) {
            return Err(bad_data(Class::Gap));
        }
        gap.init(this)
    }
}
