//! Servers in memory, for tests of programs.

pub(crate) mod network;
pub(crate) mod scripted_answer;
pub(crate) mod stage;
pub(crate) mod truth;
