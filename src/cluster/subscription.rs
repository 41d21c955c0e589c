//! Which listeners receive an event: decided before the message is copied.

use std::borrow::Cow;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::event_classes::{ClassCounts, ClassTable, Classes};
use crate::glob::Glob;
use crate::limits::{EVENT_NAME_BYTES_MAX, EVENT_NAMES_MAX};
use crate::record::clipped;
use crate::vocabulary::ServerId;
use crate::wire::{Message, Stamp};

/// The events that a listener subscribes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Only this server's events.
    pub server: Option<ServerId>,
    /// Event names in any case, or patterns with `*`. An event must match one of them.
    pub names: Vec<Glob>,
    /// Conditions on headers. An event must meet all of them.
    pub headers: Vec<HeaderFilter>,
}

/// A header that must have one of these values. If the header is repeated, any of its values may match. A
/// missing header never matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderFilter {
    /// The header's name, in any case.
    pub header: Vec<u8>,
    /// The allowed values.
    pub values: Vec<ValueFilter>,
}

/// One value that a header may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFilter {
    /// Exactly these bytes.
    Exact(Vec<u8>),
    /// Any value that matches this pattern.
    Pattern(Glob),
}

/// The id of one subscription, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SubscriptionId(pub u64);

/// The subscriptions that an event matches, oldest first.
pub type Listeners = SmallVec<[SubscriptionId; 2]>;

#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    filters: BTreeMap<SubscriptionId, EventFilter>,
    /// Subscriptions to all servers.
    everywhere: Scope,
    /// Subscriptions to one server each.
    by_server: FxHashMap<ServerId, Scope>,
    /// Parsed when it is first needed.
    classes: Option<ClassTable>,
    /// Unknown names that were reported already, in lower case; at most `EVENT_NAMES_MAX`.
    reported_names: BTreeSet<Vec<u8>>,
    last: u64,
    /// Increases with every change, so that servers notice when their cached listeners are out of date.
    generation: u64,
}

/// The subscriptions to all servers, or to one server, indexed by name, so that an event finds its
/// subscriptions without a look at the others.
#[derive(Debug, Default)]
struct Scope {
    /// Subscriptions by event name, in lower case.
    names: FxHashMap<Box<[u8]>, BTreeSet<SubscriptionId>>,
    /// Subscriptions that have a pattern among their names.
    patterns: BTreeSet<SubscriptionId>,
    classes: ClassCounts,
}

/// The servers that need other event classes after a subscription was added or removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClassChange {
    None,
    Of(ServerId),
    Everywhere,
}

/// What one server has cached for each event name that it has seen.
#[derive(Debug, Default)]
pub(super) struct EventNames {
    /// Names as they are spelled on the wire. A server always spells an event the same way, so the usual
    /// look-up needs no conversion to lower case.
    spellings: FxHashMap<Box<[u8]>, NameIndex>,
    entries: Vec<NameEntry>,
    /// Counters of the names beyond the bound.
    others: NameCounters,
}

/// Index of an event name in `EventNames::entries`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NameIndex(pub(super) u32);

/// The result of matching an event before it is copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// The event matches a subscription.
    pub(super) is_wanted: bool,
    /// The event is dropped only if no unprotected event is left to drop.
    pub(super) is_protected: bool,
    pub(super) name: NameIndex,
}

#[derive(Debug)]
struct NameEntry {
    name: Box<[u8]>,
    is_protected: bool,
    generation: u64,
    listeners: Listeners,
    /// At least one of the listeners has conditions on headers.
    has_conditions: bool,
    counters: NameCounters,
}

/// Counters of the events of one name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameCounters {
    /// Events received.
    pub received: u64,
    /// Events that matched no subscription.
    pub filtered: u64,
    /// Events dropped by a full queue.
    pub dropped: u64,
}

impl Subscriptions {
    pub(super) fn is_empty(&self) -> bool {
        self.filters.is_empty()
    }

    /// The names of the filter that no known event has and that were not reported yet, each with the nearest
    /// known name. Patterns are not checked: a pattern may match events that the table does not list.
    pub(super) fn unknown_names(&mut self, filter: &EventFilter) -> Vec<(String, &'static str)> {
        let table = self.classes.get_or_insert_with(ClassTable::new);
        let mut found = Vec::new();
        for name in &filter.names {
            let Some(lower) = name.only_name() else { continue };
            let shown = clipped(name.pattern());
            if !table.knows(&shown)
                && self.reported_names.len() < EVENT_NAMES_MAX
                && self.reported_names.insert(lower)
            {
                let nearest = table.nearest(&shown).unwrap_or_default();
                found.push((shown, nearest));
            }
        }
        found
    }

    pub(super) fn insert(&mut self, filter: EventFilter) -> (SubscriptionId, ClassChange) {
        self.last += 1;
        self.generation += 1;
        let id = SubscriptionId(self.last);
        let classes = self.classes.get_or_insert_with(ClassTable::new).of(&filter.names);
        let scope = match filter.server {
            None => &mut self.everywhere,
            Some(server) => self.by_server.entry(server).or_default(),
        };
        scope.insert(id, &filter.names);
        let is_change = scope.classes.add(classes);
        let change = ClassChange::of(is_change, filter.server);
        self.filters.insert(id, filter);
        (id, change)
    }

    /// `None` if the subscription does not exist.
    pub(super) fn remove(&mut self, id: SubscriptionId) -> Option<ClassChange> {
        let filter = self.filters.remove(&id)?;
        self.generation += 1;
        let classes = self.classes.get_or_insert_with(ClassTable::new).of(&filter.names);
        let scope = match filter.server {
            None => &mut self.everywhere,
            Some(server) => self.by_server.get_mut(&server)?,
        };
        scope.remove(id, &filter.names);
        Some(ClassChange::of(scope.classes.remove(classes), filter.server))
    }

    pub(super) fn remove_server(&mut self, server: ServerId) {
        self.generation += 1;
        if self.by_server.remove(&server).is_some() {
            self.filters.retain(|_, filter| filter.server != Some(server));
        }
    }

    /// The event classes that the subscriptions to a server need.
    pub(super) fn classes(&self, server: ServerId) -> Classes {
        let own = self.by_server.get(&server).map_or_else(Classes::default, |scope| scope.classes.needed());
        self.everywhere.classes.needed().and(own)
    }

    /// The subscriptions that match this event of this server, by name and headers.
    pub(super) fn listeners(&self, server: ServerId, message: &Message) -> Listeners {
        let mut listeners = self.by_name(server, message.name());
        listeners.retain(|id| self.filters.get(id).is_some_and(|filter| filter.wants_headers(message)));
        listeners
    }

    /// The subscriptions that match a name, oldest first.
    fn by_name(&self, server: ServerId, name: &[u8]) -> Listeners {
        let lower = name.to_ascii_lowercase();
        let mut found = Listeners::new();
        for scope in [Some(&self.everywhere), self.by_server.get(&server)].into_iter().flatten() {
            found.extend(scope.names.get(&*lower).into_iter().flatten().copied());
            let fits =
                |id: &&SubscriptionId| self.filters.get(id).is_some_and(|filter| filter.wants_name(name));
            found.extend(scope.patterns.iter().filter(fits).copied());
        }
        found.sort_unstable();
        // A filter may list a name twice, or list a name and a pattern that matches it.
        found.dedup();
        found
    }

    fn has_conditions(&self, id: SubscriptionId) -> bool {
        self.filters.get(&id).is_some_and(|filter| !filter.headers.is_empty())
    }

    fn any_wants(&self, ids: &[SubscriptionId], frame: &[u8], stamp: Stamp) -> bool {
        let mut message = None;
        ids.iter().filter_map(|id| self.filters.get(id)).any(|filter| {
            filter.headers.is_empty() || {
                let message = message.get_or_insert_with(|| Message::stamped(frame, stamp));
                filter.wants_headers(message)
            }
        })
    }
}

impl Scope {
    fn insert(&mut self, id: SubscriptionId, names: &[Glob]) {
        for name in names {
            match name.only_name() {
                Some(name) => _ = self.names.entry(name.into()).or_default().insert(id),
                None => _ = self.patterns.insert(id),
            }
        }
    }

    fn remove(&mut self, id: SubscriptionId, names: &[Glob]) {
        self.patterns.remove(&id);
        for name in names.iter().filter_map(Glob::only_name) {
            if let Entry::Occupied(mut entry) = self.names.entry(name.into()) {
                entry.get_mut().remove(&id);
                if entry.get().is_empty() {
                    entry.remove();
                }
            }
        }
    }
}

impl ClassChange {
    fn of(is_change: bool, server: Option<ServerId>) -> Self {
        match (is_change, server) {
            (false, _) => Self::None,
            (true, Some(server)) => Self::Of(server),
            (true, None) => Self::Everywhere,
        }
    }
}

impl EventFilter {
    fn wants_name(&self, name: &[u8]) -> bool {
        self.names.iter().any(|glob| glob.matches(name))
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
    /// True where it is this value.
    #[must_use]
    pub fn matches(&self, value: &[u8]) -> bool {
        match self {
            Self::Exact(exact) => exact == value,
            Self::Pattern(glob) => glob.matches(value),
        }
    }
}

impl NameIndex {
    /// Stands for all names beyond the bound.
    const OTHER: Self = Self(u32::MAX);
}

impl EventNames {
    /// Counts an event, and decides whether it matches a subscription.
    pub(super) fn judge(
        &mut self,
        server: ServerId,
        name: &[u8],
        frame: &[u8],
        stamp: Stamp,
        all: &Subscriptions,
        protected: &[Glob],
    ) -> Verdict {
        let index = match self.spellings.get(name) {
            Some(index) => *index,
            None => self.learn(name, protected),
        };
        let Some(entry) = self.entries.get_mut(index.0 as usize) else {
            let is_wanted = all.any_wants(&all.by_name(server, name), frame, stamp);
            self.others.count(is_wanted);
            let is_protected = protected.iter().any(|glob| glob.matches(name));
            return Verdict { is_wanted, is_protected, name: index };
        };
        entry.refresh(server, all);
        let is_wanted = !entry.listeners.is_empty()
            && (!entry.has_conditions || all.any_wants(&entry.listeners, frame, stamp));
        entry.counters.count(is_wanted);
        Verdict { is_wanted, is_protected: entry.is_protected, name: index }
    }

    /// The listeners of a queued event. The result is that of [`Subscriptions::listeners`], with the listeners
    /// by name taken from the cache.
    pub(super) fn listeners(
        &mut self,
        server: ServerId,
        name: NameIndex,
        message: &Message,
        all: &Subscriptions,
    ) -> Listeners {
        let Some(entry) = self.entries.get_mut(name.0 as usize) else {
            return all.listeners(server, message);
        };
        entry.refresh(server, all);
        if !entry.has_conditions {
            return entry.listeners.clone();
        }
        let wants =
            |id: &SubscriptionId| all.filters.get(id).is_some_and(|filter| filter.wants_headers(message));
        entry.listeners.iter().copied().filter(wants).collect()
    }

    pub(super) fn on_dropped(&mut self, name: NameIndex) {
        match self.entries.get_mut(name.0 as usize) {
            Some(entry) => entry.counters.dropped += 1,
            None => self.others.dropped += 1,
        }
    }

    /// Counters by lower-case name. The names beyond the bound share the entry `""`.
    pub(super) fn counters(&self) -> impl Iterator<Item = (Cow<'_, str>, NameCounters)> {
        let others = (self.others != NameCounters::default()).then_some((Cow::Borrowed(""), self.others));
        self.entries.iter().map(|entry| (String::from_utf8_lossy(&entry.name), entry.counters)).chain(others)
    }

    /// Stores a new spelling of an event name, and returns its index. Returns `NameIndex::OTHER` if the bound
    /// is reached or the name is too long.
    fn learn(&mut self, name: &[u8], protected: &[Glob]) -> NameIndex {
        if self.spellings.len() >= EVENT_NAMES_MAX || name.len() > EVENT_NAME_BYTES_MAX {
            return NameIndex::OTHER;
        }
        let lower = name.to_ascii_lowercase();
        let known = self.entries.iter().position(|entry| *entry.name == *lower);
        let at = known.unwrap_or_else(|| {
            self.entries.push(NameEntry {
                is_protected: protected.iter().any(|glob| glob.matches(name)),
                name: lower.into(),
                generation: 0,
                listeners: Listeners::new(),
                has_conditions: false,
                counters: NameCounters::default(),
            });
            self.entries.len() - 1
        });
        let index = u32::try_from(at).map_or(NameIndex::OTHER, NameIndex);
        self.spellings.insert(name.into(), index);
        index
    }
}

impl NameEntry {
    fn refresh(&mut self, server: ServerId, all: &Subscriptions) {
        if self.generation != all.generation {
            self.generation = all.generation;
            self.listeners = all.by_name(server, &self.name);
            self.has_conditions = self.listeners.iter().any(|id| all.has_conditions(*id));
        }
    }
}

impl NameCounters {
    fn count(&mut self, is_wanted: bool) {
        self.received += 1;
        self.filtered += u64::from(!is_wanted);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn server(index: u32) -> ServerId {
        ServerId::of_index(index)
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
        let verdict = names.judge(
            at,
            message.name(),
            frame.as_bytes(),
            Stamp::default(),
            all,
            &[Glob::any_case("Hangup")],
        );
        assert_eq!(verdict.is_wanted, !names.listeners(at, verdict.name, &message, all).is_empty());
        assert_eq!(verdict.is_protected, message.is_event("Hangup"));
        verdict.is_wanted
    }

    #[test]
    fn names_match_in_any_case_and_by_pattern_and_follow_new_subscriptions() {
        let (mut all, mut names) = (Subscriptions::default(), EventNames::default());
        assert!(!wants(&mut names, &all, server(0), "Event: Newexten\r\n"));
        let (first, _) = all.insert(filter(&["NewExten", "Queue*"]));
        assert!(wants(&mut names, &all, server(0), "Event: Newexten\r\n"));
        assert!(wants(&mut names, &all, server(0), "Event: QueueMemberStatus\r\n"));
        assert!(!wants(&mut names, &all, server(0), "Event: Hangup\r\n"));
        assert!(all.remove(first).is_some() && all.remove(first).is_none());
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
    fn one_that_asks_in_many_ways_is_told_once_and_the_oldest_first() {
        let (mut all, mut names) = (Subscriptions::default(), EventNames::default());
        let on = |server, names: &[&str]| EventFilter { server, ..filter(names) };
        let ids: Vec<_> = [
            on(Some(server(0)), &["Hangup", "HANGUP", "H*", "*"]),
            on(None, &["H*"]),
            on(Some(server(1)), &["Hangup"]),
            on(None, &["hangup"]),
            on(Some(server(0)), &["Newchannel"]),
        ]
        .map(|filter| all.insert(filter).0)
        .to_vec();
        let message = Message::from_frame(b"Event: Hangup\r\n");
        assert_eq!(all.listeners(server(0), &message).to_vec(), [ids[0], ids[1], ids[3]]);
        all.remove(ids[0]);
        assert_eq!(all.listeners(server(0), &message).to_vec(), [ids[1], ids[3]]);
        all.remove_server(server(1));
        assert_eq!(all.listeners(server(1), &message).to_vec(), [ids[1], ids[3]]);
        assert!(all.remove(ids[2]).is_none(), "it went with its server");
        assert!(wants(&mut names, &all, server(0), "Event: Hangup\r\n"));
    }

    #[test]
    fn classes_are_those_of_all_subscriptions_and_of_the_servers_own() {
        let mut all = Subscriptions::default();
        let (everywhere, change) = all.insert(filter(&["Hangup"]));
        assert_eq!(change, ClassChange::Everywhere);
        assert_eq!(all.insert(filter(&["Newchannel"])).1, ClassChange::None);
        let own = EventFilter { server: Some(server(1)), ..filter(&["QueueMemberStatus"]) };
        let (own, change) = all.insert(own);
        assert_eq!(change, ClassChange::Of(server(1)));
        assert_eq!([0, 1].map(|at| all.classes(server(at)).mask().usual), ["call", "agent,call"]);
        assert_eq!(all.remove(everywhere), Some(ClassChange::None));
        assert_eq!(all.remove(own), Some(ClassChange::Of(server(1))));
        assert_eq!(all.classes(server(1)).mask().usual, "call");
    }

    #[test]
    fn a_name_too_long_to_be_kept_is_counted_with_the_others_and_heard_all_the_same() {
        let (mut all, mut names) = (Subscriptions::default(), EventNames::default());
        let frame = format!("Event: {}\r\n", "x".repeat(EVENT_NAME_BYTES_MAX + 1));
        assert!(!wants(&mut names, &all, server(0), &frame));
        all.insert(filter(&["x*"]));
        assert!(wants(&mut names, &all, server(0), &frame));
        assert!(names.entries.is_empty() && names.spellings.is_empty());
        assert_eq!(names.counters().next().unwrap().1.received, 2);
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
    fn a_name_in_two_spellings_is_one_name() {
        let (all, mut names) = (Subscriptions::default(), EventNames::default());
        wants(&mut names, &all, server(0), "Event: NewExten\r\n");
        wants(&mut names, &all, server(0), "Event: Newexten\r\n");
        let counters: Vec<_> = names.counters().collect();
        assert_eq!(counters, [("newexten".into(), NameCounters { received: 2, filtered: 2, dropped: 0 })]);
    }

    #[test]
    fn counts_are_kept_by_name_up_to_a_bound() {
        let (all, mut names) = (Subscriptions::default(), EventNames::default());
        for number in 0..EVENT_NAMES_MAX + 10 {
            let frame = format!("Event: E{number}\r\n");
            wants(&mut names, &all, server(0), &frame);
        }
        let verdict = names.judge(server(0), b"E1", b"Event: E1\r\n", Stamp::default(), &all, &[]);
        names.on_dropped(verdict.name);
        let counters: HashMap<_, _> = names.counters().collect();
        assert_eq!(counters["e1"], NameCounters { received: 2, filtered: 2, dropped: 1 });
        assert_eq!(counters[""].received, 10);
        assert_eq!(names.entries.len(), EVENT_NAMES_MAX);
    }
}
