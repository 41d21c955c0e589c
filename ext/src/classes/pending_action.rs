//! `PendingAction`: an action that was sent, and its outcome.

use std::rc::Rc;
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::error::ActionError;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl, zend_fastcall};

use super::generic_action::to_wire;
use super::interfaces::{PhpInterfaceAction, PhpInterfacePending};
use super::method::{quick_method, value};
use super::registration::class;
use super::response::Response;
use crate::convert::errors::Exception;
use crate::convert::errors::throw;
use crate::convert::number::duration;
use crate::convert::object::Throwable;
use crate::convert::object::object;
use crate::convert::{Object, Str};
use crate::runtime::core::{Hub, Manager};
use crate::runtime::pending_table::{Pending, Records};
use crate::runtime::{deliver, failure, standing, tick};
use crate::zend::exception::error;
use crate::zend::instance::this_of_call;
use crate::zend::{Callable, Native, PhpResult, Tracer};

/// An action that was sent.
#[php_class]
#[php(name = "Apn\\AmiClient\\PendingAction", flags = ClassFlags::Final)]
#[php(implements(PhpInterfacePending), modifier = with_on_complete)]
pub(crate) struct PendingAction {
    #[php(prop)]
    action_id: Str,
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    action: Object<PhpInterfaceAction>,
    /// Keeps the manager's object alive.
    manager: Manager,
    pending: Rc<Pending>,
}

impl Native for PendingAction {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.action);
        tracer.value(&self.manager.object);
        self.pending.trace(tracer);
    }
}

impl Drop for PendingAction {
    /// Takes an ended action out of the delivery queue if its outcome was seen and no callback waits for it.
    fn drop(&mut self) {
        let pending = &self.pending;
        let is_over = pending.is_observed.get() && !pending.is_delivered.get() && pending.outcome().is_some();
        if !is_over || pending.callbacks.try_borrow().is_ok_and(|callbacks| !callbacks.is_empty()) {
            return;
        }
        let Some(hub) = self.manager.hub_at_home() else { return };
        let is_released = hub
            .core()
            .is_ok_and(|mut core| core.cluster_without_work().release(pending.server, pending.cell()));
        if is_released {
            hub.undelivered.count_released();
            drop(hub.pendings.take(pending.server, pending.sequence));
        }
    }
}

/// The types of `send`.
pub(super) const ACTION: DataType = <Object<PhpInterfaceAction> as FromZval>::TYPE;
pub(super) const PENDING_ACTION: DataType = <Object<PendingAction> as IntoZval>::TYPE;

/// The first argument of `send`.
pub(super) fn action_of(call: &ExecuteData) -> PhpResult<Object<PhpInterfaceAction>> {
    value(call, 0).ok_or_else(|| error("no action was given"))
}

/// Sends an action to a server. The action's PHP methods are called before the core is locked.
pub(crate) fn send(
    manager: &Manager,
    id: ServerId,
    action: Object<PhpInterfaceAction>,
) -> PhpResult<Object<PendingAction>> {
    let hub = manager.hub()?;
    let (encoded, completion) = to_wire(&action)?;
    let sent = hub.core()?.send(id, &encoded, &completion);
    match sent {
        Ok(ticket) => {
            let server_key = hub.key(id);
            if let Some(stage) = hub.stage() {
                stage.note(server_key.clone(), &encoded);
            }
            let action_id = Str::new(ticket.id.text());
            let of_manager = || {
                let records: Rc<dyn Records> = Rc::<Hub>::clone(hub);
                (Rc::downgrade(&records), hub.objects)
            };
            let pending = hub.pendings.add(of_manager, id, server_key.clone(), action_id.clone(), ticket);
            Ok(object(PendingAction { action_id, server_key, action, manager: manager.clone(), pending }))
        }
        Err(refused) => {
            if matches!(refused, ActionError::Removed { .. }) {
                hub.check_server(id)?;
            }
            if let ActionError::NotReady { action, state, .. } = &refused {
                return Err(standing::not_sent(hub, id, &format!("action `{action}`"), *state)?);
            }
            Err(throw(failure::of_action(&refused, &hub.key(id), None, None)?))
        }
    }
}

#[php_impl]
impl PendingAction {
    pub(crate) fn get_action_id(&self) -> Str {
        self.action_id.clone()
    }

    pub(crate) fn get_server_key(&self) -> Str {
        self.server_key.clone()
    }

    pub(crate) fn is_finished(&self) -> PhpResult<bool> {
        self.manager.hub()?;
        Ok(self.pending.is_delivered.get())
    }

    pub(crate) fn r#await(&self, timeout: Option<f64>) -> PhpResult<Object<Response>> {
        let (manager, pending) = (self.manager.clone(), Rc::clone(&self.pending));
        let hub = manager.hub()?;
        let longest = timeout.map(|seconds| duration("await", 1, "timeout", seconds)).transpose()?;
        // Inside a listener nothing is delivered, so the wait ends with the outcome instead of its delivery.
        let has_ended = || pending.is_delivered.get() || (hub.ticks.is_on() && pending.outcome().is_some());
        if !tick::wait_until(hub, longest.flatten(), has_ended)? {
            return Err(throw(await_timeout(&pending, longest.flatten())?));
        }
        pending.is_observed.set(true);
        if !pending.is_delivered.get() {
            // The listener has seen the outcome, so the action no longer counts towards the bounds.
            hub.core()?.cluster_without_work().seen(pending.server, pending.cell());
        }
        match pending.response().and_then(|response| response.as_type()) {
            Some(response) => Ok(response),
            None => {
                Err(pending.exception()?.map_or_else(|| error("the action ended without an outcome"), throw))
            }
        }
    }

    pub(crate) fn get_response(&self) -> PhpResult<Option<Object<Response>>> {
        let response = if self.is_seen()? { self.pending.response() } else { None };
        Ok(response.and_then(|response| response.as_type()))
    }

    pub(crate) fn get_exception(&self) -> PhpResult<Option<Object<Throwable>>> {
        if self.is_seen()? { self.pending.exception() } else { Ok(None) }
    }

    pub(crate) fn cancel(&self) -> PhpResult<bool> {
        let pending = &self.pending;
        let mut core = self.manager.hub()?.core()?;
        let is_cancelled = core.cancel(pending.server, pending.sequence);
        if is_cancelled {
            // A caller that cancels an action knows its outcome.
            pending.is_observed.set(true);
            core.cluster_without_work().seen(pending.server, pending.cell());
        }
        Ok(is_cancelled)
    }
}

impl PendingAction {
    /// The action's entry of the pending table.
    pub(crate) fn pending(&self) -> &Rc<Pending> {
        &self.pending
    }

    /// True after the ending was delivered. The outcome then counts as seen.
    fn is_seen(&self) -> PhpResult<bool> {
        self.manager.hub()?;
        let is_delivered = self.pending.is_delivered.get();
        if is_delivered {
            self.pending.is_observed.set(true);
        }
        Ok(is_delivered)
    }
}

/// Adds `onComplete`, which is called for nearly every action.
fn with_on_complete(builder: ClassBuilder) -> ClassBuilder {
    let method = FunctionBuilder::new("onComplete", on_complete).arg(Arg::new("callback", Callable::TYPE));
    // `register` makes it `static`.
    builder.method(method.returns(DataType::Mixed, false, false), MethodFlags::Public)
}

zend_fastcall! {
    extern fn on_complete(call: &mut ExecuteData, result: &mut Zval) {
        quick_method(call, result, |this: &PendingAction, call| {
            let callback: Callable = value(call, 0).ok_or_else(|| error("the callback is not callable"))?;
            let hub = this.manager.hub()?;
            let pending = &this.pending;
            if pending.is_delivered.get() {
                pending.is_observed.set(true);
                let pending = Rc::clone(pending);
                deliver::call_back(hub, &callback, &pending.arguments()?)?;
            } else {
                pending.callbacks.borrow_mut().push(callback);
            }
            Ok(this_of_call(call))
        });
    }
}

fn await_timeout(pending: &Pending, longest: Option<Duration>) -> PhpResult<Object<Throwable>> {
    let message = format!(
        "action `{}` to `{}` has not ended after {:.3} s: it lives on",
        pending.cell().action(),
        pending.server_key.lossy(),
        longest.unwrap_or_default().as_secs_f64(),
    );
    let id = pending.action_id.lossy();
    Exception::AwaitTimeout.make(&message, Some(&pending.server_key), Some(&id))
}

pub(crate) fn register() {
    class::<PendingAction>().returns_static("onComplete").done();
}
