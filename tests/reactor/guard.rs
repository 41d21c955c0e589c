//! The stall guard on real sockets. It reads only while its owner is away.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use apn_ami::client::Client;
use apn_ami::cluster::{EventFilter, ServerId};
use apn_ami::glob::Glob;
use apn_ami::net::{Reactor, SharedClient, Watched as _};
use apn_ami::node::ConnectionState;

use super::drive::{self, PATIENCE};
use super::peer;

const STALL: Duration = Duration::from_millis(25);
/// Events with more bytes than the sockets between peer and client can hold.
const BURST: usize = 8_000;

struct Shared {
    client: SharedClient<Reactor>,
    id: ServerId,
    /// Makes the peer send this number of events.
    go: Sender<usize>,
    /// The peer has written all events, so the client's side has accepted them.
    sent: Receiver<()>,
    /// The client has closed the connection.
    gone: Receiver<()>,
}

fn event(number: usize) -> Vec<u8> {
    format!("Event: Burst\r\nNumber: {number}\r\nData: {}\r\n\r\n", "x".repeat(4_000)).into_bytes()
}

/// A client whose only server is Ready. Its timers are far away, so that only input wakes it.
fn ready_client(port: u16, stall: Duration) -> (SharedClient<Reactor>, ServerId) {
    let mut client: Client<Reactor> = drive::client();
    let mut settings = drive::settings("127.0.0.1", port);
    // A timer that is due would make the guard read.
    settings.limits.connect_timeout = 6 * PATIENCE;
    settings.limits.login_timeout = 6 * PATIENCE;
    settings.limits.heartbeat_interval = 6 * PATIENCE;
    settings.limits.read_timeout = 12 * PATIENCE;
    settings.limits.event_queue_bytes_max = 1024 * 1_024 * 1_024;
    let id = client.add_server(settings).expect("a new server");
    client.subscribe(EventFilter { names: vec![Glob::any_case("*")], ..EventFilter::default() });
    client.open(id);
    let client = SharedClient::new(client, stall);
    let end = Instant::now() + PATIENCE;
    while client.lock().expect("no panic").cluster().ready_servers() == 0 {
        assert!(Instant::now() < end, "not ready within {PATIENCE:?}");
        let mut visit = client.lock_to_step().expect("no panic");
        visit.step_while_due(STALL).expect("a network that can wait");
    }
    client.lock().expect("no panic").drain_deliveries(usize::MAX, &mut Vec::new());
    (client, id)
}

impl Shared {
    fn ready(stall: Duration) -> Self {
        let (go, going) = channel();
        let (tell_sent, sent) = channel();
        let (tell_gone, gone) = channel();
        let ends = Arc::new(Mutex::new(Some((going, tell_sent, tell_gone))));
        let address = peer::serve(peer::listener(), move |mut stream: TcpStream| {
            let ends = ends.lock().expect("no panic").take();
            let (going, tell_sent, tell_gone) = ends.expect("one connection");
            let mut dialogue = peer::log_in(&mut stream);
            while let Ok(count) = going.recv() {
                for number in 0..count {
                    if stream.write_all(&event(number)).is_err() {
                        break;
                    }
                }
                let _ = tell_sent.send(());
            }
            peer::converse(&mut stream, &mut dialogue);
            let _ = tell_gone.send(());
        });
        let (client, id) = ready_client(address.port(), stall);
        Self { client, id, go, sent, gone }
    }

    fn until_events(&self, count: usize) {
        let end = Instant::now() + PATIENCE;
        while self.events() < count as u64 {
            assert!(Instant::now() < end, "{} events within {PATIENCE:?}", self.events());
            std::thread::yield_now();
        }
    }

    fn events(&self) -> u64 {
        let visit = self.client.lock().expect("no panic");
        visit.cluster().health(self.id).expect("a server").events_received
    }
}

#[test]
fn it_reads_while_the_owner_is_away_and_calls_nobody() {
    let shared = Shared::ready(STALL);
    shared.go.send(BURST).expect("a peer");
    shared.sent.recv_timeout(PATIENCE).expect("somebody reads, or the peer could not send it all");
    assert!(shared.client.counters().guard_steps > 0);
    shared.until_events(BURST);
    let mut due = Vec::new();
    shared.client.lock_to_step().expect("no panic").drain_deliveries(usize::MAX, &mut due);
    assert_eq!(due.len(), BURST, "every event waits for its owner");
}

#[test]
fn it_leaves_the_client_to_an_owner_who_is_inside() {
    let shared = Shared::ready(STALL);
    let mut visit = shared.client.lock_to_step().expect("no panic");
    let before = shared.client.counters().guard_steps;
    shared.go.send(BURST).expect("a peer");
    let end = Instant::now() + PATIENCE;
    let mut due = Vec::new();
    while due.len() < BURST {
        assert!(Instant::now() < end, "{} events within {PATIENCE:?}", due.len());
        visit.step_while_due(STALL).expect("a network that can wait");
        visit.drain_deliveries(usize::MAX, &mut due);
    }
    assert_eq!(shared.client.counters().guard_steps, before);
}

#[test]
fn it_reads_for_an_owner_who_came_and_went_again_also_what_makes_one_edge() {
    let shared = Shared::ready(STALL);
    shared.go.send(BURST).expect("a peer");
    shared.sent.recv_timeout(PATIENCE).expect("somebody reads");
    shared.until_events(BURST);
    // The guard waits for input without checking whether its owner came. The owner comes here, and is away again.
    shared.client.lock_to_step().expect("no panic").step(Duration::ZERO).expect("a network that can wait");
    shared.go.send(1).expect("a peer");
    shared.until_events(BURST + 1);
}

#[test]
fn a_client_that_is_held_without_a_step_is_tried_ever_more_seldom() {
    const STALLS: u32 = 20;
    let shared = Shared::ready(STALL);
    let visit = shared.client.lock().expect("no panic");
    let (began, before) = (Instant::now(), shared.client.counters().turns);
    shared.go.send(BURST).expect("a peer");
    assert!(shared.sent.recv_timeout(STALLS * STALL).is_err(), "nobody reads");
    let turns = shared.client.counters().turns - before;
    // On a busy machine the wait takes longer, and the guard does not get more turns in that time.
    let stalls = began.elapsed().as_millis() / STALL.as_millis();
    assert!(u128::from(turns) < 4 * stalls + 40, "{turns} turns in {stalls} stalls");
    drop(visit);
    shared.sent.recv_timeout(PATIENCE).expect("the guard reads on");
}

#[test]
fn an_owner_who_waits_for_a_goodbye_that_never_comes_costs_the_guard_a_look_now_and_then() {
    const PACE: Duration = Duration::from_millis(20);
    let (over, ends) = channel::<()>();
    let ends = Arc::new(Mutex::new(Some(ends)));
    let address = peer::serve(peer::listener(), move |mut stream: TcpStream| {
        let ends = ends.lock().expect("no panic").take().expect("one connection");
        peer::log_in(&mut stream);
        // One event at a time, without an answer to the Logoff.
        while ends.recv_timeout(PACE).is_err() && stream.write_all(b"Event: Tick\r\n\r\n").is_ok() {}
    });
    let (client, id) = ready_client(address.port(), STALL);
    let (began, before) = (Instant::now(), client.counters());
    client.lock().expect("no panic").close(id, 50 * PACE);
    loop {
        let mut visit = client.lock_to_step().expect("no panic");
        if visit.cluster().state(id) == ConnectionState::Disconnected {
            break;
        }
        visit.step_while_due(Duration::from_millis(500)).expect("a network that can wait");
    }
    let (took, after) = (began.elapsed(), client.counters());
    drop(over);
    let paces = took.as_millis() / PACE.as_millis();
    let (turns, guard_steps) = (after.turns - before.turns, after.guard_steps - before.guard_steps);
    assert!(paces >= 49, "the goodbye was waited for");
    assert!(u128::from(turns) < 10 * paces, "{turns} turns in {took:?}");
    assert!(u128::from(guard_steps) < paces, "{guard_steps} slices beside an owner who is there");
}

#[test]
fn an_owner_who_only_asks_has_its_turn_after_one_slice() {
    let shared = Shared::ready(STALL);
    shared.go.send(BURST).expect("a peer");
    let end = Instant::now() + PATIENCE;
    let guard_steps = || shared.client.counters().guard_steps;
    while guard_steps() == 0 {
        assert!(Instant::now() < end, "the guard reads");
        std::thread::yield_now();
    }
    let mut waits: Vec<u64> = Vec::new();
    while shared.sent.try_recv().is_err() {
        assert!(Instant::now() < end, "the burst ends");
        let before = guard_steps();
        drop(shared.client.lock().expect("no panic"));
        waits.push(guard_steps() - before);
    }
    waits.sort_unstable();
    // The longest wait is not checked: this thread can miss slices while another thread has the processor.
    let median = waits[waits.len() / 2];
    assert!(median <= 1, "{median} slices of {} asks", waits.len());
}

#[test]
fn a_panic_within_the_client_ends_the_guard_and_every_later_visit() {
    let shared = Shared::ready(STALL);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let _visit = shared.client.lock_to_step().expect("no panic before");
        panic!("within the client");
    }));
    assert!(panicked.is_err() && shared.client.lock().is_none() && shared.client.lock_to_step().is_none());
    shared.go.send(BURST).expect("a peer");
    assert!(shared.sent.recv_timeout(4 * STALL).is_err(), "nobody reads");
    let before = shared.client.counters().turns;
    assert!(shared.sent.recv_timeout(8 * STALL).is_err(), "nobody reads");
    assert_eq!(shared.client.counters().turns, before, "the guard has gone");
    assert!(!shared.client.release(), "nobody knows what a broken client holds");
}

#[test]
fn what_was_released_is_made_anew_by_the_next_open() {
    let shared = Shared::ready(STALL);
    assert!(!shared.client.release(), "a session is on");
    shared.client.lock_to_step().expect("no panic").close(shared.id, Duration::ZERO);
    let step = || {
        let mut visit = shared.client.lock_to_step().expect("no panic");
        visit.step_while_due(STALL).expect("a network that can wait");
        visit.cluster().state(shared.id)
    };
    let end = Instant::now() + PATIENCE;
    while step() != ConnectionState::Disconnected {
        assert!(Instant::now() < end, "closed within {PATIENCE:?}");
    }
    assert!(shared.client.release());
    let watched = || shared.client.lock().expect("no panic").network().watched();
    assert_eq!(watched(), None);
    assert_eq!(step(), ConnectionState::Disconnected, "a step with nothing to watch waits and goes on");
    shared.client.lock().expect("no panic").open(shared.id);
    assert!(watched().is_some());
}

#[test]
fn without_a_guard_nobody_reads_for_the_owner() {
    let shared = Shared::ready(Duration::ZERO);
    shared.go.send(BURST).expect("a peer");
    assert!(shared.sent.recv_timeout(4 * STALL).is_err(), "the burst does not fit into the sockets");
    assert_eq!(shared.client.counters().wakes, 0);
}

#[test]
fn it_ends_with_the_client() {
    let Shared { client, go, gone, .. } = Shared::ready(STALL);
    drop(go);
    drop(client);
    // The sockets close when their last owner drops them. The guard was the other owner.
    gone.recv_timeout(PATIENCE).expect("the guard let go of the client");
}
