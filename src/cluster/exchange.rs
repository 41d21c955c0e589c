//! The types that pass between a cluster and its driver: outputs and deliveries.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::subscription::Listeners;
use crate::live::{CallRef, Edges, QueueChanges, QueueRef, State};
use crate::node::OutcomeCell;
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, DisconnectReason, LinkId, ServerId};
use crate::wire::Message;

/// The next thing that a cluster asks of its driver.
#[derive(Debug)]
pub enum Output {
    /// Set up a link.
    Open {
        /// The link's id from now on.
        link: LinkId,
        /// The server to connect to, and how.
        settings: Arc<ServerSettings>,
    },
    /// Drop a link. Nothing that it still sends is read.
    Close {
        /// The link to drop.
        link: LinkId,
    },
    /// Write the outbox of a link, as far as the link takes it.
    Write {
        /// The link with bytes to write.
        link: LinkId,
    },
    /// Everything is done. Wait for the network, but no longer than this: then [`super::Cluster::on_time`] has work.
    Wait {
        /// `None` where only the network can bring work.
        until: Option<Instant>,
    },
}

/// Counters over all servers, removed servers included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Connects started.
    pub connects: u64,
    /// Events dropped by full queues.
    pub events_dropped: u64,
    /// State changes of sessions.
    pub transitions: u64,
    /// Actions that ended.
    pub endings: u64,
    /// Servers whose session is Ready now.
    pub ready: usize,
}

/// A delivery to listeners that is not an event.
#[derive(Clone, Debug)]
pub enum Notification {
    /// The state of a session changed.
    Changed {
        /// The state before.
        from: ConnectionState,
        /// The state after.
        to: ConnectionState,
        /// Why the session ended, if it ended.
        reason: Option<DisconnectReason>,
        /// The reason as text.
        detail: String,
    },
    /// Events of the server may be missing here.
    Gap {
        /// Unix time until which no event is missing.
        from: Duration,
        /// Unix time from which no event is missing again.
        to: Duration,
        /// Why the session ended; `None` if a full queue dropped the events.
        reason: Option<DisconnectReason>,
        /// Number of dropped events; 0 if it is not known.
        dropped: u64,
    },
    /// An action ended.
    Ended {
        /// The action's sequence number, unique within its server.
        sequence: u64,
        /// The cell with the action's outcome.
        cell: Arc<OutcomeCell>,
    },
}

/// A delivery to the caller's listeners. The deliveries of one server come in wire order.
#[derive(Debug)]
pub struct Delivery {
    /// The server that the delivery is about.
    pub server: ServerId,
    /// The event or notification.
    pub kind: DeliveryKind,
}

/// An event or a notification.
#[derive(Debug)]
pub enum DeliveryKind {
    /// An event and the subscriptions that it matches.
    Event {
        /// The event.
        message: Message,
        /// The matching subscriptions, oldest first.
        listeners: Listeners,
    },
    /// News of the server's live model.
    Live(LiveNews),
    /// Anything else.
    Notification(Notification),
}

/// What a live model tells.
#[derive(Clone, Debug)]
pub enum LiveNews {
    /// Something happened to a call.
    Call {
        /// The call.
        call: CallRef,
        /// What happened since it was told last.
        edges: Edges,
    },
    /// The model can be trusted so far now.
    State(State),
    /// Something happened to a queue.
    Queue {
        /// The queue.
        queue: QueueRef,
        /// What happened since it was told last.
        changes: QueueChanges,
    },
    /// What the model knows of queues can be trusted so far now.
    QueueState(State),
}
