//! The core without sockets: framing and header index, each beside the plain loop that does the least of it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use apn_ami::wire::{Frame, Framer, Message};
use memchr::{memchr, memchr_iter, memmem};

use crate::clock::report;

/// What a socket gives at once.
const CHUNK_BYTES: usize = 64 * 1_024;
const RESPONSE_BYTES_MAX: usize = 1_024 * 1_024;
/// Passes over the data of one run, all four in turn. Other processes only ever make a pass slower: the fastest
/// one counts.
const PASSES: usize = 10;

/// Runs all four and prints frames a second.
pub(crate) fn run(data: &[u8], frames: usize) {
    let mut best = [Duration::MAX; 4];
    for _ in 0..PASSES {
        let passes: [fn(&[u8]) -> (usize, Duration); 4] =
            [frame_ends, framing, every_header, framing_and_index];
        for (best, pass) in best.iter_mut().zip(passes) {
            let (seen, time) = pass(data);
            assert!(seen == frames, "{seen} frames instead of {frames}");
            *best = time.min(*best);
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^52")]
    let rate = |time: Duration| frames as f64 / time.as_secs_f64();
    report(&[
        ("frame_ends", rate(best[0])),
        ("framing", rate(best[1])),
        ("every_header", rate(best[2])),
        ("framing_and_index", rate(best[3])),
    ]);
}

/// One pass of the core, for instruction counts.
pub(crate) fn pass(data: &[u8], with_index: bool) -> usize {
    if with_index { framing_and_index(data).0 } else { framing(data).0 }
}

/// The limit of framing: every line end, and whether the line before it was empty.
fn frame_ends(data: &[u8]) -> (usize, Duration) {
    in_chunks(data, |chunk| {
        let (mut frames, mut line) = (0, 0);
        for at in memchr_iter(b'\n', chunk) {
            frames += usize::from(at - line < 2);
            line = at + 1;
        }
        frames
    })
}

/// The limit of framing with an index: every line end, and every first colon of a line.
fn every_header(data: &[u8]) -> (usize, Duration) {
    in_chunks(data, |chunk| {
        let (mut frames, mut line, mut names) = (0, 0, 0);
        while let Some(length) = memchr(b'\n', &chunk[line..]) {
            let end = line + length;
            match memchr(b':', &chunk[line..end]) {
                Some(colon) => names += colon,
                None => frames += 1,
            }
            line = end + 1;
        }
        black_box(names);
        frames
    })
}

fn framing(data: &[u8]) -> (usize, Duration) {
    by_framer(data, |frame| {
        black_box(frame);
    })
}

fn framing_and_index(data: &[u8]) -> (usize, Duration) {
    by_framer(data, |frame| {
        black_box(Message::from_frame(frame).len());
    })
}

/// Every chunk is copied first, as a socket would, and only what follows is timed: so is the framer's. The plain
/// loops remember nothing between chunks and get whole frames.
fn in_chunks(data: &[u8], mut look: impl FnMut(&[u8]) -> usize) -> (usize, Duration) {
    let mut buffer = vec![0; CHUNK_BYTES];
    let (mut frames, mut time) = (0, Duration::ZERO);
    let mut rest = data;
    while !rest.is_empty() {
        let most = &rest[..rest.len().min(CHUNK_BYTES)];
        let end = memmem::rfind(most, b"\r\n\r\n").map_or(most.len(), |at| at + 4);
        buffer[..end].copy_from_slice(&rest[..end]);
        rest = &rest[end..];
        let began = Instant::now();
        frames += look(black_box(&buffer[..end]));
        time += began.elapsed();
    }
    (frames, time)
}

fn by_framer(data: &[u8], mut look: impl FnMut(&[u8])) -> (usize, Duration) {
    let mut framer = Framer::new(RESPONSE_BYTES_MAX);
    framer.feed(b"Asterisk Call Manager/11.0.0\r\n");
    let (mut frames, mut time) = (0, Duration::ZERO);
    for chunk in data.chunks(CHUNK_BYTES) {
        framer.feed(chunk);
        let began = Instant::now();
        while let Some(frame) = framer.next_frame() {
            if let Frame::Message(_, lines) = frame {
                look(lines);
                frames += 1;
            }
        }
        time += began.elapsed();
    }
    (frames, time)
}
