//! Logins, masks, limits and timeouts, as a client meets them.

use std::time::Duration;

use crate::support::{Bench, count, kinds};
use apn_sim::asterisk::{Account, Answer, Asterisk, Classes, Options, Release};

fn accounts(account: Account) -> Options {
    Options { accounts: vec![account], ..Options::default() }
}

#[test]
fn each_release_has_its_banner() {
    for (release, banner) in [
        (Release::V22, "Asterisk Call Manager/11.0.0\r\n"),
        (Release::V16, "Asterisk Call Manager/5.0.5\r\n"),
        (Release::V1_8, "Asterisk Call Manager/1.1\r\n"),
    ] {
        let mut bench = Bench::new(Options { release, ..Options::default() });
        let session = bench.asterisk.connect(bench.now);
        assert_eq!(bench.received(session), banner);
    }
}

#[test]
fn a_refused_login_costs_a_second_and_the_session() {
    for lines in [
        &["Action: Login", "ActionID: 1", "Username: admin", "Secret: wrong"][..],
        &["Action: Login", "ActionID: 1", "Username: nobody", "Secret: s3cret"],
        &["Action: Login", "ActionID: 1", "Username: admin", "AuthType: MD5", "Key: 0"],
    ] {
        let mut bench = Bench::new(Options::default());
        let session = bench.asterisk.connect(bench.now);
        bench.received(session);
        assert_eq!(bench.act(session, lines), "");
        bench.pass(Duration::from_millis(999));
        assert_eq!(bench.received(session), "");
        bench.pass(Duration::from_millis(1));
        let answer = "Response: Error\r\nActionID: 1\r\nMessage: Authentication failed\r\n\r\n";
        assert_eq!(bench.received(session), answer);
        assert!(bench.asterisk.is_finished(session));
    }
}

#[test]
fn a_challenge_is_kept_and_its_key_is_lower_case() {
    let mut bench = Bench::new(Options::default());
    let session = bench.asterisk.connect(bench.now);
    bench.received(session);
    let first = bench.act(session, &["Action: Challenge", "AuthType: md5"]);
    assert_eq!(bench.act(session, &["Action: Challenge", "AuthType: MD5"]), first);
    let refused = bench.act(session, &["Action: Challenge", "AuthType: SHA1"]);
    assert!(refused.contains("Must specify AuthType"), "{refused}");
    let key = "Key: BE794E1960F04871A6DF9CEFACEF8340";
    bench.act(session, &["Action: Login", "AuthType: MD5", "Username: admin", key]);
    bench.pass(Duration::from_secs(1));
    assert!(bench.received(session).contains("Authentication failed"));
}

#[test]
fn one_login_of_a_user_may_exclude_another() {
    let mut bench =
        Bench::new(accounts(Account { multiple_logins: false, ..Account::new("Admin", "s3cret") }));
    let first = bench.log_in_as("admin", "off");
    let second = bench.asterisk.connect(bench.now);
    bench.act(second, &["Action: Challenge", "AuthType: MD5", "Username: ADMIN"]);
    bench.pass(Duration::from_secs(1));
    assert!(bench.received(second).contains("Message: Login Already In Use"));
    assert!(bench.asterisk.is_finished(second));
    bench.asterisk.disconnect(first, bench.now);
    bench.log_in_as("admin", "off");
}

#[test]
fn a_second_login_is_no_error() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    let answer = bench.act(session, &["Action: Login", "Username: x", "Secret: y"]);
    assert!(answer.contains("Message: Already authenticated"), "{answer}");
}

#[test]
fn one_unauthenticated_session_too_many_gets_no_banner() {
    let mut bench = Bench::new(Options { auth_limit: 2, ..Options::default() });
    let waiting = [bench.asterisk.connect(bench.now), bench.asterisk.connect(bench.now)];
    let third = bench.asterisk.connect(bench.now);
    assert_eq!(bench.received(third), "");
    assert!(bench.asterisk.is_finished(third));
    bench.asterisk.disconnect(waiting[0], bench.now);
    let fourth = bench.asterisk.connect(bench.now);
    assert!(bench.received(fourth).starts_with("Asterisk"));
}

#[test]
fn who_does_not_log_in_is_closed_without_a_word() {
    let mut bench = Bench::new(Options::default());
    let session = bench.asterisk.connect(bench.now);
    bench.received(session);
    bench.pass(Duration::from_secs(29));
    assert!(!bench.asterisk.is_finished(session));
    assert_eq!(bench.asterisk.next_deadline(), Some(bench.now + Duration::from_secs(1)));
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.received(session), "");
    assert!(bench.asterisk.is_finished(session));
}

#[test]
fn only_the_login_actions_are_there_before_the_login() {
    let mut bench = Bench::new(Options::default());
    let session = bench.asterisk.connect(bench.now);
    bench.received(session);
    for action in ["Action: Ping", "Action: Nope", "Action: QueueStatus"] {
        let answer = bench.act(session, &[action, "ActionID: 7"]);
        assert_eq!(answer, "Response: Error\r\nActionID: 7\r\nMessage: Permission denied\r\n\r\n");
    }
    assert!(bench.act(session, &["Action: Logoff"]).starts_with("Response: Goodbye\r\n"));
    assert!(bench.asterisk.is_finished(session));
}

#[test]
fn fully_booted_needs_system_in_the_mask() {
    for (events, expected) in [("on", 1), ("", 1), ("system", 1), ("call", 0), ("off", 0), ("0", 0)] {
        let mut bench = Bench::new(Options::default());
        let session = bench.asterisk.connect(bench.now);
        let login = ["Action: Login", "Username: admin", "Secret: s3cret", &format!("Events: {events}")];
        let answer = bench.act(session, &login);
        assert_eq!(count(&answer, "Event: FullyBooted"), expected, "Events: {events}");
    }
}

#[test]
fn fully_booted_comes_later_while_the_server_boots() {
    let mut bench = Bench::new(Options { boot_time: Duration::from_secs(3), ..Options::default() });
    let session = bench.logged_in("system");
    let unknown = bench.act(session, &["Action: QueueStatus"]);
    assert!(unknown.contains("Invalid/unknown command: QueueStatus."), "{unknown}");
    assert!(bench.act(session, &["Action: Ping"]).contains("Pong"));
    bench.pass(Duration::from_secs(3));
    let event = bench.received(session);
    assert!(event.contains("Event: FullyBooted") && event.contains("Timestamp: "), "{event}");
    assert!(bench.act(session, &["Action: QueueStatus"]).contains("EventList: start"));
}

#[test]
fn a_mask_never_gives_more_than_the_account_may_read() {
    let account = Account { read: Classes::named("user"), ..Account::new("admin", "s3cret") };
    let mut bench = Bench::new(accounts(account));
    let session = bench.logged_in("on");
    bench.asterisk.emit("Hangup", Classes::named("call"), [("Cause", "16")], bench.now);
    bench.asterisk.emit("UserEvent", Classes::named("user"), [("UserEvent", "x")], bench.now);
    assert_eq!(kinds(&bench.received(session)), ["Event: UserEvent"]);
}

#[test]
fn an_event_of_two_classes_needs_both() {
    let mut bench = Bench::new(Options::default());
    let one = bench.logged_in("call");
    let both = bench.logged_in("call,reporting");
    bench.asterisk.emit("X", Classes::named("call,reporting"), [("A", "b")], bench.now);
    assert_eq!(bench.received(one), "");
    assert_eq!(kinds(&bench.received(both)), ["Event: X"]);
}

#[test]
fn the_events_action_changes_the_mask() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    let state = |bench: &mut Bench, mask: &str| {
        let answer = bench.act(session, &["Action: Events", "ActionID: 5", &format!("EventMask: {mask}")]);
        answer.lines().nth(2).unwrap_or_default().to_owned()
    };
    assert_eq!(state(&mut bench, "call"), "Events: On");
    bench.asterisk.emit("Hangup", Classes::named("call"), [("Cause", "16")], bench.now);
    assert_eq!(kinds(&bench.received(session)), ["Event: Hangup"]);
    assert_eq!(state(&mut bench, "misspelt"), "Events: Off");
    assert_eq!(state(&mut bench, ""), "Message: Invalid event mask");
}

#[test]
fn missing_rights_look_like_missing_modules() {
    let account = Account { write: Classes::named("reporting"), ..Account::new("admin", "s3cret") };
    let mut bench = Bench::new(accounts(account));
    let session = bench.logged_in("off");
    assert!(bench.act(session, &["Action: CoreShowChannels"]).contains("EventList: start"));
    assert!(bench.act(session, &["Action: Originate"]).contains("Message: Permission denied"));
    let commands = bench.act(session, &["Action: ListCommands"]);
    assert!(commands.contains("\r\nPing: ") && !commands.contains("\r\nOriginate: "), "{commands}");
}

#[test]
fn a_blocking_call_holds_back_events_and_answers() {
    let mut bench = Bench::new(Options::default());
    let (caller, other) = (bench.logged_in("call"), bench.logged_in("call"));
    let call = ["Action: Originate", "Channel: PJSIP/noanswer", "Context: a", "Exten: 1", "Priority: 1"];
    assert_eq!(bench.act(caller, &[&call[..], &["ActionID: 1", "Timeout: 40000"]].concat()), "");
    assert_eq!(bench.act(caller, &["Action: Ping"]), "");
    assert!(!bench.asterisk.wants_input(caller), "a blocked session reads nothing");
    bench.pass(Duration::from_millis(39_999));
    assert_eq!(bench.received(caller), "");
    assert!(kinds(&bench.received(other)).contains(&"Event: Newchannel"), "others hear it at once");
    bench.pass(Duration::from_millis(1));
    let answer = bench.received(caller);
    let kinds = kinds(&answer);
    assert_eq!(kinds.first(), Some(&"Response: Error"), "the answer comes before the events");
    assert_eq!(kinds.last(), Some(&"Response: Success"), "the Ping is last");
    assert!(kinds.contains(&"Event: Hangup"), "{kinds:?}");
}

#[test]
fn wait_event_answers_with_the_events_that_come() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("call");
    assert_eq!(bench.act(session, &["Action: WaitEvent", "ActionID: 9", "Timeout: 10"]), "");
    bench.asterisk.emit("Hangup", Classes::named("call"), [("Cause", "16")], bench.now);
    let answer = bench.received(session);
    let blocks = ["Response: Success", "Event: Hangup", "Event: WaitEventComplete"];
    assert_eq!(kinds(&answer), blocks);
    assert_eq!(count(&answer, "ActionID: 9"), 2, "the events have none: {answer}");

    bench.act(session, &["Action: WaitEvent", "Timeout: 2"]);
    bench.pass(Duration::from_secs(2));
    assert_eq!(kinds(&bench.received(session)), ["Response: Success", "Event: WaitEventComplete"]);

    bench.act(session, &["Action: WaitEvent", "Timeout: -1"]);
    let answer = bench.act(session, &["Action: Ping"]);
    assert_eq!(kinds(&answer), ["Response: Success", "Event: WaitEventComplete", "Response: Success"]);
}

#[test]
fn suppressed_events_come_after_the_next_answers() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("user");
    let wire = "Action: UserEvent\r\nUserEvent: a\r\nSuppressEvents: x\r\n\r\nAction: Ping\r\n\r\n";
    let answer = bench.send(session, wire);
    assert_eq!(kinds(&answer), ["Response: Success", "Response: Success", "Event: UserEvent"]);
}

#[test]
fn user_events_tell_everybody_the_senders_action_id() {
    let mut bench = Bench::new(Options::default());
    let (sender, other) = (bench.logged_in("user"), bench.logged_in("user"));
    bench.act(sender, &["Action: UserEvent", "ActionID: mine", "UserEvent: Hi", "A: b", "Noise"]);
    let event = bench.received(other);
    assert!(event.contains("\r\nUserEvent: Hi\r\nActionID: mine\r\nA: b\r\nNoise\r\n"), "{event}");
}

#[test]
fn refusals_are_security_events_for_others() {
    let mut bench = Bench::new(Options::default());
    let watcher = bench.logged_in("security");
    let session = bench.asterisk.connect(bench.now);
    bench.act(session, &["Action: Ping"]);
    bench.send(session, "\r\n");
    bench.act(session, &["Action: Challenge", "AuthType: MD5"]);
    bench.act(session, &["Action: Login", "Username: admin", "AuthType: MD5", "Key: 00"]);
    let stranger = bench.asterisk.connect(bench.now);
    bench.act(stranger, &["Action: Login", "Username: eve", "Secret: x"]);
    let told = bench.received(watcher);
    let names = ["RequestNotAllowed", "RequestBadFormat", "ChallengeResponseFailed", "InvalidAccountID"];
    assert_eq!(kinds(&told), names.map(|name| format!("Event: {name}")));
    assert!(told.contains("\r\nResponse: 00\r\nExpectedResponse: "), "{told}");
}

#[test]
fn a_stray_blank_line_is_a_request_without_action() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    assert_eq!(bench.send(session, "\r\n"), "Response: Error\r\nMessage: Missing action in request\r\n\r\n");
}

#[test]
fn bytes_that_are_not_utf_8_come_back_as_they_went() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    bench.asterisk.receive(session, b"Action: Ping\r\nActionID: caf\xe9\r\n\r\n", bench.now);
    let answer = bench.asterisk.outgoing(session);
    assert!(answer.windows(5).any(|part| part == b"caf\xe9\r"), "{answer:?}");
}

#[test]
fn a_reader_that_stands_still_is_cut_off_in_mid_block() {
    let options = Options { write_timeout: Some(Duration::from_millis(100)), ..Options::default() };
    let mut bench = Bench::new(options);
    let session = bench.logged_in("call");
    bench.asterisk.emit("Hangup", Classes::named("call"), [("Cause", "16")], bench.now);
    bench.asterisk.sent(session, 10, bench.now);
    bench.pass(Duration::from_millis(99));
    assert!(!bench.asterisk.is_finished(session));
    bench.pass(Duration::from_millis(1));
    assert!(bench.asterisk.is_finished(session));
    assert_eq!(bench.received(session), "");
}

#[test]
fn a_full_buffer_ends_in_mid_block_too() {
    let options = Options { outgoing_bytes_max: Some(1_000), ..Options::default() };
    let mut bench = Bench::new(options);
    let session = bench.logged_in("call");
    let long = "x".repeat(700);
    bench.asterisk.emit("A", Classes::named("call"), [("Text", &long)], bench.now);
    bench.asterisk.emit("B", Classes::named("call"), [("Text", &long)], bench.now);
    assert!(!bench.asterisk.is_finished(session), "what fitted still goes out");
    let received = bench.received(session);
    assert_eq!(received.len(), 1_000);
    assert!(received.ends_with('x'));
    assert!(bench.asterisk.is_finished(session));
}

fn is_send<T: Send>(_: &T) {}

#[test]
fn a_server_may_move_to_another_thread() {
    let bench = Bench::new(Options::default());
    is_send::<Asterisk>(&bench.asterisk);
    is_send(&Answer::default());
}

#[test]
fn made_up_events_go_to_whoever_reads_their_classes() {
    let mut bench = Bench::new(Options::default());
    let [all, agent, none] = ["call,agent", "agent", "off"].map(|mask| bench.logged_in(mask));
    let event = ["Action: FakeEvent", "ActionID: 7", "Event: Newstate", "Channel: PJSIP/a-1", "X: a: b"];
    let answer = bench.act(none, &event);
    assert!(answer.starts_with("Response: Success\r\nActionID: 7\r\nMessage: Event Sent\r\n"), "{answer}");
    for session in [all, agent] {
        let wire = bench.received(session);
        assert!(wire.starts_with("Event: Newstate\r\nPrivilege: <none>\r\nTimestamp: "), "{wire}");
        assert!(wire.ends_with("\r\nChannel: PJSIP/a-1\r\nX: a: b\r\n\r\n"), "{wire}");
    }
    bench.act(none, &[&event[..], &["Privilege: call,all"]].concat());
    assert!(bench.received(all).contains("\r\nPrivilege: call,all\r\n"));
    assert_eq!(bench.received(agent), "");
    assert!(bench.act(none, &["Action: FakeEvent"]).contains("No event specified"));
}
