//! A fake Asterisk for tests. Only [`server`] has sockets and reads a clock.
//!
//! - [`asterisk`]: one server. Its input is bytes and the current time, its output is bytes and the next
//!   deadline.
//! - [`link`]: a connection in virtual time with latency, small pieces, stalls, resets and silence.
//! - [`world`]: servers and links in virtual time, which a client uses as its network.
//! - [`server`]: servers on real sockets.
#![forbid(unsafe_code)]

pub mod asterisk;
pub mod link;
pub mod server;
pub mod world;
