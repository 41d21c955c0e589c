//! Freed memory does not contain the secret. An allocator checks every block that is freed.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apn_ami::error::DisconnectReason;
use apn_ami::limits::Limits;
use apn_ami::node::{ConnectionState, LinkPrivacy, Node};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, ServerSettings};
use apn_ami::wire::{InstanceId, Stamp};

/// The secret with all bits inverted, so that the test itself contains no copy of it.
const TURNED: [u8; 20] = *b"\x97\x8a\x91\x8b\x9a\x8d\xcd\xd2\x90\x99\xd2\x8b\x97\x9a\xd2\x8b\x9a\x8c\x8b\xde";

static LOOKING: AtomicBool = AtomicBool::new(false);
static FOUND: AtomicUsize = AtomicUsize::new(0);

/// The system's allocator with a check in `dealloc`. The default `realloc` frees the old block by `dealloc`.
struct Watching;

// SAFETY: every call is passed unchanged to the system's allocator.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`. The block is zeroed, so that every byte can be read when it
        // is freed.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if LOOKING.load(Ordering::Relaxed) {
            // SAFETY: the block exists and has been initialised since `alloc`.
            let bytes = unsafe { std::slice::from_raw_parts(block, layout.size()) };
            let is_here = |part: &[u8]| part.iter().zip(&TURNED).all(|(byte, turned)| *byte == !*turned);
            FOUND.fetch_add(
                bytes.windows(TURNED.len()).filter(|part| is_here(part)).count(),
                Ordering::Relaxed,
            );
        }
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watching = Watching;

fn secret() -> Vec<u8> {
    TURNED.iter().map(|byte| !byte).collect()
}

/// Runs `work` and returns how often the secret was found in blocks freed meanwhile.
fn found(work: impl FnOnce()) -> usize {
    FOUND.store(0, Ordering::Relaxed);
    LOOKING.store(true, Ordering::Relaxed);
    work();
    LOOKING.store(false, Ordering::Relaxed);
    FOUND.load(Ordering::Relaxed)
}

/// Logs in over a link that accepts `written_at_once` bytes at once, and loses the link afterwards. If `is_lost`, the
/// client's bytes are not written before that.
fn log_in(auth: AuthMethod, written_at_once: usize, is_lost: bool) {
    let settings =
        ServerSettings::new("a", "127.0.0.1", 5_038, "admin", Secret::new(secret())).expect("fine");
    let settings = ServerSettings { auth, limits: Limits::default(), ..settings };
    let now = Instant::now();
    let instance = InstanceId::from_random([3; 13]);
    let mut node = Node::new(Arc::new(settings.clone()), instance, Duration::from_secs(1), now);
    drop(settings);
    node.log_actions(Arc::default());
    node.start(now);
    node.link_resolved(now);
    node.link_up(LinkPrivacy::Private, now);
    let hear = |node: &mut Node, text: &str| {
        node.framer().feed(text.as_bytes());
        let _ = node.next(Stamp::default(), now);
        while !is_lost && !node.outbox().is_empty() {
            node.advance_outbox(node.outbox().len().min(written_at_once));
        }
    };
    let mut asked = node.next_sequence();
    hear(&mut node, "Asterisk Call Manager/11.0.0\r\n");
    for _ in 0..2 {
        let id = format!("a:{}:{asked}", instance.as_str());
        asked = node.next_sequence();
        hear(&mut node, &format!("Response: Success\r\nActionID: {id}\r\nChallenge: 42\r\n\r\n"));
    }
    assert_eq!(node.state(), ConnectionState::Ready);
    node.link_down(DisconnectReason::PeerClosed, String::new(), now);
    assert!(node.outbox().is_empty());
    while node.pop_output().is_some() {}
}

/// A single test, because the allocator is that of the whole process.
#[test]
fn what_held_the_secret_is_zeroed_before_it_is_freed() {
    assert_eq!(found(|| drop(secret())), 1, "the allocator finds what is not zeroed");
    assert_eq!(found(|| drop(Secret::new(secret()))), 0, "a secret");
    let settings = ServerSettings::new("a", "h", 1, "u", Secret::new(secret())).expect("fine");
    assert_eq!(found(|| drop((settings.clone(), settings))), 0, "settings and their copies");
    let mut refused = secret();
    refused.push(0);
    let broken =
        || ServerSettings::new("a", "h", 1, "u", Secret::new(refused)).expect_err("a NUL").to_string();
    assert_eq!(found(|| drop(broken())), 0, "settings that were refused");
    for auth in [AuthMethod::Md5, AuthMethod::Plain] {
        for written_at_once in [1, 7, usize::MAX] {
            for is_lost in [false, true] {
                let left = found(|| log_in(auth, written_at_once, is_lost));
                assert_eq!(left, 0, "{auth:?} in parts of {written_at_once}, lost {is_lost}");
            }
        }
    }
}
