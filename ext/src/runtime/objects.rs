//! The objects by which PHP code sees what happens: their classes lie above this room, and say how each is made.

use std::time::Duration;

use apn_ami::error::DisconnectReason;

use crate::convert::content::{Content, SharedAnswer};
use crate::convert::{Object, Str};
use crate::zend::PhpResult;

/// How each is made.
#[derive(Clone, Copy)]
pub(crate) struct Objects {
    /// An `AmiEvent` of a server.
    pub(crate) event: fn(Str, Content) -> PhpResult<Object>,
    /// A `Response`; None where the action brought nothing back.
    pub(crate) response: fn(Str, SharedAnswer) -> Option<Object>,
    /// A `Gap`.
    pub(crate) gap: fn(Str, &LostEvents) -> Object,
}

/// A time of which events of a server may be missing.
pub(crate) struct LostEvents {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
    pub(crate) reason: Option<DisconnectReason>,
    pub(crate) dropped: u64,
}
