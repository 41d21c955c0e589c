//! Decides whether and when one server is connected again: breaker, backoff, and the memory of the last loss.

use std::time::{Duration, Instant};

use super::backoff::backoff;
use super::breaker::Breaker;
use crate::limits::Limits;
use crate::vocabulary::{BreakerState, DisconnectReason, Timestamp};

/// A session that was Ready for this long was stable: after its loss the backoff starts again from its shortest
/// delay.
const STABLE_AFTER: Duration = Duration::from_secs(10);

/// The history of a server's connects, and the plan for the next one.
#[derive(Debug)]
pub(super) struct Supervisor {
    /// The user wants the server open.
    wanted: bool,
    breaker: Breaker,
    /// Failed attempts in a row.
    attempt: u32,
    plan: Plan,
    ready_since: Option<Instant>,
    last_disconnect: Option<DisconnectReason>,
    sessions: u64,
    delay_min: Duration,
    delay_max: Duration,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    /// No connect is planned.
    Rest,
    /// A connect at this time.
    Retry { at: Timestamp },
    /// A connect as soon as the budget allows.
    Queued,
    /// A session is under way.
    Busy,
}

/// The consequences of a session's end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Aftermath {
    /// The next connect; `None` if the user does not want the server open.
    pub(super) retry: Option<Retry>,
    /// The state of the breaker before and after.
    pub(super) breaker: (BreakerState, BreakerState),
}

/// A planned connect.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Retry {
    pub(super) delay: Duration,
    pub(super) at: Timestamp,
}

impl Supervisor {
    pub(super) fn new(limits: &Limits) -> Self {
        Self {
            wanted: false,
            breaker: Breaker::new(limits),
            attempt: 0,
            plan: Plan::Rest,
            ready_since: None,
            last_disconnect: None,
            sessions: 0,
            delay_min: limits.reconnect_delay_min,
            delay_max: limits.reconnect_delay_max,
        }
    }

    /// Notes that the user wants the server open, without delay. True if the caller must queue a connect.
    pub(super) fn open(&mut self) -> bool {
        self.wanted = true;
        match self.plan {
            Plan::Rest | Plan::Retry { .. } => {
                self.plan = Plan::Queued;
                true
            }
            Plan::Queued | Plan::Busy => false,
        }
    }

    /// Notes that the user wants the server closed.
    pub(super) fn close(&mut self) {
        self.wanted = false;
        if self.plan != Plan::Busy {
            self.plan = Plan::Rest;
        }
    }

    /// Turns the planned connect into a queued one if its time has come. True if the caller must queue a connect.
    pub(super) fn is_due(&mut self, now: Instant) -> bool {
        match self.plan {
            Plan::Retry { at } if at.at <= now => {
                self.plan = Plan::Queued;
                true
            }
            Plan::Rest | Plan::Retry { .. } | Plan::Queued | Plan::Busy => false,
        }
    }

    /// Postpones a queued connect to `at`.
    pub(super) fn put_off(&mut self, at: Timestamp) {
        if self.plan == Plan::Queued {
            self.plan = Plan::Retry { at };
        }
    }

    /// Starts the queued connect, whose turn in the budget has come. Returns the state of the breaker before
    /// and after; `None` if the connect is not wanted any more.
    pub(super) fn start(&mut self) -> Option<(BreakerState, BreakerState)> {
        if self.plan != Plan::Queued {
            return None;
        }
        self.plan = Plan::Busy;
        let before = self.breaker.state();
        self.breaker.on_attempt();
        Some((before, self.breaker.state()))
    }

    /// Notes that the session is Ready. Returns the state of the breaker before and after.
    pub(super) fn on_ready(&mut self, now: Instant) -> (BreakerState, BreakerState) {
        let before = self.breaker.state();
        self.breaker.on_success();
        self.ready_since = Some(now);
        self.sessions += 1;
        (before, self.breaker.state())
    }

    /// Notes that a session ended, or that a connect failed.
    pub(super) fn on_end(
        &mut self,
        why: DisconnectReason,
        now: Timestamp,
        random: &mut fastrand::Rng,
    ) -> Aftermath {
        self.last_disconnect = Some(why);
        self.plan = Plan::Rest;
        let before = self.breaker.state();
        match self.ready_since.take() {
            Some(since) if now.at >= since + STABLE_AFTER => self.attempt = 0,
            Some(_) => {}
            None if why == DisconnectReason::Requested => {}
            None => self.breaker.on_failure(why == DisconnectReason::AuthFailed, now.at),
        }
        if !self.wanted {
            self.attempt = 0;
            return Aftermath { retry: None, breaker: (before, self.breaker.state()) };
        }
        // The user closed the server, and opened it again before the logoff ended. Nothing failed, so there is
        // no backoff.
        let is_reopened = why == DisconnectReason::Requested;
        self.attempt = if is_reopened { 0 } else { self.attempt.saturating_add(1) };
        let delay = match self.breaker.open_until() {
            Some(until) => until.saturating_duration_since(now.at),
            None if is_reopened => Duration::ZERO,
            None => backoff(self.attempt, self.delay_min, self.delay_max, random),
        };
        let at = now.plus(delay);
        self.plan = Plan::Retry { at };
        Aftermath { retry: Some(Retry { delay, at }), breaker: (before, self.breaker.state()) }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        self.next_retry().map(|at| at.at)
    }

    pub(super) fn next_retry(&self) -> Option<Timestamp> {
        match self.plan {
            Plan::Retry { at } => Some(at),
            Plan::Rest | Plan::Queued | Plan::Busy => None,
        }
    }

    /// A session is under way, as far as the supervisor knows.
    pub(super) fn is_busy(&self) -> bool {
        self.plan == Plan::Busy
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.wanted
    }

    pub(super) fn breaker(&self) -> &Breaker {
        &self.breaker
    }

    pub(super) fn attempt(&self) -> u32 {
        self.attempt
    }

    pub(super) fn last_disconnect(&self) -> Option<DisconnectReason> {
        self.last_disconnect
    }

    /// Number of sessions after the first. Only sessions that became Ready count: a server that stays down does
    /// not flap.
    pub(super) fn reconnects(&self) -> u64 {
        self.sessions.saturating_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn supervisor() -> (Supervisor, Timestamp, fastrand::Rng) {
        (Supervisor::new(&Limits::default()), Timestamp::zero(), fastrand::Rng::with_seed(3))
    }

    #[test]
    fn nothing_connects_by_itself_and_open_does_not_wait() {
        let (mut supervisor, now, mut random) = supervisor();
        assert_eq!(supervisor.next_deadline(), None);
        assert_eq!(supervisor.start(), None);
        assert!(supervisor.open() && !supervisor.open());
        assert!(supervisor.start().is_some());
        supervisor.on_end(DisconnectReason::Refused, now, &mut random);
        assert!(supervisor.next_deadline().is_some());
        assert!(supervisor.open());
        assert_eq!(supervisor.next_deadline(), None);
    }

    #[test]
    fn a_closed_server_is_not_connected_again() {
        let (mut supervisor, now, mut random) = supervisor();
        supervisor.open();
        supervisor.start();
        supervisor.on_ready(now.at);
        supervisor.close();
        assert_eq!(supervisor.on_end(DisconnectReason::Requested, now, &mut random).retry, None);
        assert_eq!(supervisor.next_deadline(), None);
    }

    #[test]
    fn a_server_opened_again_while_it_says_goodbye_is_connected_at_once() {
        let (mut supervisor, now, mut random) = supervisor();
        supervisor.open();
        supervisor.start();
        supervisor.on_ready(now.at);
        supervisor.close();
        supervisor.open();
        let aftermath = supervisor.on_end(DisconnectReason::Requested, now, &mut random);
        assert_eq!(aftermath.retry.map(|retry| retry.delay), Some(Duration::ZERO));
        assert_eq!(supervisor.attempt(), 0);
    }

    #[test]
    fn a_stable_session_resets_the_backoff_and_a_flapping_one_does_not() {
        let (mut supervisor, mut now, mut random) = supervisor();
        for (ready_for, attempt) in [(1, 1), (1, 2), (1, 3), (20, 1), (1, 2)] {
            supervisor.open();
            supervisor.start();
            supervisor.on_ready(now.at);
            now = now.plus(Duration::from_secs(ready_for));
            supervisor.on_end(DisconnectReason::PeerClosed, now, &mut random);
            assert_eq!(supervisor.attempt(), attempt);
        }
    }

    #[test]
    fn a_session_after_the_first_is_a_reconnect_and_a_try_that_fails_is_none() {
        let (mut supervisor, now, mut random) = supervisor();
        let mut seen = Vec::new();
        for is_ready in [false, true, false, false, true, true] {
            supervisor.open();
            supervisor.start();
            if is_ready {
                supervisor.on_ready(now.at);
            }
            supervisor.on_end(DisconnectReason::PeerClosed, now, &mut random);
            seen.push(supervisor.reconnects());
        }
        assert_eq!(seen, [0, 0, 0, 0, 1, 2]);
    }

    #[test]
    fn while_the_breaker_is_open_its_cooldown_replaces_the_backoff() {
        let (mut supervisor, now, mut random) = supervisor();
        supervisor.open();
        supervisor.start();
        let aftermath = supervisor.on_end(DisconnectReason::AuthFailed, now, &mut random);
        assert_eq!(aftermath.breaker, (BreakerState::Closed, BreakerState::Open));
        assert_eq!(aftermath.retry.unwrap().delay, Duration::from_secs(30));
        assert!(supervisor.open(), "open() tries now");
        assert_eq!(supervisor.start(), Some((BreakerState::Open, BreakerState::HalfOpen)));
    }
}
