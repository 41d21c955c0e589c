//! Runs random actions of callers and members with random faults, one run for each seed. After a quiet time the
//! queues of the model have to equal those of the server.

use std::time::Duration;

use apn_ami::limits::LiveLimits;
use apn_sim::asterisk::{Answer, Purpose};
use fastrand::Rng;

use crate::follower::Follower;
use crate::queue_scenes::limits;
use crate::rig::Rig;
use crate::seeds::{self, EventLog};

/// Seeds that failed once.
const KEPT: [u64; 0] = [];

const ROUNDS: usize = 150;

/// Time after the last fault until the comparison. It covers the next list, at most 72 s later, which shows the
/// changes of a reload. It also covers the lag of events and the longest wait for a `Hangup`.
const QUIET: Duration = Duration::from_secs(120);

const QUEUES: [&str; 3] = ["support", "sales", "night"];
const PHONES: [&str; 5] = ["PJSIP/m1", "PJSIP/m2", "PJSIP/m3", "PJSIP/m4", "PJSIP/m5"];

/// The channels of members that were made to ring, some of which may have ended, and the number of calls.
#[derive(Debug, Default)]
struct People {
    ringing: Vec<Vec<u8>>,
    calls: u32,
}

fn pick<T: Clone>(random: &mut Rng, from: &[T]) -> T {
    from[random.usize(..from.len())].clone()
}

impl People {
    fn act(&mut self, rig: &mut Rig, random: &mut Rng) -> &'static str {
        let there: Vec<_> =
            rig.fake.truth().channels.into_iter().map(|channel| channel.unique_id.into_bytes()).collect();
        let waiting: Vec<_> = rig.fake.truth().queues.into_iter().flat_map(|queue| queue.callers).collect();
        let (queue, phone) = (pick(random, &QUEUES), pick(random, &PHONES));
        if there.len() < 3 || (there.len() < 40 && random.u32(..5) == 0) {
            self.calls += 1;
            let number = (100 + self.calls % 900).to_string();
            let id = rig.phones().call(&format!("PJSIP/c{number}"), &number, "300");
            if random.u32(..4) != 0 {
                rig.hall().join(&id, queue, if random.bool() { None } else { Some(random.usize(1..5)) });
            }
            return "call";
        }
        let one = pick(random, &there);
        let other = pick(random, &there);
        let ringing = self.ringing.get(random.usize(..self.ringing.len().max(1))).cloned();
        match random.u32(..20) {
            0..=2 => {
                rig.hall().join(&one, queue, None);
                "join"
            }
            3..=5 => {
                if let Some(caller) = waiting.first() {
                    self.ringing.extend(rig.hall().ring(caller.as_bytes(), phone));
                }
                "ring"
            }
            6..=8 => {
                if let Some(member) = ringing {
                    rig.hall().answer(&member);
                    self.ringing.retain(|other| *other != member);
                }
                "answer"
            }
            9 => {
                if let Some(member) = ringing {
                    rig.hall().miss(&member);
                    self.ringing.retain(|other| *other != member);
                }
                "miss"
            }
            10 => {
                rig.hall().leave(&one);
                "time is over"
            }
            11 => {
                rig.hall().add(queue, phone);
                "add"
            }
            12 => {
                rig.hall().remove(queue, phone);
                "remove"
            }
            13 => {
                rig.hall().pause(queue, phone, pick(random, &[None, Some("lunch"), Some("")]));
                "pause"
            }
            14 => {
                rig.hall().device(phone, random.u8(..9));
                "device"
            }
            15 => {
                rig.hall().penalty(queue, phone, random.u32(..5));
                "penalty"
            }
            16 => {
                let members: Vec<_> = PHONES.into_iter().filter(|_| random.bool()).collect();
                rig.hall().configure(queue, members);
                "reload"
            }
            17 => {
                if random.u32(..3) == 0 {
                    rig.hall().forget(queue);
                }
                "forget"
            }
            18 if one != other => {
                let purpose = pick(random, &[Purpose::Talk, Purpose::Conference, Purpose::Holding]);
                rig.phones().bridge(&[&one, &other], purpose);
                "pull away"
            }
            _ => {
                rig.phones().hang_up(&one, 16);
                "hang up"
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    compared: usize,
    members: usize,
    callers: usize,
    cuts: usize,
    lists: u64,
    bytes: usize,
    followed: usize,
}

fn run(seed: u64, limits: &LiveLimits, is_compared: bool) -> Sum {
    let mut random = Rng::with_seed(seed);
    let mut event_log = EventLog::new(seed, 60);
    let mut rig = Rig::new(limits);
    let mut people = People::default();
    let classes = if random.bool() { "call,agent" } else { "call,agent,dialplan,system" };
    rig.fake.set_late_events(random.bool());
    for queue in QUEUES {
        rig.hall().configure(queue, &PHONES[..random.usize(..PHONES.len())]);
    }
    let mut sum = Sum::default();
    let mut follower = Follower::start(&mut rig.live);
    for _ in 0..2 {
        for _ in 0..ROUNDS {
            let entry = match random.u32(..28) {
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
                    rig.loses_frame = rig.is_connected();
                    "too long"
                }
                3 => {
                    rig.chunk = if random.bool() { usize::MAX } else { random.usize(1_000..20_000) };
                    "chunk"
                }
                4 => {
                    let answer = Answer::error("Invalid/unknown command: QueueStatus.");
                    rig.fake.respond("QueueStatus", answer);
                    "refuse"
                }
                5 | 6 => {
                    rig.fake.unscript("QueueStatus");
                    "list again"
                }
                _ => people.act(&mut rig, &mut random),
            };
            event_log.entries.push(format!("{:?} {entry}", rig.at().unix));
            if !rig.is_connected() && random.u32(..3) == 0 {
                rig.connect(classes);
                event_log.entries.push("connect".to_owned());
            }
            let pause = if random.u32(..12) == 0 { 4_000 } else { 120 };
            rig.run(Duration::from_millis(random.u64(..pause)));
            let odd = rig.inconsistencies();
            assert!(odd.is_empty(), "seed {seed}: {odd:#?}");
            let entries: usize =
                rig.live.queues().map(|(_, queue)| queue.members().len() + queue.callers().len()).sum();
            assert!(entries <= limits.queue_entries_max, "seed {seed}: {entries}");
            sum.bytes = sum.bytes.max(rig.live.bytes());
            if random.u32(..3) == 0 {
                follower.follow(&mut rig.live, seed);
            }
        }
        event_log.entries.push("quiet".to_owned());
        rig.fake.set_lag(Duration::ZERO);
        rig.fake.unscript("QueueStatus");
        (rig.loses_frame, rig.chunk) = (false, usize::MAX);
        if !rig.is_connected() {
            rig.connect(classes);
        }
        rig.run(QUIET);
        let truth = rig.fake.truth();
        if is_compared {
            let differences = rig.differences();
            assert!(differences.is_empty(), "seed {seed}: {differences:#?}");
        }
        sum.compared += truth.queues.len();
        sum.members += truth.queues.iter().map(|queue| queue.members.len()).sum::<usize>();
        sum.callers += truth.queues.iter().map(|queue| queue.callers.len()).sum::<usize>();
    }
    follower.follow(&mut rig.live, seed);
    assert_eq!(follower.resets, 0, "seed {seed}: few queues were removed");
    (sum.lists, sum.followed) = (rig.live.counters().lists, follower.told);
    sum
}

#[test]
fn after_some_quiet_the_queues_are_those_of_the_server() {
    let wanted = seeds::wanted().unwrap_or(40);
    let seeds: Vec<_> =
        seeds::replayed().map_or_else(|| KEPT.into_iter().chain(0..wanted).collect(), |seed| vec![seed]);
    let sums: Vec<_> = seeds.iter().map(|seed| run(*seed, &limits(), true)).collect();
    let total = |count: fn(&Sum) -> usize| -> usize { sums.iter().map(count).sum() };
    println!(
        "{} seeds: {} cuts, {} lists; compared: {} queues, {} members, {} callers; {} changes followed",
        sums.len(),
        total(|sum| sum.cuts),
        total(|sum| usize::try_from(sum.lists).unwrap_or(0)),
        total(|sum| sum.compared),
        total(|sum| sum.members),
        total(|sum| sum.callers),
        total(|sum| sum.followed),
    );
    assert!(total(|sum| sum.callers) > 0 && total(|sum| sum.members) > 0, "something happened");
}

#[test]
fn bounds_hold_whatever_happens() {
    let small = LiveLimits { queue_entries_max: 6, queues_max: 2, ..limits() };
    for seed in 1_000..1_008 {
        run(seed, &small, false);
    }
}
