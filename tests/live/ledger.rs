//! What was told of each call: everything once, and in the order of a call's life.

use std::collections::BTreeMap;

use apn_ami::live::{Call, Edges, Live, News, Outcome};

/// What was told so far, by the id that a call had when it was told.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    told: BTreeMap<String, Vec<&'static str>>,
    pub(crate) outcomes: BTreeMap<String, Outcome>,
    faults: Vec<String>,
}

impl Ledger {
    /// Takes the news.
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
                News::State(_) => {}
            }
        }
    }

    fn note(&mut self, id: &str, edges: Edges) {
        let told = self.told.entry(id.to_owned()).or_default();
        for edge in edges.names() {
            let is_over = told.iter().any(|old| matches!(*old, "merged" | "ended"));
            let is_once = !matches!(edge, "held" | "resumed" | "connected" | "transferred");
            let is_first = told.is_empty() == (edge == "started");
            if is_over || (is_once && told.contains(&edge)) || !is_first {
                self.faults.push(format!("{id}: {edge} after {told:?}"));
            }
            told.push(edge);
        }
    }

    /// What was told of a call.
    pub(crate) fn of(&self, id: &[u8]) -> Vec<&'static str> {
        self.told.get(&*String::from_utf8_lossy(id)).cloned().unwrap_or_default()
    }

    pub(crate) fn len(&self) -> usize {
        self.told.len()
    }

    /// What was told twice, too late or without a beginning; calls that go on and are not told, and the other way round.
    pub(crate) fn faults(&self, live: &Live) -> Vec<String> {
        let mut faults = self.faults.clone();
        let alive: Vec<_> = live.calls().map(|(_, call)| id_of(call)).collect();
        for (id, told) in &self.told {
            let is_over = told.iter().any(|edge| matches!(*edge, "merged" | "ended"));
            if is_over == alive.contains(id) {
                faults.push(format!("{id}: told {told:?}, goes on: {}", alive.contains(id)));
            }
        }
        for id in alive.iter().filter(|id| !self.told.contains_key(*id)) {
            faults.push(format!("{id}: goes on, and nothing was told"));
        }
        faults
    }
}

fn id_of(call: &Call) -> String {
    String::from_utf8_lossy(call.id()).into_owned()
}
