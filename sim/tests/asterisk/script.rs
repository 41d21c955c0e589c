//! What tests can tell the server to do.

use std::time::Duration;

use crate::support::{Bench, count, kinds};
use apn_sim::asterisk::{Answer, Classes, Options, Outcome, Rate};

#[test]
fn a_canned_answer_takes_the_place_of_the_servers_own() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    let item = || vec![(b"Event".to_vec(), b"Thing".to_vec()), (b"Name".to_vec(), b"a".to_vec())];
    bench.asterisk.respond("Things", Answer::new([("Message", "Here")]).items(vec![item(), item()]));
    let answer = bench.act(session, &["Action: things", "ActionID: 7"]);
    let item = "Event: Thing\r\nActionID: 7\r\nName: a\r\n\r\n";
    let start = "Response: Success\r\nActionID: 7\r\nMessage: Here\r\nEventList: start\r\n\r\n";
    let end = "Event: thingsComplete\r\nActionID: 7\r\nEventList: Complete\r\nListItems: 2\r\n\r\n";
    assert_eq!(answer, format!("{start}{item}{item}{end}"));

    bench.asterisk.respond("Ping", Answer::error("Not today"));
    assert!(bench.act(session, &["Action: Ping"]).contains("Message: Not today"));
    bench.asterisk.unscript("Ping");
    assert!(bench.act(session, &["Action: Ping"]).contains("Pong"));
    bench.asterisk.ignore("Ping");
    assert_eq!(bench.act(session, &["Action: Ping"]), "");
}

#[test]
fn a_canned_list_ends_with_the_event_of_its_action() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    bench.asterisk.respond("PJSIPShowEndpoints", Answer::default().items(Vec::new()));
    let answer = bench.act(session, &["Action: PJSIPShowEndpoints", "ActionID: 1"]);
    let end = "Event: EndpointListComplete\r\nActionID: 1\r\nEventList: Complete\r\nListItems: 0\r\n\r\n";
    assert!(answer.ends_with(end), "{answer}");
}

#[test]
fn a_bare_event_has_no_header_of_the_servers_own() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    let now = bench.now;
    bench.asterisk.emit_bare("Hangup", Classes::NONE, [("Cause", "16")], now);
    assert_eq!(bench.received(session), "Event: Hangup\r\nCause: 16\r\n\r\n");
}

#[test]
fn a_slow_answer_blocks_its_session() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    bench.asterisk.respond("Reload", Answer::new([("Message", "Done")]).after(Duration::from_secs(3)));
    assert_eq!(bench.send(session, "Action: Reload\r\n\r\nAction: Ping\r\n\r\n"), "");
    bench.pass(Duration::from_secs(3));
    let answer = bench.received(session);
    assert!(answer.find("Done") < answer.find("Pong"), "{answer}");
}

#[test]
fn a_question_waits_for_its_answer() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    bench.asterisk.ask("Getvar");
    assert_eq!(bench.act(session, &["Action: Getvar", "ActionID: 1", "Variable: X"]), "");
    let questions = bench.asterisk.take_questions();
    assert_eq!(questions[0].request.header("Variable"), b"X");
    bench.asterisk.answer(&questions[0], &Answer::new([("Value", "42")]), bench.now);
    assert_eq!(bench.received(session), "Response: Success\r\nActionID: 1\r\nValue: 42\r\n\r\n");
}

#[test]
fn requests_are_recorded_in_order() {
    let mut bench = Bench::new(Options::default());
    bench.asterisk.record_requests();
    let session = bench.logged_in("off");
    bench.act(session, &["Action: Ping"]);
    let requests = bench.asterisk.take_requests();
    let actions: Vec<_> = requests.iter().map(|(_, request)| request.action().to_vec()).collect();
    assert_eq!(actions, [b"Login".to_vec(), b"Ping".to_vec()]);
    assert!(bench.asterisk.take_requests().is_empty());
}

#[test]
fn calls_end_as_they_are_told_to() {
    let call = |bench: &mut Bench, channel: &str| {
        let session = bench.logged_in("call");
        let channel = format!("Channel: {channel}");
        let lines =
            ["Action: Originate", "ActionID: 1", "Async: yes", "Context: a", "Exten: 1", "Priority: 1"];
        let wire = bench.act(session, &[&lines[..], &[&channel, "Timeout: 1000"]].concat());
        bench.pass(Duration::from_secs(1));
        let wire = wire + &bench.received(session);
        let block = wire.split("\r\n\r\n").find(|block| block.starts_with("Event: OriginateResponse"));
        let block = block.unwrap_or_else(|| panic!("no OriginateResponse: {wire}")).to_owned();
        let header = |name: &str| {
            let value = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap_or_default().to_owned()
        };
        (header("Response"), header("Reason"))
    };
    let mut bench = Bench::new(Options::default());
    bench.asterisk.set_outcome("PJSIP/alice", Outcome::Congestion);
    let pair = |response: &str, reason: &str| (response.to_owned(), reason.to_owned());
    assert_eq!(call(&mut bench, "PJSIP/alice"), pair("Failure", "8"));
    assert_eq!(call(&mut bench, "PJSIP/bob"), pair("Success", "4"));
    assert_eq!(call(&mut bench, "PJSIP/busy"), pair("Failure", "5"));
    assert_eq!(call(&mut bench, "PJSIP/noanswer"), pair("Failure", "3"));
    assert_eq!(call(&mut bench, "PJSIP/nosuch"), pair("Failure", "0"));
    assert_eq!(call(&mut bench, "Local/1@busy/n"), pair("Failure", "5"));
}

/// As the dialogues of real servers have it that tests/php/fixtures/originate keeps.
#[test]
fn the_second_half_of_a_local_channel_is_known_by_the_first_and_says_the_cause() {
    let hangups = |channel: &str, ids: &[&str]| {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("call");
        let channel = format!("Channel: Local/1@{channel}");
        let call = ["Action: Originate", "Async: yes", "Application: Wait", "Timeout: 1000", &channel];
        let mut wire = bench.act(session, &[&call[..], ids].concat());
        bench.pass(Duration::from_secs(1));
        wire += &bench.received(session);
        let header = |block: &str, name: &str| {
            let value = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            value.unwrap_or_default().to_owned()
        };
        wire.split("\r\n\r\n")
            .filter(|block| block.starts_with("Event: Hangup\r\n"))
            .map(|block| (header(block, "Uniqueid"), header(block, "Cause")))
            .collect::<Vec<_>>()
    };
    let pair = |id: &str, cause: &str| (id.to_owned(), cause.to_owned());
    assert_eq!(hangups("busy", &["ChannelId: c"]), [pair("c", "0"), pair("c;2", "17")]);
    assert_eq!(hangups("noanswer", &["ChannelId: c"]), [pair("c", "0"), pair("c;2", "19")]);
    let both = ["ChannelId: c", "OtherChannelId: d"];
    assert_eq!(hangups("congestion", &both), [pair("c", "0"), pair("d", "34")]);
}

#[test]
fn who_answers_and_waits_so_many_seconds_is_hung_up_then() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("call");
    for (channel, halves) in [("PJSIP/alice", 1), ("Local/1@answer", 2)] {
        let channel = format!("Channel: {channel}");
        let call = ["Action: Originate", "Async: yes", "Application: Wait", "Data: 2", &channel];
        let mut wire = bench.act(session, &call);
        bench.pass(Duration::from_millis(1_900));
        wire += &bench.received(session);
        assert_eq!((count(&wire, "OriginateResponse"), count(&wire, "Hangup")), (1, 0), "{wire}");
        bench.pass(Duration::from_millis(300));
        let wire = bench.received(session);
        assert_eq!(
            (count(&wire, "Hangup"), wire.matches("Cause: 16\r\n").count()),
            (halves, halves),
            "{wire}"
        );
    }
}

#[test]
fn variables_of_a_call_are_unescaped_as_asterisk_does() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("dialplan");
    let channel = ["Action: Originate", "Channel: PJSIP/a", "Async: 1", "Application: Wait", "ChannelId: c1"];
    let wire = bench.act(
        session,
        &[&channel[..], &["Variable: A=1,B=\"2,3\"", r"Variable: C=x\,y\\z", "Variable: D=say \"hi\""]]
            .concat(),
    );
    let set = |name: &str, value: &str| wire.contains(&format!("Variable: {name}\r\nValue: {value}\r\n"));
    assert!(set("A", "1") && set("B", "2,3") && set("C", r"x,y\\z") && set("D", "say hi"), "{wire}");
    assert!(wire.find("Variable: D") < wire.find("Variable: A"), "last first: {wire}");
    let name = wire.lines().find_map(|line| line.strip_prefix("Channel: ")).expect("a channel");
    let get = ["Action: Getvar", &format!("Channel: {name}"), "Variable: C"];
    assert!(bench.act(session, &get).contains("Variable: C\r\nValue: x,y\\z\r\n"));
    let status = bench.act(session, &["Action: Status", "Variables: A,B"]);
    assert!(status.contains("Variable: A=1\r\nVariable: B=2,3\r\n"), "{status}");
    assert!(status.contains("Uniqueid: c1\r\n"), "{status}");
}

#[test]
fn variables_and_the_database_keep_what_they_are_given() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    bench.act(session, &["Action: Setvar", "Variable: G", r#"Value: a,"b"\c"#]);
    assert!(bench.act(session, &["Action: Getvar", "Variable: G"]).contains(r#"Value: a,"b"\c"#));
    let strftime = bench.act(session, &["Action: Getvar", "Variable: STRFTIME(0,UTC,%Y)"]);
    assert!(strftime.contains("Value: 1970\r\n"), "{strftime}");
    bench.act(session, &["Action: DBPut", "Family: f", "Key: k", "Val: v"]);
    bench.act(session, &["Action: DBPut", "Family: ff", "Key: k", "Val: w"]);
    assert_eq!(count(&bench.act(session, &["Action: DBGetTree", "Family: f"]), "DBGetTreeResponse"), 1);
    assert!(bench.act(session, &["Action: DBDel", "Family: f", "Key: k"]).contains("deleted"));
    let gone = bench.act(session, &["Action: DBGet", "Family: f", "Key: k"]);
    assert!(gone.contains("Database entry not found"), "{gone}");
}

#[test]
fn a_flood_is_counted_to_the_event() {
    let mut bench = Bench::new(Options::default());
    let sessions = [bench.logged_in("call,dialplan"), bench.logged_in("call"), bench.logged_in("off")];
    let rate = Rate { events_per_second: 10_000, events_max: Some(5_000), waiting_bytes_max: None };
    bench.asterisk.set_rate(rate, bench.now);
    bench.pass(Duration::from_secs(1));
    assert_eq!(bench.asterisk.events_made(), 5_000);
    for (session, expected) in sessions.into_iter().zip([Some(5_000), None, Some(0)]) {
        let written = bench.asterisk.written(session).expect("a session").clone();
        let wire = bench.received(session);
        assert_eq!(count(&wire, "Event: ") as u64, written.events_total());
        for (name, events) in &written.events {
            assert_eq!(count(&wire, &format!("Event: {name}\r\n")) as u64, *events, "{name}");
        }
        assert!(expected.is_none_or(|events| events == written.events_total()), "{written:?}");
    }
}

#[test]
fn a_flood_waits_for_its_slowest_reader_where_told_so() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("on");
    let rate = Rate { events_per_second: 100_000, events_max: None, waiting_bytes_max: Some(100_000) };
    bench.asterisk.set_rate(rate, bench.now);
    bench.pass(Duration::from_secs(1));
    let waiting = bench.asterisk.outgoing(session).len();
    assert!((100_000..200_000).contains(&waiting), "{waiting}");
    bench.received(session);
    bench.pass(Duration::from_millis(2));
    assert!(!bench.asterisk.outgoing(session).is_empty());
}

#[test]
fn a_frozen_server_takes_connections_and_says_nothing() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("call");
    bench.asterisk.freeze(true, bench.now);
    assert_eq!(bench.act(session, &["Action: Ping"]), "");
    let late = bench.asterisk.connect(bench.now);
    assert_eq!(bench.received(late), "");
    bench.pass(Duration::from_secs(5));
    assert_eq!(bench.asterisk.next_deadline(), None);
    bench.asterisk.freeze(false, bench.now);
    assert!(bench.received(session).contains("Pong"));
    assert!(bench.received(late).starts_with("Asterisk Call Manager/"));
}

#[test]
fn a_restart_says_goodbye_to_everybody() {
    let mut bench = Bench::new(Options { boot_time: Duration::from_secs(2), ..Options::default() });
    bench.pass(Duration::from_secs(2));
    let session = bench.logged_in("system");
    bench.asterisk.restart(bench.now);
    assert_eq!(kinds(&bench.received(session)), ["Event: Shutdown"]);
    assert!(bench.asterisk.is_finished(session));
    let again = bench.logged_in("system");
    bench.pass(Duration::from_secs(2));
    assert_eq!(kinds(&bench.received(again)), ["Event: FullyBooted"]);
}

#[test]
fn sessions_end_softly_or_hard() {
    let mut bench = Bench::new(Options::default());
    let (soft, hard) = (bench.logged_in("call"), bench.logged_in("call"));
    bench.asterisk.emit("Hangup", Classes::named("call"), [("Cause", "16")], bench.now);
    bench.asterisk.close(soft, bench.now);
    bench.asterisk.cut(hard, bench.now);
    assert!(!bench.asterisk.is_finished(soft), "its event still goes out");
    assert_eq!(kinds(&bench.received(soft)), ["Event: Hangup"]);
    assert!(bench.asterisk.is_finished(soft) && bench.asterisk.is_finished(hard));
}

#[test]
fn refused_logins_and_garbage() {
    let mut bench = Bench::new(Options::default());
    bench.asterisk.refuse_logins(true);
    let session = bench.asterisk.connect(bench.now);
    bench.act(session, &["Action: Login", "Username: admin", "Secret: s3cret"]);
    bench.pass(Duration::from_secs(1));
    assert!(bench.received(session).contains("Authentication failed"));
    bench.asterisk.refuse_logins(false);
    let session = bench.logged_in("off");
    bench.asterisk.inject(session, b"\0\xff: \r\n", bench.now);
    assert_eq!(bench.asterisk.outgoing(session), b"\0\xff: \r\n");
}
