//! A cluster of fake servers in virtual time: what the client promises, scenario by scenario.
//!
//! Each scenario prints its seed and what it saw: `cargo test --test cluster_sim -- --nocapture`.

mod answers;
mod cuts;
mod desk;
mod liveness;
mod queues;
mod subscriptions;
mod tap;
mod watch;
