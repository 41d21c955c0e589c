//! Where an action's ending appears.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use smol_str::SmolStr;

use crate::error::{ActionError, Answer};
use crate::wire::ActionId;

/// Where an action's ending appears, once.
#[derive(Debug, Default)]
pub struct OutcomeCell {
    /// Nearly always short enough to need no memory of its own.
    name: SmolStr,
    outcome: OnceLock<Outcome>,
    /// Its ending was delivered, or seen before that: it counts no more.
    pub(super) is_delivered: AtomicBool,
}

#[derive(Debug)]
struct Outcome {
    result: Result<Answer, ActionError>,
    /// What of the bytes that the action took in is still there.
    bytes: usize,
}

impl OutcomeCell {
    pub(super) fn new(name: SmolStr) -> Self {
        Self { name, ..Self::default() }
    }

    /// How the action ended, `None` while it is on its way.
    #[must_use]
    pub fn outcome(&self) -> Option<&Result<Answer, ActionError>> {
        self.outcome.get().map(|outcome| &outcome.result)
    }

    /// The action's name.
    #[must_use]
    pub fn action(&self) -> &str {
        &self.name
    }

    /// Bytes of the answer that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.outcome.get().map_or(0, |outcome| outcome.bytes)
    }

    pub(super) fn end(&self, result: Result<Answer, ActionError>, bytes: usize) {
        let ended_before = self.outcome.set(Outcome { result, bytes }).is_err();
        debug_assert!(!ended_before, "action {} ended twice", self.name);
    }
}

/// What `send` gives: the id that went out, and where the ending will appear.
#[derive(Clone, Debug)]
pub struct Ticket {
    /// The id on the wire.
    pub id: ActionId,
    /// Where the ending appears.
    pub cell: Arc<OutcomeCell>,
}
