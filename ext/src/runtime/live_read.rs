//! Reads the live model for the handles of PHP. `read` copies values out before any PHP value is made.

use std::rc::Weak;

use apn_ami::cluster::ServerId;
use apn_ami::live::{Call, CallRef, Channel, ChannelRef, Live, Queue, QueueRef};

use super::core::Hub;
use crate::zend::PhpResult;
use crate::zend::exception::error;

/// Reads a call. `read` gets the model while the call goes on, and None after the call has ended.
pub(crate) fn call<R>(
    hub: &Weak<Hub>,
    server: ServerId,
    call: &CallRef,
    read: impl FnOnce(Option<&Live>, &Call) -> R,
) -> PhpResult<R> {
    if let Some(ended) = call.ended() {
        return Ok(read(None, ended));
    }
    let Some(hub) = hub.upgrade() else { return Err(gone()) };
    let core = hub.core()?;
    let live = core.cluster().live_of(server);
    if let Some((live, going)) = live.and_then(|live| Some((live, live.referred_call(call)?))) {
        return Ok(read(Some(live), going));
    }
    drop(core);
    call.ended().map(|ended| read(None, ended)).ok_or_else(gone)
}

/// Reads a channel in the same way as `call`.
pub(crate) fn channel<R>(
    hub: &Weak<Hub>,
    server: ServerId,
    channel: &ChannelRef,
    read: impl FnOnce(Option<&Live>, &Channel) -> R,
) -> PhpResult<R> {
    if let Some(ended) = channel.ended() {
        return Ok(read(None, ended));
    }
    let Some(hub) = hub.upgrade() else { return Err(gone()) };
    let core = hub.core()?;
    let live = core.cluster().live_of(server);
    if let Some((live, found)) = live.and_then(|live| Some((live, live.referred_channel(channel)?))) {
        return Ok(read(Some(live), found));
    }
    drop(core);
    channel.ended().map(|ended| read(None, ended)).ok_or_else(gone)
}

/// As `call`, of a queue.
pub(crate) fn queue<R>(
    hub: &Weak<Hub>,
    server: ServerId,
    queue: &QueueRef,
    read: impl FnOnce(Option<&Live>, &Queue) -> R,
) -> PhpResult<R> {
    if let Some(ended) = queue.ended() {
        return Ok(read(None, ended));
    }
    let Some(hub) = hub.upgrade() else { return Err(gone()) };
    let core = hub.core()?;
    let live = core.cluster().live_of(server);
    if let Some((live, found)) = live.and_then(|live| Some((live, live.referred_queue(queue)?))) {
        return Ok(read(Some(live), found));
    }
    drop(core);
    queue.ended().map(|ended| read(None, ended)).ok_or_else(gone)
}

fn gone() -> crate::zend::Thrown {
    error("the manager of this object is gone")
}
