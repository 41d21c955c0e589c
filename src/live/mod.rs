//! A live model of one server: its channels, bridges and calls, kept from events and lists.
//!
//! ```text
//!  events ─▶ interest ─▶ events ─┐            ┌─▶ channels ─ bridges
//!                                ├──▶ model ──┤
//!  lists ──▶ resync ───▶ lists ──┘            └─▶ calls ──▶ news
//! ```
//!
//! Frames are read in place, before anything is queued: what is dropped for listeners is no gap here. A gap is the loss of
//! a session, or a frame that was too long. After one, lists are read, and until their channels have been confirmed
//! nothing that an old event says is believed of a channel that a list had no more.
//!
//! Two things make it right: a list is never behind the events before it, and each event of a channel's own carries its
//! whole state. So the last event of each channel decides, or the list where there was none.

mod bridges;
mod call;
mod calls;
mod changes;
mod channel;
mod channels;
mod edge;
mod events;
mod fields;
mod interest;
mod keys;
mod lists;
mod model;
mod moment;
mod peers;
mod reference;
mod resync;
mod texts;
mod tombs;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use self::bridges::Bridge;
pub use self::call::{Attempt, Call, CallRef, ExpectedCall, Party};
pub use self::calls::News;
pub use self::channel::{Channel, ChannelRef, Field};
pub use self::edge::{Edges, Outcome};
pub use self::interest::CLASSES;
pub use self::keys::{BridgeKey, CallKey, ChannelKey, Key, OfBridge, OfCall, OfChannel};
pub use self::model::Counters;
pub use self::moment::Moment;
pub use self::reference::Reference;
pub use self::resync::State;

use self::channel::Life;
use self::fields::pick;
use self::interest::{Event, Own};
use self::model::Model;
use self::resync::{List, Resync, Verdict};
use crate::limits::LiveLimits;
use crate::wire::Kind;

/// The model of one server.
///
/// # Driving it
///
/// 1. Say `on_ready` and `on_lost`, and `on_too_long` where a frame was skipped.
/// 2. Hand over every event with `on_event`, in the order of the wire.
/// 3. Where `wants_turn` says so, take `begin_list`, send that action, and hand over all that names it with
///    `on_listed`; say `on_unsent` where it could not be sent.
/// 4. At `next_deadline` call `on_time`.
#[derive(Debug)]
pub struct Live {
    model: Model,
    resync: Resync,
    /// When the session began to be told events.
    listening_since: Option<Instant>,
    /// The state that was told last, where somebody wants to know.
    told_state: Option<State>,
    /// Its events carry neither a whole state nor a Linkedid.
    is_legacy: bool,
}

impl Live {
    /// An empty model. `seed` spreads the lists of many servers.
    #[must_use]
    pub fn new(limits: &LiveLimits, seed: u64) -> Self {
        Self {
            model: Model::new(limits),
            resync: Resync::new(limits, seed),
            listening_since: None,
            told_state: None,
            is_legacy: false,
        }
    }

    /// A session begins, or the model does within one.
    pub fn on_ready(&mut self, is_legacy: bool, at: Moment) {
        self.model.on_gap();
        self.listening_since = Some(at.now);
        self.is_legacy = is_legacy;
        if is_legacy {
            // Before Asterisk 12 events carry neither a whole state nor a Linkedid.
            self.resync.resign();
        } else {
            self.resync.on_ready(at.now);
        }
    }

    /// The session is over.
    pub fn on_lost(&mut self) {
        self.listening_since = None;
        self.resync.on_lost();
    }

    /// A frame was too long, and skipped: whatever it told is lost.
    pub fn on_too_long(&mut self, at: Moment) {
        self.model.on_gap();
        self.listening_since = self.listening_since.map(|_| at.now);
        self.resync.on_gap(at.now);
    }

    /// An event of the session.
    pub fn on_event(&mut self, name: &[u8], frame: &[u8], at: Moment) {
        self.model.heard_at = Some(at.now);
        let Some(event) = Event::named(name) else { return };
        self.model.on_event(event, frame, at);
        match event {
            Event::Booted | Event::Reload => self.resync.hurry(at.now),
            Event::Own(Own::Hangup) if self.model.has_room_again() => self.resync.hurry(at.now),
            _ => {}
        }
    }

    /// True where a list is to be asked for now.
    #[must_use]
    pub fn wants_turn(&self, now: Instant) -> bool {
        self.resync.wants_turn(now)
    }

    /// The action that lists what comes next.
    pub fn begin_list(&mut self, now: Instant) -> Option<&'static str> {
        self.resync.begin(now)
    }

    /// The action could not be sent.
    pub fn on_unsent(&mut self, now: Instant) {
        self.resync.retry(now);
    }

    /// True while parts of a list are waited for.
    #[must_use]
    pub fn is_listing(&self) -> bool {
        self.resync.is_listing()
    }

    /// A response or an event that names the action of the list.
    pub fn on_listed(&mut self, kind: Kind, frame: &[u8], at: Moment) {
        match kind {
            Kind::Response => {
                let [response, message] = pick(frame, &[b"Response", b"Message"]);
                if response.eq_ignore_ascii_case(b"Error") {
                    self.resync.on_refused(message, at.now);
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
            return;
        }
        match (self.resync.listing(), name) {
            (Some(List::Channels), b"CoreShowChannel" | b"Status") => {
                let listening_for = self.listening_since.map_or(Duration::ZERO, |since| at.now - since);
                self.model.on_channel_item(frame, self.resync.verifies(), listening_for, at);
            }
            (Some(List::Bridges), b"BridgeListItem") => self.model.on_bridge_item(frame, at),
            _ => {}
        }
    }

    fn on_list_end(&mut self, at: Moment) {
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

    /// Does what is due. True where the list under way is waited for no longer.
    pub fn on_time(&mut self, at: Moment) -> bool {
        self.model.on_time(at);
        self.resync.on_time(at.now)
    }

    /// When `on_time` has something to do, or a list is due.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        [self.model.endings_at, self.resync.next_deadline()].into_iter().flatten().min()
    }

    /// Bytes that it may take from now on, and takes.
    pub fn set_bytes_max(&mut self, bytes_max: usize) {
        self.model.set_bytes_max(bytes_max);
    }

    /// Bytes that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.model.bytes()
    }

    /// How far it can be trusted.
    #[must_use]
    pub fn state(&self) -> State {
        self.resync.state(self.model.hears_calls)
    }

    /// The class that the account lacks: one of what it may write where no list may be read, `call` of what it may read
    /// where no event is told. None of a server before Asterisk 12, which cannot be modelled.
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

    /// True where a bound kept something out.
    #[must_use]
    pub fn is_truncated(&self) -> bool {
        self.model.is_truncated()
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.model.counters
    }

    /// Channels that are there.
    pub fn channels(&self) -> impl Iterator<Item = (ChannelKey, &Channel)> {
        self.model.channels.iter().filter(|(_, channel)| channel.life == Life::Alive)
    }

    /// A channel, where it is there.
    #[must_use]
    pub fn channel(&self, key: ChannelKey) -> Option<&Channel> {
        self.model.channels.get(key).filter(|channel| channel.life == Life::Alive)
    }

    /// The channel of this id or name.
    #[must_use]
    pub fn find_channel(&self, id_or_name: &[u8]) -> Option<ChannelKey> {
        let channels = &self.model.channels;
        let key = channels.by_id(id_or_name).or_else(|| channels.by_name(id_or_name))?;
        self.channel(key).map(|_| key)
    }

    /// Bridges that Asterisk told of.
    pub fn bridges(&self) -> impl Iterator<Item = (BridgeKey, &Bridge)> {
        self.model.bridges.iter().filter(|(_, bridge)| bridge.is_known())
    }

    /// A bridge.
    #[must_use]
    pub fn bridge(&self, key: BridgeKey) -> Option<&Bridge> {
        self.model.bridges.get(key)
    }

    /// Calls that go on. What a gap swallowed the beginning of is not among them.
    pub fn calls(&self) -> impl Iterator<Item = (CallKey, &Call)> {
        self.model.calls.iter().filter(|(_, call)| !call.is_tail)
    }

    /// A call that goes on.
    #[must_use]
    pub fn call(&self, key: CallKey) -> Option<&Call> {
        self.model.calls.get(key)
    }

    /// The call with this Linkedid, or that has a channel of this id or name.
    #[must_use]
    pub fn find_call(&self, id_or_channel: &[u8]) -> Option<CallKey> {
        let of_channel = |key| self.channel(key).map(Channel::call);
        self.model.calls.by_linked_id(id_or_channel).or_else(|| of_channel(self.find_channel(id_or_channel)?))
    }

    /// The last calls that ended, youngest first.
    pub fn ended_calls(&self) -> impl Iterator<Item = &Arc<Call>> {
        self.model.calls.ended()
    }

    /// The phones that hear what this channel says, past bridges and Local channels.
    #[must_use]
    pub fn peers(&self, key: ChannelKey) -> Vec<ChannelKey> {
        peers::of(key, &self.model.channels, &self.model.bridges)
    }

    /// Whom a party talks to: a device, `PJSIP/alice`, a number, or the name or id of a channel.
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

    /// A call somebody refers to, in its last state where it is over.
    #[must_use]
    pub fn referred_call<'a>(&'a self, call: &'a CallRef) -> Option<&'a Call> {
        call.ended().map(|ended| &**ended).or_else(|| {
            let found = self.call(call.key()?)?;
            found.reference.as_ref().is_some_and(|own| own.is(call)).then_some(found)
        })
    }

    /// A channel somebody refers to, in its last state where it is gone.
    #[must_use]
    pub fn referred_channel<'a>(&'a self, channel: &'a ChannelRef) -> Option<&'a Channel> {
        channel.ended().map(|ended| &**ended).or_else(|| {
            let found = self.model.channels.get(channel.key()?)?;
            found.reference.as_ref().is_some_and(|own| own.is(channel)).then_some(found)
        })
    }

    /// Refers to a call that goes on.
    pub fn refer_to_call(&mut self, key: CallKey) -> Option<CallRef> {
        self.model.calls.refer(key)
    }

    /// Refers to a channel that is there.
    pub fn refer_to_channel(&mut self, key: ChannelKey) -> Option<ChannelRef> {
        self.channel(key)?;
        self.model.channels.refer(key)
    }

    /// The channel that somebody refers to, where it is there.
    #[must_use]
    pub fn channel_key(&self, channel: &ChannelRef) -> Option<ChannelKey> {
        channel.key().filter(|key| channel.ended().is_none() && self.channel(*key).is_some())
    }

    /// Waits for the call of a channel that will have this id.
    pub fn expect_call(&mut self, unique_id: &[u8]) -> ExpectedCall {
        self.model.expect(unique_id)
    }

    /// Who a call began with.
    #[must_use]
    pub fn caller(&self, call: &Call) -> Option<Party> {
        let here = call.caller_channel().and_then(|key| self.model.channels.get(key)).map(Party::of);
        here.or_else(|| call.caller_gone().cloned())
    }

    /// Who took a call.
    #[must_use]
    pub fn answered_by(&self, call: &Call) -> Option<Party> {
        let here = call.answered_by_channel().and_then(|key| self.model.channels.get(key)).map(Party::of);
        here.or_else(|| call.answered_by_gone().cloned())
    }

    /// The phones of a call that are there, halves of Local channels left out.
    pub fn parties(&self, call: &Call) -> impl Iterator<Item = (ChannelKey, &Channel)> {
        let found =
            call.channels().iter().filter_map(|key| self.channel(*key).map(|channel| (*key, channel)));
        found.filter(|(_, channel)| !channel.is_local())
    }

    /// The server is removed: every call that goes on is over, its end unknown.
    pub fn abandon(&mut self, at: Moment) {
        self.model.abandon(at);
        self.resync.on_lost();
    }

    /// Lists are read anew as soon as they can be; until they are the model is `Syncing`.
    pub fn resync(&mut self, now: Instant) {
        self.resync.on_gap(now);
    }

    /// Changes of calls are kept from now on, under versions that begin after this one.
    pub fn keep_changes(&mut self, version: u64) {
        self.set_version(version);
        self.model.calls.changes.keep();
    }

    /// The last version that was given in the cluster.
    pub fn set_version(&mut self, version: u64) {
        self.model.calls.changes.set_version(version);
    }

    /// The last version that it gave, or was told.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.model.calls.changes.version()
    }

    /// The version up to which changes cannot be told any more.
    #[must_use]
    pub fn forgotten_version(&self) -> u64 {
        self.model.calls.changes.forgotten()
    }

    /// Calls that go on and changed after this version, with the version of the last change, oldest first.
    pub fn changed_since(&self, version: u64) -> impl Iterator<Item = (u64, CallKey)> {
        self.model.calls.changed_since(version)
    }

    /// Calls that ended after this version, with the version of that, oldest first.
    pub fn ended_since(&self, version: u64) -> impl Iterator<Item = &(u64, Arc<Call>)> {
        self.model.calls.ended_since(version)
    }

    /// News are kept from now on, or no longer.
    pub fn tell(&mut self, is_told: bool) {
        self.model.calls.tell(is_told);
        self.told_state = is_told.then(|| self.state());
    }

    /// The oldest news. Sealed ones end with `None`: then say `unseal_news`.
    pub fn pop_news(&mut self) -> Option<News> {
        self.model.calls.pop_news().or_else(|| self.pop_state())
    }

    fn pop_state(&mut self) -> Option<News> {
        let state = self.state();
        // What changed behind a seal is told behind it.
        let is_due = !self.model.calls.is_sealed() && self.told_state.is_some_and(|told| told != state);
        is_due.then(|| {
            self.told_state = Some(state);
            News::State(state)
        })
    }

    /// What happens from now on is told after what has happened so far, not together with it.
    pub fn seal_news(&mut self) {
        self.model.calls.seal_news();
    }

    /// What was sealed has been told.
    pub fn unseal_news(&mut self) {
        self.model.calls.unseal_news();
    }

    /// True where `pop_news` may have one.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.told_state.is_some_and(|told| self.model.calls.has_news() || told != self.state())
    }

    /// Ended calls that were not told, since nobody took the news for too long.
    #[must_use]
    pub fn news_lost(&self) -> u64 {
        self.model.calls.untold_lost()
    }
}
