//! The model with recorded calls of real servers.

use std::fs;
use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, Moment, QueueMember, State};
use apn_ami::wire::{Frame, Framer, Kind, header_in};

use crate::ledger::Ledger;

/// The frames of a recording.
fn frames(version: &str, dialogue: &str) -> Vec<(Kind, Vec<u8>)> {
    let path = format!("tests/data/asterisk-{version}/{dialogue}.received");
    let mut framer = Framer::new(1 << 20);
    framer.feed(&fs::read(&path).expect("a recording"));
    let mut all = Vec::new();
    while let Some(frame) = framer.next_frame() {
        if let Frame::Message(kind, frame) = frame {
            all.push((kind, frame.to_vec()));
        }
    }
    all
}

fn start() -> Moment {
    Moment { now: Instant::now(), unix: Duration::from_secs(1_795_420_000) }
}

fn later(at: Moment) -> Moment {
    let moment = Duration::from_millis(1);
    Moment { now: at.now + moment, unix: at.unix + moment }
}

/// The news of each call in the order in which the calls began, with outcome and cause, and the number of
/// channels that the recording leaves.
fn told(version: &str, dialogue: &str) -> (Vec<String>, usize) {
    let mut live = Live::new(&LiveLimits::default(), 1);
    let mut ledger = Ledger::default();
    let mut at = start();
    live.notify(true);
    live.on_ready(false, at);
    for (kind, frame) in frames(version, dialogue) {
        at = later(at);
        // Answers to actions of the recording's client are not for the model.
        if kind == Kind::Event && header_in(&frame, b"ActionID").is_none() {
            live.on_event(header_in(&frame, b"Event").unwrap_or_default(), &frame, at);
            ledger.take(&mut live);
        }
    }
    let mut calls: Vec<_> =
        live.ended_calls().map(|call| (call.started_at(), call.id().to_vec(), call.cause())).collect();
    calls.sort();
    let in_words = |(_, id, cause): (_, Vec<u8>, Option<u16>)| {
        let outcome =
            ledger.outcomes.get(&*String::from_utf8_lossy(&id)).map_or("?", |outcome| outcome.name());
        format!(
            "{}: {outcome}, {}",
            ledger.of(&id).join(" "),
            cause.map_or("-".to_owned(), |cause| cause.to_string())
        )
    };
    assert_eq!(ledger.faults(&live), Vec::<String>::new());
    (calls.into_iter().map(in_words).collect(), live.channels().count())
}

#[test]
fn originates_and_a_call_of_a_queue_are_told_as_they_went() {
    for version in ["16", "22"] {
        let one = |dialogue: &str| told(version, dialogue);
        // The cause of a hang-up by the manager is 0, so it is shown as missing.
        assert_eq!(one("originate-answered"), (vec!["started answered ended: answered, -".to_owned()], 0));
        assert_eq!(one("originate-busy"), (vec!["started ended: busy, 17".to_owned()], 0));
        assert_eq!(one("queue-call"), (vec!["started answered ended: answered, 16".to_owned()], 0));
    }
}

/// The answer to `QueueStatus` in a recording.
fn queue_list(version: &str, dialogue: &str) -> Vec<(Kind, Vec<u8>)> {
    let frames = frames(version, dialogue);
    let is_first = |frame: &[u8]| header_in(frame, b"Message") == Some(b"Queue status will follow");
    let first = frames.iter().find(|(_, frame)| is_first(frame)).expect("it was asked for");
    let id = header_in(&first.1, b"ActionID").expect("an id").to_vec();
    frames.into_iter().filter(|(_, frame)| header_in(frame, b"ActionID") == Some(&*id)).collect()
}

/// A model that has read the lists of a server without calls, with the queues that a recording has.
fn quiet(version: &str, dialogue: &str, at: Moment) -> Live {
    let mut live = Live::new(&LiveLimits { keeps_queues: true, ..LiveLimits::default() }, 1);
    live.on_ready(false, at);
    while let Some(request) = live.begin_list(at.now) {
        if request.action == "QueueStatus" {
            for (kind, frame) in queue_list(version, dialogue) {
                live.on_listed(kind, &frame, at);
            }
        } else {
            live.on_listed(Kind::Response, b"Response: Success\r\nEventList: start\r\n", at);
            live.on_listed(Kind::Event, b"Event: Complete\r\nEventList: Complete\r\n", at);
        }
    }
    assert_eq!(live.queue_state(), Some(State::Current));
    live
}

/// A queue in words.
fn in_words(live: &Live, name: &str) -> String {
    let key = live.find_queue(name.as_bytes()).expect("it is known");
    let queue = live.queue(key).expect("it is there");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let callers: Vec<_> = queue.callers().iter().map(|caller| text(caller.unique_id())).collect();
    let member = |member: &QueueMember| {
        let state = member.state().map_or("?".to_owned(), |state| format!("{state:?}"));
        let pause =
            if member.is_paused() { format!(" ({})", text(member.pause_reason())) } else { String::new() };
        format!("{} {state}{pause}", text(member.name()))
    };
    let members: Vec<_> = queue.members().map(member).collect();
    format!("[{}] {}", callers.join(" "), members.join(", "))
}

/// The states of the queue `support` in the recorded call, one after the other.
fn states_of_support(version: &str) -> Vec<String> {
    let mut at = start();
    let mut live = quiet(version, "lists", at);
    let mut states = vec![in_words(&live, "support")];
    for (kind, frame) in frames(version, "queue-call") {
        at = later(at);
        let is_answer = header_in(&frame, b"ActionID").is_some();
        if is_answer && header_in(&frame, b"Event") == Some(b"QueueStatusComplete") {
            // The recording's client asked for the queues in the middle of the call.
            let other = quiet(version, "queue-call", at);
            assert_eq!(in_words(&live, "support"), in_words(&other, "support"), "events agree with the list");
        }
        if kind == Kind::Event && !is_answer {
            live.on_event(header_in(&frame, b"Event").unwrap_or_default(), &frame, at);
            let state = in_words(&live, "support");
            if states.last() != Some(&state) {
                states.push(state);
            }
        }
    }
    let key = live.find_queue(b"support").expect("it is known");
    let tally = live.queue(key).expect("it is there").tally();
    assert_eq!((tally.joined, tally.answered, tally.abandoned, tally.left), (1, 1, 0, 1));
    assert_eq!(in_words(&live, "sales"), "[] ");
    states
}

#[test]
fn a_call_of_a_queue_moves_the_queue_as_asterisk_says() {
    let is_so = |version: &str, expected: [&str; 8]| {
        assert_eq!(states_of_support(version), expected, "Asterisk {version}");
    };
    is_so(
        "16",
        [
            "[] Agent 201 NotInUse, Agent 202 NotInUse",
            "[1795420748.9] Agent 201 NotInUse, Agent 202 NotInUse",
            "[1795420748.9] Agent 201 InUse, Agent 202 NotInUse",
            "[1795420748.9] Agent 201 InUse, Agent 202 InUse",
            "[1795420748.9] Agent 201 InUse, Agent 202 NotInUse",
            "[] Agent 201 InUse, Agent 202 NotInUse",
            "[] Agent 201 InUse (lunch), Agent 202 NotInUse",
            "[] Agent 201 NotInUse (lunch), Agent 202 NotInUse",
        ],
    );
    // Here the caller leaves before the state of the agent who was busy is told.
    is_so(
        "22",
        [
            "[] Agent 201 NotInUse, Agent 202 NotInUse",
            "[1795420748.7] Agent 201 NotInUse, Agent 202 NotInUse",
            "[1795420748.7] Agent 201 NotInUse, Agent 202 InUse",
            "[1795420748.7] Agent 201 InUse, Agent 202 InUse",
            "[] Agent 201 InUse, Agent 202 InUse",
            "[] Agent 201 InUse, Agent 202 NotInUse",
            "[] Agent 201 InUse (lunch), Agent 202 NotInUse",
            "[] Agent 201 NotInUse (lunch), Agent 202 NotInUse",
        ],
    );
}
