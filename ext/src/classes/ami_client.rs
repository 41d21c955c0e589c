//! `AmiClient`: one server of a manager.

use std::rc::Rc;
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::node;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::{ClassFlags, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl, zend_fastcall};

use super::interfaces::PhpInterfaceActionSender;
use super::method::quick_method;
use super::pending_action::{self, ACTION, PENDING_ACTION, action_of};
use super::registration::class;
use super::server_health::ServerHealth;
use super::subscription::{self, Names, Subscription};
use crate::convert::enums::ConnectionState;
use crate::convert::number::duration;
use crate::convert::object::object;
use crate::convert::{Array, Object, Str, zval};
use crate::runtime::core::{Hub, Manager};
use crate::runtime::listener_table::Topic;
use crate::runtime::routing::choose;
use crate::runtime::{standing, tick};
use crate::zend::check::{ARRAY, STRING};
use crate::zend::exception::error;
use crate::zend::{Callable, Native, PhpResult, Tracer};

/// One server of a manager.
#[php_class]
#[php(name = "Apn\\AmiClient\\AmiClient", flags = ClassFlags::Final)]
#[php(implements(PhpInterfaceActionSender), modifier = with_send)]
pub(crate) struct AmiClient {
    #[php(prop)]
    server_key: Str,
    /// Keeps the manager's object alive.
    manager: Manager,
    server: ServerId,
}

impl Native for AmiClient {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.manager.object);
    }
}

pub(crate) fn new(manager: &Manager, server: ServerId) -> PhpResult<Object<AmiClient>> {
    Ok(object(AmiClient { server_key: manager.hub()?.key(server), manager: manager.clone(), server }))
}

/// The server of an `AmiClient`. None if it belongs to another manager.
pub(crate) fn server_of(value: &Zval, manager: &Manager) -> Option<ServerId> {
    let client = Object::<AmiClient>::from_zval(value)?;
    let client = client.state().ok()?;
    (client.manager.object == manager.object).then_some(client.server)
}

/// The server that the current routing chooses.
pub(crate) fn chosen(manager: &Manager) -> PhpResult<ServerId> {
    let client = |id| new(manager, id).map_or_else(|_| Zval::null(), zval);
    choose(manager.hub()?, client, |client| server_of(client, manager))
}

/// The health of a server.
pub(crate) fn health_of(hub: &Hub, server: ServerId) -> PhpResult<Object<ServerHealth>> {
    let found = hub.core()?.cluster().health(server);
    let health = found.ok_or_else(|| error("the server was removed"))?;
    Ok(object(ServerHealth::new(hub.key(server), &health)))
}

#[php_impl]
impl AmiClient {
    #[php(defaults(wait = 0.0))]
    pub(crate) fn open(self_: &mut ZendClassObject<AmiClient>, wait: f64) -> PhpResult<Object<AmiClient>> {
        let this = Object::this(self_);
        let server = self_.server;
        let hub = Rc::clone(self_.manager.hub()?);
        let wait = duration("open", 1, "wait", wait)?;
        hub.check_server(server)?;
        {
            let mut core = hub.core()?;
            if core.cluster().state(server) != node::ConnectionState::Ready {
                core.open(server);
            }
        }
        if wait != Some(Duration::ZERO) {
            let waited = tick::wait_for_ready(&hub, &[server], wait)?;
            if hub.state(server)? != node::ConnectionState::Ready {
                return Err(standing::connect_failed(&hub, server, waited)?);
            }
        }
        Ok(this)
    }

    #[php(defaults(grace = 0.5))]
    pub(crate) fn close(&self, grace: f64) -> PhpResult<()> {
        let hub = Rc::clone(self.manager.hub()?);
        let grace = duration("close", 1, "grace", grace)?.unwrap_or(Duration::MAX);
        hub.check_server(self.server)?;
        tick::close(&hub, &[self.server], grace)
    }

    #[php(defaults(r#where = Array::empty()))]
    pub(crate) fn on_event(
        &self,
        names: Names,
        listener: Callable,
        r#where: Array,
    ) -> PhpResult<Object<Subscription>> {
        let hub = self.manager.hub()?;
        hub.check_server(self.server)?;
        subscription::on_event(hub, Some(self.server), &names, listener, &r#where)
    }

    pub(crate) fn on_state_change(&self, listener: Callable) -> PhpResult<Object<Subscription>> {
        Ok(subscription::on_topic(self.manager.hub()?, Topic::State(Some(self.server)), listener))
    }

    pub(crate) fn on_gap(&self, listener: Callable) -> PhpResult<Object<Subscription>> {
        Ok(subscription::on_topic(self.manager.hub()?, Topic::Gap(Some(self.server)), listener))
    }

    pub(crate) fn state(&self) -> PhpResult<ConnectionState> {
        Ok(self.manager.hub()?.state(self.server)?.into())
    }

    pub(crate) fn is_ready(&self) -> PhpResult<bool> {
        Ok(self.manager.hub()?.state(self.server)? == node::ConnectionState::Ready)
    }

    pub(crate) fn health(&self) -> PhpResult<Object<ServerHealth>> {
        let hub = self.manager.hub()?;
        hub.check_server(self.server)?;
        health_of(hub, self.server)
    }
}

/// Adds `send`, which is called for every action.
fn with_send(builder: ClassBuilder) -> ClassBuilder {
    let method = FunctionBuilder::new("send", send).arg(Arg::new("action", ACTION));
    builder.method(method.returns(PENDING_ACTION, false, false), MethodFlags::Public)
}

zend_fastcall! {
    extern fn send(call: &mut ExecuteData, result: &mut Zval) {
        quick_method(call, result, |this: &AmiClient, call| {
            pending_action::send(&this.manager, this.server, action_of(call)?).map(zval)
        });
    }
}

pub(crate) fn register() {
    class::<AmiClient>().returns_static("open").also("onEvent", 0, ARRAY | STRING).done();
}
