//! How much a model holds.

use super::server_model::Live;

/// Numbers of objects in a model, and its memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Sizes {
    pub channels: usize,
    pub calls: usize,
    pub queues: usize,
    pub members: usize,
    pub callers: usize,
    pub bytes: usize,
}

impl Live {
    /// How much the model holds. Calls that have ended do not count.
    #[must_use]
    pub fn sizes(&self) -> Sizes {
        let mut sizes = Sizes {
            channels: self.channels().count(),
            calls: self.calls().count(),
            bytes: self.bytes(),
            ..Sizes::default()
        };
        for (_, queue) in self.queues() {
            sizes.queues += 1;
            sizes.members += queue.members().len();
            sizes.callers += queue.callers().len();
        }
        sizes
    }
}
