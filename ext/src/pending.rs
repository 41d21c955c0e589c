//! `PendingAction`: an action on its way, and what happens when it ends.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::error::{ActionError, Answer};
use apn_ami::node::{ActionSlot, Ticket};
use apn_ami::record::What;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::dispatch;
use crate::exception;
use crate::hub::Hub;
use crate::manager::{self, hub_of};
use crate::message::Whole;
use crate::response::new_response;
use crate::zend::classes::PendingActionProperties;
use crate::zend::exception::{error, throw};
use crate::zend::{Callable, Class, IntoValue, Native, Object, PhpResult, Properties, Str, Tracer, Value};

/// The actions of a manager that have not been delivered as ended.
#[derive(Default)]
pub(crate) struct Pendings(RefCell<FxHashMap<(ServerId, u64), Rc<Pending>>>);

/// Nearly always one or none.
type Callbacks = SmallVec<[Callable; 1]>;

/// One action.
pub(crate) struct Pending {
    hub: Weak<Hub>,
    server: ServerId,
    ticket: Ticket,
    server_key: Str,
    /// Called when the action ends. Owned by the manager while it is on its way, empty afterwards: only
    /// the manager names them to the cycle collector.
    callbacks: RefCell<Callbacks>,
    /// The ending was delivered, in its place among the events.
    is_delivered: Cell<bool>,
    /// Somebody has seen how it ended, or will.
    is_observed: Cell<bool>,
    /// Made when first asked for, so that every question gets the same object. Named to the cycle
    /// collector by the `PendingAction`; without one they do not live longer than a call.
    response: RefCell<Option<Object>>,
    exception: RefCell<Option<Object>>,
}

impl Pendings {
    pub(crate) fn take(&self, server: ServerId, sequence: u64) -> Option<Rc<Pending>> {
        self.0.borrow_mut().remove(&(server, sequence))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        let Ok(pendings) = self.0.try_borrow() else { return };
        for pending in pendings.values() {
            if let Ok(callbacks) = pending.callbacks.try_borrow() {
                callbacks.iter().for_each(|callback| tracer.callable(callback));
            }
        }
    }
}

impl Pending {
    pub(crate) fn slot(&self) -> &Arc<ActionSlot> {
        &self.ticket.slot
    }

    pub(crate) fn outcome(&self) -> Option<&Result<Answer, ActionError>> {
        self.ticket.slot.outcome()
    }

    /// The ending's turn came: the callbacks that were waiting for it.
    pub(crate) fn deliver(&self) -> Callbacks {
        self.is_delivered.set(true);
        let callbacks = std::mem::take(&mut *self.callbacks.borrow_mut());
        if !callbacks.is_empty() {
            self.is_observed.set(true);
        }
        callbacks
    }

    /// What callbacks get: the exception or null, the response or null.
    pub(crate) fn arguments(&self) -> PhpResult<[Value; 2]> {
        Ok([self.exception()?.into_value(), self.response()?.into_value()])
    }

    fn exception(&self) -> PhpResult<Option<Object>> {
        let Some(Err(failure)) = self.outcome() else { return Ok(None) };
        once(&self.exception, || {
            let whole = Whole::Slot(Arc::clone(self.slot()));
            let id = self.ticket.id.to_string();
            exception::of_action(failure, &self.server_key, Some(&id), Some(whole)).map(Some)
        })
    }

    fn response(&self) -> PhpResult<Option<Object>> {
        let Some(Ok(_)) = self.outcome() else { return Ok(None) };
        once(&self.response, || new_response(self.server_key.clone(), Whole::Slot(Arc::clone(self.slot()))))
    }
}

impl Drop for Pending {
    /// Nobody can ask any more: a failure that nobody saw goes to the log.
    fn drop(&mut self) {
        let Some(Err(failure)) = self.ticket.slot.outcome() else { return };
        if self.is_observed.get() {
            return;
        }
        let Some(hub) = self.hub.upgrade().filter(|hub| hub.is_at_home()) else { return };
        let Some(server) = failure.server() else { return };
        let what = What::ActionUnobserved {
            action_id: self.ticket.id.to_string(),
            action: self.slot().action().to_owned(),
            error: failure.to_string(),
        };
        if let Ok(mut core) = hub.core() {
            core.cluster_mut().records().push(server, what);
        }
    }
}

/// The class `PendingAction`.
pub(crate) struct PendingAction;

/// What one object of it holds. The manager lives at least as long.
pub(crate) struct PendingState {
    manager: Object,
    pending: Rc<Pending>,
}

impl Drop for PendingState {
    /// A listener awaited it, or it was cancelled, and nobody else waits: its ending has no turn to wait for.
    fn drop(&mut self) {
        let pending = &self.pending;
        let is_over = pending.is_observed.get() && !pending.is_delivered.get() && pending.outcome().is_some();
        if !is_over || pending.callbacks.try_borrow().is_ok_and(|callbacks| !callbacks.is_empty()) {
            return;
        }
        let Some(hub) = pending.hub.upgrade().filter(|hub| hub.is_at_home()) else { return };
        let sequence = pending.ticket.id.sequence();
        let is_released =
            hub.core().is_ok_and(|mut core| core.cluster_mut().release(pending.server, sequence));
        if is_released {
            hub.released.set(hub.released.get() + 1);
            drop(hub.pendings.take(pending.server, sequence));
        }
    }
}

impl Native for PendingState {
    const CLASSES: &'static [Class] = &[Class::PendingAction];

    fn trace(&self, tracer: &mut Tracer) {
        tracer.object(&self.manager);
        for made in [&self.pending.response, &self.pending.exception] {
            if let Ok(made) = made.try_borrow()
                && let Some(object) = &*made
            {
                tracer.object(object);
            }
        }
    }
}

/// A new `PendingAction`, in the manager's table too.
pub(crate) fn new_pending(
    manager: &Object,
    hub: &Rc<Hub>,
    server: ServerId,
    ticket: Ticket,
    action: Object,
) -> PhpResult<Object> {
    let server_key = hub.key(server);
    let (id, sequence) = (Str::new(&ticket.id.text()), ticket.id.sequence());
    let pending = Rc::new(Pending {
        hub: Rc::downgrade(hub),
        server,
        ticket,
        server_key: server_key.clone(),
        callbacks: RefCell::default(),
        is_delivered: Cell::default(),
        is_observed: Cell::default(),
        response: RefCell::default(),
        exception: RefCell::default(),
    });
    hub.pendings.0.borrow_mut().insert((server, sequence), Rc::clone(&pending));
    let object = PendingActionProperties { action_id: id, server_key, action }.into_object()?;
    object.init(PendingState { manager: manager.clone(), pending })?;
    Ok(object)
}

impl PendingAction {
    pub(crate) fn get_action_id(this: &Object) -> PhpResult<Str> {
        Ok(PendingActionProperties::of(this)?.action_id)
    }

    pub(crate) fn get_server_key(this: &Object) -> PhpResult<Str> {
        Ok(PendingActionProperties::of(this)?.server_key)
    }

    pub(crate) fn is_finished(this: &Object) -> PhpResult<bool> {
        Ok(open(this)?.0.pending.is_delivered.get())
    }

    pub(crate) fn on_complete(this: &Object, callback: Callable) -> PhpResult<Object> {
        let (state, hub) = open(this)?;
        let pending = &state.pending;
        if pending.is_delivered.get() {
            pending.is_observed.set(true);
            dispatch::call_back(hub, &callback, &pending.arguments()?)?;
        } else {
            pending.callbacks.borrow_mut().push(callback);
        }
        Ok(this.clone())
    }

    pub(crate) fn r#await(this: &Object, timeout: Option<f64>) -> PhpResult<Object> {
        let (state, hub) = open(this)?;
        let pending = &state.pending;
        let longest = timeout.map(|seconds| manager::duration("await", 1, "timeout", seconds)).transpose()?;
        // Inside a listener nothing is delivered, so the ending itself has to do.
        let has_ended =
            || pending.is_delivered.get() || (hub.is_ticking.get() && pending.outcome().is_some());
        if !dispatch::wait_until(hub, longest.flatten(), has_ended)? {
            return Err(throw(await_timeout(pending, longest.flatten())?));
        }
        pending.is_observed.set(true);
        if !pending.is_delivered.get() {
            // Within a listener: what it has seen takes no more room, however many it awaits.
            hub.core()?.cluster_mut().seen(pending.server, pending.slot());
        }
        match pending.response()? {
            Some(response) => Ok(response),
            None => {
                Err(pending.exception()?.map_or_else(|| error("the action ended without an outcome"), throw))
            }
        }
    }

    pub(crate) fn get_response(this: &Object) -> PhpResult<Option<Object>> {
        if_delivered(&open(this)?.0.pending, Pending::response)
    }

    pub(crate) fn get_exception(this: &Object) -> PhpResult<Option<Object>> {
        if_delivered(&open(this)?.0.pending, Pending::exception)
    }

    pub(crate) fn cancel(this: &Object) -> PhpResult<bool> {
        let (state, hub) = open(this)?;
        let pending = &state.pending;
        let mut core = hub.core()?;
        let is_cancelled = core.cancel(pending.server, pending.ticket.id.sequence());
        if is_cancelled {
            // Who cancels knows how it ended.
            pending.is_observed.set(true);
            core.cluster_mut().seen(pending.server, pending.slot());
        }
        Ok(is_cancelled)
    }
}

/// What `ask` says, once the ending's turn came.
fn if_delivered(
    pending: &Pending,
    ask: impl Fn(&Pending) -> PhpResult<Option<Object>>,
) -> PhpResult<Option<Object>> {
    if !pending.is_delivered.get() {
        return Ok(None);
    }
    pending.is_observed.set(true);
    ask(pending)
}

fn once(
    place: &RefCell<Option<Object>>,
    make: impl FnOnce() -> PhpResult<Option<Object>>,
) -> PhpResult<Option<Object>> {
    let known = place.borrow().clone();
    if known.is_some() {
        return Ok(known);
    }
    let object = make()?;
    place.borrow_mut().clone_from(&object);
    Ok(object)
}

fn open(this: &Object) -> PhpResult<(&PendingState, &Rc<Hub>)> {
    let state = this.state::<PendingState>()?;
    Ok((state, hub_of(&state.manager)?))
}

fn await_timeout(pending: &Pending, longest: Option<Duration>) -> PhpResult<Object> {
    let message = format!(
        "action `{}` to `{}` has not ended after {:.3} s: it lives on",
        pending.slot().action(),
        pending.server_key.lossy(),
        longest.unwrap_or_default().as_secs_f64(),
    );
    let id = pending.ticket.id.to_string();
    exception::new(Class::AwaitTimeoutException, &message, Some(&pending.server_key), Some(&id))
}
