//! The real network: sockets, TLS, name resolution and the clock. No other module does I/O.

mod certificate;
mod clock;
mod credentials;
mod dial;
mod guard;
mod offload;
mod reactor;
mod readiness_fd;
mod resolve;
mod shared;
mod shared_state;
mod stall_policy;
mod thread;
mod tls;
mod trust;
mod weak_rsa;

pub use clock::{instant, now};
pub use reactor::Reactor;
pub use shared::{ClientLock, GuardCounters, SharedClient, Watched};
