//! Memory of a live model: what it counts of itself is what the allocator gave it, and a channel takes little.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, Moment};

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

#[test]
fn a_channel_takes_little_and_the_model_knows_how_much() {
    let now = Instant::now();
    for calls in [50, 500, 5_000] {
        let before = allocated();
        let live = talking(calls, now);
        let (taken, counted) = (allocated() - before, live.bytes());
        assert_eq!((live.channels().count(), live.calls().count()), (2 * calls, calls));
        let each = taken / (2 * calls);
        assert!(each <= CHANNEL_BYTES_MAX, "{each} bytes a channel, {} counted", counted / (2 * calls));
        assert!(
            counted <= taken * 5 / 4 && taken <= counted * 5 / 4,
            "{counted} counted of {taken} for {calls} calls"
        );
        drop(live);
        assert_eq!(allocated(), before, "all is given back");
    }
    let before = allocated();
    let servers: Vec<_> = (0..500).map(|_| talking(50, now)).collect();
    let taken = allocated() - before;
    assert!(taken <= CLUSTER_BYTES_MAX, "{taken} bytes for {} servers with 100 channels", servers.len());
}
