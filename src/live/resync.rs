//! When lists are asked for, and how far the model can be trusted.

use std::time::{Duration, Instant};

use crate::limits::LiveLimits;

/// How far the model of a server can be trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// There is no session: what is known is from before.
    Stale,
    /// Lists are on their way.
    Syncing,
    /// It is as events and lists told.
    Current,
    /// No list may be read: calls that began since the login are known.
    Partial,
    /// No events come: what the last list said is known.
    Deaf,
    /// Neither lists may be read, nor do events come.
    Denied,
}

impl State {
    /// Its name.
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

/// A list that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Channels,
    Bridges,
}

/// By which action channels can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Access {
    /// Class `system` or `reporting`.
    CoreShowChannels,
    /// Class `system`, `call` or `reporting`.
    Status,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// There is no session.
    Away,
    /// The next list is asked for at this time.
    Resting { until: Instant },
    /// It waits for its turn.
    Due,
    /// One was asked for.
    Listing { until: Instant, has_begun: bool, is_broken: bool },
    /// Nothing can be listed in this session.
    Resigned,
}

/// The lists of one session.
#[derive(Debug)]
pub(super) struct Resync {
    phase: Phase,
    next: List,
    access: Access,
    /// A whole round of lists came since the last gap.
    is_current: bool,
    /// A gap came while lists were read.
    is_outdated: bool,
    /// A `Hangup` that a gap swallowed may be one of a channel that the list still had.
    confirms: bool,
    failures: u32,
    rounds_in_silence: u32,
    /// Lists in a row with channels that no event told.
    deaf_lists: u32,
    list_timeout: Duration,
    verify_interval: Duration,
    poll_interval: Duration,
    random: fastrand::Rng,
}

/// From a list to the one that confirms it.
const CONFIRM_AFTER: Duration = Duration::from_secs(3);
const RETRY_FIRST: Duration = Duration::from_secs(1);
const RETRY_LAST: Duration = Duration::from_secs(30);
/// Where no event of a call came yet, lists come sooner: it may be that none ever will.
const FIRST_DOUBT: Duration = Duration::from_secs(5);

/// What ended a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is whole.
    Whole(List),
    /// Part of it was lost: what is missing in it may be there.
    Broken,
}

impl Resync {
    pub(super) fn new(limits: &LiveLimits, seed: u64) -> Self {
        Self {
            phase: Phase::Away,
            next: List::Channels,
            access: Access::CoreShowChannels,
            is_current: false,
            is_outdated: false,
            confirms: false,
            failures: 0,
            rounds_in_silence: 0,
            deaf_lists: 0,
            list_timeout: limits.list_timeout,
            verify_interval: limits.verify_interval,
            poll_interval: limits.poll_interval,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    pub(super) fn state(&self, hears_calls: bool) -> State {
        match (self.phase, self.access) {
            (Phase::Away, _) => State::Stale,
            (_, Access::Refused) if hears_calls => State::Partial,
            (_, Access::Refused) => State::Denied,
            _ if !self.is_current => State::Syncing,
            _ if self.is_deaf() && !hears_calls => State::Deaf,
            _ => State::Current,
        }
    }

    /// A session begins.
    pub(super) fn on_ready(&mut self, now: Instant) {
        self.phase = Phase::Resting { until: now };
        self.access = Access::CoreShowChannels;
        (self.failures, self.rounds_in_silence, self.deaf_lists) = (0, 0, 0);
        self.is_outdated = false;
        self.begin_anew();
    }

    /// The session is over.
    pub(super) fn on_lost(&mut self) {
        self.phase = Phase::Away;
        self.is_current = false;
    }

    /// A server that cannot be modelled.
    pub(super) fn resign(&mut self) {
        self.phase = Phase::Resigned;
        self.access = Access::Refused;
    }

    /// Something was lost in the middle of a session.
    pub(super) fn on_gap(&mut self, now: Instant) {
        match &mut self.phase {
            Phase::Away | Phase::Resigned => return,
            Phase::Resting { until } => *until = now,
            Phase::Due => {}
            Phase::Listing { is_broken, .. } => {
                *is_broken = true;
                self.is_outdated = true;
            }
        }
        self.begin_anew();
    }

    /// The list that was read leaves something open: the next one comes soon.
    pub(super) fn confirm(&mut self) {
        self.confirms = true;
    }

    /// Lists come as soon as they can: something may have changed that no event tells.
    pub(super) fn hurry(&mut self, now: Instant) {
        if let Phase::Resting { until } = &mut self.phase {
            *until = now;
            self.failures = 0;
        }
    }

    /// True where a list is to be asked for.
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

    /// The action to send.
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

    /// The list's response came. The list that begins.
    pub(super) fn on_begin(&mut self) -> Option<List> {
        let Phase::Listing { has_begun, .. } = &mut self.phase else { return None };
        (!std::mem::replace(has_begun, true)).then_some(self.next)
    }

    /// The list whose items come now.
    pub(super) fn listing(&self) -> Option<List> {
        matches!(self.phase, Phase::Listing { has_begun: true, .. }).then_some(self.next)
    }

    /// True while a list was asked for and has not ended.
    pub(super) fn is_listing(&self) -> bool {
        matches!(self.phase, Phase::Listing { .. })
    }

    /// True while no gap came since the last round.
    pub(super) fn verifies(&self) -> bool {
        self.is_current
    }

    /// The list's end came.
    pub(super) fn on_end(&mut self, now: Instant) -> Verdict {
        let Phase::Listing { is_broken, has_begun, .. } = self.phase else { return Verdict::Broken };
        if is_broken || !has_begun {
            self.next = List::Channels;
            self.phase = Phase::Resting { until: now };
            return Verdict::Broken;
        }
        self.failures = 0;
        let list = self.next;
        if list == List::Channels {
            self.next = List::Bridges;
            self.phase = Phase::Resting { until: now };
        }
        Verdict::Whole(list)
    }

    /// Both lists are applied: when they come again.
    pub(super) fn on_round(&mut self, hears_calls: bool, untold: usize, now: Instant) {
        self.next = List::Channels;
        if std::mem::take(&mut self.is_outdated) {
            self.phase = Phase::Resting { until: now };
            return;
        }
        self.is_current = true;
        self.deaf_lists = if untold > 0 && !hears_calls { self.deaf_lists + 1 } else { 0 };
        let wait = if std::mem::take(&mut self.confirms) {
            CONFIRM_AFTER
        } else if hears_calls {
            self.verify_interval.mul_f64(0.8 + 0.4 * self.random.f64())
        } else if self.is_deaf() {
            self.poll_interval
        } else {
            self.rounds_in_silence += 1;
            let doubt = FIRST_DOUBT * 2_u32.saturating_pow(self.rounds_in_silence.min(16) - 1);
            doubt.min(self.verify_interval)
        };
        self.phase = Phase::Resting { until: now + wait };
    }

    /// The list was refused.
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

    /// True where the time of a list is up.
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

    /// It could not be sent, or did not come.
    pub(super) fn retry(&mut self, now: Instant) {
        self.next = List::Channels;
        let wait = (RETRY_FIRST * 2_u32.saturating_pow(self.failures.min(16))).min(RETRY_LAST);
        self.failures += 1;
        self.phase = Phase::Resting { until: now + wait };
    }

    fn is_deaf(&self) -> bool {
        self.deaf_lists >= 2
    }

    fn begin_anew(&mut self) {
        self.is_current = false;
        self.confirms = true;
        if !matches!(self.phase, Phase::Listing { .. }) {
            self.next = List::Channels;
        }
    }
}
