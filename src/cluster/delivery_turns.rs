//! The servers that have something to deliver, in turns.

use super::server_queue::ServerQueue;
use crate::vocabulary::ServerId;

/// Number of deliveries of one server before the next server has its turn.
const DELIVERIES_A_TURN: usize = 64;

#[derive(Debug, Default)]
pub(super) struct DeliveryTurns {
    waiting: ServerQueue,
    /// Deliveries left in the turn of the first server, if the last call cut that turn short; otherwise 0.
    left: usize,
}

impl DeliveryTurns {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn push(&mut self, id: ServerId) {
        self.waiting.push(id);
    }

    /// The next server, and the number of deliveries in its turn.
    pub(super) fn next(&mut self) -> Option<(ServerId, usize)> {
        let id = self.waiting.pop()?;
        let turn = match std::mem::take(&mut self.left) {
            0 => DELIVERIES_A_TURN,
            left => left,
        };
        Some((id, turn))
    }

    /// Puts a server back at the front because the call ended within its turn: the next call continues the
    /// turn. Without this, calls that end within the same server's turn again and again would starve that
    /// server.
    pub(super) fn cut_short(&mut self, id: ServerId, left: usize) {
        self.left = left;
        self.waiting.push_front(id);
    }
}
