//! Filters of listeners by name, pattern, header and server, and the event mask that follows from them.

use apn_ami::cluster::{EventFilter, HeaderFilter, SubscriptionId, ValueFilter};
use apn_ami::glob::Glob;
use apn_ami::record::RecordKind;
use apn_ami::settings::EventMask;
use apn_sim::asterisk::{Account, Classes, Options};

use crate::harness::{Harness, Setup, millis, names_filter, seconds};
use crate::watch::Seen;

/// The name of each delivered event and the listeners that received it.
fn heard(harness: &Harness, at: usize) -> Vec<(String, Vec<SubscriptionId>)> {
    let event = |seen: &Seen| match seen {
        Seen::Event { message, listeners } => {
            Some((String::from_utf8_lossy(message.name()).into_owned(), listeners.clone()))
        }
        Seen::Changed { .. } | Seen::Gap { .. } | Seen::Ended { .. } | Seen::Live(_) => None,
    };
    harness.watch(at).seen.iter().filter_map(event).collect()
}

fn entry(name: &str, listeners: &[SubscriptionId]) -> (String, Vec<SubscriptionId>) {
    (name.to_owned(), listeners.to_vec())
}

/// The event masks that the server received since the last call, with the action: `Login` or `Events`. An
/// `Originate` is shown too.
fn masks(harness: &mut Harness) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let requests = harness.fake(0).take_requests();
    let mask = |request: &apn_sim::asterisk::Request| match request.action() {
        b"Login" => Some(("Login".to_owned(), text(request.header("Events")))),
        b"Events" => Some(("Events".to_owned(), text(request.header("EventMask")))),
        b"Originate" => Some(("Originate".to_owned(), String::new())),
        _ => None,
    };
    requests.iter().filter_map(|(_, request)| mask(request)).collect()
}

fn said(action: &str, mask: &str) -> (String, String) {
    (action.to_owned(), mask.to_owned())
}

fn recorded(mask: EventMask) -> Harness {
    let mut harness = Harness::new(Setup { mask, ..Setup::default() });
    harness.fake(0).record_requests();
    harness
}

#[test]
fn each_listener_hears_the_names_it_asked_for_in_any_case_and_nothing_else() {
    let mut harness = Harness::ready(Setup::default());
    let (exact, pattern, all) = (
        harness.subscribe(&["NewExten"]),
        harness.subscribe(&["queue*", "HANGUP"]),
        harness.subscribe(&["*"]),
    );
    for name in ["Newexten", "QueueMemberPause", "Hangup", "VarSet"] {
        harness.emit(0, name, "call", &[]);
    }
    harness.run(millis(10));
    assert!(harness.client.unsubscribe(all) && !harness.client.unsubscribe(all));
    harness.emit(0, "VarSet", "call", &[]);
    harness.emit(0, "hangup", "call", &[]);
    harness.run(millis(10));
    assert_eq!(
        heard(&harness, 0),
        [
            entry("Newexten", &[exact, all]),
            entry("QueueMemberPause", &[pattern, all]),
            entry("Hangup", &[pattern, all]),
            entry("VarSet", &[all]),
            entry("hangup", &[pattern]),
        ]
    );
    // The events of the greeting came before the listeners were added.
    assert_eq!((harness.health(0).events_filtered, harness.health(0).events_received), (3, 8));
    harness.saw("3 listeners, 8 events, 3 filtered");
}

#[test]
fn headers_must_match_all_and_of_a_list_any() {
    let mut harness = Harness::ready(Setup::default());
    let exact = |value: &str| ValueFilter::Exact(value.as_bytes().to_vec());
    let glob = |value: &str| ValueFilter::Pattern(Glob::exact_case(value));
    let header =
        |name: &str, values: Vec<ValueFilter>| HeaderFilter { header: name.as_bytes().to_vec(), values };
    let mut subscribe = |headers: Vec<HeaderFilter>| {
        harness.client.subscribe(EventFilter { headers, ..names_filter(&["Queue*"]) })
    };
    let sales = subscribe(vec![header("queue", vec![exact("sales")])]);
    let either = subscribe(vec![header("Queue", vec![exact("sales"), exact("support")])]);
    let phones =
        subscribe(vec![header("Interface", vec![glob("PJSIP/*")]), header("Queue", vec![glob("s*")])]);
    for (queue, interface) in
        [("sales", "PJSIP/a"), ("support", "SIP/a"), ("Sales", "PJSIP/a"), ("support", "PJSIP/b")]
    {
        harness.emit(0, "QueueMemberPause", "agent", &[("Queue", queue), ("Interface", interface)]);
    }
    harness.emit(0, "QueueMemberPause", "agent", &[("Queue", "sales")]);
    harness.emit(
        0,
        "QueueMemberPause",
        "agent",
        &[("Interface", "SIP/x"), ("Interface", "PJSIP/y"), ("Queue", "s")],
    );
    harness.run(millis(10));
    let name = "QueueMemberPause";
    assert_eq!(
        heard(&harness, 0),
        [
            entry(name, &[sales, either, phones]),
            entry(name, &[either]),
            entry(name, &[either, phones]),
            entry(name, &[sales, either]),
            entry(name, &[phones]),
        ]
    );
    harness.saw("6 events, 5 heard");
}

#[test]
fn a_listener_of_one_server_hears_no_other() {
    let mut harness = Harness::ready(Setup { servers: 3, ..Setup::default() });
    let of_one =
        harness.client.subscribe(EventFilter { server: Some(harness.ids[1]), ..names_filter(&["A"]) });
    let of_all = harness.subscribe(&["A"]);
    for at in 0..3 {
        harness.emit(at, "A", "call", &[]);
    }
    harness.run(millis(10));
    assert_eq!(heard(&harness, 0), [entry("A", &[of_all])]);
    assert_eq!(heard(&harness, 1), [entry("A", &[of_one, of_all])]);
    assert_eq!(heard(&harness, 2), [entry("A", &[of_all])]);
    harness.saw("one of three servers");
}

#[test]
fn an_event_that_waits_is_for_those_who_still_want_it_when_it_is_taken() {
    let mut harness = Harness::ready(Setup::default());
    let (stays, goes) = (harness.subscribe(&["A"]), harness.subscribe(&["*"]));
    harness.take_max = 0;
    harness.emit(0, "A", "call", &[]);
    harness.emit(0, "B", "call", &[]);
    harness.step(millis(1));
    harness.client.unsubscribe(goes);
    harness.take_max = 100;
    harness.take();
    assert_eq!(heard(&harness, 0), [entry("A", &[stays]), entry("B", &[])]);
    harness.saw("one listener left before its events were taken");
}

#[test]
fn the_mask_goes_into_the_login_and_nobody_waits_for_fully_booted() {
    for (mask, expected) in [
        (EventMask::All, "on"),
        (EventMask::Off, "off"),
        (EventMask::Classes("call,agent".into()), "call,agent"),
    ] {
        let mut harness = recorded(mask);
        harness.subscribe(&["*"]);
        harness.open_all();
        assert_eq!(masks(&mut harness), [said("Login", expected)]);
        harness.emit(0, "Hangup", "call", &[]);
        harness.emit(0, "AgentLogin", "agent", &[]);
        harness.emit(0, "Reload", "system", &[]);
        harness.run(seconds(1));
        let names: Vec<_> = heard(&harness, 0).into_iter().map(|(name, _)| name).collect();
        match expected {
            "off" => assert!(names.is_empty(), "{names:?}"),
            "on" => assert!(names.len() >= 4, "{names:?}"),
            _ => assert_eq!(names, ["Hangup", "AgentLogin"]),
        }
    }
    crate::harness::saw(1, "on, off, call,agent");
}

#[test]
fn an_account_without_system_is_ready_without_fully_booted() {
    let account = Account { read: Classes::named("call"), ..Account::new("admin", "s3cret") };
    let fake = Options { accounts: vec![account], boot_time: seconds(3_600), ..Options::default() };
    let mut harness = Harness::new(Setup { fake, ..Setup::default() });
    harness.subscribe(&["*"]);
    harness.open(0);
    harness.until("Ready", seconds(1), |harness| harness.is_ready(0));
    harness.run(seconds(5));
    assert_eq!(heard(&harness, 0), []);
    harness.saw("Ready while Asterisk still boots");
}

#[test]
fn a_mask_of_auto_follows_the_listeners_and_survives_a_reconnect() {
    let mut harness = recorded(EventMask::Auto);
    harness.open_all();
    assert_eq!(masks(&mut harness), [said("Login", "off")]);
    let hangups = harness.subscribe(&["Hangup"]);
    harness.run(millis(10));
    assert_eq!(masks(&mut harness), [said("Events", "call")]);
    harness.subscribe(&["Newchannel"]);
    harness.run(millis(10));
    assert_eq!(masks(&mut harness), [], "the class is there already");
    let queues = harness.subscribe(&["Queue*"]);
    harness.run(millis(10));
    assert_eq!(masks(&mut harness), [said("Events", "agent,call")]);
    harness.emit(0, "QueueMemberPause", "agent", &[]);
    harness.run(millis(10));
    assert_eq!(heard(&harness, 0), [entry("QueueMemberPause", &[queues])]);

    let site = harness.site(0);
    harness.world().reset(site);
    harness.until_back(0, seconds(5));
    assert_eq!(masks(&mut harness), [said("Login", "agent,call")]);
    harness.client.unsubscribe(queues);
    harness.client.unsubscribe(hangups);
    harness.run(millis(10));
    assert_eq!(masks(&mut harness).last(), Some(&said("Events", "call")));
    harness.subscribe(&["MyOwnEvent"]);
    harness.run(millis(10));
    assert_eq!(masks(&mut harness), [said("Events", "on")]);
    assert!(harness.records_named("event_mask_changed").len() >= 4);
    harness.saw("off, call, agent,call, a reconnect, call, on");
}

#[test]
fn a_mask_of_auto_has_call_before_the_first_originate_leaves() {
    let mut harness = recorded(EventMask::Auto);
    harness.open_all();
    let call = [("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true")];
    assert!(harness.ask(0, "Originate", &call).is_ok());
    assert_eq!(masks(&mut harness), [said("Login", "off"), said("Events", "call"), said("Originate", "")]);
    let site = harness.site(0);
    harness.world().reset(site);
    harness.until_back(0, seconds(5));
    assert!(harness.ask(0, "Originate", &call).is_ok());
    assert_eq!(masks(&mut harness), [said("Login", "call"), said("Originate", "")]);
    harness.saw("Events: call goes ahead of the Originate, and into the next login");
}

#[test]
fn listeners_of_one_server_do_not_change_the_mask_of_another() {
    let mut harness = Harness::new(Setup { servers: 2, mask: EventMask::Auto, ..Setup::default() });
    harness.fake(0).record_requests();
    harness.client.subscribe(EventFilter { server: Some(harness.ids[1]), ..names_filter(&["*"]) });
    harness.open_all();
    harness.client.subscribe(EventFilter { server: Some(harness.ids[1]), ..names_filter(&["Hangup"]) });
    harness.run(millis(10));
    assert_eq!(masks(&mut harness), [said("Login", "off")]);
    harness.saw("off here, on there");
}

#[test]
fn a_mask_follows_also_where_events_is_never_answered() {
    let mut harness = recorded(EventMask::Auto);
    harness.open_all();
    // Asterisk does not answer `Events` with `brokeneventsaction=yes` in manager.conf.
    harness.fake(0).ignore("Events");
    harness.subscribe(&["Hangup"]);
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    harness.subscribe(&["Queue*"]);
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    harness.run(millis(10));
    assert_eq!(masks(&mut harness)[1..], [said("Events", "call"), said("Events", "agent,call")]);
    harness.saw("the answer to anything later shows that it was taken");
}

#[test]
fn a_listener_to_a_name_that_is_in_no_table_is_told_so_once_and_a_pattern_never() {
    let mut harness = Harness::ready(Setup::default());
    let gone = harness.subscribe(&["Hangupp", "hangup", "MyModuleEvent", "*"]);
    harness.client.unsubscribe(gone);
    for _ in 0..3 {
        harness.subscribe(&["HANGUPP", "Hang*", "No*", "UserEvent", "QueueMember"]);
    }
    harness.run(millis(10));
    let told: Vec<_> = harness
        .records_named("event_unknown")
        .into_iter()
        .map(|record| match &record.what {
            RecordKind::EventUnknown { name, nearest } => (name.as_str(), nearest.as_str()),
            what => panic!("{what:?}"),
        })
        .collect();
    assert_eq!(told, [("Hangupp", "Hangup"), ("MyModuleEvent", ""), ("QueueMember", "")]);
    assert!(harness.records_named("event_unknown").iter().all(|record| record.server.is_none()));
}
