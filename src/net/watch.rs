//! When the stall guard steps for its owner: decided without a clock, a thread or a descriptor.

use std::time::{Duration, Instant};

/// ```text
///           work, or a deadline            owner away for the whole stall
///   Idle ───────────────────────▶ Clock ───────────────────────────────▶ Holding
///    ▲                              │ owner came or is inside              │ owner came
///    └──────────────────────────────┴──────────────────────────────────────┘
/// ```
#[derive(Debug)]
pub(super) struct Watch {
    stall: Duration,
    phase: Phase,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Nothing to do, as far as is known.
    Idle { has_work: bool },
    /// Something to do; the owner is given time.
    Clock { presence: u64, until: Instant },
    /// The owner stayed away: step for it.
    Holding { presence: u64, has_work: bool },
}

/// What the guard does next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Do {
    /// Wait for the client's descriptor, or until its deadline; then say `on_wake`.
    WaitForWork { until: Option<Instant> },
    /// Leave the descriptor alone until then.
    WaitForOwner { until: Instant },
    /// Step; then say `on_slice`.
    Slice,
}

impl Watch {
    pub(super) fn new(stall: Duration) -> Self {
        Self { stall, phase: Phase::Idle { has_work: false } }
    }

    /// `presence` is odd while the owner is inside and changes whenever it comes or goes; `deadline` is the
    /// client's.
    pub(super) fn next(&mut self, presence: u64, deadline: Option<Instant>, now: Instant) -> Do {
        let is_due = deadline.is_some_and(|deadline| deadline <= now);
        match self.phase {
            Phase::Idle { has_work } if !has_work && !is_due => Do::WaitForWork { until: deadline },
            Phase::Idle { .. } => {
                let until = now + self.stall;
                self.phase = Phase::Clock { presence, until };
                Do::WaitForOwner { until }
            }
            Phase::Clock { until, .. } if now < until => Do::WaitForOwner { until },
            Phase::Clock { presence: before, .. } if before == presence && presence.is_multiple_of(2) => {
                self.phase = Phase::Holding { presence, has_work: true };
                Do::Slice
            }
            // The owner came. What it left undone it has announced by the descriptor.
            Phase::Clock { presence: before, .. } if before != presence => {
                self.phase = Phase::Idle { has_work: false };
                Do::WaitForWork { until: deadline.filter(|_| !is_due).or(is_due.then(|| now + self.stall)) }
            }
            // The owner is inside: it may be waiting there for what has come just now.
            Phase::Clock { presence, .. } => {
                let until = now + self.stall;
                self.phase = Phase::Clock { presence, until };
                Do::WaitForOwner { until }
            }
            Phase::Holding { presence: before, .. } if before != presence => {
                self.phase = Phase::Idle { has_work: false };
                Do::WaitForWork { until: deadline }
            }
            Phase::Holding { has_work, .. } if has_work || is_due => Do::Slice,
            Phase::Holding { .. } => Do::WaitForWork { until: deadline },
        }
    }

    /// The wait for work is over.
    pub(super) fn on_wake(&mut self, is_ready: bool) {
        match &mut self.phase {
            Phase::Idle { has_work } | Phase::Holding { has_work, .. } => *has_work |= is_ready,
            Phase::Clock { .. } => {}
        }
    }

    /// The step is done: whether more is left; `None` where the owner held the client, be it to step, which
    /// its presence will show, or only to ask.
    pub(super) fn on_slice(&mut self, more: Option<bool>) {
        if let Phase::Holding { has_work, .. } = &mut self.phase {
            *has_work = more.unwrap_or(true);
        }
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
        deadline: Option<Instant>,
    }

    impl Night {
        fn new() -> Self {
            Self { watch: Watch::new(STALL), now: Instant::now(), presence: 0, deadline: None }
        }

        fn next(&mut self) -> Do {
            self.watch.next(self.presence, self.deadline, self.now)
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
        night.watch.on_slice(Some(true));
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(false));
        assert_eq!(night.next(), Do::WaitForWork { until: None });
        night.watch.on_wake(true);
        assert_eq!(night.next(), Do::Slice, "without another stall");
    }

    #[test]
    fn an_owner_who_comes_in_time_or_later_has_it_back() {
        let mut night = Night::new();
        night.work_comes();
        night.presence = 2;
        night.now += STALL;
        assert_eq!(night.next(), Do::WaitForWork { until: None });

        night.watch.on_wake(true);
        night.next();
        night.now += STALL;
        assert_eq!(night.next(), Do::Slice);
        night.watch.on_slice(Some(true));
        night.presence = 3;
        assert_eq!(night.next(), Do::WaitForWork { until: None });
    }

    #[test]
    fn an_owner_inside_is_not_away_however_long_it_stays() {
        let mut night = Night::new();
        night.presence = 1;
        for _ in 0..3 {
            if night.watch.phase == (Phase::Idle { has_work: false }) {
                night.work_comes();
            }
            night.now += STALL;
            assert_eq!(night.next(), Do::WaitForOwner { until: night.now + STALL });
        }
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
        night.watch.on_slice(None);
        assert_eq!(night.next(), Do::Slice);
        night.presence = 3;
        night.watch.on_slice(None);
        assert_eq!(night.next(), Do::WaitForWork { until: None });
    }
}
