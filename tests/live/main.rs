//! The live model against fake servers whose truth is known, in virtual time.

mod crowd;
mod golden;
mod hostile;
mod ledger;
mod property;
mod rig;
mod scenes;
#[path = "../sim_support/seeds.rs"]
mod seeds;
