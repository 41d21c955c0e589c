//! The core without sockets: framing and header index, each compared with the plain loop that does the least
//! of it, and the live model on top of framing.

use std::hint::black_box;
use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, Moment};
use apn_ami::wire::{Frame, Framer, Message};
use memchr::{memchr, memchr_iter, memmem};

use crate::clock::report;

/// The size of one read from a socket.
const CHUNK_BYTES: usize = 64 * 1_024;
const RESPONSE_BYTES_MAX: usize = 1_024 * 1_024;
/// Number of passes over the data. The five measurements take turns in each pass. Other processes can only
/// make a chunk slower, so the fastest pass of each chunk counts.
const PASSES: usize = 10;

/// Runs the five measurements and prints frames per second.
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

/// The number of frames of a pass, and the time of each chunk.
#[derive(Default)]
pub(crate) struct Pass {
    frames: usize,
    times: Vec<Duration>,
}

/// Runs one pass of the core, for instruction counts.
pub(crate) fn pass(data: &[u8], with: With) -> usize {
    match with {
        With::Nothing => framing(data).frames,
        With::Index => framing_and_index(data).frames,
        With::Model => framing_and_model(data).frames,
    }
}

/// The work of a pass in addition to framing.
#[derive(Clone, Copy)]
pub(crate) enum With {
    Nothing,
    Index,
    Model,
}

/// The lower limit of framing: finds every line end, and whether the line before it is empty.
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

/// The lower limit of framing with an index: finds every line end and the first colon of every line.
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

/// Reads the name and value of every header, since the index knows only where lines begin and the plain loop
/// finds every colon.
fn framing_and_index(data: &[u8]) -> Pass {
    by_framer(data, |frame| {
        let message = Message::from_frame(frame);
        black_box(message.raw().map(|(name, value)| name.len() + value.len()).sum::<usize>());
    })
}

/// A live model reads every event. Its size depends on the calls in the data.
fn framing_and_model(data: &[u8]) -> Pass {
    let mut live = Live::new(&LiveLimits::default(), 1);
    let at = Moment { now: Instant::now(), unix: Duration::from_secs(1_795_420_000) };
    live.on_ready(false, at);
    let pass = by_framer(data, |frame| {
        let rest = frame.get(b"Event: ".len()..).unwrap_or_default();
        let length = rest.iter().position(|byte| *byte == b'\r').unwrap_or_default();
        live.on_event(&rest[..length], frame, at);
    });
    assert!(live.counters().events_read > 0, "the data has events of channels");
    // What its end takes is not asked for.
    std::mem::forget(live);
    pass
}

/// Each chunk is copied before its time is taken, as a socket would do. The framer's chunks are copied too.
/// The plain loops keep no state between chunks, so they get whole frames.
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

pub(crate) fn by_framer(data: &[u8], mut look: impl FnMut(&[u8])) -> Pass {
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
