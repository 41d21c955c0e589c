//! A hostile server: memory and work of a tick are bounded, and other servers are not affected.

use std::time::Duration;

use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::limits::Limits;
use apn_sim::asterisk::Answer;
use apn_sim::link::LinkOptions;

use crate::harness::{Harness, Setup, ended, millis, seconds};

/// Two servers. The first is hostile, the second must not be affected.
fn harness() -> Harness {
    let limits = Limits {
        tick_bytes_max: 64 * 1_024,
        tick_frames_max: 100,
        frame_bytes_max: 64 * 1_024,
        action_bytes_max: 256 * 1_024,
        event_queue_max: 100,
        ..Limits::default()
    };
    let mut harness = Harness::ready(Setup { servers: 2, limits, ..Setup::default() });
    harness.run(seconds(1));
    harness.subscribe(&["*"]);
    harness
}

/// Number of bytes that the client holds: unfinished frames, queued events and unsent actions.
fn held(harness: &Harness) -> usize {
    let queued: usize =
        (0..2).map(|at| harness.metrics(at)).map(|now| now.health.queue_bytes + now.outbox_bytes).sum();
    // The framers print the number of bytes they hold in their debug output.
    let printed = format!("{:?}", harness.client.cluster());
    let framed = printed.split("held: ").skip(1).map(|text| {
        let digits = text.split(|digit: char| !digit.is_ascii_digit()).next();
        digits.and_then(|digits| digits.parse::<usize>().ok()).expect("a size")
    });
    queued + framed.sum::<usize>()
}

const MEBIBYTE: usize = 1_024 * 1_024;

fn endure(harness: &mut Harness, bytes: &[u8], saw: &str) {
    endure_parts(harness, bytes.chunks(MEBIBYTE), saw);
}

/// Receives the hostile bytes tick by tick. In each tick the other server must answer a `Ping`.
fn endure_parts<'a>(harness: &mut Harness, parts: impl Iterator<Item = &'a [u8]>, saw: &str) {
    let (mut bytes, mut ticks, mut most_held) = (0, 0, 0);
    let neighbours = harness.watch(1).ends().len();
    for part in parts {
        bytes += part.len();
        if !harness.is_ready(0) {
            break;
        }
        harness.inject(0, part);
        loop {
            let ping = harness.send(1, "Ping", &[]);
            let before = harness.metrics(0).node;
            harness.step(Duration::ZERO);
            let after = harness.metrics(0).node;
            assert!(after.frames - before.frames <= 100, "frames of one tick");
            assert!(after.bytes_read - before.bytes_read <= 64 * 1_024, "bytes of one tick");
            assert!(ping.cell.outcome().is_some_and(Result::is_ok), "the neighbour answers in the same tick");
            if ticks % 10 == 0 {
                most_held = most_held.max(held(harness));
            }
            ticks += 1;
            if after.bytes_read == before.bytes_read && after.frames == before.frames {
                break;
            }
        }
        harness.tap().pass(millis(1));
    }
    assert_eq!(harness.watch(1).ends().len(), neighbours, "the neighbour noticed nothing");
    assert!(harness.ask(1, "Ping", &[]).is_ok());
    assert!(most_held <= 256 * 1_024, "{most_held} bytes held");
    harness.saw(&format!("{saw}: {bytes} bytes in {ticks} ticks, {most_held} bytes held at most"));
}

fn still_there(harness: &mut Harness) {
    assert!(harness.ask(0, "Ping", &[]).is_ok(), "the session lives");
    assert_eq!(harness.watch(0).ends(), []);
    harness.drain();
}

#[test]
fn endless_headers_and_endless_lines_are_skipped() {
    let mut harness = harness();
    let headers = [b"Event: Endless\r\n".to_vec(), b"X: y\r\n".repeat(2_000_000), b"\r\n".to_vec()].concat();
    endure(&mut harness, &headers, "12 MB of headers in one event");
    let line = [b"Event: Long\r\nX: ".to_vec(), vec![b'x'; 20_000_000], b"\r\n\r\n".to_vec()].concat();
    endure(&mut harness, &line, "a line of 20 MB");
    let nameless = [vec![b'x'; 5_000_000], b"\r\n\r\n".to_vec()].concat();
    endure(&mut harness, &nameless, "5 MB of no kind");
    let follows =
        [b"Response: Follows\r\n".to_vec(), b"text\n\n".repeat(500_000), b"--END COMMAND--\r\n\r\n".to_vec()];
    endure(&mut harness, &follows.concat(), "3 MB of a command that nobody sent");
    assert_eq!(harness.metrics(0).node.frames_too_long, 4);
    still_there(&mut harness);
}

#[test]
fn a_line_of_a_gibibyte_is_dropped_as_it_comes() {
    let mut harness = harness();
    let part = vec![b'x'; MEBIBYTE];
    let parts = [&b"Event: Long\r\nX: "[..]].into_iter();
    let parts = parts.chain(std::iter::repeat_n(part.as_slice(), 1_024)).chain([&b"\r\n\r\n"[..]]);
    endure_parts(&mut harness, parts, "a line of a gibibyte");
    assert_eq!(harness.metrics(0).node.frames_too_long, 1);
    still_there(&mut harness);
}

#[test]
fn floods_of_the_smallest_frames_cost_a_tick_no_more_than_its_budget() {
    let mut harness = harness();
    endure(&mut harness, &b"Event:\n\n".repeat(100_000), "nameless events");
    endure(&mut harness, &b"\r\n".repeat(1_000_000), "empty lines");
    endure(&mut harness, &b"x\n\n".repeat(100_000), "lines of no kind");
    endure(&mut harness, &b"Response: Success\r\n\r\n".repeat(100_000), "responses to nobody");
    endure(&mut harness, &b"Asterisk Call Manager/11.0.0\r\n\r\n".repeat(50_000), "banners");
    endure(&mut harness, &b"\0\0\0\0\0\0\0\n\n".repeat(50_000), "NULs");
    still_there(&mut harness);
}

#[test]
fn ten_thousand_endings_of_one_list_end_it_once() {
    let mut harness = harness();
    harness.fake(0).ignore("List");
    let ticket = harness.send(0, "List", &[]);
    harness.step(millis(1));
    let id = &ticket.id;
    let start = format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n");
    let end =
        format!("Event: ListComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: -1\r\n\r\n");
    endure(&mut harness, [start, end.repeat(10_000)].concat().as_bytes(), "10,000 closing events");
    let answer = ended(&ticket.cell).expect("a list of none");
    assert!(answer.events.is_empty());
    assert_eq!(harness.metrics(0).node.answers_late, 9_999);
    still_there(&mut harness);
}

/// A list has the items that arrived. The counts that a server sends are ignored.
#[test]
fn negative_and_absurd_counts_of_a_list_mean_nothing() {
    let mut harness = harness();
    harness.fake(0).ignore("List");
    let counts = ["-1", "-2147483648", "0", "4294967296", "99999999999999999999", "many", ""];
    for count in counts {
        let ticket = harness.send(0, "List", &[]);
        harness.step(millis(1));
        let head = format!("ActionID: {}\r\nListItems: {count}\r\n", ticket.id);
        let list = [
            format!("Response: Success\r\n{head}EventList: start\r\n\r\n"),
            format!("Event: Item\r\n{head}\r\n").repeat(3),
            format!("Event: ListComplete\r\n{head}EventList: Complete\r\n\r\n"),
        ];
        harness.inject(0, list.concat().as_bytes());
        harness.run(millis(10));
        let answer = ended(&ticket.cell).expect("a list");
        assert_eq!((answer.events.len(), answer.partial), (3, false), "{count}");
    }
    harness.saw(&format!("lists of three that say {counts:?}"));
    still_there(&mut harness);
}

#[test]
fn nuls_are_bytes_like_others_and_end_no_name_value_or_id() {
    let mut harness = harness();
    harness.fake(0).ignore("Quiet");
    let ticket = harness.send(0, "Quiet", &[]);
    harness.step(millis(1));
    for id in [format!("{}\0", ticket.id), format!("\0{}", ticket.id), format!("{}\01", ticket.id)] {
        harness.inject(0, format!("Response: Success\r\nActionID: {id}\r\n\r\n").as_bytes());
    }
    harness.inject(0, b"Event: A\0B\r\nX\0: y\0z\r\nX: \0\r\n\0\r\n\r\n");
    harness.run(millis(10));
    assert!(ticket.cell.outcome().is_none(), "none of them is its id");
    assert_eq!(harness.metrics(0).node.answers_foreign, 3);
    let event = harness.watch(0).events().last().expect("an event").clone();
    assert_eq!(event.name(), b"A\0B");
    assert_eq!(event.get(b"X\0").as_deref(), Some(&b"y\0z"[..]));
    assert_eq!(event.get(b"X").as_deref(), Some(&b"\0"[..]));
    assert_eq!(event.get(b"").as_deref(), Some(&b"\0"[..]), "a line without a colon");
    harness.saw("NULs in names, values and ids");
    assert!(harness.client.cancel(harness.ids[0], ticket.id.sequence()));
    still_there(&mut harness);
}

/// Both sessions belong to one client. An action is ended only by its id in the session that sent it.
#[test]
fn a_server_that_knows_the_neighbours_ids_ends_none_of_his_actions() {
    let mut harness = harness();
    harness.fake(1).ask("Slow");
    let ticket = harness.send(1, "Slow", &[]);
    harness.step(millis(1));
    let head = format!("ActionID: {}\r\n", ticket.id);
    let forged = [
        format!("Response: Success\r\n{head}\r\n"),
        format!("Response: Error\r\n{head}Message: no\r\n\r\n"),
        format!("Response: Success\r\n{head}EventList: start\r\n\r\n"),
        format!("Event: SlowComplete\r\n{head}EventList: Complete\r\n\r\n"),
        format!("Response: Success\r\n{head}X: {}\r\n\r\n", "x".repeat(70_000)),
    ];
    harness.inject(0, forged.concat().as_bytes());
    harness.run(millis(10));
    assert!(ticket.cell.outcome().is_none(), "nobody but its own server ends it");
    assert_eq!(harness.metrics(0).node.answers_foreign, 3);
    assert_eq!(harness.watch(0).events_named("SlowComplete"), 1, "an event of the server that said it");
    assert_eq!(harness.watch(1).events_named("SlowComplete"), 0);
    let now = harness.now();
    for question in harness.fake(1).take_questions() {
        harness.fake(1).answer(&question, &Answer::default(), now);
    }
    assert!(harness.outcome(&ticket).is_ok());
    harness.saw("five answers to an action of the neighbour");
    still_there(&mut harness);
}

#[test]
fn a_list_without_end_fails_at_its_bound() {
    let mut harness = harness();
    harness.fake(0).ignore("List");
    let ticket = harness.send(0, "List", &[]);
    harness.step(millis(1));
    let id = &ticket.id;
    let start = format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n");
    let item = format!("Event: Item\r\nActionID: {id}\r\nX: {}\r\n\r\n", "x".repeat(900));
    endure(&mut harness, [start, item.repeat(5_000)].concat().as_bytes(), "5,000 items");
    let error = ended(&ticket.cell).expect_err("too large");
    assert!(matches!(error, ActionError::TooLarge { bound: "maxActionBytes", limit: 262_144, .. }));
    still_there(&mut harness);
}

#[test]
fn more_event_names_than_anybody_has_are_counted_together() {
    let mut harness = harness();
    let events: Vec<_> = (0..20_000).map(|number| format!("Event: Name{number}\r\n\r\n")).collect();
    endure(&mut harness, events.concat().as_bytes(), "20,000 event names");
    let metrics = harness.metrics(0);
    assert!(metrics.events.len() <= 513, "{}", metrics.events.len());
    let received: u64 = metrics.events.iter().map(|count| count.counters.received).sum();
    assert_eq!(received, metrics.health.events_received);
    still_there(&mut harness);
}

#[test]
fn answers_of_others_by_the_thousand_are_counted_and_told_rarely() {
    let mut harness = harness();
    let answers: Vec<_> = (0..20_000)
        .map(|number| {
            format!("Response: Success\r\nActionID: n0:hhhhhhhhhhhhh:{}\r\n\r\n", number + 1_000_000)
        })
        .collect();
    endure(&mut harness, answers.concat().as_bytes(), "20,000 answers to what was never sent");
    assert_eq!(harness.metrics(0).node.answers_late, 20_000);
    assert!(harness.records_named("answers_unclaimed").len() <= 2);
    still_there(&mut harness);
}

#[test]
fn banners_by_the_thousand_before_the_login_are_one_banner() {
    let mut harness = Harness::new(Setup { servers: 2, ..Setup::default() });
    let flood = b"Asterisk Call Manager/11.0.0\r\n\r\n".repeat(10_000);
    harness.fake(0).speak_before_login(&flood);
    harness.open_all();
    let node = harness.metrics(0).node;
    assert_eq!((node.frames_odd, node.logins), (20_000, 1), "ahead of the challenge and of the login");
    harness.saw("10,000 banners ahead of every answer");
    still_there(&mut harness);
}

#[test]
fn a_banner_without_end_has_its_time_and_no_more() {
    let mut harness = Harness::new(Setup { servers: 2, ..Setup::default() });
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    harness.open(0);
    harness.open(1);
    harness.run(millis(10));
    harness.inject(0, &vec![b'x'; 3_000_000]);
    let now = harness.now();
    harness.fake(0).freeze(false, now);
    harness.until("given up", seconds(11), |harness| !harness.watch(0).ends().is_empty());
    assert!(harness.is_ready(1));
    harness.saw(&format!("3 MB before the first line end: {}", harness.watch(0).ends()[0]));
}

/// One byte a second: the next byte is sent when the last one was read.
const TRICKLE: LinkOptions = LinkOptions {
    latency: Duration::from_secs(1),
    jitter: Duration::ZERO,
    piece_bytes_max: usize::MAX,
    buffer_bytes: 1,
    corrupt_per_million: 0,
};

#[test]
fn a_server_that_trickles_its_banner_is_given_up_in_time() {
    let mut harness = Harness::new(Setup { servers: 2, ..Setup::default() });
    let site = harness.site(0);
    harness.world().set_links(site, TRICKLE);
    harness.open(0);
    harness.open(1);
    let took = harness.until("given up", seconds(60), |harness| !harness.watch(0).ends().is_empty());
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::LoginTimeout]);
    assert_eq!(took, seconds(12), "two for the connect, ten for the login");
    assert!(harness.is_ready(1));
    let came = harness.metrics(0).node.bytes_read;
    harness.saw(&format!("{came} bytes in 10 s, however steadily they come"));
}

#[test]
fn a_session_that_slows_to_a_trickle_times_its_actions_out_and_nothing_else() {
    let mut harness = harness();
    let site = harness.site(0);
    harness.world().set_links(site, TRICKLE);
    harness.inject(0, &b"Event: Slow\r\nX: y\r\n\r\n".repeat(100));
    let outcome = harness.ask(0, "Ping", &[]);
    assert!(matches!(outcome, Err(ActionError::TimedOut { waited, .. }) if waited == seconds(30)));
    harness.run(seconds(600));
    assert_eq!(harness.watch(0).ends(), [], "bytes come");
    assert!(harness.watch(0).events_named("Slow") >= 20);
    assert!(harness.ask(1, "Ping", &[]).is_ok());
    harness.saw(&format!("{} events in ten minutes", harness.watch(0).events_named("Slow")));
}

/// An earlier version took this answer for the end that the user requested, and connected again without
/// backoff and breaker: 100 logins in two seconds.
#[test]
fn a_goodbye_to_anything_but_our_logoff_is_an_answer_like_any_other() {
    let limits = Limits { heartbeat_interval: millis(50), read_timeout: seconds(1), ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    for name in ["Ping", "CoreStatus"] {
        harness.fake(0).respond(name, Answer::new([("Response", "Goodbye")]));
    }
    assert!(harness.ask(0, "CoreStatus", &[]).is_ok());
    harness.run(seconds(60));
    assert_eq!(harness.watch(0).ends(), []);
    assert!(harness.health(0).last_ping.is_some(), "the heartbeat was answered");
    harness.close(0, seconds(5));
    let ping = harness.session(0);
    harness.inject(0, b"Response: Goodbye\r\n\r\n");
    harness.run(seconds(1));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::Requested]);
    harness.saw(&format!("{ping:?} said goodbye to everything for a minute"));
}
