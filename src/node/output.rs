//! What a node wants done or told, and what comes of one frame.

use std::sync::Arc;

use super::outcome_cell::OutcomeCell;
use crate::record::RecordKind;
use crate::vocabulary::{ConnectionState, DisconnectReason};
use crate::wire::Kind;

/// What a session wants done or told.
#[derive(Debug)]
pub enum Output {
    /// Connect.
    OpenLink,
    /// Drop the link.
    CloseLink,
    /// The state changed; with the reason where a session ended.
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
    /// An action ended. It counts as pending until [`Node::delivered`](super::Node::delivered).
    Ended {
        /// Which one.
        sequence: u64,
        /// How.
        cell: Arc<OutcomeCell>,
    },
    /// For the log.
    Record(RecordKind),
}

/// What came of one frame.
#[derive(Debug)]
pub enum FrameOutcome<'a> {
    /// An event for whoever listens.
    Event(&'a [u8]),
    /// An event that was longer than allowed, as far as it was read: it is lost.
    Lost(&'a [u8]),
    /// A part of the answer to the streamed action.
    Listed(Kind, &'a [u8]),
    /// A part of it that was longer than allowed: it is lost.
    ListBroken,
    /// Something else, dealt with.
    Handled,
    /// No whole frame is left.
    NeedInput,
}
