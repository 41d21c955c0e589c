//! The calls that `fake-asterisk --rate` plays.

use std::time::Duration;

use apn_ami::limits::LiveLimits;
use apn_sim::asterisk::Rate;

use crate::rig::Rig;

const SECOND: Duration = Duration::from_secs(1);

fn play(rig: &mut Rig, events_per_second: u32) {
    rig.fake.set_traffic(Rate { events_per_second, ..Rate::default() }, rig.now);
}

/// The model of a server that plays calls, which connects at once or when the calls are on, with lost sessions or
/// without.
fn follow(rate: u32, connects_after: Duration, cuts: usize) -> Rig {
    let mut rig = Rig::new(&LiveLimits { keeps_queues: true, ..LiveLimits::default() });
    play(&mut rig, rate);
    rig.run(connects_after);
    rig.connect("call,agent,dialplan,system");
    for cut in 0..cuts {
        rig.run(5 * SECOND);
        rig.cut(1_000 * cut);
        rig.run(SECOND);
        rig.connect("call,agent,dialplan,system");
    }
    rig.run(10 * SECOND);
    play(&mut rig, 0);
    rig
}

#[test]
fn the_model_of_calls_that_play_by_themselves_is_what_is_true_as_soon_as_they_stop() {
    for (rate, connects_after) in [(500, Duration::ZERO), (500, 20 * SECOND), (10_000, SECOND)] {
        let mut rig = follow(rate, connects_after, 0);
        rig.run(SECOND);
        assert!(rig.live.calls().count() > 50 && rig.live.queues().count() == 3, "at {rate}");
        assert_eq!(rig.differences(), Vec::<String>::new(), "at {rate}");
        assert_eq!(rig.ledger.faults(&rig.live), Vec::<String>::new(), "at {rate}");
        let counters = rig.live.counters();
        assert_eq!((counters.healed, counters.swept_falsely), (0, 0), "at {rate}: events and lists agree");
    }
}

#[test]
fn the_model_of_calls_that_play_by_themselves_is_what_is_true_after_lost_sessions() {
    let mut rig = follow(500, Duration::ZERO, 5);
    rig.run(45 * SECOND);
    assert_eq!(rig.differences(), Vec::<String>::new());
    assert_eq!(rig.ledger.faults(&rig.live), Vec::<String>::new());
}
