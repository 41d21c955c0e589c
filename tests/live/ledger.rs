//! The news of each call, checked: each edge comes once, in the order of a call's life.

use std::collections::BTreeMap;

use apn_ami::live::{Call, Edges, Live, News, Outcome, QueueChanges};

use crate::names::names;

/// The news so far, by the id that the call had at that time.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    told: BTreeMap<String, Vec<Edges>>,
    queues: BTreeMap<String, Vec<String>>,
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    faults: Vec<String>,
}

impl Ledger {
    /// Takes all news of the model.
    pub(crate) fn take(&mut self, live: &mut Live) {
        while let Some(news) = live.pop_news() {
            match news {
                News::Goes(key, edges) => {
                    let id = live.call(key).map(id_of).unwrap_or_default();
                    self.note(&id, edges);
                }
                News::Ended(call, edges) => {
                    let id = id_of(&call);
                    self.note(&id, edges);
                    if let Some(outcome) = call.outcome() {
                        self.outcomes.insert(id, outcome);
                    }
                }
                News::Queue(key, changes) => {
                    let name = live.queue(key).map(|queue| queue.name().to_vec()).unwrap_or_default();
                    self.note_queue(&name, changes);
                }
                News::QueueGone(queue, changes) => self.note_queue(queue.name(), changes),
                News::State(_) | News::QueueState(_) => {}
            }
        }
    }

    fn note_queue(&mut self, name: &[u8], changes: QueueChanges) {
        let told = self.queues.entry(String::from_utf8_lossy(name).into_owned()).or_default();
        told.push(names(&changes).join("+"));
    }

    /// What was told of a queue since the last look.
    pub(crate) fn take_queue(&mut self, name: &str) -> Vec<String> {
        self.queues.remove(name).unwrap_or_default()
    }

    fn note(&mut self, id: &str, edges: Edges) {
        let told = self.told.entry(id.to_owned()).or_default();
        for edge in edges.iter() {
            let may_come_again =
                Edges::HELD | Edges::RESUMED | Edges::CONNECTED | Edges::TRANSFERRED | Edges::PARKED;
            let is_first = told.is_empty() == (edge == Edges::STARTED);
            let is_again = told.contains(&edge) && !may_come_again.contains(edge);
            if is_over(told) || is_again || !is_first {
                self.faults.push(format!("{id}: {edge:?} after {told:?}"));
            }
            told.push(edge);
        }
    }

    /// The edges of a call so far.
    pub(crate) fn of(&self, id: &[u8]) -> Vec<String> {
        let told = self.told.get(&*String::from_utf8_lossy(id));
        told.into_iter().flatten().flat_map(names).collect()
    }

    pub(crate) fn len(&self) -> usize {
        self.told.len()
    }

    /// Edges that came twice, too late or before the start, and calls for which the news and the model
    /// disagree.
    pub(crate) fn faults(&self, live: &Live) -> Vec<String> {
        let mut faults = self.faults.clone();
        let alive: Vec<_> = live.calls().map(|(_, call)| id_of(call)).collect();
        for (id, told) in &self.told {
            if is_over(told) == alive.contains(id) {
                faults.push(format!("{id}: told {told:?}, goes on: {}", alive.contains(id)));
            }
        }
        for id in alive.iter().filter(|id| !self.told.contains_key(*id)) {
            faults.push(format!("{id}: goes on, and nothing was told"));
        }
        faults
    }
}

fn is_over(told: &[Edges]) -> bool {
    told.iter().any(|edge| (Edges::MERGED | Edges::ENDED).contains(*edge))
}

fn id_of(call: &Call) -> String {
    String::from_utf8_lossy(call.id()).into_owned()
}
