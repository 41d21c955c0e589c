//! Answers and events that belong to others, are late or are forged. They are counted, and they end no action
//! of the client.

use apn_ami::error::ActionError;
use apn_ami::limits::Limits;
use apn_ami::node::Ticket;
use apn_sim::asterisk::SessionId;

use crate::harness::{Harness, Setup, ended, millis, seconds};

/// A harness with one action that the fake server answers only when the test says so.
fn asked() -> (Harness, Ticket) {
    let limits = Limits { frame_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.subscribe(&["*"]);
    harness.fake(0).ask("Slow");
    let ticket = harness.send(0, "Slow", &[]);
    harness.step(millis(1));
    (harness, ticket)
}

/// Logs in as another client of the same Asterisk.
fn other_client(harness: &mut Harness) -> SessionId {
    let now = harness.now();
    let session = harness.fake(0).connect(now);
    say(harness, session, "Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\nEvents: off\r\n\r\n");
    session
}

fn say(harness: &mut Harness, session: SessionId, text: &str) {
    let now = harness.now();
    harness.fake(0).receive(session, text.as_bytes(), now);
    harness.run(millis(10));
}

fn finish(mut harness: Harness, ticket: &Ticket, saw: &str) {
    assert!(ticket.cell.outcome().is_none(), "nothing strange ended it");
    let now = harness.now();
    for question in harness.fake(0).take_questions() {
        harness.fake(0).answer(&question, &apn_sim::asterisk::Answer::default(), now);
    }
    assert!(harness.outcome(ticket).is_ok(), "its own answer did");
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    assert_eq!(harness.watch(0).ends(), []);
    harness.drain();
    harness.saw(saw);
}

#[test]
fn responses_that_name_no_action_of_ours_are_counted_and_dropped() {
    let (mut harness, ticket) = asked();
    let own = ticket.id.to_string();
    let instance = own.split(':').nth(1).expect("an instance");
    let foreign = [
        "1".to_owned(),
        "n1:aaaaaaaaaaaaa:1".to_owned(),
        own.replace(instance, "aaaaaaaaaaaaa"),
        own.replace("n0:", "n1:"),
        own.replace("n0:", "N0:"),
        format!("{own} "),
        format!("x{own}"),
        own.replacen(':', "", 1),
        format!("{own}:1"),
    ];
    for id in &foreign {
        harness.inject(0, format!("Response: Success\r\nActionID: {id}\r\n\r\n").as_bytes());
    }
    harness.inject(0, b"Response: Error\r\nMessage: Missing action in request\r\n\r\n");
    harness.run(millis(10));
    assert_eq!(harness.metrics(0).node.answers_foreign, foreign.len() as u64 + 1);
    finish(harness, &ticket, "10 responses of others");
}

#[test]
fn answers_to_what_was_never_sent_or_has_ended_are_late() {
    let (mut harness, ticket) = asked();
    let own = ticket.id.to_string();
    let sequence = ticket.id.sequence();
    for other in [0, 1, sequence + 1, sequence + 1_000_000, u64::MAX] {
        let id = own.replace(&format!(":{sequence}"), &format!(":{other}"));
        harness.inject(0, format!("Response: Success\r\nActionID: {id}\r\n\r\n").as_bytes());
        harness.inject(0, format!("Event: Item\r\nActionID: {id}\r\n\r\n").as_bytes());
    }
    harness.run(millis(10));
    let node = harness.metrics(0).node;
    // A sequence of 0 is never ours.
    assert_eq!((node.answers_late, node.answers_foreign), (8, 1));
    assert_eq!(harness.watch(0).events_named("Item"), 1, "and an event with it is just an event");
    finish(harness, &ticket, "4 late responses, 4 late items");
}

#[test]
fn a_forged_event_with_the_id_of_our_action_ends_nothing_and_enters_no_list() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["OriginateResponse", "UserEvent"]);
    harness.fake(0).ignore("Slow");
    let list = harness.send(0, "Slow", &[]);
    harness.run(millis(10));
    harness.inject(
        0,
        format!("Response: Success\r\nActionID: {}\r\nEventList: start\r\n\r\n", list.id).as_bytes(),
    );
    for name in ["OriginateResponse", "UserEvent", "originateresponse"] {
        let event = format!("Event: {name}\r\nActionID: {}\r\nEventList: Complete\r\n\r\n", list.id);
        harness.inject(0, event.as_bytes());
    }
    harness.run(millis(10));
    assert!(list.cell.outcome().is_none());
    harness.inject(0, format!("Event: X\r\nActionID: {}\r\n\r\n", list.id).as_bytes());
    harness.inject(
        0,
        format!("Event: XComplete\r\nActionID: {}\r\nEventList: Complete\r\n\r\n", list.id).as_bytes(),
    );
    harness.run(millis(10));
    assert_eq!(ended(&list.cell).expect("a list").events.len(), 1);
    assert_eq!(
        (harness.watch(0).events().count(), harness.metrics(0).node.answers_late),
        (3, 0),
        "news of others"
    );
    harness.saw("a list with one item and three forged ones");
}

#[test]
fn ids_grow_by_strides_that_differ_from_server_to_server() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    let mut strides = [0, 1].map(|at| {
        let ids: Vec<_> = (0..20).map(|_| harness.send(at, "Ping", &[]).id.sequence()).collect();
        ids.windows(2).map(|pair| pair[1] - pair[0]).collect::<Vec<_>>()
    });
    assert_ne!(strides[0], strides[1]);
    for strides in &mut strides {
        strides.sort_unstable();
        strides.dedup();
        assert_eq!(strides.len(), 19, "none twice");
    }
    harness.saw("20 ids each of two servers");
}

#[test]
fn the_originate_of_another_client_with_an_id_like_ours_ends_nothing() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["OriginateResponse"]);
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait"), ("Async", "true")];
    let ticket = harness.send(0, "Originate", &call);
    harness.run(millis(10));
    let other = other_client(&mut harness);
    let own = ticket.id.to_string();
    let instance = own.split(':').nth(1).expect("an instance").to_owned();
    let id = own.replace(&instance, "aaaaaaaaaaaaa");
    say(
        &mut harness,
        other,
        &format!(
            "Action: Originate\r\nActionID: {id}\r\nChannel: PJSIP/b\r\nApplication: Wait\r\nAsync: true\r\n\r\n"
        ),
    );
    harness.run(seconds(1));
    assert_eq!(harness.watch(0).events_named("OriginateResponse"), 1, "news of the other's call");
    assert!(ticket.cell.outcome().is_none());
    let answer = harness.outcome(&ticket).expect("its own event");
    let event = answer.complete.expect("an OriginateResponse");
    assert_eq!(event.action_id(), Some(own.as_bytes()));
    harness.saw("two Originates, each with its own end");
}

#[test]
fn a_user_event_forged_with_our_very_id_ends_no_action() {
    let (mut harness, ticket) = asked();
    let other = other_client(&mut harness);
    for more in ["", "Response: Error\r\n", "EventList: Complete\r\n", "Event: OriginateResponse\r\n"] {
        let text = format!("Action: UserEvent\r\nUserEvent: Slow\r\nActionID: {}\r\n{more}\r\n", ticket.id);
        say(&mut harness, other, &text);
    }
    // This event is longer than the bound: 80 lines of nearly a kilobyte.
    let line = format!("X: {}\r\n", "x".repeat(1_000));
    let long = format!("Action: UserEvent\r\nActionID: {}\r\n{}\r\n", ticket.id, line.repeat(80));
    say(&mut harness, other, &long);
    now_answer(&mut harness);
    assert_eq!(harness.watch(0).events_named("UserEvent"), 4, "they are events like any other");
    assert_eq!(harness.metrics(0).node.frames_too_long, 1);
    let outcome = ended(&ticket.cell).expect("its own answer");
    assert!(outcome.events.is_empty() && outcome.complete.is_none());
    finish_ended(harness, "5 forgeries, one of them of 80 KB");
}

fn now_answer(harness: &mut Harness) {
    let now = harness.now();
    for question in harness.fake(0).take_questions() {
        harness.fake(0).answer(&question, &apn_sim::asterisk::Answer::default(), now);
    }
    harness.run(millis(10));
}

fn finish_ended(mut harness: Harness, saw: &str) {
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    assert_eq!(harness.watch(0).ends(), []);
    harness.drain();
    harness.saw(saw);
}

#[test]
fn a_user_event_forged_into_the_middle_of_a_list_is_no_item_of_it() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["UserEvent"]);
    harness.fake(0).ignore("Broken");
    let ticket = harness.send(0, "Broken", &[]);
    harness.step(millis(1));
    let id = &ticket.id;
    let list = [
        format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n"),
        format!("Event: Item\r\nActionID: {id}\r\n\r\n"),
        format!("Event: UserEvent\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n"),
        format!("Event: Item\r\nActionID: {id}\r\n\r\n"),
        format!("Event: BrokenComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 2\r\n\r\n"),
    ];
    harness.inject(0, list.concat().as_bytes());
    let answer = harness.outcome(&ticket).expect("a list");
    assert_eq!(answer.events.len(), 2);
    assert_eq!(harness.watch(0).events_named("UserEvent"), 1);
    finish_ended(harness, "2 items, one forgery between them");
}

#[test]
fn a_cancelled_action_ends_at_once_and_what_still_comes_for_it_is_late() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).fill_list("QueueStatus", 5);
    let (list, id) = (harness.send(0, "QueueStatus", &[]), harness.ids[0]);
    assert!(harness.client.cancel(id, list.id.sequence()));
    assert!(!harness.client.cancel(id, list.id.sequence()), "it has ended");
    let error = ended(&list.cell).expect_err("cancelled");
    assert!(matches!(error, ActionError::Cancelled { .. }) && !error.is_retry_safe());
    harness.run(millis(10));
    assert_eq!(harness.metrics(0).node.answers_late, 7);
    assert!(!harness.client.cancel(id, 4_711), "it never was");
    finish_ended(harness, "7 late messages");
}
