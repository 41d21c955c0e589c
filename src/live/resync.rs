//! Decides when channels and bridges are listed, and how far the model can be trusted.

use std::time::{Duration, Instant};

use super::pace::Pace;
use crate::limits::LiveLimits;

/// How far the calls, or the queues, of a server's model can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// There is no session. The model shows the last known state.
    Stale,
    /// The lists after a gap are not complete.
    Syncing,
    /// The lists after the last gap were applied, and events keep the model up to date.
    Current,
    /// The account may read no lists. The model has the calls that began since the login.
    Partial,
    /// The account receives no events. The model shows the last list.
    Deaf,
    /// The account may read no lists and receives no events, or the server cannot be modelled. For queues: lists
    /// of them fail.
    Denied,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] =
        [Self::Stale, Self::Syncing, Self::Current, Self::Partial, Self::Deaf, Self::Denied];

    /// The name, such as `syncing`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Stale => "stale",
            Self::Syncing => "syncing",
            Self::Current => "current",
            Self::Partial => "partial",
            Self::Deaf => "deaf",
            Self::Denied => "denied",
        }
    }
}

/// The kind of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Channels,
    Bridges,
}

/// The action that lists channels, as far as the account may send it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Needs class `system` or `reporting`.
    CoreShowChannels,
    /// Needs class `system`, `call` or `reporting`.
    Status,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// There is no session.
    Away,
    /// The next list is asked for at this time.
    Resting { until: Instant },
    /// A list is due and has to wait for its turn.
    Due,
    /// A list was asked for.
    Listing { until: Instant, has_begun: bool, is_broken: bool },
    /// Nothing can be listed in this session.
    Resigned,
}

/// The state of the lists of one server.
#[derive(Debug)]
pub(super) struct Resync {
    phase: Phase,
    next: List,
    access: Access,
    /// True if a complete round of lists was applied since the last gap.
    is_current: bool,
    /// True if the next round of lists has to follow soon. After a gap a list may still contain a channel whose
    /// `Hangup` was lost in the gap.
    confirms: bool,
    list_timeout: Duration,
    pace: Pace,
}

/// Time from a round of lists to the round that confirms it.
const CONFIRM_AFTER: Duration = Duration::from_secs(3);

/// The result of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The list is complete.
    Whole(List),
    /// Part of the list was lost. A channel that is missing in it may exist.
    Broken,
}

impl Resync {
    pub(super) fn new(limits: &LiveLimits, seed: u64) -> Self {
        Self {
            phase: Phase::Away,
            next: List::Channels,
            access: Access::CoreShowChannels,
            is_current: false,
            confirms: false,
            list_timeout: limits.list_timeout,
            pace: Pace::new(limits.verify_interval, limits.poll_interval, seed),
        }
    }

    pub(super) fn state(&self, hears_calls: bool) -> State {
        match (self.phase, self.access) {
            (Phase::Away, _) => State::Stale,
            (_, Access::Refused) if hears_calls => State::Partial,
            (_, Access::Refused) => State::Denied,
            _ if !self.is_current => State::Syncing,
            _ if self.pace.is_deaf() && !hears_calls => State::Deaf,
            _ => State::Current,
        }
    }

    /// Notes the start of a session.
    pub(super) fn on_ready(&mut self, now: Instant) {
        self.phase = Phase::Resting { until: now };
        self.access = Access::CoreShowChannels;
        self.pace.on_ready();
        self.begin_anew();
    }

    /// Notes the end of the session.
    pub(super) fn on_lost(&mut self) {
        self.phase = Phase::Away;
        self.is_current = false;
    }

    /// Stops listing in this session.
    pub(super) fn resign(&mut self) {
        self.phase = Phase::Resigned;
        self.access = Access::Refused;
    }

    /// Notes that events were lost within a session. The lists are read again.
    pub(super) fn on_gap(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Away | Phase::Resigned => return,
            Phase::Resting { until } => *until = now,
            Phase::Due => {}
            Phase::Listing { is_broken, .. } => *is_broken = true,
        }
        self.begin_anew();
    }

    /// Makes the next round of lists follow soon, to confirm this one.
    pub(super) fn confirm(&mut self) {
        self.confirms = true;
    }

    /// Reads the lists as soon as possible, because something may have changed without an event.
    pub(super) fn hurry(&mut self, now: Instant) {
        if let Phase::Resting { until } = &mut self.phase {
            *until = now;
            self.pace.forget_failures();
        }
    }

    /// True if a list is to be asked for.
    pub(super) fn wants_turn(&self, now: Instant) -> bool {
        match self.phase {
            Phase::Resting { until } => until <= now,
            Phase::Due => true,
            Phase::Away | Phase::Listing { .. } | Phase::Resigned => false,
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        match self.phase {
            Phase::Away | Phase::Due | Phase::Resigned => None,
            Phase::Resting { until } | Phase::Listing { until, .. } => Some(until),
        }
    }

    /// Notes that another list has ended, so a due list can have its turn.
    pub(super) fn wake(&mut self, now: Instant) {
        if self.phase == Phase::Due {
            self.phase = Phase::Resting { until: now };
        }
    }

    /// Begins a list. Returns the action to send, or `None` if nothing is due.
    pub(super) fn begin(&mut self, now: Instant) -> Option<&'static str> {
        if !self.wants_turn(now) {
            return None;
        }
        self.phase = Phase::Listing { until: now + self.list_timeout, has_begun: false, is_broken: false };
        Some(match (self.next, self.access) {
            (List::Bridges, _) => "BridgeList",
            (List::Channels, Access::CoreShowChannels) => "CoreShowChannels",
            (List::Channels, Access::Status | Access::Refused) => "Status",
        })
    }

    /// Notes the response to the list. Returns the list if it is the first response.
    pub(super) fn on_begin(&mut self) -> Option<List> {
        let Phase::Listing { has_begun, .. } = &mut self.phase else { return None };
        (!std::mem::replace(has_begun, true)).then_some(self.next)
    }

    /// The list whose items are being read.
    pub(super) fn listing(&self) -> Option<List> {
        matches!(self.phase, Phase::Listing { has_begun: true, .. }).then_some(self.next)
    }

    /// True while a list was asked for and has not ended.
    pub(super) fn is_listing(&self) -> bool {
        matches!(self.phase, Phase::Listing { .. })
    }

    /// True if no gap came since the last complete round of lists.
    pub(super) fn verifies(&self) -> bool {
        self.is_current
    }

    /// Notes the end of the list.
    pub(super) fn on_end(&mut self, now: Instant) -> Verdict {
        let Phase::Listing { is_broken, has_begun, .. } = self.phase else { return Verdict::Broken };
        if is_broken || !has_begun {
            self.retry(now);
            return Verdict::Broken;
        }
        self.pace.forget_failures();
        let list = self.next;
        if list == List::Channels {
            self.next = List::Bridges;
            self.phase = Phase::Resting { until: now };
        }
        Verdict::Whole(list)
    }

    /// Schedules the next round after both lists were applied. `untold` is the number of channels in them of
    /// which no event came.
    pub(super) fn on_round(&mut self, hears_calls: bool, untold: usize, now: Instant) {
        self.next = List::Channels;
        self.is_current = true;
        self.pace.on_round(hears_calls, untold);
        let wait = if std::mem::take(&mut self.confirms) {
            CONFIRM_AFTER
        } else {
            self.pace.after_round(hears_calls)
        };
        self.phase = Phase::Resting { until: now + wait };
    }

    /// Notes that the list was refused. For channels another action is tried if the account lacks a class.
    pub(super) fn on_refused(&mut self, message: &[u8], now: Instant) {
        let is_denied = memchr::memmem::find(message, b"ermission").is_some();
        match (self.next, self.access) {
            (List::Channels, Access::CoreShowChannels) if is_denied => {
                self.access = Access::Status;
                self.phase = Phase::Resting { until: now };
            }
            (List::Channels, Access::Status) if is_denied => self.resign(),
            _ => self.retry(now),
        }
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

    /// Schedules another attempt after the list could not be sent, did not come or was incomplete.
    pub(super) fn retry(&mut self, now: Instant) {
        self.next = List::Channels;
        let wait = self.pace.after_failure();
        self.phase = Phase::Resting { until: now + wait };
    }

    fn begin_anew(&mut self) {
        self.is_current = false;
        self.confirms = true;
        if !matches!(self.phase, Phase::Listing { .. }) {
            self.next = List::Channels;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn ready(now: Instant) -> Resync {
        let mut resync = Resync::new(&LiveLimits::default(), 1);
        assert_eq!((resync.state(true), resync.begin(now)), (State::Stale, None));
        resync.on_ready(now);
        resync
    }

    /// Reads both lists.
    fn round(resync: &mut Resync, hears_calls: bool, untold: usize, now: Instant) {
        for (action, list) in [("CoreShowChannels", List::Channels), ("BridgeList", List::Bridges)] {
            assert_eq!(resync.begin(now), Some(action));
            assert_eq!((resync.begin(now), resync.listing()), (None, None));
            assert_eq!((resync.on_begin(), resync.on_begin()), (Some(list), None));
            assert_eq!((resync.listing(), resync.is_listing()), (Some(list), true));
            assert_eq!(resync.on_end(now), Verdict::Whole(list));
        }
        resync.on_round(hears_calls, untold, now);
    }

    /// The time until the next list.
    fn wait(resync: &Resync, now: Instant) -> Duration {
        let next = resync.next_deadline().expect("a list is to come") - now;
        assert!(next.is_zero() || !resync.wants_turn(now + next.saturating_sub(SECOND / 1_000)));
        assert!(resync.wants_turn(now + next));
        next
    }

    /// The times in seconds until each of the next lists, if each round ends at once.
    fn waits(resync: &mut Resync, hears_calls: bool, untold: usize, now: &mut Instant) -> [u64; 8] {
        [(); 8].map(|()| {
            round(resync, hears_calls, untold, *now);
            let wait = wait(resync, *now);
            *now += wait;
            wait.as_secs()
        })
    }

    #[test]
    fn the_lists_after_a_gap_are_confirmed_soon_and_later_ones_verified_at_odd_times() {
        let mut now = Instant::now();
        let mut resync = ready(now);
        assert_eq!((resync.state(true), resync.verifies()), (State::Syncing, false));
        round(&mut resync, true, 0, now);
        assert_eq!((resync.state(true), resync.verifies()), (State::Current, true));
        assert_eq!(wait(&resync, now), CONFIRM_AFTER);
        now += CONFIRM_AFTER;
        let all: Vec<_> = (0..8).flat_map(|_| waits(&mut resync, true, 0, &mut now)).collect();
        assert!(all.iter().all(|wait| (240..=360).contains(wait)), "{all:?}");
        assert!(all.iter().any(|wait| *wait < 260) && all.iter().any(|wait| *wait > 340), "{all:?}");
        resync.on_lost();
        assert_eq!(
            (resync.state(true), resync.verifies(), resync.next_deadline()),
            (State::Stale, false, None)
        );
    }

    #[test]
    fn every_state_has_a_name() {
        let names = State::ALL.map(State::name);
        assert_eq!(names, ["stale", "syncing", "current", "partial", "deaf", "denied"]);
    }

    #[test]
    fn while_no_event_has_come_lists_come_after_twice_the_time_each() {
        let mut now = Instant::now();
        let mut resync = ready(now);
        assert_eq!(waits(&mut resync, false, 0, &mut now), [3, 5, 10, 20, 40, 80, 160, 300]);
        assert_eq!(waits(&mut resync, false, 0, &mut now), [300; 8]);
        resync.on_ready(now);
        assert_eq!(waits(&mut resync, false, 0, &mut now)[..3], [3, 5, 10], "a session begins anew");
    }

    #[test]
    fn who_is_told_nothing_of_channels_twice_is_deaf_until_an_event_comes() {
        let mut now = Instant::now();
        let mut resync = ready(now);
        round(&mut resync, false, 1, now);
        assert_eq!(resync.state(false), State::Current, "once may be by chance");
        now += wait(&resync, now);
        round(&mut resync, false, 1, now);
        assert_eq!((resync.state(false), resync.state(true)), (State::Deaf, State::Current));
        now += wait(&resync, now);
        assert_eq!(waits(&mut resync, false, 1, &mut now), [5; 8]);
        round(&mut resync, true, 1, now);
        assert_eq!(resync.state(false), State::Current, "it was told");
        now += wait(&resync, now);
        round(&mut resync, false, 1, now);
        now += wait(&resync, now);
        round(&mut resync, false, 0, now);
        now += wait(&resync, now);
        round(&mut resync, false, 1, now);
        assert_eq!(resync.state(false), State::Current, "twice in a row");
    }

    #[test]
    fn a_list_that_fails_is_asked_for_again_after_1_to_30_seconds() {
        let mut now = Instant::now();
        let mut resync = ready(now);
        let failed = |resync: &mut Resync, now: &mut Instant| {
            assert_eq!(resync.begin(*now), Some("CoreShowChannels"));
            resync.on_refused(b"Invalid/unknown command: CoreShowChannels.", *now);
            let wait = wait(resync, *now);
            *now += wait;
            wait.as_secs()
        };
        let first = [(); 7].map(|()| failed(&mut resync, &mut now));
        assert_eq!(first, [1, 2, 4, 8, 16, 30, 30]);
        resync.hurry(now);
        assert_eq!(failed(&mut resync, &mut now), 1, "a server that has booted is asked at once");
        round(&mut resync, true, 0, now);
        now += wait(&resync, now);
        assert_eq!(failed(&mut resync, &mut now), 1, "it had come in between");
    }

    #[test]
    fn a_list_that_takes_too_long_is_given_up() {
        let now = Instant::now();
        let mut resync = ready(now);
        let timeout = LiveLimits::default().list_timeout;
        assert!(!resync.on_time(now), "it is due, not late");
        assert_eq!((resync.next_deadline(), resync.wants_turn(now)), (None, true));
        resync.wake(now + SECOND);
        assert_eq!(resync.next_deadline(), Some(now + SECOND));
        assert_eq!((resync.begin(now), resync.begin(now + SECOND)), (None, Some("CoreShowChannels")));
        let late = now + SECOND + timeout;
        resync.wake(now);
        resync.hurry(now);
        assert_eq!(resync.next_deadline(), Some(late));
        assert!(!resync.on_time(now + timeout) && resync.is_listing());
        assert!(resync.on_time(late) && !resync.is_listing());
        assert_eq!(wait(&resync, late), SECOND);
    }

    #[test]
    fn a_gap_while_a_list_is_read_breaks_it_and_a_gap_between_lists_begins_anew() {
        let now = Instant::now();
        for lists_before in [0, 1] {
            let mut resync = ready(now);
            if lists_before == 1 {
                resync.begin(now);
                resync.on_begin();
                resync.on_end(now);
            }
            resync.begin(now);
            resync.on_begin();
            resync.on_gap(now);
            assert_eq!((resync.on_end(now), resync.state(true)), (Verdict::Broken, State::Syncing));
            assert_eq!(wait(&resync, now), SECOND);
            let now = now + SECOND;
            round(&mut resync, true, 0, now);
            assert_eq!((resync.state(true), wait(&resync, now)), (State::Current, CONFIRM_AFTER));
            resync.on_gap(now);
            assert_eq!((resync.state(true), wait(&resync, now)), (State::Syncing, Duration::ZERO));
            round(&mut resync, true, 0, now);
            assert_eq!(wait(&resync, now), CONFIRM_AFTER);
        }
        let mut resync = ready(now);
        resync.begin(now);
        resync.on_begin();
        assert_eq!(resync.on_end(now), Verdict::Whole(List::Channels));
        resync.on_gap(now);
        round(&mut resync, true, 0, now);
        let mut resync = ready(now);
        assert_eq!(resync.on_end(now), Verdict::Broken, "no list was asked for");
        resync.begin(now);
        assert_eq!(resync.on_end(now), Verdict::Broken, "it had not begun");
        resync.on_lost();
        resync.on_gap(now);
        assert_eq!((resync.state(true), resync.next_deadline()), (State::Stale, None));
    }

    #[test]
    fn who_may_not_list_channels_by_one_action_tries_the_other() {
        let now = Instant::now();
        let mut resync = ready(now);
        assert_eq!(resync.begin(now), Some("CoreShowChannels"));
        resync.on_refused(b"Permission denied", now);
        assert_eq!((wait(&resync, now), resync.begin(now)), (Duration::ZERO, Some("Status")));
        resync.on_begin();
        resync.on_end(now);
        assert_eq!(resync.begin(now), Some("BridgeList"));
        resync.on_refused(b"Permission denied", now);
        assert_eq!(wait(&resync, now), SECOND, "bridges are in no class");
        assert_eq!(resync.begin(now + SECOND), Some("Status"));
        resync.on_refused(b"Invalid/unknown command: Status.", now);
        assert_eq!(resync.begin(now + 2 * SECOND), Some("Status"), "a server that boots knows no command");
        resync.on_refused(b"Permission denied", now);
        assert_eq!((resync.state(false), resync.state(true)), (State::Denied, State::Partial));
        resync.on_gap(now);
        assert_eq!((resync.next_deadline(), resync.begin(now)), (None, None));
        resync.on_ready(now);
        assert_eq!(resync.begin(now), Some("CoreShowChannels"), "another session may");
    }
}
