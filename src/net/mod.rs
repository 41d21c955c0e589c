//! The real network: sockets, TLS, names and the clock. Nowhere else is any I/O.

mod bell;
mod clock;
mod dial;
mod guard;
mod reactor;
mod resolve;
mod shared;
mod thread;
mod tls;
mod watch;

pub use clock::{instant, now};
pub use reactor::Reactor;
pub use shared::{GuardCounters, SharedClient, Visit, Watched};
