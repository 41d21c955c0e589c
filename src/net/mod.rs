//! The real network: sockets, TLS, names and the clock. Nowhere else is any I/O.

mod bell;
mod clock;
mod dial;
mod guard;
mod reactor;
mod resolve;
mod thread;
mod tls;
mod watch;

pub use clock::{instant, now};
pub use guard::{GuardCounters, SharedClient, Visit};
pub use reactor::Reactor;
