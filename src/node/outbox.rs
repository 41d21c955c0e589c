//! Bytes waiting to be written. The caller bounds them, a partial write is resumed, and each session has a new outbox.

use std::collections::VecDeque;
use std::fmt;

use zeroize::Zeroize as _;

use crate::wire::{Action, ActionId};

/// A queue of bytes that counts its offset in the session's outgoing stream.
///
/// Bytes are stored in chunks that never grow beyond their allocation, so no byte is copied or held twice, however many
/// wait. An action is stored in one chunk, so that a chunk written at once ends with a complete line.
#[derive(Default)]
pub struct Outbox {
    /// No chunk is empty, except for one that is kept for reuse.
    chunks: VecDeque<Vec<u8>>,
    /// Bytes of the first chunk that were written.
    start: usize,
    len: usize,
    /// Bytes of this session that were written.
    sent_bytes: u64,
    /// The chunks contain or contained the account's secret, so they are zeroed before their memory is freed.
    holds_secret: bool,
}

/// Largest chunk that an idle session keeps, in bytes.
const KEPT_CAPACITY: usize = 16 * 1_024;
/// Size up to which new chunks double. A larger action gets a chunk for itself.
const CHUNK_BYTES: usize = 64 * 1_024;

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

    /// The oldest bytes waiting, up to the end of their chunk. Empty only if no bytes wait.
    #[must_use]
    pub fn waiting(&self) -> &[u8] {
        self.chunks.front().map_or(&[], |chunk| &chunk[self.start..])
    }

    /// Queues bytes and returns the offset of the first one in the session's outgoing stream.
    pub(super) fn push(&mut self, bytes: &[u8]) -> u64 {
        self.append(bytes.len(), |chunk| chunk.extend_from_slice(bytes))
    }

    /// As `push`, for an action with its id.
    pub(super) fn push_action(&mut self, action: &Action, id: &ActionId) -> u64 {
        self.append(action.encoded_bytes_max(), |chunk| action.encode_into(id, chunk))
    }

    /// As `push`, for bytes that contain the account's secret.
    pub(super) fn push_secret(&mut self, bytes: &[u8]) -> u64 {
        self.holds_secret = true;
        self.push(bytes)
    }

    fn append(&mut self, most: usize, write: impl FnOnce(&mut Vec<u8>)) -> u64 {
        let first_byte_offset = self.sent_bytes + self.len as u64;
        let room = |chunk: &Vec<u8>| chunk.capacity() - chunk.len();
        if self.chunks.back().is_none_or(|chunk| room(chunk) < most) {
            let usual = self.chunks.back().map_or(0, |chunk| 2 * chunk.capacity()).min(CHUNK_BYTES);
            if self.is_empty() {
                self.clear();
            }
            self.chunks.push_back(Vec::with_capacity(usual.max(2 * most.min(KEPT_CAPACITY)).max(most)));
        }
        if let Some(chunk) = self.chunks.back_mut() {
            let before = chunk.len();
            write(chunk);
            self.len += chunk.len() - before;
        }
        first_byte_offset
    }

    /// Removes `count` bytes that were written.
    pub(super) fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.len, "more left than waited");
        let count = count.min(self.len);
        self.sent_bytes += count as u64;
        self.len -= count;
        self.start += count;
        while let Some(chunk) = self.chunks.front_mut()
            && self.start >= chunk.len()
            && self.start > 0
        {
            self.start -= chunk.len();
            if self.holds_secret {
                chunk.zeroize();
            }
            chunk.clear();
            if self.chunks.len() > 1 || chunk_is_large(&self.chunks) {
                self.chunks.pop_front();
            }
        }
        if self.is_empty() {
            self.holds_secret = false;
        }
    }

    /// True if the byte at this offset of the stream was written.
    pub(super) fn has_left(&self, first_byte_offset: u64) -> bool {
        self.sent_bytes > first_byte_offset
    }

    #[cfg(test)]
    fn capacity(&self) -> usize {
        self.chunks.iter().map(Vec::capacity).sum()
    }

    fn clear(&mut self) {
        if self.holds_secret {
            self.chunks.iter_mut().for_each(Vec::zeroize);
        }
        self.chunks.clear();
        self.start = 0;
    }
}

fn chunk_is_large(chunks: &VecDeque<Vec<u8>>) -> bool {
    chunks.front().is_some_and(|chunk| chunk.capacity() > KEPT_CAPACITY)
}

impl Drop for Outbox {
    fn drop(&mut self) {
        self.clear();
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
                    spare <= outbox.len() / 4 + CHUNK_BYTES + bytes,
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
            assert!(outbox.capacity() <= KEPT_CAPACITY, "an idle session keeps {}", outbox.capacity());
            assert_eq!(outbox.push(b"next"), sent.len() as u64);
            assert_eq!(outbox.waiting(), b"next");
        }
    }
}
