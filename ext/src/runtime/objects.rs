//! Functions that make the PHP objects of deliveries. The classes of these objects are in a module above, so
//! they pass the functions down.

use std::time::Duration;

use apn_ami::error::DisconnectReason;

use crate::convert::content::{Content, SharedAnswer};
use crate::convert::{Object, Str};
use crate::zend::PhpResult;

/// The functions that make the objects.
#[derive(Clone, Copy)]
pub(crate) struct Objects {
    /// Makes an `AmiEvent` of a server.
    pub(crate) event: fn(Str, Content) -> PhpResult<Object>,
    /// Gives an `AmiEvent` that PHP code keeps memory of its own.
    pub(crate) detach: fn(Object),
    /// Makes a `Response`. None if the action got no response.
    pub(crate) response: fn(Str, SharedAnswer) -> Option<Object>,
    /// Makes a `Gap`.
    pub(crate) gap: fn(Str, &LostEvents) -> Object,
}

/// A period in which events of a server may be missing. `from` and `to` are Unix times.
pub(crate) struct LostEvents {
    pub(crate) from: Duration,
    pub(crate) to: Duration,
    pub(crate) reason: Option<DisconnectReason>,
    pub(crate) dropped: u64,
}
