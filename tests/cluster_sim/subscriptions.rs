//! Who hears what: names, patterns, headers, servers; and the event mask that follows the listeners.

use apn_ami::cluster::{EventFilter, HeaderFilter, SubscriptionId, ValueFilter};
use apn_ami::glob::Glob;
use apn_ami::record::What;
use apn_ami::settings::EventMask;
use apn_sim::asterisk::{Account, Classes, Options};

use crate::desk::{Desk, Setup, millis, names_filter, seconds};
use crate::watch::Seen;

/// For each delivered event its name and who heard it.
fn heard(desk: &Desk, at: usize) -> Vec<(String, Vec<SubscriptionId>)> {
    let event = |seen: &Seen| match seen {
        Seen::Event { message, listeners } => {
            Some((String::from_utf8_lossy(message.name()).into_owned(), listeners.clone()))
        }
        Seen::Changed { .. } | Seen::Gap { .. } | Seen::Ended { .. } | Seen::Live(_) => None,
    };
    desk.watch(at).seen.iter().filter_map(event).collect()
}

fn entry(name: &str, listeners: &[SubscriptionId]) -> (String, Vec<SubscriptionId>) {
    (name.to_owned(), listeners.to_vec())
}

/// The masks that the server was told since the last call: `Login` or `Events`, and what it said.
fn masks(desk: &mut Desk) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let requests = desk.fake(0).take_requests();
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

fn recorded(mask: EventMask) -> Desk {
    let mut desk = Desk::new(Setup { mask, ..Setup::default() });
    desk.fake(0).record_requests();
    desk
}

#[test]
fn each_listener_hears_the_names_it_asked_for_in_any_case_and_nothing_else() {
    let mut desk = Desk::ready(Setup::default());
    let (exact, pattern, all) =
        (desk.subscribe(&["NewExten"]), desk.subscribe(&["queue*", "HANGUP"]), desk.subscribe(&["*"]));
    for name in ["Newexten", "QueueMemberPause", "Hangup", "VarSet"] {
        desk.emit(0, name, "call", &[]);
    }
    desk.run(millis(10));
    assert!(desk.client.unsubscribe(all) && !desk.client.unsubscribe(all));
    desk.emit(0, "VarSet", "call", &[]);
    desk.emit(0, "hangup", "call", &[]);
    desk.run(millis(10));
    assert_eq!(
        heard(&desk, 0),
        [
            entry("Newexten", &[exact, all]),
            entry("QueueMemberPause", &[pattern, all]),
            entry("Hangup", &[pattern, all]),
            entry("VarSet", &[all]),
            entry("hangup", &[pattern]),
        ]
    );
    // The greeting came before anybody listened.
    assert_eq!((desk.health(0).events_filtered, desk.health(0).events_received), (3, 8));
    desk.saw("3 listeners, 8 events, 3 filtered");
}

#[test]
fn headers_must_match_all_and_of_a_list_any() {
    let mut desk = Desk::ready(Setup::default());
    let exact = |value: &str| ValueFilter::Exact(value.as_bytes().to_vec());
    let glob = |value: &str| ValueFilter::Pattern(Glob::exact_case(value));
    let header =
        |name: &str, values: Vec<ValueFilter>| HeaderFilter { header: name.as_bytes().to_vec(), values };
    let mut subscribe = |headers: Vec<HeaderFilter>| {
        desk.client.subscribe(EventFilter { headers, ..names_filter(&["Queue*"]) })
    };
    let sales = subscribe(vec![header("queue", vec![exact("sales")])]);
    let either = subscribe(vec![header("Queue", vec![exact("sales"), exact("support")])]);
    let phones =
        subscribe(vec![header("Interface", vec![glob("PJSIP/*")]), header("Queue", vec![glob("s*")])]);
    for (queue, interface) in
        [("sales", "PJSIP/a"), ("support", "SIP/a"), ("Sales", "PJSIP/a"), ("support", "PJSIP/b")]
    {
        desk.emit(0, "QueueMemberPause", "agent", &[("Queue", queue), ("Interface", interface)]);
    }
    desk.emit(0, "QueueMemberPause", "agent", &[("Queue", "sales")]);
    desk.emit(
        0,
        "QueueMemberPause",
        "agent",
        &[("Interface", "SIP/x"), ("Interface", "PJSIP/y"), ("Queue", "s")],
    );
    desk.run(millis(10));
    let name = "QueueMemberPause";
    assert_eq!(
        heard(&desk, 0),
        [
            entry(name, &[sales, either, phones]),
            entry(name, &[either]),
            entry(name, &[either, phones]),
            entry(name, &[sales, either]),
            entry(name, &[phones]),
        ]
    );
    desk.saw("6 events, 5 heard");
}

#[test]
fn a_listener_of_one_server_hears_no_other() {
    let mut desk = Desk::ready(Setup { servers: 3, ..Setup::default() });
    let of_one = desk.client.subscribe(EventFilter { server: Some(desk.ids[1]), ..names_filter(&["A"]) });
    let of_all = desk.subscribe(&["A"]);
    for at in 0..3 {
        desk.emit(at, "A", "call", &[]);
    }
    desk.run(millis(10));
    assert_eq!(heard(&desk, 0), [entry("A", &[of_all])]);
    assert_eq!(heard(&desk, 1), [entry("A", &[of_one, of_all])]);
    assert_eq!(heard(&desk, 2), [entry("A", &[of_all])]);
    desk.saw("one of three servers");
}

#[test]
fn an_event_that_waits_is_for_those_who_still_want_it_when_it_is_taken() {
    let mut desk = Desk::ready(Setup::default());
    let (stays, goes) = (desk.subscribe(&["A"]), desk.subscribe(&["*"]));
    desk.take_max = 0;
    desk.emit(0, "A", "call", &[]);
    desk.emit(0, "B", "call", &[]);
    desk.step(millis(1));
    desk.client.unsubscribe(goes);
    desk.take_max = 100;
    desk.take();
    assert_eq!(heard(&desk, 0), [entry("A", &[stays]), entry("B", &[])]);
    desk.saw("one listener left before its events were taken");
}

#[test]
fn the_mask_goes_into_the_login_and_nobody_waits_for_fully_booted() {
    for (mask, expected) in [
        (EventMask::All, "on"),
        (EventMask::Off, "off"),
        (EventMask::Classes("call,agent".into()), "call,agent"),
    ] {
        let mut desk = recorded(mask);
        desk.subscribe(&["*"]);
        desk.open_all();
        assert_eq!(masks(&mut desk), [said("Login", expected)]);
        desk.emit(0, "Hangup", "call", &[]);
        desk.emit(0, "AgentLogin", "agent", &[]);
        desk.emit(0, "Reload", "system", &[]);
        desk.run(seconds(1));
        let names: Vec<_> = heard(&desk, 0).into_iter().map(|(name, _)| name).collect();
        match expected {
            "off" => assert!(names.is_empty(), "{names:?}"),
            "on" => assert!(names.len() >= 4, "{names:?}"),
            _ => assert_eq!(names, ["Hangup", "AgentLogin"]),
        }
    }
    crate::desk::saw(1, "on, off, call,agent");
}

#[test]
fn an_account_without_system_is_ready_without_fully_booted() {
    let account = Account { read: Classes::named("call"), ..Account::new("admin", "s3cret") };
    let fake = Options { accounts: vec![account], boot_time: seconds(3_600), ..Options::default() };
    let mut desk = Desk::new(Setup { fake, ..Setup::default() });
    desk.subscribe(&["*"]);
    desk.open(0);
    desk.until("Ready", seconds(1), |desk| desk.is_ready(0));
    desk.run(seconds(5));
    assert_eq!(heard(&desk, 0), []);
    desk.saw("Ready while Asterisk still boots");
}

#[test]
fn a_mask_of_auto_follows_the_listeners_and_survives_a_reconnect() {
    let mut desk = recorded(EventMask::Auto);
    desk.open_all();
    assert_eq!(masks(&mut desk), [said("Login", "off")]);
    let hangups = desk.subscribe(&["Hangup"]);
    desk.run(millis(10));
    assert_eq!(masks(&mut desk), [said("Events", "call")]);
    desk.subscribe(&["Newchannel"]);
    desk.run(millis(10));
    assert_eq!(masks(&mut desk), [], "the class is there already");
    let queues = desk.subscribe(&["Queue*"]);
    desk.run(millis(10));
    assert_eq!(masks(&mut desk), [said("Events", "agent,call")]);
    desk.emit(0, "QueueMemberPause", "agent", &[]);
    desk.run(millis(10));
    assert_eq!(heard(&desk, 0), [entry("QueueMemberPause", &[queues])]);

    let site = desk.site(0);
    desk.world().reset(site);
    desk.until_back(0, seconds(5));
    assert_eq!(masks(&mut desk), [said("Login", "agent,call")]);
    desk.client.unsubscribe(queues);
    desk.client.unsubscribe(hangups);
    desk.run(millis(10));
    assert_eq!(masks(&mut desk).last(), Some(&said("Events", "call")));
    desk.subscribe(&["MyOwnEvent"]);
    desk.run(millis(10));
    assert_eq!(masks(&mut desk), [said("Events", "on")]);
    assert!(desk.records_named("event_mask_changed").len() >= 4);
    desk.saw("off, call, agent,call, a reconnect, call, on");
}

#[test]
fn a_mask_of_auto_has_call_before_the_first_originate_leaves() {
    let mut desk = recorded(EventMask::Auto);
    desk.open_all();
    let call = [("Channel", "PJSIP/a"), ("Application", "Wait"), ("Async", "true")];
    assert!(desk.ask(0, "Originate", &call).is_ok());
    assert_eq!(masks(&mut desk), [said("Login", "off"), said("Events", "call"), said("Originate", "")]);
    let site = desk.site(0);
    desk.world().reset(site);
    desk.until_back(0, seconds(5));
    assert!(desk.ask(0, "Originate", &call).is_ok());
    assert_eq!(masks(&mut desk), [said("Login", "call"), said("Originate", "")]);
    desk.saw("Events: call goes ahead of the Originate, and into the next login");
}

#[test]
fn listeners_of_one_server_do_not_change_the_mask_of_another() {
    let mut desk = Desk::new(Setup { servers: 2, mask: EventMask::Auto, ..Setup::default() });
    desk.fake(0).record_requests();
    desk.client.subscribe(EventFilter { server: Some(desk.ids[1]), ..names_filter(&["*"]) });
    desk.open_all();
    desk.client.subscribe(EventFilter { server: Some(desk.ids[1]), ..names_filter(&["Hangup"]) });
    desk.run(millis(10));
    assert_eq!(masks(&mut desk), [said("Login", "off")]);
    desk.saw("off here, on there");
}

#[test]
fn a_mask_follows_also_where_events_is_never_answered() {
    let mut desk = recorded(EventMask::Auto);
    desk.open_all();
    // As with `brokeneventsaction=yes` of manager.conf.
    desk.fake(0).ignore("Events");
    desk.subscribe(&["Hangup"]);
    assert!(desk.ask(0, "Ping", &[]).is_ok());
    desk.subscribe(&["Queue*"]);
    assert!(desk.ask(0, "Ping", &[]).is_ok());
    desk.run(millis(10));
    assert_eq!(masks(&mut desk)[1..], [said("Events", "call"), said("Events", "agent,call")]);
    desk.saw("the answer to anything later shows that it was taken");
}

#[test]
fn a_listener_to_a_name_that_is_in_no_table_is_told_so_once_and_a_pattern_never() {
    let mut desk = Desk::ready(Setup::default());
    let gone = desk.subscribe(&["Hangupp", "hangup", "MyModuleEvent", "*"]);
    desk.client.unsubscribe(gone);
    for _ in 0..3 {
        desk.subscribe(&["HANGUPP", "Hang*", "No*", "UserEvent", "QueueMember"]);
    }
    desk.run(millis(10));
    let told: Vec<_> = desk
        .records_named("event_unknown")
        .into_iter()
        .map(|record| match &record.what {
            What::EventUnknown { name, nearest } => (name.as_str(), nearest.as_str()),
            what => panic!("{what:?}"),
        })
        .collect();
    assert_eq!(told, [("Hangupp", "Hangup"), ("MyModuleEvent", ""), ("QueueMember", "")]);
    assert!(desk.records_named("event_unknown").iter().all(|record| record.server.is_none()));
}
