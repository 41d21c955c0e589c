//! What a bound keeps out of a model.

/// A set of the kinds of objects that a bound keeps out, as bits. A call is kept out with its channels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Truncation(u8);

impl Truncation {
    /// Channels.
    pub const CHANNELS: Self = Self(1);
    /// Queues.
    pub const QUEUES: Self = Self(1 << 1);
    /// Members of queues.
    pub const MEMBERS: Self = Self(1 << 2);
    /// Callers of queues.
    pub const CALLERS: Self = Self(1 << 3);

    /// Each kind with its name.
    const ALL: [(Self, &'static str); 4] = [
        (Self::CHANNELS, "channels"),
        (Self::QUEUES, "queues"),
        (Self::MEMBERS, "members"),
        (Self::CALLERS, "callers"),
    ];

    /// True if the set is empty.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// True if every kind of `others` is in this set.
    #[must_use]
    pub fn has_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// The union of both sets.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// Names of the kinds.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().filter(move |(kind, _)| self.has_all(*kind)).map(|(_, name)| name)
    }
}
