//! A random user and random faults for many seeds. The invariants always hold, and afterwards every server
//! recovers.
//!
//! `make sim SEEDS=10000` runs many seeds, `make sim SEED=17` runs one of them again.

use std::collections::BTreeSet;
use std::panic;
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, SystemTime};

use apn_ami::client::Network as _;
use apn_ami::cluster::Routing;
use apn_ami::error::DisconnectReason;
use apn_ami::glob::Glob;
use apn_ami::limits::{ClusterLimits, DropPolicy, Limits};
use apn_ami::node::{CompletionPolicy, ConnectionState};
use apn_ami::record::Level;
use apn_ami::settings::{AuthMethod, EventMask};
use apn_sim::asterisk::{Options, Release};
use apn_sim::link::LinkOptions;
use fastrand::Rng;

use crate::faults;
use crate::harness::{Harness, Setup, action, millis, saw, seconds};
use crate::seeds::{self, EventLog};
use crate::settings;
use crate::user::{LONGEST_WISH, User};
use crate::watch::Watch;

/// Seeds that have failed before.
const KEPT: [u64; 1] = [8101];

/// Number of seeds reserved for each day.
const SEEDS_A_DAY: u64 = 1_000_000;

/// After this many failures no further seed is started.
const FAILURES_SHOWN: usize = 5;

/// When faults stop, every wanted server is Ready within this time. It covers the longest cooldown after
/// refused logins and the time until a silent session is found.
const SETTLED_WITHIN: Duration = Duration::from_secs(20 * 60);

/// Digits of the serial number of a generated event.
const SERIAL_DIGITS: usize = 12;

const ROUNDS: usize = 120;

/// Maximum number of steps of one seed. The largest number seen was a fifth of it.
const STEPS_MAX: u64 = 2_000_000;

/// Times with which everything recovers in time, and sizes of a small server. Every third seed takes its
/// sizes from the whole of their ranges.
fn limits(random: &mut Rng) -> Limits {
    let heartbeat_interval = millis(random.u64(50..8_000));
    let limits = Limits {
        connect_timeout: millis(random.u64(100..10_000)),
        login_timeout: millis(random.u64(1_500..10_000)),
        read_timeout: heartbeat_interval + millis(random.u64(200..10_000)),
        heartbeat_interval,
        action_timeout: millis(random.u64(10..20_000)),
        reconnect_delay_min: millis(random.u64(1..1_000)),
        reconnect_delay_max: seconds(random.u64(1..20)),
        breaker_failures_max: random.u32(1..6),
        breaker_cooldown: millis(random.u64(10..20_000)),
        breaker_probes_max: random.u32(1..3),
        outbox_bytes_max: random.usize(4_096..20_000),
        pending_actions_max: random.usize(1..50),
        action_bytes_max: random.usize(64 * 1_024..200_000),
        event_queue_max: random.usize(1..400),
        event_queue_bytes_max: random.usize(64 * 1_024..400_000),
        drop_policy: if random.bool() { DropPolicy::Oldest } else { DropPolicy::Newest },
        protected_events: protected(random),
        frame_bytes_max: 64 * 1_024,
        tick_bytes_max: random.usize(4_096..200_000),
        tick_frames_max: random.usize(1..300),
    };
    if random.u32(..3) > 0 {
        return limits;
    }
    let any = settings::limits(random);
    Limits {
        outbox_bytes_max: any.outbox_bytes_max,
        pending_actions_max: any.pending_actions_max,
        action_bytes_max: any.action_bytes_max,
        event_queue_max: any.event_queue_max,
        event_queue_bytes_max: any.event_queue_bytes_max,
        frame_bytes_max: any.frame_bytes_max,
        tick_bytes_max: any.tick_bytes_max,
        tick_frames_max: any.tick_frames_max,
        breaker_failures_max: any.breaker_failures_max,
        ..limits
    }
}

fn protected(random: &mut Rng) -> Vec<Glob> {
    match random.u32(..4) {
        0 => Vec::new(),
        1 => vec![Glob::any_case("*")],
        2 => vec![Glob::any_case("New*"), Glob::any_case("Flood")],
        _ => Limits::default().protected_events,
    }
}

fn mask(random: &mut Rng) -> EventMask {
    let masks = [EventMask::All, EventMask::Auto, EventMask::Off, EventMask::Classes("call,user".into())];
    let written = EventMask::parse(&settings::mask(random));
    match written {
        Ok(mask) if random.bool() => mask,
        Ok(_) | Err(_) => masks[random.usize(..masks.len())].clone(),
    }
}

fn setup(seed: u64, random: &mut Rng) -> Setup {
    let auths = [AuthMethod::Auto, AuthMethod::Md5, AuthMethod::Plain];
    let levels = [None, Some(Level::Debug), Some(Level::Info), Some(Level::Warning), Some(Level::Error)];
    Setup {
        seed,
        servers: random.usize(2..8),
        limits: limits(random),
        cluster: ClusterLimits {
            tick_events_max: if random.u32(..5) == 0 { 1_000_000 } else { random.usize(1..300) },
            tick_connects_max: random.usize(1..4),
            second_connects_max: random.usize(2..20),
            drop_log_interval: millis(random.u64(1..3_000)),
            redaction_keys: if random.bool() { vec!["*".into()] } else { Vec::new() },
            ..ClusterLimits::default()
        },
        fake: Options {
            release: Release::ALL[random.usize(..Release::ALL.len())],
            boot_time: millis(random.u64(..3_000)),
            ..Options::default()
        },
        mask: mask(random),
        auth: auths[random.usize(..auths.len())],
        log: levels[random.usize(..levels.len())],
        ..Setup::default()
    }
}

/// Counts of one seed. A seed always gives the same counts.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sum {
    steps: u64,
    events: u64,
    dropped: u64,
    sessions: u64,
    sent: u64,
    refused: u64,
    well: u64,
    badly: u64,
    settled: Duration,
}

fn run(seed: u64) -> Sum {
    let mut random = Rng::with_seed(seed);
    let mut event_log = EventLog::new(seed, 25);
    let mut harness = Harness::new(setup(seed, &mut random));
    let (mut user, mut corrupted) = (User::default(), BTreeSet::<String>::new());
    event_log.entries.push(format!("{:?}", harness.setup));
    for at in 0..harness.ids.len() {
        faults::furnish(&mut harness, at, &mut random);
    }
    user.open(&mut harness, 0);
    if random.bool() {
        harness.subscribe(&["*"]);
    }
    let mut away = 0;
    for _ in 0..ROUNDS {
        let servers = harness.ids.len();
        let entry = match random.u32(..3) {
            // No fault strikes the first server, so faults of the others must not show there.
            0 => faults::strike(&mut harness, random.usize(1..servers), &mut random, &mut corrupted),
            _ => user.act(&mut harness, &mut random),
        };
        event_log.entries.push(format!("{:?} {entry}", harness.steps));
        // While the owner is away, only the stall guard would step, so no deliveries are taken.
        away = match away {
            0 if random.u32(..4) == 0 => {
                if random.u32(..6) == 0 {
                    random.u32(5..30)
                } else {
                    1
                }
            }
            left => left.saturating_sub(1),
        };
        harness.take_max = if away > 0 { 0 } else { harness.setup.cluster.tick_events_max };
        let time = if random.u32(..12) == 0 { seconds(random.u64(..20)) } else { millis(random.u64(..400)) };
        if random.u32(..10) == 0 {
            // Without a guard there are no steps either.
            event_log.entries.push(format!("away for {time:?}"));
            harness.tap().pass(time);
        }
        harness.run(time);
        check_routing(&mut harness, &mut random);
        if random.u32(..12) == 0 {
            check_spared(&mut harness);
        }
    }
    event_log.entries.push(String::from("the faults stop"));
    let settled = settle(&mut harness, &user);
    for at in (0..harness.ids.len()).filter(|at| !corrupted.contains(harness.key(*at))) {
        check_serials(&harness, at);
        harness.watch(at).check_tags();
    }
    check_end(&mut harness, &user);
    assert!(harness.steps < STEPS_MAX, "{} steps", harness.steps);
    let (well, badly) = user.outcomes();
    let of_all = |count: fn(&Watch) -> usize, harness: &Harness| -> u64 {
        (0..harness.ids.len()).map(|at| count(harness.watch(at)) as u64).sum()
    };
    Sum {
        steps: harness.steps,
        events: of_all(|watch| watch.events().count(), &harness),
        dropped: (0..harness.ids.len()).map(|at| harness.watch(at).dropped).sum(),
        sessions: of_all(|watch| watch.ends().len(), &harness),
        sent: user.sent,
        refused: user.refused,
        well,
        badly,
        settled,
    }
}

/// A server chosen by the routing is Ready, and the count of Ready servers is right.
fn check_routing(harness: &mut Harness, random: &mut Rng) {
    let ways = [Routing::DefaultServer, Routing::RoundRobin, Routing::LeastPending, Routing::Failover];
    let cluster = harness.client.cluster_mut();
    cluster.set_routing(ways[random.usize(..ways.len())]);
    if let Some(id) = cluster.select() {
        assert_eq!(cluster.state(id), ConnectionState::Ready);
    }
    let ready = cluster.servers().iter().filter(|id| cluster.state(**id) == ConnectionState::Ready).count();
    assert_eq!(cluster.totals().ready, ready, "the count of Ready servers");
}

/// While the others flood, the first server's input advances at least once in two steps, until it has
/// answered.
fn check_spared(harness: &mut Harness) {
    faults::flood_beside_first(harness);
    let Ok(ping) = harness.send_with(0, &action("Ping", &[]), &CompletionPolicy::default()) else { return };
    while ping.cell.outcome().is_none() {
        let before = harness.metrics(0).node.frames;
        harness.step(Duration::ZERO);
        harness.step(Duration::ZERO);
        let moved = harness.metrics(0).node.frames > before || harness.state(0) != ConnectionState::Ready;
        assert!(moved, "the spared server starves");
    }
}

/// Ends all faults. Then every wanted server becomes Ready and every action ends.
fn settle(harness: &mut Harness, user: &User) -> Duration {
    for at in 0..harness.ids.len() {
        faults::heal(harness, at);
    }
    harness.take_max = harness.setup.cluster.tick_events_max;
    let settled = harness.until("every wanted server is Ready", SETTLED_WITHIN, |harness| {
        user.wanted.iter().all(|at| harness.is_ready(*at))
    });
    harness.run(2 * LONGEST_WISH);
    for at in &user.wanted {
        let pong = harness.ask(*at, "Ping", &[]);
        assert!(pong.is_ok(), "n{at}: {pong:?}");
    }
    settled
}

fn check_end(harness: &mut Harness, user: &User) {
    harness.client.shut_down(seconds(5));
    while harness.client.cluster().has_deliverable() {
        harness.take();
    }
    harness.drain();
    for at in 0..harness.ids.len() {
        let watch = harness.watch(at);
        assert_eq!(watch.open(), 0, "n{at}: actions without an end");
        // The last end is that of the shutdown.
        let asked = user.closed.get(&at).copied().unwrap_or_default() + 1;
        assert!(watch.requested_ends() <= asked, "n{at}: {} ends, {asked} asked for", watch.requested_ends());
        assert_eq!(harness.state(at), ConnectionState::Disconnected, "n{at}");
        if user.removed.contains(&at) {
            assert!(harness.client.cluster().health(harness.ids[at]).is_none(), "n{at} is gone");
        }
    }
    let own = harness.watch(0).ends();
    assert!(own.iter().all(|why| *why == DisconnectReason::Requested), "the spared server: {own:?}");
    harness.run(2 * LONGEST_WISH);
    let now = harness.world().now();
    assert_eq!(harness.client.cluster().next_deadline(|| now), None, "nothing is left to do");
}

/// Generated events have a serial number. No event comes twice and none overtakes another.
fn check_serials(harness: &Harness, at: usize) {
    let mut last = None;
    for event in harness.watch(at).events() {
        let serial = event.get(b"AccountCode").filter(|code| code.len() == SERIAL_DIGITS);
        let serial = serial.and_then(|code| String::from_utf8_lossy(&code).parse::<u64>().ok());
        if serial.is_some() {
            assert!(serial > last, "n{at}: event {serial:?} after {last:?}");
            last = serial;
        }
    }
}

/// The seeds to run: the one given, or those that have failed before and as many as requested from the day's
/// first seed on. Each day runs other seeds, and each seed can be replayed on another day.
fn seeds() -> Vec<u64> {
    if let Some(seed) = seeds::replayed() {
        return vec![seed];
    }
    let today =
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_secs() / 86_400);
    let first = today * SEEDS_A_DAY;
    println!("chaos: {} seeds that failed once, then from seed {first} on", KEPT.len());
    KEPT.into_iter().chain(first..first + seeds::wanted().unwrap_or(200)).collect()
}

/// Runs the seeds with one thread for each core. Returns the counts and the seeds that failed.
fn run_all(seeds: &[u64]) -> (Vec<Sum>, Vec<u64>) {
    let (next, sums, failed) =
        (Mutex::new(seeds.iter()), Mutex::new(Vec::new()), Mutex::new(Vec::<u64>::new()));
    let take = || {
        let enough = failed.lock().expect("no panic").len() >= FAILURES_SHOWN;
        if enough { None } else { next.lock().expect("no panic").next().copied() }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(seed) = take() {
                    match panic::catch_unwind(|| run(seed)) {
                        Ok(sum) => sums.lock().expect("no panic").push(sum),
                        Err(_) => failed.lock().expect("no panic").push(seed),
                    }
                }
            });
        }
    });
    (sums.into_inner().expect("no panic"), failed.into_inner().expect("no panic"))
}

#[test]
fn whatever_user_and_network_do_the_promises_hold_and_all_is_well_afterwards() {
    let seeds = seeds();
    let (sums, failed) = run_all(&seeds);
    if let ([seed], [sum]) = (seeds.as_slice(), sums.as_slice()) {
        saw(*seed, &format!("{sum:?}"));
    }
    assert!(failed.is_empty(), "seeds that failed: {failed:?}; `make sim SEED=…` replays one, KEPT keeps it");
    let all = |of: fn(&Sum) -> u64| sums.iter().map(of).sum::<u64>();
    println!(
        "chaos: {} seeds, {} steps, {} sessions and attempts ended, {} events delivered, {} dropped, \
         {} actions sent ({} well, {} badly, the rest cancelled), {} refused, settled within {:?}",
        sums.len(),
        all(|sum| sum.steps),
        all(|sum| sum.sessions),
        all(|sum| sum.events),
        all(|sum| sum.dropped),
        all(|sum| sum.sent),
        all(|sum| sum.well),
        all(|sum| sum.badly),
        all(|sum| sum.refused),
        sums.iter().map(|sum| sum.settled).max().unwrap_or_default(),
    );
}

#[test]
fn a_seed_replays() {
    for seed in [3, 4] {
        assert_eq!(run(seed), run(seed));
    }
    saw(3, "twice the same run");
}

/// Corrupted bytes break no invariant.
#[test]
fn a_link_that_corrupts_bytes_breaks_no_promise() {
    for seed in 0..10 {
        let links = LinkOptions { corrupt_per_million: 300, ..LinkOptions::default() };
        let limits = Limits { login_timeout: seconds(2), breaker_cooldown: seconds(1), ..Limits::default() };
        let mut harness = Harness::new(Setup { seed, limits, links, ..Setup::default() });
        harness.subscribe(&["*"]);
        let mut user = User::default();
        let mut random = Rng::with_seed(seed);
        user.open(&mut harness, 0);
        for _ in 0..100 {
            user.act(&mut harness, &mut random);
            harness.run(millis(300));
        }
        settle(&mut harness, &user);
        harness.drain();
    }
    saw(0, "10 seeds with 300 changed bytes in a million");
}
