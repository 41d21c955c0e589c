//! What is kept of one action on its way.

use std::sync::Arc;
use std::time::{Duration, Instant};

use smol_str::SmolStr;

use super::completion::{Rule, TimeoutBehavior};
use super::outcome_cell::OutcomeCell;
use crate::wire::Message;

/// One action on its way.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) cell: Arc<OutcomeCell>,
    pub(super) rule: Rule,
    /// The event that would end it cannot come.
    pub(super) is_cut_short: bool,
    pub(super) messages_max: Option<usize>,
    pub(super) on_timeout: TimeoutBehavior,
    pub(super) deadline: Instant,
    pub(super) duration: Duration,
    /// Where its first byte stands in the session's outgoing stream.
    pub(super) first_byte_offset: u64,
    pub(super) phase: Phase,
    pub(super) events: Vec<Message>,
    pub(super) bytes: usize,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// No response yet; an event that ends the action may come first.
    Asked { responses_left: u8, complete: Option<Message> },
    /// The response is here, its events are coming.
    Collecting { response: Message },
}

/// What `send` hands over.
pub(super) struct NewEntry {
    pub(super) name: SmolStr,
    pub(super) rule: Rule,
    /// The event that would end it cannot come: it ends with its response, which is not the whole answer then.
    pub(super) is_cut_short: bool,
    pub(super) messages_max: Option<usize>,
    pub(super) on_timeout: TimeoutBehavior,
    pub(super) duration: Duration,
    pub(super) first_byte_offset: u64,
}

impl Entry {
    pub(super) fn messages(&self) -> usize {
        let ahead = match &self.phase {
            Phase::Asked { complete, responses_left } => {
                usize::from(complete.is_some()) + usize::from(self.rule.responses - responses_left)
            }
            Phase::Collecting { .. } => usize::from(self.rule.responses),
        };
        ahead + self.events.len()
    }
}
