//! The changes of a queue that are reported.

use bitflags::bitflags;

bitflags! {
    /// A set of changes of a queue.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct QueueChanges: u8 {
        /// The queue was added to the model.
        const ADDED = 1;
        /// A caller joined.
        const JOINED = 1 << 1;
        /// A member answered a caller.
        const ANSWERED = 1 << 2;
        /// A caller hung up while waiting.
        const ABANDONED = 1 << 3;
        /// A caller left the queue, for any reason.
        const LEFT = 1 << 4;
        /// A member was added, removed or changed.
        const MEMBERS = 1 << 5;
        /// Asterisk's counters or the strategy changed. Only a list shows that.
        const COUNTERS = 1 << 6;
        /// The queue was removed from the model.
        const REMOVED = 1 << 7;
    }
}

impl QueueChanges {
    /// This set if `is_so`, and the empty set otherwise.
    pub(super) fn when(self, is_so: bool) -> Self {
        if is_so { self } else { Self::empty() }
    }
}
