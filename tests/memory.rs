//! Memory: a live model counts of itself what the allocator gave it, a channel takes little, and an idle server too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use apn_ami::limits::{Limits, LiveLimits};
use apn_ami::live::{Live, Moment};

#[path = "../benches/src/harness.rs"]
mod harness;
#[path = "../benches/src/talk.rs"]
mod talk;

use harness::Harness;
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

/// Bytes in use that were not at that time. The count itself may be below zero: a thread frees what another one allocated.
fn allocated_since(before: usize) -> usize {
    allocated().wrapping_sub(before)
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

fn assert_near(counted: usize, taken: usize, when: &str) {
    assert!(counted <= taken * 5 / 4 && taken <= counted * 5 / 4, "{counted} counted of {taken} {when}");
}

#[test]
fn a_channel_takes_little_and_the_model_knows_how_much() {
    let now = Instant::now();
    for calls in [50, 500, 5_000] {
        let before = allocated();
        let mut live = talking(calls, now);
        let (taken, counted) = (allocated_since(before), live.bytes());
        assert_eq!((live.channels().count(), live.calls().count()), (2 * calls, calls));
        let each = taken / (2 * calls);
        assert!(each <= CHANNEL_BYTES_MAX, "{each} bytes a channel, {} counted", counted / (2 * calls));
        assert_near(counted, taken, &format!("for {calls} calls"));
        end_all(&mut live, now);
        let (taken, counted) = (allocated_since(before), live.bytes());
        assert_near(counted, taken, &format!("after {calls} calls"));
        drop(live);
        assert_eq!(allocated(), before, "all is given back");
    }
    let before = allocated();
    let servers: Vec<_> = (0..500).map(|_| talking(50, now)).collect();
    let taken = allocated_since(before);
    assert!(taken <= CLUSTER_BYTES_MAX, "{taken} bytes for {} servers with 100 channels", servers.len());
}

#[test]
fn an_idle_server_takes_little() {
    let of = |servers: usize| {
        let before = allocated();
        let mut harness = Harness::new(servers, &Limits::default());
        for at in 0..servers {
            harness.log_in(at);
        }
        harness.cluster.drain_deliveries(usize::MAX, &mut Vec::new());
        while harness.cluster.pop_record().is_some() {}
        (allocated_since(before), harness)
    };
    // As many as fill the tables of a cluster.
    let each = (of(128).0 - of(64).0) / 64;
    assert!(each <= IDLE_BYTES_MAX, "{each} bytes a server");
}
