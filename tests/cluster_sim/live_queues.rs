//! The queues of live models in their cluster: classes, turns, news, what the log says.

use apn_ami::cluster::LiveNews;
use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, State};
use apn_ami::record::Level;
use apn_ami::settings::EventMask;
use apn_sim::asterisk::{Account, Classes, Hall, Options};

use crate::harness::{Harness, Setup, millis, seconds};
use crate::names::names;
use crate::watch::Seen;

fn limits() -> LiveLimits {
    LiveLimits { keeps_queues: true, ..LiveLimits::default() }
}

fn live(harness: &Harness, at: usize) -> &Live {
    harness.client.cluster().live_of(harness.ids[at]).expect("a model")
}

fn hall<R>(harness: &mut Harness, at: usize, act: impl FnOnce(&mut Hall<'_>) -> R) -> R {
    let now = harness.now();
    act(&mut harness.fake(at).hall(now))
}

fn caller(harness: &mut Harness, at: usize) -> Vec<u8> {
    let now = harness.now();
    harness.fake(at).phones(now).call("PJSIP/carol", "301", "300")
}

/// A cluster whose servers have the queue `support`.
fn support(setup: Setup) -> Harness {
    let mut harness = Harness::ready(setup);
    for at in 0..harness.ids.len() {
        hall(&mut harness, at, |hall| hall.configure("support", ["PJSIP/alice"]));
    }
    harness.client.start_live(limits(), None).expect("a mask that has its classes");
    harness
}

fn told(harness: &Harness, at: usize) -> Vec<String> {
    let seen = harness.watch(at).seen.iter();
    seen.filter_map(|seen| match seen {
        Seen::Live(LiveNews::Queue { changes, .. }) => Some(names(changes).join("+")),
        Seen::Live(LiveNews::QueueState(state)) => Some(format!("={}", state.name())),
        Seen::Event { message, .. } => Some(String::from_utf8_lossy(message.name()).into_owned()),
        _ => None,
    })
    .collect()
}

#[test]
fn a_mask_that_follows_gets_class_agent_and_one_of_its_own_without_it_is_refused() {
    let mut harness = support(Setup { mask: EventMask::Auto, ..Setup::default() });
    harness.run(seconds(1));
    assert_eq!(live(&harness, 0).queue_state(), Some(State::Current));
    let id = caller(&mut harness, 0);
    hall(&mut harness, 0, |hall| hall.join(&id, "support", None));
    harness.run(millis(100));
    let key = live(&harness, 0).find_queue(b"support").expect("it is listed");
    assert_eq!(live(&harness, 0).queue(key).map(|queue| queue.callers().len()), Some(1), "it hears events");

    let mut harness =
        Harness::new(Setup { mask: EventMask::Classes("call,user".into()), ..Setup::default() });
    let error = harness.client.start_live(limits(), None).unwrap_err().to_string();
    assert_eq!(
        error,
        "event_mask is \"call,user\", must be auto, on, or classes with \"agent\": the live model of n0 needs it"
    );
}

#[test]
fn news_of_queues_come_after_the_events_that_made_them_and_wait_as_one() {
    let mut harness = support(Setup::default());
    harness.subscribe(&["QueueCallerJoin", "QueueCallerLeave", "QueueMemberPause"]);
    harness.client.notify_live(true);
    harness.run(seconds(5));
    harness.watch_mut(0).seen.clear();
    harness.take_max = 0;
    let id = caller(&mut harness, 0);
    hall(&mut harness, 0, |hall| hall.join(&id, "support", None));
    harness.run(millis(50));
    harness.take_max = 100;
    harness.drain();
    assert_eq!(told(&harness, 0), ["QueueCallerJoin", "joined"]);
    harness.watch_mut(0).seen.clear();
    harness.take_max = 0;
    for reason in [Some("lunch"), None, Some("coffee")] {
        hall(&mut harness, 0, |hall| hall.pause("support", "PJSIP/alice", reason));
    }
    hall(&mut harness, 0, |hall| hall.leave(&id));
    harness.run(millis(50));
    harness.take_max = 100;
    harness.drain();
    let told = told(&harness, 0);
    assert_eq!(
        told.iter().filter(|what| !what.starts_with("Queue")).count(),
        2,
        "two pieces wait at most: {told:?}"
    );
    assert_eq!((told[0].as_str(), told[1].as_str()), ("QueueMemberPause", "members"));
    assert_eq!(told.last().map(String::as_str), Some("left+members"));
}

#[test]
fn the_state_of_queues_is_told_and_a_lost_session_keeps_what_was_known() {
    let mut harness = support(Setup::default());
    harness.client.notify_live(true);
    harness.run(seconds(2));
    assert!(told(&harness, 0).contains(&"=current".to_owned()));
    harness.watch_mut(0).seen.clear();
    let site = harness.site(0);
    harness.world().reset(site);
    harness.run(millis(10));
    assert_eq!(live(&harness, 0).queue_state(), Some(State::Stale));
    assert_eq!(live(&harness, 0).queues().count(), 1);
    harness.until_back(0, seconds(60));
    harness.run(seconds(2));
    let states: Vec<_> = told(&harness, 0).into_iter().filter(|what| what.starts_with('=')).collect();
    assert_eq!(states, ["=stale", "=syncing", "=current"]);
}

#[test]
fn a_queue_goes_with_its_server_and_a_reference_keeps_it() {
    let mut harness = support(Setup { servers: 2, ..Setup::default() });
    harness.run(seconds(1));
    let id = harness.ids[0];
    let key = live(&harness, 0).find_queue(b"support").expect("it is listed");
    let queue = harness.client.cluster_mut().refer_to_queue(id, key).expect("it is there");
    assert!(queue.ended().is_none());
    harness.client.remove_server(id);
    harness.drain();
    assert_eq!(queue.ended().map(|queue| queue.members().len()), Some(1));
}

#[test]
fn lists_of_queues_take_turns_with_the_others() {
    let mut harness = support(Setup { servers: 30, log: None, ..Setup::default() });
    let is_current = |harness: &mut Harness| {
        (0..30).all(|at| {
            live(harness, at).state() == State::Current
                && live(harness, at).queue_state() == Some(State::Current)
        })
    };
    let took = harness.until("every model is current", seconds(60), is_current);
    assert!((seconds(4)..seconds(8)).contains(&took), "90 lists, 20 a second: {took:?}");
}

#[test]
fn the_log_says_which_class_lacks() {
    let account = Account { read: Classes::named("call,system"), ..Account::new("admin", "s3cret") };
    let fake = Options { accounts: vec![account], ..Options::default() };
    let mut harness = support(Setup { log: Some(Level::Warning), fake, ..Setup::default() });
    for _ in 0..4 {
        let id = caller(&mut harness, 0);
        hall(&mut harness, 0, |hall| hall.join(&id, "support", None));
        harness.run(seconds(20));
    }
    let names = harness.records.iter().map(|record| record.what.name());
    assert_eq!(names.filter(|name| *name == "live_unavailable").count(), 1);
}

#[test]
fn queues_that_changed_since_a_version_are_told_among_the_calls_and_in_parts() {
    let mut harness = support(Setup { servers: 2, ..Setup::default() });
    harness.run(seconds(1));
    let first = harness.client.cluster_mut().live_changes(0, 10);
    assert!(first.is_reset);
    let told = |harness: &mut Harness, since: u64, max: usize| {
        let changes = harness.client.cluster_mut().live_changes(since, max);
        assert!(!changes.is_reset);
        let at = |server| harness.ids.iter().position(|id| *id == server).expect("a server");
        let queues = changes.queues.iter().map(|(server, queue)| {
            let live = harness.client.cluster().live_of(*server).expect("a model");
            let found = live.referred_queue(queue).expect("it keeps its state");
            let name = String::from_utf8_lossy(found.name()).into_owned();
            let is_there = if queue.ended().is_some() { "gone" } else { "there" };
            format!("{} {name} {is_there} {}", at(*server), found.callers().len())
        });
        (changes.version, changes.has_more, changes.calls.len(), queues.collect::<Vec<_>>())
    };
    let (version, ..) = told(&mut harness, first.version, 10);
    assert_eq!(told(&mut harness, version, 10), (version, false, 0, vec![]), "nothing happened");

    for _ in 0..2 {
        let id = caller(&mut harness, 1);
        hall(&mut harness, 1, |hall| hall.join(&id, "support", None));
    }
    hall(&mut harness, 0, |hall| hall.pause("support", "PJSIP/alice", Some("lunch")));
    harness.run(millis(100));
    let (part, has_more, calls, queues) = told(&mut harness, version, 3);
    assert_eq!((has_more, calls, queues), (true, 2, vec!["0 support there 0".to_owned()]));
    let (version, has_more, calls, queues) = told(&mut harness, part, 3);
    assert_eq!((has_more, calls, queues), (false, 0, vec!["1 support there 2".to_owned()]));

    hall(&mut harness, 1, |hall| hall.forget("support"));
    harness.run(seconds(80));
    let (_, _, _, queues) = told(&mut harness, version, 10);
    assert_eq!(queues, ["1 support gone 2"], "it keeps its last state");
}

#[test]
fn the_log_says_what_a_bound_keeps_out_and_each_kind_once() {
    let limits = LiveLimits { queues_max: 1, queue_entries_max: 3, ..limits() };
    let mut harness = Harness::ready(Setup { log: Some(Level::Warning), ..Setup::default() });
    hall(&mut harness, 0, |hall| hall.configure("support", ["PJSIP/alice", "PJSIP/bob"]));
    harness.client.start_live(limits, None).expect("a mask that has its classes");
    let told = |harness: &Harness| -> Vec<String> {
        let records = harness.records.iter().map(|record| &record.what);
        let truncated = records.filter(|what| what.name() == "live_truncated");
        truncated.map(|what| format!("{:?}", what.fields())).collect()
    };
    let is_about =
        |record: &str, what: &str| record.starts_with(&format!("[(\"truncated\", Text(\"{what}\"))"));
    harness.run(seconds(100));
    assert_eq!(told(&harness), Vec::<String>::new());
    for _ in 0..3 {
        let id = caller(&mut harness, 0);
        hall(&mut harness, 0, |hall| hall.join(&id, "support", None));
    }
    harness.run(seconds(200));
    let records = told(&harness);
    assert!(records.len() == 1 && is_about(&records[0], "callers"), "{records:?}");
    assert!(records[0].contains("(\"members\", Integer(2)), (\"callers\", Integer(1))"), "{records:?}");
    hall(&mut harness, 0, |hall| hall.configure("sales", ["PJSIP/alice"]));
    harness.run(seconds(200));
    let records = told(&harness);
    assert!(records.len() == 2 && is_about(&records[1], "queues, callers"), "{records:?}");
    hall(&mut harness, 0, |hall| hall.forget("sales"));
    harness.run(seconds(200));
    hall(&mut harness, 0, |hall| hall.add("support", "PJSIP/carol"));
    harness.run(seconds(200));
    let records = told(&harness);
    assert!(records.len() == 3 && is_about(&records[2], "members, callers"), "{records:?}");
}
