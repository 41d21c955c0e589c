//! The live model with fake servers whose true state is known, in virtual time.

mod crowd;
mod events;
mod follower;
mod golden;
mod hostile;
mod ledger;
mod lists;
#[path = "../sim_support/names.rs"]
mod names;
mod property;
mod queue_property;
mod queue_scenes;
mod queues;
mod rig;
mod scenes;
#[path = "../sim_support/seeds.rs"]
mod seeds;
mod traffic;
