//! Where an action goes, and how it is sent.

use std::rc::Rc;

use apn_ami::cluster::ServerId;
use apn_ami::error::ActionError;
use apn_ami::node::ConnectionState;

use crate::client::{new_client, server_of};
use crate::exception;
use crate::hub::Hub;
use crate::manager::last_disconnect;
use crate::pending::new_pending;
use crate::zend::exception::{throw, value_error};
use crate::zend::{Array, Builder, Class, IntoValue, Object, PhpResult, Thrown};

/// A Ready server, by the routing in force.
pub(crate) fn choose(manager: &Object, hub: &Rc<Hub>) -> PhpResult<ServerId> {
    let router = hub.router.borrow().clone();
    let Some(router) = router else {
        let chosen = hub.core()?.cluster_mut().select();
        return match chosen {
            Some(id) => Ok(id),
            None => Err(no_ready_server(hub)?),
        };
    };
    let mut ready = Builder::new(0);
    for id in ready_servers(hub)? {
        ready.set(&*hub.key(id), new_client(manager, hub, id)?);
    }
    let ready = ready.finish();
    if ready.len() == 0 {
        return Err(no_ready_server(hub)?);
    }
    let chosen = router.call(&[ready.into_value()])?;
    match server_of(&chosen, manager) {
        Some(id) => Ok(id),
        None => Err(no_server(&format!(
            "the routing callable returned {}, must be one of the clients it was given",
            chosen.type_name()
        ))),
    }
}

fn no_ready_server(hub: &Hub) -> PhpResult<Thrown> {
    let servers: Vec<_> = hub.core()?.cluster().servers().iter().copied().take(10).collect();
    let states = servers
        .into_iter()
        .map(|id| Ok(format!("{} is {}", hub.key(id).lossy(), standing(hub, id, hub.state(id)?)?)))
        .collect::<PhpResult<Vec<_>>>()?;
    let states = if states.is_empty() { "the manager has none".to_owned() } else { states.join(", ") };
    Ok(no_server(&format!("no server takes actions now: {states}; see connectAll(wait: 5.0)")))
}

/// The state a server was seen in, and why it is not connected where that is known. Not asked anew: the guard may have
/// moved it on since.
fn standing(hub: &Hub, id: ServerId, state: ConnectionState) -> PhpResult<String> {
    Ok(match last_disconnect(hub, id)? {
        Some(reason) if state == ConnectionState::Disconnected => format!("{state} ({reason})"),
        _ => state.to_string(),
    })
}

/// `InvalidConnectionStateException`, with the reason and the way out.
fn not_ready(hub: &Hub, id: ServerId, what: &str, state: ConnectionState) -> PhpResult<Thrown> {
    let key = hub.key(id);
    let standing = standing(hub, id, state)?;
    let what = format!("{what} was not sent: server `{}` is {standing}, not ready", key.lossy());
    Ok(throw(exception::not_ready(&what, &key, state)?))
}

pub(crate) fn no_server(message: &str) -> Thrown {
    match exception::new(Class::NoServerAvailableException, message, None, None) {
        Ok(exception) => throw(exception),
        Err(thrown) => thrown,
    }
}

/// Sends an action to a server. What PHP code says of the action is asked before anything is locked.
pub(crate) fn send(manager: &Object, hub: &Rc<Hub>, id: ServerId, action: Object) -> PhpResult<Object> {
    let (encoded, completion) = crate::action::to_wire(&action)?;
    let sent = hub.core()?.send(id, &encoded, &completion);
    match sent {
        Ok(ticket) => {
            if let Some(stage) = &hub.stage {
                stage.note(hub.key(id), &encoded);
            }
            new_pending(manager, hub, id, ticket, action)
        }
        Err(refused) => {
            if matches!(refused, ActionError::Removed { .. }) {
                hub.check_server(id)?;
            }
            if let ActionError::NotReady { action, state, .. } = &refused {
                return Err(not_ready(hub, id, &format!("action `{action}`"), *state)?);
            }
            Err(throw(exception::of_action(&refused, &hub.key(id), None, None)?))
        }
    }
}

/// The servers that take actions now.
pub(crate) fn ready_servers(hub: &Hub) -> PhpResult<Vec<ServerId>> {
    let core = hub.core()?;
    let cluster = core.cluster();
    Ok(cluster.servers().iter().copied().filter(|id| cluster.state(*id) == ConnectionState::Ready).collect())
}

/// The servers of a list of keys, all of them Ready: an action goes to all or to none.
pub(crate) fn named_servers(hub: &Hub, keys: &Array) -> PhpResult<Vec<ServerId>> {
    let keys = keys.strings().ok_or_else(|| {
        value_error("Apn\\AmiClient\\AmiClientManager::sendAll(): Argument #2 ($servers) must be a list of server keys")
    })?;
    let ids: Vec<_> = keys.iter().map(|key| hub.server(key)).collect::<PhpResult<_>>()?;
    for id in &ids {
        let state = hub.state(*id)?;
        if state != ConnectionState::Ready {
            return Err(not_ready(hub, *id, "action", state)?);
        }
    }
    Ok(ids)
}
