//! An event for the sessions that read its class.

use std::sync::Arc;

use super::classes::Classes;

/// One event, rendered once and shared by all sessions.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) name: Arc<str>,
    pub(crate) classes: Classes,
    pub(crate) bytes: Arc<[u8]>,
}
