//! The choice of a server for an action that names none: only Ready servers, by each rule.

use apn_ami::cluster::Routing;
use apn_sim::world::Door;

use crate::harness::{Harness, LONG, Setup, millis, seconds};

/// The indexes of the servers that are chosen one after the other.
fn chosen(harness: &mut Harness, routing: Routing, times: usize) -> Vec<Option<usize>> {
    harness.client.cluster_mut().set_routing(routing);
    let ids = harness.ids.clone();
    let mut choose = || {
        let id = harness.client.cluster_mut().select()?;
        ids.iter().position(|own| *own == id)
    };
    (0..times).map(|_| choose()).collect()
}

fn lose(harness: &mut Harness, at: usize) {
    let site = harness.site(at);
    harness.world().set_door(site, Door::Refused);
    harness.world().reset(site);
    harness.until("lost", seconds(1), |harness| !harness.is_ready(at));
}

#[test]
fn each_way_of_routing_takes_ready_servers_only() {
    let mut harness = Harness::ready(Setup { servers: 4, ..Setup::default() });
    assert_eq!(chosen(&mut harness, Routing::RoundRobin, 5), [0, 1, 2, 3, 0].map(Some));
    assert_eq!(chosen(&mut harness, Routing::Failover, 2), [0, 0].map(Some));
    assert_eq!(chosen(&mut harness, Routing::DefaultServer, 1), [Some(0)]);
    harness.client.cluster_mut().set_default(harness.ids[2]);
    assert_eq!(chosen(&mut harness, Routing::DefaultServer, 1), [Some(2)]);
    lose(&mut harness, 0);
    lose(&mut harness, 2);
    assert_eq!(chosen(&mut harness, Routing::RoundRobin, 4), [3, 1, 3, 1].map(Some));
    assert_eq!(chosen(&mut harness, Routing::Failover, 1), [Some(1)]);
    assert_eq!(chosen(&mut harness, Routing::DefaultServer, 1), [None], "the default one, or none");
    lose(&mut harness, 1);
    lose(&mut harness, 3);
    for routing in [Routing::RoundRobin, Routing::Failover, Routing::LeastPending, Routing::DefaultServer] {
        assert_eq!(chosen(&mut harness, routing, 1), [None], "{routing:?}");
    }
    for at in 0..4 {
        let site = harness.site(at);
        harness.world().set_door(site, Door::Open);
    }
    harness.until("all are back", LONG, Harness::all_ready);
    assert_eq!(chosen(&mut harness, Routing::Failover, 1), [Some(0)]);
    harness.saw("four servers, lost one after the other, and back");
}

#[test]
fn the_least_busy_server_is_the_one_with_the_fewest_pending_actions() {
    let mut harness = Harness::ready(Setup { servers: 3, ..Setup::default() });
    for at in 0..3 {
        harness.fake(at).ask("Slow");
    }
    let (mut turns, mut tickets) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let at = chosen(&mut harness, Routing::LeastPending, 1)[0].expect("a Ready server");
        tickets.push(harness.send(at, "Slow", &[]));
        turns.push(at);
    }
    assert_eq!(turns, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    let last = harness.send(2, "Slow", &[]);
    assert_eq!(chosen(&mut harness, Routing::LeastPending, 1), [Some(0)]);
    harness.client.cancel(harness.ids[2], last.id.sequence());
    harness.client.cancel(harness.ids[2], tickets[8].id.sequence());
    assert_eq!(chosen(&mut harness, Routing::LeastPending, 1), [Some(2)], "its actions ended");
    harness.saw("nine slow actions, three each");
}

#[test]
fn a_server_that_took_a_removed_ones_place_has_its_turn_at_the_end() {
    let mut harness = Harness::ready(Setup { servers: 3, ..Setup::default() });
    harness.client.remove_server(harness.ids[0]);
    harness.step(millis(0));
    let new = harness.add_server();
    harness.open(new);
    harness.until("Ready", LONG, |harness| harness.is_ready(new));
    assert_eq!(chosen(&mut harness, Routing::RoundRobin, 6), [1, 2, 3, 1, 2, 3].map(Some));
    assert_eq!(chosen(&mut harness, Routing::Failover, 1), [Some(1)]);
    assert_eq!(chosen(&mut harness, Routing::DefaultServer, 1), [Some(1)], "the next one in order");
    harness.saw("1, 2, and the new one");
}
