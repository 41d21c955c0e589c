//! The servers of a cluster: by id, by key, in the order of configuration.

use std::collections::HashMap;

use slotmap::SlotMap;

use super::server_entry::ServerEntry;
use crate::server_key::ServerKey;
use crate::vocabulary::{LinkId, ServerId};

/// Every server that was added and is not freed yet. A removed server has no key and no position in the order,
/// and is kept until all its deliveries are taken.
#[derive(Debug, Default)]
pub(super) struct Servers {
    entries: SlotMap<slotmap::DefaultKey, Box<ServerEntry>>,
    keys: HashMap<ServerKey, ServerId>,
    order: Vec<ServerId>,
    /// The server that `Routing::DefaultServer` chooses.
    pub(super) default: Option<ServerId>,
}

impl Servers {
    pub(super) fn get(&self, id: ServerId) -> Option<&ServerEntry> {
        self.entries.get(id.0).map(|entry| &**entry)
    }

    pub(super) fn get_mut(&mut self, id: ServerId) -> Option<&mut ServerEntry> {
        self.entries.get_mut(id.0).map(|entry| &mut **entry)
    }

    /// The server of a link, if the link is the one of the server's current session.
    pub(super) fn linked(&mut self, link: LinkId) -> Option<&mut ServerEntry> {
        self.get_mut(link.server).filter(|entry| entry.link == Some(link))
    }

    pub(super) fn by_key(&self, key: &ServerKey) -> Option<ServerId> {
        self.keys.get(key).copied()
    }

    /// The ids in the order of configuration.
    pub(super) fn order(&self) -> &[ServerId] {
        &self.order
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut ServerEntry> {
        self.entries.values_mut().map(|entry| &mut **entry)
    }

    /// Adds a server. The first server is the default.
    pub(super) fn insert(&mut self, key: ServerKey, entry: impl FnOnce(ServerId) -> ServerEntry) -> ServerId {
        let id = ServerId(self.entries.insert_with_key(|key| Box::new(entry(ServerId(key)))));
        self.keys.insert(key, id);
        self.order.push(id);
        self.default.get_or_insert(id);
        id
    }

    /// Removes a server's key and its position in the order. The server is still found by its id.
    pub(super) fn retire(&mut self, id: ServerId, key: &ServerKey) {
        self.keys.remove(key);
        self.order.retain(|other| *other != id);
        if self.default == Some(id) {
            self.default = self.order.first().copied();
        }
    }

    /// Frees a removed server whose deliveries were all taken.
    pub(super) fn free(&mut self, id: ServerId) {
        self.entries.remove(id.0);
    }
}
