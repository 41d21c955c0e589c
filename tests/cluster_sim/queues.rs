//! Events that arrive faster than listeners take them: bounds, drops, gaps, and deliveries that are never
//! dropped.

use std::collections::BTreeMap;

use apn_ami::error::DisconnectReason;
use apn_ami::glob::Glob;
use apn_ami::limits::{DropPolicy, Limits};
use apn_ami::record::RecordKind;
use apn_sim::asterisk::Rate;

use crate::harness::{Harness, Setup, millis, saw, seconds};
use crate::watch::Seen;

/// A harness that takes no deliveries until the test takes them.
fn busy(limits: Limits) -> Harness {
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.run(seconds(1));
    harness.subscribe(&["*"]);
    harness.take_max = 0;
    harness
}

fn emit(harness: &mut Harness, names: &[&str]) {
    for name in names {
        harness.emit(0, name, "call", &[("Channel", "PJSIP/a-1")]);
    }
    harness.step(millis(1));
}

/// Takes the deliveries. Returns those after the five states on the way to Ready.
fn taken(harness: &mut Harness) -> Vec<String> {
    harness.take_max = usize::MAX / 2;
    harness.take();
    harness.drain();
    harness.watch(0).story().split_off(5)
}

fn limits(events: usize, policy: DropPolicy) -> Limits {
    Limits { event_queue_max: events, drop_policy: policy, ..Limits::default() }
}

#[test]
fn a_full_queue_drops_the_oldest_and_says_so_where_they_were() {
    let mut harness = busy(limits(3, DropPolicy::Oldest));
    emit(&mut harness, &["A1", "A2", "A3", "A4", "A5"]);
    assert_eq!(taken(&mut harness), ["gap of 2", "A3", "A4", "A5"]);
    assert_eq!((harness.health(0).events_dropped, harness.health(0).queue_depth), (2, 0));
    harness.saw("2 of 5 dropped before the rest");
}

#[test]
fn a_full_queue_drops_the_newest_where_that_is_asked_for() {
    let mut harness = busy(limits(3, DropPolicy::Newest));
    emit(&mut harness, &["A1", "A2", "A3", "A4", "A5"]);
    assert_eq!(taken(&mut harness), ["A1", "A2", "A3", "gap of 2"]);
    harness.take_max = 0;
    emit(&mut harness, &["A6"]);
    assert_eq!(taken(&mut harness)[4..], ["A6"]);
    harness.saw("2 of 5 dropped after the rest");
}

#[test]
fn protected_events_go_last_under_either_policy() {
    for (policy, story) in [
        (DropPolicy::Oldest, ["Hangup", "gap of 3", "Hangup", "Hangup"]),
        (DropPolicy::Newest, ["Hangup", "gap of 3", "Hangup", "Hangup"]),
    ] {
        let mut harness = busy(limits(3, policy));
        emit(&mut harness, &["Hangup", "Newexten", "Newexten", "VarSet", "hangup", "HANGUP"]);
        let seen: Vec<_> = taken(&mut harness).iter().map(|word| word.replace("HANGUP", "hangup")).collect();
        let told: Vec<_> = seen.iter().map(|word| word.replace("hangup", "Hangup")).collect();
        assert_eq!(told.iter().filter(|word| *word == "Hangup").count(), 3, "{policy:?}: {told:?}");
        let gaps: Vec<_> = told.iter().filter(|word| word.starts_with("gap")).collect();
        assert!(!gaps.is_empty() && harness.health(0).events_dropped == 3, "{policy:?}: {told:?}");
        assert_eq!(told.len() - gaps.len(), story.len() - 1, "{policy:?}");
    }
    let mut harness = busy(limits(2, DropPolicy::Oldest));
    emit(&mut harness, &["Hangup", "Hangup", "Hangup", "Newexten"]);
    assert_eq!(taken(&mut harness), ["gap of 1", "Hangup", "Hangup", "gap of 1"], "protected, not immortal");
    saw(1, "three Hangups among six events in a queue of three");
}

#[test]
fn the_protected_names_are_the_callers() {
    let protected = vec![Glob::any_case("Agent*")];
    let mut harness = busy(Limits { protected_events: protected, ..limits(2, DropPolicy::Oldest) });
    emit(&mut harness, &["AgentLogin", "Hangup", "Hangup", "agentlogoff"]);
    assert_eq!(taken(&mut harness), ["AgentLogin", "gap of 2", "agentlogoff"]);
    harness.saw("Agent* before Hangup");
}

#[test]
fn a_queue_is_bounded_in_bytes_too() {
    let bytes = 64 * 1_024;
    let mut harness = busy(Limits { event_queue_bytes_max: bytes, ..Limits::default() });
    let value = "x".repeat(10_000);
    for _ in 0..20 {
        harness.emit(0, "Newexten", "dialplan", &[("AppData", value.as_str())]);
        harness.step(millis(1));
        assert!(harness.health(0).queue_bytes <= bytes);
    }
    let (depth, held) = (harness.health(0).queue_depth, harness.health(0).queue_bytes);
    assert!((4..=6).contains(&depth) && held > bytes / 2, "{depth} events, {held} bytes");
    let told = taken(&mut harness);
    assert_eq!(told[0], format!("gap of {}", 20 - depth));
    assert_eq!(harness.health(0).queue_bytes, 0);
    harness.saw(&format!("{depth} events of 10 KB in {held} bytes of 64 KiB"));
}

#[test]
fn drops_are_counted_by_name_and_warned_of_once_an_interval() {
    let mut harness = busy(limits(10, DropPolicy::Oldest));
    for _ in 0..50 {
        emit(&mut harness, &["Newexten", "VarSet", "Newexten"]);
        harness.run(millis(100));
    }
    harness.run(seconds(20));
    let warnings: Vec<_> = harness.records_named("events_dropped").into_iter().cloned().collect();
    let mut said = 0;
    for record in &warnings {
        let RecordKind::EventsDropped { dropped, dropped_total, queue_depth, queue_bytes } = record.what
        else {
            panic!("{record:?}");
        };
        said += dropped;
        assert_eq!(said, dropped_total);
        assert!(queue_depth == 10 && queue_bytes > 0);
    }
    assert!((5..=7).contains(&warnings.len()), "{} warnings in 5 s", warnings.len());
    assert_eq!(said, harness.health(0).events_dropped);
    let metrics = harness.metrics(0);
    let by_name: BTreeMap<_, _> =
        metrics.events.iter().map(|count| (count.name.as_str(), count.counters.dropped)).collect();
    assert_eq!((by_name["newexten"], by_name["varset"]), (93, 47));
    assert_eq!(said, 140);
    taken(&mut harness);
    harness.saw(&format!("140 drops told in {} warnings", warnings.len()));
}

#[test]
fn endings_and_changes_of_state_are_never_dropped() {
    let mut harness = busy(limits(1, DropPolicy::Oldest));
    for _ in 0..100 {
        harness.send(0, "Ping", &[]);
        emit(&mut harness, &["Newexten"]);
    }
    let site = harness.site(0);
    harness.world().reset(site);
    harness.until_back(0, seconds(5));
    let told = taken(&mut harness);
    assert_eq!(told.iter().filter(|word| *word == "end of Ping").count(), 100);
    assert!(told.contains(&"disconnected".to_owned()) && told.contains(&"gap peer_closed".to_owned()));
    assert_eq!(harness.watch(0).open(), 0);
    harness.saw("100 endings through a queue of one event");
}

#[test]
fn an_ending_stands_between_the_events_that_came_before_and_after_it() {
    let mut harness = busy(Limits::default());
    emit(&mut harness, &["A1"]);
    harness.send(0, "Ping", &[]);
    harness.step(millis(1));
    emit(&mut harness, &["A2"]);
    let list = harness.send(0, "QueueStatus", &[]);
    harness.step(millis(1));
    emit(&mut harness, &["A3"]);
    assert_eq!(taken(&mut harness), ["A1", "end of Ping", "A2", "end of QueueStatus", "A3"]);
    let Some(Ok(answer)) = list.cell.outcome() else { panic!("a list") };
    assert_eq!(answer.response.stamp().sequence, 2, "two events came before it");
    harness.saw("A1, Ping, A2, QueueStatus, A3");
}

#[test]
fn a_gap_tells_when_events_may_be_missing() {
    let mut harness = busy(limits(2, DropPolicy::Oldest));
    for name in ["A1", "A2", "A3", "A4"] {
        emit(&mut harness, &[name]);
        harness.run(seconds(1));
    }
    taken(&mut harness);
    let seen = &harness.watch(0).seen;
    let received = |name: &str| {
        harness.watch(0).events().find(|event| event.is_event(name)).expect("delivered").stamp().received_at
    };
    let gaps: Vec<_> = seen
        .iter()
        .filter_map(|seen| match seen {
            Seen::Gap { from, to, reason: None, dropped } => Some((*from, *to, *dropped)),
            Seen::Gap { .. }
            | Seen::Event { .. }
            | Seen::Changed { .. }
            | Seen::Ended { .. }
            | Seen::Live(_) => None,
        })
        .collect();
    let (from, to, dropped) = gaps[0];
    assert_eq!(
        (from + seconds(2), to, dropped),
        (received("A3"), received("A3"), 2),
        "from the first lost on"
    );
    harness.saw("from A1 to A3");
}

#[test]
fn a_lost_session_is_told_between_its_events_and_those_of_the_next() {
    let mut harness = busy(Limits::default());
    emit(&mut harness, &["A1"]);
    let last = harness.health(0).last_received_at.expect("A1");
    let site = harness.site(0);
    harness.world().restart(site, seconds(3));
    harness.until_back(0, seconds(60));
    let ready = harness.metrics(0).state_since;
    emit(&mut harness, &["A2"]);
    let told = taken(&mut harness);
    assert_eq!(told[..3], ["A1", "Shutdown", "disconnected"]);
    let at = told.iter().position(|word| word == "gap shutdown").expect("a gap");
    assert_eq!(told[at - 1], "ready");
    assert_eq!(told.last().map(String::as_str), Some("A2"));
    let gap = harness.watch(0).seen.iter().find_map(|seen| match seen {
        Seen::Gap { from, to, reason: Some(DisconnectReason::Shutdown), dropped: 0 } => Some((*from, *to)),
        _ => None,
    });
    assert_eq!(gap, Some((last, ready)));
    harness.saw(&format!("{:?} between the last event and Ready", ready.saturating_sub(last)));
}

/// For bursts and takes of any size, the harness checks after each step that gaps report every dropped event.
#[test]
fn under_any_bursts_every_wanted_event_is_delivered_or_told_as_dropped() {
    let (mut delivered, mut dropped) = (0, 0);
    for seed in 0..40 {
        let mut random = fastrand::Rng::with_seed(seed);
        let policy = if random.bool() { DropPolicy::Oldest } else { DropPolicy::Newest };
        let limits = Limits {
            event_queue_max: random.usize(1..60),
            event_queue_bytes_max: 64 * 1_024,
            drop_policy: policy,
            ..Limits::default()
        };
        let mut harness = Harness::ready(Setup { seed, limits, ..Setup::default() });
        harness.subscribe(&["*"]);
        for _ in 0..60 {
            let rate =
                Rate { events_per_second: random.u32(0..20_000), events_max: None, waiting_bytes_max: None };
            let now = harness.now();
            harness.fake(0).set_rate(rate, now);
            harness.take_max = if random.u32(0..3) == 0 { 0 } else { random.usize(1..200) };
            harness.run(millis(random.u64(1..20)));
        }
        let (now, made) = (harness.now(), harness.fake(0).events_made());
        harness
            .fake(0)
            .set_rate(Rate { events_per_second: 0, events_max: None, waiting_bytes_max: None }, now);
        harness.take_max = 1_000;
        harness.run(seconds(1));
        harness.drain();
        // The server also sends the events of its greeting.
        let health = harness.health(0);
        assert!(health.events_received >= made && health.events_received <= made + 2, "seed {seed}");
        delivered += harness.watch(0).events().count();
        dropped += health.events_dropped;
    }
    saw(0, &format!("40 seeds: {delivered} delivered, {dropped} dropped, not one unaccounted for"));
    assert!(delivered > 1_000 && dropped > 1_000);
}

#[test]
fn an_event_larger_than_the_whole_queue_drops_itself_alone() {
    let limits = Limits { event_queue_bytes_max: 64 * 1_024, ..Limits::default() };
    for protected in ["Hangup", "Newexten"] {
        let mut harness = busy(limits.clone());
        emit(&mut harness, &["A1", "A2"]);
        let value = "x".repeat(65_500);
        harness.emit(0, protected, "call", &[("Channel", value.as_str())]);
        emit(&mut harness, &["A3"]);
        assert_eq!(taken(&mut harness), ["A1", "A2", "gap of 1", "A3"], "{protected}");
    }
    saw(1, "65,500 bytes into 64 KiB");
}
