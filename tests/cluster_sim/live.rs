//! Live models in a cluster: they read events before the queue, take turns with lists, and cost nothing until
//! they are started.

use std::collections::BTreeMap;
use std::time::Duration;

use apn_ami::cluster::{DeliveryKind, LiveNews, ServerId};
use apn_ami::limits::{ClusterLimits, Limits, LiveLimits};
use apn_ami::live::{CallRef, Live, Outcome, State};
use apn_ami::record::Level;
use apn_ami::settings::EventMask;
use apn_sim::asterisk::Asterisk;

use crate::harness::{Harness, Setup, millis, seconds};
use crate::names::names;
use crate::watch::Seen;

fn start(harness: &mut Harness, limits: LiveLimits) {
    harness.client.start_live(limits, None).expect("a mask that has calls");
}

fn live(harness: &Harness, at: usize) -> &Live {
    harness.client.cluster().live_of(harness.ids[at]).expect("a model")
}

fn with_phones<R>(
    harness: &mut Harness,
    at: usize,
    act: impl FnOnce(&mut apn_sim::asterisk::Phones<'_>) -> R,
) -> R {
    let now = harness.now();
    act(&mut harness.fake(at).phones(now))
}

fn call(harness: &mut Harness, at: usize) -> (Vec<u8>, Vec<u8>) {
    with_phones(harness, at, |phones| {
        let alice = phones.call("PJSIP/alice", "201", "202");
        let bob = phones.dial(&alice, "PJSIP/bob");
        phones.answer(&alice, &bob);
        (alice, bob)
    })
}

/// Number of requests by action, without logins.
fn actions(fake: &mut Asterisk) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, request) in fake.take_requests() {
        *counts.entry(String::from_utf8_lossy(request.action()).into_owned()).or_default() += 1;
    }
    counts
}

#[test]
fn a_model_that_begins_on_a_ready_session_gets_its_classes_and_lists_at_once_and_queues_nothing() {
    let mut harness = Harness::ready(Setup { mask: EventMask::Auto, ..Setup::default() });
    let (alice, _) = call(&mut harness, 0);
    harness.run(seconds(10));
    harness.fake(0).record_requests();
    start(&mut harness, LiveLimits::default());
    harness.run(seconds(1));
    assert_eq!(live(&harness, 0).state(), State::Current);
    assert!(live(&harness, 0).find_call(&alice).is_some(), "it began before");
    let sent = actions(harness.fake(0));
    assert_eq!((sent["Events"], sent["CoreShowChannels"], sent["BridgeList"]), (1, 1, 1));
    let (second, bob) = call(&mut harness, 0);
    harness.run(seconds(1));
    assert_eq!(live(&harness, 0).calls().count(), 2, "it hears events");
    with_phones(&mut harness, 0, |phones| {
        phones.hang_up(&bob, 16);
        phones.hang_up(&second, 16);
    });
    harness.run(seconds(1));
    assert_eq!(live(&harness, 0).calls().count(), 1);
    assert_eq!(harness.watch(0).events().count(), 0, "nobody else asked for events");
    harness.drain();
}

#[test]
fn nothing_is_asked_for_where_nobody_asked() {
    let mut harness = Harness::ready(Setup { mask: EventMask::Auto, ..Setup::default() });
    harness.fake(0).record_requests();
    call(&mut harness, 0);
    harness.run(seconds(10));
    assert_eq!(actions(harness.fake(0)), BTreeMap::new());
    assert!(harness.client.cluster().live_of(harness.ids[0]).is_none());
}

#[test]
fn listeners_get_their_events_as_before_and_a_full_queue_costs_the_model_nothing() {
    let limits = Limits { event_queue_max: 5, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.subscribe(&["*"]);
    start(&mut harness, LiveLimits::default());
    harness.run(seconds(5));
    harness.take_max = 0;
    let pairs: Vec<_> = (0..10).map(|_| call(&mut harness, 0)).collect();
    harness.run(seconds(1));
    assert!(harness.health(0).events_dropped > 50);
    assert_eq!(live(&harness, 0).channels().count(), 20);
    let (alice, bob) = &pairs[0];
    assert_eq!(live(&harness, 0).find_call(alice), live(&harness, 0).find_call(bob));
    assert_eq!(live(&harness, 0).state(), State::Current, "a gap of dropped events is none for it");
    harness.take_max = 1_000;
    harness.drain();
    let names: Vec<_> = harness.watch(0).events().map(|event| event.name().to_vec()).collect();
    assert!(!names.iter().any(|name| name == b"CoreShowChannel"), "its lists are nobody's events");
}

#[test]
fn a_lost_session_makes_it_stale_and_the_next_one_current() {
    let mut harness = Harness::ready(Setup::default());
    start(&mut harness, LiveLimits::default());
    let (alice, bob) = call(&mut harness, 0);
    harness.run(seconds(5));
    let site = harness.site(0);
    harness.world().reset(site);
    harness.run(millis(10));
    assert_eq!((live(&harness, 0).state(), live(&harness, 0).calls().count()), (State::Stale, 1));
    with_phones(&mut harness, 0, |phones| {
        phones.hang_up(&bob, 16);
        phones.hang_up(&alice, 16);
    });
    harness.until_back(0, seconds(60));
    harness.run(seconds(1));
    assert_eq!((live(&harness, 0).state(), live(&harness, 0).channels().count()), (State::Current, 0));
}

/// The deliveries of a server in order: edges of calls, states of the model, names of events, states of the
/// session.
fn told(harness: &Harness, at: usize) -> Vec<String> {
    let seen = harness.watch(at).seen.iter();
    seen.filter_map(|seen| match seen {
        Seen::Live(LiveNews::Call { edges, .. }) => Some(names(edges).join("+")),
        Seen::Live(LiveNews::State(state)) => Some(format!("={}", state.name())),
        Seen::Event { message, .. } => Some(String::from_utf8_lossy(message.name()).into_owned()),
        Seen::Changed { to, .. } => Some(to.to_string()),
        Seen::Live(LiveNews::Queue { .. } | LiveNews::QueueState(_))
        | Seen::Gap { .. }
        | Seen::Ended { .. } => None,
    })
    .collect()
}

fn forget_told(harness: &mut Harness, at: usize) {
    harness.run(seconds(5));
    harness.watch_mut(at).seen.clear();
}

#[test]
fn what_happened_between_two_deliveries_is_one_piece_of_news_and_a_tick_delivers_no_more_than_it_may() {
    let mut harness = Harness::ready(Setup { servers: 3, ..Setup::default() });
    start(&mut harness, LiveLimits::default());
    harness.client.notify_live(true);
    (0..3).for_each(|at| forget_told(&mut harness, at));
    harness.take_max = 0;
    for at in 0..3 {
        for _ in 0..2 {
            let (alice, bob) = call(&mut harness, at);
            harness.run(millis(50));
            with_phones(&mut harness, at, |phones| {
                phones.hang_up(&bob, 16);
                phones.hang_up(&alice, 16);
            });
        }
    }
    harness.run(millis(50));
    let mut due = Vec::new();
    harness.client.drain_deliveries(4, &mut due);
    assert_eq!(due.len(), 4, "no more than was asked for");
    harness.client.drain_deliveries(100, &mut due);
    assert_eq!(due.len(), 6);
    for delivery in due {
        let DeliveryKind::Live(LiveNews::Call { call, edges }) = delivery.kind else { panic!("a call") };
        assert_eq!(names(&edges), ["started", "answered", "connected", "ended"]);
        assert_eq!(call.ended().and_then(|call| call.outcome()), Some(Outcome::Answered));
    }
}

#[test]
fn news_come_after_the_events_that_made_them_and_before_later_ones() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["Newchannel", "DialEnd", "Hangup"]);
    start(&mut harness, LiveLimits::default());
    harness.client.notify_live(true);
    forget_told(&mut harness, 0);
    harness.take_max = 0;
    let (alice, bob) = call(&mut harness, 0);
    with_phones(&mut harness, 0, |phones| {
        phones.hang_up(&bob, 16);
        phones.hang_up(&alice, 16);
    });
    harness.run(millis(50));
    harness.take_max = 100;
    harness.drain();
    assert_eq!(
        told(&harness, 0),
        ["Newchannel", "Newchannel", "DialEnd", "Hangup", "Hangup", "started+answered+connected+ended"],
        "ended calls are told whole, where they ended"
    );
    harness.watch_mut(0).seen.clear();
    harness.take_max = 0;
    call(&mut harness, 0);
    harness.run(millis(50));
    harness.take_max = 100;
    harness.drain();
    assert_eq!(
        told(&harness, 0),
        ["Newchannel", "started", "Newchannel", "DialEnd", "answered+connected"],
        "of a call that goes on two pieces of news at most wait"
    );
}

#[test]
fn of_a_call_that_begins_behind_the_turn_of_others_everything_is_told() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["Newchannel", "DialEnd", "Hangup"]);
    start(&mut harness, LiveLimits::default());
    harness.client.notify_live(true);
    forget_told(&mut harness, 0);
    harness.take_max = 0;
    for _ in 0..3 {
        call(&mut harness, 0);
    }
    harness.run(millis(50));
    harness.take_max = 100;
    harness.drain();
    let edges: Vec<_> =
        told(&harness, 0).into_iter().filter(|what| !what.contains(char::is_uppercase)).collect();
    assert!(!edges.contains(&String::new()), "{edges:?}");
    let of = |edge: &str| edges.iter().filter(|what| what.contains(edge)).count();
    assert_eq!([of("started"), of("answered"), of("connected")], [3, 3, 3], "{edges:?}");
}

#[test]
fn the_state_of_a_model_is_told_after_that_of_its_session() {
    let mut harness = Harness::ready(Setup::default());
    start(&mut harness, LiveLimits::default());
    harness.client.notify_live(true);
    harness.run(seconds(1));
    assert_eq!(told(&harness, 0).split_off(told(&harness, 0).len() - 1), ["=current"]);
    forget_told(&mut harness, 0);
    let site = harness.site(0);
    harness.world().reset(site);
    harness.run(millis(10));
    harness.until_back(0, seconds(60));
    harness.run(seconds(1));
    let told: Vec<_> =
        told(&harness, 0).into_iter().filter(|what| what.starts_with('=') || what == "ready").collect();
    assert_eq!(told, ["=stale", "ready", "=syncing", "=current"]);
}

#[test]
fn calls_of_a_removed_server_are_told_as_over_and_a_reference_keeps_them() {
    let mut harness = Harness::ready(Setup::default());
    start(&mut harness, LiveLimits::default());
    harness.client.notify_live(true);
    let (alice, _) = call(&mut harness, 0);
    harness.run(seconds(1));
    let id = harness.ids[0];
    let key = live(&harness, 0).find_call(&alice).unwrap();
    let call = harness.client.cluster_mut().refer_to_call(id, key).unwrap();
    let channel = live(&harness, 0).find_channel(&alice).unwrap();
    let channel = harness.client.cluster_mut().refer_to_channel(id, channel).unwrap();
    assert!(call.ended().is_none() && channel.ended().is_none());
    harness.watch_mut(0).seen.clear();
    harness.client.remove_server(id);
    let end = call.ended().expect("its end is not known, but it is over");
    assert_eq!((end.id(), end.outcome()), (&alice[..], Some(Outcome::Answered)));
    assert_eq!(channel.ended().unwrap().unique_id(), &alice[..]);
    harness.drain();
    assert!(told(&harness, 0).contains(&"ended".to_owned()));
}

#[test]
fn a_call_that_is_expected_is_known_from_its_first_channel_to_its_end() {
    let mut harness = Harness::ready(Setup::default());
    start(&mut harness, LiveLimits { ended_calls_max: 0, ..LiveLimits::default() });
    harness.run(seconds(1));
    let id = harness.ids[0];
    let never = harness.client.cluster_mut().expect_call(id, b"never").unwrap();
    let (first, _) = call(&mut harness, 0);
    harness.run(seconds(1));
    // An id is the Unix second and a counter. The ids of the next channels are among these.
    let text = String::from_utf8_lossy(&first).into_owned();
    let (second, number) = text.rsplit_once('.').expect("SECOND.NUMBER");
    let (second, number) = (second.parse::<u64>().unwrap(), number.parse::<u64>().unwrap());
    let ids = (0..4).flat_map(|more| (1..10).map(move |next| format!("{}.{}", second + more, number + next)));
    let made: Vec<_> =
        ids.map(|id_of| harness.client.cluster_mut().expect_call(id, id_of.as_bytes()).unwrap()).collect();
    let (alice, bob) = call(&mut harness, 0);
    with_phones(&mut harness, 0, |phones| {
        phones.hang_up(&bob, 16);
        phones.hang_up(&alice, 16);
    });
    harness.run(seconds(1));
    let ended: Vec<_> = made.iter().filter_map(|call| call.call()?.ended()).collect();
    assert!(never.call().is_none());
    assert_eq!(ended.len(), 2, "a call of two channels that began and ended meanwhile");
    assert!(ended.iter().all(|call| call.id() == &alice[..]));
}

#[test]
fn changes_since_a_version_are_told_in_their_order_and_in_parts() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    start(&mut harness, LiveLimits { ended_calls_max: 3, ..LiveLimits::default() });
    call(&mut harness, 0);
    harness.run(seconds(5));
    let first = harness.client.cluster_mut().live_changes(0, 10);
    assert!(first.is_reset, "nobody kept changes before");
    assert!(!harness.client.cluster_mut().live_changes(first.version, 10).is_reset);
    let calls: Vec<_> = [1, 0, 1].into_iter().map(|at| (at, call(&mut harness, at))).collect();
    harness.run(seconds(1));
    let ids = |harness: &mut Harness, since: u64, max: usize| {
        let changes = harness.client.cluster_mut().live_changes(since, max);
        assert!(!changes.is_reset);
        let id_of = |(server, call): (ServerId, CallRef)| {
            let live = harness.client.cluster().live_of(server).unwrap();
            live.referred_call(&call)
                .map(|call| (server, call.id().to_vec(), call.outcome().is_some()))
                .unwrap()
        };
        (changes.version, changes.has_more, changes.calls.into_iter().map(id_of).collect::<Vec<_>>())
    };
    let (version, has_more, part) = ids(&mut harness, first.version, 2);
    assert!(has_more && part.len() == 2);
    let (version, has_more, rest) = ids(&mut harness, version, 2);
    let mut all: Vec<_> = part.into_iter().chain(rest).collect();
    all.sort();
    let mut wanted: Vec<_> =
        calls.iter().map(|(at, (alice, _))| (harness.ids[*at], alice.clone(), false)).collect();
    wanted.sort();
    assert_eq!((has_more, all), (false, wanted));
    assert_eq!(ids(&mut harness, version, 10).2, [], "nothing happened since");
    for (at, (alice, bob)) in &calls {
        with_phones(&mut harness, *at, |phones| {
            phones.hang_up(bob, 16);
            phones.hang_up(alice, 16);
        });
    }
    harness.run(seconds(1));
    let (_, _, ended) = ids(&mut harness, version, 10);
    assert!(ended.len() == 3 && ended.iter().all(|(_, _, is_over)| *is_over));
    for _ in 0..4 {
        let (alice, bob) = call(&mut harness, 0);
        with_phones(&mut harness, 0, |phones| {
            phones.hang_up(&bob, 16);
            phones.hang_up(&alice, 16);
        });
    }
    harness.run(seconds(1));
    assert!(harness.client.cluster_mut().live_changes(version, 10).is_reset, "more ended than are kept");
    let version = harness.client.cluster_mut().live_changes(0, 10).version;
    assert!(
        harness.client.cluster_mut().live_changes(version + 1, 10).is_reset,
        "a version of another process"
    );
    harness.client.remove_server(harness.ids[1]);
    assert!(harness.client.cluster_mut().live_changes(version, 10).is_reset, "its calls went with it");
}

#[test]
fn only_the_servers_that_are_named_are_modelled() {
    let mask = EventMask::Auto;
    let mut harness = Harness::ready(Setup { servers: 2, mask, ..Setup::default() });
    harness.fake(0).record_requests();
    let named = vec![harness.client.cluster().settings(harness.ids[1]).unwrap().key.clone()];
    harness.client.start_live(LiveLimits::default(), Some(named)).unwrap();
    harness.run(seconds(1));
    assert_eq!(actions(harness.fake(0)), BTreeMap::new());
    assert!(harness.client.cluster().live_of(harness.ids[0]).is_none());
    assert_eq!(live(&harness, 1).state(), State::Current);
}

#[test]
fn the_log_says_once_what_a_model_cannot_know() {
    let mut harness = Harness::ready(Setup { log: Some(Level::Warning), ..Setup::default() });
    let told = |harness: &Harness| -> Vec<&'static str> {
        harness
            .records
            .iter()
            .map(|record| record.what.name())
            .filter(|name| name.starts_with("live"))
            .collect()
    };
    start(&mut harness, LiveLimits { channels_max: 3, ..LiveLimits::default() });
    harness.run(seconds(1));
    assert_eq!(told(&harness), [""; 0]);
    (0..3).for_each(|_| drop(call(&mut harness, 0)));
    harness.run(seconds(10));
    assert_eq!(told(&harness), ["live_truncated"]);
}

#[test]
fn lists_of_many_servers_take_turns() {
    let cluster =
        ClusterLimits { tick_connects_max: 1_000, second_connects_max: 1_000, ..ClusterLimits::default() };
    let mut harness = Harness::ready(Setup { servers: 60, cluster, log: None, ..Setup::default() });
    for at in 0..60 {
        harness.fake(at).record_requests();
    }
    start(&mut harness, LiveLimits::default());
    let lists = |harness: &mut Harness| -> usize {
        let of = |fake: &mut Asterisk| {
            actions(fake)
                .iter()
                .filter(|(name, _)| name.contains("List") || name.contains("Show"))
                .map(|(_, count)| *count)
                .sum::<usize>()
        };
        (0..60).map(|at| of(harness.fake(at))).sum()
    };
    for _ in 0..3 {
        harness.run(millis(999));
        let count = lists(&mut harness);
        assert!((15..=21).contains(&count), "{count} lists in a second");
    }
    let is_current = |harness: &mut Harness| (0..60).all(|at| live(harness, at).state() == State::Current);
    let took = harness.until("every model is current", seconds(60), is_current);
    assert!(took < seconds(12), "{took:?}");
}

#[test]
fn a_mask_of_its_own_that_keeps_calls_away_is_refused_and_named() {
    let mut harness =
        Harness::new(Setup { mask: EventMask::Classes("user,agent".into()), ..Setup::default() });
    let error = harness.client.start_live(LiveLimits::default(), None).unwrap_err().to_string();
    assert_eq!(
        error,
        "event_mask is \"user,agent\", must be auto, on, or classes with \"call\": the live model of n0 needs it"
    );
    assert!(!harness.client.cluster().is_live());
    let mut harness =
        Harness::new(Setup { mask: EventMask::Classes("call,agent".into()), ..Setup::default() });
    start(&mut harness, LiveLimits::default());
}

#[test]
fn a_server_that_takes_much_leaves_the_others_their_share() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    start(&mut harness, LiveLimits { bytes_max: 1_024 * 1_024, ..LiveLimits::default() });
    harness.run(seconds(1));
    for _ in 0..100 {
        with_phones(&mut harness, 0, |phones| {
            (0..20).for_each(|_| drop(phones.call("PJSIP/greedy", "1", "2")));
        });
        harness.run(millis(20));
    }
    assert!(live(&harness, 0).is_truncated());
    let greedy = live(&harness, 0).bytes();
    assert!((700_000..800_000).contains(&greedy), "a half and half of the other: {greedy}");
    for _ in 0..10 {
        with_phones(&mut harness, 1, |phones| {
            (0..20).for_each(|_| drop(phones.call("PJSIP/modest", "1", "2")));
        });
        harness.run(millis(20));
    }
    assert_eq!((live(&harness, 1).channels().count(), live(&harness, 1).is_truncated()), (200, false));
    harness.client.remove_server(harness.ids[0]);
    harness.run(seconds(1));
    for _ in 0..30 {
        with_phones(&mut harness, 1, |phones| {
            (0..20).for_each(|_| drop(phones.call("PJSIP/modest", "1", "2")));
        });
        harness.run(millis(20));
    }
    assert!(!live(&harness, 1).is_truncated(), "what the other had is free");
}

#[test]
fn a_list_that_does_not_end_is_given_up_and_what_still_comes_of_it_is_no_event() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["*"]);
    harness.fake(0).record_requests();
    harness.fake(0).ask("CoreShowChannels");
    start(&mut harness, LiveLimits { list_timeout: seconds(5), ..LiveLimits::default() });
    harness.run(seconds(1));
    let question = harness.fake(0).take_questions().pop().expect("a list was asked for");
    assert_eq!(live(&harness, 0).state(), State::Syncing);
    harness.fake(0).unscript("CoreShowChannels");
    harness.run(seconds(5));
    let item = vec![(b"Channel".to_vec(), b"PJSIP/late-1".to_vec()), (b"Uniqueid".to_vec(), b"1.1".to_vec())];
    let now = harness.now();
    let answer = apn_sim::asterisk::Answer::default().items(vec![item]);
    harness.fake(0).answer(&question, &answer, now);
    harness.run(seconds(3));
    assert_eq!((live(&harness, 0).state(), live(&harness, 0).channels().count()), (State::Current, 0));
    let late = |name: &[u8]| name.starts_with(b"CoreShowChannel");
    assert!(!harness.watch(0).events().any(|event| late(event.name())));
}

#[test]
fn a_frame_that_was_too_long_is_a_gap() {
    let mut harness = Harness::ready(Setup::default());
    start(&mut harness, LiveLimits::default());
    let (alice, _) = call(&mut harness, 0);
    harness.run(seconds(5));
    harness.fake(0).record_requests();
    let long = format!("Event: Newchannel\r\nUniqueid: 5.5\r\nX: {}\r\n\r\n", "x".repeat(1_100_000));
    harness.inject(0, long.as_bytes());
    harness.run(Duration::from_secs(1));
    assert_eq!(harness.metrics(0).node.frames_too_long, 1);
    assert_eq!(actions(harness.fake(0)).get("CoreShowChannels"), Some(&1));
    assert!(live(&harness, 0).find_call(&alice).is_some());
}
