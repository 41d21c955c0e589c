//! What passes between a cluster and its driver: commands and deliveries.

use std::sync::Arc;
use std::time::Duration;

use super::subscription::Listeners;
use crate::node::OutcomeCell;
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, DisconnectReason, LinkId, ServerId};
use crate::wire::Message;

/// What the network has to do.
#[derive(Debug)]
pub enum Command {
    /// Set up a link.
    Open {
        /// Its name from now on.
        link: LinkId,
        /// Where to, and how.
        settings: Arc<ServerSettings>,
    },
    /// Drop a link; nothing of it is wanted any more.
    Close {
        /// Which one.
        link: LinkId,
    },
}

/// What was counted of all servers together, removed ones included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Connects started.
    pub connects: u64,
    /// Events dropped by full queues.
    pub events_dropped: u64,
    /// Sessions that changed their state.
    pub transitions: u64,
    /// Actions that ended.
    pub endings: u64,
    /// Servers whose session is Ready now.
    pub ready: usize,
}

/// What listeners are owed that is no event.
#[derive(Clone, Debug)]
pub enum Notification {
    /// A session's state changed.
    Changed {
        /// Before.
        from: ConnectionState,
        /// Now.
        to: ConnectionState,
        /// Why it ended.
        reason: Option<DisconnectReason>,
        /// The reason in words.
        detail: String,
    },
    /// Events of the server may be missing here.
    Gap {
        /// Unix time of the last event that surely came.
        from: Duration,
        /// Of the first after.
        to: Duration,
        /// Why the session ended; none where a full queue dropped them.
        reason: Option<DisconnectReason>,
        /// How many, where that is known.
        dropped: u64,
    },
    /// An action ended.
    Ended {
        /// Which one of the server.
        sequence: u64,
        /// How.
        cell: Arc<OutcomeCell>,
    },
}

/// One thing for the caller's listeners. Those of one server come in wire order.
#[derive(Debug)]
pub struct Delivery {
    /// The server it is about.
    pub server: ServerId,
    /// What it is.
    pub kind: DeliveryKind,
}

/// What is delivered.
#[derive(Debug)]
pub enum DeliveryKind {
    /// An event and those that asked for it.
    Event {
        /// The event.
        message: Message,
        /// The subscriptions, oldest first.
        listeners: Listeners,
    },
    /// Anything else.
    Notification(Notification),
}
