//! `AmiClient`: one server of a manager.

use std::rc::Rc;
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::node::ConnectionState;

use crate::exception;
use crate::hub::Hub;
use crate::listeners::{self, Topic};
use crate::manager::{self, duration, hub_of};
use crate::report;
use crate::sending;
use crate::zend::call::ArrayOrStr;
use crate::zend::classes::AmiClientProperties;
use crate::zend::exception::throw;
use crate::zend::{Array, Callable, Class, Native, Object, PhpResult, Properties, Tracer, Value};

/// The class `AmiClient`.
pub(crate) struct AmiClient;

/// What one object of it holds. The manager lives at least as long.
pub(crate) struct ClientState {
    manager: Object,
    server: ServerId,
}

impl Native for ClientState {
    const CLASSES: &'static [Class] = &[Class::AmiClient];

    fn trace(&self, tracer: &mut Tracer) {
        tracer.object(&self.manager);
    }
}

/// A new `AmiClient`.
pub(crate) fn new_client(manager: &Object, hub: &Hub, server: ServerId) -> PhpResult<Object> {
    let client = AmiClientProperties { server_key: hub.key(server) }.into_object()?;
    client.init(ClientState { manager: manager.clone(), server })?;
    Ok(client)
}

/// The server of a client of this manager.
pub(crate) fn server_of(value: &Value, manager: &Object) -> Option<ServerId> {
    let client = value.object()?;
    let state = client.state::<ClientState>().ok()?;
    (state.manager == *manager).then_some(state.server)
}

impl AmiClient {
    pub(crate) fn open(this: &Object, wait: f64) -> PhpResult<Object> {
        let (_, hub, server) = parts(this)?;
        let wait = duration("open", 1, "wait", wait)?;
        hub.check_server(server)?;
        {
            let mut core = hub.core()?;
            if core.cluster().state(server) != ConnectionState::Ready {
                core.open(server);
            }
        }
        if wait != Some(Duration::ZERO) {
            let waited = manager::wait_for_ready(hub, &[server], wait)?;
            if hub.state(server)? != ConnectionState::Ready {
                return Err(throw(connect_failed(hub, server, waited)?));
            }
        }
        Ok(this.clone())
    }

    pub(crate) fn close(this: &Object, grace: f64) -> PhpResult<()> {
        let (_, hub, server) = parts(this)?;
        let grace = duration("close", 1, "grace", grace)?.unwrap_or(Duration::MAX);
        hub.check_server(server)?;
        manager::close(hub, &[server], grace)
    }

    pub(crate) fn send(this: &Object, action: Object) -> PhpResult<Object> {
        let (manager, hub, server) = parts(this)?;
        sending::send(manager, hub, server, action)
    }

    pub(crate) fn on_event(
        this: &Object,
        names: ArrayOrStr,
        listener: Callable,
        conditions: Array,
    ) -> PhpResult<Object> {
        let (_, hub, server) = parts(this)?;
        hub.check_server(server)?;
        listeners::on_event(hub, Some(server), &names, listener, &conditions)
    }

    pub(crate) fn on_state_change(this: &Object, listener: Callable) -> PhpResult<Object> {
        let (_, hub, server) = parts(this)?;
        listeners::on_topic(hub, Topic::State(Some(server)), listener)
    }

    pub(crate) fn on_gap(this: &Object, listener: Callable) -> PhpResult<Object> {
        let (_, hub, server) = parts(this)?;
        listeners::on_topic(hub, Topic::Gap(Some(server)), listener)
    }

    pub(crate) fn state(this: &Object) -> PhpResult<Object> {
        let (_, hub, server) = parts(this)?;
        Ok(Object::enum_case(Class::ConnectionState, hub.state(server)?.as_str()))
    }

    pub(crate) fn is_ready(this: &Object) -> PhpResult<bool> {
        let (_, hub, server) = parts(this)?;
        Ok(hub.state(server)? == ConnectionState::Ready)
    }

    pub(crate) fn health(this: &Object) -> PhpResult<Object> {
        let (_, hub, server) = parts(this)?;
        hub.check_server(server)?;
        report::health(hub, server)
    }
}

fn parts(this: &Object) -> PhpResult<(&Object, &Rc<Hub>, ServerId)> {
    let state = this.state::<ClientState>()?;
    Ok((&state.manager, hub_of(&state.manager)?, state.server))
}

/// `waited` is false where `stop` ended the wait.
fn connect_failed(hub: &Hub, server: ServerId, waited: bool) -> PhpResult<Object> {
    let key = hub.key(server);
    let reason = manager::last_disconnect(hub, server)?;
    let state = hub.state(server)?;
    let detail = hub.details.borrow().get(&server).cloned().unwrap_or_default();
    let why = match reason {
        _ if !waited => "stop() ended the wait".to_owned(),
        Some(reason) if detail.is_empty() => reason.to_string(),
        Some(reason) => format!("{reason}: {detail}"),
        None => "the time was over".to_owned(),
    };
    exception::connect_failed(&key, &format!("server `{}` is {state}, not ready: {why}", key.lossy()), reason)
}
