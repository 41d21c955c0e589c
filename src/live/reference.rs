//! References that outlive what they refer to: when a channel or a call ends, its last state moves into them.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// Refers to something in a table while it is there, and keeps its last state afterwards.
pub struct Reference<Key, T>(Arc<Referred<Key, T>>);

struct Referred<Key, T> {
    /// None where it had ended before anybody referred to it.
    key: Option<Key>,
    last: OnceLock<Arc<T>>,
}

impl<Key: Copy, T> Reference<Key, T> {
    pub(super) fn new(key: Key) -> Self {
        Self(Arc::new(Referred { key: Some(key), last: OnceLock::new() }))
    }

    /// Refers to something that is over.
    #[must_use]
    pub fn to_ended(last: Arc<T>) -> Self {
        Self(Arc::new(Referred { key: None, last: OnceLock::from(last) }))
    }

    pub(super) fn end(&self, last: Arc<T>) {
        _ = self.0.last.set(last);
    }

    pub(super) fn key(&self) -> Option<Key> {
        self.0.key
    }

    /// The last state; `None` while it is there.
    #[must_use]
    pub fn ended(&self) -> Option<&Arc<T>> {
        self.0.last.get()
    }

    /// True where both are of one thing that somebody has referred to since it began.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<Key, T> Clone for Reference<Key, T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<Key: fmt::Debug, T> fmt::Debug for Reference<Key, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Reference").field(&self.0.key).finish()
    }
}
