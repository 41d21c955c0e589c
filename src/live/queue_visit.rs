//! The wait of a call in a queue, and how it ended.

use std::time::Duration;

use super::texts::cut;

/// A wait of a call in a queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueVisit {
    queue: Box<[u8]>,
    joined_at: Duration,
    waited: Option<Duration>,
    agent: Option<Agent>,
    is_abandoned: bool,
}

/// The member that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Agent {
    interface: Box<[u8]>,
    name: Box<[u8]>,
}

impl QueueVisit {
    pub(super) fn new(queue: &[u8], joined_at: Duration) -> Self {
        Self { queue: cut(queue).into(), joined_at, waited: None, agent: None, is_abandoned: false }
    }

    /// The queue's name.
    #[must_use]
    pub fn queue(&self) -> &[u8] {
        &self.queue
    }

    /// Unix time at which the call joined the queue.
    #[must_use]
    pub fn joined_at(&self) -> Duration {
        self.joined_at
    }

    /// How long the call waited: until it left the queue, or until `now`.
    #[must_use]
    pub fn waited(&self, now: Duration) -> Duration {
        self.waited.unwrap_or_else(|| now.saturating_sub(self.joined_at))
    }

    /// True while the call waits.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.waited.is_none()
    }

    /// Interface of the member that answered. `None` if no member did.
    #[must_use]
    pub fn agent(&self) -> Option<&[u8]> {
        self.agent.as_ref().map(|agent| &*agent.interface)
    }

    /// Name of the member that answered. `None` if no member did.
    #[must_use]
    pub fn agent_name(&self) -> Option<&[u8]> {
        self.agent.as_ref().map(|agent| &*agent.name)
    }

    /// True if the caller hung up while waiting.
    #[must_use]
    pub fn is_abandoned(&self) -> bool {
        self.is_abandoned
    }

    pub(super) fn leave(&mut self, now: Duration) {
        self.waited.get_or_insert(now.saturating_sub(self.joined_at));
    }

    pub(super) fn connect(&mut self, interface: &[u8], name: &[u8], now: Duration) {
        self.agent = Some(Agent { interface: cut(interface).into(), name: cut(name).into() });
        self.leave(now);
    }

    pub(super) fn abandon(&mut self, now: Duration) {
        self.is_abandoned = true;
        self.leave(now);
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        let agent = self.agent.as_ref().map_or(0, |agent| agent.interface.len() + agent.name.len());
        size_of::<Self>() + self.queue.len() + agent
    }
}
