//! One direction of a link.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::options::{LinkOptions, Read};

/// Bytes that arrive together.
#[derive(Debug)]
struct Piece {
    arrives: Instant,
    bytes: VecDeque<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Closed(Instant),
    Reset(Instant),
}

#[derive(Debug)]
pub(super) struct Pipe {
    options: LinkOptions,
    random: fastrand::Rng,
    pieces: VecDeque<Piece>,
    bytes: usize,
    last_arrival: Option<Instant>,
    end: Option<End>,
    stalled: bool,
    silent: bool,
}

impl Pipe {
    pub(super) fn new(options: LinkOptions, seed: u64) -> Self {
        Self {
            options,
            random: fastrand::Rng::with_seed(seed),
            pieces: VecDeque::new(),
            bytes: 0,
            last_arrival: None,
            end: None,
            stalled: false,
            silent: false,
        }
    }

    pub(super) fn set_options(&mut self, options: LinkOptions) {
        self.options = options;
    }

    pub(super) fn room(&self) -> usize {
        if self.end.is_some() { 0 } else { self.options.buffer_bytes.saturating_sub(self.bytes) }
    }

    pub(super) fn write(&mut self, bytes: &[u8], now: Instant) -> usize {
        let taken = bytes.len().min(self.room());
        let mut rest = &bytes[..taken];
        while !rest.is_empty() {
            let most = self.options.piece_bytes_max.max(1).min(rest.len());
            // Without a bound the bytes stay together. With a bound the sizes are random.
            let size =
                if self.options.piece_bytes_max == usize::MAX { most } else { self.random.usize(1..=most) };
            let (piece, more) = rest.split_at(size);
            let arrives = self.arrival(now);
            let bytes = piece.iter().map(|byte| self.corrupted(*byte)).collect();
            self.pieces.push_back(Piece { arrives, bytes });
            rest = more;
        }
        self.bytes += taken;
        taken
    }

    fn corrupted(&mut self, byte: u8) -> u8 {
        let share = self.options.corrupt_per_million;
        if share > 0 && self.random.u32(..1_000_000) < share {
            byte ^ (1 << self.random.u8(..8))
        } else {
            byte
        }
    }

    /// When a piece that is written now arrives. It does not arrive before earlier pieces.
    fn arrival(&mut self, now: Instant) -> Instant {
        let jitter = u64::try_from(self.options.jitter.as_micros()).unwrap_or(u64::MAX);
        let jitter = if jitter == 0 { 0 } else { self.random.u64(0..=jitter) };
        let arrives = now + self.options.latency + Duration::from_micros(jitter);
        let arrives = self.last_arrival.map_or(arrives, |last| last.max(arrives));
        self.last_arrival = Some(arrives);
        arrives
    }

    pub(super) fn read(&mut self, into: &mut [u8], now: Instant) -> Read {
        if self.readable_at().is_none_or(|at| at > now) || into.is_empty() {
            return Read::Empty;
        }
        let Some(piece) = self.pieces.front_mut() else {
            return match self.end {
                Some(End::Reset(_)) => Read::Reset,
                Some(End::Closed(_)) | None => Read::Closed,
            };
        };
        let count = piece.bytes.len().min(into.len());
        for (place, byte) in into.iter_mut().zip(piece.bytes.drain(..count)) {
            *place = byte;
        }
        if piece.bytes.is_empty() {
            self.pieces.pop_front();
        }
        self.bytes -= count;
        Read::Bytes(count)
    }

    pub(super) fn readable_at(&self) -> Option<Instant> {
        if self.silent || self.stalled {
            return None;
        }
        let end = self.end.map(|end| match end {
            End::Closed(at) | End::Reset(at) => at,
        });
        self.pieces.front().map(|piece| piece.arrives).or(end)
    }

    pub(super) fn close(&mut self, now: Instant) {
        if self.end.is_none() {
            let arrives = self.arrival(now);
            self.end = Some(End::Closed(arrives));
        }
    }

    pub(super) fn reset(&mut self, now: Instant) {
        self.pieces.clear();
        self.bytes = 0;
        self.stalled = false;
        self.end = Some(End::Reset(now));
    }

    pub(super) fn is_reset(&self) -> bool {
        matches!(self.end, Some(End::Reset(_)))
    }

    /// Begins or ends a stall. Delayed pieces arrive when the stall ends.
    pub(super) fn stall(&mut self, stalled: bool, now: Instant) {
        self.stalled = stalled;
        if stalled {
            return;
        }
        self.last_arrival = self.last_arrival.map(|last| last.max(now));
        for piece in &mut self.pieces {
            piece.arrives = piece.arrives.max(now);
        }
        if let Some(End::Closed(at)) = &mut self.end {
            *at = (*at).max(now);
        }
    }

    pub(super) fn silence(&mut self) {
        self.silent = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATENCY: Duration = Duration::from_millis(20);

    fn slow() -> LinkOptions {
        LinkOptions { latency: LATENCY, ..LinkOptions::default() }
    }

    fn read_all(pipe: &mut Pipe, now: Instant) -> (Vec<u8>, Vec<usize>) {
        let (mut bytes, mut sizes, mut buffer) = (Vec::new(), Vec::new(), [0; 64]);
        while let Read::Bytes(count) = pipe.read(&mut buffer, now) {
            bytes.extend_from_slice(&buffer[..count]);
            sizes.push(count);
        }
        (bytes, sizes)
    }

    #[test]
    fn bytes_take_their_time() {
        let now = Instant::now();
        let mut pipe = Pipe::new(slow(), 1);
        pipe.write(b"abc", now);
        assert_eq!(pipe.readable_at(), Some(now + LATENCY));
        assert_eq!(pipe.read(&mut [0; 8], now + LATENCY / 2), Read::Empty);
        assert_eq!(pipe.read(&mut [0; 8], now + LATENCY), Read::Bytes(3));
    }

    #[test]
    fn pieces_are_small_in_order_and_the_same_for_the_same_seed() {
        let now = Instant::now();
        let text: Vec<u8> = (0..200).collect();
        let run = |seed| {
            let options = LinkOptions { piece_bytes_max: 7, jitter: LATENCY, ..slow() };
            let mut pipe = Pipe::new(options, seed);
            assert_eq!(pipe.write(&text, now), 200);
            read_all(&mut pipe, now + LATENCY * 2)
        };
        let (bytes, sizes) = run(3);
        assert_eq!(bytes, text);
        assert!(sizes.iter().all(|size| *size <= 7) && sizes.len() > 200 / 7);
        assert_eq!(run(3).1, sizes);
        assert_ne!(run(4).1, sizes);
    }

    #[test]
    fn some_bytes_arrive_changed() {
        let now = Instant::now();
        let options = LinkOptions { corrupt_per_million: 100_000, ..LinkOptions::default() };
        let mut pipe = Pipe::new(options, 1);
        pipe.write(&[0; 10_000], now);
        let changed = read_all(&mut pipe, now).0.iter().filter(|byte| **byte != 0).count();
        assert!((800..1_200).contains(&changed), "{changed}");
    }

    #[test]
    fn a_full_pipe_takes_a_part() {
        let now = Instant::now();
        let options = LinkOptions { buffer_bytes: 5, ..LinkOptions::default() };
        let mut pipe = Pipe::new(options, 1);
        assert_eq!(pipe.write(b"abcdefg", now), 5);
        assert_eq!(pipe.write(b"fg", now), 0);
        assert_eq!(pipe.read(&mut [0; 2], now), Read::Bytes(2));
        assert_eq!(pipe.write(b"fg", now), 2);
    }

    #[test]
    fn the_end_comes_after_the_bytes() {
        let now = Instant::now();
        let mut pipe = Pipe::new(slow(), 1);
        pipe.write(b"a", now);
        pipe.close(now);
        assert_eq!(pipe.write(b"b", now), 0);
        assert_eq!(read_all(&mut pipe, now + LATENCY).0, b"a");
        assert_eq!(pipe.read(&mut [0; 2], now + LATENCY), Read::Closed);
    }

    #[test]
    fn a_stall_holds_everything_back() {
        let now = Instant::now();
        let mut pipe = Pipe::new(slow(), 1);
        pipe.write(b"a", now);
        pipe.stall(true, now);
        assert_eq!(pipe.readable_at(), None);
        let later = now + LATENCY * 10;
        pipe.stall(false, later);
        assert_eq!(pipe.readable_at(), Some(later));
    }

    #[test]
    fn silence_swallows_until_the_buffer_is_full() {
        let now = Instant::now();
        let mut pipe = Pipe::new(LinkOptions { buffer_bytes: 3, ..LinkOptions::default() }, 1);
        pipe.silence();
        assert_eq!(pipe.write(b"abcd", now), 3);
        assert_eq!(pipe.write(b"d", now), 0);
        pipe.close(now);
        assert_eq!(pipe.read(&mut [0; 8], now + LATENCY * 100), Read::Empty);
    }
}
