//! When the stall guard steps for its owner: decided without a clock, a thread or a descriptor.

use std::time::{Duration, Instant};

/// ```text
/// Idle      work came, or a deadline        Clock
/// Clock     the owner came since            Clock, from its last step on
///           it is inside                    Clock if there is work, else Idle
///           it is away, there is work       Holding
///           it is away, none is known of    Look
/// Look      the owner came                  Clock
///           there is work                   Holding
///           there is none                   Idle
/// Holding   the owner came                  Clock
///           it holds the client, to ask     Holding, after a longer wait each time
/// ```
///
/// While the owner comes and goes the descriptor is left alone: whoever waits on it is woken for every piece of
/// input that the owner is just about to read.
#[derive(Debug)]
pub(super) struct Watch {
    stall: Duration,
    phase: Phase,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing to do, as far as is known.
    Idle { has_work: bool },
    /// The owner is given time. Whether something is to be done is known only until the owner comes.
    Clock { presence: u64, until: Instant, has_work: bool },
    /// The owner stays away: is there anything that it should do?
    Look { presence: u64, has_work: bool },
    /// The owner stayed away: step for it.
    Holding { presence: u64, has_work: bool, refusal: Option<Refusal> },
}

/// The owner held the client, without a step of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Refusal {
    /// Not tried again before.
    until: Instant,
    wait: Duration,
}

/// After a first try in vain: what an owner asks takes less.
const REFUSED_FIRST: Duration = Duration::from_millis(1);

/// What the owner shows of itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Owner {
    /// Odd while it is inside; changes whenever it comes or goes.
    pub(super) presence: u64,
    /// When it stepped last.
    pub(super) stepped_at: Instant,
}

/// What the guard does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Do {
    /// Wait for the client's descriptor, or until its deadline; then say `on_wake`.
    WaitForWork { until: Option<Instant> },
    /// Ask the descriptor, without waiting; then say `on_wake`.
    Look,
    /// Leave the descriptor alone until then.
    WaitForOwner { until: Instant },
    /// Step; then say `on_slice`.
    Slice,
}

impl Watch {
    pub(super) fn new(stall: Duration) -> Self {
        Self { stall, phase: Phase::Idle { has_work: false } }
    }

    /// `deadline` is the client's.
    pub(super) fn next(&mut self, owner: Owner, deadline: Option<Instant>, now: Instant) -> Do {
        let is_due = deadline.is_some_and(|deadline| deadline <= now);
        let Owner { presence, stepped_at } = owner;
        let is_inside = !presence.is_multiple_of(2);
        match self.phase {
            Phase::Idle { has_work } if has_work || is_due => self.give_time(presence, true, now),
            Phase::Clock { until, .. } if now < until => Do::WaitForOwner { until },
            Phase::Clock { presence: before, .. } if before != presence => {
                // It is away since its last step, which may be a whole stall ago.
                self.give_time(presence, false, if is_inside { now } else { stepped_at });
                self.next(owner, deadline, now)
            }
            // It may be waiting there for what has come just now.
            Phase::Clock { has_work, .. } if is_inside && (has_work || is_due) => {
                self.give_time(presence, true, now)
            }
            Phase::Clock { .. } if is_inside => self.rest(deadline),
            Phase::Clock { has_work, .. } if has_work || is_due => self.hold(presence),
            Phase::Clock { .. } => {
                self.phase = Phase::Look { presence, has_work: false };
                Do::Look
            }
            // What woke the guard may have come just now, and be its owner's next.
            Phase::Look { presence: before, .. } | Phase::Holding { presence: before, .. }
                if before != presence =>
            {
                self.give_time(presence, false, now)
            }
            Phase::Look { has_work, .. } if has_work || is_due => self.hold(presence),
            Phase::Look { .. } => self.rest(deadline),
            Phase::Holding { refusal: Some(Refusal { until, .. }), .. } if now < until => {
                Do::WaitForOwner { until }
            }
            Phase::Holding { has_work, .. } if has_work || is_due => Do::Slice,
            Phase::Idle { .. } | Phase::Holding { .. } => Do::WaitForWork { until: deadline },
        }
    }

    fn give_time(&mut self, presence: u64, has_work: bool, from: Instant) -> Do {
        let until = from + self.stall;
        self.phase = Phase::Clock { presence, until, has_work };
        Do::WaitForOwner { until }
    }

    fn hold(&mut self, presence: u64) -> Do {
        self.phase = Phase::Holding { presence, has_work: true, refusal: None };
        Do::Slice
    }

    fn rest(&mut self, deadline: Option<Instant>) -> Do {
        self.phase = Phase::Idle { has_work: false };
        Do::WaitForWork { until: deadline }
    }

    /// The wait for work is over.
    pub(super) fn on_wake(&mut self, is_ready: bool) {
        match &mut self.phase {
            Phase::Idle { has_work } | Phase::Look { has_work, .. } | Phase::Holding { has_work, .. } => {
                *has_work |= is_ready;
            }
            Phase::Clock { .. } => {}
        }
    }

    /// The step is done: whether more is left; `None` where the owner held the client, be it to step, which
    /// its presence will show, or only to ask.
    pub(super) fn on_slice(&mut self, more: Option<bool>, now: Instant) {
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

    struct Night {
        watch: Watch,
        now: Instant,
        presence: u64,
        stepped_at: Instant,
        deadline: Option<Instant>,
    }

    impl Night {
        fn new() -> Self {
            let now = Instant::now();
            Self { watch: Watch::new(STALL), now, presence: 0, stepped_at: now, deadline: None }
        }

        fn next(&mut self) -> Do {
            let owner = Owner { presence: self.presence, stepped_at: self.stepped_at };
            self.watch.next(owner, self.deadline, self.now)
        }

        /// The owner steps and goes.
        fn step(&mut self) {
            self.presence += 2;
            self.stepped_at = self.now;
        }

        /// Work comes in and the guard gives the owner time.
        fn work_comes(&mut self) {
            assert_eq!(self.next(), Do::WaitForWork { until: self.deadline });
            self.watch.on_wake(true);
            assert_eq!(self.next(), Do::WaitForOwner { until: self.now + STALL });
        }
    }

    #[test]
    fn an_idle_guard_waits_without_end() {
        let mut night = Night::new();
        assert_eq!(night.next(), Do::WaitForWork { until: None });
        night.watch.on_wake(false);
        assert_eq!(night.next(), Do::WaitForWork { until: None });
    }

    #[test]
    fn an_owner_who_stays_away_for_the_whole_stall_is_stepped_for() {
        let mut night = Night::new();
        night.work_comes();
        night.now += STALL;
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(true), night.now);
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(false), night.now);
        assert_eq!(night.next(), Do::WaitForWork { until: None });
        night.watch.on_wake(true);
        assert_eq!(night.next(), Do::Slice, "without another stall");
    }

    #[test]
    fn an_owner_who_comes_in_time_or_later_has_it_back() {
        let mut night = Night::new();
        night.work_comes();
        night.now += STALL;
        night.step();
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });

        night.now += STALL;
        assert_eq!(night.next(), Do::Look);
        night.watch.on_wake(true);
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(true), night.now);
        night.presence += 1;
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
    }

    #[test]
    fn an_owner_who_came_once_is_away_since_then() {
        let mut night = Night::new();
        night.work_comes();
        night.now += STALL / 2;
        night.step();
        night.now += STALL / 2;
        assert_eq!(night.next(), Do::WaitForOwner { until: night.stepped_at + STALL });
        night.now = night.stepped_at + STALL;
        assert_eq!(night.next(), Do::Look);
        night.watch.on_wake(true);
        assert_eq!(night.next(), Do::Slice);
    }

    #[test]
    fn an_owner_who_keeps_coming_is_looked_at_by_the_clock_alone() {
        let mut night = Night::new();
        night.work_comes();
        for _ in 0..10 {
            night.now += STALL;
            night.step();
            assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL }, "not for the descriptor");
        }
        night.now += STALL;
        assert_eq!(night.next(), Do::Look, "one look");
        night.watch.on_wake(false);
        assert_eq!(night.next(), Do::WaitForWork { until: None }, "idle again");
    }

    #[test]
    fn an_owner_who_comes_during_the_look_is_not_stepped_for() {
        let mut night = Night::new();
        night.work_comes();
        night.step();
        night.now += STALL;
        assert_eq!(night.next(), Do::Look);
        night.step();
        night.watch.on_wake(true);
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
    }

    #[test]
    fn an_owner_who_came_while_the_guard_waited_has_its_time_for_what_comes_then() {
        let mut night = Night::new();
        night.work_comes();
        night.now += STALL;
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(false), night.now);
        assert_eq!(night.next(), Do::WaitForWork { until: None });
        night.step();
        night.now += 10 * STALL;
        night.watch.on_wake(true);
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
        night.now += STALL;
        assert_eq!(night.next(), Do::Look, "what woke it may have been read by the owner");
    }

    #[test]
    fn what_is_due_needs_no_look() {
        let mut night = Night::new();
        night.work_comes();
        night.step();
        night.now += STALL;
        night.deadline = Some(night.now);
        assert_eq!(night.next(), Do::Slice);
    }

    #[test]
    fn an_owner_inside_is_not_away_however_long_it_stays() {
        let mut night = Night::new();
        night.presence = 1;
        night.work_comes();
        for _ in 0..3 {
            night.now += STALL;
            assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
        }
    }

    #[test]
    fn an_owner_who_waits_inside_needs_no_clock() {
        let mut night = Night::new();
        night.work_comes();
        night.presence = 3;
        night.now += STALL;
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
        night.now += STALL;
        assert_eq!(night.next(), Do::WaitForWork { until: None });
    }

    #[test]
    fn a_deadline_is_work_too() {
        let mut night = Night::new();
        night.deadline = Some(night.now + 10 * STALL);
        assert_eq!(night.next(), Do::WaitForWork { until: night.deadline });
        night.watch.on_wake(false);
        night.now += 10 * STALL;
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
        night.now += STALL;
        assert_eq!(night.next(), Do::Slice);
    }

    #[test]
    fn an_owner_who_only_asks_does_not_end_the_holding() {
        let mut night = Night::new();
        night.work_comes();
        night.now += STALL;
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(None, night.now);
        night.now += REFUSED_FIRST;
        assert_eq!(night.next(), Do::Slice);
        night.presence = 3;
        night.watch.on_slice(None, night.now);
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
    }

    #[test]
    fn a_client_that_is_held_for_long_is_tried_ever_more_seldom_until_it_is_free() {
        let mut night = Night::new();
        night.work_comes();
        night.now += STALL;
        let mut tries = 0;
        let end = night.now + 40 * STALL;
        while night.now < end {
            match night.next() {
                Do::Slice => night.watch.on_slice(None, night.now),
                Do::WaitForOwner { until } => night.now = until,
                other => panic!("{other:?}"),
            }
            tries += 1;
        }
        assert!(tries < 100, "{tries} turns in 40 stalls");
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(true), night.now);
        assert_eq!(night.next(), Do::Slice, "at once");
        night.watch.on_slice(None, night.now);
        assert_eq!(night.next(), Do::WaitForOwner { until: night.now + REFUSED_FIRST }, "as at first");
    }
}
