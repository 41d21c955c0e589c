//! The event masks of servers with `EventMask::Auto`, which follow the listeners.

use super::cluster::Cluster;
use super::event_classes::Classes;
use super::server_entry::ServerEntry;
use super::subscription::ClassChange;
use crate::node::AutoMask;
use crate::settings::EventMask;
use crate::vocabulary::{ServerId, Timestamp};
use crate::wire::Action;

impl Cluster {
    /// The event classes that the subscriptions to a server need, in Asterisk's spelling.
    pub(super) fn auto_mask(&self, id: ServerId) -> AutoMask {
        let needs_calls = self.servers.get(id).is_some_and(|entry| entry.needs_calls);
        let calls = if needs_calls { Classes::CALL } else { Classes::default() };
        self.subscriptions.classes(id).and(calls).and(self.live_classes(id)).mask()
    }

    /// Sends the new event mask to the servers that the change concerns and whose masks follow the listeners.
    pub(super) fn follow(&mut self, change: ClassChange, now: Timestamp) {
        let servers = match change {
            ClassChange::None => return,
            ClassChange::Of(id) => vec![id],
            ClassChange::Everywhere => self.servers.order().to_vec(),
        };
        for id in servers {
            let is_auto = |entry: &ServerEntry| entry.node.settings().event_mask == EventMask::Auto;
            if self.servers.get(id).is_some_and(is_auto) {
                self.set_auto_mask(id, now);
            }
        }
    }

    pub(super) fn set_auto_mask(&mut self, id: ServerId, now: Timestamp) {
        let mask = self.auto_mask(id);
        self.contain(id, now, |entry| entry.node.set_auto_mask(mask));
        self.apply_outputs(id, now);
    }

    /// An asynchronous `Originate` ends with an event of class `call`. A mask that follows the listeners must
    /// therefore include this class from the first `Originate` on.
    pub(super) fn want_calls_for(&mut self, id: ServerId, action: &Action, now: Timestamp) {
        let Some(entry) = self.servers.get_mut(id) else { return };
        let is_auto = entry.node.settings().event_mask == EventMask::Auto;
        if is_auto && !entry.needs_calls && action.name().eq_ignore_ascii_case("Originate") {
            entry.needs_calls = true;
            self.set_auto_mask(id, now);
        }
    }
}
