//! The live model in its cluster: it reads in place, asks for lists in turns, and costs nothing unasked.

use std::collections::BTreeMap;
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::limits::{ClusterLimits, Limits, LiveLimits};
use apn_ami::live::{Live, News, State};
use apn_ami::settings::EventMask;
use apn_sim::asterisk::Asterisk;

use crate::harness::{Harness, Setup, millis, seconds};

fn start(harness: &mut Harness, limits: LiveLimits) {
    harness.client.start_live(limits).expect("a mask that has calls");
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

/// How often each action came, logins left out.
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

#[test]
fn news_come_of_all_servers_in_their_order() {
    let mut harness = Harness::ready(Setup { servers: 3, ..Setup::default() });
    start(&mut harness, LiveLimits::default());
    harness.client.tell_live(true);
    harness.run(seconds(1));
    for at in 0..3 {
        let (alice, bob) = call(&mut harness, at);
        harness.run(millis(50));
        with_phones(&mut harness, at, |phones| {
            phones.hang_up(&bob, 16);
            phones.hang_up(&alice, 16);
        });
    }
    harness.run(millis(50));
    let mut news: Vec<(ServerId, News)> = Vec::new();
    harness.client.take_live_news(2, &mut news);
    assert_eq!(news.len(), 2, "no more than was asked for");
    harness.client.take_live_news(100, &mut news);
    assert_eq!(news.len(), 3, "what happened between two looks is one piece of news");
    for (id, news) in news {
        assert!(harness.ids.contains(&id));
        let News::Ended(_, edges) = news else { panic!("every call is over") };
        assert_eq!(edges.names().collect::<Vec<_>>(), ["started", "answered", "connected", "ended"]);
    }
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
    let error = harness.client.start_live(LiveLimits::default()).unwrap_err().to_string();
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
