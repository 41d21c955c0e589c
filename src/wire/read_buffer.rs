//! The buffer that a socket reads into. It knows no grammar.

use std::ops::Range;

/// Input that was read and not yet taken. Input is appended at the end and taken from the front.
#[derive(Default)]
pub(super) struct ReadBuffer {
    /// Always initialised, so that a socket can read into it.
    bytes: Vec<u8>,
    /// `bytes[start..end]` is the held input: `start <= end <= bytes.len()`.
    start: usize,
    end: usize,
}

const FIRST_CAPACITY: usize = 4 * 1_024;

/// The most input that a session keeps while another one uses its buffer.
const KEPT_WHILE_LENT_MAX: usize = 4 * 1_024;

impl ReadBuffer {
    /// The held input.
    pub(super) fn input(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    pub(super) fn capacity(&self) -> usize {
        self.bytes.len()
    }

    /// Space for at least `wanted` bytes of input. `filled` says how many were written.
    pub(super) fn room(&mut self, wanted: usize) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        if self.bytes.len() - self.end < wanted {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
            if self.bytes.len() - self.end < wanted {
                let doubled = (self.bytes.len() * 2).max(FIRST_CAPACITY);
                self.bytes.resize(doubled.max(self.end + wanted), 0);
            }
        }
        &mut self.bytes[self.end..]
    }

    /// Marks the first `count` bytes of the room as input.
    pub(super) fn filled(&mut self, count: usize) {
        assert!(count <= self.bytes.len() - self.end, "filled more than the room");
        self.end += count;
    }

    /// Returns the input in `range`, and lets go of all before `next`. Both are offsets in the held input.
    pub(super) fn take(&mut self, range: Range<usize>, next: usize) -> &[u8] {
        let begin = self.start;
        self.start += next;
        debug_assert!(self.start <= self.end, "no more than is held");
        &self.bytes[begin + range.start..begin + range.end]
    }

    /// Gives the buffer away, and keeps a copy of the input if it is little.
    pub(super) fn lend(&mut self) -> Option<Vec<u8>> {
        if self.input().len() > KEPT_WHILE_LENT_MAX || self.bytes.len() <= KEPT_WHILE_LENT_MAX {
            return None;
        }
        let kept = self.input().to_vec();
        (self.start, self.end) = (0, kept.len());
        Some(std::mem::replace(&mut self.bytes, kept))
    }

    /// Moves the input into a larger buffer. One that is not larger is dropped.
    pub(super) fn borrow(&mut self, mut buffer: Vec<u8>) {
        if buffer.len() > self.bytes.len() {
            let held = self.input().len();
            buffer[..held].copy_from_slice(self.input());
            (self.start, self.end) = (0, held);
            self.bytes = buffer;
        }
    }
}
