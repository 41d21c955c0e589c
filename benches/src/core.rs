//! The core without sockets: framing and header index, each beside the plain loop that does the least of it, and the live
//! model beside framing.

use std::hint::black_box;
use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, Moment};
use apn_ami::wire::{Frame, Framer, Message};
use memchr::{memchr, memchr_iter, memmem};

use crate::clock::report;

/// What a socket gives at once.
const CHUNK_BYTES: usize = 64 * 1_024;
const RESPONSE_BYTES_MAX: usize = 1_024 * 1_024;
/// Passes over the data of one run, all five in turn. Other processes only ever make a chunk slower: its fastest
/// pass counts.
const PASSES: usize = 10;

/// Runs all five and prints frames a second.
pub(crate) fn run(data: &[u8], frames: usize) {
    let passes: [fn(&[u8]) -> Pass; 5] =
        [frame_ends, framing, every_header, framing_and_index, framing_and_model];
    let mut best: [Vec<Duration>; 5] = Default::default();
    for _ in 0..PASSES {
        for (best, pass) in best.iter_mut().zip(passes) {
            let pass = pass(data);
            assert!(pass.frames == frames, "{} frames instead of {frames}", pass.frames);
            best.resize(pass.times.len(), Duration::MAX);
            for (best, time) in best.iter_mut().zip(pass.times) {
                *best = time.min(*best);
            }
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts below 2^52")]
    let [frame_ends, framing, every_header, framing_and_index, framing_and_model] =
        best.map(|times| frames as f64 / times.iter().sum::<Duration>().as_secs_f64());
    report(&[
        ("frame_ends", frame_ends),
        ("framing", framing),
        ("every_header", every_header),
        ("framing_and_index", framing_and_index),
        ("framing_and_model", framing_and_model),
    ]);
}

/// What one pass saw, and how long each chunk took.
#[derive(Default)]
struct Pass {
    frames: usize,
    times: Vec<Duration>,
}

/// One pass of the core, for instruction counts.
pub(crate) fn pass(data: &[u8], with: With) -> usize {
    match with {
        With::Nothing => framing(data).frames,
        With::Index => framing_and_index(data).frames,
        With::Model => framing_and_model(data).frames,
    }
}

/// What one pass does beside framing.
#[derive(Clone, Copy)]
pub(crate) enum With {
    Nothing,
    Index,
    Model,
}

/// The limit of framing: every line end, and whether the line before it was empty.
fn frame_ends(data: &[u8]) -> Pass {
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
fn every_header(data: &[u8]) -> Pass {
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

fn framing(data: &[u8]) -> Pass {
    by_framer(data, |frame| {
        black_box(frame);
    })
}

/// The index knows where lines begin; every name and value is asked for too, as the plain loop finds every colon.
fn framing_and_index(data: &[u8]) -> Pass {
    by_framer(data, |frame| {
        let message = Message::from_frame(frame);
        black_box(message.raw().map(|(name, value)| name.len() + value.len()).sum::<usize>());
    })
}

/// Every event is read in place by a live model: what it keeps depends on the calls in the data.
fn framing_and_model(data: &[u8]) -> Pass {
    let mut live = Live::new(&LiveLimits::default(), 1);
    let at = Moment { now: Instant::now(), unix: Duration::from_secs(1_795_420_000) };
    live.on_ready(false, at);
    let pass = by_framer(data, |frame| {
        let first = &frame[..memchr(b'\n', frame).unwrap_or(frame.len())];
        live.on_event(first.get(b"Event:".len()..).unwrap_or_default().trim_ascii(), frame, at);
    });
    assert!(live.counters().events_read > 0, "the data has events of channels");
    pass
}

/// Every chunk is copied first, as a socket would, and only what follows is timed: so is the framer's. The plain
/// loops remember nothing between chunks and get whole frames.
fn in_chunks(data: &[u8], mut look: impl FnMut(&[u8]) -> usize) -> Pass {
    let mut buffer = vec![0; CHUNK_BYTES];
    let mut pass = Pass::default();
    let mut rest = data;
    while !rest.is_empty() {
        let most = &rest[..rest.len().min(CHUNK_BYTES)];
        let end = memmem::rfind(most, b"\r\n\r\n").map_or(most.len(), |at| at + 4);
        buffer[..end].copy_from_slice(&rest[..end]);
        rest = &rest[end..];
        let began = Instant::now();
        pass.frames += look(black_box(&buffer[..end]));
        pass.times.push(began.elapsed());
    }
    pass
}

fn by_framer(data: &[u8], mut look: impl FnMut(&[u8])) -> Pass {
    let mut framer = Framer::new(RESPONSE_BYTES_MAX);
    framer.feed(b"Asterisk Call Manager/11.0.0\r\n");
    let mut pass = Pass::default();
    for chunk in data.chunks(CHUNK_BYTES) {
        framer.feed(chunk);
        let began = Instant::now();
        while let Some(frame) = framer.next_frame() {
            if let Frame::Message(_, lines) = frame {
                look(lines);
                pass.frames += 1;
            }
        }
        pass.times.push(began.elapsed());
    }
    pass
}
