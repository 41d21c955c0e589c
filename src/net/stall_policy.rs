//! Decides when the stall guard runs a step for the owner, without a clock, a thread or a descriptor.

use std::time::{Duration, Instant};

/// ```text
/// state     condition                               next state
/// Idle      there is work, or a deadline passed     Clock
/// Clock     the owner came or left meanwhile        Clock, from the owner's last step on
///           the owner is inside a step              Clock if there is work, else Idle
///           the owner is away, work is known        Holding
///           the owner is away, no work is known     Look
/// Look      the owner came or left meanwhile        Clock
///           there is work                           Holding
///           there is no work                        Idle
/// Holding   the owner came or left meanwhile        Clock
///           the owner holds the client, no step     Holding, after a longer wait each time
/// ```
///
/// `Clock` is left only when its time is over.
///
/// While the owner comes and goes, the guard does not wait on the descriptor. Such a wait would be woken by
/// every piece of input that the owner is about to read anyway.
#[derive(Debug)]
pub(super) struct StallPolicy {
    stall: Duration,
    phase: Phase,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// The guard waits for work.
    Idle { has_work: bool },
    /// The owner is given time to come. `has_work` is valid only until the owner comes, who may do that work.
    Clock { presence: u64, until: Instant, has_work: bool },
    /// The owner stays away. The guard checks whether there is work.
    Look { presence: u64, has_work: bool },
    /// The owner stays away, and the guard runs the steps.
    Holding { presence: u64, has_work: bool, refusal: Option<Refusal> },
}

/// The owner held the client without running a step, so the guard could not run one either.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refusal {
    /// The guard does not try again before this time.
    until: Instant,
    wait: Duration,
}

/// The wait after a first refused try. Calls of the owner that do not step usually take less.
const REFUSED_FIRST: Duration = Duration::from_millis(1);

/// The activity of the owner, as the guard sees it.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnerActivity {
    /// Odd while the owner is inside a step; changes whenever a step begins or ends.
    pub(super) presence: u64,
    /// When the owner last ran a step.
    pub(super) stepped_at: Instant,
}

/// The next action of the guard.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum GuardAction {
    /// Wait for the client's descriptor, or until the client's deadline; then call `on_wake`.
    WaitForWork { until: Option<Instant> },
    /// Check the descriptor without waiting; then call `on_wake`.
    Look,
    /// Wait until this time, without watching the descriptor.
    WaitForOwner { until: Instant },
    /// Run a step; then call `on_guard_step`.
    Step,
}

impl StallPolicy {
    pub(super) fn new(stall: Duration) -> Self {
        Self { stall, phase: Phase::Idle { has_work: false } }
    }

    /// Decides the guard's next action. `deadline` is the client's next deadline.
    pub(super) fn next(
        &mut self,
        owner: OwnerActivity,
        deadline: Option<Instant>,
        now: Instant,
    ) -> GuardAction {
        let is_due = deadline.is_some_and(|deadline| deadline <= now);
        let OwnerActivity { presence, stepped_at } = owner;
        let is_inside = !presence.is_multiple_of(2);
        match self.phase {
            Phase::Idle { has_work } if has_work || is_due => self.give_time(presence, true, now),
            Phase::Clock { until, .. } if now < until => GuardAction::WaitForOwner { until },
            Phase::Clock { presence: before, .. } if before != presence => {
                // The owner has been away since its last step, which may be a whole stall ago.
                self.give_time(presence, false, if is_inside { now } else { stepped_at });
                self.next(owner, deadline, now)
            }
            // The owner may be waiting inside its step for the input that has just arrived.
            Phase::Clock { has_work, .. } if is_inside && (has_work || is_due) => {
                self.give_time(presence, true, now)
            }
            Phase::Clock { .. } if is_inside => self.wait_for_work(deadline),
            Phase::Clock { has_work, .. } if has_work || is_due => self.hold(presence),
            Phase::Clock { .. } => {
                self.phase = Phase::Look { presence, has_work: false };
                GuardAction::Look
            }
            // The input that woke the guard may have just arrived, and the owner may be about to read it.
            Phase::Look { presence: before, .. } | Phase::Holding { presence: before, .. }
                if before != presence =>
            {
                self.give_time(presence, false, now)
            }
            Phase::Look { has_work, .. } if has_work || is_due => self.hold(presence),
            Phase::Look { .. } => self.wait_for_work(deadline),
            Phase::Holding { refusal: Some(Refusal { until, .. }), .. } if now < until => {
                GuardAction::WaitForOwner { until }
            }
            Phase::Holding { has_work, .. } if has_work || is_due => GuardAction::Step,
            Phase::Idle { .. } | Phase::Holding { .. } => GuardAction::WaitForWork { until: deadline },
        }
    }

    fn give_time(&mut self, presence: u64, has_work: bool, from: Instant) -> GuardAction {
        let until = from + self.stall;
        self.phase = Phase::Clock { presence, until, has_work };
        GuardAction::WaitForOwner { until }
    }

    fn hold(&mut self, presence: u64) -> GuardAction {
        self.phase = Phase::Holding { presence, has_work: true, refusal: None };
        GuardAction::Step
    }

    fn wait_for_work(&mut self, deadline: Option<Instant>) -> GuardAction {
        self.phase = Phase::Idle { has_work: false };
        GuardAction::WaitForWork { until: deadline }
    }

    /// Notes that the wait for work, or the check for it, is over.
    pub(super) fn on_wake(&mut self, is_ready: bool) {
        match &mut self.phase {
            Phase::Idle { has_work } | Phase::Look { has_work, .. } | Phase::Holding { has_work, .. } => {
                *has_work |= is_ready;
            }
            Phase::Clock { .. } => {}
        }
    }

    /// Notes that the step is over, and whether more work is left. `more` is `None` if the owner held the
    /// client. If the owner held it for a step, its presence changes; otherwise the guard tries again later.
    pub(super) fn on_guard_step(&mut self, more: Option<bool>, now: Instant) {
        let Phase::Holding { has_work, refusal, .. } = &mut self.phase else { return };
        *has_work = more.unwrap_or(true);
        *refusal = more.is_none().then(|| {
            let wait = refusal.map_or(REFUSED_FIRST, |before| before.wait * 2).min(self.stall);
            Refusal { until: now + wait, wait }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STALL: Duration = Duration::from_millis(25);

    struct Fixture {
        stall_policy: StallPolicy,
        now: Instant,
        presence: u64,
        stepped_at: Instant,
        deadline: Option<Instant>,
    }

    impl Fixture {
        fn new() -> Self {
            let now = Instant::now();
            Self { stall_policy: StallPolicy::new(STALL), now, presence: 0, stepped_at: now, deadline: None }
        }

        fn next(&mut self) -> GuardAction {
            let owner = OwnerActivity { presence: self.presence, stepped_at: self.stepped_at };
            self.stall_policy.next(owner, self.deadline, self.now)
        }

        /// The owner runs a step and leaves.
        fn step(&mut self) {
            self.presence += 2;
            self.stepped_at = self.now;
        }

        /// Work arrives, and the guard gives the owner time.
        fn work_comes(&mut self) {
            assert_eq!(self.next(), GuardAction::WaitForWork { until: self.deadline });
            self.stall_policy.on_wake(true);
            assert_eq!(self.next(), GuardAction::WaitForOwner { until: self.now + STALL });
        }
    }

    #[test]
    fn an_idle_guard_waits_without_end() {
        let mut fixture = Fixture::new();
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: None });
        fixture.stall_policy.on_wake(false);
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: None });
    }

    #[test]
    fn an_owner_who_stays_away_for_the_whole_stall_is_stepped_for() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.stall_policy.on_guard_step(Some(true), fixture.now);
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.stall_policy.on_guard_step(Some(false), fixture.now);
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: None });
        fixture.stall_policy.on_wake(true);
        assert_eq!(fixture.next(), GuardAction::Step, "without another stall");
    }

    #[test]
    fn an_owner_who_comes_in_time_or_later_has_it_back() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.now += STALL;
        fixture.step();
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });

        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Look);
        fixture.stall_policy.on_wake(true);
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.stall_policy.on_guard_step(Some(true), fixture.now);
        fixture.presence += 1;
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
    }

    #[test]
    fn an_owner_who_came_once_is_away_since_then() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.now += STALL / 2;
        fixture.step();
        fixture.now += STALL / 2;
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.stepped_at + STALL });
        fixture.now = fixture.stepped_at + STALL;
        assert_eq!(fixture.next(), GuardAction::Look);
        fixture.stall_policy.on_wake(true);
        assert_eq!(fixture.next(), GuardAction::Step);
    }

    #[test]
    fn an_owner_who_keeps_coming_is_looked_at_by_the_clock_alone() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        for _ in 0..10 {
            fixture.now += STALL;
            fixture.step();
            assert_eq!(
                fixture.next(),
                GuardAction::WaitForOwner { until: fixture.now + STALL },
                "not for the descriptor"
            );
        }
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Look, "one look");
        fixture.stall_policy.on_wake(false);
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: None }, "idle again");
    }

    #[test]
    fn an_owner_who_comes_during_the_look_is_not_stepped_for() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.step();
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Look);
        fixture.step();
        fixture.stall_policy.on_wake(true);
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
    }

    #[test]
    fn an_owner_who_came_while_the_guard_waited_has_its_time_for_what_comes_then() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.stall_policy.on_guard_step(Some(false), fixture.now);
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: None });
        fixture.step();
        fixture.now += 10 * STALL;
        fixture.stall_policy.on_wake(true);
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Look, "what woke it may have been read by the owner");
    }

    #[test]
    fn what_is_due_needs_no_look() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.step();
        fixture.now += STALL;
        fixture.deadline = Some(fixture.now);
        assert_eq!(fixture.next(), GuardAction::Step);
    }

    #[test]
    fn an_owner_inside_is_not_away_however_long_it_stays() {
        let mut fixture = Fixture::new();
        fixture.presence = 1;
        fixture.work_comes();
        for _ in 0..3 {
            fixture.now += STALL;
            assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
        }
    }

    #[test]
    fn an_owner_who_waits_inside_needs_no_clock() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.presence = 3;
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: None });
    }

    #[test]
    fn a_deadline_is_work_too() {
        let mut fixture = Fixture::new();
        fixture.deadline = Some(fixture.now + 10 * STALL);
        assert_eq!(fixture.next(), GuardAction::WaitForWork { until: fixture.deadline });
        fixture.stall_policy.on_wake(false);
        fixture.now += 10 * STALL;
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Step);
    }

    #[test]
    fn an_owner_who_only_asks_does_not_end_the_holding() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.now += STALL;
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.stall_policy.on_guard_step(None, fixture.now);
        fixture.now += REFUSED_FIRST;
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.presence = 3;
        fixture.stall_policy.on_guard_step(None, fixture.now);
        assert_eq!(fixture.next(), GuardAction::WaitForOwner { until: fixture.now + STALL });
    }

    #[test]
    fn a_client_that_is_held_for_long_is_tried_ever_more_seldom_until_it_is_free() {
        let mut fixture = Fixture::new();
        fixture.work_comes();
        fixture.now += STALL;
        let mut tries = 0;
        let end = fixture.now + 40 * STALL;
        while fixture.now < end {
            match fixture.next() {
                GuardAction::Step => fixture.stall_policy.on_guard_step(None, fixture.now),
                GuardAction::WaitForOwner { until } => fixture.now = until,
                other => panic!("{other:?}"),
            }
            tries += 1;
        }
        assert!(tries < 100, "{tries} turns in 40 stalls");
        assert_eq!(fixture.next(), GuardAction::Step);
        fixture.stall_policy.on_guard_step(Some(true), fixture.now);
        assert_eq!(fixture.next(), GuardAction::Step, "at once");
        fixture.stall_policy.on_guard_step(None, fixture.now);
        assert_eq!(
            fixture.next(),
            GuardAction::WaitForOwner { until: fixture.now + REFUSED_FIRST },
            "as at first"
        );
    }
}
