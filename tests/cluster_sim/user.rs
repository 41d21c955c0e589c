//! A random user, who opens, closes, sends, cancels, listens, and adds and removes servers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use apn_ami::cluster::{EventFilter, HeaderFilter, SubscriptionId, ValueFilter};
use apn_ami::error::ActionError;
use apn_ami::glob::Glob;
use apn_ami::node::{CompletionPolicy, Strategy, Ticket, TimeoutBehavior};
use fastrand::Rng;

use crate::harness::{Harness, action, millis};

/// The state of a user.
#[derive(Default)]
pub(crate) struct User {
    /// Servers that should be open.
    pub(crate) wanted: BTreeSet<usize>,
    pub(crate) removed: BTreeSet<usize>,
    /// Number of requests to end a session, by server.
    pub(crate) closed: BTreeMap<usize, usize>,
    tickets: Vec<(usize, Ticket)>,
    subscriptions: Vec<SubscriptionId>,
    pub(crate) sent: u64,
    pub(crate) refused: u64,
}

/// An action and its headers.
type Wish = (&'static str, &'static [(&'static str, &'static str)]);

/// Each action ends within a minute, whatever the server does. The first ones are answered at once.
const WISHES: [Wish; 19] = [
    ("Ping", &[]),
    ("QueueStatus", &[]),
    ("CoreShowChannels", &[]),
    ("IAXpeers", &[]),
    ("IAXnetstats", &[]),
    ("PJSIPShowResourceLists", &[]),
    ("SKINNYdevices", &[]),
    ("JabberSend", &[("Jabber", "a"), ("JID", "b@c"), ("Message", "d")]),
    ("FAXStats", &[]),
    ("UserEvent", &[("UserEvent", "Mine"), ("Text", "hello")]),
    ("NoSuchAction", &[]),
    ("Originate", &[("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true"), ("Timeout", "5000")]),
    ("Command", &[("Command", "core show uptime")]),
    ("Events", &[("EventMask", "off")]),
    ("Events", &[("EventMask", "call,user")]),
    ("Originate", &[("Channel", "PJSIP/busy"), ("Application", "Wait"), ("Timeout", "3000")]),
    ("Originate", &[("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Timeout", "4000")]),
    ("WaitEvent", &[("Timeout", "7")]),
    ("Never", &[]),
];

const AT_ONCE: usize = 12;

const NAMES: [&str; 8] =
    ["*", "Hangup", "New*", "Queue*", "UserEvent", "VarSet", "Shutdown", "OriginateResponse"];

impl User {
    /// Takes one step and returns its description.
    pub(crate) fn act(&mut self, harness: &mut Harness, random: &mut Rng) -> String {
        let there: Vec<_> = (0..harness.ids.len()).filter(|at| !self.removed.contains(at)).collect();
        let at = there[random.usize(..there.len())];
        match random.u32(..100) {
            0..8 => self.open(harness, at),
            8..12 if at > 0 => self.close(harness, at, random),
            12..14 if harness.ids.len() < 14 => {
                let new = harness.add_server();
                self.open(harness, new)
            }
            14..16 if at > 0 => self.remove(harness, at, random),
            16..25 => self.subscribe(harness, random),
            25..32 => self.unsubscribe(harness, random),
            32..40 => self.cancel(harness, random),
            40..41 => self.shut_down(harness, &there, random),
            _ => (0..random.u32(1..12)).map(|_| self.send(harness, at, random)).last().unwrap_or_default(),
        }
    }

    pub(crate) fn open(&mut self, harness: &mut Harness, at: usize) -> String {
        self.wanted.insert(at);
        harness.open(at);
        format!("open n{at}")
    }

    fn close(&mut self, harness: &mut Harness, at: usize, random: &mut Rng) -> String {
        let grace = millis(random.u64(..3_000));
        self.wanted.remove(&at);
        *self.closed.entry(at).or_default() += 1;
        harness.close(at, grace);
        format!("close n{at} within {grace:?}")
    }

    /// Removes a server. Half of the times it is added again under its key, even if deliveries of the old one
    /// are left.
    fn remove(&mut self, harness: &mut Harness, at: usize, random: &mut Rng) -> String {
        self.wanted.remove(&at);
        self.removed.insert(at);
        *self.closed.entry(at).or_default() += 1;
        harness.client.remove_server(harness.ids[at]);
        if random.bool() {
            return format!("remove {at}");
        }
        let new = harness.add_again(at);
        self.open(harness, new);
        format!("remove {at}, add it again as {new}")
    }

    /// Closes every server. Then opens the first one or all of them again. The first one is always wanted.
    fn shut_down(&mut self, harness: &mut Harness, there: &[usize], random: &mut Rng) -> String {
        let grace = millis(random.u64(..2_000));
        harness.client.shut_down(grace);
        for at in there {
            *self.closed.entry(*at).or_default() += 1;
        }
        self.wanted.clear();
        let opened = if random.bool() { there.len() } else { 1 };
        for at in &there[..opened] {
            self.open(harness, *at);
        }
        format!("shut down within {grace:?}, open {opened} of {}", there.len())
    }

    fn subscribe(&mut self, harness: &mut Harness, random: &mut Rng) -> String {
        let name = NAMES[random.usize(..NAMES.len())];
        let server = random.bool().then(|| harness.ids[random.usize(..harness.ids.len())]);
        let headers = match random.u32(..4) {
            0 => vec![HeaderFilter {
                header: b"Channel".to_vec(),
                values: vec![
                    ValueFilter::Pattern(Glob::exact_case("PJSIP/*")),
                    ValueFilter::Exact(b"x".to_vec()),
                ],
            }],
            _ => Vec::new(),
        };
        let filter = EventFilter { server, names: vec![Glob::any_case(name)], headers };
        let said = format!("subscribe {filter:?}");
        self.subscriptions.push(harness.client.subscribe(filter));
        said
    }

    fn unsubscribe(&mut self, harness: &mut Harness, random: &mut Rng) -> String {
        if self.subscriptions.is_empty() {
            return String::from("unsubscribe nothing");
        }
        let id = self.subscriptions.swap_remove(random.usize(..self.subscriptions.len()));
        harness.client.unsubscribe(id);
        format!("unsubscribe {id:?}")
    }

    fn cancel(&mut self, harness: &mut Harness, random: &mut Rng) -> String {
        if self.tickets.is_empty() {
            return String::from("cancel nothing");
        }
        let (at, ticket) = self.tickets.swap_remove(random.usize(..self.tickets.len()));
        let had_ended = ticket.cell.outcome().is_some();
        let cancelled = harness.client.cancel(harness.ids[at], ticket.id.sequence());
        assert_eq!(cancelled, !had_ended, "what has not ended can be cancelled, once");
        if cancelled && random.bool() {
            harness.client.cluster_mut().seen(harness.ids[at], &ticket.cell);
        }
        format!("cancel {}: {cancelled}", ticket.id)
    }

    fn send(&mut self, harness: &mut Harness, at: usize, random: &mut Rng) -> String {
        // The first server gets only actions that are answered at once. A server that is busy for longer than
        // expected would rightly count as dead.
        let wishes = if at == 0 { &WISHES[..AT_ONCE] } else { &WISHES[..] };
        let (name, headers) = wishes[random.usize(..wishes.len())];
        let strategy = match random.u32(..10) {
            0 => Strategy::Single,
            1 => Strategy::Events(vec!["QueueMember".into(), "Hangup".into()]),
            _ => Strategy::Automatic,
        };
        let completion = CompletionPolicy {
            strategy,
            max_duration: random.bool().then(|| millis(random.u64(1..20_000))),
            messages_max: (random.u32(..5) == 0).then(|| random.usize(1..6)),
            on_timeout: if random.bool() { TimeoutBehavior::Fail } else { TimeoutBehavior::Partial },
        };
        match harness.send_with(at, &action(name, headers), &completion) {
            Ok(ticket) => {
                self.sent += 1;
                self.tickets.push((at, ticket));
            }
            Err(error @ (ActionError::NotReady { .. } | ActionError::Backpressure { .. })) => {
                assert!(error.is_retry_safe());
                self.refused += 1;
            }
            Err(error) => panic!("{error}"),
        }
        format!("send {name} to n{at}")
    }

    /// Number of actions that succeeded and that failed. Each action must have ended.
    pub(crate) fn outcomes(&self) -> (u64, u64) {
        let ended = self.tickets.iter().map(|(_, ticket)| {
            let outcome = ticket.cell.outcome();
            outcome.unwrap_or_else(|| panic!("{} never ended", ticket.id)).is_ok()
        });
        ended.fold((0, 0), |(well, badly), is_ok| if is_ok { (well + 1, badly) } else { (well, badly + 1) })
    }
}

/// The longest duration of one of the user's actions.
pub(crate) const LONGEST_WISH: Duration = Duration::from_secs(60);
