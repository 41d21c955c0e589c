//! Checks whether a live model can be read. The error names the class that the account lacks.

use apn_ami::cluster::{Cluster, ServerId};
use apn_ami::live::{Live, State};

use super::core::Hub;
use crate::convert::Str;
use crate::convert::errors::Exception;
use crate::convert::errors::throw;
use crate::zend::{PhpResult, Thrown};

/// A reason why a model cannot be read.
#[derive(Clone, Copy)]
enum Obstacle {
    /// The server is not among the servers of `LiveOptions`.
    NotKept,
    /// Its queues are not kept.
    NoQueues,
    /// It does not know the list.
    NoQueueModule,
    Denied,
    Deaf,
    Legacy,
}

/// The given server, or all servers that have a model. It is an error if a model is denied.
pub(crate) fn readable(hub: &Hub, server: Option<&Str>) -> PhpResult<Vec<ServerId>> {
    let servers = modelled(hub, server)?;
    let denied = {
        let core = hub.core()?;
        servers.iter().copied().find_map(|id| Some((id, obstacle(core.cluster(), id)?)))
    };
    match denied {
        Some((id, obstacle)) => Err(unavailable(hub, id, obstacle)?),
        None => Ok(servers),
    }
}

/// The given server, or all servers that have a model, whether it can be read or not. It is an error if the
/// given server has no model.
pub(crate) fn modelled(hub: &Hub, server: Option<&Str>) -> PhpResult<Vec<ServerId>> {
    let Some(key) = server else {
        let core = hub.core()?;
        let cluster = core.cluster();
        return Ok(cluster.servers().iter().copied().filter(|id| cluster.live_of(*id).is_some()).collect());
    };
    let id = hub.server(key)?;
    let is_kept = hub.core()?.cluster().live_of(id).is_some();
    if is_kept { Ok(vec![id]) } else { Err(unavailable(hub, id, Obstacle::NotKept)?) }
}

/// Servers whose queues are kept, all of them readable; or this one.
pub(crate) fn queues_readable(hub: &Hub, server: Option<&Str>) -> PhpResult<Vec<ServerId>> {
    let servers = modelled(hub, server)?;
    let found = {
        let core = hub.core()?;
        servers.iter().copied().find_map(|id| Some((id, queue_obstacle(core.cluster(), id)?)))
    };
    match found {
        Some((id, obstacle)) => Err(unavailable(hub, id, obstacle)?),
        None => Ok(servers),
    }
}

fn queue_obstacle(cluster: &Cluster, id: ServerId) -> Option<Obstacle> {
    let live = cluster.live_of(id)?;
    match live.queue_state() {
        None => Some(Obstacle::NoQueues),
        Some(State::Denied) if live.missing_class().is_none() && live.state() == State::Denied => {
            Some(Obstacle::Legacy)
        }
        Some(State::Denied) => Some(Obstacle::NoQueueModule),
        Some(_) => None,
    }
}

/// Throws if the model of a server would never see a call that is originated there.
pub(crate) fn check_hears(hub: &Hub, id: ServerId) -> PhpResult<()> {
    let obstacle = {
        let core = hub.core()?;
        let cluster = core.cluster();
        match cluster.live_of(id).map(Live::state) {
            None => Some(Obstacle::NotKept),
            Some(State::Deaf) => Some(Obstacle::Deaf),
            Some(_) => obstacle(cluster, id),
        }
    };
    match obstacle {
        Some(obstacle) => Err(unavailable(hub, id, obstacle)?),
        None => Ok(()),
    }
}

fn obstacle(cluster: &Cluster, id: ServerId) -> Option<Obstacle> {
    let live = cluster.live_of(id)?;
    (live.state() == State::Denied).then(|| match live.missing_class() {
        Some(_) => Obstacle::Denied,
        None => Obstacle::Legacy,
    })
}

fn unavailable(hub: &Hub, id: ServerId, obstacle: Obstacle) -> PhpResult<Thrown> {
    let key = hub.key(id);
    let name = key.lossy();
    let (message, missing) = match obstacle {
        Obstacle::NotKept => (
            format!("there is no live model of server `{name}`: it is not among the servers of LiveOptions"),
            None,
        ),
        Obstacle::NoQueues => (
            format!(
                "the live model of server `{name}` keeps no queues: give LiveOptions kinds: [Kind::Queues]"
            ),
            None,
        ),
        Obstacle::NoQueueModule => (
            format!(
                "server `{name}` lists no queues: it does not know QueueStatus (app_queue.so is not loaded)"
            ),
            None,
        ),
        Obstacle::Denied => (
            format!(
                "the live model of server `{name}` has nothing to read: its account may list no channels and is told of \
                 none; add \"reporting\" to its `write` classes and \"call\" to its `read` classes (manager.conf)"
            ),
            Some("reporting"),
        ),
        Obstacle::Deaf => (
            format!(
                "the live model of server `{name}` is told of no calls; add \"call\" to the `read` classes of its account \
                 (manager.conf)"
            ),
            Some("call"),
        ),
        Obstacle::Legacy => {
            (format!("server `{name}` has no live model: it needs Asterisk 13 or later"), None)
        }
    };
    Ok(throw(Exception::LiveUnavailable.with(&message, &key, "missingClass", missing.map(Str::new))?))
}

/// The error for a call that was originated and that the model does not have.
pub(crate) fn unseen(hub: &Hub, id: ServerId, channel: &Str) -> PhpResult<Thrown> {
    let key = hub.key(id);
    let is_truncated = hub.core()?.cluster().live_of(id).is_some_and(Live::is_truncated);
    let why = if is_truncated { "a bound keeps it out (LiveOptions)" } else { "its events did not come" };
    let message = format!(
        "the call of channel `{}` on `{}` was placed, but the live model does not see it: {why}",
        channel.lossy(),
        key.lossy(),
    );
    Ok(throw(Exception::LiveUnavailable.with(&message, &key, "missingClass", None::<Str>)?))
}
