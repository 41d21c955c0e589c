//! What the memory of a message costs: queues that are filled and drained, with an allocation for each message
//! and with those of an arena.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use apn_ami::wire::{Message, MessageArena, Stamp};

use crate::clock::report;
use crate::core::by_framer;

/// Lengths of the queue.
const LENGTHS: [usize; 4] = [1, 100, 1_000, 10_000];
/// Messages of a pass.
const MESSAGES: usize = 100_000;
/// Passes. The two ways take turns; the fastest pass counts, since other processes can only make one slower.
const PASSES: usize = 10;
/// Different messages of a pass.
const FRAMES: usize = 1_000;

/// Prints nanoseconds a message, for each length and way.
pub(crate) fn run(data: &[u8]) {
    let frames = frames(data);
    let mut figures = Vec::new();
    for length in LENGTHS {
        let mut best = [Duration::MAX; 2];
        for _ in 0..PASSES {
            best[0] = best[0].min(alone(&frames, length));
            best[1] = best[1].min(in_arena(&frames, length));
        }
        #[expect(clippy::cast_precision_loss, reason = "counts below 2^52")]
        let [alone, arena] = best.map(|time| time.as_secs_f64() * 1e9 / MESSAGES as f64);
        figures.extend([(format!("alone_{length}"), alone), (format!("arena_{length}"), arena)]);
    }
    report(&figures.iter().map(|(name, figure)| (name.as_str(), *figure)).collect::<Vec<_>>());
}

fn frames(data: &[u8]) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    by_framer(data, |frame| {
        if frames.len() < FRAMES {
            frames.push(frame.to_vec());
        }
    });
    frames
}

fn alone(frames: &[Vec<u8>], length: usize) -> Duration {
    filled_and_drained(frames, length, |frame| Message::stamped(frame, Stamp::default()), || {})
}

fn in_arena(frames: &[Vec<u8>], length: usize) -> Duration {
    let arena = std::cell::RefCell::new(MessageArena::default());
    filled_and_drained(
        frames,
        length,
        |frame| arena.borrow_mut().message(frame, Stamp::default()),
        || arena.borrow_mut().release(),
    )
}

fn filled_and_drained(
    frames: &[Vec<u8>],
    length: usize,
    make: impl Fn(&[u8]) -> Message,
    drained: impl Fn(),
) -> Duration {
    let mut queue = VecDeque::with_capacity(length);
    let mut each = frames.iter().cycle();
    let began = Instant::now();
    for _ in 0..MESSAGES / length {
        queue.extend(each.by_ref().take(length).map(|frame| make(frame)));
        while let Some(message) = queue.pop_front() {
            drop::<Message>(message);
        }
        drained();
    }
    began.elapsed()
}
