//! Pending actions, and their outcomes for PHP.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use apn_ami::cluster::ServerId;
use apn_ami::error::{ActionError, Answer};
use apn_ami::node::{OutcomeCell, SequenceRow, Ticket};
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

/// Takes the log record of a failure that no PHP code has seen.
pub(crate) trait Records {
    fn push(&self, server: &ServerKey, what: RecordKind);
}

/// The actions of a manager whose ending was not delivered yet.
#[derive(Default)]
pub(crate) struct Pendings {
    /// By server and sequence. A server without actions has no row.
    rows: RefCell<FxHashMap<ServerId, SequenceRow<Rc<Pending>>>>,
    /// Set by the first action.
    shared: OnceCell<Rc<Shared>>,
}

/// What all actions of a manager need.
struct Shared {
    records: Weak<dyn Records>,
    objects: Objects,
}

/// An action nearly always has no callback or one.
type Callbacks = SmallVec<[Callable; 1]>;

/// An action and its outcome.
pub(crate) struct Pending {
    shared: Rc<Shared>,
    pub(crate) server: ServerId,
    pub(crate) sequence: u64,
    pub(crate) action_id: Str,
    pub(crate) server_key: Str,
    cell: Arc<OutcomeCell>,
    /// Called when the action ends. While the action is in the manager's table, the manager reports them to
    /// the cycle collector. Afterwards the list is empty.
    pub(crate) callbacks: RefCell<Callbacks>,
    /// The ending was delivered, in its order among the events.
    pub(crate) is_delivered: Cell<bool>,
    /// PHP code has seen the outcome, or gets it by a callback.
    pub(crate) is_observed: Cell<bool>,
    /// Made by the first query, so that every query gets the same object. The `PendingAction` reports both to
    /// the cycle collector. Without a `PendingAction` they live only during one delivery.
    response: RefCell<Option<Object>>,
    exception: RefCell<Option<Object<Throwable>>>,
}

impl Pendings {
    /// Adds an action to the table, of the manager whose records and objects these are.
    pub(crate) fn add(
        &self,
        manager: impl FnOnce() -> (Weak<dyn Records>, Objects),
        server: ServerId,
        server_key: Str,
        action_id: Str,
        ticket: Ticket,
    ) -> Rc<Pending> {
        let sequence = ticket.id.sequence();
        let shared = self.shared.get_or_init(|| {
            let (records, objects) = manager();
            Rc::new(Shared { records, objects })
        });
        let pending = Rc::new(Pending {
            shared: Rc::clone(shared),
            server,
            sequence,
            action_id,
            server_key,
            cell: ticket.cell,
            callbacks: RefCell::default(),
            is_delivered: Cell::default(),
            is_observed: Cell::default(),
            response: RefCell::default(),
            exception: RefCell::default(),
        });
        self.rows.borrow_mut().entry(server).or_default().insert(sequence, Rc::clone(&pending));
        pending
    }

    pub(crate) fn take(&self, server: ServerId, sequence: u64) -> Option<Rc<Pending>> {
        let mut rows = self.rows.borrow_mut();
        let row = rows.get_mut(&server)?;
        let pending = row.remove(sequence);
        row.shrink();
        pending
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows.borrow().values().all(SequenceRow::is_empty)
    }

    /// Forgets the servers for which `is_kept` is false, and which have no action left.
    pub(crate) fn retain(&self, is_kept: impl Fn(ServerId) -> bool) {
        self.rows.borrow_mut().retain(|id, row| !row.is_empty() || is_kept(*id));
    }

    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        let Ok(rows) = self.rows.try_borrow() else { return };
        for (_, pending) in rows.values().flat_map(SequenceRow::iter) {
            if let Ok(callbacks) = pending.callbacks.try_borrow() {
                callbacks.iter().for_each(|callback| tracer.value(callback));
            }
        }
    }
}

impl Pending {
    pub(crate) fn cell(&self) -> &Arc<OutcomeCell> {
        &self.cell
    }

    pub(crate) fn outcome(&self) -> Option<&Result<Answer, ActionError>> {
        self.cell.outcome()
    }

    /// Marks the ending as delivered. Returns the callbacks to call.
    pub(crate) fn deliver(&self) -> Callbacks {
        self.is_delivered.set(true);
        let callbacks = std::mem::take(&mut *self.callbacks.borrow_mut());
        if !callbacks.is_empty() {
            self.is_observed.set(true);
        }
        callbacks
    }

    /// The arguments of a callback: the exception or null, the response or null.
    pub(crate) fn arguments(&self) -> PhpResult<[Zval; 2]> {
        Ok([zval(self.exception()?), zval(self.response())])
    }

    pub(crate) fn exception(&self) -> PhpResult<Option<Object<Throwable>>> {
        let Some(Err(failure)) = self.outcome() else { return Ok(None) };
        let known = self.exception.borrow().clone();
        if known.is_some() {
            return Ok(known);
        }
        let id = self.action_id.lossy();
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
        (self.shared.objects.response)(self.server_key.clone(), SharedAnswer::Cell(Arc::clone(self.cell())))
    }

    /// Reports the cached objects to the cycle collector.
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
    /// Logs a failure that PHP code has not seen and can no longer see.
    fn drop(&mut self) {
        let Some(Err(failure)) = self.cell.outcome() else { return };
        if self.is_observed.get() {
            return;
        }
        let (Some(records), Some(server)) = (self.shared.records.upgrade(), failure.server()) else { return };
        let what = RecordKind::ActionUnobserved {
            action_id: self.action_id.lossy(),
            action: self.cell().action().to_owned(),
            error: failure.to_string(),
        };
        records.push(server, what);
    }
}
