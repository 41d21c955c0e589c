//! The circuit breaker of one server: how long the client makes no connect after failures.

use std::time::{Duration, Instant};

use crate::limits::{Limits, REFUSED_LOGIN_COOLDOWN_MAX};
use crate::vocabulary::BreakerState;

/// ```text
///            failures_max in a row, or a refused login
///    Closed ─────────────────────────────────────────▶ Open ◀──────────┐
///      ▲                                                │ cooldown over, │ the last probe failed
///      │                a probe reached Ready           ▼ or open()      │
///      └──────────────────────────────────────────── HalfOpen ──────────┘
/// ```
#[derive(Debug)]
pub(super) struct Breaker {
    position: Position,
    failures_max: u32,
    probes_max: u32,
    cooldown: Duration,
    failures: u32,
    /// Refused logins in a row. Each one doubles the cooldown, because servers may count refused logins and
    /// block the client.
    refusals: u32,
}

#[derive(Debug, PartialEq, Eq)]
enum Position {
    Closed,
    Open { until: Instant },
    HalfOpen { probes: u32 },
}

impl Breaker {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            position: Position::Closed,
            failures_max: limits.breaker_failures_max,
            probes_max: limits.breaker_probes_max,
            cooldown: limits.breaker_cooldown,
            failures: 0,
            refusals: 0,
        }
    }

    pub(super) fn state(&self) -> BreakerState {
        match self.position {
            Position::Closed => BreakerState::Closed,
            Position::Open { .. } => BreakerState::Open,
            Position::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    pub(super) fn failures(&self) -> u32 {
        self.failures
    }

    /// While the breaker is open: the time until which no connect is tried.
    pub(super) fn open_until(&self) -> Option<Instant> {
        match self.position {
            Position::Open { until } => Some(until),
            Position::Closed | Position::HalfOpen { .. } => None,
        }
    }

    /// Notes that a connect starts. If the breaker is open, this connect is a probe.
    pub(super) fn on_attempt(&mut self) {
        match &mut self.position {
            Position::Closed => {}
            Position::Open { .. } => self.position = Position::HalfOpen { probes: 1 },
            Position::HalfOpen { probes } => *probes += 1,
        }
    }

    /// Notes that the session reached Ready.
    pub(super) fn on_success(&mut self) {
        self.position = Position::Closed;
        self.failures = 0;
        self.refusals = 0;
    }

    /// Notes that a connect failed.
    pub(super) fn on_failure(&mut self, login_refused: bool, now: Instant) {
        self.failures = self.failures.saturating_add(1);
        self.refusals = if login_refused { self.refusals.saturating_add(1) } else { 0 };
        let opens = match self.position {
            Position::Closed => login_refused || self.failures >= self.failures_max,
            Position::HalfOpen { probes } => login_refused || probes >= self.probes_max,
            Position::Open { .. } => false,
        };
        if opens {
            self.position = Position::Open { until: now + self.current_cooldown() };
        }
    }

    /// How long the breaker would stay open if it opened now.
    pub(super) fn current_cooldown(&self) -> Duration {
        let doublings = self.refusals.saturating_sub(1).min(20);
        let longest = REFUSED_LOGIN_COOLDOWN_MAX.max(self.cooldown);
        self.cooldown.saturating_mul(1 << doublings).min(longest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COOLDOWN: Duration = Duration::from_secs(30);

    fn breaker() -> (Breaker, Instant) {
        (Breaker::new(&Limits { breaker_probes_max: 2, ..Limits::default() }), Instant::now())
    }

    #[test]
    fn it_opens_at_its_threshold_and_closes_with_a_probe_that_succeeds() {
        let (mut breaker, now) = breaker();
        for _ in 0..4 {
            breaker.on_failure(false, now);
        }
        assert_eq!(breaker.state(), BreakerState::Closed);
        breaker.on_failure(false, now);
        assert_eq!(breaker.open_until(), Some(now + COOLDOWN));
        breaker.on_attempt();
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        breaker.on_success();
        assert_eq!((breaker.state(), breaker.failures()), (BreakerState::Closed, 0));
    }

    #[test]
    fn it_opens_again_after_its_last_probe() {
        let (mut breaker, now) = breaker();
        breaker.on_failure(true, now);
        breaker.on_attempt();
        breaker.on_failure(false, now);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        breaker.on_attempt();
        breaker.on_failure(false, now);
        assert_eq!(breaker.state(), BreakerState::Open);
    }

    #[test]
    fn a_refused_login_opens_it_at_once_and_each_further_one_doubles_the_cooldown_to_a_cap() {
        let (mut breaker, now) = breaker();
        let mut cooldowns = Vec::new();
        for _ in 0..8 {
            breaker.on_attempt();
            breaker.on_failure(true, now);
            cooldowns.push(breaker.open_until().unwrap().duration_since(now).as_secs());
        }
        assert_eq!(cooldowns, [30, 60, 120, 240, 480, 900, 900, 900]);
    }
}
