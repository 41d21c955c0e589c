//! The reason why a server takes no actions, for exceptions.

use apn_ami::cluster::ServerId;
use apn_ami::node::ConnectionState;

use super::core::Hub;
use super::failure::{no_server, not_ready};
use crate::convert::enums;
use crate::convert::errors::{Exception, throw};
use crate::zend::{PhpResult, Thrown};

/// `InvalidConnectionStateException` of an action that was not sent, with the reason.
pub(crate) fn not_sent(hub: &Hub, id: ServerId, what: &str, state: ConnectionState) -> PhpResult<Thrown> {
    let key = hub.key(id);
    let standing = standing(hub, id, state)?;
    let what = format!("{what} was not sent: server `{}` is {standing}, not ready", key.lossy());
    Ok(throw(not_ready(&what, &key, state)?))
}

/// The given state of a server as text, and why the server is disconnected if that is known. The state is not
/// queried again, since the stall guard may have changed it.
fn standing(hub: &Hub, id: ServerId, state: ConnectionState) -> PhpResult<String> {
    Ok(match hub.last_disconnect(id)? {
        Some(reason) if state == ConnectionState::Disconnected => format!("{state} ({reason})"),
        _ => state.to_string(),
    })
}

/// `ConnectFailedException`. `waited` is false if `stop()` ended the wait.
pub(crate) fn connect_failed(hub: &Hub, server: ServerId, waited: bool) -> PhpResult<Thrown> {
    let key = hub.key(server);
    let reason = hub.last_disconnect(server)?;
    let state = hub.state(server)?;
    let detail = hub.names.detail(server);
    let why = match reason {
        _ if !waited => "stop() ended the wait".to_owned(),
        Some(reason) if detail.is_empty() => reason.to_string(),
        Some(reason) => format!("{reason}: {detail}"),
        None if hub.core()?.cluster().is_banner_late(server) => {
            "the time was over, and no banner came: perhaps the port wants TLS".to_owned()
        }
        None => "the time was over".to_owned(),
    };
    let message = format!("server `{}` is {state}, not ready: {why}", key.lossy());
    let reason = reason.map(enums::DisconnectReason::from);
    Ok(throw(Exception::ConnectFailed.with(&message, &key, "reason", reason)?))
}

/// `NoServerAvailableException` with the states of the first ten servers.
pub(crate) fn no_ready_server(hub: &Hub) -> PhpResult<Thrown> {
    let servers: Vec<_> = hub.core()?.cluster().servers().iter().copied().take(10).collect();
    let states = servers
        .into_iter()
        .map(|id| Ok(format!("{} is {}", hub.key(id).lossy(), standing(hub, id, hub.state(id)?)?)))
        .collect::<PhpResult<Vec<_>>>()?;
    let states = if states.is_empty() { "the manager has none".to_owned() } else { states.join(", ") };
    Ok(no_server(&format!("no server takes actions now: {states}; see connectAll(wait: 5.0)")))
}
