//! The core of `ami_client`: one non-blocking AMI client for a whole cluster of Asterisk nodes.
//!
//! ```text
//!  socket ─bytes─▶ wire::Framer ─Frame─▶ node::Node ─answers─▶ node::PendingTable ─▶ endings ┐
//!    ▲                                    │  ▲ └──events──▶ cluster::DeliveryQueue ──▶ events ┤
//!    │                                    │  now, deadlines                                 ▼
//!  net::Reactor ◀─bytes── node::Outbox ◀──┴── cluster::Cluster ◀── client::Client ◀──── the caller
//! ```
//!
//! # Layout, in the order of the data
//!
//! - [`wire`]: bytes to messages and back: framer, message, action encoder, `ActionID`.
//! - [`node`]: one session with one Asterisk: login, pending actions, liveness, outbox.
//! - [`cluster`]: many sessions: reconnects, breakers, subscriptions, bounded queues, routing.
//! - [`live`]: the current channels, bridges and calls, derived from events and lists.
//! - [`net`]: sockets, TLS and name resolution: the only module with I/O and a clock.
//! - [`client`]: a cluster driven over a network; [`client::Client`] states the driving contract.
//!
//! Everything but `net` does no I/O and reads no clock: `(input, now)` goes in, `(output, next deadline)` comes
//! out.
#![forbid(unsafe_code)]

pub mod client;
pub mod cluster;
mod config_error;
pub mod error;
pub mod glob;
pub mod limits;
pub mod live;
mod log_crate;
pub mod nearest;
pub mod net;
pub mod node;
pub mod record;
pub mod secret;
mod server_key;
pub mod settings;
mod vocabulary;
pub mod wire;
