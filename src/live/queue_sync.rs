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
            Phase::Listing { is_broken, .. } => *is_broken = true,
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
        if is_broken || !has_begun {
            self.retry(now);
            return None;
        }
        self.phase = Phase::Resting;
        self.pace.forget_failures();
        Some(self.listed_one.take().map_or(Wanted::All, Wanted::One))
    }

    /// Schedules the next list after a list of all queues was applied. `untold` is the number of callers in it
    /// whose event did not come.
    pub(super) fn on_round(&mut self, hears_agents: bool, untold: usize, now: Instant) {
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

    /// Schedules another attempt after the list was refused, could not be sent, did not come or was incomplete. The
    /// queues stay as they are.
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

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const SUPPORT: &[u8] = b"support";

    fn limits() -> LiveLimits {
        LiveLimits { keeps_queues: true, ..LiveLimits::default() }
    }

    fn ready(now: Instant) -> QueueSync {
        let mut sync = QueueSync::new(&limits(), 1);
        sync.on_ready(now);
        sync
    }

    /// Reads the list that is due.
    fn read(sync: &mut QueueSync, now: Instant) -> Option<Wanted> {
        let asked = sync.begin(now)?;
        assert_eq!((sync.begin(now), sync.is_listing(), sync.has_begun()), (None, true, false));
        assert_eq!((sync.on_begin(), sync.on_begin()), (true, false));
        assert_eq!((sync.has_begun(), sync.lists_all()), (true, asked == Wanted::All));
        assert_eq!(sync.on_end(now).as_ref(), Some(&asked));
        if asked == Wanted::All {
            sync.on_round(true, 0, now);
        }
        Some(asked)
    }

    /// Queues of which all were listed, so that the next list is far away.
    fn current(now: Instant) -> QueueSync {
        let mut sync = ready(now);
        assert_eq!(read(&mut sync, now), Some(Wanted::All));
        assert_eq!(sync.state(true), Some(State::Current));
        sync
    }

    fn wait(sync: &QueueSync, now: Instant) -> Duration {
        sync.next_deadline(false).expect("a list is to come") - now
    }

    fn one(name: &[u8]) -> Wanted {
        Wanted::One(name.into())
    }

    #[test]
    fn nothing_is_listed_without_queues_or_a_session_or_for_an_old_server() {
        let now = Instant::now();
        let without = LiveLimits { keeps_queues: false, ..limits() };
        let change = |sync: &mut QueueSync, state: Option<State>| {
            sync.on_gap(now);
            sync.hurry(now);
            sync.want(SUPPORT.into(), now);
            sync.wake();
            assert!(!sync.on_time(now + 1_000 * SECOND));
            assert_eq!((sync.next_deadline(false), sync.begin(now), sync.state(true)), (None, None, state));
        };
        let mut sync = QueueSync::new(&without, 1);
        change(&mut sync, None);
        sync.on_ready(now);
        change(&mut sync, None);
        sync.resign();
        change(&mut sync, None);
        sync.on_lost();
        change(&mut sync, None);
        let mut sync = QueueSync::new(&limits(), 1);
        change(&mut sync, Some(State::Stale));
        sync.resign();
        change(&mut sync, Some(State::Denied));
        sync.on_ready(now);
        assert_eq!((sync.state(true), wait(&sync, now)), (Some(State::Syncing), Duration::ZERO));
        sync.on_lost();
        change(&mut sync, Some(State::Stale));
        sync.on_ready(now);
        assert_eq!((read(&mut sync, now), sync.begin(now)), (Some(Wanted::All), None));
    }

    #[test]
    fn all_queues_are_listed_at_intervals_after_a_gap_and_when_something_may_have_changed() {
        let now = Instant::now();
        let mut sync = current(now);
        let interval = limits().queue_interval;
        let due = wait(&sync, now);
        assert!((interval * 4 / 5..interval * 6 / 5).contains(&due), "{due:?}");
        assert!(!sync.wants_turn(now + due * 9 / 10) && sync.wants_turn(now + due));
        assert_eq!(sync.next_deadline(true), None, "another list is read");
        sync.hurry(now);
        assert_eq!((read(&mut sync, now), sync.state(true)), (Some(Wanted::All), Some(State::Current)));
        sync.on_gap(now);
        assert_eq!((sync.state(true), wait(&sync, now)), (Some(State::Syncing), Duration::ZERO));
        assert_eq!((read(&mut sync, now), sync.state(true)), (Some(Wanted::All), Some(State::Current)));
    }

    #[test]
    fn a_list_that_a_gap_broke_is_asked_for_again_and_is_enough() {
        let now = Instant::now();
        let mut sync = ready(now);
        assert_eq!(sync.on_end(now), None, "none was asked for");
        sync.begin(now);
        sync.on_begin();
        sync.on_gap(now);
        assert_eq!((sync.on_end(now), wait(&sync, now)), (None, SECOND));
        sync.begin(now + SECOND);
        assert_eq!(sync.on_end(now + SECOND), None, "it had not begun");
        let now = now + 3 * SECOND;
        assert_eq!((read(&mut sync, now), sync.state(true)), (Some(Wanted::All), Some(State::Current)));
    }

    #[test]
    fn a_single_queue_is_listed_once_and_many_are_listed_with_all() {
        let now = Instant::now();
        let mut sync = current(now);
        sync.want(SUPPORT.into(), now);
        sync.want(SUPPORT.into(), now);
        assert_eq!((wait(&sync, now), sync.begin(now)), (ONE_AFTER, None), "a list was read a moment ago");
        let now = now + ONE_AFTER;
        assert_eq!((read(&mut sync, now), sync.begin(now)), (Some(one(SUPPORT)), None));
        assert!(wait(&sync, now) > ONE_AFTER, "nothing else is wanted");
        let name = |at: usize| at.to_string().into_bytes();
        for at in 0..WANTED_MAX {
            sync.want(name(at).into(), now);
        }
        let now = now + ONE_AFTER;
        assert_eq!(read(&mut sync, now), Some(one(b"0")));
        sync.want(SUPPORT.into(), now);
        sync.want(b"one too many".as_slice().into(), now);
        assert_eq!((read(&mut sync, now), sync.wanted.len()), (Some(Wanted::All), 0));
    }

    #[test]
    fn a_list_of_all_queues_contains_the_wanted_ones() {
        let now = Instant::now();
        let mut sync = current(now);
        sync.want(SUPPORT.into(), now);
        sync.hurry(now);
        assert_eq!(read(&mut sync, now), Some(Wanted::All));
        assert!(wait(&sync, now) > ONE_AFTER);
    }

    #[test]
    fn the_number_of_callers_means_nothing_until_a_second_after_a_gap() {
        let now = Instant::now();
        let mut sync = ready(now);
        sync.recount(SUPPORT.into(), now + 2 * ONE_AFTER);
        assert!(sync.wanted.is_empty(), "all are listed anyway");
        read(&mut sync, now);
        sync.recount(SUPPORT.into(), now + ONE_AFTER * 9 / 10);
        assert!(sync.wanted.is_empty());
        sync.recount(SUPPORT.into(), now + ONE_AFTER);
        assert_eq!(read(&mut sync, now + ONE_AFTER), Some(one(SUPPORT)));
    }

    #[test]
    fn a_list_that_fails_comes_later_each_time_and_four_times_means_denied() {
        let mut now = Instant::now();
        let mut sync = ready(now);
        let mut seen = Vec::new();
        for _ in 0..5 {
            assert_eq!(sync.begin(now), Some(Wanted::All));
            sync.retry(now);
            seen.push((wait(&sync, now).as_secs(), sync.state(true)));
            now += wait(&sync, now);
        }
        let (syncing, denied) = (Some(State::Syncing), Some(State::Denied));
        assert_eq!(seen, [(1, syncing), (2, syncing), (4, syncing), (8, denied), (16, denied)]);
        sync.hurry(now);
        assert_eq!((sync.state(true), wait(&sync, now)), (syncing, Duration::ZERO));
        assert_eq!((read(&mut sync, now), sync.state(true)), (Some(Wanted::All), Some(State::Current)));
        for _ in 0..5 {
            now += wait(&sync, now);
            sync.begin(now);
            sync.retry(now);
            assert_eq!(sync.state(true), Some(State::Current), "the queues stay as they are");
        }
        sync.hurry(now);
        sync.begin(now);
        sync.retry(now);
        assert_eq!(
            wait(&sync, now).as_secs(),
            30,
            "only a server that has answered nothing is asked at once"
        );
    }

    #[test]
    fn a_list_that_takes_too_long_is_given_up_and_one_that_is_due_waits_for_its_turn() {
        let now = Instant::now();
        let mut sync = ready(now);
        assert!(!sync.on_time(now), "it is due, not late");
        assert_eq!((sync.next_deadline(false), sync.wants_turn(now)), (None, true));
        sync.wake();
        assert_eq!(wait(&sync, now), Duration::ZERO);
        assert_eq!(sync.begin(now), Some(Wanted::All));
        let late = now + limits().list_timeout;
        sync.wake();
        assert_eq!((sync.next_deadline(false), sync.next_deadline(true)), (Some(late), Some(late)));
        assert!(!sync.on_time(now) && sync.is_listing());
        assert!(sync.on_time(late) && !sync.is_listing());
        assert_eq!(wait(&sync, late), SECOND);
    }

    #[test]
    fn who_is_told_of_no_caller_twice_is_deaf_until_an_event_comes() {
        let mut now = Instant::now();
        let mut sync = ready(now);
        for state in [State::Current, State::Deaf] {
            sync.begin(now);
            sync.on_begin();
            sync.on_end(now);
            sync.on_round(false, 1, now);
            assert_eq!(sync.state(false), Some(state));
            now += wait(&sync, now);
        }
        assert_eq!(sync.state(true), Some(State::Current));
    }
}
