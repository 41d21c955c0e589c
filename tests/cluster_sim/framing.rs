//! Received bytes from end to end: line ends, empty lines, repeated headers, escapes, and frames beyond their
//! bound.

use apn_ami::error::ActionError;
use apn_ami::limits::Limits;
use apn_ami::node::Ticket;
use apn_ami::record::RecordKind;
use apn_ami::wire::Message;
use apn_sim::asterisk::Answer as Canned;
use apn_sim::link::LinkOptions;

use crate::harness::{Harness, LONG, Setup, ended, millis, seconds};

fn listening(setup: Setup) -> Harness {
    let mut harness = Harness::ready(setup);
    harness.run(seconds(1));
    harness.subscribe(&["*"]);
    harness
}

/// Sends bytes and returns the events that the listeners received.
fn heard(harness: &mut Harness, bytes: &[u8]) -> Vec<Message> {
    let before = harness.watch(0).events().count();
    harness.inject(0, bytes);
    harness.run(seconds(1));
    assert!(harness.ask(0, "Ping", &[]).is_ok(), "the session goes on");
    harness.watch(0).events().skip(before).cloned().collect()
}

fn text(message: &Message, header: &str) -> String {
    String::from_utf8_lossy(&message.get(header.as_bytes()).unwrap_or_default()).into_owned()
}

#[test]
fn line_ends_and_empty_lines_may_be_mixed_in_any_pieces() {
    let bytes = b"Event: A\r\nX: 1\r\n\r\nEvent: B\nX: 2\n\nEvent: C\r\nX: 3\n\r\n\r\n\r\n\n\n\r\nEvent: D\nX: 4\r\n\n";
    for seed in 0..30 {
        let piece_bytes_max = usize::try_from(seed % 6 + 1).expect("small");
        let links = LinkOptions { piece_bytes_max, jitter: millis(3), ..LinkOptions::default() };
        let mut harness = listening(Setup { seed, links, ..Setup::default() });
        let events = heard(&mut harness, bytes);
        let seen: Vec<_> = events
            .iter()
            .map(|event| format!("{}{}", String::from_utf8_lossy(event.name()), text(event, "x")))
            .collect();
        assert_eq!(seen, ["A1", "B2", "C3", "D4"], "seed {seed}");
    }
    crate::harness::saw(0, "4 events, 30 links in pieces of 1 to 6 bytes");
}

#[test]
fn odd_lines_are_kept_and_never_fatal() {
    let mut harness = listening(Setup::default());
    let events = heard(
        &mut harness,
        b"Event: Odd\r\nno colon here\r\n: no name\r\nEmpty:\r\nX:no blank\r\nX:  two blanks\r\nx: again\r\nBytes: \xff\xfe\x80\r\nNul: a\0b\r\n\r\n\
          nothing\r\nof any kind\r\n\r\nEvent: Next\r\n\r\n",
    );
    assert_eq!(events.len(), 2);
    let raw: Vec<_> = events[0].raw().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    let expected: [(&[u8], &[u8]); 9] = [
        (b"Event", b"Odd"),
        (b"", b"no colon here"),
        (b"", b"no name"),
        (b"Empty", b""),
        (b"X", b"no blank"),
        (b"X", b" two blanks"),
        (b"x", b"again"),
        (b"Bytes", b"\xff\xfe\x80"),
        (b"Nul", b"a\0b"),
    ];
    let raw: Vec<_> = raw.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
    assert_eq!(raw, expected);
    assert_eq!(events[0].all(b"X").count(), 3, "of any case, in order");
    assert_eq!(harness.metrics(0).node.frames_odd, 1);
    harness.saw("9 lines of one event, a frame of no kind, and the next event");
}

#[test]
fn a_second_event_line_starts_an_event_where_asterisk_forgets_the_empty_line() {
    let mut harness = listening(Setup::default());
    let events = heard(
        &mut harness,
        b"Event: DeviceEntry\r\nX: 1\r\nEvent: DeviceEntry\r\nX: 2\r\n\r\n\
          Event: UserEvent\r\nUserEvent: Mine\r\nEvent: Hangup\r\nX: 3\r\n\r\n\
          Event: OriginateResponse\r\nResponse: Failure\r\nReason: 5\r\n\r\n",
    );
    let names: Vec<_> =
        events.iter().map(|event| String::from_utf8_lossy(event.name()).into_owned()).collect();
    assert_eq!(names, ["DeviceEntry", "DeviceEntry", "UserEvent", "OriginateResponse"]);
    assert_eq!(text(&events[2], "X"), "3", "anyone can write an Event line into a UserEvent");
    assert_eq!(text(&events[3], "Response"), "Failure", "a header of the event");
    harness.saw("split, not split, not split");
}

#[test]
fn names_and_variables_of_calls_are_unescaped_where_asterisk_escapes_them() {
    let mut harness = listening(Setup::default());
    let name = r#""O'Br\"ien" <100>"#;
    let call = [
        ("Channel", "PJSIP/a"),
        ("Application", "Wait"),
        ("CallerID", name),
        ("Variable", r#"NOTE=a "quoted", \ and 'single'"#),
        ("Async", "true"),
    ];
    harness.ask(0, "Originate", &call).expect("answered");
    let events: Vec<_> = harness.watch(0).events().cloned().collect();
    let raw = |event: &Message, name: &str| {
        event.raw().find(|(header, _)| *header == name.as_bytes()).map(|(_, value)| value.to_vec())
    };
    let escaped: Vec<_> = events
        .iter()
        .filter(|event| raw(event, "ConnectedLineName").is_some_and(|value| value.contains(&b'\\')))
        .collect();
    assert!(
        !escaped.is_empty() && escaped.iter().all(|event| text(event, "ConnectedLineName") == "O'Br\"ien")
    );
    let set = events.iter().find(|event| event.is_event("VarSet") && text(event, "Variable") == "NOTE");
    let set = set.expect("the variable was set");
    assert_eq!(text(set, "Value"), r#"a "quoted", \ and 'single'"#);
    assert!(raw(set, "Value").is_some_and(|value| value.starts_with(br#"a \"quoted\""#)), "raw stays raw");
    assert_eq!(set.variables().get(b"NOTE"), Some(br#"a "quoted", \ and 'single'"#.as_slice()));
    harness.saw(&format!("{} escaped names, one variable there and back", escaped.len()));
}

/// Sends an action and injects its answer.
fn answered_by(harness: &mut Harness, answer: impl FnOnce(&Ticket) -> String) -> Ticket {
    harness.fake(0).ignore("Big");
    let ticket = harness.send(0, "Big", &[]);
    harness.step(millis(1));
    let bytes = answer(&ticket);
    harness.inject(0, bytes.as_bytes());
    ticket
}

#[test]
fn a_response_beyond_its_bound_fails_its_action_and_the_session_lives() {
    for piece_bytes_max in [usize::MAX, 5_000, 1] {
        let limits = Limits { frame_bytes_max: 64 * 1_024, ..Limits::default() };
        let links = LinkOptions { piece_bytes_max, ..LinkOptions::default() };
        let mut harness = listening(Setup { limits, links, ..Setup::default() });
        let fits = answered_by(&mut harness, |ticket| {
            format!("Response: Success\r\nActionID: {}\r\nX: {}\r\n\r\n", ticket.id, "x".repeat(65_000))
        });
        assert!(harness.outcome(&fits).is_ok());
        for line in ["X: x\r\n", "x\r\n"] {
            let long = answered_by(&mut harness, |ticket| {
                let rest = line.repeat(70_000 / line.len());
                format!("Response: Success\r\nActionID: {}\r\n{rest}\r\nEvent: After\r\n\r\n", ticket.id)
            });
            let error = harness.outcome(&long).expect_err("too large");
            assert!(matches!(error, ActionError::TooLarge { bound: "maxFrameSize", limit: 65_536, .. }));
            assert!(!error.is_retry_safe(), "it ran");
        }
        assert!(harness.ask(0, "Ping", &[]).is_ok());
        assert_eq!(harness.watch(0).events_named("After"), 2, "what follows is read again");
        assert_eq!((harness.metrics(0).node.frames_too_long, harness.watch(0).ends().len()), (2, 0));
    }
    crate::harness::saw(1, "64 KiB, whole, in pieces and byte by byte");
}

#[test]
fn a_command_beyond_the_bound_is_skipped_to_its_marker_on_old_servers() {
    let limits = Limits { frame_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = listening(Setup { limits, ..Setup::default() });
    let long = answered_by(&mut harness, |ticket| {
        let lines = "a line\n\nEvent: NotOne\n\n".repeat(4_000);
        format!(
            "Response: Follows\r\nPrivilege: Command\r\nActionID: {}\r\n{lines}--END COMMAND--\r\n\r\n",
            ticket.id
        )
    });
    assert!(matches!(harness.outcome(&long), Err(ActionError::TooLarge { .. })));
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    assert_eq!(harness.watch(0).events_named("NotOne"), 0);
    harness.saw("100 KB of text with empty lines and lines that look like events");
}

#[test]
fn an_event_beyond_the_bound_is_counted_leaves_a_gap_and_is_told_once_an_interval() {
    let limits = Limits { frame_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = listening(Setup { limits, ..Setup::default() });
    let long = format!("Event: Long\r\nX: {}\r\n\r\nEvent: After\r\n\r\n", "x".repeat(70_000));
    for _ in 0..10 {
        heard(&mut harness, long.as_bytes());
    }
    harness.inject(0, long.repeat(20).as_bytes());
    harness.run(millis(500));
    assert_eq!((harness.watch(0).events_named("Long"), harness.watch(0).events_named("After")), (0, 30));
    assert_eq!(harness.metrics(0).node.frames_too_long, 30);
    assert_eq!(
        (harness.watch(0).dropped, harness.metrics(0).health.events_dropped),
        (30, 30),
        "each in a gap"
    );
    let told = harness.records_named("frame_too_long");
    assert!((10..=11).contains(&told.len()), "{} records in ten seconds", told.len());
    assert!(told.iter().all(|record| matches!(record.what, RecordKind::FrameTooLong { limit: 65_536, .. })));
    assert!(harness.records_named("events_dropped").is_empty(), "no queue was full");
    harness.saw(&format!("30 events, {} records", told.len()));
}

#[test]
fn an_event_beyond_the_bound_that_nobody_wanted_leaves_no_gap() {
    let limits = Limits { frame_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.subscribe(&["After"]);
    harness.inject(
        0,
        format!("Event: Long\r\nX: {}\r\n\r\nEvent: After\r\n\r\n", "x".repeat(70_000)).as_bytes(),
    );
    harness.run(millis(500));
    assert_eq!((harness.watch(0).events_named("After"), harness.watch(0).dropped), (1, 0));
    assert_eq!(harness.metrics(0).node.frames_too_long, 1);
    harness.saw("one event of 70 KB that was not asked for");
}

#[test]
fn an_event_and_a_list_item_of_70_kb_come_as_any_other() {
    let mut harness = listening(Setup::default());
    let value = "x".repeat(70_000);
    heard(&mut harness, format!("Event: Long\r\nX: {value}\r\n\r\nEvent: After\r\n\r\n").as_bytes());
    assert_eq!((harness.watch(0).events_named("Long"), harness.watch(0).events_named("After")), (1, 1));
    let list = answered_by(&mut harness, |ticket| long_list(&ticket.id.to_string(), 70_000));
    assert_eq!(harness.outcome(&list).expect("a list").events[0].get(b"X").map(|x| x.len()), Some(70_000));
    harness.saw("two of 70 KB");
}

/// A list with one item whose value has this many bytes.
fn long_list(id: &str, bytes: usize) -> String {
    let value = "x".repeat(bytes);
    format!(
        "Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\nEvent: Item\r\nActionID: {id}\r\nX: {value}\r\n\r\n\
         Event: ListComplete\r\nActionID: {id}\r\nEventList: Complete\r\nListItems: 1\r\n\r\n"
    )
}

#[test]
fn a_list_item_beyond_the_bound_fails_its_list_by_the_name_of_the_bound() {
    let limits = Limits { frame_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = listening(Setup { limits, ..Setup::default() });
    let list = answered_by(&mut harness, |ticket| long_list(&ticket.id.to_string(), 70_000));
    let outcome = harness.outcome(&list);
    assert!(matches!(outcome, Err(ActionError::TooLarge { bound: "maxFrameSize", limit: 65_536, .. })));
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    assert_eq!(harness.watch(0).dropped, 0, "the list is told, and nobody else lost anything");
    harness.saw("one item of 70 KB");
}

#[test]
fn a_huge_frame_that_comes_byte_by_byte_is_not_looked_at_again_and_again() {
    let links = LinkOptions { piece_bytes_max: 1, ..LinkOptions::default() };
    let limits = Limits { frame_bytes_max: 2 * 1_024 * 1_024, ..Limits::default() };
    let mut harness = listening(Setup { limits, links, ..Setup::default() });
    let value = "x".repeat(1_000_000);
    harness.fake(0).respond("GetConfigJSON", Canned::new([("JSON", value.as_str())]));
    let ticket = harness.send(0, "GetConfigJSON", &[("Filename", "a")]);
    harness.until("it came", LONG, |_| ticket.cell.outcome().is_some());
    let answer = ended(&ticket.cell).expect("a long line");
    assert_eq!(answer.response.get(b"JSON").map(|json| json.len()), Some(1_000_000));
    // A scan from the beginning for each byte would read 10^12 bytes, so the test would not end.
    harness.saw("1,000,000 bytes, one by one");
}
