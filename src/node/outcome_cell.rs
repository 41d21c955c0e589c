//! The cell in which the outcome of an action appears.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use smol_str::SmolStr;

use crate::error::{ActionError, Answer};
use crate::wire::ActionId;

/// The cell in which the outcome of an action appears, once.
#[derive(Debug, Default)]
pub struct OutcomeCell {
    /// The action's name, nearly always short enough to be stored inline.
    name: SmolStr,
    outcome: OnceLock<Outcome>,
    /// The outcome was delivered, or read before that. The action no longer counts as pending.
    pub(super) is_delivered: AtomicBool,
    /// Where the ending stands in the queue of deliveries. The queue keeps it here.
    position: AtomicU64,
}

#[derive(Debug)]
struct Outcome {
    result: Result<Answer, ActionError>,
    /// Bytes of the action's messages that the outcome still holds.
    bytes: usize,
}

impl OutcomeCell {
    pub(super) fn new(name: SmolStr) -> Self {
        Self { name, ..Self::default() }
    }

    /// The outcome, or `None` while the action is pending.
    #[must_use]
    pub fn outcome(&self) -> Option<&Result<Answer, ActionError>> {
        self.outcome.get().map(|outcome| &outcome.result)
    }

    /// The action's name.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.name
    }

    pub(crate) fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    pub(crate) fn set_position(&self, position: u64) {
        self.position.store(position, Ordering::Relaxed);
    }

    pub(super) fn bytes(&self) -> usize {
        self.outcome.get().map_or(0, |outcome| outcome.bytes)
    }

    pub(super) fn end(&self, result: Result<Answer, ActionError>, bytes: usize) {
        let ended_before = self.outcome.set(Outcome { result, bytes }).is_err();
        debug_assert!(!ended_before, "action {} ended twice", self.name);
    }
}

/// Returned by [`Node::send`](super::Node::send): the id of the action, and the cell for its outcome.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The id on the wire.
    pub id: ActionId,
    /// The cell in which the outcome will appear.
    pub cell: Arc<OutcomeCell>,
}
