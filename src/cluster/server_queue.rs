//! A queue of servers.

use std::collections::VecDeque;

use slotmap::{DefaultKey, SecondaryMap};

use crate::vocabulary::ServerId;

/// First in, first out. A server that waits already is not queued a second time. A server that was freed stays
/// queued: the caller that pops it finds no entry for it.
#[derive(Debug, Default)]
pub(super) struct ServerQueue {
    waiting: VecDeque<ServerId>,
    members: SecondaryMap<DefaultKey, ()>,
}

impl ServerQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn push(&mut self, id: ServerId) {
        if self.members.insert(id.0, ()).is_none() {
            self.waiting.push_back(id);
        }
    }

    pub(super) fn push_front(&mut self, id: ServerId) {
        if self.members.insert(id.0, ()).is_none() {
            self.waiting.push_front(id);
        }
    }

    pub(super) fn pop(&mut self) -> Option<ServerId> {
        let id = self.waiting.pop_front()?;
        self.members.remove(id.0);
        Some(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_waits_once_however_often_it_is_queued() {
        let ids: Vec<_> = (0..3).map(ServerId::of_index).collect();
        let mut queue = ServerQueue::default();
        for id in [ids[0], ids[1], ids[0]] {
            queue.push(id);
        }
        queue.push_front(ids[1]);
        queue.push_front(ids[2]);
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, [ids[2], ids[0], ids[1]]);
        queue.push(ids[0]);
        assert!(!queue.is_empty(), "a server that was popped can be queued again");
    }
}
