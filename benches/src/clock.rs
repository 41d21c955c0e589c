//! Wall time, the processor time of this process, and the JSON line that reports both.

use std::fmt::Write;
use std::time::{Duration, Instant};

use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};

/// Wall and processor time since its start.
pub(crate) struct Stopwatch {
    began: Instant,
    processor: Duration,
}

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self { began: Instant::now(), processor: processor() }
    }

    /// The elapsed seconds of wall time and of processor time.
    pub(crate) fn stop(&self) -> (f64, f64) {
        (self.began.elapsed().as_secs_f64(), processor().saturating_sub(self.processor).as_secs_f64())
    }
}

/// Unix time in nanoseconds. The process on the other side of a socket reads the same clock.
pub(crate) fn unix_nanos() -> i64 {
    clock_gettime(ClockId::CLOCK_REALTIME).map_or(0, |now| now.tv_sec() * 1_000_000_000 + now.tv_nsec())
}

/// Prints a measurement as one line: `{"name": …, "count": …, …}`.
pub(crate) fn report(numbers: &[(&str, f64)]) {
    let mut line = String::from("{");
    for (name, number) in numbers {
        let comma = if line.len() > 1 { ", " } else { "" };
        let _ = write!(line, "{comma}\"{name}\": {number}");
    }
    println!("{line}}}");
}

/// User and system time of all threads of this process.
fn processor() -> Duration {
    let spent = |time: nix::sys::time::TimeVal| {
        Duration::from_secs(u64::try_from(time.tv_sec()).unwrap_or_default())
            + Duration::from_micros(u64::try_from(time.tv_usec()).unwrap_or_default())
    };
    getrusage(UsageWho::RUSAGE_SELF)
        .map_or(Duration::ZERO, |usage| spent(usage.user_time()) + spent(usage.system_time()))
}
