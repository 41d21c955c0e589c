//! Is the peer alive: pings into silence, half-open links, servers that are busy and servers that are gone.

use apn_ami::client::Network as _;
use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::limits::Limits;
use apn_sim::asterisk::{Answer as Canned, Options};
use apn_sim::link::LinkOptions;
use apn_sim::world::Door;

use crate::desk::{Desk, LONG, Setup, ended, millis, seconds};

/// The `Ping`s that the server read.
fn pings(desk: &mut Desk) -> usize {
    let requests = desk.fake(0).take_requests();
    requests.iter().filter(|(_, request)| request.action() == b"Ping").count()
}

#[test]
fn a_silent_session_is_pinged_once_an_interval_and_a_busy_one_never() {
    let mut desk = Desk::ready(Setup::default());
    desk.fake(0).record_requests();
    desk.run(seconds(301));
    assert_eq!(pings(&mut desk), 20);
    for _ in 0..100 {
        desk.emit(0, "Hangup", "call", &[]);
        desk.run(seconds(3));
    }
    assert_eq!(pings(&mut desk), 0);
    assert_eq!(desk.watch(0).ends(), []);
    assert_eq!((desk.health(0).pending_actions, desk.metrics(0).node.actions_sent), (0, 0));
    desk.saw("20 Pings in 300 s of silence, none while events came");
}

#[test]
fn the_round_trip_of_a_ping_is_measured() {
    let links = LinkOptions { latency: millis(40), ..LinkOptions::default() };
    let mut desk = Desk::ready(Setup { links, ..Setup::default() });
    assert_eq!(desk.health(0).last_ping, None);
    desk.run(seconds(16));
    assert_eq!(desk.health(0).last_ping, Some(millis(80)));
    desk.saw("80 ms over a link of 40 ms");
}

#[test]
fn a_half_open_peer_is_found_after_the_read_timeout_and_the_session_comes_back() {
    let mut desk = Desk::ready(Setup::default());
    desk.subscribe(&["*"]);
    desk.emit(0, "Newchannel", "call", &[]);
    desk.run(seconds(1));
    let (site, start) = (desk.site(0), desk.now());
    desk.world().silence(site);
    let found = desk.until("it is found", LONG, |desk| !desk.is_ready(0));
    assert_eq!(found, seconds(29), "30 s after the last byte");
    desk.until_back(0, seconds(2));
    desk.emit(0, "Hangup", "call", &[]);
    desk.run(seconds(1));
    assert_eq!(desk.watch(0).ends(), [DisconnectReason::ReadTimeout]);
    let story = desk.watch(0).story();
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
    let down = desk.now() - start;
    desk.saw(&format!("found after {found:?}, {down:?} from silence to the next event"));
}

#[test]
fn a_stopped_server_is_found_dead_and_taken_back_when_it_runs_again() {
    let mut desk = Desk::ready(Setup::default());
    let now = desk.now();
    desk.fake(0).freeze(true, now);
    let found = desk.until("it is found", LONG, |desk| !desk.is_ready(0));
    assert_eq!(found, seconds(30));
    // A stopped process still accepts connections, and says nothing in them.
    desk.run(seconds(300));
    let ends = desk.watch(0).ends();
    assert!(ends[1..].iter().all(|why| *why == DisconnectReason::LoginTimeout) && ends.len() > 5, "{ends:?}");
    let now = desk.now();
    desk.fake(0).freeze(false, now);
    let back = desk.until_back(0, seconds(45));
    desk.saw(&format!("dead after 30 s, {} attempts, back {back:?} after it ran again", ends.len() - 1));
}

#[test]
fn while_an_action_is_pending_death_waits_for_its_deadline_and_the_read_timeout() {
    let cases = [("Ping", None, 60), ("Originate", Some("40000"), 75), ("WaitEvent", Some("50"), 85)];
    for (name, timeout, dead_after) in cases {
        let mut desk = Desk::ready(Setup::default());
        let now = desk.now();
        desk.fake(0).freeze(true, now);
        let mut headers = vec![("Channel", "PJSIP/a"), ("Application", "Wait")];
        headers.extend(timeout.map(|timeout| ("Timeout", timeout)));
        let ticket = desk.send(0, name, &headers);
        let found = desk.until("it is found", LONG, |desk| !desk.is_ready(0));
        assert_eq!(found, seconds(dead_after), "{name}");
        assert!(matches!(ended(&ticket.slot), Err(ActionError::TimedOut { .. })), "{name}");
        assert_eq!(desk.watch(0).ends(), [DisconnectReason::ReadTimeout]);
    }
    crate::desk::saw(1, "an ordinary action 60 s, an Originate of 40 s 75 s, a WaitEvent of 50 s 85 s");
}

#[test]
fn two_blocking_calls_one_behind_the_other_keep_their_session() {
    let mut desk = Desk::ready(Setup::default());
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Timeout", "40000")];
    let first = desk.send(0, "Originate", &call);
    let second = desk.send(0, "Originate", &call);
    desk.until("the first ended", seconds(41), |_| first.slot.outcome().is_some());
    assert!(matches!(ended(&first.slot), Err(ActionError::Refused { .. })));
    desk.until("the second ended", seconds(6), |_| second.slot.outcome().is_some());
    assert!(matches!(ended(&second.slot), Err(ActionError::TimedOut { .. })), "its time ran while it waited");
    desk.run(seconds(60));
    assert_eq!(desk.watch(0).ends(), []);
    assert_eq!(desk.metrics(0).node.answers_late, 1);
    desk.saw("80 s of silence, one answer late, the session lives");
}

#[test]
fn a_session_whose_pings_are_never_answered_lives_as_long_as_bytes_come() {
    let mut desk = Desk::ready(Setup::default());
    desk.fake(0).ignore("Ping");
    for _ in 0..20 {
        desk.run(seconds(16));
        desk.emit(0, "Hangup", "call", &[]);
    }
    assert_eq!(desk.watch(0).ends(), []);
    let found = desk.until("then it is dead", LONG, |desk| !desk.is_ready(0));
    assert_eq!(found, seconds(30));
    desk.saw("320 s without a Pong, dead 30 s after the last event");
}

#[test]
fn an_answer_that_comes_too_late_is_counted_and_ends_nothing() {
    let mut desk = Desk::ready(Setup::default());
    desk.fake(0).respond("Slow", Canned::new([("Message", "at last")]).after(seconds(50)));
    let outcome = desk.ask(0, "Slow", &[]);
    assert!(matches!(&outcome, Err(ActionError::TimedOut { waited, .. }) if *waited == seconds(30)));
    desk.run(seconds(25));
    assert_eq!(desk.metrics(0).node.answers_late, 1);
    assert!(desk.ask(0, "Ping", &[]).is_ok());
    assert_eq!(desk.watch(0).ends(), []);
    desk.saw("an answer after 50 s to an action of 30 s");
}

#[test]
fn a_short_read_timeout_and_a_long_one_are_both_kept_to_the_millisecond() {
    for (heartbeat, read) in [(millis(50), millis(100)), (seconds(600), seconds(3_600))] {
        let limits = Limits { heartbeat_interval: heartbeat, read_timeout: read, ..Limits::default() };
        let mut desk = Desk::ready(Setup { limits, ..Setup::default() });
        desk.run(read * 3);
        assert_eq!(desk.watch(0).ends(), [], "its Pings are answered");
        let (site, last) = (desk.site(0), desk.health(0).last_received_at.expect("a Pong"));
        desk.world().silence(site);
        desk.until("it is found", LONG * 2, |desk| !desk.is_ready(0));
        let dead_at = desk.metrics(0).state_since;
        assert_eq!(dead_at, last + read);
    }
    crate::desk::saw(1, "0.1 s and 1 h");
}

#[test]
fn actions_that_are_never_answered_leave_nothing_behind() {
    let mut desk = Desk::ready(Setup::default());
    desk.fake(0).ignore("Odd");
    let mut sizes = Vec::new();
    for _ in 0..4 {
        for _ in 0..100 {
            desk.send(0, "Odd", &[]);
            desk.emit(0, "Hangup", "call", &[]);
            desk.run(seconds(1));
        }
        sizes.push(format!("{:?}", desk.client.cluster()).len());
    }
    assert!(sizes[3] < sizes[1] + 200, "what the client holds, printed: {sizes:?}");
    desk.saw("400 actions, never a response, events all the time");
}

#[test]
fn a_peer_that_neither_writes_nor_reads_is_found_dead_and_nothing_spins() {
    let mut desk = Desk::ready(Setup::default());
    let site = desk.site(0);
    desk.world().set_links(site, LinkOptions { buffer_bytes: 10, ..LinkOptions::default() });
    desk.world().stall(site, true);
    let ping = desk.send(0, "Ping", &[]);
    let before = desk.steps;
    let found = desk.until("it is found", LONG, |desk| !desk.is_ready(0));
    assert_eq!(found, seconds(60), "the action's time and the read timeout");
    assert!(matches!(ended(&ping.slot), Err(ActionError::TimedOut { .. })));
    assert!(desk.steps - before < 20);
    desk.saw(&format!("dead after 60 s and {} steps", desk.steps - before));
}

#[test]
fn a_ping_that_had_no_room_leaves_when_there_is_some() {
    let mut desk = Desk::ready(Setup::default());
    let site = desk.site(0);
    desk.world().set_links(site, LinkOptions { buffer_bytes: 10, ..LinkOptions::default() });
    desk.world().stall(site, true);
    desk.send(0, "UserEvent", &[("UserEvent", "X")]);
    desk.run(seconds(20));
    desk.fake(0).record_requests();
    desk.world().stall(site, false);
    desk.world().set_links(site, LinkOptions::default());
    desk.run(seconds(16));
    assert_eq!((pings(&mut desk), desk.watch(0).ends().len()), (1, 0));
    desk.saw("one Ping after a stall of 20 s");
}

#[test]
fn a_wall_clock_that_jumps_moves_no_deadline() {
    let mut desk = Desk::ready(Setup { servers: 2, ..Setup::default() });
    let site = desk.site(1);
    desk.world().set_door(site, Door::Refused);
    desk.world().reset(site);
    desk.run(seconds(1));
    let tries = desk.tap().connects.len();
    desk.fake(0).record_requests();
    let (unix, far) = (desk.world().now().unix, seconds(10 * 365 * 86_400));
    for unix in [unix + far, unix, unix.saturating_sub(far)] {
        desk.world().set_unix(unix);
        desk.run(seconds(61));
    }
    assert_eq!(desk.watch(0).ends(), []);
    assert_eq!(pings(&mut desk), 12, "four a minute, as ever");
    let more = desk.tap().connects.len() - tries;
    assert!((6..=14).contains(&more), "{more} attempts in three minutes");
    desk.saw(&format!("ten years ahead and back: 12 Pings, {more} attempts"));
}

#[test]
fn a_server_that_cuts_off_its_slow_reader_is_taken_back_with_a_gap() {
    let fake = Options { write_timeout: Some(millis(100)), ..Options::default() };
    let links = LinkOptions { buffer_bytes: 50_000, ..LinkOptions::default() };
    let mut desk = Desk::ready(Setup { fake, links, ..Setup::default() });
    desk.subscribe(&["Newexten"]);
    let value = "x".repeat(300);
    for _ in 0..500 {
        desk.emit(0, "Newexten", "dialplan", &[("AppData", value.as_str())]);
    }
    // The program does something else for a second: what was written stops in the middle of an event.
    desk.tap().pass(seconds(1));
    desk.until_back(0, seconds(5));
    desk.emit(0, "Newexten", "dialplan", &[]);
    desk.run(millis(10));
    let story = desk.watch(0).story();
    let whole = story.iter().filter(|word| *word == "Newexten").count();
    assert!((100..200).contains(&whole), "{whole} events were written whole");
    assert!(story.contains(&"gap peer_closed".to_owned()));
    assert_eq!(story.last().map(String::as_str), Some("Newexten"));
    desk.saw(&format!("{whole} of 500 events, then a gap"));
}

#[test]
fn a_program_that_was_away_for_long_asks_before_it_calls_its_servers_dead() {
    let mut desk = Desk::ready(Setup { servers: 2, ..Setup::default() });
    let now = desk.now();
    desk.fake(1).freeze(true, now);
    desk.tap().pass(seconds(300));
    desk.run(seconds(14));
    assert!(desk.is_ready(0) && desk.is_ready(1), "it is asked, and has its time to answer");
    desk.run(seconds(60));
    assert_eq!(desk.watch(0).ends(), []);
    assert_eq!(desk.watch(1).ends()[0], DisconnectReason::ReadTimeout);
    desk.saw("away for five minutes: one server answered, the other one is dead");
}
