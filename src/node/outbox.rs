//! Bytes waiting to be written: bounded by the caller, resumed after a partial write, never reused.

use std::fmt;

use zeroize::Zeroize as _;

use crate::wire::{Action, ActionId};

/// A queue of bytes that knows its place in the session's outgoing stream.
#[derive(Default)]
pub struct Outbox {
    bytes: Vec<u8>,
    start: usize,
    /// Bytes of this session that have left.
    written: u64,
    /// The account's secret is, or was, among the bytes: they are zeroed before their memory is given back.
    holds_secret: bool,
}

const KEPT_CAPACITY: usize = 16 * 1_024;

impl Outbox {
    /// Bytes waiting.
    #[must_use]
    pub fn len(&self) -> usize {
        self.bytes.len() - self.start
    }

    /// True when nothing waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes waiting, oldest first.
    #[must_use]
    pub fn waiting(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Queues bytes and says at which place of the stream they begin.
    pub(super) fn push(&mut self, bytes: &[u8]) -> u64 {
        let place = self.begin(bytes.len());
        self.bytes.extend_from_slice(bytes);
        place
    }

    /// As `push`, for an action with its id.
    pub(super) fn push_action(&mut self, action: &Action, id: &ActionId) -> u64 {
        let place = self.begin(action.encoded_bytes_max());
        action.encode_into(id, &mut self.bytes);
        place
    }

    /// Makes room and says at which place of the stream it begins.
    fn begin(&mut self, count: usize) -> u64 {
        if self.bytes.capacity() - self.bytes.len() < count {
            let mut larger = Vec::with_capacity(2 * (self.bytes.len() + count));
            larger.extend_from_slice(&self.bytes);
            let mut smaller = std::mem::replace(&mut self.bytes, larger);
            if self.holds_secret {
                smaller.zeroize();
            }
        }
        self.written + self.len() as u64
    }

    /// As `push`, for bytes with the account's secret in them.
    pub(super) fn push_secret(&mut self, bytes: &[u8]) -> u64 {
        self.holds_secret = true;
        self.push(bytes)
    }

    /// So many bytes have left.
    pub(super) fn advance(&mut self, count: usize) {
        debug_assert!(count <= self.len(), "more left than waited");
        self.start += count.min(self.len());
        self.written += count as u64;
        if self.start == self.bytes.len() {
            if std::mem::take(&mut self.holds_secret) {
                self.bytes.zeroize();
            }
            self.bytes.clear();
            self.start = 0;
            if self.bytes.capacity() > KEPT_CAPACITY {
                self.bytes = Vec::new();
            }
        } else if self.start > self.bytes.len() / 2 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
    }

    /// True when the byte at this place of the stream has left.
    pub(super) fn has_left(&self, place: u64) -> bool {
        self.written > place
    }
}

impl Drop for Outbox {
    fn drop(&mut self) {
        if self.holds_secret {
            self.bytes.zeroize();
        }
    }
}

/// Sizes only: a login's secret may be waiting.
impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("len", &self.len())
            .field("written", &self.written)
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
}
