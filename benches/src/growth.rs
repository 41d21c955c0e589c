//! Work that a peer, a listener or an option can make large. Each case runs for a size. Instruction counts
//! are taken at one size and at four times that size.

use std::hint::black_box;
use std::io;
use std::time::{Duration, Instant};

use apn_ami::cluster::EventFilter;
use apn_ami::glob::Glob;
use apn_ami::limits::{DropPolicy, Limits, LiveLimits};
use apn_ami::live::{Live, Moment};
use apn_ami::node::CompletionPolicy;
use apn_ami::wire::{Action, Message};

use crate::harness::Harness;
use crate::talk::talk;

/// Does the work of a case for a size.
type Case = fn(usize);

/// The cases by name.
pub(crate) const CASES: [(&str, Case); 10] = [
    ("servers that are added", |size| drop(Harness::new(size, &Limits::default()))),
    ("listeners of one class, on 20 servers", listeners),
    ("servers that a listener is added to", listened),
    ("events dropped as the newest under protected ones", |size| flood(DropPolicy::Newest, size)),
    ("events dropped as the oldest", |size| flood(DropPolicy::Oldest, size)),
    ("items of a list", list),
    ("actions that end with their session", actions),
    ("channels of a live model, each changed and its call told of", live_channels),
    ("variables of an event", |size| variables(size, "ChanVariable: V$=1\\,2\r\n")),
    ("variables without a value", |size| variables(size, "Variable: V$\r\n")),
];

/// Runs the case of this name.
pub(crate) fn run(name: &str, size: usize) -> io::Result<()> {
    let (_, case) =
        CASES.iter().find(|(known, _)| *known == name).ok_or_else(|| io::Error::other("no such case"))?;
    case(size);
    Ok(())
}

impl Harness {
    fn listen(&mut self, name: &str) {
        let filter = EventFilter { names: vec![Glob::any_case(name)], ..EventFilter::default() };
        self.cluster.subscribe(filter, self.now);
    }

    fn send(&mut self, name: &str) {
        let action = Action::new(name, []).expect("a fine action");
        self.cluster.send(self.ids[0], &action, &CompletionPolicy::default(), self.now).expect("room");
    }
}

/// Adds listeners that stay, and for each of them one that is removed again.
fn listeners(size: usize) {
    let mut harness = Harness::new(20, &Limits::default());
    for at in 0..20 {
        harness.log_in(at);
    }
    for _ in 0..size {
        harness.listen("Hangup");
        let filter = EventFilter { names: vec![Glob::any_case("Newchannel")], ..EventFilter::default() };
        let gone = harness.cluster.subscribe(filter, harness.now);
        harness.cluster.unsubscribe(gone, harness.now);
    }
}

fn listened(size: usize) {
    let mut harness = Harness::new(size, &Limits::default());
    for _ in 0..10 {
        harness.listen("Hangup");
    }
}

fn flood(drop_policy: DropPolicy, size: usize) {
    let limits = Limits { event_queue_max: size, drop_policy, ..Limits::default() };
    let mut harness = Harness::new(1, &limits);
    let link = harness.log_in(0);
    harness.listen("*");
    // The first events fill the queue. Then as many protected events arrive, and each takes the place of one
    // of them.
    harness.say(link, &"Event: Newexten\r\nChannel: PJSIP/a\r\n\r\n".repeat(size));
    harness.say(link, &"Event: Hangup\r\nChannel: PJSIP/a\r\n\r\n".repeat(size));
    assert!(harness.cluster.totals().events_dropped == size as u64, "a full queue");
}

fn list(size: usize) {
    let mut harness = Harness::new(1, &Limits { pending_actions_max: 1, ..Limits::default() });
    let link = harness.log_in(0);
    harness.send("QueueStatus");
    let id = harness.asked(link);
    harness.say(link, &format!("Response: Success\r\n{id}\r\nEventList: start\r\n\r\n"));
    harness.say(link, &format!("Event: QueueMember\r\n{id}\r\nQueue: a\r\n\r\n").repeat(size));
    harness.say(link, &format!("Event: QueueStatusComplete\r\n{id}\r\nEventList: Complete\r\n\r\n"));
    assert!(harness.cluster.totals().endings == 1, "a list");
}

fn actions(size: usize) {
    let mut harness = Harness::new(1, &Limits { pending_actions_max: 1_000_000, ..Limits::default() });
    harness.log_in(0);
    for _ in 0..size / 2 {
        harness.send("Ping");
        // The client sends a `Ping` behind this action.
        harness.send("IAXnetstats");
    }
    harness.cluster.remove_server(harness.ids[0], harness.now);
    let mut due = Vec::new();
    harness.cluster.drain_deliveries(usize::MAX, &mut due);
    assert!(due.len() >= size, "every ending");
}

fn variables(size: usize, line: &str) {
    let lines: String = (0..size).map(|number| line.replace('$', &number.to_string())).collect();
    let message = Message::from_frame(format!("Event: Newchannel\r\n{lines}Value: x\r\n").as_bytes());
    assert!(black_box(message.variables()).iter().count() == size, "each of them");
    assert!(black_box(message.headers()).count() == size + 2, "every header");
}

fn live_channels(size: usize) {
    let at = Moment { now: Instant::now(), unix: Duration::from_secs(1) };
    let mut live = Live::new(&LiveLimits::default(), 1);
    live.notify(true);
    live.on_ready(false, at);
    (0..size / 2).for_each(|call| talk(&mut live, call, at));
    let told = |live: &mut Live| std::iter::from_fn(|| live.pop_news()).count();
    told(&mut live);
    for channel in live.channels().map(|(_, channel)| channel.unique_id().to_vec()).collect::<Vec<_>>() {
        let frame = format!("Event: Hold\r\nUniqueid: {}\r\n", String::from_utf8_lossy(&channel));
        live.on_event(b"Hold", frame.as_bytes(), at);
        assert_eq!(told(&mut live), 1, "its call");
    }
}
