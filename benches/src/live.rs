//! Resident memory of live models.

use std::time::{Duration, Instant};
use std::{fs, io};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Live, Moment};

use crate::clock::report;
use crate::talk::talk;

const CALLS: usize = 10_000;
const SERVERS: usize = 500;
const CALLS_OF_A_SERVER: usize = 50;

/// Prints the bytes of a channel among many of one server, and those of many servers with few channels each.
pub(crate) fn memory() -> io::Result<()> {
    let at = Moment { now: Instant::now(), unix: Duration::from_secs(1_795_420_660) };
    // The first model pays for the buffers of the allocator.
    drop(talking(CALLS_OF_A_SERVER, at));
    let before = resident()?;
    let live = talking(CALLS, at);
    let one = resident()?.saturating_sub(before);
    drop(live);
    let before = resident()?;
    let servers: Vec<_> = (0..SERVERS).map(|_| talking(CALLS_OF_A_SERVER, at)).collect();
    let cluster = resident()?.saturating_sub(before);
    drop(servers);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    report(&[("channel", one as f64 / (2 * CALLS) as f64), ("cluster", cluster as f64)]);
    Ok(())
}

fn talking(calls: usize, at: Moment) -> Live {
    let mut live = Live::new(&LiveLimits::default(), 1);
    live.on_ready(false, at);
    (0..calls).for_each(|call| talk(&mut live, call, at));
    live
}

/// Resident bytes of this process that are no file's.
fn resident() -> io::Result<usize> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok());
    kilobytes.map(|kilobytes| kilobytes * 1_024).ok_or_else(|| io::Error::other("no RssAnon"))
}
