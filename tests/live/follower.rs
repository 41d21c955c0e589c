//! Copies of a model's queues, and of its calls, that are kept by asking what changed.

use std::collections::BTreeMap;

use apn_ami::live::{Call, Channel, Field, Live, Queue};

use crate::queues::{callers, member};

/// Queues by name, each as a text.
type Copy = BTreeMap<Vec<u8>, String>;

/// Somebody who asks from time to time for the queues that changed since the last time.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    version: u64,
    copy: Copy,
    pub(crate) resets: usize,
    /// Number of queues that the answers had.
    pub(crate) told: usize,
}

/// Everything of a queue that somebody can read.
fn text(queue: &Queue) -> String {
    let members: Vec<_> = queue.members().map(member).collect();
    format!(
        "{:?} {members:?} {:?} {:?} {:?}",
        callers(queue),
        queue.strategy(),
        queue.counters().map(|counters| (counters.completed, counters.abandoned)),
        queue.tally()
    )
}

fn all(live: &Live) -> Copy {
    live.queues().map(|(_, queue)| (queue.name().to_vec(), text(queue))).collect()
}

impl Follower {
    pub(crate) fn start(live: &mut Live) -> Self {
        live.keep_changes(0);
        Self { copy: all(live), ..Self::default() }
    }

    /// Asks once, as a cluster does, and compares the copy with the model.
    pub(crate) fn follow(&mut self, live: &mut Live, seed: u64) {
        live.give_queue_versions();
        if self.version < live.forgotten_version() {
            self.resets += 1;
            self.copy = all(live);
        } else {
            let mut found: Vec<(u64, Vec<u8>, Option<String>)> = Vec::new();
            for (version, queue) in live.queues_removed_since(self.version) {
                found.push((version, queue.name().to_vec(), None));
            }
            for (version, key) in live.queues_changed_since(self.version) {
                let queue = live.queue(key).expect("it is there");
                found.push((version, queue.name().to_vec(), Some(text(queue))));
            }
            found.sort();
            self.told += found.len();
            for (_, name, queue) in found {
                match queue {
                    Some(queue) => drop(self.copy.insert(name, queue)),
                    None => drop(self.copy.remove(&name)),
                }
            }
        }
        self.version = live.version();
        assert_eq!(self.copy, all(live), "seed {seed}: the copy is as the model");
    }
}

/// Somebody who asks from time to time for the calls that changed since the last time.
#[derive(Debug)]
pub(crate) struct CallFollower {
    version: u64,
    copy: Copy,
    /// Number of calls that the answers had.
    pub(crate) told: usize,
}

const FIELDS: [Field; 10] = [
    Field::CallerNumber,
    Field::CallerName,
    Field::ConnectedNumber,
    Field::ConnectedName,
    Field::AccountCode,
    Field::Context,
    Field::Exten,
    Field::Priority,
    Field::Application,
    Field::ApplicationData,
];

fn channel_text(live: &Live, channel: &Channel) -> String {
    let shown = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let bridge = channel.bridge().and_then(|key| live.bridge(key)).map(|bridge| shown(bridge.id()));
    let fields: Vec<_> = FIELDS.iter().map(|field| shown(channel.text(*field))).collect();
    format!(
        "{} {} of {}, state {:?}, in {bridge:?}, held {}, up {:?}, since {:?}, {fields:?}",
        shown(channel.name()),
        shown(channel.unique_id()),
        shown(channel.linked_id()),
        channel.state(),
        channel.is_held(),
        channel.up_at(),
        channel.created_at(),
    )
}

/// Everything of a call that somebody can read.
fn call_text(live: &Live, call: &Call) -> String {
    let parties: Vec<_> = live.parties(call).map(|(_, channel)| channel_text(live, channel)).collect();
    let visit = call.queue().map(|visit| (visit.queue(), visit.agent()));
    format!(
        "{:?} {parties:#?} {:?} {:?} {:?} {:?} {:?} {visit:?}",
        call.linked_ids().map(String::from_utf8_lossy).collect::<Vec<_>>(),
        call.attempts(),
        (call.started_at(), call.ringing_at(), call.answered_at()),
        call.cause(),
        live.caller(call).map(|party| String::from_utf8_lossy(party.unique_id()).into_owned()),
        live.answered_by(call).map(|party| String::from_utf8_lossy(party.unique_id()).into_owned()),
    )
}

fn all_calls(live: &Live) -> Copy {
    live.calls().map(|(_, call)| (call.id().to_vec(), call_text(live, call))).collect()
}

impl CallFollower {
    pub(crate) fn start(live: &mut Live) -> Self {
        live.keep_changes(0);
        Self { version: live.version(), copy: all_calls(live), told: 0 }
    }

    /// Asks once, as a cluster does, and compares the copy with the model.
    pub(crate) fn follow(&mut self, live: &mut Live, seed: u64) {
        if self.version < live.forgotten_version() {
            self.copy = all_calls(live);
        } else {
            let ended =
                live.ended_since(self.version).map(|(version, call)| (*version, call.id().to_vec(), None));
            let mut found: Vec<_> = ended.collect();
            for (version, key) in live.changed_since(self.version) {
                let call = live.call(key).expect("it goes on");
                found.push((version, call.id().to_vec(), Some(call_text(live, call))));
            }
            found.sort();
            self.told += found.len();
            for (_, id, call) in found {
                match call {
                    Some(call) => drop(self.copy.insert(id, call)),
                    None => drop(self.copy.remove(&id)),
                }
            }
        }
        self.version = live.version();
        let all = all_calls(live);
        if self.copy != all {
            let differs = |id: &&Vec<u8>| self.copy.get(*id) != all.get(*id);
            let ids: Vec<_> = self.copy.keys().chain(all.keys()).filter(differs).collect();
            let id = ids[0];
            panic!(
                "seed {seed}: the copy has {}, and the model {}",
                self.copy.get(id).map_or("nothing", String::as_str),
                all.get(id).map_or("nothing", String::as_str),
            );
        }
    }
}
