//! The contract that every `Network` keeps: the reactor and the simulated world.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use apn_ami::client::{LinkEvent, Network, Transfer};
use apn_ami::cluster::{Cluster, LinkId, Output};
use apn_ami::error::DisconnectReason;
use apn_ami::limits::ClusterLimits;
use apn_ami::net::Reactor;
use apn_ami::secret::Secret;
use apn_ami::settings::ServerSettings;
use apn_ami::wire::InstanceId;
use apn_sim::asterisk::{Answer, Asterisk, Options};
use apn_sim::link::LinkOptions;
use apn_sim::server::Server;
use apn_sim::world::{Door, World};

/// A network with two addresses: a fake Asterisk listens at one, and nothing listens at the other.
///
/// The server answers an action `Slow` after 200 ms and reads nothing meanwhile.
trait Place {
    type Net: Network;
    fn network(&mut self) -> &mut Self::Net;
    fn server(&self) -> (String, u16);
    fn nobody(&self) -> (String, u16);
}

/// Longest wait for something on loopback. Only a failing test waits this long.
const PATIENCE: Duration = Duration::from_secs(10);

fn contract<P: Place>(mut place: impl FnMut() -> P) {
    a_link_comes_up_in_order(&mut place());
    a_readable_link_stays_so_until_it_is_empty(&mut place());
    bytes_come_back(&mut place());
    the_end_comes_after_the_bytes(&mut place());
    a_refused_connect_says_so(&mut place());
    nothing_is_told_of_a_closed_link(&mut place());
    waiting_takes_as_long_as_it_is_told(&mut place());
    a_full_link_is_told_when_it_has_room(&mut place());
    links_do_not_mix(&mut place());
}

/// Opens links by a cluster, because only a cluster can make a `LinkId`.
struct Links(Cluster);

impl Links {
    fn new() -> Self {
        let instance = InstanceId::from_random([7; 13]);
        Self(Cluster::new(ClusterLimits::default(), instance, 1, None))
    }

    fn open(&mut self, network: &mut impl Network, (host, port): (String, u16)) -> LinkId {
        let key = format!("server{}", self.0.servers().len());
        let settings = ServerSettings::new(&key, &host, port, "admin", Secret::new("s3cret"));
        let now = network.now();
        let id = self.0.add_server(settings.expect("fine settings"), now).expect("a new server");
        self.0.open(id, now);
        loop {
            match self.0.poll_output(now) {
                Output::Open { link, settings } => {
                    let settings: Arc<ServerSettings> = settings;
                    network.open(link, &settings);
                    return link;
                }
                Output::Close { .. } | Output::Write { .. } => {}
                Output::Wait { .. } => panic!("an opened server wants a link"),
            }
        }
    }
}

/// The next event of any link.
fn next(network: &mut impl Network) -> (LinkId, LinkEvent) {
    let end = network.now().at + PATIENCE;
    loop {
        if let Some(event) = network.next_event() {
            return event;
        }
        assert!(network.now().at < end, "no event within {PATIENCE:?}");
        network.wait(PATIENCE).expect("a network that can wait");
    }
}

fn next_of(network: &mut impl Network, link: LinkId) -> LinkEvent {
    let (told, event) = next(network);
    assert_eq!(told, link, "{event:?}");
    event
}

/// Waits for bytes and reads until there are none left.
fn read_all(network: &mut impl Network, link: LinkId) -> String {
    while next_of(network, link) != LinkEvent::Readable {}
    let (mut text, mut buffer) = (String::new(), [0; 4_096]);
    loop {
        match network.read(link, &mut buffer) {
            Transfer::Done(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
            Transfer::Blocked => return text,
            closed @ Transfer::Closed { .. } => panic!("{closed:?} after {text:?}"),
        }
    }
}

/// Reads until the text contains `end`.
fn read_until(network: &mut impl Network, link: LinkId, end: &str) -> String {
    let mut text = String::new();
    while !text.contains(end) {
        text.push_str(&read_all(network, link));
    }
    text
}

fn write_all(network: &mut impl Network, link: LinkId, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match network.write(link, rest) {
            Transfer::Done(count) => rest = &rest[count..],
            other => panic!("a short write met {other:?}"),
        }
    }
}

/// Opens a link, reads the banner and logs in.
fn logged_in(network: &mut impl Network, links: &mut Links, address: (String, u16)) -> LinkId {
    let link = links.open(network, address);
    read_until(network, link, "\r\n");
    let login = "Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\nEvents: off\r\n\r\n";
    write_all(network, link, login);
    read_until(network, link, "Authentication accepted\r\n\r\n");
    link
}

fn a_link_comes_up_in_order(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let link = links.open(network, address);
    assert_eq!(next_of(network, link), LinkEvent::Resolved);
    assert!(matches!(next_of(network, link), LinkEvent::Up(_)));
    assert!(read_until(network, link, "\r\n").starts_with("Asterisk Call Manager/"));
}

fn a_readable_link_stays_so_until_it_is_empty(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let link = links.open(network, address);
    while next_of(network, link) != LinkEvent::Readable {}
    let (mut banner, mut byte) = (Vec::new(), [0]);
    // The link is read byte by byte. There is no further `Readable` before a read returns `Blocked`.
    while !banner.ends_with(b"\r\n") {
        match network.read(link, &mut byte) {
            Transfer::Done(count) => banner.extend_from_slice(&byte[..count]),
            Transfer::Blocked => while next_of(network, link) != LinkEvent::Readable {},
            closed @ Transfer::Closed { .. } => panic!("{closed:?}"),
        }
    }
    assert_eq!(network.read(link, &mut byte), Transfer::Blocked);
}

fn bytes_come_back(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let link = logged_in(network, &mut links, address);
    write_all(network, link, "Action: Ping\r\nActionID: 1\r\n\r\n");
    let answer = read_until(network, link, "\r\n\r\n");
    assert!(answer.starts_with("Response: Success\r\nActionID: 1\r\nPing: Pong\r\n"), "{answer}");
}

fn the_end_comes_after_the_bytes(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let link = logged_in(network, &mut links, address);
    write_all(network, link, "Action: Logoff\r\n\r\n");
    let (mut text, mut buffer) = (String::new(), [0; 4_096]);
    loop {
        match network.read(link, &mut buffer) {
            Transfer::Done(count) => text.push_str(&String::from_utf8_lossy(&buffer[..count])),
            Transfer::Blocked => while next_of(network, link) != LinkEvent::Readable {},
            Transfer::Closed { reason, .. } => {
                assert_eq!(reason, DisconnectReason::PeerClosed);
                break;
            }
        }
    }
    assert!(text.starts_with("Response: Goodbye\r\n"), "{text}");
}

fn a_refused_connect_says_so(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.nobody());
    let network = place.network();
    let link = links.open(network, address);
    loop {
        match next_of(network, link) {
            LinkEvent::Resolved => {}
            LinkEvent::Down { reason, detail } => {
                assert_eq!(reason, DisconnectReason::Refused);
                assert!(!detail.is_empty());
                break;
            }
            other => panic!("{other:?}"),
        }
    }
}

fn nothing_is_told_of_a_closed_link(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let link = logged_in(network, &mut links, address);
    write_all(network, link, "Action: Ping\r\n\r\n");
    network.close(link);
    network.wait(Duration::from_millis(50)).expect("a network that can wait");
    assert_eq!(network.next_event(), None);
}

fn waiting_takes_as_long_as_it_is_told(place: &mut impl Place) {
    let network = place.network();
    let (start, wait) = (network.now(), Duration::from_millis(30));
    while network.now().at < start.at + wait {
        // A signal may end a wait early.
        let left = (start.at + wait).saturating_duration_since(network.now().at);
        network.wait(left).expect("a network that can wait");
        assert_eq!(network.next_event(), None);
    }
    assert!(network.now().unix > start.unix, "the wall clock goes on too");
    network.wait(Duration::ZERO).expect("a network that can wait");
}

fn a_full_link_is_told_when_it_has_room(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let link = logged_in(network, &mut links, address);
    write_all(network, link, "Action: Slow\r\n\r\n");
    // The busy server reads nothing, so the link fills up.
    let pile = "Action: Nothing\r\n\r\n".repeat(10_000);
    let mut written = 0_usize;
    let end = network.now().at + PATIENCE;
    while !matches!(network.write(link, pile.as_bytes()), Transfer::Blocked) {
        written += 1;
        assert!(written < 10_000, "the link never fills");
    }
    loop {
        assert!(network.now().at < end, "not told that there is room");
        match next_of(network, link) {
            LinkEvent::Writable => break,
            LinkEvent::Readable => while matches!(network.read(link, &mut [0; 8_192]), Transfer::Done(_)) {},
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(network.write(link, b"\r\n"), Transfer::Done(_)));
}

fn links_do_not_mix(place: &mut impl Place) {
    let (mut links, address) = (Links::new(), place.server());
    let network = place.network();
    let first = logged_in(network, &mut links, address.clone());
    let second = logged_in(network, &mut links, address);
    for (link, id) in [(second, "two"), (first, "one")] {
        write_all(network, link, &format!("Action: Ping\r\nActionID: {id}\r\n\r\n"));
        let answer = read_until(network, link, "\r\n\r\n");
        assert!(answer.contains(&format!("ActionID: {id}\r\n")), "{answer}");
    }
}

fn slow_answer() -> Answer {
    Answer::new([("Message", "Slow")]).after(Duration::from_millis(200))
}

/// The simulated world with its two addresses.
struct Simulated(World);

impl Simulated {
    fn new(seed: u64) -> Self {
        let mut world = World::new(Instant::now(), seed);
        let server = world.add_server("127.0.0.1", 5_038, Options::default());
        world.server_mut(server).respond("Slow", slow_answer());
        let nobody = world.add_server("127.0.0.1", 5_039, Options::default());
        world.set_door(nobody, Door::Refused);
        Self(world)
    }
}

impl Place for Simulated {
    type Net = World;

    fn network(&mut self) -> &mut World {
        &mut self.0
    }

    fn server(&self) -> (String, u16) {
        ("127.0.0.1".to_owned(), 5_038)
    }

    fn nobody(&self) -> (String, u16) {
        ("127.0.0.1".to_owned(), 5_039)
    }
}

#[test]
fn the_world_keeps_the_contract() {
    contract(|| Simulated::new(1));
}

#[test]
fn the_world_keeps_it_over_slow_links_in_pieces() {
    for seed in 0..20 {
        contract(|| {
            let mut place = Simulated::new(seed);
            let server = place.0.server_at("127.0.0.1", 5_038).expect("the first server");
            place.0.set_links(
                server,
                LinkOptions {
                    latency: Duration::from_millis(3),
                    jitter: Duration::from_millis(5),
                    piece_bytes_max: 5,
                    buffer_bytes: 4_096,
                    ..LinkOptions::default()
                },
            );
            place
        });
    }
}

/// The reactor, and a fake server on loopback that runs until the test's process ends.
struct Loopback {
    reactor: Reactor,
    server: SocketAddr,
    nobody: SocketAddr,
}

impl Loopback {
    fn new() -> Self {
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut server = Server::bind(&[free], false, |_, now| {
            let mut asterisk = Asterisk::new(Options::default(), now);
            asterisk.respond("Slow", slow_answer());
            asterisk
        })
        .expect("a free port");
        let address = server.addresses()[0];
        thread::spawn(move || server.run());
        // This port was free a moment ago, and the system does not assign it again so soon.
        let nobody = TcpListener::bind(free).and_then(|listener| listener.local_addr()).expect("a free port");
        Self { reactor: Reactor::new().expect("a descriptor"), server: address, nobody }
    }
}

impl Place for Loopback {
    type Net = Reactor;

    fn network(&mut self) -> &mut Reactor {
        &mut self.reactor
    }

    fn server(&self) -> (String, u16) {
        (self.server.ip().to_string(), self.server.port())
    }

    fn nobody(&self) -> (String, u16) {
        (self.nobody.ip().to_string(), self.nobody.port())
    }
}

#[test]
fn the_reactor_keeps_the_contract() {
    contract(Loopback::new);
}
