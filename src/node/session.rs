//! The session: its state, its pending actions and its event mask.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use memchr::memmem;

use super::completion::{self, CompletionPolicy, ImplicitEvents, Rule};
use super::counters::Counters;
use super::event_mask;
use super::liveness::Liveness;
use super::login::{self, AutoMask};
use super::mask_state::MaskState;
use super::outbox::Outbox;
use super::outcome_cell::Ticket;
use super::output::Output;
use super::pending::{Matched, PendingTable};
use super::pending_entry::NewEntry;
use super::reporting::Reporting;
use super::sequences::{SequenceKey, Sequences};
use super::state::{Effect, Input, State, Terms};
use crate::error::ActionError;
use crate::record::{RecordKind, clipped};
use crate::settings::{EventMask, ServerSettings};
use crate::vocabulary::{ConnectionState, DisconnectReason};
use crate::wire::{Action, ActionId, AmiVersion, InstanceId, Message, Stamp, header_in};

#[derive(Debug)]
pub(super) struct Session {
    pub(super) settings: Arc<ServerSettings>,
    pub(super) instance: InstanceId,
    /// Searches a frame for the instance id, which is faster than reading the frame's headers.
    pub(super) ours: memmem::Finder<'static>,
    pub(super) sequences: Sequences,
    pub(super) number: u64,
    pub(super) state: State,
    /// The state that was last reported.
    pub(super) reported_state: ConnectionState,
    pub(super) outbox: Outbox,
    pub(super) pending: PendingTable,
    pub(super) liveness: Liveness,
    /// Sequences of the client's own unanswered actions, for which no caller waits: `Ping`, `Events`,
    /// `Logoff`, and those of the login.
    pub(super) internal_actions: VecDeque<u64>,
    /// Sequence of the client's own action whose answer is returned frame by frame.
    pub(super) streamed: Option<u64>,
    pub(super) banner: String,
    pub(super) version: AmiVersion,
    pub(super) mask: MaskState,
    pub(super) shutdown_announced: bool,
    pub(super) reporting: Reporting,
    pub(super) counters: Counters,
    pub(super) outputs: VecDeque<Output>,
}

/// The only broadcast event that ends an action. A session receives it only if its mask includes class `call`.
const ORIGINATE_RESPONSE: &str = "originateresponse";

/// Most unanswered actions of the client itself, beside one for each action of the caller.
const OWN_UNANSWERED_MAX: usize = 64;

/// Upper bound for the size of our own `Ping` in bytes, with the longest id.
const FENCE_BYTES_MAX: usize = 128;

impl Session {
    pub(super) fn new(
        settings: Arc<ServerSettings>,
        instance: InstanceId,
        record_interval: Duration,
        now: Instant,
    ) -> Self {
        let limits = &settings.limits;
        Self {
            instance,
            ours: memmem::Finder::new(instance.as_str()).into_owned(),
            sequences: Sequences::new(SequenceKey::default(), 0, 0),
            number: 0,
            state: State::Disconnected,
            reported_state: ConnectionState::Disconnected,
            outbox: Outbox::default(),
            pending: PendingTable::new(settings.key.clone(), limits.action_bytes_max),
            liveness: Liveness::new(limits, now),
            internal_actions: VecDeque::new(),
            streamed: None,
            banner: String::new(),
            version: AmiVersion::default(),
            mask: MaskState::default(),
            shutdown_announced: false,
            reporting: Reporting::new(record_interval),
            counters: Counters::default(),
            outputs: VecDeque::new(),
            settings,
        }
    }

    pub(super) fn apply(&mut self, input: Input<'_>, now: Instant) {
        let terms = Terms {
            auth: self.settings.auth,
            is_tls: self.settings.tls.is_some(),
            connect_timeout: self.settings.limits.connect_timeout,
            login_timeout: self.settings.limits.login_timeout,
            next_sequence: self.sequences.next(),
        };
        let mut effects = Vec::new();
        let from = self.reported_state;
        let state = std::mem::replace(&mut self.state, State::Disconnected);
        self.state = state.on(input, &terms, now, &mut effects);
        let (mut reason, mut detail) = (None, String::new());
        for effect in effects {
            if let Effect::End { reason: why, detail: text } = &effect {
                (reason, detail) = (Some(*why), text.clone());
            }
            self.perform(effect, now);
        }
        if self.state.shown() != from {
            self.tell_change(reason, detail);
            // Subscriptions may have changed during the login.
            self.send_mask();
        }
    }

    pub(super) fn tell_change(&mut self, reason: Option<DisconnectReason>, detail: String) {
        let to = self.state.shown();
        let from = std::mem::replace(&mut self.reported_state, to);
        self.outputs.push_back(Output::Changed { from, to, reason, detail });
    }

    /// The panic may have left the state half changed, so only the state reported last counts.
    pub(super) fn fail(&mut self, detail: &str, now: Instant) -> bool {
        self.state = State::Disconnected;
        if self.reported_state == ConnectionState::Disconnected {
            return false;
        }
        let (reason, detail) = (DisconnectReason::InternalError, detail.to_owned());
        self.perform(Effect::End { reason, detail: detail.clone() }, now);
        self.tell_change(Some(reason), detail);
        true
    }

    pub(super) fn perform(&mut self, effect: Effect, now: Instant) {
        let events =
            login::events_header(&self.settings.event_mask, self.mask.auto.of(self.version)).to_owned();
        match effect {
            Effect::OpenLink => self.outputs.push_back(Output::OpenLink),
            Effect::SendChallenge => self.send_internal(&login::challenge()),
            Effect::SendLoginPlain => {
                self.mask.requested.clone_from(&events);
                let id = self.next_id();
                self.sequences.advance();
                self.outbox.push_secret(login::login_plain(&self.settings, &id, &events));
                self.internal_actions.push_back(id.sequence());
            }
            Effect::SendLoginMd5 { challenge } => {
                self.mask.requested.clone_from(&events);
                self.send_internal(&login::login_md5(&self.settings, &challenge, &events));
            }
            Effect::SendLogoff => self.send_internal(&login::built("Logoff", &[])),
            Effect::TellBannerLate => {
                let (host, port) = (self.settings.host.clone(), self.settings.port);
                self.outputs.push_back(Output::Record(RecordKind::BannerLate { host, port }));
            }
            Effect::LoggedIn => {
                self.number += 1;
                self.counters.logins += 1;
                let limits = &self.settings.limits;
                self.liveness = Liveness::new(limits, now);
                self.pending.on_login(self.version);
                self.internal_actions.clear();
                self.mask.on_login();
            }
            Effect::End { reason, .. } => {
                self.pending
                    .end_with_session(reason, |first_byte_offset| self.outbox.has_left(first_byte_offset));
                self.tell_endings();
                self.outbox = Outbox::default();
                self.internal_actions.clear();
                self.streamed = None;
                self.outputs.push_back(Output::CloseLink);
            }
        }
    }

    pub(super) fn send(
        &mut self,
        action: &Action,
        completion: &CompletionPolicy,
        now: Instant,
    ) -> Result<Ticket, ActionError> {
        let limits = &self.settings.limits;
        let mut rule = Rule::of(action, completion, self.version);
        if self.state != State::Ready {
            return Err(ActionError::NotReady {
                server: self.settings.key.clone(),
                state: self.state.shown(),
                action: action.name().to_owned(),
            });
        }
        if self.pending.len() >= limits.pending_actions_max {
            return Err(self.backpressure(action, "maxPendingActions", limits.pending_actions_max));
        }
        if self.pending.bytes() > limits.action_bytes_max {
            return Err(self.backpressure(action, "maxActionBytes", limits.action_bytes_max));
        }
        let is_cut_short = rule.ends_with(ORIGINATE_RESPONSE.as_bytes())
            && !self.includes_calls()
            && rule.ends_without(ORIGINATE_RESPONSE);
        let id = self.next_id();
        let fence = if rule.is_fenced { FENCE_BYTES_MAX } else { 0 };
        if self.outbox.len() + action.encoded_bytes_max() + fence > limits.outbox_bytes_max {
            return Err(self.backpressure(action, "writeBufferLimit", limits.outbox_bytes_max));
        }
        self.sequences.advance();
        let needs_fence = rule.is_fenced;
        let pings_end_it = action.name().eq_ignore_ascii_case("WaitEvent");
        let duration = completion::duration_of(action, completion, limits.action_timeout);
        let new = NewEntry {
            name: action.shared_name(),
            rule,
            is_cut_short,
            messages_max: completion.messages_max,
            on_timeout: completion.on_timeout,
            duration,
            first_byte_offset: self.outbox.push_action(action, &id),
        };
        let cell = self.pending.insert(id.sequence(), new, now);
        // How long Asterisk may be silent does not depend on how long the caller waits.
        let silence = if completion.max_duration.is_none() {
            duration
        } else {
            let own = CompletionPolicy::default();
            duration.max(completion::duration_of(action, &own, limits.action_timeout))
        };
        self.liveness.on_sent(id.sequence(), silence, pings_end_it, now);
        self.counters.actions_sent += 1;
        if let Some(redactor) = &self.reporting.redactor {
            self.outputs.push_back(Output::Record(RecordKind::ActionSent {
                action_id: id.to_string(),
                action: action.name().to_owned(),
                headers: clipped(action.shown_headers(redactor).as_bytes()),
                pending: self.pending.len(),
            }));
        }
        if action.name().eq_ignore_ascii_case("Events") {
            let mask = action.get(b"EventMask").unwrap_or_default();
            self.mask.on_users_events(mask);
        }
        if needs_fence {
            // The answer to this `Ping` shows that the action without a response is over.
            self.send_internal(&login::built("Ping", &[]));
        }
        if action.name().eq_ignore_ascii_case("Logoff") {
            self.state = State::Closing { until: now + duration, logoff: id.sequence() };
            self.tell_change(None, String::new());
        }
        Ok(Ticket { id, cell })
    }

    /// True if the mask includes events of class `call`. Asterisk does not report whether the account may read them.
    pub(super) fn includes_calls(&self) -> bool {
        self.mask.users_include_calls.unwrap_or_else(|| {
            let mask = login::events_header(&self.settings.event_mask, self.mask.auto.of(self.version));
            event_mask::includes_calls(mask.as_bytes()).unwrap_or(true)
        })
    }

    pub(super) fn backpressure(&self, action: &Action, bound: &'static str, limit: usize) -> ActionError {
        let (server, action) = (self.settings.key.clone(), action.name().to_owned());
        ActionError::Backpressure { server, action, bound, limit }
    }

    /// Queues an action of the client itself. No ticket is returned, since the answer only has to be recognised.
    pub(super) fn send_internal(&mut self, action: &Action) {
        let id = self.next_id();
        self.sequences.advance();
        self.outbox.push_action(action, &id);
        if self.internal_actions.len() >= self.settings.limits.pending_actions_max + OWN_UNANSWERED_MAX {
            // The peer answers nothing. A late answer to the oldest action would be counted as one to an ended action.
            self.internal_actions.pop_front();
        }
        self.internal_actions.push_back(id.sequence());
    }

    pub(super) fn next_id(&self) -> ActionId {
        ActionId::new(&self.settings.key, self.instance, self.sequences.next())
    }

    /// Gives an event to the pending action that it belongs to. True if listeners get the event.
    pub(super) fn on_event(&mut self, frame: &[u8], stamp: Stamp, now: Instant) -> bool {
        // While the session logs off, answers to earlier actions may still come.
        let is_told = self.state == State::Ready;
        if !is_told && !matches!(self.state, State::Closing { .. }) {
            self.counters.events_early += 1;
            return false;
        }
        if self.pending.may_be_named()
            && let Some(sequence) = self.sequence_in(frame)
        {
            return self.on_own_event(sequence, frame, stamp, now) && is_told;
        }
        if let Some((sequence, implicit_events)) = self.pending.implicit_events()
            && header_in(frame, b"ActionID").is_none()
        {
            self.pending.on_event(sequence, Message::stamped(frame, stamp));
            self.tell_endings();
            return implicit_events == ImplicitEvents::Both && is_told;
        }
        if frame.len() > 15 && frame[..15].eq_ignore_ascii_case(b"Event: Shutdown") {
            self.shutdown_announced = true;
        }
        is_told
    }

    /// An event with the id of an action of this client. True if listeners get the event.
    ///
    /// Two broadcast events can carry such an id, and any client may have written the id into both. A `UserEvent` is
    /// never part of an answer. An `OriginateResponse` goes to listeners, and is part of an answer only if the action
    /// waits for it. Any other event is an item of a list. It is dropped if the action has ended.
    pub(super) fn on_own_event(&mut self, sequence: u64, frame: &[u8], stamp: Stamp, now: Instant) -> bool {
        let event = Message::stamped(frame, stamp);
        if event.is_event("UserEvent") {
            return true;
        }
        let is_public = event.is_event("OriginateResponse");
        if is_public && !self.pending.waits_for(sequence, event.name()) {
            return true;
        }
        if self.pending.on_event(sequence, event) == Matched::Late && !is_public {
            self.counters.answers_late += 1;
            self.tell_unclaimed(frame, now);
        }
        self.tell_endings();
        is_public
    }

    pub(super) fn on_response(&mut self, frame: &[u8], stamp: Stamp, now: Instant) {
        // The `ActionID` is the second line of a response, so reading it is fast. An event has to be searched.
        let id = header_in(frame, b"ActionID");
        let Some(sequence) = id.and_then(|id| self.sequence_of(id)) else {
            self.counters.answers_foreign += 1;
            self.tell_unclaimed(frame, now);
            return;
        };
        let response = Message::stamped(frame, stamp);
        let is_goodbye = response.name().eq_ignore_ascii_case(b"Goodbye");
        self.liveness.on_response(sequence, now);
        self.pending.end_fenced_before(sequence);
        // The answer to any later action also shows that `Events` is done, which gets none
        // with `brokeneventsaction=yes`.
        self.mask.on_its_way.take_if(|own| *own <= sequence);
        self.send_mask();
        // `internal_actions` is in order, as the actions were sent.
        if let Ok(at) = self.internal_actions.binary_search(&sequence) {
            self.internal_actions.drain(..=at);
            self.apply(Input::LoginAnswer { sequence, response: &response }, now);
        } else if self.pending.on_response(sequence, response) == Matched::Late {
            self.counters.answers_late += 1;
            self.tell_unclaimed(frame, now);
        }
        self.tell_endings();
        if is_goodbye {
            self.apply(Input::Goodbye { sequence }, now);
        }
    }

    /// Text that is neither event nor response belongs to the action that Asterisk is running: the one whose id the
    /// text carries, or the oldest without a response. If that action has no response yet, it may never get one, as
    /// with `IAXnetstats`. The answer to a `Ping` then shows that it is over.
    pub(super) fn on_rows(&mut self, frame: &[u8], stamp: Stamp) {
        let named = header_in(frame, b"ActionID").and_then(|id| self.sequence_of(id));
        let owner = named.or_else(|| self.liveness.oldest_unanswered());
        if owner.is_some_and(|sequence| self.pending.fence(sequence)) {
            self.send_internal(&login::built("Ping", &[]));
        }
        let rows = Message::stamped(frame, stamp);
        if owner.is_none_or(|sequence| self.pending.on_event(sequence, rows) == Matched::Late) {
            self.counters.frames_odd += 1;
        }
        self.tell_endings();
    }

    /// True if the frame carried the id of an action of this client.
    pub(super) fn on_too_long(&mut self, action_id: Option<&[u8]>, limit: usize, now: Instant) -> bool {
        self.counters.frames_too_long += 1;
        let sequence = action_id.and_then(|id| self.sequence_of(id));
        if let Some(sequence) = sequence {
            self.liveness.on_response(sequence, now);
            self.pending.on_too_large(sequence, "maxFrameSize", limit);
        }
        if self.reporting.may_report_frame(now) {
            let action_id = action_id.map(clipped).unwrap_or_default();
            let count = self.counters.frames_too_long;
            self.outputs.push_back(Output::Record(RecordKind::FrameTooLong { limit, count, action_id }));
        }
        sequence.is_some()
    }

    pub(super) fn on_time(&mut self, now: Instant) {
        if self.state.deadline().is_some_and(|deadline| deadline <= now) {
            self.apply(Input::Deadline, now);
        }
        self.pending.on_time(now);
        self.liveness.shrink();
        self.tell_endings();
        if self.state != State::Ready {
            return;
        }
        if self.liveness.wants_ping(self.outbox.is_empty(), now) {
            let sequence = self.sequences.next();
            self.send_internal(&login::built("Ping", &[]));
            self.liveness.on_ping_sent(sequence, now);
        }
        if self.liveness.is_dead(now) {
            self.apply(Input::Silent, now);
        }
    }

    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let liveness =
            (self.state == State::Ready).then(|| self.liveness.next_deadline(self.outbox.is_empty()));
        [self.state.deadline(), self.pending.next_deadline(), liveness].into_iter().flatten().min()
    }

    pub(super) fn set_auto_mask(&mut self, mask: AutoMask) {
        self.mask.auto = mask;
        self.send_mask();
    }

    /// Lets the session's mask follow the subscriptions. At most one `Events` is unanswered, so that listeners that
    /// come and go queue nothing. The latest mask is sent after the answer.
    pub(super) fn send_mask(&mut self) {
        let is_auto = self.settings.event_mask == EventMask::Auto;
        if !is_auto
            || self.state != State::Ready
            || self.mask.on_its_way.is_some()
            || self.mask.auto.of(self.version) == self.mask.requested
        {
            return;
        }
        self.mask.users_include_calls = None;
        let mask = self.mask.auto.of(self.version).to_owned();
        self.mask.requested.clone_from(&mask);
        self.mask.on_its_way = Some(self.sequences.next());
        self.send_internal(&login::built("Events", &[("EventMask", mask.as_bytes().to_vec())]));
        if self.reporting.logs_actions() {
            self.outputs.push_back(Output::Record(RecordKind::EventMaskChanged { mask }));
        }
    }

    /// Records at level debug, at most once each interval, that answers came for which no action waits.
    pub(super) fn tell_unclaimed(&mut self, frame: &[u8], now: Instant) {
        if self.reporting.may_report_unclaimed(now) {
            let count = self.counters.answers_late + self.counters.answers_foreign;
            let name = clipped(Message::from_frame(frame).name());
            self.outputs.push_back(Output::Record(RecordKind::AnswersUnclaimed { count, name }));
        }
    }

    /// True if the frame is part of the answer to the streamed action. A `UserEvent` never is, since any
    /// client can write an id into it.
    pub(super) fn is_streamed(&self, frame: &[u8]) -> bool {
        self.streamed.is_some()
            && !frame.starts_with(b"Event: UserEvent")
            && self.sequence_in(frame) == self.streamed
    }

    /// The sequence in the frame's `ActionID`, if that is an id of this client.
    pub(super) fn sequence_in(&self, frame: &[u8]) -> Option<u64> {
        self.ours.find(frame)?;
        self.sequence_of(header_in(frame, b"ActionID")?)
    }

    pub(super) fn sequence_of(&self, action_id: &[u8]) -> Option<u64> {
        ActionId::sequence_in(action_id, &self.settings.key, self.instance)
    }

    pub(super) fn tell_endings(&mut self) {
        if !self.pending.has_ended() {
            return;
        }
        for (sequence, cell) in self.pending.take_ended() {
            self.counters.actions_ended += 1;
            let failed = matches!(cell.outcome(), Some(Err(_)));
            self.counters.actions_failed += u64::from(failed);
            if self.reporting.logs_actions() {
                let outcome = match cell.outcome() {
                    Some(Err(error)) => clipped(error.to_string().as_bytes()),
                    Some(Ok(_)) | None => "success".to_owned(),
                };
                let action_id = ActionId::new(&self.settings.key, self.instance, sequence).to_string();
                let action = cell.action().to_owned();
                self.outputs.push_back(Output::Record(RecordKind::ActionEnded {
                    action_id,
                    action,
                    outcome,
                }));
            }
            self.outputs.push_back(Output::Ended { sequence, cell });
        }
    }
}
