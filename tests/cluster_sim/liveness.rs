//! Detection of dead peers: pings in silence, half-open links, servers that are busy and servers that are
//! gone.

use apn_ami::client::Network as _;
use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::limits::Limits;
use apn_sim::asterisk::{Answer as Canned, Options};
use apn_sim::link::LinkOptions;
use apn_sim::world::Door;

use crate::harness::{Harness, LONG, Setup, ended, millis, seconds};

/// Number of `Ping` actions that the server has received since the last call.
fn pings(harness: &mut Harness) -> usize {
    let requests = harness.fake(0).take_requests();
    requests.iter().filter(|(_, request)| request.action() == b"Ping").count()
}

#[test]
fn a_silent_session_is_pinged_once_an_interval_and_a_busy_one_never() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).record_requests();
    harness.run(seconds(301));
    assert_eq!(pings(&mut harness), 20);
    for _ in 0..100 {
        harness.emit(0, "Hangup", "call", &[]);
        harness.run(seconds(3));
    }
    assert_eq!(pings(&mut harness), 0);
    assert_eq!(harness.watch(0).ends(), []);
    assert_eq!((harness.health(0).pending_actions, harness.metrics(0).node.actions_sent), (0, 0));
    harness.saw("20 Pings in 300 s of silence, none while events came");
}

#[test]
fn the_round_trip_of_a_ping_is_measured() {
    let links = LinkOptions { latency: millis(40), ..LinkOptions::default() };
    let mut harness = Harness::ready(Setup { links, ..Setup::default() });
    assert_eq!(harness.health(0).last_ping, None);
    harness.run(seconds(16));
    assert_eq!(harness.health(0).last_ping, Some(millis(80)));
    harness.saw("80 ms over a link of 40 ms");
}

#[test]
fn a_half_open_peer_is_found_after_the_read_timeout_and_the_session_comes_back() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["*"]);
    harness.emit(0, "Newchannel", "call", &[]);
    harness.run(seconds(1));
    let (site, start) = (harness.site(0), harness.now());
    harness.world().silence(site);
    let found = harness.until("it is found", LONG, |harness| !harness.is_ready(0));
    assert_eq!(found, seconds(29), "30 s after the last byte");
    harness.until_back(0, seconds(2));
    harness.emit(0, "Hangup", "call", &[]);
    harness.run(seconds(1));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::ReadTimeout]);
    let story = harness.watch(0).story();
    assert_eq!(
        story[5..],
        [
            "Newchannel",
            "disconnected",
            "resolving",
            "connecting",
            "connected",
            "authenticating",
            "ready",
            "gap read_timeout",
            "FullyBooted",
            "SuccessfulAuth",
            "Hangup"
        ]
    );
    let down = harness.now() - start;
    harness.saw(&format!("found after {found:?}, {down:?} from silence to the next event"));
}

#[test]
fn a_stopped_server_is_found_dead_and_taken_back_when_it_runs_again() {
    let mut harness = Harness::ready(Setup::default());
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    let found = harness.until("it is found", LONG, |harness| !harness.is_ready(0));
    assert_eq!(found, seconds(30));
    // A stopped process still accepts connections, and sends nothing.
    harness.run(seconds(300));
    let ends = harness.watch(0).ends();
    assert!(ends[1..].iter().all(|why| *why == DisconnectReason::LoginTimeout) && ends.len() > 5, "{ends:?}");
    let now = harness.now();
    harness.fake(0).freeze(false, now);
    let back = harness.until_back(0, seconds(45));
    harness.saw(&format!("dead after 30 s, {} attempts, back {back:?} after it ran again", ends.len() - 1));
}

#[test]
fn while_an_action_is_pending_death_waits_for_its_deadline_and_the_read_timeout() {
    let cases = [("Ping", None, 60), ("Originate", Some("40000"), 75), ("WaitEvent", Some("50"), 85)];
    for (name, timeout, dead_after) in cases {
        let mut harness = Harness::ready(Setup::default());
        let now = harness.now();
        harness.fake(0).freeze(true, now);
        let mut headers = vec![("Channel", "PJSIP/a"), ("Application", "Wait")];
        headers.extend(timeout.map(|timeout| ("Timeout", timeout)));
        let ticket = harness.send(0, name, &headers);
        let found = harness.until("it is found", LONG, |harness| !harness.is_ready(0));
        assert_eq!(found, seconds(dead_after), "{name}");
        assert!(matches!(ended(&ticket.cell), Err(ActionError::TimedOut { .. })), "{name}");
        assert_eq!(harness.watch(0).ends(), [DisconnectReason::ReadTimeout]);
    }
    crate::harness::saw(1, "an ordinary action 60 s, an Originate of 40 s 75 s, a WaitEvent of 50 s 85 s");
}

#[test]
fn two_blocking_calls_one_behind_the_other_keep_their_session() {
    let mut harness = Harness::ready(Setup::default());
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Timeout", "40000")];
    let first = harness.send(0, "Originate", &call);
    let second = harness.send(0, "Originate", &call);
    harness.until("the first ended", seconds(41), |_| first.cell.outcome().is_some());
    assert!(matches!(ended(&first.cell), Err(ActionError::Refused { .. })));
    harness.until("the second ended", seconds(6), |_| second.cell.outcome().is_some());
    assert!(matches!(ended(&second.cell), Err(ActionError::TimedOut { .. })), "its time ran while it waited");
    harness.run(seconds(60));
    assert_eq!(harness.watch(0).ends(), []);
    assert_eq!(harness.metrics(0).node.answers_late, 1);
    harness.saw("80 s of silence, one answer late, the session lives");
}

#[test]
fn a_session_whose_pings_are_never_answered_lives_as_long_as_bytes_come() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).ignore("Ping");
    for _ in 0..20 {
        harness.run(seconds(16));
        harness.emit(0, "Hangup", "call", &[]);
    }
    assert_eq!(harness.watch(0).ends(), []);
    let found = harness.until("then it is dead", LONG, |harness| !harness.is_ready(0));
    assert_eq!(found, seconds(30));
    harness.saw("320 s without a Pong, dead 30 s after the last event");
}

#[test]
fn an_answer_that_comes_too_late_is_counted_and_ends_nothing() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).respond("Slow", Canned::new([("Message", "at last")]).after(seconds(50)));
    let outcome = harness.ask(0, "Slow", &[]);
    assert!(matches!(&outcome, Err(ActionError::TimedOut { waited, .. }) if *waited == seconds(30)));
    harness.run(seconds(25));
    assert_eq!(harness.metrics(0).node.answers_late, 1);
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    assert_eq!(harness.watch(0).ends(), []);
    harness.saw("an answer after 50 s to an action of 30 s");
}

#[test]
fn a_short_read_timeout_and_a_long_one_are_both_kept_to_the_millisecond() {
    for (heartbeat, read) in [(millis(50), millis(100)), (seconds(600), seconds(3_600))] {
        let limits = Limits { heartbeat_interval: heartbeat, read_timeout: read, ..Limits::default() };
        let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
        harness.run(read * 3);
        assert_eq!(harness.watch(0).ends(), [], "its Pings are answered");
        let (site, last) = (harness.site(0), harness.health(0).last_received_at.expect("a Pong"));
        harness.world().silence(site);
        harness.until("it is found", LONG * 2, |harness| !harness.is_ready(0));
        let dead_at = harness.metrics(0).state_since;
        assert_eq!(dead_at, last + read);
    }
    crate::harness::saw(1, "0.1 s and 1 h");
}

#[test]
fn actions_that_are_never_answered_leave_nothing_behind() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).ignore("Odd");
    let mut sizes = Vec::new();
    for _ in 0..4 {
        for _ in 0..100 {
            harness.send(0, "Odd", &[]);
            harness.emit(0, "Hangup", "call", &[]);
            harness.run(seconds(1));
        }
        sizes.push(format!("{:?}", harness.client.cluster()).len());
    }
    assert!(sizes[3] < sizes[1] + 200, "what the client holds, printed: {sizes:?}");
    harness.saw("400 actions, never a response, events all the time");
}

#[test]
fn a_peer_that_neither_writes_nor_reads_is_found_dead_and_nothing_spins() {
    let mut harness = Harness::ready(Setup::default());
    let site = harness.site(0);
    harness.world().set_links(site, LinkOptions { buffer_bytes: 10, ..LinkOptions::default() });
    harness.world().stall(site, true);
    let ping = harness.send(0, "Ping", &[]);
    let before = harness.steps;
    let found = harness.until("it is found", LONG, |harness| !harness.is_ready(0));
    assert_eq!(found, seconds(60), "the action's time and the read timeout");
    assert!(matches!(ended(&ping.cell), Err(ActionError::TimedOut { .. })));
    assert!(harness.steps - before < 20);
    harness.saw(&format!("dead after 60 s and {} steps", harness.steps - before));
}

#[test]
fn a_ping_that_had_no_room_leaves_when_there_is_some() {
    let mut harness = Harness::ready(Setup::default());
    let site = harness.site(0);
    harness.world().set_links(site, LinkOptions { buffer_bytes: 10, ..LinkOptions::default() });
    harness.world().stall(site, true);
    harness.send(0, "UserEvent", &[("UserEvent", "X")]);
    harness.run(seconds(20));
    harness.fake(0).record_requests();
    harness.world().stall(site, false);
    harness.world().set_links(site, LinkOptions::default());
    harness.run(seconds(16));
    assert_eq!((pings(&mut harness), harness.watch(0).ends().len()), (1, 0));
    harness.saw("one Ping after a stall of 20 s");
}

#[test]
fn a_wall_clock_that_jumps_moves_no_deadline() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    let site = harness.site(1);
    harness.world().set_door(site, Door::Refused);
    harness.world().reset(site);
    harness.run(seconds(1));
    let tries = harness.tap().connects.len();
    harness.fake(0).record_requests();
    let (unix, far) = (harness.world().now().unix, seconds(10 * 365 * 86_400));
    for unix in [unix + far, unix, unix.saturating_sub(far)] {
        harness.world().set_unix(unix);
        harness.run(seconds(61));
    }
    assert_eq!(harness.watch(0).ends(), []);
    assert_eq!(pings(&mut harness), 12, "four a minute, as ever");
    let more = harness.tap().connects.len() - tries;
    assert!((6..=14).contains(&more), "{more} attempts in three minutes");
    harness.saw(&format!("ten years ahead and back: 12 Pings, {more} attempts"));
}

#[test]
fn a_server_that_cuts_off_its_slow_reader_is_taken_back_with_a_gap() {
    let fake = Options { write_timeout: Some(millis(100)), ..Options::default() };
    let links = LinkOptions { buffer_bytes: 50_000, ..LinkOptions::default() };
    let mut harness = Harness::ready(Setup { fake, links, ..Setup::default() });
    harness.subscribe(&["Newexten"]);
    let value = "x".repeat(300);
    for _ in 0..500 {
        harness.emit(0, "Newexten", "dialplan", &[("AppData", value.as_str())]);
    }
    // The program does something else for a second, and the server cuts the session in the middle of an
    // event.
    harness.tap().pass(seconds(1));
    harness.until_back(0, seconds(5));
    harness.emit(0, "Newexten", "dialplan", &[]);
    harness.run(millis(10));
    let story = harness.watch(0).story();
    let whole = story.iter().filter(|word| *word == "Newexten").count();
    assert!((100..200).contains(&whole), "{whole} events were written whole");
    assert!(story.contains(&"gap peer_closed".to_owned()));
    assert_eq!(story.last().map(String::as_str), Some("Newexten"));
    harness.saw(&format!("{whole} of 500 events, then a gap"));
}

#[test]
fn a_program_that_was_away_for_long_asks_before_it_calls_its_servers_dead() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    let now = harness.now();
    harness.fake(1).freeze(true, now);
    harness.tap().pass(seconds(300));
    harness.run(seconds(14));
    assert!(harness.is_ready(0) && harness.is_ready(1), "it is asked, and has its time to answer");
    harness.run(seconds(60));
    assert_eq!(harness.watch(0).ends(), []);
    assert_eq!(harness.watch(1).ends()[0], DisconnectReason::ReadTimeout);
    harness.saw("away for five minutes: one server answered, the other one is dead");
}
