//! Keys and last errors of servers. They are kept for removed servers too, while deliveries of those are
//! left.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use apn_ami::cluster::ServerId;
use rustc_hash::FxHashMap;

use crate::convert::Str;

/// The servers' keys as PHP strings, and the details of their last disconnects.
#[derive(Default)]
pub(crate) struct ServerNames {
    keys: RefCell<FxHashMap<ServerId, Str>>,
    /// The detail of each server's last disconnect, as text.
    details: RefCell<HashMap<ServerId, String>>,
    /// A server was removed and its key is still kept.
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

    /// The detail of the last disconnect. Empty if there was none.
    pub(crate) fn detail(&self, id: ServerId) -> String {
        self.details.borrow().get(&id).cloned().unwrap_or_default()
    }

    pub(crate) fn mark_removed(&self) {
        self.has_removed.set(true);
    }

    pub(crate) fn has_removed(&self) -> bool {
        self.has_removed.get()
    }

    /// Forgets all servers for which `is_kept` is false.
    pub(crate) fn retain(&self, is_kept: impl Fn(ServerId) -> bool) {
        self.has_removed.set(false);
        self.keys.borrow_mut().retain(|id, _| is_kept(*id));
        self.details.borrow_mut().retain(|id, _| is_kept(*id));
    }
}
