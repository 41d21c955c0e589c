//! A cluster of fake servers in virtual time. Each scenario tests a property of the client.
//!
//! Each scenario prints its seed and a summary: `cargo test --test cluster_sim -- --nocapture`.

mod answers;
mod chaos;
mod cuts;
mod fairness;
mod faults;
mod framing;
mod goodbyes;
mod harness;
mod hostile;
mod live;
mod live_queues;
mod liveness;
mod logins;
#[path = "../sim_support/names.rs"]
mod names;
mod old_servers;
mod pressure;
mod queues;
mod routing;
mod secrets;
#[path = "../sim_support/seeds.rs"]
mod seeds;
mod settings;
mod storms;
mod strays;
mod subscriptions;
mod tap;
mod user;
mod watch;
