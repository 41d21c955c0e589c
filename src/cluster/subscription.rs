//! Who wants which events: decided before a message is even copied.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasherDefault;

use rustc_hash::FxHasher;
use smallvec::SmallVec;

use super::ServerId;
use crate::glob::Glob;
use crate::limits::EVENT_NAMES_MAX;
use crate::wire::Message;

/// What a listener asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only this server's events.
    pub server: Option<ServerId>,
    /// Event names in any case, or patterns with `*`; any of them.
    pub names: Vec<Glob>,
    /// Headers that must match, all of them.
    pub headers: Vec<HeaderFilter>,
}

/// A header that must have one of these values. Of a repeated header any value counts; a missing one
/// never matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderFilter {
    /// The header's name, in any case.
    pub header: Vec<u8>,
    /// Any of these.
    pub values: Vec<ValueFilter>,
}

/// One value that a header may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFilter {
    /// Exactly this.
    Exact(Vec<u8>),
    /// This pattern.
    Pattern(Glob),
}

/// Names one subscription; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(pub u64);

/// The subscriptions that an event is for, oldest first.
pub type Listeners = SmallVec<[SubscriptionId; 4]>;

/// All subscriptions of a cluster.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    filters: BTreeMap<SubscriptionId, EventFilter>,
    last: u64,
    /// Changes with every change, so that what servers remember is known to be old.
    generation: u64,
}

/// What one server remembers of each event name it has seen.
#[derive(Debug, Default)]
pub(super) struct EventNames {
    names: HashMap<Box<[u8]>, NameEntry, BuildHasherDefault<FxHasher>>,
    /// Counts for names beyond the bound.
    others: NameCounters,
}

#[derive(Debug)]
struct NameEntry {
    generation: u64,
    listeners: Listeners,
    counters: NameCounters,
}

/// What became of the events of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameCounters {
    /// They came.
    pub received: u64,
    /// Nobody wanted them.
    pub filtered: u64,
    /// The queue was full.
    pub dropped: u64,
}

impl Subscriptions {
    pub(super) fn insert(&mut self, filter: EventFilter) -> SubscriptionId {
        self.last += 1;
        self.generation += 1;
        let id = SubscriptionId(self.last);
        self.filters.insert(id, filter);
        id
    }

    pub(super) fn remove(&mut self, id: SubscriptionId) -> bool {
        self.generation += 1;
        self.filters.remove(&id).is_some()
    }

    pub(super) fn remove_server(&mut self, server: ServerId) {
        self.generation += 1;
        self.filters.retain(|_, filter| filter.server != Some(server));
    }

    pub(super) fn filters(&self) -> impl Iterator<Item = &EventFilter> {
        self.filters.values()
    }

    /// Those that want this event of this server, by name and headers.
    pub(super) fn listeners(&self, server: ServerId, message: &Message) -> Listeners {
        let name = message.name();
        self.filters
            .iter()
            .filter(|(_, filter)| filter.wants_name(server, name) && filter.wants_headers(message))
            .map(|(id, _)| *id)
            .collect()
    }

    fn by_name(&self, server: ServerId, name: &[u8]) -> Listeners {
        self.filters.iter().filter(|(_, filter)| filter.wants_name(server, name)).map(|(id, _)| *id).collect()
    }

    fn any_wants(&self, ids: &[SubscriptionId], frame: &[u8]) -> bool {
        let mut message = None;
        ids.iter().filter_map(|id| self.filters.get(id)).any(|filter| {
            filter.headers.is_empty() || {
                let message = message.get_or_insert_with(|| Message::from_frame(frame));
                filter.wants_headers(message)
            }
        })
    }
}

impl EventFilter {
    fn wants_name(&self, server: ServerId, name: &[u8]) -> bool {
        self.server.is_none_or(|own| own == server) && self.names.iter().any(|glob| glob.matches(name))
    }

    fn wants_headers(&self, message: &Message) -> bool {
        self.headers.iter().all(|filter| filter.matches(message))
    }
}

impl HeaderFilter {
    fn matches(&self, message: &Message) -> bool {
        message.all(&self.header).any(|value| self.values.iter().any(|wanted| wanted.matches(&value)))
    }
}

impl ValueFilter {
    fn matches(&self, value: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => exact == value,
            Self::Pattern(glob) => glob.matches(value),
        }
    }
}

impl EventNames {
    /// Counts an event and says whether anybody wants it.
    pub(super) fn wants(&mut self, server: ServerId, name: &[u8], frame: &[u8], all: &Subscriptions) -> bool {
        let lower = lower_case(name);
        if let Some(entry) = self.names.get_mut(lower.as_slice()) {
            return entry.wants(server, name, frame, all);
        }
        if self.names.len() >= EVENT_NAMES_MAX {
            let wanted = all.any_wants(&all.by_name(server, name), frame);
            self.others.received += 1;
            self.others.filtered += u64::from(!wanted);
            return wanted;
        }
        let fresh = NameEntry {
            generation: all.generation,
            listeners: all.by_name(server, name),
            counters: NameCounters::default(),
        };
        self.names.entry(lower.as_slice().into()).or_insert(fresh).wants(server, name, frame, all)
    }

    /// Those that want an event which was queued; as [`Subscriptions::listeners`], remembered by name.
    pub(super) fn listeners(
        &mut self,
        server: ServerId,
        message: &Message,
        all: &Subscriptions,
    ) -> Listeners {
        let lower = lower_case(message.name());
        let Some(entry) = self.names.get_mut(lower.as_slice()) else { return all.listeners(server, message) };
        entry.refresh(server, message.name(), all);
        let wants =
            |id: &SubscriptionId| all.filters.get(id).is_some_and(|filter| filter.wants_headers(message));
        entry.listeners.iter().copied().filter(wants).collect()
    }

    pub(super) fn on_dropped(&mut self, name: &[u8]) {
        let lower = lower_case(name);
        match self.names.get_mut(lower.as_slice()) {
            Some(entry) => entry.counters.dropped += 1,
            None => self.others.dropped += 1,
        }
    }

    /// Counts by lower-case name; names beyond the bound together under `""`.
    pub(super) fn counters(&self) -> impl Iterator<Item = (Cow<'_, str>, NameCounters)> {
        let others = (self.others != NameCounters::default()).then_some((Cow::Borrowed(""), self.others));
        self.names.iter().map(|(name, entry)| (String::from_utf8_lossy(name), entry.counters)).chain(others)
    }
}

impl NameEntry {
    fn wants(&mut self, server: ServerId, name: &[u8], frame: &[u8], all: &Subscriptions) -> bool {
        self.refresh(server, name, all);
        let wanted = !self.listeners.is_empty() && all.any_wants(&self.listeners, frame);
        self.counters.received += 1;
        self.counters.filtered += u64::from(!wanted);
        wanted
    }

    fn refresh(&mut self, server: ServerId, name: &[u8], all: &Subscriptions) {
        if self.generation != all.generation {
            self.generation = all.generation;
            self.listeners = all.by_name(server, name);
        }
    }
}

fn lower_case(name: &[u8]) -> SmallVec<[u8; 64]> {
    name.iter().map(u8::to_ascii_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(index: u32) -> ServerId {
        ServerId { index, generation: 0 }
    }

    fn filter(names: &[&str]) -> EventFilter {
        EventFilter { names: names.iter().map(Glob::any_case).collect(), ..EventFilter::default() }
    }

    fn exact(header: &str, values: &[&str]) -> HeaderFilter {
        let values = values.iter().map(|value| ValueFilter::Exact(value.as_bytes().to_vec())).collect();
        HeaderFilter { header: header.as_bytes().to_vec(), values }
    }

    fn wants(names: &mut EventNames, all: &Subscriptions, at: ServerId, frame: &str) -> bool {
        let message = Message::from_frame(frame.as_bytes());
        let wanted = names.wants(at, message.name(), frame.as_bytes(), all);
        assert_eq!(wanted, !names.listeners(at, &message, all).is_empty());
        wanted
    }

    #[test]
    fn names_match_in_any_case_and_by_pattern_and_follow_new_subscriptions() {
        let (mut all, mut names) = (Subscriptions::default(), EventNames::default());
        assert!(!wants(&mut names, &all, server(0), "Event: Newexten\r\n"));
        let first = all.insert(filter(&["NewExten", "Queue*"]));
        assert!(wants(&mut names, &all, server(0), "Event: Newexten\r\n"));
        assert!(wants(&mut names, &all, server(0), "Event: QueueMemberStatus\r\n"));
        assert!(!wants(&mut names, &all, server(0), "Event: Hangup\r\n"));
        assert!(all.remove(first) && !all.remove(first));
        assert!(!wants(&mut names, &all, server(0), "Event: Newexten\r\n"));
    }

    #[test]
    fn a_subscription_of_one_server_hears_no_other() {
        let (mut all, mut names) = (Subscriptions::default(), EventNames::default());
        all.insert(EventFilter { server: Some(server(1)), ..filter(&["*"]) });
        assert!(!wants(&mut names, &all, server(0), "Event: A\r\n"));
        assert!(wants(&mut EventNames::default(), &all, server(1), "Event: A\r\n"));
    }

    #[test]
    fn every_header_must_match_and_of_a_repeated_one_any_value_may() {
        let (mut all, mut names) = (Subscriptions::default(), EventNames::default());
        let pattern = ValueFilter::Pattern(Glob::exact_case("PJSIP/*"));
        all.insert(EventFilter {
            headers: vec![
                exact("queue", &["sales", "support"]),
                HeaderFilter { header: b"Contact".to_vec(), values: vec![pattern] },
            ],
            ..filter(&["A"])
        });
        let both = "Event: A\r\nQueue: support\r\nContact: SIP/1\r\nContact: PJSIP/2\r\n";
        assert!(wants(&mut names, &all, server(0), both));
        assert!(!wants(&mut names, &all, server(0), &both.replace("support", "Support")));
        assert!(!wants(&mut names, &all, server(0), "Event: A\r\nQueue: support\r\n"));
    }

    #[test]
    fn counts_are_kept_by_name_up_to_a_bound() {
        let (all, mut names) = (Subscriptions::default(), EventNames::default());
        for number in 0..EVENT_NAMES_MAX + 10 {
            let frame = format!("Event: E{number}\r\n");
            wants(&mut names, &all, server(0), &frame);
        }
        names.on_dropped(b"e1");
        let counters: HashMap<_, _> = names.counters().collect();
        assert_eq!(counters["e1"], NameCounters { received: 1, filtered: 1, dropped: 1 });
        assert_eq!(counters[""].received, 10);
        assert_eq!(names.names.len(), EVENT_NAMES_MAX);
    }
}
