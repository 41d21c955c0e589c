//! Decides when queues are listed, and how far the queues of the model can be trusted.
//!
//! Asterisk sends no events for the changes of `queue reload`, so all queues are listed at intervals. A single
//! queue is listed if an event names a queue or a member that the model lacks, or if its number of callers
//! differs from the model.

use std::time::{Duration, Instant};

use super::pace::Pace;
use super::resync::State;
use crate::limits::LiveLimits;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The model keeps no queues.
    Off,
    /// The server is older than Asterisk 12 and cannot be modelled.
    Resigned,
    /// There is no session.
    Away,
    Resting,
    /// A list is due and has to wait for its turn.
    Due,
    Listing {
        until: Instant,
        has_begun: bool,
        is_broken: bool,
    },
}

/// The state of the lists of queues of one server.
#[derive(Debug)]
pub(super) struct QueueSync {
    phase: Phase,
    /// When all queues are listed next.
    all_at: Option<Instant>,
    /// Names of queues to list alone, and the earliest time for it.
    wanted: Vec<Box<[u8]>>,
    one_at: Option<Instant>,
    /// The name of the queue that is listed alone now. `None` for a list of all queues.
    listed_one: Option<Box<[u8]>>,
    /// True if a list of all queues was applied since the last gap.
    is_current: bool,
    /// True if a gap came while a list was read.
    is_outdated: bool,
    since: Option<Instant>,
    list_timeout: Duration,
    pace: Pace,
}

/// A list to ask for, or one that ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    One(Box<[u8]>),
}

/// Failures in a row after which the state is `Denied`. Fewer failures can mean that the server is still
/// starting.
const REFUSALS_MAX: u32 = 4;
/// Minimum time between the starts of a list and of a list of a single queue. For this time after a gap `Count`
/// of events is ignored.
const ONE_AFTER: Duration = Duration::from_secs(1);
/// Maximum number of queues to list alone. If there are more, all queues are listed.
const WANTED_MAX: usize = 8;

impl QueueSync {
    pub(super) fn new(limits: &LiveLimits, seed: u64) -> Self {
        Self {
            phase: if limits.keeps_queues { Phase::Away } else { Phase::Off },
            all_at: None,
            wanted: Vec::new(),
            one_at: None,
            listed_one: None,
            is_current: false,
            is_outdated: false,
            since: None,
            list_timeout: limits.list_timeout,
            pace: Pace::new(limits.queue_interval, limits.poll_interval, !seed),
        }
    }

    /// The state of the queues. `None` if the model keeps no queues.
    pub(super) fn state(&self, hears_agents: bool) -> Option<State> {
        Some(match self.phase {
            Phase::Off => return None,
            Phase::Away => State::Stale,
            Phase::Resigned => State::Denied,
            _ if self.is_current && self.pace.is_deaf() && !hears_agents => State::Deaf,
            _ if self.is_current => State::Current,
            _ if self.pace.failures() >= REFUSALS_MAX => State::Denied,
            _ => State::Syncing,
        })
    }

    /// Notes the start of a session.
    pub(super) fn on_ready(&mut self, now: Instant) {
        if self.phase != Phase::Off {
            self.phase = Phase::Resting;
            self.pace.on_ready();
            self.is_outdated = false;
            self.begin_anew(now);
        }
    }

    /// Notes the end of the session.
    pub(super) fn on_lost(&mut self) {
        if self.phase != Phase::Off {
            self.phase = Phase::Away;
            self.is_current = false;
        }
    }

    /// Stops listing, because the server cannot be modelled.
    pub(super) fn resign(&mut self) {
        if self.phase != Phase::Off {
            self.phase = Phase::Resigned;
        }
    }

    /// Notes that events were lost within a session. All queues are listed again.
    pub(super) fn on_gap(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Off | Phase::Resigned | Phase::Away => return,
            Phase::Resting | Phase::Due => {}
            Phase::Listing { is_broken, .. } => {
                *is_broken = true;
                self.is_outdated = true;
            }
        }
        self.begin_anew(now);
    }

    /// Lists all queues as soon as possible.
    pub(super) fn hurry(&mut self, now: Instant) {
        self.all_at = self.all_at.map(|_| now);
        if !self.is_current {
            self.pace.forget_failures();
        }
    }

    /// Asks for a list of a single queue.
    pub(super) fn want(&mut self, name: Box<[u8]>, now: Instant) {
        if matches!(self.phase, Phase::Off | Phase::Resigned | Phase::Away) || self.wanted.contains(&name) {
            return;
        }
        if self.wanted.len() >= WANTED_MAX {
            self.wanted.clear();
            self.all_at = Some(now);
        } else {
            self.wanted.push(name);
        }
    }

    /// Asks for a list of a queue whose number of callers differs from an event's. Right after a gap the
    /// difference means nothing, because a list can be newer than the events that follow it.
    pub(super) fn recount(&mut self, name: Box<[u8]>, now: Instant) {
        if self.is_current && self.since.is_some_and(|since| since + ONE_AFTER <= now) {
            self.want(name, now);
        }
    }

    fn due_at(&self) -> Option<Instant> {
        let one = if self.wanted.is_empty() { None } else { self.one_at };
        [self.all_at, one].into_iter().flatten().min()
    }

    /// True if a list is to be asked for.
    pub(super) fn wants_turn(&self, now: Instant) -> bool {
        match self.phase {
            Phase::Resting => self.due_at().is_some_and(|at| at <= now),
            Phase::Due => true,
            Phase::Off | Phase::Resigned | Phase::Away | Phase::Listing { .. } => false,
        }
    }

    /// When `on_time` has something to do. While another list is read (`is_busy`) a due list has no deadline:
    /// `wake` follows the end of that list.
    pub(super) fn next_deadline(&self, is_busy: bool) -> Option<Instant> {
        match self.phase {
            Phase::Resting if !is_busy => self.due_at(),
            Phase::Listing { until, .. } => Some(until),
            Phase::Off | Phase::Resigned | Phase::Away | Phase::Resting | Phase::Due => None,
        }
    }

    /// Begins a list. Returns what to ask for, or `None` if nothing is due.
    pub(super) fn begin(&mut self, now: Instant) -> Option<Wanted> {
        if !self.wants_turn(now) {
            return None;
        }
        let is_all_due = self.all_at.is_some_and(|at| at <= now) || self.wanted.is_empty();
        self.listed_one = if is_all_due { None } else { Some(self.wanted.remove(0)) };
        if is_all_due {
            self.wanted.clear();
        }
        self.one_at = Some(now + ONE_AFTER);
        self.phase = Phase::Listing { until: now + self.list_timeout, has_begun: false, is_broken: false };
        Some(self.listed_one.clone().map_or(Wanted::All, Wanted::One))
    }

    /// Notes the response to the list. True if it is the first one.
    pub(super) fn on_begin(&mut self) -> bool {
        let Phase::Listing { has_begun, .. } = &mut self.phase else { return false };
        !std::mem::replace(has_begun, true)
    }

    /// True while a list was asked for and has not ended.
    pub(super) fn is_listing(&self) -> bool {
        matches!(self.phase, Phase::Listing { .. })
    }

    /// True after the response of a list and before its end.
    pub(super) fn has_begun(&self) -> bool {
        matches!(self.phase, Phase::Listing { has_begun: true, .. })
    }

    /// True if the list that is read contains all queues.
    pub(super) fn lists_all(&self) -> bool {
        self.listed_one.is_none()
    }

    /// Notes the end of the list. Returns what was listed, or `None` if the list is incomplete.
    pub(super) fn on_end(&mut self, now: Instant) -> Option<Wanted> {
        let Phase::Listing { is_broken, has_begun, .. } = self.phase else { return None };
        self.phase = Phase::Resting;
        let listed = self.listed_one.take();
        if is_broken || !has_begun {
            self.is_outdated = false;
            self.all_at = Some(now);
            return None;
        }
        self.pace.forget_failures();
        Some(listed.map_or(Wanted::All, Wanted::One))
    }

    /// Schedules the next list after a list of all queues was applied. `untold` is the number of callers in it
    /// whose event did not come.
    pub(super) fn on_round(&mut self, hears_agents: bool, untold: usize, now: Instant) {
        if std::mem::take(&mut self.is_outdated) {
            self.all_at = Some(now);
            return;
        }
        self.is_current = true;
        self.pace.on_round(hears_agents, untold);
        let wait = self.pace.after_round(hears_agents);
        self.all_at = Some(now + wait);
    }

    /// Makes a list due whose time has come, and gives up a list that takes too long. True in the second case.
    pub(super) fn on_time(&mut self, now: Instant) -> bool {
        if self.wants_turn(now) {
            self.phase = Phase::Due;
        }
        let is_late = matches!(self.phase, Phase::Listing { until, .. } if until <= now);
        if is_late {
            self.retry(now);
        }
        is_late
    }

    /// Notes that another list has ended, so a due list can have its turn.
    pub(super) fn wake(&mut self) {
        if self.phase == Phase::Due {
            self.phase = Phase::Resting;
        }
    }

    /// Schedules another attempt after the list was refused, could not be sent or did not come. The queues stay
    /// as they are.
    pub(super) fn retry(&mut self, now: Instant) {
        let wait = self.pace.after_failure();
        self.listed_one = None;
        self.phase = Phase::Resting;
        self.all_at = Some(now + wait);
    }

    fn begin_anew(&mut self, now: Instant) {
        self.is_current = false;
        self.since = Some(now);
        self.all_at = Some(now);
        self.one_at = Some(now);
        self.wanted.clear();
    }
}
