//! An entry of the table of pending actions.

use std::sync::Arc;
use std::time::{Duration, Instant};

use smol_str::SmolStr;

use super::completion::{Rule, TimeoutBehavior};
use super::outcome_cell::OutcomeCell;
use crate::wire::Message;

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) cell: Arc<OutcomeCell>,
    pub(super) rule: Rule,
    /// The event that would end the action cannot come, so the response ends it with a partial answer.
    pub(super) is_cut_short: bool,
    pub(super) messages_max: Option<usize>,
    pub(super) on_timeout: TimeoutBehavior,
    pub(super) deadline: Instant,
    pub(super) duration: Duration,
    /// Offset of the action's first byte in the session's outgoing stream.
    pub(super) first_byte_offset: u64,
    pub(super) phase: Phase,
    pub(super) events: Vec<Message>,
    pub(super) bytes: usize,
}

#[derive(Debug)]
pub(super) enum Phase {
    /// The last response has not come yet. `complete` is the event that ends the action, if that came first.
    Asked { responses_left: u8, complete: Option<Box<Message>> },
    /// The response came, and events are being collected.
    Collecting { response: Box<Message> },
}

/// Fields of a new entry.
pub(super) struct NewEntry {
    pub(super) name: SmolStr,
    pub(super) rule: Rule,
    /// As `Entry::is_cut_short`.
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
