//! Sessions that are cut at every byte of both directions. Each action ends once, and its error says whether
//! it may have run.

use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::node::{ConnectionState, Ticket};
use apn_ami::settings::EventMask;
use apn_sim::link::LinkOptions;

use crate::harness::{Harness, LONG, Setup, ended, millis, saw, seconds};
use crate::tap::{Cut, End, Stream, Way};
use crate::watch::Seen;

const HEAD_END: &[u8] = b"\r\n\r\n";

/// The bytes of a session that is not cut.
struct Whole {
    to_server: Vec<u8>,
    to_client: Vec<u8>,
    actions: Vec<Place>,
    /// Where each event for listeners ends in `to_client`.
    events: Vec<usize>,
}

/// The positions of an action and its answer in the streams.
struct Place {
    id: String,
    first_byte: usize,
    answer_end: usize,
}

/// An action and its headers.
type Step = (&'static str, &'static [(&'static str, &'static str)]);

/// Runs a session with two batches of actions: lists, an `Originate`, a command and pings. Returns the number
/// of links at the first batch, and the actions.
fn play(harness: &mut Harness) -> (usize, Vec<Ticket>) {
    let batches: [&[Step]; 2] = [
        &[
            ("QueueStatus", &[]),
            ("Originate", &[("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true")]),
            ("Ping", &[]),
        ],
        &[("Command", &[("Command", "core show uptime")]), ("IAXpeers", &[]), ("Ping", &[])],
    ];
    let (mut link, mut tickets) = (0, Vec::new());
    harness.open(0);
    for batch in batches {
        // After a cut before the first login, the second session runs everything.
        harness.until("Ready, or cut", LONG, |harness| harness.is_ready(0) || !tickets.is_empty());
        if !harness.is_ready(0) {
            break;
        }
        link = if tickets.is_empty() { harness.tap().streams.len() } else { link };
        let sent = batch.iter().map(|(name, headers)| harness.send(0, name, headers)).collect::<Vec<_>>();
        tickets.extend(sent);
        let all_ended = |tickets: &[Ticket]| tickets.iter().all(|ticket| ticket.cell.outcome().is_some());
        harness.until("the batch ended", LONG, |_| all_ended(&tickets));
    }
    (link, tickets)
}

fn harness(seed: u64, links: LinkOptions, cut: Option<Cut>) -> Harness {
    let mask = EventMask::Classes("call".into());
    let mut harness = Harness::new(Setup { seed, links, mask, ..Setup::default() });
    harness.tap().records = true;
    harness.tap().cut = cut;
    harness.subscribe(&["*"]);
    harness
}

fn find(text: &[u8], part: &[u8], from: usize) -> Option<usize> {
    text[from..].windows(part.len()).position(|window| window == part).map(|at| from + at)
}

fn whole(seed: u64, links: LinkOptions) -> Whole {
    let mut harness = harness(seed, links, None);
    let (_, tickets) = play(&mut harness);
    assert!(tickets.iter().all(|ticket| ended(&ticket.cell).is_ok()));
    let mut at = 0;
    let (streams, events) =
        (harness.client.network().streams_of("n0").len(), harness.watch(0).events().count());
    assert!(streams == 1 && events > 5);
    let frames: Vec<_> = harness.watch(0).events().map(|event| event.frame().to_vec()).collect();
    let stream = harness.client.network().streams_of("n0")[0];
    let events = frames.iter().map(|frame| {
        at = find(&stream.to_client, frame, at).expect("an event came from somewhere") + frame.len() + 2;
        at
    });
    let events = events.collect();
    let actions = tickets.iter().map(|ticket| place(&ticket.id.to_string(), stream)).collect();
    Whole { to_server: stream.to_server.clone(), to_client: stream.to_client.clone(), actions, events }
}

fn place(id: &str, stream: &Stream) -> Place {
    let line = format!("ActionID: {id}\r\n");
    let in_request = find(&stream.to_server, line.as_bytes(), 0).expect("a sent action");
    let head = &stream.to_server[..in_request];
    let first_byte = head.windows(8).rposition(|window| window == b"Action: ").expect("its first line");
    let last = stream.to_client.windows(line.len()).rposition(|window| window == line.as_bytes());
    let answer_end = find(&stream.to_client, HEAD_END, last.expect("an answer")).expect("its end") + 4;
    Place { id: id.to_owned(), first_byte, answer_end }
}

/// Counts over all cuts.
#[derive(Default)]
struct Tally {
    cuts: usize,
    answered: usize,
    unknown: usize,
    not_sent: usize,
}

fn cut_everywhere(seed: u64, links: LinkOptions, every: usize) -> Tally {
    let whole = whole(seed, links);
    let mut tally = Tally::default();
    for (way, length) in [(Way::ToServer, whole.to_server.len()), (Way::ToClient, whole.to_client.len())] {
        for end in [End::Eof, End::Reset] {
            for after in (0..length).step_by(every) {
                cut_once(seed, links, Cut { way, end, after }, &whole, &mut tally);
            }
        }
    }
    tally
}

/// True if a session is Ready over a second link. The first link was cut, possibly before its session was
/// Ready.
fn is_ready_again(harness: &mut Harness) -> bool {
    harness.is_ready(0) && harness.tap().connects.len() > 1
}

fn cut_once(seed: u64, links: LinkOptions, cut: Cut, whole: &Whole, tally: &mut Tally) {
    let mut harness = harness(seed, links, Some(cut));
    let (links_made, tickets) = play(&mut harness);
    harness.until("Ready again", seconds(30), is_ready_again);
    let pong = harness.ask(0, "Ping", &[]);
    assert!(pong.is_ok(), "{cut:?}: {pong:?}");
    harness.drain();
    tally.cuts += 1;
    let told = first_session(&harness).filter(|seen| matches!(seen, Seen::Event { .. })).count();
    let why = harness.watch(0).ends()[0];
    assert!(matches!(why, DisconnectReason::PeerClosed | DisconnectReason::AuthLimit), "{cut:?}: {why}");

    let [first, second] = harness.client.network().streams_of("n0")[..] else { panic!("{cut:?}: two links") };
    assert!(whole.to_server.starts_with(&first.to_server), "{cut:?}: the same session up to the cut");
    assert!(whole.to_client.starts_with(&first.to_client), "{cut:?}: the same session up to the cut");
    assert!(
        second.to_server.starts_with(b"Action: Challenge\r\n"),
        "{cut:?}: a session begins at its beginning"
    );
    for ticket in &tickets {
        let id = ticket.id.to_string();
        if links_made > 1 {
            assert!(ended(&ticket.cell).is_ok(), "{cut:?}: sent in the second session, which nobody cuts");
            continue;
        }
        let place = whole.actions.iter().find(|place| place.id == id).expect("the same actions");
        let line = format!("ActionID: {id}\r\n");
        assert_eq!(
            find(&second.to_server, line.as_bytes(), 0),
            None,
            "{cut:?}: {id} reached the next session"
        );
        match ended(&ticket.cell) {
            Ok(_) => {
                assert!(place.answer_end <= first.to_client.len(), "{cut:?}: {id} has a whole answer");
                tally.answered += 1;
            }
            Err(error @ ActionError::OutcomeUnknown { .. }) => {
                assert!(place.answer_end > first.to_client.len() && place.first_byte < first.to_server.len());
                assert!(!error.is_retry_safe());
                tally.unknown += 1;
            }
            Err(error @ ActionError::NotSent { .. }) => {
                assert!(place.first_byte >= first.to_server.len(), "{cut:?}: a byte of {id} left");
                assert!(error.is_retry_safe());
                tally.not_sent += 1;
            }
            Err(error) => panic!("{cut:?}: {error}"),
        }
    }
    let came = whole.events.iter().filter(|end| **end <= first.to_client.len()).count();
    assert_eq!(told, came, "{cut:?}: events that came whole, and no others");
}

fn first_session(harness: &Harness) -> impl Iterator<Item = &Seen> {
    let is_end = |seen: &&Seen| matches!(seen, Seen::Changed { to: ConnectionState::Disconnected, .. });
    harness.watch(0).seen.iter().take_while(move |seen| !is_end(seen))
}

fn report(seed: u64, tally: &Tally) {
    let Tally { cuts, answered, unknown, not_sent } = tally;
    saw(seed, &format!("{cuts} cuts: {answered} answered, {unknown} outcome unknown, {not_sent} not sent"));
    assert!(*answered > 0 && *unknown > 0 && *not_sent > 0);
}

#[test]
fn a_session_cut_at_any_byte_ends_each_action_once_and_says_what_happened() {
    report(1, &cut_everywhere(1, LinkOptions::default(), 1));
}

#[test]
fn a_session_over_a_narrow_slow_link_cut_at_any_byte_does_so_too() {
    let links = LinkOptions {
        latency: millis(2),
        jitter: millis(3),
        piece_bytes_max: 40,
        buffer_bytes: 97,
        ..LinkOptions::default()
    };
    report(2, &cut_everywhere(2, links, 7));
}

#[test]
fn a_session_that_goes_silent_at_any_byte_is_found_dead_and_its_actions_end() {
    let whole = whole(3, LinkOptions::default());
    let mut tally = Tally::default();
    for after in (0..whole.to_client.len()).step_by(101) {
        let mut harness = harness(3, LinkOptions::default(), None);
        harness.tap().cut = Some(Cut { way: Way::ToClient, end: End::Silence, after });
        let (_, tickets) = play(&mut harness);
        harness.until("Ready again", seconds(200), is_ready_again);
        tally.cuts += 1;
        for ticket in tickets {
            match ended(&ticket.cell) {
                Ok(_) => tally.answered += 1,
                Err(error @ (ActionError::OutcomeUnknown { .. } | ActionError::TimedOut { .. })) => {
                    assert!(!error.is_retry_safe());
                    tally.unknown += 1;
                }
                Err(error) => panic!("after {after}: {error}"),
            }
        }
        let why = harness.watch(0).ends()[0];
        assert!(matches!(why, DisconnectReason::ReadTimeout | DisconnectReason::LoginTimeout), "{why}");
    }
    saw(
        3,
        &format!("{} silences: {} answered, {} without a verdict", tally.cuts, tally.answered, tally.unknown),
    );
}
