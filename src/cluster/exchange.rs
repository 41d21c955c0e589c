//! What passes between a cluster and its driver: moments, names of servers and links, commands, deliveries.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Listeners;
use crate::error::DisconnectReason;
use crate::node::{ConnectionState, OutcomeCell};
use crate::settings::ServerSettings;
use crate::wire::Message;

/// A moment on both clocks: the one that never jumps, for deadlines, and Unix time, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// For deadlines.
    pub at: Instant,
    /// Since 1970.
    pub unix: Duration,
}

impl Timestamp {
    pub(super) fn plus(self, time: Duration) -> Self {
        Self { at: self.at + time, unix: self.unix + time }
    }

    #[cfg(test)]
    pub(super) fn zero() -> Self {
        Self { at: Instant::now(), unix: Duration::from_secs(1_000_000) }
    }
}

/// Names one server of a cluster; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId {
    pub(crate) index: u32,
    pub(crate) generation: u32,
}

/// Names one link of one server: what comes late from an older one is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId {
    pub(crate) server: ServerId,
    pub(crate) number: u32,
}

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
