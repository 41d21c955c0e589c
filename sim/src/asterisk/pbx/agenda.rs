//! The steps that are planned for a later moment.

use std::collections::BTreeMap;
use std::time::Instant;

use super::calls::CallStep;

/// Steps, ordered by their moment. Steps of the same moment keep the order in which they were planned.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    steps: BTreeMap<(Instant, u64), CallStep>,
    planned: u64,
}

impl Agenda {
    pub(crate) fn plan(&mut self, at: Instant, step: CallStep) {
        self.steps.insert((at, self.planned), step);
        self.planned += 1;
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        self.steps.keys().next().map(|(at, _)| *at)
    }

    /// Takes the next step that is due.
    pub(crate) fn due(&mut self, now: Instant) -> Option<CallStep> {
        let entry = self.steps.first_entry().filter(|entry| entry.key().0 <= now)?;
        Some(entry.remove())
    }

    pub(crate) fn clear(&mut self) {
        self.steps.clear();
    }
}
