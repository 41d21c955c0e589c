//! A real client in the simulated world: what the world does to it, and in no time at all.

mod lists;

use std::time::{Duration, Instant};

use apn_ami::client::Client;
use apn_ami::cluster::{Delivery, DeliveryKind, EventFilter, Notification, ServerId};
use apn_ami::error::DisconnectReason;
use apn_ami::glob::Glob;
use apn_ami::limits::ClusterLimits;
use apn_ami::node::{CompletionPolicy, ConnectionState, Ticket};
use apn_ami::secret::Secret;
use apn_ami::settings::ServerSettings;
use apn_ami::wire::{Action, InstanceId, Parameter};
use apn_sim::asterisk::{Answer, Options, Rate};
use apn_sim::link::LinkOptions;
use apn_sim::world::{Door, SiteId, World};

struct Bench {
    client: Client<World>,
    sites: Vec<SiteId>,
    servers: Vec<ServerId>,
    deliveries: Vec<Delivery>,
}

impl Bench {
    fn new(count: usize, seed: u64) -> Self {
        let mut world = World::new(Instant::now(), seed);
        let host = |number: usize| format!("pbx{number}.example.net");
        let sites: Vec<_> = (0..count)
            .map(|number| world.add_server(&host(number), 5_038, Options { seed, ..Options::default() }))
            .collect();
        let instance = InstanceId::from_random([9; 13]);
        let limits = ClusterLimits::default();
        let mut client = Client::seeded(world, limits, None, instance, seed).expect("fine limits");
        let server = |number: usize| {
            let key = format!("pbx{number}");
            ServerSettings::new(&key, &host(number), 5_038, "admin", Secret::new("s3cret"))
        };
        let servers = (0..count)
            .map(|number| client.add_server(server(number).expect("fine settings")).expect("a new key"))
            .collect();
        Self { client, sites, servers, deliveries: Vec::new() }
    }

    fn world(&mut self) -> &mut World {
        self.client.network()
    }

    fn open_all(&mut self) {
        for server in self.servers.clone() {
            self.client.open(server);
        }
    }

    fn step(&mut self, longest: Duration) {
        self.client.step(longest).expect("the world can wait");
        self.client.drain_deliveries(10_000, &mut self.deliveries);
    }

    /// Steps until this holds; the virtual seconds it took.
    fn until(&mut self, longest: Duration, holds: impl Fn(&Client<World>) -> bool) -> Duration {
        let start = self.world().at();
        while !holds(&self.client) {
            let passed = self.world().at() - start;
            assert!(passed < longest, "not within {longest:?}");
            self.step(longest.saturating_sub(passed));
        }
        self.world().at() - start
    }

    fn pass(&mut self, time: Duration) {
        let end = self.world().at() + time;
        while self.world().at() < end {
            let left = end - self.world().at();
            self.step(left);
        }
    }

    fn all_ready(&mut self, longest: Duration) -> Duration {
        let servers = self.servers.clone();
        self.until(longest, move |client| {
            servers.iter().all(|server| client.cluster().state(*server) == ConnectionState::Ready)
        })
    }

    fn send(&mut self, server: usize, name: &str, parameters: &[(&str, &str)]) -> Ticket {
        let parameters: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name.as_bytes(), Parameter::One(value.as_bytes().to_vec())))
            .collect();
        let action = Action::new(name, parameters.iter().map(|(name, value)| (*name, value)));
        let completion = CompletionPolicy::default();
        let server = self.servers[server];
        let sent = self.client.send(server, &action.expect("a fine action"), &completion);
        self.client.flush();
        sent.expect("a ready server")
    }

    fn ended(&mut self, ticket: &Ticket, longest: Duration) -> Duration {
        let cell = std::sync::Arc::clone(&ticket.cell);
        self.until(longest, move |_| cell.outcome().is_some())
    }

    fn reasons(&self) -> Vec<DisconnectReason> {
        let reason = |delivery: &Delivery| match &delivery.kind {
            DeliveryKind::Notification(Notification::Changed { reason, .. }) => *reason,
            _ => None,
        };
        self.deliveries.iter().filter_map(reason).collect()
    }

    fn events(&self) -> usize {
        self.deliveries.iter().filter(|delivery| matches!(delivery.kind, DeliveryKind::Event { .. })).count()
    }
}

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_question_ends_the_wait_at_its_own_moment() {
    let mut bench = Bench::new(1, 1);
    bench.open_all();
    bench.all_ready(SECOND);
    let site = bench.sites[0];
    bench.world().server_mut(site).ask("Getvar");
    let ticket = bench.send(0, "Getvar", &[("Variable", "X")]);
    let asked = bench.world().at();
    while bench.world().server(site).questions_waiting() == 0 {
        bench.step(SECOND);
    }
    assert_eq!(bench.world().at(), asked);

    let question = bench.world().server_mut(site).take_questions().remove(0);
    bench.world().server_mut(site).answer(&question, &Answer::new([("Value", "42")]), asked);
    assert_eq!(bench.ended(&ticket, SECOND), Duration::ZERO);
}

#[test]
fn an_unanswered_question_does_not_hold_the_time() {
    let mut bench = Bench::new(1, 1);
    bench.open_all();
    bench.all_ready(SECOND);
    let site = bench.sites[0];
    bench.world().server_mut(site).ask("Getvar");
    let ticket = bench.send(0, "Getvar", &[("Variable", "X")]);
    assert!(bench.ended(&ticket, 60 * SECOND) >= 15 * SECOND);
}

#[test]
fn fifty_servers_come_up_over_bad_links() {
    for seed in 0..5 {
        let mut bench = Bench::new(50, seed);
        for site in bench.sites.clone() {
            let links = LinkOptions {
                latency: Duration::from_millis(15),
                jitter: Duration::from_millis(10),
                piece_bytes_max: 1,
                buffer_bytes: 512,
                ..LinkOptions::default()
            };
            bench.world().set_links(site, links);
        }
        bench.open_all();
        bench.all_ready(60 * SECOND);
        let tickets: Vec<_> = (0..50).map(|server| bench.send(server, "PJSIPShowEndpoints", &[])).collect();
        for ticket in tickets {
            bench.ended(&ticket, 10 * SECOND);
            let answer = ticket.cell.outcome().expect("an end").as_ref().expect("an answer");
            assert_eq!(answer.events.len(), 2, "seed {seed}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = || {
        let mut bench = Bench::new(5, 3);
        let site = bench.sites[0];
        let links = LinkOptions { jitter: SECOND, piece_bytes_max: 3, ..LinkOptions::default() };
        bench.world().set_links(site, links);
        bench.world().set_door(site, Door::Refused);
        bench.open_all();
        bench.pass(3 * SECOND);
        bench.world().set_door(site, Door::Open);
        (bench.all_ready(600 * SECOND), format!("{:?}", bench.reasons()))
    };
    assert_eq!(run(), run());
}

#[test]
fn each_closed_door_has_its_reason() {
    for (door, reason) in [
        (Door::Refused, DisconnectReason::Refused),
        (Door::Unreachable, DisconnectReason::Unreachable),
        (Door::NoName, DisconnectReason::Dns),
        (Door::Blackhole, DisconnectReason::ConnectTimeout),
        (Door::BadCertificate, DisconnectReason::Tls),
    ] {
        let mut bench = Bench::new(1, 1);
        let site = bench.sites[0];
        bench.world().set_door(site, door);
        bench.open_all();
        bench.pass(60 * SECOND);
        assert_eq!(bench.reasons().first(), Some(&reason), "{door:?}");
    }
}

#[test]
fn a_restarted_server_comes_back() {
    let mut bench = Bench::new(2, 1);
    bench.open_all();
    bench.all_ready(10 * SECOND);
    let (site, server) = (bench.sites[0], bench.servers[0]);
    bench.world().restart(site, 5 * SECOND);
    bench.until(SECOND, |client| client.cluster().state(server) != ConnectionState::Ready);
    assert_eq!(bench.client.cluster().state(bench.servers[1]), ConnectionState::Ready);
    assert!(bench.all_ready(600 * SECOND) > 4 * SECOND);
}

#[test]
fn a_reset_is_noticed_at_once_and_silence_later() {
    let mut bench = Bench::new(1, 1);
    bench.open_all();
    bench.all_ready(10 * SECOND);
    let (site, server) = (bench.sites[0], bench.servers[0]);
    bench.world().reset(site);
    let is_down = move |client: &Client<World>| client.cluster().state(server) != ConnectionState::Ready;
    assert_eq!(bench.until(SECOND, is_down), Duration::ZERO);
    bench.all_ready(600 * SECOND);
    bench.world().silence(site);
    assert!(bench.until(600 * SECOND, is_down) > SECOND);
    assert_eq!(bench.reasons().last(), Some(&DisconnectReason::ReadTimeout));
}

#[test]
fn a_frozen_server_and_a_stalled_link_go_on_where_they_stopped() {
    let mut bench = Bench::new(1, 1);
    bench.open_all();
    bench.all_ready(10 * SECOND);
    let site = bench.sites[0];
    let ticket = bench.send(0, "Ping", &[]);
    bench.world().stall(site, true);
    bench.pass(2 * SECOND);
    assert!(ticket.cell.outcome().is_none());
    bench.world().stall(site, false);
    bench.ended(&ticket, SECOND);
    let ticket = bench.send(0, "Ping", &[]);
    let now = bench.world().at();
    bench.world().server_mut(site).freeze(true, now);
    bench.pass(2 * SECOND);
    assert!(ticket.cell.outcome().is_none());
    let now = bench.world().at();
    bench.world().server_mut(site).freeze(false, now);
    bench.ended(&ticket, SECOND);
}

#[test]
fn a_blocking_call_takes_its_virtual_time() {
    let mut bench = Bench::new(1, 1);
    bench.open_all();
    bench.all_ready(10 * SECOND);
    let call = [
        ("Channel", "PJSIP/noanswer"),
        ("Context", "a"),
        ("Exten", "1"),
        ("Priority", "1"),
        ("Timeout", "40000"),
    ];
    let ticket = bench.send(0, "Originate", &call);
    let took = bench.ended(&ticket, 60 * SECOND);
    assert!((40 * SECOND..41 * SECOND).contains(&took), "{took:?}");
    assert_eq!(bench.client.cluster().state(bench.servers[0]), ConnectionState::Ready);
}

#[test]
fn corrupted_bytes_end_no_process() {
    for seed in 0..10 {
        let mut bench = Bench::new(2, seed);
        let site = bench.sites[0];
        let links =
            LinkOptions { corrupt_per_million: 2_000, piece_bytes_max: 100, ..LinkOptions::default() };
        bench.world().set_links(site, links);
        let now = bench.world().at();
        let rate = Rate { events_per_second: 200, events_max: None, waiting_bytes_max: None };
        bench.world().server_mut(site).set_rate(rate, now);
        bench.open_all();
        bench.pass(120 * SECOND);
        assert_eq!(bench.client.cluster().state(bench.servers[1]), ConnectionState::Ready, "seed {seed}");
        bench.world().set_links(site, LinkOptions::default());
        bench.world().reset(site);
        bench.all_ready(1_200 * SECOND);
    }
}

fn is_send<T: Send>(_: &T) {}

#[test]
fn a_world_may_move_to_another_thread() {
    is_send(&World::new(Instant::now(), 1));
}

#[test]
fn a_flood_arrives_to_the_event() {
    let mut bench = Bench::new(2, 1);
    bench.client.subscribe(EventFilter {
        names: vec!["Newchannel", "Newexten", "VarSet", "Hangup"].into_iter().map(Glob::any_case).collect(),
        ..EventFilter::default()
    });
    bench.open_all();
    bench.all_ready(10 * SECOND);
    let site = bench.sites[0];
    let now = bench.world().at();
    let rate = Rate { events_per_second: 2_000, events_max: Some(5_000), waiting_bytes_max: None };
    bench.world().server_mut(site).set_rate(rate, now);
    bench.pass(4 * SECOND);
    assert_eq!(bench.events(), 5_000);
}
