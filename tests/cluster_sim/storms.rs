//! Hundreds of servers that go down and come up together: connect budget, order and spread of retries.

use std::collections::BTreeMap;
use std::time::Duration;

use apn_ami::limits::{ClusterLimits, Limits};
use apn_ami::record::RecordKind;
use apn_sim::world::Door;

use crate::harness::{Harness, LONG, Setup, millis, saw, seconds};

const SERVERS: usize = 500;

fn doors(harness: &mut Harness, door: Door) {
    for at in 0..harness.ids.len() {
        let site = harness.site(at);
        harness.world().set_door(site, door);
    }
}

fn reset_all(harness: &mut Harness) {
    for at in 0..harness.ids.len() {
        let site = harness.site(at);
        harness.world().reset(site);
    }
}

#[test]
fn with_five_hundred_servers_down_and_one_connect_a_tick_each_has_its_turn() {
    let cluster = ClusterLimits { tick_connects_max: 1, ..ClusterLimits::default() };
    let mut harness = Harness::new(Setup { servers: SERVERS, cluster, ..Setup::default() });
    doors(&mut harness, Door::Refused);
    for at in 0..SERVERS {
        harness.open(at);
    }
    harness.run(seconds(120));
    let mut tries = BTreeMap::<_, Vec<_>>::new();
    for (at, server) in &harness.tap().connects {
        tries.entry(server.clone()).or_default().push(*at);
    }
    assert_eq!(tries.len(), SERVERS, "each was tried");
    let start = *tries.values().map(|tries| &tries[0]).min().expect("tries");
    let last_first = tries.values().map(|tries| tries[0] - start).max().expect("tries");
    assert!(last_first < seconds(11), "50 a second: the last one's first turn came after {last_first:?}");
    // Backoff and cooldown are at most 30 s, and a queue of 500 servers adds ten.
    let longest = tries.values().flat_map(|tries| tries.windows(2).map(|two| two[1] - two[0])).max();
    let longest = longest.expect("more than one turn each");
    assert!(longest < seconds(41), "{longest:?} between two turns");
    let (least, most) = (tries.values().map(Vec::len).min(), tries.values().map(Vec::len).max());
    harness.saw(&format!(
        "first turns within {last_first:?}, {least:?} to {most:?} turns each, {longest:?} at most apart"
    ));
}

#[test]
fn five_hundred_servers_that_go_down_and_come_up_together_settle_within_the_budget() {
    let mut harness = Harness::new(Setup { servers: SERVERS, ..Setup::default() });
    let start = harness.now();
    harness.open_all();
    let first = harness.now() - start;
    assert!((seconds(9)..seconds(12)).contains(&first), "500 at 50 a second: {first:?}");
    let mut settled = Vec::new();
    for downtime in [millis(100), seconds(5), seconds(90)] {
        doors(&mut harness, Door::Refused);
        reset_all(&mut harness);
        harness.run(downtime);
        assert!((0..SERVERS).all(|at| !harness.is_ready(at)));
        doors(&mut harness, Door::Open);
        settled.push(harness.until("all are back", seconds(60), Harness::all_ready));
        harness.run(seconds(60));
        assert!(harness.all_ready(), "and stay");
    }
    let busiest = harness.tap().busiest_second();
    assert!(busiest <= 50, "{busiest}");
    harness.drain();
    assert!((0..SERVERS).all(|at| harness.watch(at).ends().len() >= 3));
    harness.saw(&format!("up in {first:?}, back {settled:?} after 0.1, 5 and 90 s down, {busiest} connects in the busiest second"));
}

#[test]
fn a_budget_of_the_second_holds_in_any_window_also_with_many_ticks() {
    let cluster = ClusterLimits { tick_connects_max: 1_000, second_connects_max: 7, ..Default::default() };
    let mut harness = Harness::new(Setup { servers: 50, cluster, ..Setup::default() });
    doors(&mut harness, Door::Refused);
    for at in 0..50 {
        harness.open(at);
    }
    while harness.tap().connects.len() < 500 {
        harness.step(millis(3));
    }
    let busiest = harness.tap().busiest_second();
    assert_eq!(busiest, 7);
    harness.saw("500 connects, seven in the busiest second");
}

/// Delays of the first retries, by attempt.
fn delays(seed: u64) -> BTreeMap<u32, Vec<Duration>> {
    let limits = Limits { breaker_failures_max: 1_000, ..Limits::default() };
    let cluster =
        ClusterLimits { tick_connects_max: 1_000, second_connects_max: 10_000, ..Default::default() };
    let mut harness = Harness::new(Setup { seed, servers: 200, limits, cluster, ..Setup::default() });
    doors(&mut harness, Door::Refused);
    for at in 0..200 {
        harness.open(at);
    }
    harness.run(seconds(240));
    let mut delays = BTreeMap::<_, Vec<_>>::new();
    for record in &harness.records {
        if let RecordKind::RetryScheduled { attempt, backoff, .. } = record.what {
            delays.entry(attempt).or_default().push(backoff);
        }
    }
    delays
}

#[test]
fn retries_are_spread_evenly_below_a_ceiling_that_doubles_to_its_cap() {
    let mut seen = 0;
    for seed in 1..=4 {
        for (attempt, delays) in delays(seed) {
            if delays.len() < 150 {
                continue;
            }
            seen += delays.len();
            let ceiling = millis(500 << (attempt - 1).min(6)).min(seconds(30)).as_secs_f64();
            let shares: Vec<_> = delays.iter().map(|delay| delay.as_secs_f64() / ceiling).collect();
            assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "attempt {attempt}");
            #[expect(clippy::cast_precision_loss, reason = "some hundreds")]
            let mean = shares.iter().sum::<f64>() / shares.len() as f64;
            assert!((0.42..0.58).contains(&mean), "seed {seed}, attempt {attempt}: mean {mean}");
            let quarters = [0.25, 0.5, 0.75, 1.01].map(|end| {
                shares.iter().filter(|share| **share < end && **share >= end - 0.26).count() * 100
                    / shares.len()
            });
            assert!(quarters.iter().all(|share| (15..=36).contains(share)), "{attempt}: {quarters:?}");
        }
    }
    assert!(seen > 4_000, "{seen}");
    saw(1, &format!("{seen} retries of four seeds, an even spread for every attempt"));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    assert_eq!(delays(9), delays(9));
    assert_ne!(delays(9), delays(10));
    saw(9, "the same delays twice");
}

#[test]
fn a_flapping_server_is_left_alone_longer_and_a_stable_one_is_not() {
    let mut harness = Harness::ready(Setup::default());
    let site = harness.site(0);
    let mut attempts = Vec::new();
    for ready_for in [1, 1, 1, 1, 1, 11, 1] {
        harness.run(seconds(ready_for));
        harness.world().reset(site);
        harness.until_back(0, LONG);
        attempts.push(harness.health(0).attempt);
    }
    assert_eq!(attempts, [1, 2, 3, 4, 5, 1, 2]);
    harness.saw("attempts 1 to 5 while it flaps, 1 again after 11 s of Ready");
}
