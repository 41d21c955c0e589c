//! A copy of a model's queues that is kept by asking what changed.

use std::collections::BTreeMap;

use apn_ami::live::{Live, Queue};

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
