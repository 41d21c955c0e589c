//! Servers with something to deliver, in turns.

use std::collections::VecDeque;

use crate::vocabulary::ServerId;

/// Deliveries taken of one server before the next has its turn.
const DELIVERIES_A_TURN: usize = 64;

/// Each server stands here once.
#[derive(Debug, Default)]
pub(super) struct DeliveryTurns {
    waiting: VecDeque<ServerId>,
    /// What is left of the turn of the first server, where the last call cut it short.
    left: usize,
}

impl DeliveryTurns {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn push(&mut self, id: ServerId) {
        self.waiting.push_back(id);
    }

    /// The next server, and how many deliveries its turn has.
    pub(super) fn next(&mut self) -> Option<(ServerId, usize)> {
        let id = self.waiting.pop_front()?;
        let turn = match std::mem::take(&mut self.left) {
            0 => DELIVERIES_A_TURN,
            left => left,
        };
        Some((id, turn))
    }

    /// The caller took less than a turn: the server goes on in the next call. Otherwise servers would starve in rhythm.
    pub(super) fn cut_short(&mut self, id: ServerId, left: usize) {
        self.left = left;
        self.waiting.push_front(id);
    }
}
