//! Calls that play by themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::support::{Bench, count};
use apn_sim::asterisk::{Options, Rate, TrueQueue};

const SECOND: Duration = Duration::from_secs(1);

fn at(events_per_second: u32) -> Rate {
    Rate { events_per_second, ..Rate::default() }
}

fn events_of(wire: &str) -> BTreeSet<&str> {
    wire.lines().filter_map(|line| line.strip_prefix("Event: ")).collect()
}

#[test]
fn traffic_has_the_rate_from_its_first_second_on() {
    for rate in [10, 500, 30_000] {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("on");
        bench.received(session);
        bench.asterisk.set_traffic(at(rate), bench.now);
        for _ in 0..3 {
            bench.pass(SECOND);
            let events = count(&bench.received(session), "Event: ");
            // A step has up to some twenty events.
            assert!(events.abs_diff(rate as usize) <= 25, "{events} at {rate}");
        }
    }
}

#[test]
fn traffic_has_the_events_of_calls_queues_agents_and_bridges() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("on");
    bench.asterisk.set_traffic(at(2_000), bench.now);
    bench.pass(20 * SECOND);
    let wire = bench.received(session);
    let events = events_of(&wire);
    let expected = "Newchannel Newexten Newstate NewCallerid NewConnectedLine VarSet Hangup DialBegin DialState \
                    DialEnd LocalBridge LocalOptimizationBegin BridgeCreate BridgeEnter BridgeLeave BridgeDestroy \
                    BlindTransfer Hold Unhold QueueCallerJoin QueueCallerLeave QueueCallerAbandon \
                    QueueMemberStatus QueueMemberPause QueueMemberAdded QueueMemberRemoved AgentCalled \
                    AgentConnect AgentComplete AgentRingNoAnswer";
    for name in expected.split_whitespace() {
        assert!(events.contains(name), "no {name} in {events:?}");
    }
}

#[test]
fn traffic_that_stops_leaves_its_calls_as_they_are() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("on");
    bench.asterisk.set_traffic(at(500), bench.now);
    bench.pass(20 * SECOND);
    bench.asterisk.set_traffic(at(0), bench.now);
    bench.received(session);
    let before = bench.asterisk.truth();
    assert!((50..=250).contains(&before.calls.len()), "{} calls", before.calls.len());
    let waiting = |queue: &TrueQueue| queue.callers.len();
    assert!(before.queues.iter().map(waiting).sum::<usize>() > 0, "{:?}", before.queues);
    bench.pass(100 * SECOND);
    assert_eq!(bench.received(session), "");
    assert_eq!(bench.asterisk.truth(), before);
}

#[test]
fn traffic_goes_on_after_everybody_was_hung_up() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("on");
    bench.asterisk.set_traffic(at(500), bench.now);
    for _ in 0..5 {
        bench.pass(10 * SECOND);
        bench.act(session, &["Action: Hangup", "Channel: /.*/"]);
        let truth = bench.asterisk.truth();
        assert_eq!((truth.channels.len(), truth.bridges.len()), (0, 0));
        assert!(truth.queues.iter().all(|queue| queue.callers.is_empty()), "{:?}", truth.queues);
        assert!(truth.queues.iter().flat_map(|queue| &queue.members).all(|member| member.state == 1));
    }
    bench.pass(10 * SECOND);
    assert!(bench.asterisk.truth().calls.len() > 50);
}

#[test]
fn the_same_seed_plays_the_same_calls() {
    let play = |seed| {
        let mut bench = Bench::new(Options { seed, ..Options::default() });
        let session = bench.logged_in("on");
        bench.asterisk.set_traffic(at(300), bench.now);
        bench.pass(5 * SECOND);
        bench.received(session)
    };
    assert!(play(1) == play(1) && play(1) != play(2));
}
