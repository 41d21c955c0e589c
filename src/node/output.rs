//! Outputs of a node, and the result of processing one frame.

use std::sync::Arc;

use super::outcome_cell::OutcomeCell;
use crate::record::RecordKind;
use crate::vocabulary::{ConnectionState, DisconnectReason};
use crate::wire::Kind;

/// A request or a report of a node to its owner.
#[derive(Debug)]
pub enum Output {
    /// Connect to the server.
    OpenLink,
    /// Drop the link.
    CloseLink,
    /// The state of the session changed.
    Changed {
        /// State before the change.
        from: ConnectionState,
        /// State after the change.
        to: ConnectionState,
        /// Why the session ended, if it did.
        reason: Option<DisconnectReason>,
        /// Text for the reason. Empty if the session did not end.
        detail: String,
    },
    /// An action has its outcome. It counts as pending until [`Node::delivered`](super::Node::delivered).
    Ended {
        /// Sequence of the action.
        sequence: u64,
        /// The cell that holds the outcome.
        cell: Arc<OutcomeCell>,
    },
    /// A record for the log.
    Record(RecordKind),
}

/// Result of processing one frame.
#[derive(Debug)]
pub enum FrameOutcome<'a> {
    /// The frame of an event for listeners.
    Event(&'a [u8]),
    /// The complete lines of an event that was longer than allowed. The event is lost.
    Lost(&'a [u8]),
    /// A message of the answer to the streamed action: its kind and its frame.
    Listed(Kind, &'a [u8]),
    /// A message of the answer to the streamed action was longer than allowed and is lost.
    ListBroken,
    /// The frame needs nothing more from the owner.
    Handled,
    /// No complete frame is left.
    NeedInput,
}
