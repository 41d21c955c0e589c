//! Memory: a live model counts of itself what the allocator gave it, a channel takes little, and an idle server too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use apn_ami::cluster::{Cluster, Output, Timestamp};
use apn_ami::limits::{ClusterLimits, LiveLimits};
use apn_ami::live::{Live, Moment};
use apn_ami::node::{ConnectionState, LinkPrivacy};
use apn_ami::secret::Secret;
use apn_ami::settings::ServerSettings;
use apn_ami::wire::InstanceId;

#[path = "../benches/src/talk.rs"]
mod talk;

use talk::talk;

thread_local! {
    /// Of this thread alone: the test harness allocates in its own while a test runs.
    static ALLOCATED: Cell<usize> = const { Cell::new(0) };
}

/// The system's allocator, which counts the bytes that each thread has in use.
struct Counting;

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.set(ALLOCATED.get().wrapping_add(layout.size()));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        ALLOCATED.set(ALLOCATED.get().wrapping_sub(layout.size()));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes of one channel with its part of a call and a bridge.
const CHANNEL_BYTES_MAX: usize = 600;
/// Bytes of a server that is ready and idle, of the core alone.
const IDLE_BYTES_MAX: usize = 3_800;
/// Bytes of 500 servers with 100 channels each.
const CLUSTER_BYTES_MAX: usize = 35 * 1_000_000;

fn allocated() -> usize {
    ALLOCATED.get()
}

fn at(now: Instant) -> Moment {
    Moment { now, unix: Duration::from_secs(1_795_420_660) }
}

/// A model that was told of so many calls of two phones each, which talk to each other.
fn talking(calls: usize, now: Instant) -> Live {
    let mut live = Live::new(&LiveLimits::default(), 1);
    live.on_ready(false, at(now));
    for call in 0..calls {
        talk(&mut live, call, at(now));
    }
    live
}

/// Ends all calls and bridges, so that of them only ids and last states are kept.
fn end_all(live: &mut Live, now: Instant) {
    let channels: Vec<_> = live.channels().map(|(_, channel)| channel.unique_id().to_vec()).collect();
    let bridges: Vec<_> = live.bridges().map(|(_, bridge)| bridge.id().to_vec()).collect();
    let mut end = |name: &str, header: &str, id: &[u8]| {
        let frame = format!("Event: {name}\r\nPrivilege: call,all\r\n{header}: {}\r\n", id.escape_ascii());
        live.on_event(name.as_bytes(), frame.as_bytes(), at(now));
    };
    for id in &channels {
        end("Hangup", "Uniqueid", id);
    }
    for id in &bridges {
        end("BridgeDestroy", "BridgeUniqueid", id);
    }
    assert_eq!((live.channels().count(), live.bridges().count()), (0, 0));
}

#[test]
fn a_channel_takes_little_and_the_model_knows_how_much() {
    let now = Instant::now();
    for calls in [50, 500, 5_000] {
        let before = allocated();
        let mut live = talking(calls, now);
        let (taken, counted) = (allocated() - before, live.bytes());
        assert_eq!((live.channels().count(), live.calls().count()), (2 * calls, calls));
        let each = taken / (2 * calls);
        assert!(each <= CHANNEL_BYTES_MAX, "{each} bytes a channel, {} counted", counted / (2 * calls));
        assert!(
            counted <= taken * 5 / 4 && taken <= counted * 5 / 4,
            "{counted} counted of {taken} for {calls} calls"
        );
        end_all(&mut live, now);
        let (taken, counted) = (allocated() - before, live.bytes());
        assert!(
            counted <= taken * 5 / 4 && taken <= counted * 5 / 4,
            "{counted} counted of {taken} after {calls} calls"
        );
        drop(live);
        assert_eq!(allocated(), before, "all is given back");
    }
    let before = allocated();
    let servers: Vec<_> = (0..500).map(|_| talking(50, now)).collect();
    let taken = allocated() - before;
    assert!(taken <= CLUSTER_BYTES_MAX, "{taken} bytes for {} servers with 100 channels", servers.len());
}

/// Adds a server whose session begins and has nothing more to say.
fn log_in(cluster: &mut Cluster, number: usize, now: Timestamp) {
    let settings = ServerSettings::new(&format!("n{number}"), "h", 5_038, "u", Secret::new("s"));
    let id = cluster.add_server(settings.expect("fine settings"), now).expect("a new key");
    cluster.begin_tick();
    cluster.open(id, now);
    let Output::Open { link, .. } = cluster.poll_output(now) else { panic!("a connect") };
    cluster.link_resolved(link, now);
    cluster.link_up(link, LinkPrivacy::Private, now);
    let mut say = |text: &str| {
        // Sessions lend the buffer that they read into to each other.
        let framer = cluster.framer(link).expect("an open link");
        framer.borrow(vec![0; 8 * 1_024]);
        framer.feed(text.as_bytes());
        cluster.parse(link, usize::MAX, now);
        drop(cluster.framer(link).expect("an open link").lend());
        let sent = String::from_utf8_lossy(cluster.outbox(link)).into_owned();
        cluster.advance_outbox(link, sent.len(), now);
        sent.lines().rfind(|line| line.starts_with("ActionID")).unwrap_or_default().to_owned()
    };
    let challenge = say("Asterisk Call Manager/11.0.0\r\n");
    let login = say(&format!("Response: Success\r\n{challenge}\r\nChallenge: 1\r\n\r\n"));
    say(&format!("Response: Success\r\n{login}\r\n\r\n"));
    assert_eq!(cluster.state(id), ConnectionState::Ready);
    cluster.drain_deliveries(usize::MAX, &mut Vec::new());
}

#[test]
fn an_idle_server_takes_little() {
    let now = Timestamp { at: Instant::now(), unix: Duration::from_secs(1_795_420_660) };
    let limits = ClusterLimits { second_connects_max: 10_000, ..ClusterLimits::default() };
    let mut cluster = Cluster::new(limits, InstanceId::from_random([1; 13]), 1, None);
    // As many as fill the tables of the cluster.
    (0..64).for_each(|number| log_in(&mut cluster, number, now));
    let before = allocated();
    (64..128).for_each(|number| log_in(&mut cluster, number, now));
    let each = (allocated() - before) / 64;
    assert!(each <= IDLE_BYTES_MAX, "{each} bytes a server");
}
