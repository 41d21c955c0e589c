//! One call: a set of channels that were joined, and what happened to it.

use std::cmp::Ordering;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use smallvec::SmallVec;

use super::channel::{Channel, Field, device_of, local_half};
use super::edge::{Edges, Outcome};
use super::fields::{number, serial};
use super::keys::{CallKey, ChannelKey};
use super::reference::Reference;
use super::texts::Texts;
use crate::limits::LIVE_ATTEMPTS_MAX;

/// Refers to a call while it goes on, and keeps its last state afterwards.
pub type CallRef = Reference<CallKey, Call>;

/// The call of a channel that was given an id before it was made.
#[derive(Clone, Debug, Default)]
pub struct ExpectedCall(Arc<OnceLock<CallRef>>);

impl ExpectedCall {
    pub(super) fn begin(&self, call: CallRef) {
        _ = self.0.set(call);
    }

    /// The call that the channel began, or was born into.
    #[must_use]
    pub fn call(&self) -> Option<&CallRef> {
        self.0.get()
    }

    /// True where nobody else waits for it any more.
    pub(super) fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Linkedids that were joined; the first one is its id.
    pub(super) linked_ids: SmallVec<[Box<[u8]>; 1]>,
    pub(super) channels: SmallVec<[ChannelKey; 4]>,
    pub(super) started_at: Duration,
    pub(super) ringing_at: Option<Duration>,
    pub(super) answered_at: Option<Duration>,
    caller: Who,
    answered_by: Who,
    attempts: Vec<Attempt>,
    /// How the last attempt to end did.
    last_outcome: Option<Outcome>,
    /// The cause of a `Hangup`, and of that half of a Local channel which runs the dialplan.
    cause: Option<u16>,
    far_cause: Option<u16>,
    end: End,
    /// A gap swallowed how it began: nothing is told of it.
    pub(super) is_tail: bool,
    reported: Edges,
    /// What is to be told next.
    pub(super) news: Edges,
    /// What is to be told after that: see `Calls::seal_news`.
    pub(super) later_news: Edges,
    /// Where calls are followed by their versions: that of the last change.
    pub(super) changed_at: u64,
    /// Somebody refers to it.
    pub(super) reference: Option<CallRef>,
}

/// Somebody who takes part.
#[derive(Clone, Debug, Default)]
enum Who {
    #[default]
    Nobody,
    Here(ChannelKey),
    /// The channel is gone; what it was is kept.
    Gone(Box<Party>),
}

/// Who a channel was.
#[derive(Clone, Debug, Default)]
pub struct Party(Texts<4>);

/// An attempt to reach somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub(super) channel: Box<[u8]>,
    /// Unix time at which it began.
    pub since: Duration,
    /// How it ended; `None` while it has not.
    pub outcome: Option<Outcome>,
}

/// How a call ended.
#[derive(Clone, Debug, Default)]
enum End {
    #[default]
    Open,
    Over {
        at: Duration,
        outcome: Outcome,
    },
    Merged {
        at: Duration,
        into: Box<[u8]>,
    },
}

impl Party {
    pub(super) fn of(channel: &Channel) -> Self {
        let mut texts = Texts::default();
        texts.write(&[
            Some(channel.name()),
            Some(channel.unique_id()),
            Some(channel.text(Field::CallerNumber)),
            Some(channel.text(Field::CallerName)),
        ]);
        Self(texts)
    }

    /// The channel's name.
    #[must_use]
    pub fn channel(&self) -> &[u8] {
        self.0.get(0)
    }

    /// `PJSIP/alice` of `PJSIP/alice-0000000a`.
    #[must_use]
    pub fn device(&self) -> &[u8] {
        device_of(self.channel())
    }

    /// The channel's id.
    #[must_use]
    pub fn unique_id(&self) -> &[u8] {
        self.0.get(1)
    }

    /// The number, as Asterisk had it last.
    #[must_use]
    pub fn number(&self) -> &[u8] {
        self.0.get(2)
    }

    /// The name, as Asterisk had it last.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        self.0.get(3)
    }
}

impl Attempt {
    /// The name of the channel that was dialled.
    #[must_use]
    pub fn channel(&self) -> &[u8] {
        &self.channel
    }

    /// `PJSIP/alice` of `PJSIP/alice-0000000a`.
    #[must_use]
    pub fn device(&self) -> &[u8] {
        device_of(&self.channel)
    }
}

impl Call {
    pub(super) fn new(linked_id: &[u8], first: Option<ChannelKey>, is_tail: bool, now: Duration) -> Self {
        Self {
            linked_ids: SmallVec::from_iter([linked_id.into()]),
            channels: SmallVec::new(),
            started_at: now,
            ringing_at: None,
            answered_at: None,
            caller: first.map_or(Who::Nobody, Who::Here),
            answered_by: Who::Nobody,
            attempts: Vec::new(),
            last_outcome: None,
            cause: None,
            far_cause: None,
            end: End::Open,
            is_tail,
            reported: Edges::default(),
            news: Edges::default(),
            later_news: Edges::default(),
            changed_at: 0,
            reference: None,
        }
    }

    /// A call that could not even be begun.
    #[must_use]
    pub fn failed(id: &[u8], outcome: Outcome, now: Duration) -> Self {
        let mut call = Self::new(id, None, false, now);
        call.end = End::Over { at: now, outcome };
        call
    }

    /// Asterisk's Linkedid: the oldest one of those that were joined.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        self.linked_ids.first().map_or(&[], |id| id)
    }

    /// The Linkedids that were joined.
    pub fn linked_ids(&self) -> impl Iterator<Item = &[u8]> {
        self.linked_ids.iter().map(|id| &**id)
    }

    /// Its channels now, halves of Local channels among them.
    #[must_use]
    pub fn channels(&self) -> &[ChannelKey] {
        &self.channels
    }

    /// Unix time at which it began.
    #[must_use]
    pub fn started_at(&self) -> Duration {
        self.started_at
    }

    /// Unix time at which a phone rang first.
    #[must_use]
    pub fn ringing_at(&self) -> Option<Duration> {
        self.ringing_at
    }

    /// Unix time at which somebody took it.
    #[must_use]
    pub fn answered_at(&self) -> Option<Duration> {
        self.answered_at
    }

    /// Unix time at which it ended or was merged.
    #[must_use]
    pub fn ended_at(&self) -> Option<Duration> {
        match &self.end {
            End::Open => None,
            End::Over { at, .. } | End::Merged { at, .. } => Some(*at),
        }
    }

    /// What became of it; `None` while it goes on.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.end {
            End::Open => None,
            End::Over { outcome, .. } => Some(*outcome),
            End::Merged { .. } => Some(Outcome::Merged),
        }
    }

    /// The id of the call that it is a part of now.
    #[must_use]
    pub fn merged_into(&self) -> Option<&[u8]> {
        match &self.end {
            End::Open | End::Over { .. } => None,
            End::Merged { into, .. } => Some(into),
        }
    }

    /// The Q.850 cause that says most; `None` where there is none yet.
    #[must_use]
    pub fn cause(&self) -> Option<u16> {
        self.far_cause.or(self.cause)
    }

    /// Whom it was tried to reach, oldest first.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The channel it began with, where that is there.
    #[must_use]
    pub fn caller_channel(&self) -> Option<ChannelKey> {
        self.caller.here()
    }

    /// What the channel was that it began with, where that is gone.
    #[must_use]
    pub fn caller_gone(&self) -> Option<&Party> {
        self.caller.gone()
    }

    /// The channel of who took it, where that is there.
    #[must_use]
    pub fn answered_by_channel(&self) -> Option<ChannelKey> {
        self.answered_by.here()
    }

    /// What the channel was of who took it, where that is gone.
    #[must_use]
    pub fn answered_by_gone(&self) -> Option<&Party> {
        self.answered_by.gone()
    }

    /// True where it ended or was merged.
    #[must_use]
    pub fn is_over(&self) -> bool {
        !matches!(self.end, End::Open)
    }

    /// How long it rang: until somebody took it, or it ended, or now.
    #[must_use]
    pub fn rang_for(&self, now: Duration) -> Duration {
        let until = self.answered_at.or(self.ended_at()).unwrap_or(now);
        self.ringing_at.map_or(Duration::ZERO, |since| until.saturating_sub(since))
    }

    /// How long it was talked since somebody took it, until it ended, or now.
    #[must_use]
    pub fn talked_for(&self, now: Duration) -> Duration {
        let until = self.ended_at().unwrap_or(now);
        self.answered_at.map_or(Duration::ZERO, |since| until.saturating_sub(since))
    }

    /// Notes that something happened. True where it is news.
    pub(super) fn happened(&mut self, edge: Edges) -> bool {
        let over = Edges::ENDED.has(self.reported) || Edges::MERGED.has(self.reported);
        if self.is_tail || over || (self.reported.has(edge) && Edges::ONCE.has(edge)) {
            return false;
        }
        self.reported.add(edge);
        self.news.add(edge);
        true
    }

    /// Takes what is to be told of a call that is over.
    pub(super) fn take_all_news(&mut self) -> Edges {
        std::mem::take(&mut self.news).and(std::mem::take(&mut self.later_news))
    }

    pub(super) fn ring(&mut self, now: Duration) -> bool {
        self.ringing_at.get_or_insert(now);
        self.happened(Edges::RINGING)
    }

    /// Somebody took it. A phone is more than a half of a Local channel, be it later.
    pub(super) fn answer(&mut self, by: Option<(ChannelKey, &Channel)>, now: Duration) -> bool {
        self.answered_at.get_or_insert(now);
        if let Some((key, channel)) = by
            && !channel.is_local()
            && matches!(self.answered_by, Who::Nobody)
        {
            self.answered_by = Who::Here(key);
        }
        self.happened(Edges::ANSWERED)
    }

    pub(super) fn attempt(&mut self, channel: &[u8], now: Duration) {
        if self.attempts.len() < LIVE_ATTEMPTS_MAX {
            self.attempts.push(Attempt { channel: channel.into(), since: now, outcome: None });
        }
    }

    pub(super) fn attempt_ended(&mut self, channel: &[u8], outcome: Outcome) {
        self.last_outcome = Some(outcome);
        let is_it = |attempt: &&mut Attempt| *attempt.channel == *channel && attempt.outcome.is_none();
        if let Some(attempt) = self.attempts.iter_mut().rev().find(is_it) {
            attempt.outcome = Some(outcome);
        }
    }

    /// A channel goes; who it was is kept where it matters.
    pub(super) fn part(&mut self, key: ChannelKey, channel: &Channel, cause: Option<u16>) {
        self.channels.retain(|other| *other != key);
        for who in [&mut self.caller, &mut self.answered_by] {
            if who.here() == Some(key) {
                *who = Who::Gone(Box::new(Party::of(channel)));
            }
        }
        if let Some(cause) = cause.filter(|cause| *cause != 0) {
            self.cause = Some(cause);
            if local_half(channel.name()).is_some_and(|(_, half)| half == b'2') {
                self.far_cause = Some(cause);
            }
        }
    }

    /// The channel that it began with is known only now.
    pub(super) fn begun_by(&mut self, key: ChannelKey) {
        if matches!(self.caller, Who::Nobody) {
            self.caller = Who::Here(key);
        }
    }

    /// Takes over what another call was.
    pub(super) fn absorb(&mut self, other: &mut Self, now: Duration) -> bool {
        self.channels.append(&mut other.channels);
        self.linked_ids.extend(other.linked_ids.iter().cloned());
        let (first, rest) = self.linked_ids.split_at_mut(1);
        // The survivor may be the younger one, where the older one is only a tail.
        debug_assert!(!first.is_empty() && !rest.is_empty(), "two calls have two ids");
        let room = LIVE_ATTEMPTS_MAX.saturating_sub(self.attempts.len());
        self.attempts.extend(other.attempts.iter().take(room).cloned());
        self.ringing_at = self.ringing_at.or(other.ringing_at);
        self.last_outcome = self.last_outcome.or(other.last_outcome);
        self.cause = self.cause.or(other.cause);
        self.far_cause = self.far_cause.or(other.far_cause);
        if matches!(self.answered_by, Who::Nobody) {
            self.answered_by = other.answered_by.clone();
        }
        let is_answered = other.answered_at.is_some();
        let at = self.answered_at.or(other.answered_at).unwrap_or(now);
        other.end = End::Merged { at: now, into: self.id().into() };
        is_answered && self.answer(None, at)
    }

    /// Its last channel is gone. An end that nobody told says nothing of a call that was not answered.
    pub(super) fn finish(&mut self, is_lost: bool, caller_up_at: Option<Duration>, now: Duration) {
        if self.answered_at.is_none() && self.attempts.is_empty() {
            // No dial at all: it talked to the dialplan, from when that took it.
            if let Some(at) = caller_up_at {
                self.answer(None, at);
            }
        }
        let outcome = match (self.answered_at, self.last_outcome, self.cause()) {
            (Some(_), ..) => Outcome::Answered,
            (None, ..) if is_lost => Outcome::Lost,
            (None, Some(outcome), _) => outcome,
            (None, None, Some(cause)) => Outcome::of_cause(cause),
            // Asterisk 16 says nothing of the end of an `Originate` that rang until its time was over.
            (None, None, None) if self.ringing_at.is_some() => Outcome::NoAnswer,
            (None, None, None) => Outcome::Failed,
        };
        self.end = End::Over { at: now, outcome };
    }

    /// Bytes of memory, with its entries by Linkedid.
    pub(super) fn memory(&self) -> usize {
        let spilled = self.channels.capacity().saturating_sub(4) * size_of::<ChannelKey>();
        let gone = [&self.caller, &self.answered_by].into_iter().filter_map(Who::gone).count();
        size_of::<Self>()
            + self.linked_ids.len() * LINKED_ID_BYTES
            + spilled
            + self.attempts.len() * (size_of::<Attempt>() + ATTEMPT_BYTES)
            + gone * PARTY_BYTES
    }
}

/// A Linkedid twice, and its entry.
const LINKED_ID_BYTES: usize = 80;
/// The name of a channel.
const ATTEMPT_BYTES: usize = 32;
/// A party that is gone.
const PARTY_BYTES: usize = size_of::<Party>() + 64;

impl Who {
    fn here(&self) -> Option<ChannelKey> {
        match self {
            Self::Here(key) => Some(*key),
            Self::Nobody | Self::Gone(_) => None,
        }
    }

    fn gone(&self) -> Option<&Party> {
        match self {
            Self::Gone(party) => Some(party),
            Self::Nobody | Self::Here(_) => None,
        }
    }
}

/// Which of two Linkedids is the older one: by second and number where Asterisk made them.
pub(super) fn by_age(one: &[u8], other: &[u8]) -> Ordering {
    let made = |id: &[u8]| {
        let serial = serial(id)?;
        let dot = memchr::memrchr(b'.', id)?;
        let start = id[..dot].iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
        Some((number::<u64>(&id[start..dot])?, serial))
    };
    match (made(one), made(other)) {
        (Some(one), Some(other)) => one.cmp(&other),
        _ => Ordering::Equal,
    }
}
