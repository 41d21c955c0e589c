//! Random calls and random faults for many seeds. After a quiet period the model equals the true state, and
//! the news of each call came once and in order.
//!
//! `make sim SEEDS=10000` runs many seeds, `make sim SEED=17` runs one of them again.

use std::thread;
use std::time::Duration;

use apn_ami::limits::LiveLimits;
use fastrand::Rng;

use crate::crowd::Crowd;
use crate::follower::CallFollower;
use crate::rig::Rig;
use crate::seeds::{self, EventLog};

/// Seeds that have failed before.
const KEPT: [u64; 0] = [];

const ROUNDS: usize = 150;

/// The quiet period after the last fault and the last event. It covers the lists after a gap, the list that
/// confirms them, the longest wait for a `Hangup`, and the longest delay of events.
const QUIET: Duration = Duration::from_secs(45);

/// Counts of one seed.
#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    calls: usize,
    cuts: usize,
    lists: u64,
    swept: u64,
    late: u64,
    lost: u64,
    compared: usize,
    followed: usize,
}

fn run(seed: u64) -> Sum {
    let mut random = Rng::with_seed(seed);
    let mut event_log = EventLog::new(seed, 60);
    let mut rig = Rig::new(&LiveLimits::default());
    let mut crowd = Crowd::default();
    let mut follower = CallFollower::start(&mut rig.live);
    let classes = if random.bool() { "call" } else { "call,dialplan,system" };
    rig.fake.set_late_events(random.bool());
    let mut sum = Sum::default();
    for _ in 0..3 {
        for _ in 0..ROUNDS {
            let entry = match random.u32(..24) {
                0 if rig.is_connected() => {
                    rig.cut(random.usize(..4_000));
                    sum.cuts += 1;
                    "cut"
                }
                1 => {
                    rig.fake.set_lag(Duration::from_millis(random.u64(..3) * random.u64(..1_200)));
                    "lag"
                }
                2 => {
                    rig.fake.set_dead_for(Duration::from_millis(random.u64(..2) * random.u64(..2_000)));
                    "dead in lists"
                }
                3 => {
                    rig.loses_frame = rig.is_connected();
                    "too long"
                }
                4 => {
                    rig.chunk = if random.bool() { usize::MAX } else { random.usize(1_000..20_000) };
                    "chunk"
                }
                _ => crowd.act(&mut rig, &mut random),
            };
            event_log.entries.push(format!("{:?} {entry}", rig.at().unix));
            if !rig.is_connected() && random.u32(..3) == 0 {
                rig.connect(classes);
                event_log.entries.push("connect".to_owned());
            }
            let pause = if random.u32(..12) == 0 { 4_000 } else { 120 };
            rig.run(Duration::from_millis(random.u64(..pause)));
            follower.follow(&mut rig.live, seed);
            let odd = rig.inconsistencies();
            assert!(odd.is_empty(), "seed {seed}: {odd:#?}");
        }
        event_log.entries.push("quiet".to_owned());
        rig.fake.set_lag(Duration::ZERO);
        rig.fake.set_dead_for(Duration::ZERO);
        (rig.loses_frame, rig.chunk) = (false, usize::MAX);
        if !rig.is_connected() {
            rig.connect(classes);
        }
        rig.run(QUIET);
        check(&rig, seed);
        sum.compared += rig.fake.truth().channels.len();
    }
    crowd.go_home(&mut rig);
    rig.run(QUIET);
    check(&rig, seed);
    assert_eq!(rig.live.calls().count(), 0, "seed {seed}: nobody is there");
    let counters = rig.live.counters();
    assert_eq!(counters.swept_falsely, 0, "seed {seed}: a list is never behind");
    (sum.calls, sum.followed) = (rig.ledger.len(), follower.told);
    (sum.lists, sum.swept) = (counters.lists, counters.swept);
    (sum.late, sum.lost) = (counters.swept_late, counters.swept_lost);
    sum
}

fn check(rig: &Rig, seed: u64) {
    let differences = rig.differences();
    assert!(differences.is_empty(), "seed {seed}: {differences:#?}");
    let faults = rig.ledger.faults(&rig.live);
    assert!(faults.is_empty(), "seed {seed}: {faults:#?}");
}

fn seeds() -> Vec<u64> {
    if let Some(seed) = seeds::replayed() {
        return vec![seed];
    }
    KEPT.into_iter().chain(0..seeds::wanted().unwrap_or(60)).collect()
}

/// Runs the seeds with one thread for each core.
fn run_all(seeds: &[u64]) -> Vec<Sum> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let part = |first: usize| seeds.iter().skip(first).step_by(threads).map(|seed| run(*seed)).collect();
        let threads: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || -> Vec<Sum> { part(first) })).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a seed failed")).collect()
    })
}

#[test]
fn after_some_quiet_the_model_is_what_is_true_and_edges_came_once_and_in_order() {
    let sums = run_all(&seeds());
    let total = |count: fn(&Sum) -> usize| -> usize { sums.iter().map(count).sum() };
    println!(
        "{} seeds: {} calls, {} cuts, {} lists, {} channels swept ({} by a late Hangup, {} lost), {} compared, \
         {} changes followed",
        sums.len(),
        total(|sum| sum.calls),
        total(|sum| sum.cuts),
        total(|sum| usize::try_from(sum.lists).unwrap_or(0)),
        total(|sum| usize::try_from(sum.swept).unwrap_or(0)),
        total(|sum| usize::try_from(sum.late).unwrap_or(0)),
        total(|sum| usize::try_from(sum.lost).unwrap_or(0)),
        total(|sum| sum.compared),
        total(|sum| sum.followed),
    );
    assert!(total(|sum| sum.calls) > 0 && total(|sum| sum.compared) > 0, "something happened");
}
