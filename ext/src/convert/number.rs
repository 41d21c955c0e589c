//! Numbers and times as PHP has them.

use std::time::Duration;

use super::errors::value_error;
use crate::zend::PhpResult;

/// Numbers of PHP end at 2^63.
pub(crate) fn to_int(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
}

/// Unix time as PHP's `microtime(true)` makes it.
pub(crate) fn microseconds(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds have less than 53 bits for a long time")]
    let seconds = time.as_secs() as f64;
    seconds + f64::from(time.subsec_micros()) / 1e6
}

/// Seconds of a parameter; None for infinity.
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
