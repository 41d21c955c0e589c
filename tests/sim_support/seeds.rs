//! Seeds of simulations: which seeds run, and the output of a failed one.

use std::{env, thread};

/// The steps of a run, printed if the run fails.
pub(crate) struct EventLog {
    seed: u64,
    shown: usize,
    pub(crate) entries: Vec<String>,
}

impl EventLog {
    /// A log for a seed. If the seed fails, the last `shown` entries are printed.
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

/// The only seed to run, from `AMI_SIM_SEED`.
pub(crate) fn replayed() -> Option<u64> {
    number("AMI_SIM_SEED")
}

/// The number of seeds to run, from `AMI_SIM_SEEDS`.
pub(crate) fn wanted() -> Option<u64> {
    number("AMI_SIM_SEEDS")
}

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}
