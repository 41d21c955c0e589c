//! Bytes waiting to be written. The caller bounds them, a partial write is resumed, and each session has a new outbox.

use std::collections::VecDeque;
use std::fmt;

use bytes::{Buf as _, BytesMut};
use zeroize::Zeroizing;

use crate::wire::{Action, ActionId};

/// A queue of bytes that counts its offset in the session's outgoing stream.
///
/// Bytes are stored in segments that never grow beyond their allocation, so no byte is copied or held twice, however
/// many wait. An action is stored in one segment, so that a segment written at once ends with a complete line.
#[derive(Default)]
pub struct Outbox {
    /// Each has bytes waiting.
    segments: VecDeque<Segment>,
    /// A buffer without bytes, for the next segment.
    spare: BytesMut,
    len: usize,
    /// Bytes of this session that were written.
    sent_bytes: u64,
}

enum Segment {
    Actions(BytesMut),
    /// The account's secret, which is zeroed before its memory is freed, and how many of its bytes were written.
    Secret(Zeroizing<Vec<u8>>, usize),
}

/// Largest buffer that an idle session keeps, in bytes.
const KEPT_CAPACITY: usize = 16 * 1_024;
/// Smallest buffer that is kept. A session that only sends a `Ping` now and then keeps none.
const KEPT_CAPACITY_MIN: usize = 1_024;
/// Size up to which new segments double. A larger action gets a segment for itself.
const SEGMENT_BYTES: usize = 64 * 1_024;

impl Outbox {
    /// Number of bytes waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if no bytes wait.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The oldest bytes waiting, up to the end of their segment. Empty only if no bytes wait.
    #[must_use]
    pub fn waiting(&self) -> &[u8] {
        self.segments.front().map_or(&[], Segment::waiting)
    }

    /// Queues an action and returns the offset of its first byte in the session's outgoing stream.
    pub(super) fn push_action(&mut self, action: &Action, id: &ActionId) -> u64 {
        self.append(action.encoded_bytes_max(), |segment| action.encode_into(id, segment))
    }

    /// As `push_action`, for bytes that contain the account's secret.
    pub(super) fn push_secret(&mut self, bytes: Zeroizing<Vec<u8>>) -> u64 {
        let first_byte_offset = self.next_offset();
        self.len += bytes.len();
        self.segments.push_back(Segment::Secret(bytes, 0));
        first_byte_offset
    }

    fn append(&mut self, most: usize, write: impl FnOnce(&mut BytesMut)) -> u64 {
        let first_byte_offset = self.next_offset();
        if !matches!(self.segments.back(), Some(Segment::Actions(last)) if last.capacity() - last.len() >= most)
        {
            let segment = self.new_segment(most);
            self.segments.push_back(Segment::Actions(segment));
        }
        if let Some(Segment::Actions(segment)) = self.segments.back_mut() {
            let before = segment.len();
            write(segment);
            self.len += segment.len() - before;
        }
        first_byte_offset
    }

    fn new_segment(&mut self, most: usize) -> BytesMut {
        if self.spare.capacity() >= most {
            return std::mem::take(&mut self.spare);
        }
        let last = match self.segments.back() {
            Some(Segment::Actions(last)) => last.capacity(),
            Some(Segment::Secret(..)) | None => 0,
        };
        BytesMut::with_capacity(SEGMENT_BYTES.min(2 * last).max(2 * most.min(KEPT_CAPACITY)).max(most))
    }

    fn next_offset(&self) -> u64 {
        self.sent_bytes + self.len as u64
    }

    /// Removes `count` bytes that were written.
    pub(super) fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.len, "more left than waited");
        let mut left = count.min(self.len);
        self.sent_bytes += left as u64;
        self.len -= left;
        while let Some(first) = self.segments.front_mut() {
            left -= first.advance(left);
            if !first.is_empty() {
                return;
            }
            if let Some(Segment::Actions(buffer)) = self.segments.pop_front() {
                self.keep(buffer);
            }
        }
        if self.spare.capacity() == 0 {
            self.segments = VecDeque::new();
        }
    }

    /// Keeps a buffer whose bytes were written, if it is neither large nor soon made again.
    fn keep(&mut self, mut buffer: BytesMut) {
        // The room of the bytes that were written.
        let _ = buffer.try_reclaim(buffer.capacity() + 1);
        if (KEPT_CAPACITY_MIN..=KEPT_CAPACITY).contains(&buffer.capacity()) {
            self.spare = buffer;
        }
    }

    /// True if the byte at this offset of the stream was written.
    pub(super) fn has_left(&self, first_byte_offset: u64) -> bool {
        self.sent_bytes > first_byte_offset
    }

    #[cfg(test)]
    fn capacity(&self) -> usize {
        let of_segment = |segment: &Segment| match segment {
            Segment::Actions(bytes) => bytes.capacity(),
            Segment::Secret(bytes, _) => bytes.capacity(),
        };
        self.spare.capacity() + self.segments.iter().map(of_segment).sum::<usize>()
    }
}

impl Segment {
    fn waiting(&self) -> &[u8] {
        match self {
            Self::Actions(bytes) => bytes,
            Self::Secret(bytes, written) => &bytes[*written..],
        }
    }

    fn is_empty(&self) -> bool {
        self.waiting().is_empty()
    }

    /// Removes at most `most` bytes that were written, and returns their number.
    fn advance(&mut self, most: usize) -> usize {
        let count = most.min(self.waiting().len());
        match self {
            Self::Actions(bytes) => bytes.advance(count),
            Self::Secret(_, written) => *written += count,
        }
        count
    }
}

/// Prints sizes only, since the secret of a login may be waiting.
impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("len", &self.len)
            .field("written", &self.sent_bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Outbox {
        fn push(&mut self, bytes: &[u8]) -> u64 {
            self.append(bytes.len(), |segment| segment.extend_from_slice(bytes))
        }
    }

    #[test]
    fn a_partial_write_resumes_where_it_stopped() {
        let mut outbox = Outbox::default();
        let first = outbox.push(b"abc");
        let second = outbox.push(b"def");
        outbox.advance(2);
        assert_eq!(outbox.waiting(), b"cdef");
        assert!(outbox.has_left(first) && !outbox.has_left(second));
        outbox.advance(2);
        assert!(outbox.has_left(second));
        outbox.advance(2);
        assert!(outbox.is_empty());
        assert_eq!(outbox.push(b"g"), 6);
    }

    #[test]
    fn a_secret_is_written_in_its_turn_from_a_buffer_of_its_own() {
        let mut outbox = Outbox::default();
        outbox.push(b"challenge");
        assert_eq!(outbox.push_secret(Zeroizing::new(b"secret".to_vec())), 9);
        assert_eq!(outbox.push(b"ping"), 15);
        outbox.advance(9);
        assert_eq!(outbox.waiting(), b"secret");
        outbox.advance(3);
        assert_eq!(outbox.waiting(), b"ret");
        outbox.advance(3);
        assert_eq!(outbox.waiting(), b"ping");
        assert!(outbox.capacity() < 100, "{} bytes", outbox.capacity());
    }

    #[test]
    fn a_session_that_sends_little_now_and_then_keeps_nothing_and_a_busy_one_its_buffer() {
        for (bytes, kept) in [(100, 0), (3_000, 6_000)] {
            let mut outbox = Outbox::default();
            for _ in 0..3 {
                outbox.push(&vec![b'x'; bytes]);
                outbox.advance(bytes);
                assert_eq!((outbox.capacity(), outbox.segments.capacity() > 0), (kept, kept > 0));
            }
        }
    }

    #[test]
    fn however_much_waits_little_more_is_held_and_all_of_it_leaves_in_order() {
        let mut random = fastrand::Rng::with_seed(5);
        for bytes in [1, 100, 3_000, 200_000] {
            let (mut outbox, mut sent, mut left) = (Outbox::default(), Vec::new(), Vec::new());
            while outbox.len() < 1_000_000 {
                let line = vec![random.u8(..); random.usize(1..=bytes)];
                assert_eq!(outbox.push(&line), sent.len() as u64);
                sent.extend(line);
                let spare = outbox.capacity() - outbox.len();
                assert!(
                    spare <= outbox.len() / 4 + SEGMENT_BYTES + bytes,
                    "{spare} to spare of {}",
                    outbox.len()
                );
                if bytes < 200_000 && sent.len() > 500_000 {
                    break;
                }
            }
            while !outbox.is_empty() {
                let count = random.usize(1..=outbox.waiting().len());
                left.extend_from_slice(&outbox.waiting()[..count]);
                outbox.advance(count);
                assert_eq!(outbox.len(), sent.len() - left.len());
            }
            assert!(left == sent && outbox.waiting().is_empty());
            let kept = outbox.capacity();
            assert!(kept <= KEPT_CAPACITY, "an idle session keeps {kept}");
            assert_eq!(outbox.push(b"next"), sent.len() as u64);
            assert_eq!(outbox.waiting(), b"next");
        }
    }
}
