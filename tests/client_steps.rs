//! What the client's own loops promise, in virtual time.

use std::time::{Duration, Instant};

use apn_ami::client::{Client, Network as _};
use apn_ami::cluster::{Delivery, ServerId};
use apn_ami::limits::ClusterLimits;
use apn_ami::node::{CompletionPolicy, ConnectionState};
use apn_ami::secret::Secret;
use apn_ami::settings::ServerSettings;
use apn_ami::wire::{Action, InstanceId};
use apn_sim::asterisk::Options;
use apn_sim::link::LinkOptions;
use apn_sim::world::World;

const LATENCY: Duration = Duration::from_millis(10);
const SECOND: Duration = Duration::from_secs(1);

/// A logged-in client and one server, over a link with a delay of 10 ms in each direction.
fn ready() -> (Client<World>, ServerId) {
    let mut world = World::new(Instant::now(), 1);
    let site = world.add_server("127.0.0.1", 5_038, Options::default());
    world.set_links(site, LinkOptions { latency: LATENCY, ..LinkOptions::default() });
    let instance = InstanceId::from_random([1; 13]);
    let mut client = Client::seeded(world, ClusterLimits::default(), None, instance, 1).expect("fine limits");
    let settings = ServerSettings::new("pbx1", "127.0.0.1", 5_038, "admin", Secret::new("s3cret"));
    let id = client.add_server(settings.expect("fine settings")).expect("a new server");
    client.open(id);
    let end = client.network().now().at + 10 * SECOND;
    while client.cluster().state(id) != ConnectionState::Ready {
        assert!(client.network().now().at < end, "not ready in time");
        client.step_while_due(SECOND).expect("a world can wait");
    }
    client.drain_deliveries(usize::MAX, &mut Vec::<Delivery>::new());
    (client, id)
}

#[test]
fn shutting_down_says_goodbye_at_once_and_waits_no_longer_than_for_the_answer() {
    let (mut client, id) = ready();
    let start = client.network().now().at;
    client.shut_down(10 * SECOND);
    assert_eq!(client.cluster().state(id), ConnectionState::Disconnected);
    assert!(client.network().now().at - start <= 3 * LATENCY, "{:?}", client.network().now().at - start);
}

#[test]
fn what_was_sent_leaves_before_a_step_waits() {
    let (mut client, id) = ready();
    let start = client.network().now().at;
    let ping = Action::new("Ping", []).expect("a fine action");
    let ticket = client.send(id, &ping, &CompletionPolicy::default()).expect("ready");
    while ticket.cell.outcome().is_none() {
        client.step_while_due(SECOND).expect("a world can wait");
    }
    assert!(client.network().now().at - start <= 3 * LATENCY, "{:?}", client.network().now().at - start);
}
