//! The server's wall clock. It follows the instants that the caller passes in.

use std::time::{Duration, Instant};

/// Converts instants to Unix time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    start: Instant,
    unix_start: Duration,
}

impl Clock {
    pub(crate) fn new(start: Instant, unix_start: Duration) -> Self {
        Self { start, unix_start }
    }

    pub(crate) fn unix(&self, now: Instant) -> Duration {
        self.unix_start + now.saturating_duration_since(self.start)
    }

    /// Unix time in seconds with six decimals, as in the `Timestamp` header.
    pub(crate) fn timestamp(&self, now: Instant) -> String {
        let unix = self.unix(now);
        format!("{}.{:06}", unix.as_secs(), unix.subsec_micros())
    }

    /// UTC in whole seconds, such as `2026-11-23T07:58:27`.
    pub(crate) fn date_time(&self, now: Instant) -> String {
        let seconds = self.unix(now).as_secs();
        let (year, month, day) = civil(seconds / 86_400);
        let (hour, minute) = (seconds / 3_600 % 24, seconds / 60 % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}", seconds % 60)
    }
}

/// Year, month and day of a day counted from 1970-01-01. The calculation uses eras of 400 years, and years
/// that begin in March, so that the leap day is the last day of a year.
fn civil(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    (year, month, day_of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_written_as_asterisk_writes_it() {
        let start = Instant::now();
        let clock = Clock::new(start, Duration::from_secs(1_795_420_707));
        assert_eq!(clock.timestamp(start + Duration::from_micros(559_930)), "1795420707.559930");
        assert_eq!(clock.date_time(start), "2026-11-23T07:58:27");
        assert_eq!(
            Clock::new(start, Duration::from_secs(951_782_400)).date_time(start),
            "2000-02-29T00:00:00"
        );
    }
}
