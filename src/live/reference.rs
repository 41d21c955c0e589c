//! References that outlive what they refer to: when a channel or a call ends, its last state moves into them.

use std::sync::{Arc, OnceLock};

use super::call::Call;
use super::channel::Channel;
use super::keys::{CallKey, ChannelKey};

/// Refers to a call while it goes on, and keeps its last state afterwards.
#[derive(Clone, Debug)]
pub struct CallRef(Arc<Place<CallKey, Call>>);

/// Refers to a channel while it is there, and keeps its last state afterwards.
#[derive(Clone, Debug)]
pub struct ChannelRef(Arc<Place<ChannelKey, Channel>>);

/// A channel that was given an id before it was made.
#[derive(Clone, Debug, Default)]
pub struct ExpectedCall(Arc<OnceLock<CallRef>>);

#[derive(Debug)]
struct Place<Key, T> {
    /// None where it had ended before anybody referred to it.
    key: Option<Key>,
    last: OnceLock<Arc<T>>,
}

impl<Key: Copy, T> Place<Key, T> {
    fn of(key: Key) -> Arc<Self> {
        Arc::new(Self { key: Some(key), last: OnceLock::new() })
    }
}

impl CallRef {
    pub(super) fn new(key: CallKey) -> Self {
        Self(Place::of(key))
    }

    /// Refers to a call that is over.
    #[must_use]
    pub fn to_ended(call: Arc<Call>) -> Self {
        let last = OnceLock::new();
        _ = last.set(call);
        Self(Arc::new(Place { key: None, last }))
    }

    pub(super) fn end(&self, call: Arc<Call>) {
        _ = self.0.last.set(call);
    }

    pub(super) fn key(&self) -> Option<CallKey> {
        self.0.key
    }

    /// The call's last state; `None` while it goes on.
    #[must_use]
    pub fn ended(&self) -> Option<&Arc<Call>> {
        self.0.last.get()
    }

    /// True where both are of one call that somebody has referred to since it began.
    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl ChannelRef {
    pub(super) fn new(key: ChannelKey) -> Self {
        Self(Place::of(key))
    }

    pub(super) fn end(&self, channel: Channel) {
        _ = self.0.last.set(Arc::new(channel));
    }

    pub(super) fn key(&self) -> Option<ChannelKey> {
        self.0.key
    }

    /// The channel's last state; `None` while it is there.
    #[must_use]
    pub fn ended(&self) -> Option<&Arc<Channel>> {
        self.0.last.get()
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl ExpectedCall {
    pub(super) fn begin(&self, call: CallRef) {
        _ = self.0.set(call);
    }

    /// The call that the channel began, or was born into.
    #[must_use]
    pub fn call(&self) -> Option<&CallRef> {
        self.0.get()
    }

    /// True where nobody else waits for it any more.
    pub(super) fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}
