//! Actions and their answers: every list of Asterisk, irregular answers, durations, bounds and strategies.

use std::time::Duration;

use apn_ami::error::{ActionError, Answer};
use apn_ami::limits::{LONGEST, Limits};
use apn_ami::node::{CompletionPolicy, Strategy, TimeoutBehavior};
use apn_ami::settings::EventMask;
use apn_sim::asterisk::{Account, Answer as Canned, Classes, Options, Release};

use crate::harness::{Harness, LONG, Setup, action, ended, millis, saw, seconds};

/// A row of the fake's table of lists.
pub(crate) struct Row {
    pub(crate) action: &'static str,
    pub(crate) completion: &'static str,
    /// `complete`, `error TEXT` or `success TEXT`.
    pub(crate) empty: &'static str,
    /// An `Error` in the middle of the list: `stop TEXT` if it ends the list, else `continue TEXT`.
    midway: Option<&'static str>,
}

pub(crate) fn rows() -> Vec<Row> {
    let table = include_str!("../../sim/data/lists.tsv");
    let lines = table.lines().filter(|line| !line.starts_with('#')).skip(1);
    lines
        .map(|line| {
            let columns: Vec<_> = line.split('\t').collect();
            let midway = columns[7];
            Row {
                action: columns[0],
                completion: columns[3],
                empty: columns[5],
                midway: (!midway.is_empty()).then_some(midway),
            }
        })
        .collect()
}

/// The headers that Asterisk requires before it runs the action.
pub(crate) fn headers_for(name: &str) -> Vec<(&'static str, &'static str)> {
    let table = include_str!("../../sim/data/actions.tsv");
    let row =
        table.lines().find(|line| line.split('\t').next() == Some(name)).expect("an action of the fake");
    let required = row.split('\t').nth(2).unwrap_or_default();
    let headers = required.split(';').filter_map(|pair| pair.split_once('=')).map(|(header, _)| header);
    headers.map(|header| (header, if name == "Hangup" { "/./" } else { "1" })).collect()
}

fn header(answer: &Answer, name: &str) -> String {
    let complete = answer.complete.as_ref().expect("a closing event");
    String::from_utf8_lossy(&complete.get(name.as_bytes()).unwrap_or_default()).into_owned()
}

fn refusal(outcome: Result<Answer, ActionError>) -> (Box<Answer>, bool) {
    match outcome {
        Err(error) => {
            let is_retry_safe = error.is_retry_safe();
            let ActionError::Refused { response, .. } = error else { panic!("refused, not {error}") };
            (response, is_retry_safe)
        }
        Ok(answer) => panic!("refused, not {answer:?}"),
    }
}

pub(crate) fn pong(harness: &mut Harness) {
    let answer = harness.ask(0, "Ping", &[]).expect("a session that goes on");
    assert_eq!(answer.response.get(b"Ping").as_deref(), Some(b"Pong".as_slice()));
}

#[test]
fn every_list_of_asterisk_is_collected_to_its_end() {
    let mut harness = Harness::ready(Setup::default());
    let mut items_seen = 0;
    for row in rows() {
        for items in [1, 3, 40] {
            assert!(harness.fake(0).fill_list(row.action, items), "{} is a list", row.action);
            let answer = harness.ask(0, row.action, &headers_for(row.action));
            let answer = answer.unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(answer.events.len(), items, "{}", row.action);
            assert!(answer.complete.as_ref().is_some_and(|event| event.is_event(row.completion)));
            assert_eq!(header(&answer, "ListItems"), items.to_string(), "{}", row.action);
            assert!(!answer.partial);
            items_seen += items;
        }
    }
    pong(&mut harness);
    harness.saw(&format!("{} lists, {items_seen} items", rows().len()));
}

#[test]
fn the_three_kinds_of_empty_list_are_told_apart() {
    let mut harness = Harness::ready(Setup::default());
    let mut kinds = [0; 3];
    for row in rows() {
        harness.fake(0).fill_list(row.action, 0);
        let outcome = harness.ask(0, row.action, &headers_for(row.action));
        match row.empty.split_once(' ') {
            Some(("error", text)) => {
                let (answer, is_retry_safe) = refusal(outcome);
                let message = answer.response.get(b"Message").unwrap_or_default().into_owned();
                let start = text.split(['\\', '{']).next().unwrap_or_default();
                assert!(message.starts_with(start.as_bytes()), "{}: {start}", row.action);
                assert!(!is_retry_safe && answer.events.is_empty(), "{}", row.action);
                kinds[0] += 1;
            }
            Some(("success", _)) => {
                let answer = outcome.unwrap_or_else(|error| panic!("{error}"));
                assert!(answer.events.is_empty() && answer.complete.is_none(), "{}", row.action);
                kinds[1] += 1;
            }
            _ => {
                let answer = outcome.unwrap_or_else(|error| panic!("{error}"));
                assert!(answer.events.is_empty(), "{}", row.action);
                assert_eq!(header(&answer, "ListItems"), "0", "{}", row.action);
                kinds[2] += 1;
            }
        }
    }
    pong(&mut harness);
    let [errors, successes, lists] = kinds;
    harness.saw(&format!("empty: {errors} errors, {successes} plain successes, {lists} lists of none"));
}

#[test]
fn an_error_in_the_middle_of_a_list_ends_it_with_what_came_before() {
    let (mut broken, mut late_of_all) = (0, 0);
    for row in rows() {
        let Some(midway) = row.midway else { continue };
        // A new session, which has had no list before.
        let (mut harness, mut late) = (Harness::ready(Setup::default()), 0);
        harness.subscribe(&["*"]);
        for after in [0, 1, 3] {
            harness.fake(0).fill_list(row.action, 3);
            assert!(harness.fake(0).break_list(row.action, Some(after)), "{} can break", row.action);
            let (answer, is_retry_safe) = refusal(harness.ask(0, row.action, &headers_for(row.action)));
            assert_eq!(answer.events.len(), after, "{}", row.action);
            assert!(!is_retry_safe, "{}: a part of it ran", row.action);
            pong(&mut harness);
            // The action has ended, so the rest of a list that continues is late, its closing event included.
            late += if midway.starts_with("continue") { 3 - after as u64 + 1 } else { 0 };
            assert_eq!(harness.metrics(0).node.answers_late, late, "{}", row.action);
            broken += 1;
        }
        harness.fake(0).break_list(row.action, None);
        assert!(harness.ask(0, row.action, &headers_for(row.action)).is_ok());
        let strays = harness.watch(0).events().filter(|event| event.action_id().is_some()).count();
        assert_eq!(strays, 0, "{}: what is late is nobody's event", row.action);
        late_of_all += late;
    }
    assert!(broken >= 9);
    saw(Setup::default().seed, &format!("{broken} lists broke, {late_of_all} late events"));
}

#[test]
fn iax_peers_without_action_ids_belong_to_their_list_and_not_to_listeners() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["*"]);
    harness.fake(0).fill_list("IAXpeers", 5);
    harness.emit(0, "PeerStatus", "system", &[("Peer", "IAX2/a")]);
    let answer = harness.ask(0, "IAXpeers", &[]).expect("a list");
    harness.emit(0, "PeerEntry", "system", &[("ObjectName", "nobody's")]);
    harness.run(seconds(1));
    assert_eq!(answer.events.len(), 5);
    assert!(answer.events.iter().all(|event| event.action_id().is_none()));
    assert_eq!(harness.watch(0).story()[5..], ["PeerStatus", "end of IAXpeers", "PeerEntry"]);
    harness.saw("5 items claimed by their place");
}

#[test]
fn iax_netstats_without_any_response_ends_with_its_rows() {
    let mut harness = Harness::ready(Setup::default());
    for rows in [&[][..], &["IAX2/a-1  12 0 -1 0 0"], &["IAX2/a-1  12 0", "IAX2/b-2  7 0", "2 active"]] {
        harness.fake(0).set_netstats(rows.iter().copied());
        let answer = harness.ask(0, "IAXnetstats", &[]).expect("rows");
        let text: Vec<u8> = answer.events.iter().flat_map(|event| event.frame().to_vec()).collect();
        let lines = String::from_utf8_lossy(&text).lines().filter(|line| !line.is_empty()).count();
        assert_eq!(lines, rows.len());
        pong(&mut harness);
    }
    harness.saw("0, 1 and 3 rows");
}

#[test]
fn answers_with_one_event_after_them_or_two_responses_are_whole() {
    let mut harness = Harness::ready(Setup::default());
    let stats = harness.ask(0, "FAXStats", &[]).expect("an answer");
    assert!(stats.complete.is_some_and(|event| event.is_event("FAXStats")));
    let session = harness.ask(0, "FAXSession", &[("SessionNumber", "7")]).expect("an answer");
    assert!(session.complete.is_some_and(|event| event.is_event("FAXSession")));
    assert!(harness.ask(0, "FAXSession", &[]).is_err());
    let jabber = [("Jabber", "asterisk"), ("JID", "a@b"), ("Message", "hello")];
    let jabber = harness.ask(0, "JabberSend", &jabber).expect("an answer");
    assert_eq!(jabber.response.get(b"Message"), None, "the second response is the answer");
    // Each of these answers ends with one empty line too many.
    for (action, key) in [("SIPshowpeer", "Peer"), ("SIPqualifypeer", "Peer"), ("QueueRule", "Rule")] {
        harness.ask(0, action, &[(key, "alice")]).unwrap_or_else(|error| panic!("{error}"));
        pong(&mut harness);
    }
    assert_eq!(harness.metrics(0).node.answers_late + harness.metrics(0).node.frames_odd, 0);
    harness.saw("FAXStats, FAXSession, JabberSend, SIPshowpeer, SIPqualifypeer, QueueRule");
}

#[test]
fn wait_event_gives_its_events_to_the_action_and_to_listeners() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["*"]);
    let waiting = harness.send(0, "WaitEvent", &[("Timeout", "60")]);
    harness.run(seconds(20));
    assert!(waiting.cell.outcome().is_none(), "nothing happened yet");
    harness.emit(0, "Newchannel", "call", &[("Channel", "PJSIP/a-1")]);
    let answer = harness.outcome(&waiting).expect("an event came");
    assert!(answer.events.len() == 1 && answer.events[0].is_event("Newchannel"));
    assert_eq!(harness.watch(0).events_named("Newchannel"), 1);
    let start = harness.now();
    let nothing = harness.ask(0, "WaitEvent", &[("Timeout", "100")]).expect("also nothing is an answer");
    assert!(nothing.events.is_empty() && nothing.complete.is_some());
    assert_eq!(harness.now() - start, seconds(100), "our own Ping, which would end it, is held back");
    assert_eq!(harness.watch(0).ends(), [], "100 silent seconds do not end a session that waits");
    harness.saw("an event, then 100 s of silence");
}

#[test]
fn a_command_keeps_its_text_on_new_and_on_old_servers() {
    let text = "  indented\n\nafter an empty line\nName: value\n--END\n";
    for release in [Release::V11, Release::V13, Release::V16, Release::V22] {
        let fake = Options { release, ..Options::default() };
        let mut harness = Harness::ready(Setup { fake, ..Setup::default() });
        harness.fake(0).set_command("core show something", true, text);
        let answer = harness.ask(0, "Command", &[("Command", "core show something")]).expect("output");
        let output = String::from_utf8(answer.response.output().expect("a command's text")).expect("UTF-8");
        assert_eq!(output.trim_end(), text.trim_end(), "Asterisk {}", release.name());
        pong(&mut harness);
    }
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).set_command("nonsense", false, "No such command 'nonsense'");
    let (answer, is_retry_safe) = refusal(harness.ask(0, "Command", &[("Command", "nonsense")]));
    assert_eq!(answer.response.output().as_deref(), Some(b"No such command 'nonsense'".as_slice()));
    assert!(!is_retry_safe);
    harness.saw("Asterisk 11, 13, 16 and 22");
}

#[test]
fn a_response_longer_than_any_line_comes_whole() {
    let mut harness = Harness::ready(Setup::default());
    let value = "x".repeat(200_000);
    harness.fake(0).respond("GetConfigJSON", Canned::new([("JSON", value.as_str())]));
    let answer = harness.ask(0, "GetConfigJSON", &[("Filename", "a.conf")]).expect("one long line");
    assert_eq!(answer.response.get(b"JSON").map(|json| json.len()), Some(200_000));
    harness.saw("a line of 200,000 bytes");
}

#[test]
fn one_message_more_than_the_caller_allows_fails_the_action_and_the_rest_is_late() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).fill_list("QueueStatus", 10);
    // The messages are a response, ten items and the closing event.
    for (most, fits) in [(11, false), (12, true), (1, false)] {
        let completion = CompletionPolicy { messages_max: Some(most), ..CompletionPolicy::default() };
        let outcome = harness.ask_with(0, &action("QueueStatus", &[]), &completion);
        match outcome {
            Ok(answer) => assert!(fits && answer.events.len() == 10),
            Err(ActionError::TooLarge { bound: "maxMessages", limit, .. }) => assert!(!fits && limit == most),
            Err(error) => panic!("{error}"),
        }
        pong(&mut harness);
    }
    assert_eq!(harness.metrics(0).node.answers_late, 10);
    harness.saw("12 messages fit 12, not 11 and not 1");
}

#[test]
fn a_synchronous_originate_waits_for_its_own_time_and_keeps_its_session() {
    let mut harness = Harness::ready(Setup::default());
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Timeout", "40000")];
    let start = harness.now();
    let originate = harness.send(0, "Originate", &call);
    let ping = harness.send(0, "Ping", &[]);
    let (answer, is_retry_safe) = refusal(harness.outcome(&originate));
    assert_eq!(harness.now() - start, seconds(40));
    assert_eq!(answer.response.get(b"Message").as_deref(), Some(b"Originate failed".as_slice()));
    assert!(!is_retry_safe, "the phone rang");
    // The user's `Ping` waited behind the call and has timed out. The session's own `Ping` was answered.
    assert!(matches!(ended(&ping.cell), Err(ActionError::TimedOut { .. })));
    pong(&mut harness);
    assert_eq!(harness.watch(0).ends(), []);
    assert!(harness.health(0).last_ping.is_some_and(|time| time >= seconds(20)), "it was held back too");
    harness.saw("40 s of silence, the session lives, its Ping took its time");
}

#[test]
fn an_originate_that_is_never_answered_ends_five_seconds_after_its_own_time() {
    for (timeout, is_async, expected) in
        [(Some("7000"), false, 12), (Some("7000"), true, 12), (None, false, 35), (None, true, 35)]
    {
        let mut harness = Harness::ready(Setup::default());
        harness.fake(0).ignore("Originate");
        let mut call = vec![("Channel", "PJSIP/a"), ("Application", "Wait")];
        call.extend(timeout.map(|timeout| ("Timeout", timeout)));
        call.extend(is_async.then_some(("Async", "true")));
        let start = harness.now();
        let outcome = harness.ask(0, "Originate", &call);
        assert_eq!(harness.now() - start, seconds(expected));
        let Err(error) = outcome else { panic!("nobody answers") };
        assert!(matches!(&error, ActionError::TimedOut { waited, .. } if *waited == seconds(expected)));
        assert!(!error.is_retry_safe());
    }
    saw(1, "12 s with a Timeout of 7 s, 35 s without one");
}

#[test]
fn an_asynchronous_originate_ends_with_its_own_event_whatever_became_of_the_call() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["OriginateResponse"]);
    for (channel, reason) in
        [("PJSIP/a", "4"), ("PJSIP/busy", "5"), ("PJSIP/congested", "8"), ("PJSIP/nosuch", "0")]
    {
        let call = [("Channel", channel), ("Application", "Wait"), ("Data", "1"), ("Async", "true")];
        let answer = harness.ask(0, "Originate", &call).expect("queued, then ended");
        let event = answer.complete.expect("its own event");
        assert!(event.is_event("OriginateResponse"));
        assert_eq!(event.get(b"Reason").as_deref(), Some(reason.as_bytes()), "{channel}");
    }
    let start = harness.now();
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Async", "1"), ("Timeout", "9000")];
    assert!(harness.ask(0, "Originate", &call).is_ok());
    assert!((seconds(9)..seconds(10)).contains(&(harness.now() - start)));
    assert_eq!(harness.watch(0).events_named("OriginateResponse"), 5, "it is news to listeners too");
    harness.saw("answered, busy, congested, no such device, not answered");
}

#[test]
fn a_caller_who_wants_parts_gets_them_when_time_is_up() {
    let mut harness = Harness::ready(Setup::default());
    let item = |number: u32| {
        vec![(b"Event".to_vec(), b"Item".to_vec()), (b"Number".to_vec(), number.to_string().into_bytes())]
    };
    let half = Canned::new([("EventList", "start")]).event(item(1)).event(item(2));
    harness.fake(0).respond("Half", half);
    harness.fake(0).ignore("Nothing");
    let wait = Some(seconds(3));
    let partial = CompletionPolicy {
        max_duration: wait,
        on_timeout: TimeoutBehavior::Partial,
        ..CompletionPolicy::default()
    };
    let fail = CompletionPolicy { max_duration: wait, ..CompletionPolicy::default() };
    let start = harness.now();
    let answer = harness.ask_with(0, &action("Half", &[]), &partial).expect("what there is");
    assert_eq!(harness.now() - start, seconds(3));
    assert!(answer.partial && answer.events.len() == 2 && answer.complete.is_none());
    for (name, completion) in [("Half", &fail), ("Nothing", &partial), ("Nothing", &fail)] {
        let outcome = harness.ask_with(0, &action(name, &[]), completion);
        assert!(matches!(outcome, Err(ActionError::TimedOut { .. })), "{name}");
    }
    pong(&mut harness);
    harness.saw("2 items of an unfinished list");
}

#[test]
fn a_single_response_ends_the_action_and_named_events_end_others() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).fill_list("QueueStatus", 3);
    let single = CompletionPolicy { strategy: Strategy::Single, ..CompletionPolicy::default() };
    let answer = harness.ask_with(0, &action("QueueStatus", &[]), &single).expect("the response");
    assert!(answer.events.is_empty() && answer.complete.is_none());
    pong(&mut harness);
    assert_eq!(harness.metrics(0).node.answers_late, 4, "items and closing event had nobody");

    let call = action("Originate", &[("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true")]);
    let answer = harness.ask_with(0, &call, &single).expect("queued");
    assert_eq!(answer.response.get(b"Message").as_deref(), Some(b"Originate successfully queued".as_slice()));

    let second = CompletionPolicy {
        strategy: Strategy::Events(vec!["queuemember".into()]),
        ..CompletionPolicy::default()
    };
    let answer = harness.ask_with(0, &action("QueueStatus", &[]), &second).expect("an item that ends it");
    assert!(answer.complete.is_some_and(|event| event.is_event("QueueMember")));
    assert_eq!(answer.events.len(), 1);
    let never =
        CompletionPolicy { strategy: Strategy::Events(vec!["Never".into()]), ..CompletionPolicy::default() };
    let answer = harness.ask_with(0, &action("QueueStatus", &[]), &never).expect("the list's end counts too");
    assert_eq!(answer.events.len(), 3);
    harness.saw("single, an item's name, a name that never came");
}

#[test]
fn what_never_ran_is_safe_to_send_again_and_nothing_else_is() {
    let reader = Account { write: Classes::named("call"), ..Account::new("admin", "s3cret") };
    let fake = Options { accounts: vec![reader], ..Options::default() };
    let mut harness = Harness::ready(Setup { fake, ..Setup::default() });
    let mut safe = |name: &str, headers: &[(&str, &str)]| refusal(harness.ask(0, name, headers)).1;
    assert!(safe("CoreStatus", &[]), "permission denied");
    assert!(safe("NoSuchAction", &[]), "unknown");
    assert!(!safe("Hangup", &[("Channel", "PJSIP/none")]), "it ran and found nothing");
    harness.saw("denied and unknown are safe, refused by the action itself is not");
}

#[test]
fn what_one_action_collects_is_bounded_in_bytes_and_the_session_lives() {
    let limits = Limits { action_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.fake(0).fill_list("QueueStatus", 1_000);
    let outcome = harness.ask(0, "QueueStatus", &[]);
    assert!(matches!(outcome, Err(ActionError::TooLarge { bound: "maxActionBytes", limit: 65_536, .. })));
    pong(&mut harness);
    harness.saw(&format!("{} late items", harness.metrics(0).node.answers_late));
}

#[test]
fn a_slow_answer_holds_back_those_behind_it_and_all_end_in_order() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).respond("Slow", Canned::new([("Message", "at last")]).after(seconds(20)));
    let first = harness.send(0, "Slow", &[]);
    let behind: Vec<_> = (0..50).map(|_| harness.send(0, "Ping", &[])).collect();
    let took =
        harness.until("all ended", LONG, |_| behind.iter().all(|ticket| ticket.cell.outcome().is_some()));
    assert_eq!(took, seconds(20));
    assert!(ended(&first.cell).is_ok());
    assert!(behind.iter().all(|ticket| ended(&ticket.cell).is_ok()));
    let ends = harness.watch(0).story().split_off(5);
    assert_eq!(ends[0], "end of Slow");
    assert_eq!(ends.len(), 51);
    harness.saw("51 actions, the first took 20 s");
}

#[test]
fn a_list_is_collected_while_an_asynchronous_call_is_still_pending() {
    let mut harness = Harness::ready(Setup::default());
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Async", "true")];
    let originate = harness.send(0, "Originate", &call);
    harness.run(millis(500));
    for row in rows() {
        harness.fake(0).fill_list(row.action, 2);
        let answer = harness.ask(0, row.action, &headers_for(row.action));
        let answer = answer.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(answer.events.len(), 2, "{}", row.action);
    }
    assert!(originate.cell.outcome().is_none(), "no time passed");
    assert!(harness.outcome(&originate).is_ok());
    harness.saw("every list, during one call");
}

#[test]
fn items_of_a_list_are_not_delivered_to_listeners() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["*"]);
    for row in rows() {
        harness.fake(0).fill_list(row.action, 3);
        harness.ask(0, row.action, &headers_for(row.action)).unwrap_or_else(|error| panic!("{error}"));
    }
    let names: Vec<_> = harness.watch(0).events().map(|event| format!("{event:?}")).collect();
    assert!(names.is_empty(), "{names:?}");
    harness.saw("no item reached a listener of everything");
}

#[test]
fn a_duration_beyond_all_clocks_is_taken_as_the_longest() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).ignore("Never");
    let completion = CompletionPolicy { max_duration: Some(Duration::MAX), ..CompletionPolicy::default() };
    let start = harness.now();
    let outcome = harness.ask_with(0, &action("Never", &[]), &completion);
    assert!(matches!(outcome, Err(ActionError::TimedOut { waited: LONGEST, .. })));
    assert_eq!(harness.now() - start, LONGEST);
    assert_eq!(harness.watch(0).ends(), [], "a day of Pings");
    harness.saw("24 h");
}

#[test]
fn an_asynchronous_originate_ends_with_its_response_where_the_mask_keeps_its_event_away() {
    let call = [("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true")];
    let events = |names: &[&str]| CompletionPolicy {
        strategy: Strategy::Events(names.iter().map(|&name| name.to_owned()).collect()),
        ..CompletionPolicy::default()
    };
    for (mask, own_events, is_told) in [
        (EventMask::All, None, true),
        (EventMask::Auto, None, true),
        (EventMask::Classes("call".into()), None, true),
        (EventMask::Off, None, false),
        (EventMask::Classes("system,agent".into()), None, false),
        (EventMask::All, Some("off"), false),
        (EventMask::Off, Some("call"), true),
        (EventMask::All, Some(""), true),
    ] {
        let mut harness = Harness::ready(Setup { mask: mask.clone(), ..Setup::default() });
        if let Some(own) = own_events {
            let _ = harness.ask(0, "Events", &[("EventMask", own)]);
        }
        for completion in [CompletionPolicy::default(), events(&["OriginateResponse"])] {
            let answer = harness.ask_with(0, &action("Originate", &call), &completion).expect("a call");
            assert_eq!(answer.complete.is_some(), is_told, "{mask:?}, {own_events:?}");
            assert_eq!(answer.partial, !is_told, "{mask:?}, {own_events:?}");
            assert_eq!(answer.response.name(), b"Success");
        }
        let other =
            CompletionPolicy { max_duration: Some(seconds(1)), ..events(&["OriginateResponse", "Hangup"]) };
        let outcome = harness.ask_with(0, &action("Originate", &call), &other);
        assert_eq!(outcome.is_ok(), is_told, "another event may still come: {mask:?}");
    }
    saw(1, "8 masks");
}

/// The user changed the event mask of this session only. The next session has the mask of the login again.
#[test]
fn a_mask_that_the_user_set_is_forgotten_with_its_session() {
    let mut harness = Harness::ready(Setup::default());
    harness.ask(0, "Events", &[("EventMask", "off")]).expect("an answer");
    let site = harness.site(0);
    harness.world().reset(site);
    harness.until_back(0, seconds(5));
    let call = [("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true")];
    assert!(harness.ask(0, "Originate", &call).expect("a call").complete.is_some());
    harness.saw("a call in the session after");
}
