//! How a link behaves, and what reading from it gives.

use std::time::Duration;

/// How a link behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkOptions {
    /// Time from a write to the earliest read of it.
    pub latency: Duration,
    /// Each piece may take so much longer; the order is kept.
    pub jitter: Duration,
    /// Most bytes that one read gives; 1 gives single bytes. Pieces have chance sizes up to it.
    pub piece_bytes_max: usize,
    /// How many bytes in a million arrive with one bit flipped.
    pub corrupt_per_million: u32,
    /// Bytes on their way or waiting to be read, in each direction; a write beyond it is partial.
    pub buffer_bytes: usize,
}

impl Default for LinkOptions {
    /// A loopback connection that hands over everything at once.
    fn default() -> Self {
        Self {
            latency: Duration::ZERO,
            jitter: Duration::ZERO,
            piece_bytes_max: usize::MAX,
            corrupt_per_million: 0,
            buffer_bytes: 2 * 1_024 * 1_024,
        }
    }
}

/// What a read gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// So many bytes, at least one.
    Bytes(usize),
    /// None now.
    Empty,
    /// None ever again: the peer closed after what was read.
    Closed,
    /// None ever again: the connection was reset.
    Reset,
}
