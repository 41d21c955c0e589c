//! The choice of the servers for an action.

use std::rc::Rc;

use apn_ami::cluster::ServerId;
use apn_ami::node::ConnectionState;
use ext_php_rs::types::Zval;

use super::core::Hub;
use super::failure::no_server;
use super::standing::{no_ready_server, not_sent};
use crate::convert::errors::value_error;
use crate::convert::{Array, Builder, Value, zval};
use crate::zend::PhpResult;

/// Chooses a Ready server by the current routing. The user's callable gets an object made by `client` for
/// each Ready server, and must return one of them.
pub(crate) fn choose(
    hub: &Rc<Hub>,
    client: impl Fn(ServerId) -> Zval,
    server_of: impl Fn(&Zval) -> Option<ServerId>,
) -> PhpResult<ServerId> {
    let Some(router) = hub.routing.callable() else {
        let chosen = hub.core()?.cluster_without_work().select();
        return match chosen {
            Some(id) => Ok(id),
            None => Err(no_ready_server(hub)?),
        };
    };
    let mut ready = Builder::new(0);
    for id in ready_servers(hub)? {
        ready.set(&*hub.key(id), client(id));
    }
    let ready = ready.finish();
    if ready.is_empty() {
        return Err(no_ready_server(hub)?);
    }
    let chosen = router.call(&[zval(ready)])?;
    server_of(&chosen).ok_or_else(|| {
        no_server(&format!(
            "the routing callable returned {}, must be one of the clients it was given",
            chosen.type_name()
        ))
    })
}

/// The servers that are Ready.
pub(crate) fn ready_servers(hub: &Hub) -> PhpResult<Vec<ServerId>> {
    let core = hub.core()?;
    let cluster = core.cluster();
    Ok(cluster.servers().iter().copied().filter(|id| cluster.state(*id) == ConnectionState::Ready).collect())
}

/// The servers with these keys. It is an error if one of them is not Ready, so that the action goes to all or
/// to none.
pub(crate) fn named_servers(hub: &Hub, keys: &Array) -> PhpResult<Vec<ServerId>> {
    let keys = keys.strings().ok_or_else(|| {
        value_error("Apn\\AmiClient\\AmiClientManager::sendAll(): Argument #2 ($servers) must be a list of server keys")
    })?;
    let ids: Vec<_> = keys.iter().map(|key| hub.server(key)).collect::<PhpResult<_>>()?;
    for id in &ids {
        let state = hub.state(*id)?;
        if state != ConnectionState::Ready {
            return Err(not_sent(hub, *id, "action", state)?);
        }
    }
    Ok(ids)
}
