//! What deliveries say of a server: also of one that was removed and still owes some.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use apn_ami::cluster::ServerId;
use rustc_hash::FxHashMap;

use crate::convert::Str;

/// The servers' keys as strings of PHP, and why their sessions ended.
#[derive(Default)]
pub(crate) struct ServerNames {
    keys: RefCell<FxHashMap<ServerId, Str>>,
    /// Why each server's session ended last, in words.
    details: RefCell<HashMap<ServerId, String>>,
    /// A server was removed whose key is still remembered.
    has_removed: Cell<bool>,
}

impl ServerNames {
    pub(crate) fn remember(&self, id: ServerId, key: Str) {
        self.keys.borrow_mut().insert(id, key);
    }

    pub(crate) fn key(&self, id: ServerId) -> Str {
        self.keys.borrow().get(&id).cloned().unwrap_or_else(|| Str::new(""))
    }

    pub(crate) fn len(&self) -> usize {
        self.keys.borrow().len()
    }

    pub(crate) fn set_detail(&self, id: ServerId, detail: String) {
        self.details.borrow_mut().insert(id, detail);
    }

    /// Empty where nothing is known.
    pub(crate) fn detail(&self, id: ServerId) -> String {
        self.details.borrow().get(&id).cloned().unwrap_or_default()
    }

    pub(crate) fn mark_removed(&self) {
        self.has_removed.set(true);
    }

    pub(crate) fn has_removed(&self) -> bool {
        self.has_removed.get()
    }

    /// Forgets all servers but these.
    pub(crate) fn retain(&self, is_kept: impl Fn(ServerId) -> bool) {
        self.has_removed.set(false);
        self.keys.borrow_mut().retain(|id, _| is_kept(*id));
        self.details.borrow_mut().retain(|id, _| is_kept(*id));
    }
}
