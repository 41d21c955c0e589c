//! Servers that flood do not slow the others beyond their share: budgets, order and latency.

use std::collections::BTreeMap;
use std::time::Duration;

use apn_ami::limits::{ClusterLimits, Limits};
use apn_sim::asterisk::Rate;

use crate::harness::{Harness, Setup, millis, seconds};

/// A rate beyond that which a tick can read.
const FULL_SPEED: Rate =
    Rate { events_per_second: 2_000_000, events_max: None, waiting_bytes_max: Some(4 * 1_024 * 1_024) };

/// The duration of a real tick. The servers continue to write meanwhile.
const TICK: Duration = Duration::from_millis(1);

fn flood(harness: &mut Harness, servers: impl Iterator<Item = usize>) {
    let now = harness.now();
    for at in servers {
        harness.fake(at).set_rate(FULL_SPEED, now);
    }
}

/// Runs one tick, lets its time pass, and checks that each server kept to its budget.
fn tick(harness: &mut Harness) {
    let count = |harness: &Harness| -> Vec<_> {
        (0..harness.ids.len())
            .map(|at| harness.metrics(at).node)
            .map(|node| (node.frames, node.bytes_read))
            .collect()
    };
    let before = count(harness);
    harness.step(Duration::ZERO);
    for ((frames, bytes), (frames_before, bytes_before)) in count(harness).into_iter().zip(before) {
        assert!(frames - frames_before <= harness.setup.limits.tick_frames_max as u64);
        assert!(bytes - bytes_before <= harness.setup.limits.tick_bytes_max as u64);
    }
    harness.tap().pass(TICK);
}

#[test]
fn a_ping_to_a_quiet_server_takes_two_ticks_while_others_flood() {
    for (seed, flooding) in [(1, 1), (2, 5), (3, 19)] {
        let mut harness = Harness::ready(Setup { seed, servers: 20, ..Setup::default() });
        harness.subscribe(&["*"]);
        flood(&mut harness, 0..flooding);
        let mut longest = 0;
        for _ in 0..25 {
            tick(&mut harness);
            let (ping, before) = (harness.send(19, "Ping", &[]), harness.watch(19).endings);
            let mut ticks = 0;
            while harness.watch(19).endings == before {
                tick(&mut harness);
                ticks += 1;
                assert!(ticks <= 2, "seed {seed}: {ticks} ticks for a Ping, {flooding} servers flood");
            }
            assert!(ping.cell.outcome().is_some_and(Result::is_ok));
            longest = longest.max(ticks);
        }
        let heard: usize = (0..flooding).map(|at| harness.watch(at).events().count()).sum();
        harness.saw(&format!(
            "{flooding} of 20 flood, {heard} events heard, a Ping took {longest} ticks at most"
        ));
    }
}

#[test]
fn servers_that_all_flood_have_equal_shares_and_take_turns_to_be_first() {
    let limits = Limits { tick_frames_max: 50, tick_bytes_max: 32 * 1_024, ..Limits::default() };
    let cluster = ClusterLimits { tick_events_max: 200, ..ClusterLimits::default() };
    let mut harness = Harness::ready(Setup { servers: 8, limits, cluster, ..Setup::default() });
    harness.subscribe(&["*"]);
    flood(&mut harness, 0..8);
    let mut firsts = BTreeMap::<_, usize>::new();
    for _ in 0..400 {
        tick(&mut harness);
        // A tick parses the bytes left in a framer before it reads from a socket.
        if let Some(first) = harness.tap().first_read {
            *firsts.entry(first).or_default() += 1;
        }
    }
    let read: Vec<_> = (0..8).map(|at| harness.metrics(at).node.frames).collect();
    let heard: Vec<_> = (0..8).map(|at| harness.watch(at).events().count() as u64).collect();
    let even = |counts: &[u64]| {
        let (least, most) = (counts.iter().min().expect("servers"), counts.iter().max().expect("servers"));
        most - least <= most / 10
    };
    assert!(even(&read) && even(&heard), "read {read:?}, heard {heard:?}");
    let firsts: Vec<_> = firsts.into_values().collect();
    assert!(firsts.len() == 8 && firsts.iter().all(|count| (30..=70).contains(count)), "{firsts:?}");
    harness.saw(&format!("read {read:?}, heard {heard:?}, first {firsts:?}"));
}

#[test]
fn a_tick_hands_over_no_more_than_it_may_and_forgets_nobody() {
    let cluster = ClusterLimits { tick_events_max: 10, ..ClusterLimits::default() };
    let mut harness = Harness::ready(Setup { servers: 5, cluster, ..Setup::default() });
    harness.subscribe(&["*"]);
    harness.take_max = 0;
    for _ in 0..100 {
        harness.emit(0, "Newexten", "call", &[]);
    }
    harness.step(millis(1));
    for at in 1..5 {
        harness.emit(at, "Hangup", "call", &[]);
    }
    harness.step(millis(1));
    harness.take_max = 10;
    let (start, mut ticks) = (harness.now(), 0);
    while (1..5).any(|at| harness.watch(at).events_named("Hangup") == 0) {
        let before: usize = (0..5).map(|at| harness.watch(at).seen.len()).sum();
        harness.step(seconds(1));
        let after: usize = (0..5).map(|at| harness.watch(at).seen.len()).sum();
        assert!(after - before <= 10);
        ticks += 1;
    }
    assert_eq!(harness.now(), start, "nothing waits while something is owed");
    assert!(ticks <= 8, "a turn of 64, then the others: {ticks} ticks");
    harness.saw(&format!("one server owes 100, four owe one: all heard after {ticks} ticks of 10"));
}

#[test]
fn what_is_left_of_a_budget_is_read_in_the_next_tick_without_waiting() {
    let limits = Limits { tick_frames_max: 10, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.subscribe(&["*"]);
    for _ in 0..95 {
        harness.emit(0, "Newexten", "call", &[]);
    }
    let (start, mut ticks) = (harness.now(), 0);
    while harness.watch(0).events().count() < 95 {
        let report = harness.step(millis(1_000));
        assert!(report.frames_parsed <= 10);
        ticks += 1;
    }
    assert!((10..=11).contains(&ticks), "{ticks}");
    assert_eq!(harness.now(), start, "no tick waited");
    harness.saw(&format!("95 events in {ticks} ticks of 10 frames, in no time"));
}
