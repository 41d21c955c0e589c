//! Conversion of numbers and times.

use std::time::Duration;

use super::errors::value_error;
use crate::zend::PhpResult;

/// Converts to a PHP int. A number that is too large becomes `PHP_INT_MAX`.
pub(crate) fn to_int(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Unix time in seconds, with microseconds, as `microtime(true)` returns it.
pub(crate) fn microseconds(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds have less than 53 bits for a long time")]
    let seconds = time.as_secs() as f64;
    seconds + f64::from(time.subsec_micros()) / 1e6
}

/// Converts a parameter in seconds. Infinity, and a number beyond the longest duration, gives None.
pub(crate) fn duration(method: &str, number: u32, name: &str, seconds: f64) -> PhpResult<Option<Duration>> {
    if seconds == f64::INFINITY {
        return Ok(None);
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) => Ok(Some(duration)),
        Err(_) if seconds > 0.0 => Ok(None),
        Err(_) => Err(value_error(&format!(
            "{method}(): Argument #{number} (${name}) must be a number of seconds, 0 or more"
        ))),
    }
}
