//! One call: a set of channels that were joined, and its history.

use std::cmp::Ordering;
use std::num::NonZeroU16;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use smallvec::SmallVec;

use super::channel::{Channel, device_of, local_half};
use super::edge::{Edges, Outcome};
use super::fields::{number, serial};
use super::keys::{CallKey, ChannelKey};
use super::news::Unreported;
use super::queue_visit::QueueVisit;
use super::reference::Reference;
use super::snapshot::Field;
use super::texts::{Texts, cut};
use crate::limits::LIVE_ATTEMPTS_MAX;

/// Refers to a call while it goes on, and keeps its last state afterwards.
pub type CallRef = Reference<CallKey, Call>;

/// The call of a channel that does not exist yet, but whose id is known.
#[derive(Clone, Debug, Default)]
pub struct ExpectedCall(Arc<OnceLock<CallRef>>);

impl ExpectedCall {
    pub(super) fn begin(&self, call: CallRef) {
        _ = self.0.set(call);
    }

    /// The call that the channel started or joined. `None` until the channel exists.
    #[must_use]
    pub fn call(&self) -> Option<&CallRef> {
        self.0.get()
    }

    /// True if no other reference to it is left.
    pub(super) fn is_forgotten(&self) -> bool {
        Arc::strong_count(&self.0) == 1
    }
}

/// One call.
///
/// A report of one of many calls finds nothing of it in the processor's caches. What nearly every report reads is therefore
/// at its beginning, its id included.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Call {
    /// The reference that was given out, if any.
    pub(super) reference: Option<CallRef>,
    /// Edges to report.
    pub(super) news: Unreported<Edges>,
    reported: Edges,
    /// True if the call ended before and this is a late part of it. It is not reported.
    pub(super) is_tail: bool,
    /// True if events of the call may have been lost, because a gap came since its start or a list showed it
    /// first.
    pub(super) has_gap: bool,
    id: SmallVec<[u8; ID_INLINE]>,
    /// Version of the last change, if changes are kept.
    pub(super) changed_at: u64,
    caller: Who,
    pub(super) channels: SmallVec<[ChannelKey; 4]>,
    pub(super) started_at: Duration,
    pub(super) ringing_at: Option<Duration>,
    pub(super) answered_at: Option<Duration>,
    answered_by: Who,
    attempts: Vec<Attempt>,
    /// Linkedids of the calls that were merged into it.
    joined: Vec<Box<[u8]>>,
    /// Outcome of the attempt that ended last.
    last_outcome: Option<Outcome>,
    /// Cause of the last `Hangup`, and of the last `Hangup` of a second half of a Local channel.
    cause: Option<NonZeroU16>,
    far_cause: Option<NonZeroU16>,
    /// `None` while the call goes on.
    end: Option<Box<End>>,
    /// The last wait in a queue.
    pub(super) queue: Option<Box<QueueVisit>>,
}

/// Bytes of the longest usual Linkedid, for example `pbx1-1700000000.123456`.
const ID_INLINE: usize = 24;

/// A participant of a call.
#[derive(Clone, Debug, Default)]
enum Who {
    #[default]
    Nobody,
    Here(ChannelKey),
    /// The channel ended, and this is kept of it.
    Gone(Box<Party>),
}

/// Name, id and caller id of a channel.
#[derive(Clone, Debug, Default)]
pub struct Party(Texts<4>);

/// An attempt to reach a channel by a dial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    pub(super) channel: Box<[u8]>,
    /// Unix time of its start.
    pub since: Duration,
    /// Its outcome. `None` until it ends.
    pub outcome: Option<Outcome>,
}

/// How a call ended.
#[derive(Clone, Debug)]
enum End {
    Over { at: Duration, outcome: Outcome },
    Merged { at: Duration, into: Box<[u8]> },
}

impl Party {
    pub(super) fn of(channel: &Channel) -> Self {
        Self(Texts::of([
            channel.name(),
            channel.unique_id(),
            channel.text(Field::CallerNumber),
            channel.text(Field::CallerName),
        ]))
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

    /// The last known caller number.
    #[must_use]
    pub fn number(&self) -> &[u8] {
        self.0.get(2)
    }

    /// The last known caller name.
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
    pub(super) fn new(linked_id: &[u8], is_tail: bool, now: Duration) -> Self {
        Self {
            reference: None,
            news: Unreported::default(),
            reported: Edges::default(),
            is_tail,
            has_gap: false,
            id: SmallVec::from_slice(linked_id),
            changed_at: 0,
            caller: Who::Nobody,
            channels: SmallVec::new(),
            started_at: now,
            ringing_at: None,
            answered_at: None,
            answered_by: Who::Nobody,
            attempts: Vec::new(),
            joined: Vec::new(),
            last_outcome: None,
            cause: None,
            far_cause: None,
            end: None,
            queue: None,
        }
    }

    /// A call that could not be started.
    #[must_use]
    pub fn failed(id: &[u8], outcome: Outcome, now: Duration) -> Self {
        let mut call = Self::new(id, false, now);
        call.end = Some(Box::new(End::Over { at: now, outcome }));
        call
    }

    /// The id of the call: the oldest of the Linkedids that were joined.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        &self.id
    }

    /// The Linkedids that were joined.
    pub fn linked_ids(&self) -> impl Iterator<Item = &[u8]> {
        std::iter::once(self.id()).chain(self.joined.iter().map(|id| &**id))
    }

    /// Its current channels, halves of Local channels included.
    #[must_use]
    pub fn channels(&self) -> &[ChannelKey] {
        &self.channels
    }

    /// Unix time of its start.
    #[must_use]
    pub fn started_at(&self) -> Duration {
        self.started_at
    }

    /// Unix time at which a phone first rang.
    #[must_use]
    pub fn ringing_at(&self) -> Option<Duration> {
        self.ringing_at
    }

    /// Unix time at which it was answered.
    #[must_use]
    pub fn answered_at(&self) -> Option<Duration> {
        self.answered_at
    }

    /// Unix time at which it ended or was merged.
    #[must_use]
    pub fn ended_at(&self) -> Option<Duration> {
        match self.end.as_deref()? {
            End::Over { at, .. } | End::Merged { at, .. } => Some(*at),
        }
    }

    /// Its outcome. `None` while it goes on.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self.end.as_deref()? {
            End::Over { outcome, .. } => Some(*outcome),
            End::Merged { .. } => Some(Outcome::Merged),
        }
    }

    /// The id of the call into which it was merged.
    #[must_use]
    pub fn merged_into(&self) -> Option<&[u8]> {
        self.end.as_deref()?.merged_into()
    }

    /// The Q.850 cause of its end: that of the called side if known. `None` until there is one.
    #[must_use]
    pub fn cause(&self) -> Option<u16> {
        self.far_cause.or(self.cause).map(NonZeroU16::get)
    }

    /// The attempts to reach a channel, oldest first.
    #[must_use]
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// The channel that started the call, while it exists.
    #[must_use]
    pub fn caller_channel(&self) -> Option<ChannelKey> {
        self.caller.here()
    }

    /// The channel that started the call, after its end.
    #[must_use]
    pub fn caller_gone(&self) -> Option<&Party> {
        self.caller.gone()
    }

    /// The channel that answered, while it exists.
    #[must_use]
    pub fn answered_by_channel(&self) -> Option<ChannelKey> {
        self.answered_by.here()
    }

    /// The channel that answered, after its end.
    #[must_use]
    pub fn answered_by_gone(&self) -> Option<&Party> {
        self.answered_by.gone()
    }

    /// The last wait of the call in a queue, which may still go on. `None` if it was in no queue.
    #[must_use]
    pub fn queue(&self) -> Option<&QueueVisit> {
        self.queue.as_deref()
    }

    /// True if it ended or was merged.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// How long it rang: until the answer, the end, or `now`.
    #[must_use]
    pub fn rang_for(&self, now: Duration) -> Duration {
        let until = self.answered_at.or(self.ended_at()).unwrap_or(now);
        self.ringing_at.map_or(Duration::ZERO, |since| until.saturating_sub(since))
    }

    /// Time since the answer, until the end or `now`.
    #[must_use]
    pub fn talked_for(&self, now: Duration) -> Duration {
        let until = self.ended_at().unwrap_or(now);
        self.answered_at.map_or(Duration::ZERO, |since| until.saturating_sub(since))
    }

    /// Notes an edge, to be reported unless it came before.
    pub(super) fn happened(&mut self, edge: Edges) {
        let is_over = self.reported.intersects(Edges::ENDED | Edges::MERGED);
        if self.is_tail || is_over || (self.reported & Edges::ONCE).intersects(edge) {
            return;
        }
        self.reported |= edge;
        self.news.now |= edge;
    }

    pub(super) fn ring(&mut self, now: Duration) {
        self.ringing_at.get_or_insert(now);
        self.happened(Edges::RINGING);
    }

    /// Notes the answer. A phone counts as the one that answered, even if a half of a Local channel answered
    /// before it.
    pub(super) fn answer(&mut self, by: Option<(ChannelKey, &Channel)>, now: Duration) {
        self.answered_at.get_or_insert(now);
        if let Some((key, channel)) = by
            && !channel.is_local()
            && matches!(self.answered_by, Who::Nobody)
        {
            self.answered_by = Who::Here(key);
        }
        self.happened(Edges::ANSWERED);
    }

    pub(super) fn attempt(&mut self, channel: &[u8], now: Duration) {
        if self.attempts.len() < LIVE_ATTEMPTS_MAX {
            // Most calls have one attempt.
            self.attempts.reserve_exact(1);
            self.attempts.push(Attempt { channel: channel.into(), since: now, outcome: None });
        }
    }

    /// True if an attempt to reach this channel has no outcome yet.
    pub(super) fn is_trying(&self, channel: &[u8]) -> bool {
        self.attempts.iter().any(|attempt| *attempt.channel == *channel && attempt.outcome.is_none())
    }

    pub(super) fn attempt_ended(&mut self, channel: &[u8], outcome: Outcome) {
        self.last_outcome = Some(outcome);
        let is_it = |attempt: &&mut Attempt| *attempt.channel == *channel && attempt.outcome.is_none();
        if let Some(attempt) = self.attempts.iter_mut().rev().find(is_it) {
            attempt.outcome = Some(outcome);
        }
    }

    /// Removes a channel. Its name, id and caller id are kept if it started or answered the call.
    pub(super) fn part(&mut self, key: ChannelKey, channel: &Channel, cause: Option<u16>) {
        self.channels.retain(|other| *other != key);
        for who in [&mut self.caller, &mut self.answered_by] {
            if who.here() == Some(key) {
                *who = Who::Gone(Box::new(Party::of(channel)));
            }
        }
        if let Some(cause) = cause.and_then(NonZeroU16::new) {
            self.cause = Some(cause);
            if local_half(channel.name()).is_some_and(|(_, half)| half == b'2') {
                self.far_cause = Some(cause);
            }
        }
    }

    /// Sets the channel that started the call, unless it is known.
    pub(super) fn begun_by(&mut self, key: ChannelKey, unique_id: &[u8]) {
        // The Linkedid of a call is the Uniqueid of its first channel. A list may contain other channels of the
        // call before that one.
        if matches!(self.caller, Who::Nobody) || cut(unique_id) == self.id() {
            self.caller = Who::Here(key);
        }
    }

    /// Merges another call into this one.
    pub(super) fn absorb(&mut self, other: &mut Self, now: Duration) {
        self.channels.append(&mut other.channels);
        self.joined.extend(other.linked_ids().map(Into::into));
        let room = LIVE_ATTEMPTS_MAX.saturating_sub(self.attempts.len());
        self.attempts.extend(other.attempts.iter().take(room).cloned());
        self.ringing_at = self.ringing_at.or(other.ringing_at);
        self.last_outcome = self.last_outcome.or(other.last_outcome);
        self.cause = self.cause.or(other.cause);
        self.far_cause = self.far_cause.or(other.far_cause);
        if matches!(self.answered_by, Who::Nobody) {
            self.answered_by = other.answered_by.clone();
        }
        if self.queue.as_ref().map(|own| own.joined_at()) < other.queue.as_ref().map(|own| own.joined_at()) {
            self.queue.clone_from(&other.queue);
        }
        self.has_gap |= other.has_gap;
        if let Some(at) = other.answered_at {
            self.answer(None, at);
        }
        other.end = Some(Box::new(End::Merged { at: now, into: self.id().into() }));
    }

    /// Ends the call after its last channel. `is_lost` is true if no event reported the end. The outcome of a
    /// call that was not answered is then unknown.
    pub(super) fn finish(&mut self, is_lost: bool, caller_up_at: Option<Duration>, now: Duration) {
        let is_abandoned = self.queue.as_ref().is_some_and(|queue| queue.is_abandoned());
        if self.answered_at.is_none() && self.attempts.is_empty() && !is_abandoned {
            // Without a dial the call talked to the dialplan, from the time at which its channel was Up.
            if let Some(at) = caller_up_at {
                self.answer(None, at);
            }
        }
        let outcome = match (self.answered_at, self.last_outcome, self.cause()) {
            (Some(_), ..) => Outcome::Answered,
            (None, ..) if is_abandoned => Outcome::Abandoned,
            (None, ..) if is_lost => Outcome::Lost,
            (None, Some(outcome), _) => outcome,
            (None, None, Some(cause)) => Outcome::of_cause(cause),
            // Asterisk 16 reports neither a dial status nor a cause for an `Originate` that rang until its
            // timeout.
            (None, None, None) if self.ringing_at.is_some() => Outcome::NoAnswer,
            // It may have rung in the gap.
            (None, None, None) if self.has_gap => Outcome::Lost,
            (None, None, None) => Outcome::Failed,
        };
        self.end = Some(Box::new(End::Over { at: now, outcome }));
    }

    /// Bytes of memory beside the object itself.
    pub(super) fn memory(&self) -> usize {
        let channels =
            if self.channels.spilled() { self.channels.capacity() * size_of::<ChannelKey>() } else { 0 };
        let id = if self.id.spilled() { self.id.capacity() } else { 0 };
        let joined = self.joined.iter().map(|id| id.len()).sum::<usize>();
        let attempts = self.attempts.iter().map(|attempt| attempt.channel.len()).sum::<usize>();
        let gone = [&self.caller, &self.answered_by].into_iter().filter_map(Who::gone).count();
        channels
            + id
            + self.joined.capacity() * size_of::<Box<[u8]>>()
            + joined
            + self.attempts.capacity() * size_of::<Attempt>()
            + attempts
            + gone * PARTY_BYTES
            + self.end.as_ref().map_or(0, |end| size_of::<End>() + end.merged_into().map_or(0, <[u8]>::len))
            + self.queue.as_ref().map_or(0, |queue| queue.memory())
    }
}

impl End {
    fn merged_into(&self) -> Option<&[u8]> {
        match self {
            Self::Over { .. } => None,
            Self::Merged { into, .. } => Some(into),
        }
    }
}

/// Bytes of a party whose channel ended.
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

/// Compares the age of two Linkedids by second and serial number. `Equal` if Asterisk did not generate both.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::live::channel::Extent;
    use crate::live::interest::Own;
    use crate::live::keys::Slab;
    use crate::live::state_reader::StateReader;

    const SECOND: Duration = Duration::from_secs(1);

    fn call(id: &[u8]) -> Call {
        Call::new(id, false, SECOND)
    }

    fn channel(name: &str) -> Channel {
        let frame = format!("Event: Newchannel\r\nChannel: {name}\r\nUniqueid: {name}\r\n");
        let own = Extent::Own { session: 1 };
        let call = Slab::default().insert(());
        Channel::new(&StateReader::default().event(Own::New, frame.as_bytes()), own, call, SECOND)
    }

    fn keys<const N: usize>() -> [ChannelKey; N] {
        let mut slab = Slab::default();
        [(); N].map(|()| slab.insert(()))
    }

    #[test]
    fn what_can_come_once_comes_once_and_nothing_after_the_end() {
        for end in [Edges::ENDED, Edges::MERGED] {
            let mut call = call(b"1.1");
            let edges = [Edges::STARTED, Edges::HELD, Edges::STARTED, Edges::HELD, end, Edges::HELD, end];
            let told = edges.map(|edge| {
                call.happened(edge);
                !call.news.take_all().is_empty()
            });
            assert_eq!(told, [true, true, false, true, true, false, false]);
        }
    }

    #[test]
    fn of_a_late_part_of_a_call_nothing_is_told() {
        let mut call = Call::new(b"1.1", true, SECOND);
        call.happened(Edges::STARTED | Edges::ENDED);
        assert_eq!(call.news.take_all(), Edges::empty());
    }

    #[test]
    fn an_attempt_is_tried_until_it_ends() {
        let mut call = call(b"1.1");
        call.attempt(b"PJSIP/bob-1", SECOND);
        assert!(call.is_trying(b"PJSIP/bob-1") && !call.is_trying(b"PJSIP/carol-1"));
        call.attempt_ended(b"PJSIP/bob-1", Outcome::Busy);
        call.attempt(b"PJSIP/carol-1", SECOND);
        assert!(!call.is_trying(b"PJSIP/bob-1") && call.is_trying(b"PJSIP/carol-1"));
    }

    #[test]
    fn the_cause_is_that_of_the_called_side_of_a_local_channel() {
        let ends = [("Local/1@a-1;1", 16), ("Local/1@a-1;2", 17), ("PJSIP/bob-1", 16)];
        let mut call = call(b"1.1");
        for (key, (name, cause)) in keys::<3>().into_iter().zip(ends) {
            call.part(key, &channel(name), Some(cause));
        }
        assert_eq!(call.cause(), Some(17));
    }

    #[test]
    fn the_first_channel_began_the_call_unless_another_one_has_its_id() {
        let [one, first, other] = keys();
        let mut call = call(b"1.1");
        call.begun_by(one, b"1.2");
        assert_eq!(call.caller_channel(), Some(one));
        call.begun_by(first, b"1.1");
        call.begun_by(other, b"1.3");
        assert_eq!(call.caller_channel(), Some(first));
    }

    #[test]
    fn a_merged_call_has_the_younger_wait_in_a_queue_and_all_gaps() {
        let waiting = |since: Option<u64>| {
            let mut call = call(b"1.1");
            let visit = |since| Box::new(QueueVisit::new(b"support", Duration::from_secs(since)));
            call.queue = since.map(visit);
            call
        };
        for (own, others, joined_at) in
            [(Some(5), Some(7), 7), (Some(7), Some(5), 7), (None, Some(5), 5), (Some(5), None, 5)]
        {
            let mut call = waiting(own);
            call.absorb(&mut waiting(others), SECOND);
            let since = call.queue().map(QueueVisit::joined_at);
            assert_eq!((since, call.has_gap), (Some(Duration::from_secs(joined_at)), false));
        }
        // Of two waits that began at once the call keeps its own.
        let (mut one, mut other) = (waiting(Some(5)), waiting(Some(5)));
        other.queue.as_mut().expect("its wait").abandon(SECOND);
        one.absorb(&mut other, SECOND);
        assert!(!one.queue().expect("its wait").is_abandoned());
        for (own, others) in [(true, false), (false, true)] {
            let (mut one, mut other) = (call(b"1.1"), call(b"1.2"));
            (one.has_gap, other.has_gap) = (own, others);
            one.absorb(&mut other, SECOND);
            assert!(one.has_gap);
        }
    }

    #[test]
    fn a_merged_call_is_answered_if_a_part_of_it_is() {
        let (mut one, mut other) = (call(b"1.1"), call(b"1.2"));
        one.absorb(&mut other, 5 * SECOND);
        assert_eq!((one.answered_at(), one.news.take_all()), (None, Edges::empty()));
        assert_eq!((other.merged_into(), other.ended_at()), (Some(&b"1.1"[..]), Some(5 * SECOND)));
        let mut answered = call(b"1.3");
        answered.answer(None, 3 * SECOND);
        one.absorb(&mut answered, 6 * SECOND);
        assert_eq!((one.answered_at(), one.news.take_all()), (Some(3 * SECOND), Edges::ANSWERED));
        let mut later = call(b"1.4");
        later.answer(None, 7 * SECOND);
        one.absorb(&mut later, 8 * SECOND);
        assert_eq!((one.answered_at(), one.news.take_all()), (Some(3 * SECOND), Edges::empty()));
    }

    #[test]
    fn of_two_ids_that_asterisk_made_the_age_is_known() {
        for (one, other, order) in [
            (&b"1700000000.9"[..], &b"1700000000.10"[..], Ordering::Less),
            (b"pbx1-1700000000.9", b"pbx1-1700000000.10", Ordering::Less),
            (b"pbx1-1700000001.1", b"pbx1-1700000000.2", Ordering::Greater),
            (b"1700000000.1", b"1700000000.1", Ordering::Equal),
            (b"mine", b"1700000000.1", Ordering::Equal),
        ] {
            assert_eq!(by_age(one, other), order);
        }
    }

    #[test]
    fn a_call_counts_what_it_allocates() {
        let grows = |call: &mut Call, change: fn(&mut Call)| {
            let before = call.memory();
            change(call);
            call.memory() - before
        };
        let mut usual = call(b"1700000000.1");
        assert_eq!(usual.memory(), 0);
        assert_eq!(call(&[b'1'; 40]).memory(), 40, "a long id");
        assert_eq!(grows(&mut usual, |call| call.channels.extend(keys::<4>())), 0, "in the call itself");
        let key_bytes = size_of::<ChannelKey>();
        let spilled = grows(&mut usual, |call| call.channels.extend(keys::<1>()));
        assert_eq!(spilled, usual.channels.capacity() * key_bytes);
        let attempt = grows(&mut usual, |call| call.attempt(b"PJSIP/bob-1", SECOND));
        assert_eq!(attempt, size_of::<Attempt>() + 11);
        let joined = grows(&mut usual, |call| call.joined.extend([b"1.22".as_slice().into()]));
        assert_eq!(joined, usual.joined.capacity() * size_of::<Box<[u8]>>() + 4);
        let gone = |call: &mut Call| {
            let party = || Who::Gone(Box::new(Party::of(&channel("PJSIP/bob-1"))));
            (call.caller, call.answered_by) = (party(), party());
        };
        assert_eq!(grows(&mut usual, gone), 2 * PARTY_BYTES);
        assert!(PARTY_BYTES > size_of::<Party>());
        let waits = |call: &mut Call| call.queue = Some(Box::new(QueueVisit::new(b"support", SECOND)));
        assert_eq!(grows(&mut usual, waits), size_of::<QueueVisit>() + 7);
        let merged = |call: &mut Call| {
            call.end = Some(Box::new(End::Merged { at: SECOND, into: b"1.1".as_slice().into() }));
        };
        assert_eq!(grows(&mut usual, merged), size_of::<End>() + 3);
    }

    #[test]
    fn who_dials_nobody_and_is_up_has_talked_to_the_dialplan() {
        let end = |prepare: fn(&mut Call), up_at: Option<Duration>| {
            let mut call = call(b"1.1");
            prepare(&mut call);
            call.finish(false, up_at, 9 * SECOND);
            (call.outcome().expect("it is over"), call.answered_at())
        };
        let up_at = Some(2 * SECOND);
        assert_eq!(end(|_| {}, up_at), (Outcome::Answered, up_at));
        assert_eq!(end(|_| {}, None), (Outcome::Failed, None));
        let dials = |call: &mut Call| {
            call.attempt(b"PJSIP/bob-1", SECOND);
            call.attempt_ended(b"PJSIP/bob-1", Outcome::Busy);
        };
        assert_eq!(end(dials, up_at), (Outcome::Busy, None));
        let gives_up = |call: &mut Call| {
            let mut visit = QueueVisit::new(b"support", SECOND);
            visit.abandon(SECOND);
            call.queue = Some(Box::new(visit));
        };
        assert_eq!(end(gives_up, up_at), (Outcome::Abandoned, None));
    }
}
