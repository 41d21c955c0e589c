//! Decides when to ping a silent session, and when a silent session is dead.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::limits::Limits;

/// Watches a session for silence.
///
/// Asterisk runs one action at a time and sends nothing meanwhile: no event, no Pong. A synchronous `Originate` of 40 s
/// gave its first byte after 40.04 s on 16 and 22. A silent session is therefore dead only after the action that may be
/// running had its whole time, and `read_timeout` more.
#[derive(Debug)]
pub(super) struct Liveness {
    read_timeout: Duration,
    heartbeat_interval: Duration,
    last_byte: Instant,
    /// Actions that were sent and have no response yet, in order. Actions that ended without a response are included,
    /// since Asterisk may still be running them.
    unanswered: VecDeque<Unanswered>,
    /// Sequence of the unanswered heartbeat `Ping`, and when it was sent. The `Ping` is not in `unanswered`.
    ping: Option<(u64, Instant)>,
    /// Most entries in `unanswered`.
    unanswered_max: usize,
    last_round_trip: Option<Duration>,
}

/// An idle session keeps room for this many actions.
const KEPT_CAPACITY: usize = 64;

#[derive(Debug)]
struct Unanswered {
    sequence: u64,
    deadline: Instant,
    duration: Duration,
    /// Any input ends the action, even our own `Ping`: it is a `WaitEvent`.
    pings_end_it: bool,
}

impl Liveness {
    pub(super) fn new(limits: &Limits, now: Instant) -> Self {
        Self {
            read_timeout: limits.read_timeout,
            heartbeat_interval: limits.heartbeat_interval,
            unanswered_max: limits.pending_actions_max,
            last_byte: now,
            unanswered: VecDeque::new(),
            ping: None,
            last_round_trip: None,
        }
    }

    pub(super) fn on_bytes(&mut self, now: Instant) {
        self.last_byte = now;
    }

    pub(super) fn on_sent(&mut self, sequence: u64, duration: Duration, pings_end_it: bool, now: Instant) {
        // An action without an answer for this long will never get one, and must not accumulate.
        while self.unanswered.front().is_some_and(|oldest| oldest.deadline + self.read_timeout < now) {
            self.unanswered.pop_front();
        }
        if self.unanswered.len() >= self.unanswered_max
            && let Some(last) = self.unanswered.back_mut()
        {
            // More actions are unanswered than may be pending, so some were cancelled or timed out. The newest ones
            // share the last entry, and one answer removes them together.
            last.sequence = sequence;
            last.duration = last.duration.max(duration);
            last.deadline = last.deadline.max(now + duration);
            last.pings_end_it |= pings_end_it;
            return;
        }
        self.unanswered.push_back(Unanswered { sequence, deadline: now + duration, duration, pings_end_it });
    }

    /// Gives most memory of a session without unanswered actions back. The next actions may need it again, so it is done by
    /// the clock only.
    pub(super) fn shrink(&mut self) {
        if self.unanswered.is_empty() && self.unanswered.capacity() > KEPT_CAPACITY {
            self.unanswered = VecDeque::new();
        }
    }

    pub(super) fn on_ping_sent(&mut self, sequence: u64, now: Instant) {
        self.ping = Some((sequence, now));
    }

    /// A response came. Every action sent before is answered too, since Asterisk keeps the order.
    pub(super) fn on_response(&mut self, sequence: u64, now: Instant) {
        while self.unanswered.front().is_some_and(|oldest| oldest.sequence <= sequence) {
            self.unanswered.pop_front();
        }
        if let Some((_, sent)) = self.ping.take_if(|(ping, _)| *ping <= sequence) {
            self.last_round_trip = Some(now - sent);
        }
    }

    /// The action that Asterisk is running, as far as is known: actions are answered in order.
    pub(super) fn oldest_unanswered(&self) -> Option<u64> {
        self.unanswered.front().map(|oldest| oldest.sequence)
    }

    pub(super) fn last_round_trip(&self) -> Option<Duration> {
        self.last_round_trip
    }

    /// True if a `Ping` is due and none is unanswered. `has_room` is false while bytes wait to be written, since a
    /// `Ping` would only wait behind them.
    pub(super) fn wants_ping(&self, has_room: bool, now: Instant) -> bool {
        has_room && self.may_ping() && now >= self.last_byte + self.heartbeat_interval
    }

    pub(super) fn is_dead(&self, now: Instant) -> bool {
        now >= self.dead_at()
    }

    pub(super) fn next_deadline(&self, has_room: bool) -> Instant {
        let dead_at = self.dead_at();
        if has_room && self.may_ping() {
            dead_at.min(self.last_byte + self.heartbeat_interval)
        } else {
            dead_at
        }
    }

    fn may_ping(&self) -> bool {
        let is_waiting = self.unanswered.front().is_some_and(|oldest| oldest.pings_end_it);
        self.ping.is_none() && !is_waiting
    }

    /// Time at which a silent session is dead. A `Ping` always gets its full time for an answer. An owner that was away
    /// for long sends the overdue `Ping` first, and then waits as long as for a `Ping` sent in time.
    fn dead_at(&self) -> Instant {
        let asked =
            self.ping.map(|(_, sent)| sent + self.read_timeout.saturating_sub(self.heartbeat_interval));
        let silent_since = match self.unanswered.front() {
            Some(oldest) => (self.last_byte + oldest.duration).max(oldest.deadline),
            None => self.last_byte,
        };
        let silent_for_long = silent_since + self.read_timeout;
        asked.map_or(silent_for_long, |asked| asked.max(silent_for_long))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn liveness() -> (Liveness, Instant) {
        let now = Instant::now();
        (Liveness::new(&Limits::default(), now), now)
    }

    #[test]
    fn a_silent_session_is_pinged_once_and_then_dead() {
        let (mut liveness, start) = liveness();
        assert!(!liveness.wants_ping(true, start + 14 * SECOND));
        assert_eq!(liveness.next_deadline(true), start + 15 * SECOND);
        assert!(liveness.wants_ping(true, start + 15 * SECOND));
        assert!(!liveness.wants_ping(false, start + 15 * SECOND));
        assert_eq!(liveness.next_deadline(false), start + 30 * SECOND);
        liveness.on_ping_sent(1, start + 15 * SECOND);
        assert!(!liveness.wants_ping(true, start + 20 * SECOND));
        assert_eq!(liveness.next_deadline(true), start + 30 * SECOND);
        assert!(liveness.is_dead(start + 30 * SECOND) && !liveness.is_dead(start + 29 * SECOND));
    }

    #[test]
    fn a_ping_that_is_overdue_has_its_time_all_the_same() {
        let (mut liveness, start) = liveness();
        assert!(liveness.wants_ping(true, start + 300 * SECOND));
        liveness.on_ping_sent(1, start + 300 * SECOND);
        assert!(!liveness.is_dead(start + 314 * SECOND));
        assert!(liveness.is_dead(start + 315 * SECOND));
    }

    #[test]
    fn a_blocking_action_has_its_whole_time_before_silence_counts() {
        let (mut liveness, start) = liveness();
        liveness.on_sent(1, 45 * SECOND, false, start);
        liveness.on_ping_sent(2, start + 15 * SECOND);
        assert!(!liveness.is_dead(start + 74 * SECOND));
        assert!(liveness.is_dead(start + 75 * SECOND));
    }

    #[test]
    fn actions_sent_into_the_silence_do_not_put_death_off() {
        let (mut liveness, start) = liveness();
        for second in 0..60 {
            liveness.on_sent(u64::from(second) + 1, 30 * SECOND, false, start + second * SECOND);
        }
        assert!(liveness.is_dead(start + 60 * SECOND));
    }

    #[test]
    fn a_wait_event_is_not_ended_by_our_own_ping() {
        let (mut liveness, start) = liveness();
        liveness.on_sent(1, 60 * SECOND, true, start);
        assert!(!liveness.wants_ping(true, start + 20 * SECOND));
        assert_eq!(liveness.next_deadline(true), start + 90 * SECOND);
        liveness.on_response(1, start + 60 * SECOND);
        assert!(liveness.wants_ping(true, start + 61 * SECOND));
    }

    #[test]
    fn what_is_never_answered_does_not_pile_up() {
        let (mut liveness, start) = liveness();
        for second in 0..1_000 {
            liveness.on_bytes(start + second * SECOND);
            liveness.on_sent(u64::from(second) + 1, 10 * SECOND, false, start + second * SECOND);
        }
        assert!(liveness.unanswered.len() <= 41, "{}", liveness.unanswered.len());
    }

    #[test]
    fn what_is_given_up_and_never_answered_takes_no_more_places_than_may_be_pending() {
        let start = Instant::now();
        let mut liveness = Liveness::new(&Limits { pending_actions_max: 3, ..Limits::default() }, start);
        for sequence in 1..=100 {
            liveness.on_sent(sequence, u32::try_from(sequence).unwrap() * SECOND, false, start);
        }
        assert_eq!(liveness.unanswered.len(), 3);
        liveness.on_response(2, start);
        assert!(!liveness.is_dead(start + 129 * SECOND) && liveness.is_dead(start + 130 * SECOND));
        liveness.on_response(100, start);
        assert!(liveness.unanswered.is_empty());
    }

    #[test]
    fn the_second_of_two_blocking_actions_has_its_time_after_the_first() {
        let (mut liveness, start) = liveness();
        liveness.on_sent(1, 45 * SECOND, false, start);
        liveness.on_sent(2, 45 * SECOND, false, start);
        liveness.on_bytes(start + 40 * SECOND);
        liveness.on_response(1, start + 40 * SECOND);
        assert!(!liveness.is_dead(start + 114 * SECOND));
        assert!(liveness.is_dead(start + 115 * SECOND));
    }

    #[test]
    fn an_answer_ends_everything_before_it_and_gives_the_round_trip() {
        let (mut liveness, start) = liveness();
        liveness.on_sent(1, 45 * SECOND, false, start);
        liveness.on_ping_sent(2, start + SECOND);
        liveness.on_bytes(start + 3 * SECOND);
        liveness.on_response(2, start + 3 * SECOND);
        assert_eq!(liveness.last_round_trip(), Some(2 * SECOND));
        assert!(liveness.is_dead(start + 33 * SECOND));
    }
}
