//! References to objects of the model. When an object ends, its last state moves into its reference.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// Refers to an object in a table while it exists, and keeps its last state afterwards.
pub struct Reference<Key, T>(Arc<Referred<Key, T>>);

struct Referred<Key, T> {
    /// `None` if the object had ended before the reference was made.
    key: Option<Key>,
    last: OnceLock<Arc<T>>,
}

impl<Key: Copy, T> Reference<Key, T> {
    pub(super) fn new(key: Key) -> Self {
        Self(Arc::new(Referred { key: Some(key), last: OnceLock::new() }))
    }

    /// Makes a reference to an object that has ended.
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

    /// The last state. `None` while the object exists.
    #[must_use]
    pub fn ended(&self) -> Option<&Arc<T>> {
        self.0.last.get()
    }

    /// True if both are clones of the same reference.
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
