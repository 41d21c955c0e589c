//! A fake Asterisk for tests, without a socket or a clock of its own.
//!
//! - [`asterisk`]: one server: bytes and `now` in, bytes and the next deadline out.
#![forbid(unsafe_code)]

pub mod asterisk;
