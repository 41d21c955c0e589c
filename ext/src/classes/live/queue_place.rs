//! The reference to a queue that the handles of its members and callers hold.

use std::rc::Weak;
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::live::{self, CallRef, Live, QueueRef};

use super::call_handle::{self, Call};
use crate::convert::{Object, Str};
use crate::runtime::core::Hub;
use crate::runtime::live_read;
use crate::runtime::owned_core::Core;
use crate::zend::PhpResult;

/// The queue of a member or of a caller, with its server and its core.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) server_key: Str,
    pub(super) queue: Str,
    pub(super) hub: Weak<Hub>,
    pub(super) server: ServerId,
    pub(super) reference: QueueRef,
}

impl Place {
    /// Reads the queue, or its last state if it was removed.
    pub(super) fn read<R>(&self, read: impl FnOnce(&live::Queue) -> R) -> PhpResult<R> {
        live_read::queue(&self.hub, self.server, &self.reference, |_, queue| read(queue))
    }

    pub(super) fn now(&self) -> Duration {
        self.hub.upgrade().map_or(Duration::ZERO, |hub| hub.now().unix)
    }

    /// The handle of a call that `find` returns. None if there is no such call or the manager is gone.
    pub(super) fn call(
        &self,
        find: impl FnOnce(&mut Core, ServerId) -> Option<CallRef>,
    ) -> PhpResult<Option<Object<Call>>> {
        let Some(hub) = self.hub.upgrade() else { return Ok(None) };
        let found = find(&mut *hub.core()?, self.server);
        found.map(|found| call_handle::new(&hub, self.server, found)).transpose()
    }

    /// Reads the model of the server. None if there is no model or the manager is gone.
    pub(super) fn live<R>(&self, read: impl FnOnce(&Live) -> Option<R>) -> PhpResult<Option<R>> {
        let Some(hub) = self.hub.upgrade() else { return Ok(None) };
        let core = hub.core()?;
        Ok(core.cluster().live_of(self.server).and_then(read))
    }
}
