//! Options of a link, and results of a read.

use std::time::Duration;

/// The behaviour of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LinkOptions {
    /// Time between a write and the moment at which its bytes can be read.
    pub latency: Duration,
    /// Maximum additional delay of a piece. Pieces keep their order.
    pub jitter: Duration,
    /// Maximum size of a piece in bytes. A read gives at most one piece. Sizes are random, and 1 gives single
    /// bytes.
    pub piece_bytes_max: usize,
    /// Bytes per million that arrive with one bit flipped, on average.
    pub corrupt_per_million: u32,
    /// Maximum number of bytes in each direction that were written and not read yet. A write beyond it is
    /// partial.
    pub buffer_bytes: usize,
}

impl Default for LinkOptions {
    /// A connection like loopback, which delivers everything at once.
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

/// The result of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// The number of bytes, at least one.
    Bytes(usize),
    /// There are no bytes now.
    Empty,
    /// The peer has closed, and all bytes were read.
    Closed,
    /// The connection was reset.
    Reset,
}
