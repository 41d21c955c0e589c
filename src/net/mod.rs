//! The real network: sockets, TLS, names and the clock. Nowhere else is any I/O.

mod dial;
mod reactor;
mod resolve;
mod thread;
mod tls;

pub use reactor::Reactor;
