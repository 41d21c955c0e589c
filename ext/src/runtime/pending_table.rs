//! Actions on their way, and what happens when they end.

use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use apn_ami::cluster::ServerId;
use apn_ami::error::{ActionError, Answer};
use apn_ami::node::{OutcomeCell, Ticket};
use apn_ami::record::RecordKind;
use apn_ami::settings::ServerKey;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use ext_php_rs::types::Zval;

use super::failure;
use super::objects::Objects;
use crate::convert::content::SharedAnswer;
use crate::convert::object::Throwable;
use crate::convert::{Object, Str, zval};
use crate::zend::{Callable, PhpResult, Tracer};

/// Where a failure goes that nobody saw.
pub(crate) trait Records {
    fn push(&self, server: &ServerKey, what: RecordKind);
}

/// The actions of a manager that have not been delivered as ended.
#[derive(Default)]
pub(crate) struct Pendings(RefCell<FxHashMap<(ServerId, u64), Rc<Pending>>>);

/// Nearly always one or none.
type Callbacks = SmallVec<[Callable; 1]>;

/// One action.
pub(crate) struct Pending {
    records: Weak<dyn Records>,
    objects: Objects,
    pub(crate) server: ServerId,
    pub(crate) ticket: Ticket,
    pub(crate) server_key: Str,
    /// Called when the action ends. Owned by the manager while it is on its way, empty afterwards: only
    /// the manager names them to the cycle collector.
    pub(crate) callbacks: RefCell<Callbacks>,
    /// The ending was delivered, in its place among the events.
    pub(crate) is_delivered: Cell<bool>,
    /// Somebody has seen how it ended, or will.
    pub(crate) is_observed: Cell<bool>,
    /// Made when first asked for, so that every question gets the same object. Named to the cycle
    /// collector by the `PendingAction`; without one they do not live longer than a call.
    response: RefCell<Option<Object>>,
    exception: RefCell<Option<Object<Throwable>>>,
}

impl Pendings {
    /// Puts an action into the table.
    pub(crate) fn add(
        &self,
        records: Weak<dyn Records>,
        objects: Objects,
        server: ServerId,
        server_key: Str,
        ticket: Ticket,
    ) -> Rc<Pending> {
        let sequence = ticket.id.sequence();
        let pending = Rc::new(Pending {
            records,
            objects,
            server,
            ticket,
            server_key,
            callbacks: RefCell::default(),
            is_delivered: Cell::default(),
            is_observed: Cell::default(),
            response: RefCell::default(),
            exception: RefCell::default(),
        });
        self.0.borrow_mut().insert((server, sequence), Rc::clone(&pending));
        pending
    }

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
                callbacks.iter().for_each(|callback| tracer.value(callback));
            }
        }
    }
}

impl Pending {
    pub(crate) fn cell(&self) -> &Arc<OutcomeCell> {
        &self.ticket.cell
    }

    pub(crate) fn outcome(&self) -> Option<&Result<Answer, ActionError>> {
        self.ticket.cell.outcome()
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
    pub(crate) fn arguments(&self) -> PhpResult<[Zval; 2]> {
        Ok([zval(self.exception()?), zval(self.response())])
    }

    pub(crate) fn exception(&self) -> PhpResult<Option<Object<Throwable>>> {
        let Some(Err(failure)) = self.outcome() else { return Ok(None) };
        let known = self.exception.borrow().clone();
        if known.is_some() {
            return Ok(known);
        }
        let id = self.ticket.id.to_string();
        let exception = failure::of_action(failure, &self.server_key, Some(&id), self.new_response())?;
        *self.exception.borrow_mut() = Some(exception.clone());
        Ok(Some(exception))
    }

    pub(crate) fn response(&self) -> Option<Object> {
        let Some(Ok(_)) = self.outcome() else { return None };
        let known = self.response.borrow().clone();
        if known.is_some() {
            return known;
        }
        let response = self.new_response();
        self.response.borrow_mut().clone_from(&response);
        response
    }

    fn new_response(&self) -> Option<Object> {
        (self.objects.response)(self.server_key.clone(), SharedAnswer::Slot(Arc::clone(self.cell())))
    }

    /// Names what was made when asked for.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Ok(made) = self.response.try_borrow()
            && let Some(response) = &*made
        {
            tracer.value(response);
        }
        if let Ok(made) = self.exception.try_borrow()
            && let Some(exception) = &*made
        {
            tracer.value(exception);
        }
    }
}

impl Drop for Pending {
    /// Nobody can ask any more: a failure that nobody saw goes to the log.
    fn drop(&mut self) {
        let Some(Err(failure)) = self.ticket.cell.outcome() else { return };
        if self.is_observed.get() {
            return;
        }
        let (Some(records), Some(server)) = (self.records.upgrade(), failure.server()) else { return };
        let what = RecordKind::ActionUnobserved {
            action_id: self.ticket.id.to_string(),
            action: self.cell().action().to_owned(),
            error: failure.to_string(),
        };
        records.push(server, what);
    }
}
