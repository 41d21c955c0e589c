//! Servers before Asterisk 16: lists without marks, values without escapes, text without a response.

use apn_ami::cluster::{EventFilter, HeaderFilter, ValueFilter};
use apn_ami::error::ActionError;
use apn_ami::settings::EventMask;
use apn_sim::asterisk::{Options, Release};

use crate::answers::{headers_for, pong, rows};
use crate::harness::{Harness, Setup, ended, millis, names_filter, seconds};

fn ready(release: Release) -> Harness {
    Harness::ready(Setup { fake: Options { release, ..Options::default() }, ..Setup::default() })
}

#[test]
fn every_list_of_every_release_has_its_items_and_its_end() {
    for release in Release::ALL {
        let mut harness = ready(release);
        for row in rows() {
            harness.fake(0).fill_list(row.action, 3);
            let what = format!("{} of Asterisk {}", row.action, release.name());
            let answer = harness.ask(0, row.action, &headers_for(row.action));
            let answer = answer.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(answer.events.len(), 3, "{what}");
            assert!(answer.complete.as_ref().is_some_and(|event| event.is_event(row.completion)), "{what}");
            harness.fake(0).fill_list(row.action, 0);
            match (harness.ask(0, row.action, &headers_for(row.action)), row.empty) {
                (Ok(answer), "complete") => assert!(answer.complete.is_some(), "{what}"),
                (Ok(answer), empty) => {
                    assert!(empty.starts_with("success") && answer.complete.is_none(), "{what}");
                }
                (Err(ActionError::Refused { .. }), empty) => assert!(empty.starts_with("error"), "{what}"),
                (Err(error), _) => panic!("{what}: {error}"),
            }
        }
        pong(&mut harness);
        let node = harness.metrics(0).node;
        assert_eq!((node.answers_late, node.answers_foreign, node.frames_odd), (0, 0, 0));
        harness.saw(&format!("{} lists of Asterisk {}", rows().len(), release.name()));
    }
}

#[test]
fn the_value_of_the_database_is_in_one_place_on_every_release() {
    for release in Release::ALL {
        let mut harness = ready(release);
        harness.ask(0, "DBPut", &[("Family", "f"), ("Key", "k"), ("Val", r"a\b")]).expect("stored");
        let answer = harness.ask(0, "DBGet", &[("Family", "f"), ("Key", "k")]).expect("there");
        assert_eq!(answer.events[0].get(b"Val").as_deref(), Some(br"a\b".as_slice()), "{}", release.name());
        assert!(answer.complete.is_some_and(|event| event.is_event("DBGetComplete")));
        assert!(harness.ask(0, "DBGet", &[("Family", "f"), ("Key", "none")]).is_err());
    }
}

#[test]
fn a_database_entry_without_its_complete_event_ends_with_our_own_ping() {
    let mut harness = ready(Release::V1_8);
    harness.fake(0).ignore("DBGet");
    let ticket = harness.send(0, "DBGet", &[("Family", "f"), ("Key", "k")]);
    let id = &ticket.id;
    let start = harness.now();
    harness.inject(
        0,
        format!(
            "Response: Success\r\nActionID: {id}\r\nMessage: Result will follow\r\n\r\nEvent: DBGetResponse\r\nVal: v\r\nActionID: {id}\r\n\r\n"
        )
        .as_bytes(),
    );
    let answer = harness.outcome(&ticket).expect("its value");
    assert!(harness.now() - start < seconds(1));
    assert_eq!(answer.events.len(), 1);
    assert_eq!(answer.events[0].get(b"Val").as_deref(), Some(b"v".as_slice()));
}

#[test]
fn a_backslash_reaches_a_listener_as_it_was_set_on_every_release() {
    let path = r"C:\temp\new";
    for release in Release::ALL {
        let mut harness = ready(release);
        let exact = |value: &str| vec![ValueFilter::Exact(value.as_bytes().to_vec())];
        let headers = vec![HeaderFilter { header: b"Value".to_vec(), values: exact(path) }];
        harness.client.subscribe(EventFilter { headers, ..names_filter(&["VarSet"]) });
        harness.ask(0, "Setvar", &[("Variable", "FILE"), ("Value", path)]).expect("set");
        harness.run(millis(10));
        let values: Vec<_> = harness.watch(0).events().filter_map(|event| event.get(b"Value")).collect();
        assert_eq!(values, [path.as_bytes()], "Asterisk {}", release.name());
    }
}

#[test]
fn newexten_is_heard_on_every_release_by_who_asks_for_it_alone() {
    for release in Release::ALL {
        let fake = Options { release, ..Options::default() };
        let mut harness = Harness::new(Setup { fake, mask: EventMask::Auto, ..Setup::default() });
        harness.fake(0).record_requests();
        harness.subscribe(&["newexten"]);
        harness.open_all();
        let requests = harness.fake(0).take_requests();
        let login = requests.iter().find(|(_, request)| request.action() == b"Login").expect("a login");
        let is_call = (Release::V12..=Release::V15).contains(&release);
        let mask: &[u8] = if is_call { b"call,dialplan" } else { b"dialplan" };
        assert_eq!(login.1.header("Events"), mask, "Asterisk {}", release.name());
        let call = [("Channel", "PJSIP/alice"), ("Context", "default"), ("Exten", "200"), ("Priority", "1")];
        harness.ask(0, "Originate", &call).expect("a call");
        harness.run(seconds(1));
        assert!(harness.watch(0).events_named("Newexten") > 0, "Asterisk {}", release.name());
    }
}

#[test]
fn queues_up_to_14_gives_its_text_and_from_15_on_is_unknown() {
    for release in Release::ALL {
        let mut harness = ready(release);
        let text = "a has 0 calls\n   No Members\n   No Callers\n\nb has 1: calls\n   Members: \n\n";
        harness.fake(0).set_command("queue show", true, text);
        let (queues, ping) = (harness.send(0, "Queues", &[]), harness.send(0, "Ping", &[]));
        assert!(harness.outcome(&ping).is_ok());
        match ended(&queues.cell) {
            Ok(answer) if release <= Release::V14 => {
                let output = String::from_utf8(answer.response.output().expect("text")).expect("UTF-8");
                assert_eq!(output, text.trim_end_matches('\n'), "Asterisk {}", release.name());
                assert_eq!(answer.events.len(), 2, "a block for each queue");
            }
            Err(ActionError::Refused { .. }) if release > Release::V14 => {}
            other => panic!("Asterisk {}: {other:?}", release.name()),
        }
        let data = harness.ask(0, "DataGet", &[("Path", "asterisk/core")]);
        assert_eq!(data.is_ok(), release <= Release::V14, "Asterisk {}", release.name());
    }
}

#[test]
fn text_of_an_action_that_nobody_knows_is_its_answer_and_hurts_no_other() {
    for release in [Release::V1_8, Release::V22] {
        let mut harness = ready(release);
        harness.subscribe(&["*"]);
        harness.fake(0).ignore("ThirdParty");
        let (first, slow) = (harness.send(0, "ThirdParty", &[]), harness.send(0, "ThirdParty", &[]));
        let start = harness.now();
        harness.inject(0, b"row 1\r\nrow: 2\r\n\r\nrow 3\r\n\r\n");
        let answer = harness.outcome(&first).expect("its text");
        assert!(harness.now() - start < seconds(1), "the client asks for the end itself");
        assert_eq!(answer.response.output().as_deref(), Some(b"row 1\nrow: 2\n\nrow 3".as_slice()));
        assert!(slow.cell.outcome().is_none(), "of the second nothing was heard");
        assert_eq!(harness.metrics(0).node.frames_odd, 0);
        assert_eq!(harness.watch(0).events_named(""), 0);
        pong(&mut harness);
        assert!(matches!(harness.outcome(&slow), Err(ActionError::TimedOut { .. })));
        harness.inject(0, b"text of nobody\r\n\r\n");
        harness.run(millis(10));
        assert_eq!(harness.metrics(0).node.frames_odd, 1);
    }
}

#[test]
fn the_text_of_a_cancelled_action_is_not_the_next_ones() {
    let mut harness = ready(Release::V1_8);
    harness.fake(0).ignore("Queues");
    harness.fake(0).ask("ThirdParty");
    let (cancelled, next) = (harness.send(0, "Queues", &[]), harness.send(0, "ThirdParty", &[]));
    assert!(harness.client.cancel(harness.ids[0], cancelled.id.sequence()));
    // The text arrives before the answer to the `Ping` that follows the cancelled action.
    harness.inject(0, b"support has 0 calls\r\n\r\n");
    harness.step(millis(1));
    assert_eq!(harness.metrics(0).node.frames_odd, 1, "nobody waits for it");
    let now = harness.now();
    harness.run(millis(10));
    for question in harness.fake(0).take_questions() {
        harness.fake(0).answer(&question, &apn_sim::asterisk::Answer::default(), now);
    }
    assert!(harness.outcome(&next).expect("its own answer").events.is_empty());
}

#[test]
fn a_block_may_begin_with_its_action_id() {
    let mut harness = ready(Release::V1_8);
    harness.subscribe(&["*"]);
    for (said, is_ok) in
        [("Response: Success\r\nNode: 1999", true), ("Response: Error\r\nMessage: no", false)]
    {
        harness.fake(0).ignore("RptStatus");
        let ticket = harness.send(0, "RptStatus", &[]);
        harness.inject(0, format!("ActionID: {}\r\n{said}\r\n\r\n", ticket.id).as_bytes());
        assert_eq!(harness.outcome(&ticket).is_ok(), is_ok, "{said}");
    }
    harness.inject(0, b"ActionID: 17\r\nEvent: Foreign\r\nX: y\r\n\r\n");
    harness.run(millis(10));
    assert_eq!(harness.watch(0).events_named("Foreign"), 1, "news of somebody else's");
    pong(&mut harness);
}
