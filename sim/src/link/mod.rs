//! A connection between a client and a server: two pipes in virtual time, with the faults of a network.
//!
//! ```text
//!  client ── write ─▶ pipe: room, latency, pieces ─▶ read ── server
//!         ◀─ read ── pipe: room, latency, pieces ◀─ write ──
//! ```
//!
//! A link has no clock: the caller passes the current time. Random numbers come from a seed: the same calls
//! give the same bytes in the same pieces at the same times.

mod options;
mod pipe;

use std::time::Instant;

pub use options::{LinkOptions, Read};

use self::pipe::Pipe;

/// One end of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The manager client.
    Client,
    /// The server.
    Server,
}

impl Side {
    fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

/// A full-duplex connection.
#[derive(Debug)]
pub struct Link {
    to_server: Pipe,
    to_client: Pipe,
}

impl Link {
    /// An open connection. The seed decides sizes and delays of pieces.
    #[must_use]
    pub fn new(options: LinkOptions, seed: u64) -> Self {
        Self { to_server: Pipe::new(options, seed), to_client: Pipe::new(options, seed ^ 0x5EED) }
    }

    fn from(&mut self, side: Side) -> &mut Pipe {
        match side {
            Side::Client => &mut self.to_server,
            Side::Server => &mut self.to_client,
        }
    }

    fn to(&mut self, side: Side) -> &mut Pipe {
        self.from(side.other())
    }

    /// Writes as many bytes as there is room for. Returns their number, which is 0 for a closed link.
    pub fn write(&mut self, side: Side, bytes: &[u8], now: Instant) -> usize {
        self.from(side).write(bytes, now)
    }

    /// Number of bytes that this side can write now.
    #[must_use]
    pub fn room(&self, side: Side) -> usize {
        match side {
            Side::Client => self.to_server.room(),
            Side::Server => self.to_client.room(),
        }
    }

    /// Reads bytes of at most one piece.
    pub fn read(&mut self, side: Side, into: &mut [u8], now: Instant) -> Read {
        self.to(side).read(into, now)
    }

    /// When this side can read bytes or the end of the connection. `None` if nothing is on the way.
    #[must_use]
    pub fn readable_at(&self, side: Side) -> Option<Instant> {
        match side {
            Side::Client => self.to_client.readable_at(),
            Side::Server => self.to_server.readable_at(),
        }
    }

    /// Ends the writing of this side. The other side reads the bytes that are on the way, then the end.
    pub fn close(&mut self, side: Side, now: Instant) {
        self.from(side).close(now);
    }

    /// Resets the connection. Both sides read the reset at once, and bytes on the way are lost.
    pub fn reset(&mut self, now: Instant) {
        self.to_server.reset(now);
        self.to_client.reset(now);
    }

    /// True if the connection was reset.
    #[must_use]
    pub fn is_reset(&self) -> bool {
        self.to_server.is_reset()
    }

    /// Delays all bytes, or lets them continue.
    pub fn stall(&mut self, stalled: bool, now: Instant) {
        self.to_server.stall(stalled, now);
        self.to_client.stall(stalled, now);
    }

    /// Makes the link half-open. Writes succeed while there is room, but nothing arrives, and no end is
    /// reported. Only a new connection works again.
    pub fn silence(&mut self) {
        self.to_server.silence();
        self.to_client.silence();
    }

    /// Changes the options. Latency and pieces change for later writes, the room changes at once.
    pub fn set_options(&mut self, options: LinkOptions) {
        self.to_server.set_options(options);
        self.to_client.set_options(options);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_are_independent() {
        let now = Instant::now();
        let mut link = Link::new(LinkOptions::default(), 1);
        assert_eq!(link.write(Side::Client, b"to server", now), 9);
        assert_eq!(link.readable_at(Side::Client), None);
        let mut buffer = [0; 32];
        assert_eq!(link.read(Side::Server, &mut buffer, now), Read::Bytes(9));
        assert_eq!(&buffer[..9], b"to server");
        link.close(Side::Server, now);
        assert_eq!(link.read(Side::Client, &mut buffer, now), Read::Closed);
        assert_eq!(link.write(Side::Client, b"still", now), 5, "the other half is open");
    }

    #[test]
    fn a_reset_is_seen_by_both() {
        let now = Instant::now();
        let mut link = Link::new(LinkOptions::default(), 1);
        link.write(Side::Client, b"lost", now);
        link.reset(now);
        for side in [Side::Client, Side::Server] {
            assert_eq!(link.read(side, &mut [0; 8], now), Read::Reset);
            assert_eq!(link.write(side, b"x", now), 0);
        }
    }
}
