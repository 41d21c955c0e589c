//! Which server an action goes to where none is named: only Ready ones, each way of choosing.

use apn_ami::cluster::Routing;
use apn_sim::world::Door;

use crate::desk::{Desk, LONG, Setup, millis, seconds};

/// The places of the servers chosen, in turn.
fn chosen(desk: &mut Desk, routing: Routing, times: usize) -> Vec<Option<usize>> {
    desk.client.cluster_mut().set_routing(routing);
    let ids = desk.ids.clone();
    let mut choose = || {
        let id = desk.client.cluster_mut().select()?;
        ids.iter().position(|own| *own == id)
    };
    (0..times).map(|_| choose()).collect()
}

fn lose(desk: &mut Desk, at: usize) {
    let site = desk.site(at);
    desk.world().set_door(site, Door::Refused);
    desk.world().reset(site);
    desk.until("lost", seconds(1), |desk| !desk.is_ready(at));
}

#[test]
fn each_way_of_routing_takes_ready_servers_only() {
    let mut desk = Desk::ready(Setup { servers: 4, ..Setup::default() });
    assert_eq!(chosen(&mut desk, Routing::RoundRobin, 5), [0, 1, 2, 3, 0].map(Some));
    assert_eq!(chosen(&mut desk, Routing::Failover, 2), [0, 0].map(Some));
    assert_eq!(chosen(&mut desk, Routing::DefaultServer, 1), [Some(0)]);
    desk.client.cluster_mut().set_default(desk.ids[2]);
    assert_eq!(chosen(&mut desk, Routing::DefaultServer, 1), [Some(2)]);
    lose(&mut desk, 0);
    lose(&mut desk, 2);
    assert_eq!(chosen(&mut desk, Routing::RoundRobin, 4), [3, 1, 3, 1].map(Some));
    assert_eq!(chosen(&mut desk, Routing::Failover, 1), [Some(1)]);
    assert_eq!(chosen(&mut desk, Routing::DefaultServer, 1), [None], "the default one, or none");
    lose(&mut desk, 1);
    lose(&mut desk, 3);
    for routing in [Routing::RoundRobin, Routing::Failover, Routing::LeastPending, Routing::DefaultServer] {
        assert_eq!(chosen(&mut desk, routing, 1), [None], "{routing:?}");
    }
    for at in 0..4 {
        let site = desk.site(at);
        desk.world().set_door(site, Door::Open);
    }
    desk.until("all are back", LONG, Desk::all_ready);
    assert_eq!(chosen(&mut desk, Routing::Failover, 1), [Some(0)]);
    desk.saw("four servers, lost one after the other, and back");
}

#[test]
fn the_least_busy_server_is_the_one_with_the_fewest_pending_actions() {
    let mut desk = Desk::ready(Setup { servers: 3, ..Setup::default() });
    for at in 0..3 {
        desk.fake(at).ask("Slow");
    }
    let (mut turns, mut tickets) = (Vec::new(), Vec::new());
    for _ in 0..9 {
        let at = chosen(&mut desk, Routing::LeastPending, 1)[0].expect("a Ready server");
        tickets.push(desk.send(at, "Slow", &[]));
        turns.push(at);
    }
    assert_eq!(turns, [0, 1, 2, 0, 1, 2, 0, 1, 2]);
    let last = desk.send(2, "Slow", &[]);
    assert_eq!(chosen(&mut desk, Routing::LeastPending, 1), [Some(0)]);
    desk.client.cancel(desk.ids[2], last.id.sequence());
    desk.client.cancel(desk.ids[2], tickets[8].id.sequence());
    assert_eq!(chosen(&mut desk, Routing::LeastPending, 1), [Some(2)], "its actions ended");
    desk.saw("nine slow actions, three each");
}

#[test]
fn a_server_that_took_a_removed_ones_place_has_its_turn_at_the_end() {
    let mut desk = Desk::ready(Setup { servers: 3, ..Setup::default() });
    desk.client.remove_server(desk.ids[0]);
    desk.step(millis(0));
    let new = desk.add_server();
    desk.open(new);
    desk.until("Ready", LONG, |desk| desk.is_ready(new));
    assert_eq!(chosen(&mut desk, Routing::RoundRobin, 6), [1, 2, 3, 1, 2, 3].map(Some));
    assert_eq!(chosen(&mut desk, Routing::Failover, 1), [Some(1)]);
    assert_eq!(chosen(&mut desk, Routing::DefaultServer, 1), [Some(1)], "the next one in order");
    desk.saw("1, 2, and the new one");
}
