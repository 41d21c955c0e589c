//! Reads the queues of a model, and reports their changes.

use std::sync::Arc;
use std::time::Instant;

use super::calls::News;
use super::interest::QUEUE_CLASSES;
use super::keys::CallKey;
use super::moment::Moment;
use super::queue::{Queue, QueueKey, QueueRef};
use super::queue_sync::Wanted;
use super::queue_visit::QueueVisit;
use super::queues::QueueNews;
use super::resync::State;
use super::server_model::Live;

impl Live {
    /// All queues, in no particular order.
    pub fn queues(&self) -> impl Iterator<Item = (QueueKey, &Queue)> {
        self.model.queues.iter()
    }

    /// The queue with this key. `None` if it was removed.
    #[must_use]
    pub fn queue(&self, key: QueueKey) -> Option<&Queue> {
        self.model.queues.get(key)
    }

    /// The key of the queue with this name.
    #[must_use]
    pub fn find_queue(&self, name: &[u8]) -> Option<QueueKey> {
        self.model.queues.by_name(name)
    }

    /// Gives out a reference to a queue. `None` if the queue was removed.
    pub fn refer_to_queue(&mut self, key: QueueKey) -> Option<QueueRef> {
        self.model.queues.refer(key)
    }

    /// The queue of a reference. If the queue was removed, this is its last state.
    #[must_use]
    pub fn referred_queue<'a>(&'a self, queue: &'a QueueRef) -> Option<&'a Queue> {
        queue.ended().map(|ended| &**ended).or_else(|| {
            let found = self.queue(queue.key()?)?;
            found.reference.as_ref().is_some_and(|own| own.is(queue)).then_some(found)
        })
    }

    /// Gives versions to the changes of queues that have none. Versions are given when somebody asks for changes.
    pub fn give_queue_versions(&mut self) {
        let Self { model, .. } = self;
        let changes = &mut model.calls.changes;
        model.queues.give_versions(|| changes.next());
    }

    /// Queues that changed after this version, each with the version of its last change.
    pub fn queues_changed_since(&self, version: u64) -> impl Iterator<Item = (u64, QueueKey)> {
        let changed = self.queues().filter(move |(_, queue)| queue.changed_at > version);
        changed.map(|(key, queue)| (queue.changed_at, key))
    }

    /// Queues that were removed after this version, each with the version of its removal, oldest first.
    pub fn queues_removed_since(&self, version: u64) -> impl Iterator<Item = (u64, &Arc<Queue>)> {
        self.model.queues.log.removed_since(version)
    }

    /// The call of a device such as `PJSIP/alice`. `None` if the device has no channel.
    #[must_use]
    pub fn call_of_device(&self, device: &[u8]) -> Option<CallKey> {
        self.channels().find(|(_, channel)| channel.device() == device).map(|(_, channel)| channel.call())
    }

    /// The last wait in a queue of the call that has a channel with this id or name, or that has this Linkedid.
    /// Among the last ended calls only the Linkedid finds a call.
    #[must_use]
    pub fn visit_of(&self, unique_id: &[u8]) -> Option<&QueueVisit> {
        match self.find_call(unique_id) {
            Some(key) => self.call(key)?.queue(),
            None => self.ended_calls().find(|call| call.linked_ids().any(|id| id == unique_id))?.queue(),
        }
    }

    /// How far the queues of the model can be trusted. `None` if the model keeps no queues.
    #[must_use]
    pub fn queue_state(&self) -> Option<State> {
        self.queue_sync.state(self.model.hears_agents)
    }

    /// The class that `read` of the account lacks for queues. `None` unless the state of the queues is `Deaf`.
    #[must_use]
    pub fn missing_queue_class(&self) -> Option<&'static str> {
        (self.queue_state() == Some(State::Deaf)).then_some(QUEUE_CLASSES)
    }

    /// Asks for lists of the queues for which an event showed that the model may be wrong.
    pub(super) fn list_queues_in_doubt(&mut self, now: Instant) {
        let in_doubt = std::mem::take(&mut self.model.queues_in_doubt);
        if let Some(name) = in_doubt.unknown {
            self.queue_sync.want(name, now);
        }
        if let Some(name) = in_doubt.miscounted {
            self.queue_sync.recount(name, now);
        }
    }

    /// Applies the end of a list of queues.
    pub(super) fn on_queues_end(&mut self, at: Moment) {
        let listening_for = self.listening_for(at.now);
        match self.queue_sync.on_end(at.now) {
            None => self.model.reading = None,
            Some(Wanted::One(name)) => drop(self.model.end_queues(Some(&name), listening_for, at)),
            Some(Wanted::All) => {
                let untold = self.model.end_queues(None, listening_for, at);
                self.queue_sync.on_round(self.model.hears_agents, untold, at.now);
            }
        }
    }

    pub(super) fn pop_queue_news(&mut self) -> Option<News> {
        Some(match self.model.queues.pop_news()? {
            QueueNews::Goes(key, changes) => News::Queue(key, changes),
            QueueNews::Gone(queue, changes) => News::QueueGone(queue, changes),
        })
    }
}
