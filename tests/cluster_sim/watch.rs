//! Checks of everything that is delivered for one server, in the order of delivery.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use apn_ami::cluster::{DeliveryKind, LiveNews, Notification, SubscriptionId};
use apn_ami::error::DisconnectReason;
use apn_ami::node::{ConnectionState, OutcomeCell};
use apn_ami::wire::Message;

/// An event with which the fake names the session that it writes to, in the header `Of`.
pub(crate) const TAGGED: &str = "Tagged";

/// An event that the fake sends before a login. It must never be delivered.
pub(crate) const EARLY: &str = "Early";

/// A delivery.
#[derive(Clone, Debug)]
pub(crate) enum Seen {
    Event { message: Message, listeners: Vec<SubscriptionId> },
    Changed { to: ConnectionState, reason: Option<DisconnectReason> },
    Gap { from: Duration, to: Duration, reason: Option<DisconnectReason>, dropped: u64 },
    Ended { cell: Arc<OutcomeCell> },
    Live(LiveNews),
}

/// The state of one server as its deliveries show it.
#[derive(Debug)]
pub(crate) struct Watch {
    key: String,
    state: ConnectionState,
    /// Number of sessions that became Ready.
    session: u64,
    last_sequence: u64,
    /// Number of events reported as dropped since the last event.
    dropped_since: u64,
    pub(crate) dropped: u64,
    /// A session followed a lost one, so the next delivery must be a gap.
    owes_gap: bool,
    /// Actions whose ending was not delivered yet, and the session in which each was sent.
    open: BTreeMap<u64, u64>,
    /// Sequences of all actions.
    sent: Vec<u64>,
    pub(crate) endings: u64,
    pub(crate) seen: Vec<Seen>,
}

impl Watch {
    pub(crate) fn new(key: &str) -> Self {
        Self {
            key: key.to_owned(),
            state: ConnectionState::Disconnected,
            session: 0,
            last_sequence: 0,
            dropped_since: 0,
            dropped: 0,
            owes_gap: false,
            open: BTreeMap::new(),
            sent: Vec::new(),
            endings: 0,
            seen: Vec::new(),
        }
    }

    pub(crate) fn on_sent(&mut self, sequence: u64, session: u64) {
        let before = self.open.insert(sequence, session);
        assert_eq!(before, None, "{}: two actions have the sequence {sequence}", self.key);
        assert!(self.sent.last().is_none_or(|last| *last < sequence), "{}: ids in order", self.key);
        self.sent.push(sequence);
    }

    /// Sequences of all actions, in order.
    pub(crate) fn sent(&self) -> &[u64] {
        &self.sent
    }

    /// Number of actions whose ending was not delivered.
    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn on_delivery(&mut self, kind: DeliveryKind) {
        let is_gap_of_loss =
            matches!(&kind, DeliveryKind::Notification(Notification::Gap { reason, .. }) if reason.is_some());
        assert_eq!(
            std::mem::take(&mut self.owes_gap),
            is_gap_of_loss,
            "{}: a session after a lost one begins with a gap, and only that: {kind:?}",
            self.key
        );
        let seen = match kind {
            DeliveryKind::Event { message, listeners } => {
                self.on_event(&message);
                Seen::Event { message, listeners: listeners.into_vec() }
            }
            DeliveryKind::Live(news) => Seen::Live(news),
            DeliveryKind::Notification(Notification::Changed { from, to, reason, detail: _ }) => {
                self.on_changed(from, to, reason);
                Seen::Changed { to, reason }
            }
            DeliveryKind::Notification(Notification::Gap { from, to, reason, dropped }) => {
                assert_eq!(reason.is_none(), dropped > 0, "{}: a gap of either kind", self.key);
                self.dropped_since += dropped;
                self.dropped += dropped;
                Seen::Gap { from, to, reason, dropped }
            }
            DeliveryKind::Notification(Notification::Ended { sequence, cell }) => {
                self.on_ended(sequence, &cell);
                Seen::Ended { cell }
            }
        };
        self.seen.push(seen);
    }

    fn on_event(&mut self, message: &Message) {
        let (key, stamp) = (&self.key, message.stamp());
        assert_eq!(self.state, ConnectionState::Ready, "{key}: {message:?} was delivered");
        assert!(!message.is_event(EARLY), "{key}: what came before the login was delivered");
        assert_eq!(stamp.session, self.session, "{key}: {message:?} came in another session");
        let expected = self.last_sequence + std::mem::take(&mut self.dropped_since) + 1;
        assert_eq!(stamp.sequence, expected, "{key}: holes are what gaps told");
        self.last_sequence = stamp.sequence;
    }

    fn on_changed(&mut self, from: ConnectionState, to: ConnectionState, reason: Option<DisconnectReason>) {
        let key = &self.key;
        assert_eq!(from, self.state, "{key}: a change begins where the last one ended");
        assert_ne!(from, to, "{key}: a change changes something");
        assert_eq!(reason.is_some(), to == ConnectionState::Disconnected, "{key}: only an end has a reason");
        self.state = to;
        if to == ConnectionState::Ready {
            self.session += 1;
            self.owes_gap = self.session > 1;
        }
        if to == ConnectionState::Disconnected {
            let left: Vec<_> = self.open.iter().filter(|(_, session)| **session <= self.session).collect();
            assert!(
                left.is_empty(),
                "{key}: the session's end came before the ends of its actions: {left:?}"
            );
        }
    }

    fn on_ended(&mut self, sequence: u64, cell: &OutcomeCell) {
        let key = &self.key;
        let Some(session) = self.open.remove(&sequence) else {
            panic!("{key}: action {sequence} ({}) ended twice, or was never sent", cell.action());
        };
        self.endings += 1;
        assert_eq!(session, self.session, "{key}: action {sequence} ended in another session");
        let Some(outcome) = cell.outcome() else {
            panic!("{key}: action {sequence} ended without an outcome")
        };
        if let Ok(answer) = outcome {
            let is_originate = cell.action().eq_ignore_ascii_case("Originate");
            for message in answer.events.iter().chain(answer.complete.as_deref()) {
                let is_public =
                    message.is_event("UserEvent") || (message.is_event("OriginateResponse") && !is_originate);
                assert!(
                    !is_public,
                    "{key}: {message:?}, which anybody can forge, came into {}",
                    cell.action()
                );
            }
            for message in answer.events.iter().chain(answer.complete.as_deref()) {
                assert_eq!(message.stamp().session, session, "{key}: {message:?} is of another session");
            }
        }
    }

    /// Checks that every wanted event was delivered or reported as dropped.
    pub(crate) fn check_drained(&self, wanted: u64) {
        let told = self.last_sequence + self.dropped_since;
        assert_eq!(told, wanted, "{}: every wanted event was delivered or told as dropped", self.key);
    }

    /// Checks that the events tagged for one session of the fake were delivered in one session only.
    pub(crate) fn check_tags(&self) {
        let (mut sessions, mut tags) = (BTreeMap::new(), BTreeMap::new());
        for event in self.events().filter(|event| event.is_event(TAGGED)) {
            let (tag, session) = (event.get(b"Of").unwrap_or_default(), event.stamp().session);
            let first = *sessions.entry(tag.clone().into_owned()).or_insert(session);
            assert_eq!(first, session, "{}: {event:?} of the link {tag:?} in two sessions", self.key);
            let first = tags.entry(session).or_insert_with(|| tag.clone());
            assert_eq!(*first, tag, "{}: session {session} heard two links", self.key);
        }
    }

    pub(crate) fn events(&self) -> impl Iterator<Item = &Message> {
        self.seen.iter().filter_map(|seen| match seen {
            Seen::Event { message, .. } => Some(message),
            Seen::Changed { .. } | Seen::Gap { .. } | Seen::Ended { .. } | Seen::Live(_) => None,
        })
    }

    /// Number of delivered events of this name.
    pub(crate) fn events_named(&self, name: &str) -> usize {
        self.events().filter(|event| event.is_event(name)).count()
    }

    /// The states of the session, each with the reason of a disconnect.
    pub(crate) fn changes(&self) -> Vec<(ConnectionState, Option<DisconnectReason>)> {
        let change = |seen: &Seen| match seen {
            Seen::Changed { to, reason, .. } => Some((*to, *reason)),
            Seen::Event { .. } | Seen::Gap { .. } | Seen::Ended { .. } | Seen::Live(_) => None,
        };
        self.seen.iter().filter_map(change).collect()
    }

    /// Number of ends that were requested.
    pub(crate) fn requested_ends(&self) -> usize {
        self.ends().iter().filter(|why| **why == DisconnectReason::Requested).count()
    }

    /// The reasons why sessions and attempts ended, in order.
    pub(crate) fn ends(&self) -> Vec<DisconnectReason> {
        self.changes().into_iter().filter_map(|(_, reason)| reason).collect()
    }

    /// The deliveries in order, each as a word.
    pub(crate) fn story(&self) -> Vec<String> {
        self.seen
            .iter()
            .map(|seen| match seen {
                Seen::Event { message, .. } => String::from_utf8_lossy(message.name()).into_owned(),
                Seen::Changed { to, .. } => to.to_string(),
                Seen::Gap { reason: Some(reason), .. } => format!("gap {reason}"),
                Seen::Gap { reason: None, dropped, .. } => format!("gap of {dropped}"),
                Seen::Live(news) => format!("{news:?}"),
                Seen::Ended { cell, .. } => format!("end of {}", cell.action()),
            })
            .collect()
    }
}
