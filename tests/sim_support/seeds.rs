//! Seeds of simulations: which to run, and what a failed one says.

use std::{env, thread};

/// What was done, for whoever has to find out why it failed.
pub(crate) struct EventLog {
    seed: u64,
    shown: usize,
    pub(crate) entries: Vec<String>,
}

impl EventLog {
    /// The last `shown` entries are printed where the seed fails.
    pub(crate) fn new(seed: u64, shown: usize) -> Self {
        Self { seed, shown, entries: Vec::new() }
    }
}

impl Drop for EventLog {
    fn drop(&mut self) {
        if thread::panicking() {
            for entry in self.entries.iter().rev().take(self.shown).rev() {
                eprintln!("  {entry}");
            }
            eprintln!("seed {} failed, replay: make sim SEED={}", self.seed, self.seed);
        }
    }
}

/// The one seed that is to be replayed.
pub(crate) fn replayed() -> Option<u64> {
    number("AMI_SIM_SEED")
}

/// How many seeds are asked for.
pub(crate) fn wanted() -> Option<u64> {
    number("AMI_SIM_SEEDS")
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}
