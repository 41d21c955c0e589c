//! The delay before the next connect: exponential backoff with full jitter.

use std::time::Duration;

/// A random delay between zero and a ceiling. The ceiling is `min`, doubled for each failed attempt after the
/// first, and at most `max`. Full jitter spreads the reconnects of a cluster whose sessions were lost at the
/// same time.
pub(super) fn backoff(attempt: u32, min: Duration, max: Duration, random: &mut fastrand::Rng) -> Duration {
    let doublings = attempt.saturating_sub(1).min(30);
    let ceiling = min.saturating_mul(1 << doublings).min(max);
    ceiling.mul_f64(random.f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIN: Duration = Duration::from_millis(500);
    const MAX: Duration = Duration::from_secs(30);

    #[test]
    fn the_ceiling_doubles_to_the_cap() {
        let mut random = fastrand::Rng::with_seed(1);
        for (attempt, ceiling) in [(1, 0.5), (2, 1.0), (3, 2.0), (6, 16.0), (7, 30.0), (4_000_000_000, 30.0)]
        {
            let longest =
                (0..2_000).map(|_| backoff(attempt, MIN, MAX, &mut random).as_secs_f64()).fold(0.0, f64::max);
            assert!(longest <= ceiling && longest > ceiling * 0.98, "attempt {attempt}: {longest}");
        }
    }

    #[test]
    fn the_delays_are_spread_evenly() {
        for seed in 0..20 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut tenths = [0_u32; 10];
            for _ in 0..10_000 {
                let share = backoff(9, MIN, MAX, &mut random).as_secs_f64() / 30.0;
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 9")]
                let tenth = (share * 10.0) as usize;
                tenths[tenth.min(9)] += 1;
            }
            assert!(tenths.iter().all(|&count| (850..=1_150).contains(&count)), "seed {seed}: {tenths:?}");
        }
    }
}
