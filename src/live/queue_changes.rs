//! The changes of a queue that are reported.

use super::news::ChangeSet;

/// A set of changes of a queue, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueChanges(u8);

impl QueueChanges {
    /// The queue was added to the model.
    pub const ADDED: Self = Self(1);
    /// A caller joined.
    pub const JOINED: Self = Self(1 << 1);
    /// A member answered a caller.
    pub const ANSWERED: Self = Self(1 << 2);
    /// A caller hung up while waiting.
    pub const ABANDONED: Self = Self(1 << 3);
    /// A caller left the queue, for any reason.
    pub const LEFT: Self = Self(1 << 4);
    /// A member was added, removed or changed.
    pub const MEMBERS: Self = Self(1 << 5);
    /// Asterisk's counters or the strategy changed. Only a list shows that.
    pub const COUNTERS: Self = Self(1 << 6);
    /// The queue was removed from the model.
    pub const REMOVED: Self = Self(1 << 7);

    /// Each change with its name.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::ADDED, "added"),
        (Self::JOINED, "joined"),
        (Self::ANSWERED, "answered"),
        (Self::ABANDONED, "abandoned"),
        (Self::LEFT, "left"),
        (Self::MEMBERS, "members"),
        (Self::COUNTERS, "counters"),
        (Self::REMOVED, "removed"),
    ];

    /// True if at least one of `others` is in this set.
    #[must_use]
    pub fn has(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// The union of both sets.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// True if the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Names of the changes, in the order of `ALL`.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(change, _)| self.has(*change)).map(|(_, name)| name)
    }

    /// This set if `is_so`, and the empty set otherwise.
    pub(super) fn when(self, is_so: bool) -> Self {
        if is_so { self } else { Self::default() }
    }
}

impl ChangeSet for QueueChanges {
    fn is_empty(self) -> bool {
        Self::is_empty(self)
    }

    fn and(self, others: Self) -> Self {
        Self::and(self, others)
    }
}
