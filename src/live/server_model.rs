//! The interface of the model of one server: its session feeds it, and readers query it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bridges::Bridge;
use super::call::{Call, CallRef, ExpectedCall, Party};
use super::calls::News;
use super::channel::{Channel, ChannelRef, Life};
use super::fields::pick;
use super::interest::{Event, Own};
use super::keys::{BridgeKey, CallKey, ChannelKey};
use super::model::{Counters, Model};
use super::moment::Moment;
use super::peers;
use super::queue_sync::{QueueSync, Wanted};
use super::resync::{List, Resync, State, Verdict};
use super::state_reader::StateReader;
use super::truncation::Truncation;
use crate::limits::LiveLimits;
use crate::wire::Kind;

/// The model of one server.
///
/// # Use by a session
///
/// 1. Call `on_ready` and `on_lost`, and `on_too_long` if a frame was skipped.
/// 2. Pass every event to `on_event`, in the order of the wire.
/// 3. If `wants_turn` is true, call `begin_list` and send the action that it returns. Pass everything with that
///    action's `ActionID` to `on_listed`. Call `on_unsent` if the action could not be sent.
/// 4. Call `on_time` at `next_deadline`.
#[derive(Debug)]
pub struct Live {
    pub(super) model: Model,
    resync: Resync,
    pub(super) queue_sync: QueueSync,
    /// Reads the states of channels.
    reader: Box<StateReader>,
    /// When the session began to receive events without a gap.
    listening_since: Option<Instant>,
    /// The states that were reported last. `None` if changes are not reported.
    reported_state: Option<State>,
    reported_queue_state: Option<State>,
    /// True for a server before Asterisk 12.
    is_legacy: bool,
}

/// An action that asks for a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListRequest {
    /// The name of the action.
    pub action: &'static str,
    /// The queue to list. `None` for all queues, and for lists of channels or bridges.
    pub queue: Option<Box<[u8]>>,
}

impl Live {
    /// An empty model. `seed` varies the times of lists, so that many servers are not listed at the same time.
    #[must_use]
    pub fn new(limits: &LiveLimits, seed: u64) -> Self {
        Self {
            model: Model::new(limits),
            resync: Resync::new(limits, seed),
            queue_sync: QueueSync::new(limits, seed),
            reader: Box::default(),
            listening_since: None,
            reported_state: None,
            reported_queue_state: None,
            is_legacy: false,
        }
    }

    /// Notes the start of a session, or the start of the model within a session.
    pub fn on_ready(&mut self, is_legacy: bool, at: Moment) {
        self.model.on_gap();
        self.listening_since = Some(at.now);
        self.is_legacy = is_legacy;
        if is_legacy {
            // Before Asterisk 12 an event has neither the whole state of a channel nor a Linkedid.
            self.resync.resign();
            self.queue_sync.resign();
        } else {
            self.resync.on_ready(at.now);
            self.queue_sync.on_ready(at.now);
        }
    }

    /// Notes the end of the session.
    pub fn on_lost(&mut self) {
        self.listening_since = None;
        self.resync.on_lost();
        self.queue_sync.on_lost();
    }

    /// Notes that a frame was skipped because it was too long. Its content is lost, which is a gap.
    pub fn on_too_long(&mut self, at: Moment) {
        self.model.on_gap();
        self.listening_since = self.listening_since.map(|_| at.now);
        self.resync.on_gap(at.now);
        self.queue_sync.on_gap(at.now);
    }

    /// Applies an event of the session.
    pub fn on_event(&mut self, name: &[u8], frame: &[u8], at: Moment) {
        self.model.heard_at = Some(at.now);
        let Some(event) = Event::named(name) else { return };
        self.model.counters.events_read += 1;
        self.model.hears_calls |= event.is_of_calls();
        match event {
            Event::Own(own) => self.model.on_own(own, &self.reader.event(own, frame), at),
            _ => self.model.on_event(event, frame, at),
        }
        match event {
            Event::Booted | Event::Reload => {
                self.resync.hurry(at.now);
                self.queue_sync.hurry(at.now);
            }
            Event::Queue(_) => self.list_queues_in_doubt(at.now),
            Event::Own(Own::Hangup) if self.model.has_room_again() => self.resync.hurry(at.now),
            _ => {}
        }
    }

    /// True if a list is to be asked for now. Lists are read one at a time.
    #[must_use]
    pub fn wants_turn(&self, now: Instant) -> bool {
        !self.is_listing() && (self.resync.wants_turn(now) || self.queue_sync.wants_turn(now))
    }

    /// Begins the next list. Returns the action that asks for it, or `None` if none is due.
    pub fn begin_list(&mut self, now: Instant) -> Option<ListRequest> {
        if self.is_listing() {
            return None;
        }
        if let Some(action) = self.resync.begin(now) {
            return Some(ListRequest { action, queue: None });
        }
        let queue = match self.queue_sync.begin(now)? {
            Wanted::All => None,
            Wanted::One(name) => Some(name),
        };
        Some(ListRequest { action: "QueueStatus", queue })
    }

    /// Notes that the action could not be sent.
    pub fn on_unsent(&mut self, now: Instant) {
        self.give_up_list(now);
    }

    /// True while a list was asked for and has not ended.
    #[must_use]
    pub fn is_listing(&self) -> bool {
        self.resync.is_listing() || self.queue_sync.is_listing()
    }

    /// Applies a response or an event with the `ActionID` of the list's action.
    pub fn on_listed(&mut self, kind: Kind, frame: &[u8], at: Moment) {
        match kind {
            Kind::Response => {
                let [response, message] = pick(frame, &[b"Response", b"Message"]);
                if response.eq_ignore_ascii_case(b"Error") {
                    self.on_refused(message, at.now);
                    return;
                }
                if self.queue_sync.is_listing() {
                    if self.queue_sync.on_begin() {
                        self.model.begin_queues(self.queue_sync.lists_all());
                    }
                    return;
                }
                match self.resync.on_begin() {
                    Some(List::Channels) => self.model.begin_channels(),
                    Some(List::Bridges) => self.model.begin_bridges(),
                    None => {}
                }
            }
            Kind::Event => self.on_item(frame, at),
            Kind::Other => {}
        }
    }

    fn on_item(&mut self, frame: &[u8], at: Moment) {
        let [name] = pick(frame, &[b"Event"]);
        if name.ends_with(b"Complete") {
            self.on_list_end(at);
            self.wake(at.now);
            return;
        }
        if self.queue_sync.has_begun() {
            self.model.on_queue_item(name, frame, at);
            return;
        }
        match (self.resync.listing(), name) {
            (Some(List::Channels), b"CoreShowChannel" | b"Status") => {
                let listening_for = self.listening_for(at.now);
                let item = self.reader.item(frame);
                self.model.on_channel_item(&item, self.resync.verifies(), listening_for, at);
            }
            (Some(List::Bridges), b"BridgeListItem") => self.model.on_bridge_item(frame, at),
            _ => {}
        }
    }

    fn on_list_end(&mut self, at: Moment) {
        if self.queue_sync.is_listing() {
            self.on_queues_end(at);
            return;
        }
        match self.resync.on_end(at.now) {
            Verdict::Broken => {}
            Verdict::Whole(List::Channels) => {
                if self.model.end_channels(at) {
                    self.resync.confirm();
                }
            }
            Verdict::Whole(List::Bridges) => {
                self.model.end_bridges();
                self.resync.on_round(self.model.hears_calls, self.model.findings.untold, at.now);
            }
        }
    }

    fn on_refused(&mut self, message: &[u8], now: Instant) {
        if self.queue_sync.is_listing() {
            self.queue_sync.retry(now);
        } else {
            self.resync.on_refused(message, now);
        }
        self.wake(now);
    }

    /// Gives up the current list, to ask for it again later.
    fn give_up_list(&mut self, now: Instant) {
        if self.queue_sync.is_listing() {
            self.queue_sync.retry(now);
        } else {
            self.resync.retry(now);
        }
        self.wake(now);
    }

    /// Lets another list begin after one has ended.
    fn wake(&mut self, now: Instant) {
        self.resync.wake(now);
        self.queue_sync.wake();
    }

    pub(super) fn listening_for(&self, now: Instant) -> Duration {
        self.listening_since.map_or(Duration::ZERO, |since| now - since)
    }

    /// Does what is due at this time. True if the current list took too long and was given up.
    pub fn on_time(&mut self, at: Moment) -> bool {
        self.model.on_time(at);
        let is_late = [self.resync.on_time(at.now), self.queue_sync.on_time(at.now)].contains(&true);
        if is_late {
            self.wake(at.now);
        }
        is_late
    }

    /// When `on_time` has something to do or a list is due.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        let queues = self.queue_sync.next_deadline(self.resync.is_listing());
        [self.model.endings_at, self.resync.next_deadline(), queues].into_iter().flatten().min()
    }

    /// Sets the bound of the model's memory, in bytes.
    pub fn set_bytes_max(&mut self, bytes_max: usize) {
        self.model.set_bytes_max(bytes_max);
    }

    /// The model's memory in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.model.bytes()
    }

    /// How far the calls of the model can be trusted.
    #[must_use]
    pub fn state(&self) -> State {
        self.resync.state(self.model.hears_calls)
    }

    /// The class that the account lacks: `reporting` in `write` if it may read no list, `call` in `read` if it
    /// receives no events. `None` if none is missing, and for a server before Asterisk 12, which cannot be
    /// modelled.
    #[must_use]
    pub fn missing_class(&self) -> Option<&'static str> {
        if self.is_legacy {
            return None;
        }
        match self.state() {
            State::Stale | State::Syncing | State::Current => None,
            State::Partial | State::Denied => Some("reporting"),
            State::Deaf => Some("call"),
        }
    }

    /// True if a bound kept something out of the model.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        !self.truncation().is_empty()
    }

    /// What a bound kept out of the model.
    #[must_use]
    pub fn truncation(&self) -> Truncation {
        let own = if self.model.is_truncated() { Truncation::CHANNELS } else { Truncation::default() };
        own | self.model.queues.truncation()
    }

    /// The counters of the model.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.model.counters
    }

    /// All current channels.
    pub fn channels(&self) -> impl Iterator<Item = (ChannelKey, &Channel)> {
        self.model.channels.iter().filter(|(_, channel)| channel.life == Life::Alive)
    }

    /// The channel with this key. `None` if it has ended.
    #[must_use]
    pub fn channel(&self, key: ChannelKey) -> Option<&Channel> {
        self.model.channels.get(key).filter(|channel| channel.life == Life::Alive)
    }

    /// The key of the channel with this id or name.
    #[must_use]
    pub fn find_channel(&self, id_or_name: &[u8]) -> Option<ChannelKey> {
        let channels = &self.model.channels;
        let (key, channel) = channels.by_id(id_or_name).or_else(|| channels.by_name(id_or_name))?;
        (channel.life == Life::Alive).then_some(key)
    }

    /// The bridges that a `BridgeCreate` event or a list named.
    pub fn bridges(&self) -> impl Iterator<Item = (BridgeKey, &Bridge)> {
        self.model.bridges.iter().filter(|(_, bridge)| bridge.is_known())
    }

    /// The bridge with this key. `None` if it was removed.
    #[must_use]
    pub fn bridge(&self, key: BridgeKey) -> Option<&Bridge> {
        self.model.bridges.get(key)
    }

    /// All current calls, without late parts of calls that ended before.
    pub fn calls(&self) -> impl Iterator<Item = (CallKey, &Call)> {
        self.model.calls.iter().filter(|(_, call)| !call.is_tail)
    }

    /// The current call with this key. `None` if it has ended.
    #[must_use]
    pub fn call(&self, key: CallKey) -> Option<&Call> {
        self.model.calls.get(key)
    }

    /// The current call with this Linkedid, or with a channel of this id or name.
    #[must_use]
    pub fn find_call(&self, id_or_channel: &[u8]) -> Option<CallKey> {
        let of_channel = |key| self.channel(key).map(Channel::call);
        self.model.calls.by_linked_id(id_or_channel).or_else(|| of_channel(self.find_channel(id_or_channel)?))
    }

    /// The calls that ended last, youngest first.
    pub fn ended_calls(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.model.calls.ended()
    }

    /// The channels of phones that hear this channel, through bridges and Local channels.
    #[must_use]
    pub fn peers(&self, key: ChannelKey) -> Vec<ChannelKey> {
        peers::of(key, &self.model.channels, &self.model.bridges)
    }

    /// The channels of phones that a party talks to. The party is a device such as `PJSIP/alice`, a number, or
    /// the name or id of a channel.
    #[must_use]
    pub fn talking_to(&self, party: &[u8]) -> Vec<ChannelKey> {
        let mut found = Vec::new();
        for own in peers::channels_of(party, &self.model.channels) {
            for peer in self.peers(own) {
                if !found.contains(&peer) {
                    found.push(peer);
                }
            }
        }
        found
    }

    /// The call of a reference. If the call has ended, this is its last state.
    #[must_use]
    pub fn referred_call<'a>(&'a self, call: &'a CallRef) -> Option<&'a Call> {
        call.ended().map(|ended| &**ended).or_else(|| {
            let found = self.call(call.key()?)?;
            found.reference.as_ref().is_some_and(|own| own.is(call)).then_some(found)
        })
    }

    /// The channel of a reference. If the channel has ended, this is its last state.
    #[must_use]
    pub fn referred_channel<'a>(&'a self, channel: &'a ChannelRef) -> Option<&'a Channel> {
        channel.ended().map(|ended| &**ended).or_else(|| {
            let found = self.model.channels.get(channel.key()?)?;
            found.reference.as_ref().is_some_and(|own| own.is(channel)).then_some(found)
        })
    }

    /// Gives out a reference to a current call.
    pub fn refer_to_call(&mut self, key: CallKey) -> Option<CallRef> {
        self.model.calls.refer(key)
    }

    /// Gives out a reference to a current channel.
    pub fn refer_to_channel(&mut self, key: ChannelKey) -> Option<ChannelRef> {
        self.channel(key)?;
        self.model.channels.refer(key)
    }

    /// The key of a reference's channel. `None` if the channel has ended.
    #[must_use]
    pub fn channel_key(&self, channel: &ChannelRef) -> Option<ChannelKey> {
        channel.key().filter(|key| channel.ended().is_none() && self.channel(*key).is_some())
    }

    /// Returns a handle to the call of a channel that will have this id.
    pub fn expect_call(&mut self, unique_id: &[u8]) -> ExpectedCall {
        self.model.expect(unique_id)
    }

    /// The participant that started a call.
    #[must_use]
    pub fn caller(&self, call: &Call) -> Option<Party> {
        let here = call.caller_channel().and_then(|key| self.model.channels.get(key)).map(Party::of);
        here.or_else(|| call.caller_gone().cloned())
    }

    /// The participant that answered a call.
    #[must_use]
    pub fn answered_by(&self, call: &Call) -> Option<Party> {
        let here = call.answered_by_channel().and_then(|key| self.model.channels.get(key)).map(Party::of);
        here.or_else(|| call.answered_by_gone().cloned())
    }

    /// The current channels of a call, without halves of Local channels.
    pub fn parties(&self, call: &Call) -> impl Iterator<Item = (ChannelKey, &Channel)> {
        let found =
            call.channels().iter().filter_map(|key| self.channel(*key).map(|channel| (*key, channel)));
        found.filter(|(_, channel)| !channel.is_local())
    }

    /// Ends all calls and removes all queues, because the server was removed. A call that was not answered has
    /// the outcome `Lost`, unless its caller had abandoned a queue.
    pub fn abandon(&mut self, at: Moment) {
        self.model.abandon(at);
        self.resync.on_lost();
        self.queue_sync.on_lost();
    }

    /// Reads all lists again as soon as possible. The state is `Syncing` until they are complete.
    pub fn resync(&mut self, now: Instant) {
        self.resync.on_gap(now);
        self.queue_sync.on_gap(now);
    }

    /// Starts to keep changes of calls. Their versions are above `version`.
    pub fn keep_changes(&mut self, version: u64) {
        self.set_version(version);
        self.model.calls.changes.keep();
        self.model.queues.log.keep(version);
    }

    /// Sets the last version that was given to a change in the cluster.
    pub fn set_version(&mut self, version: u64) {
        self.model.calls.changes.set_version(version);
    }

    /// The last version that the model gave to a change, or that `set_version` set.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.model.calls.changes.version()
    }

    /// The version up to which changes are not known any more.
    #[must_use]
    pub fn forgotten_version(&self) -> u64 {
        self.model.calls.changes.forgotten().max(self.model.queues.log.forgotten())
    }

    /// Current calls that changed after this version, each with the version of its last change, oldest change
    /// first.
    pub fn changed_since(&self, version: u64) -> impl Iterator<Item = (u64, CallKey)> {
        self.model.calls.changed_since(version)
    }

    /// Calls that ended after this version, each with the version of its end, oldest first.
    pub fn ended_since(&self, version: u64) -> impl Iterator<Item = &(u64, Arc<Call>)> {
        self.model.calls.ended_since(version)
    }

    /// Starts or stops to keep news.
    pub fn notify(&mut self, is_told: bool) {
        self.model.calls.notify(is_told);
        self.model.queues.notify(is_told);
        self.reported_state = is_told.then(|| self.state());
        self.reported_queue_state = self.queue_state().filter(|_| is_told);
    }

    /// The oldest news. `None` follows the last of sealed news: then call `unseal_news`.
    pub fn pop_news(&mut self) -> Option<News> {
        self.model.calls.pop_news().or_else(|| self.pop_queue_news()).or_else(|| self.pop_state())
    }

    fn pop_state(&mut self) -> Option<News> {
        let (state, queue_state) = (self.state(), self.queue_state());
        if self.model.calls.is_sealed() {
            // A state that changed after the seal is reported after the sealed news.
            return None;
        }
        if self.reported_state.is_some_and(|told| told != state) {
            self.reported_state = Some(state);
            return Some(News::State(state));
        }
        let is_due = self.reported_state.is_some() && self.reported_queue_state != queue_state;
        self.reported_queue_state = if is_due { queue_state } else { self.reported_queue_state };
        queue_state.filter(|_| is_due).map(News::QueueState)
    }

    /// Keeps later news apart from the news so far, because something else is delivered between them.
    pub fn seal_news(&mut self) {
        self.model.calls.seal_news();
        self.model.queues.seal_news();
    }

    /// Ends the seal after the sealed news were reported.
    pub fn unseal_news(&mut self) {
        self.model.calls.unseal_news();
        self.model.queues.unseal_news();
    }

    /// True if `pop_news` may return news.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.reported_state.is_some_and(|told| {
            let has_news = self.model.calls.has_news() || self.model.queues.has_news();
            has_news || told != self.state() || self.reported_queue_state != self.queue_state()
        })
    }

    /// Number of ended calls that were not reported, because the news were not taken in time.
    #[must_use]
    pub fn news_lost(&self) -> u64 {
        self.model.calls.untold_lost()
    }
}
