//! Recorded calls of real servers: what the model tells of them.

use std::fs;
use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, Moment};
use apn_ami::wire::{Frame, Framer, Kind, header_in};

use crate::ledger::Ledger;

/// What was told of each call, in the order in which they began, with outcome and cause; at last how many channels the
/// recording leaves.
fn told(version: &str, dialogue: &str) -> (Vec<String>, usize) {
    let path = format!("tests/data/asterisk-{version}/{dialogue}.received");
    let bytes = fs::read(&path).expect("a recording");
    let mut live = Live::new(&LiveLimits::default(), 1);
    let mut ledger = Ledger::default();
    let mut at = Moment { now: Instant::now(), unix: Duration::from_secs(1_795_420_000) };
    live.tell(true);
    live.on_ready(false, at);
    let mut framer = Framer::new(1 << 20);
    framer.feed(&bytes);
    while let Some(frame) = framer.next_frame() {
        at = Moment { now: at.now + Duration::from_millis(1), unix: at.unix + Duration::from_millis(1) };
        // What answers an action of the recording's client is none of the model's.
        if let Frame::Message(Kind::Event, frame) = frame
            && header_in(frame, b"ActionID").is_none()
        {
            live.on_event(header_in(frame, b"Event").unwrap_or_default(), frame, at);
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
        // A hang-up by the manager has no cause: it is 0.
        assert_eq!(one("originate-answered"), (vec!["started answered ended: answered, -".to_owned()], 0));
        assert_eq!(one("originate-busy"), (vec!["started ended: busy, 17".to_owned()], 0));
        assert_eq!(one("queue-call"), (vec!["started answered ended: answered, 16".to_owned()], 0));
    }
}
