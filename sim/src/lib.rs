//! A fake Asterisk for tests, without a socket or a clock of its own but in [`server`].
//!
//! - [`asterisk`]: one server: bytes and `now` in, bytes and the next deadline out.
//! - [`link`]: a connection in virtual time: latency, pieces, stalls, resets, silence.
//! - [`world`]: servers and links as the network of a client, in virtual time.
//! - [`server`]: servers on real sockets.
#![forbid(unsafe_code)]

pub mod asterisk;
pub mod link;
pub mod server;
pub mod world;
