//! Calls made by `Originate`: their events and their end.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::Pbx;
use super::channel::{Channel, Party, Place, State, or_unknown};
use super::channels::Channels;
use super::outcome::Outcome;
use super::phones::Dead;
use crate::asterisk::block::{Block, ack, error};
use crate::asterisk::classes::Classes;
use crate::asterisk::request::Request;
use crate::asterisk::session::SessionId;

/// An `Originate` that was checked.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    pub(crate) request: Request,
    pub(crate) channel: Vec<u8>,
    pub(crate) caller: Party,
    pub(crate) target: Target,
    pub(crate) account: Vec<u8>,
    pub(crate) timeout: Duration,
    pub(crate) variables: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) channel_id: Vec<u8>,
    pub(crate) other_channel_id: Vec<u8>,
    /// The session that waits, if the `Originate` is synchronous.
    pub(crate) waiting: Option<SessionId>,
}

/// The target that an answered channel runs.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Place(Place),
    Application { name: Vec<u8>, data: Vec<u8> },
}

impl Target {
    /// How long the channel runs it. Known only for `Wait`; anything else never ends.
    fn lasts(&self) -> Option<Duration> {
        match self {
            Self::Application { name, data } if name.eq_ignore_ascii_case(b"Wait") => {
                let seconds: f64 = std::str::from_utf8(data).ok()?.trim().parse().ok()?;
                Duration::try_from_secs_f64(seconds).ok().filter(|time| *time <= WAIT_MAX)
            }
            Self::Application { .. } | Self::Place(_) => None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallId(u64);

/// The next step of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum CallStep {
    Dial(CallId),
    Ring(CallId),
    Settle(CallId),
    /// The far half of a Local channel continues in the dialplan, half a second after the answer.
    Linger(CallId),
    /// The application that the answered channel ran has ended.
    Leave(CallId),
    /// All modules are loaded.
    Booted,
}

#[derive(Debug)]
struct Call {
    order: Order,
    outcome: Outcome,
    /// Uniqueids of its channels: the called one, and the far half of a Local channel.
    channels: Vec<Vec<u8>>,
}

/// All calls and channels.
#[derive(Debug, Default)]
pub(crate) struct Calls {
    pub(crate) channels: Channels,
    /// Outcomes that were set, by the exact `Channel` of an `Originate`.
    pub(crate) outcomes: BTreeMap<Vec<u8>, Outcome>,
    /// Channels that have hung up and are still in lists.
    pub(crate) dead: Vec<Dead>,
    running: BTreeMap<CallId, Call>,
    started: u64,
    pub(super) names_made: u64,
    serials_made: u64,
}

impl Calls {
    pub(crate) fn channel(&self, name: &[u8]) -> Option<&Channel> {
        self.channels.iter().find(|channel| channel.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn channel_mut(&mut self, name: &[u8]) -> Option<&mut Channel> {
        self.channels.iter_mut().find(|channel| channel.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn find(&self, unique_id: &[u8]) -> Option<&Channel> {
        self.channels.find(unique_id)
    }

    pub(super) fn by_id(&mut self, unique_id: &[u8]) -> Option<&mut Channel> {
        self.channels.find_mut(unique_id)
    }

    /// Number of calls started since the server was made. A restart does not reset it.
    pub(crate) fn made(&self) -> u64 {
        self.started
    }

    pub(super) fn next_serial(&mut self) -> u64 {
        self.serials_made += 1;
        self.serials_made - 1
    }

    /// Removes all channels and calls, as a restart does. Outcomes that were set stay.
    pub(crate) fn clear(&mut self) {
        self.channels.clear();
        self.running.clear();
        self.dead.clear();
    }
}

const RING_DELAY: Duration = Duration::from_millis(10);
const LINGER: Duration = Duration::from_millis(500);
/// A longer `Wait` never ends.
const WAIT_MAX: Duration = Duration::from_secs(86_400);

impl Pbx {
    /// Starts a call. Its end answers the session `order.waiting`, or is sent as `OriginateResponse`.
    pub(crate) fn start_call(&mut self, order: Order, now: Instant) {
        let id = CallId(self.calls.started);
        self.calls.started += 1;
        let scripted = self.calls.outcomes.get(&order.channel).copied();
        let outcome = scripted.unwrap_or_else(|| Outcome::of_name(&order.channel));
        self.calls.running.insert(id, Call { order, outcome, channels: Vec::new() });
        self.agenda.plan(now, CallStep::Dial(id));
    }

    pub(crate) fn run_step(&mut self, step: CallStep, now: Instant) {
        match step {
            CallStep::Dial(id) => self.dial(id, now),
            CallStep::Ring(id) => self.ring(id, now),
            CallStep::Settle(id) => self.settle(id, now),
            CallStep::Linger(id) => self.linger(id, now),
            CallStep::Leave(id) => self.leave(id, now),
            CallStep::Booted => {
                let body = Block::new()
                    .header("Uptime", "0")
                    .header("LastReload", "0")
                    .header("Status", "Fully Booted");
                self.emit("FullyBooted", Classes::SYSTEM, body, now);
            }
        }
    }

    fn dial(&mut self, id: CallId, now: Instant) {
        let Some(call) = self.calls.running.get(&id) else { return };
        let (order, outcome) = (call.order.clone(), call.outcome);
        if outcome == Outcome::Failed {
            self.agenda.plan(now, CallStep::Settle(id));
            return;
        }
        let is_local = order.channel.to_ascii_lowercase().starts_with(b"local/");
        let channels = if is_local { self.dial_local(&order, now) } else { self.dial_device(&order, now) };
        if let Some(call) = self.calls.running.get_mut(&id) {
            call.channels = channels;
        }
        let settles_after = match outcome {
            Outcome::NoAnswer => order.timeout,
            _ if is_local => Duration::ZERO,
            _ => self.options.answer_delay.min(order.timeout),
        };
        if !is_local && settles_after > RING_DELAY {
            self.agenda.plan(now + RING_DELAY, CallStep::Ring(id));
        }
        self.agenda.plan(now + settles_after, CallStep::Settle(id));
    }

    fn dial_device(&mut self, order: &Order, now: Instant) -> Vec<Vec<u8>> {
        self.calls.names_made += 1;
        let suffix = format!("-{:08x}", self.calls.names_made - 1);
        let name = [&order.channel[..], suffix.as_bytes()].concat();
        let place = Place { context: b"default".to_vec(), ..Place::default() };
        let one = self.new_channel(name, State::Down, &order.channel_id, None, place, order, now);
        self.dialled_headers(&one, order, now);
        let string = after_slash(&order.channel).to_vec();
        self.dial_begin(&one, &string, now);
        vec![one]
    }

    /// Makes both halves of a Local channel, with the events in the order of a real server.
    fn dial_local(&mut self, order: &Order, now: Instant) -> Vec<Vec<u8>> {
        let number = self.calls.names_made;
        self.calls.names_made += 1;
        let string = after_slash(&order.channel).split(|byte| *byte == b'/').next().unwrap_or_default();
        let (exten, context) = match string.iter().position(|byte| *byte == b'@') {
            Some(at) => (string[..at].to_vec(), string[at + 1..].to_vec()),
            None => (string.to_vec(), b"default".to_vec()),
        };
        let place = Place { context, exten, priority: b"1".to_vec() };
        let name = |half: u8| [b"Local/", string, format!("-{number:08x};{half}").as_bytes()].concat();
        let one = self.new_channel(name(1), State::Down, &order.channel_id, None, place.clone(), order, now);
        let linked = Some(one.as_slice());
        // The ids are those of `ast_unreal_new_channels` (main/core_unreal.c).
        let other_id = match (&order.channel_id[..], &order.other_channel_id[..]) {
            (id @ [_, ..], b"") => [id, b";2"].concat(),
            (_, other) => other.to_vec(),
        };
        let two = self.new_channel(name(2), State::Ring, &other_id, linked, place, order, now);
        self.dialled_headers(&one, order, now);
        let natural: Vec<_> = order.variables.clone();
        self.set_variables(&two, &natural, now);
        if order.caller.is_known() {
            self.with(&two, |channel| {
                channel.caller = order.caller.clone();
                channel.connected = order.caller.clone();
            });
            self.caller_id_events(&two, now);
        }
        self.local_bridge(&one, &two, now);
        self.dial_begin(&one, string, now);
        vec![one, two]
    }

    /// Sets application, variables and caller id of the dialled channel.
    fn dialled_headers(&mut self, unique_id: &[u8], order: &Order, now: Instant) {
        self.execute(unique_id, "AppDial2", b"(Outgoing Line)", now);
        // `astman_get_variables` builds its list in reverse order (main/manager.c, `ORDER_REVERSE`).
        let reversed: Vec<_> = order.variables.iter().rev().cloned().collect();
        self.set_variables(unique_id, &reversed, now);
        if !order.caller.is_known() {
            return;
        }
        self.with(unique_id, |channel| channel.caller = order.caller.clone());
        self.event_of(unique_id, "NewCallerid", presentation(), now);
        self.with(unique_id, |channel| channel.connected = order.caller.clone());
        self.event_of(unique_id, "NewConnectedLine", Block::new(), now);
    }

    fn caller_id_events(&mut self, unique_id: &[u8], now: Instant) {
        self.event_of(unique_id, "NewCallerid", presentation(), now);
        self.event_of(unique_id, "NewConnectedLine", Block::new(), now);
    }

    fn ring(&mut self, id: CallId, now: Instant) {
        let Some(one) = self.calls.running.get(&id).and_then(|call| call.channels.first().cloned()) else {
            return;
        };
        self.new_state(&one, State::Ringing, now);
        let body = self.snapshot(&one, "Dest").header("DialStatus", "RINGING");
        self.emit("DialState", Classes::CALL, body, now);
    }

    fn settle(&mut self, id: CallId, now: Instant) {
        let Some(call) = self.calls.running.get(&id) else { return };
        let (order, outcome, channels) = (call.order.clone(), call.outcome, call.channels.clone());
        let one = channels.first().cloned().unwrap_or_default();
        let two = channels.get(1).cloned();
        if outcome == Outcome::Answered {
            self.answered(&order, &one, two.as_deref(), now);
            self.report(&order, outcome, Some(&one), now);
            if two.is_some() {
                self.agenda.plan(now + LINGER, CallStep::Linger(id));
            }
            match order.target.lasts() {
                Some(time) => self.agenda.plan(now + time, CallStep::Leave(id)),
                None if two.is_none() => drop(self.calls.running.remove(&id)),
                None => {}
            }
            return;
        }
        self.calls.running.remove(&id);
        if channels.is_empty() {
            self.report(&order, outcome, None, now);
            return;
        }
        self.refused(outcome, &one, two.as_deref(), now);
        self.report(&order, outcome, None, now);
        let (cause, text) = outcome.cause();
        self.hang_up_channel(two.as_deref().unwrap_or(&one), cause, text, now);
    }

    fn answered(&mut self, order: &Order, one: &[u8], two: Option<&[u8]>, now: Instant) {
        if let Some(two) = two {
            self.execute(two, "Answer", b"", now);
            self.new_state(two, State::Up, now);
        }
        self.new_state(one, State::Up, now);
        self.dial_end(one, Outcome::Answered, now);
        match &order.target {
            Target::Place(place) => {
                self.with(one, |channel| channel.place = place.clone());
                self.execute(one, "Answer", b"", now);
                self.with(one, |channel| channel.place.priority = b"2".to_vec());
                self.execute(one, "Wait", b"3600", now);
            }
            Target::Application { name, data } => {
                self.execute(one, &String::from_utf8_lossy(name), data, now);
            }
        }
    }

    /// The events before the result of a call that was not answered. One channel is left, since its `Hangup`
    /// comes after the result.
    fn refused(&mut self, outcome: Outcome, one: &[u8], two: Option<&[u8]>, now: Instant) {
        let Some(two) = two else {
            self.dial_end(one, outcome, now);
            return;
        };
        match outcome {
            Outcome::Busy => {
                self.execute(two, "Busy", b"1", now);
                self.new_state(two, State::Busy, now);
            }
            Outcome::Congestion => self.execute(two, "Congestion", b"1", now),
            Outcome::NoAnswer | Outcome::Answered | Outcome::Failed => {
                self.execute(two, "Wait", b"3600", now);
            }
        }
        self.dial_end(one, outcome, now);
        self.event_of(two, "HangupRequest", Block::new().header("Cause", "0"), now);
        self.event_of(two, "SoftHangupRequest", Block::new().header("Cause", "16"), now);
        self.hang_up_channel(one, 0, "Unknown", now);
    }

    fn linger(&mut self, id: CallId, now: Instant) {
        let Some(call) = self.calls.running.get(&id) else { return };
        let two = call.channels.get(1).cloned();
        if call.order.target.lasts().is_none() {
            self.calls.running.remove(&id);
        }
        if let Some(two) = two {
            self.with(&two, |channel| channel.place.priority = b"2".to_vec());
            self.execute(&two, "Wait", b"3600", now);
        }
    }

    /// Hangs up the answered channel, and the other half of a Local channel.
    fn leave(&mut self, id: CallId, now: Instant) {
        let Some(call) = self.calls.running.remove(&id) else { return };
        for channel in &call.channels {
            if self.calls.find(channel).is_some() {
                self.hang_up_channel(channel, 16, "Normal Clearing", now);
            }
        }
    }

    /// Answers the session that waits, or sends `OriginateResponse`.
    fn report(&mut self, order: &Order, outcome: Outcome, answered: Option<&[u8]>, now: Instant) {
        if let Some(session) = order.waiting {
            let answer = if outcome == Outcome::Answered {
                ack(&order.request, "Originate successfully queued")
            } else {
                error(&order.request, "Originate failed")
            };
            self.answer_later(session, answer);
            return;
        }
        let channel = answered.and_then(|id| self.calls.by_id(id)).cloned();
        let name = channel.as_ref().map_or(&order.channel, |channel| &channel.name);
        let unique_id = channel.as_ref().map_or(or_unknown(&order.channel_id), |channel| &channel.unique_id);
        let body = Block::new()
            .id(order.request.id())
            .header("Response", if outcome == Outcome::Answered { "Success" } else { "Failure" })
            .header("Channel", name);
        let body = match &order.target {
            Target::Place(place) => body.header("Context", &place.context).header("Exten", &place.exten),
            Target::Application { name, data } => body.header("Application", name).header("Data", data),
        };
        let body = body
            .header("Reason", outcome.reason().to_string())
            .header("Uniqueid", unique_id)
            .header("CallerIDNum", or_unknown(&order.caller.number))
            .header("CallerIDName", or_unknown(&order.caller.name));
        self.emit("OriginateResponse", Classes::CALL, body, now);
    }
}

pub(super) fn presentation() -> Block {
    Block::new().header("CID-CallingPres", "0 (Presentation Allowed, Not Screened)")
}

fn after_slash(channel: &[u8]) -> &[u8] {
    channel.iter().position(|byte| *byte == b'/').map_or(channel, |at| &channel[at + 1..])
}
