//! The node itself: a framer and the session that its frames drive.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use memchr::memmem;

use super::completion::{self, CompletionPolicy, ImplicitEvents, Rule};
use super::counters::Counters;
use super::event_mask;
use super::liveness::Liveness;
use super::login::{self, AutoMask};
use super::outbox::Outbox;
use super::outcome_cell::{OutcomeCell, Ticket};
use super::output::{FrameOutcome, Output};
use super::pending::{Matched, PendingTable};
use super::pending_entry::NewEntry;
use super::sequences::{SequenceKey, Sequences};
use super::state::{ConnectionState, Effect, Input, LinkPrivacy, State, Terms};
use crate::error::{ActionError, DisconnectReason};
use crate::record::{RecordKind, clipped};
use crate::secret::Redactor;
use crate::settings::{EventMask, ServerSettings};
use crate::wire::{Action, ActionId, AmiVersion, Frame, Framer, InstanceId, Kind, Message, Stamp, header_in};

/// One session with one server, from connect to loss, over and over.
///
/// # Driving it
///
/// 1. `start`; on [`Output::OpenLink`] connect, and say `link_resolved`, `link_up` or `link_down`.
/// 2. Read into `room`, say `filled`, then take [`Node::next`] until it needs input.
/// 3. Write what `outbox` holds, say `advance_outbox`.
/// 4. At `next_deadline` call `on_time`.
/// 5. After each call take the outputs: an event returned by `next` goes before the outputs of that call.
#[derive(Debug)]
pub struct Node {
    framer: Framer,
    session: Session,
}

#[derive(Debug)]
struct Session {
    settings: Arc<ServerSettings>,
    instance: InstanceId,
    /// Finds ids of ours anywhere in a frame, faster than its headers can be read.
    ours: memmem::Finder<'static>,
    sequences: Sequences,
    number: u64,
    state: State,
    /// The state that the last change told.
    reported_state: ConnectionState,
    outbox: Outbox,
    pending: PendingTable,
    liveness: Liveness,
    /// Our own actions whose answers nobody waits for: `Ping`, `Events`, `Logoff`.
    internal_actions: VecDeque<u64>,
    /// Our own action whose answer is handed over frame by frame.
    streamed: Option<u64>,
    banner: String,
    version: AmiVersion,
    /// What the subscriptions need, for `EventMask::Auto`.
    auto_mask: AutoMask,
    /// What the session was last told to send.
    requested_mask: String,
    /// Whether the session's mask brings events of calls, where the user set it by an `Events` of his own.
    users_mask_tells_calls: Option<bool>,
    /// Our `Events` that is not answered yet.
    mask_on_its_way: Option<u64>,
    shutdown_announced: bool,
    record_interval: Duration,
    last_record_at: Option<Instant>,
    unclaimed_said_at: Option<Instant>,
    log_actions: bool,
    redactor: Arc<Redactor>,
    counters: Counters,
    outputs: VecDeque<Output>,
}

/// The one event by which an action ends that is broadcast: a session hears of it only where its mask has calls.
const ORIGINATE_RESPONSE: &str = "originateresponse";

/// Actions of our own that may be unanswered, beside one for each action of the user's.
const OWN_UNANSWERED_MAX: usize = 64;

/// Bytes of our own `Ping`, with the longest id.
const FENCE_BYTES_MAX: usize = 128;

impl Node {
    /// A node that rests.
    #[must_use]
    pub fn new(
        settings: Arc<ServerSettings>,
        instance: InstanceId,
        record_interval: Duration,
        now: Instant,
    ) -> Self {
        let limits = &settings.limits;
        Self {
            framer: Framer::new(limits.frame_bytes_max),
            session: Session {
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
                auto_mask: AutoMask::of_any_version("on"),
                requested_mask: String::new(),
                users_mask_tells_calls: None,
                mask_on_its_way: None,
                shutdown_announced: false,
                record_interval,
                last_record_at: None,
                unclaimed_said_at: None,
                log_actions: false,
                redactor: Arc::default(),
                counters: Counters::default(),
                outputs: VecDeque::new(),
                settings,
            },
        }
    }

    /// Begins a session. Nothing happens where one is under way.
    pub fn start(&mut self, now: Instant) {
        if self.session.state == State::Disconnected {
            self.framer = Framer::new(self.session.settings.limits.frame_bytes_max);
            self.session.shutdown_announced = false;
            self.session.apply(Input::Start, now);
        }
    }

    /// The name is known, or was an address already.
    pub fn link_resolved(&mut self, now: Instant) {
        self.session.apply(Input::Resolved, now);
    }

    /// TCP and, where asked for, TLS are up.
    pub fn link_up(&mut self, privacy: LinkPrivacy, now: Instant) {
        self.session.apply(Input::LinkUp(privacy), now);
    }

    /// The link is gone, or never came.
    pub fn link_down(&mut self, reason: DisconnectReason, detail: String, now: Instant) {
        let announced = self.session.shutdown_announced && reason == DisconnectReason::PeerClosed;
        let reason = if announced { DisconnectReason::Shutdown } else { reason };
        self.session.apply(Input::LinkDown { reason, detail }, now);
    }

    /// A call into the node panicked: the session ends, with all that was on its way. False where none was under way.
    pub fn fail(&mut self, detail: &str, now: Instant) -> bool {
        self.framer = Framer::new(self.session.settings.limits.frame_bytes_max);
        self.session.fail(detail, now)
    }

    /// Says goodbye and waits for the answer no longer than `grace`.
    pub fn close(&mut self, grace: Duration, now: Instant) {
        self.session.apply(Input::Close { grace }, now);
    }

    /// Room for input; say with [`Node::filled`] how much came.
    pub fn framer(&mut self) -> &mut Framer {
        &mut self.framer
    }

    /// So many bytes were read into the framer's room.
    pub fn filled(&mut self, count: usize, now: Instant) {
        self.framer.filled(count);
        self.session.counters.bytes_read += count as u64;
        self.session.liveness.on_bytes(now);
    }

    /// Lets go of the input of a session that is over.
    pub fn forget_input(&mut self) {
        if self.session.state == State::Disconnected && self.framer.capacity() > 0 {
            self.framer = Framer::new(self.session.settings.limits.frame_bytes_max);
        }
    }

    /// Deals with one frame.
    pub fn next(&mut self, stamp: Stamp, now: Instant) -> FrameOutcome<'_> {
        if self.session.state == State::Disconnected {
            return FrameOutcome::NeedInput;
        }
        let Some(frame) = self.framer.next_frame() else { return FrameOutcome::NeedInput };
        self.session.counters.frames += 1;
        match frame {
            Frame::Banner(banner) => {
                self.session.banner = clipped(banner);
                self.session.version = AmiVersion::of_banner(banner);
                self.session.apply(Input::Banner(banner), now);
            }
            Frame::Message(Kind::Event, frame) => {
                if self.session.is_streamed(frame) {
                    return FrameOutcome::Listed(Kind::Event, frame);
                }
                if self.session.on_event(frame, stamp, now) {
                    return FrameOutcome::Event(frame);
                }
            }
            Frame::Message(Kind::Response, frame) => {
                let is_streamed = self.session.is_streamed(frame);
                self.session.on_response(frame, stamp, now);
                if is_streamed {
                    return FrameOutcome::Listed(Kind::Response, frame);
                }
            }
            Frame::Message(Kind::Other, frame) => self.session.on_rows(frame, stamp),
            Frame::TooLong { kind, lines, action_id, limit } => {
                let sequence = action_id.and_then(|id| self.session.sequence_of(id));
                let is_streamed = sequence.is_some() && sequence == self.session.streamed;
                let is_ours = self.session.on_too_long(action_id, limit, now);
                if is_streamed {
                    return FrameOutcome::ListBroken;
                }
                if kind == Kind::Event && !is_ours && self.session.state == State::Ready {
                    return FrameOutcome::Lost(lines);
                }
            }
        }
        self.session.tell_endings();
        FrameOutcome::Handled
    }

    /// Sends an action.
    ///
    /// # Errors
    ///
    /// `NotReady` and `Backpressure`: nothing was queued.
    pub fn send(
        &mut self,
        action: &Action,
        completion: &CompletionPolicy,
        now: Instant,
    ) -> Result<Ticket, ActionError> {
        self.session.send(action, completion, now)
    }

    /// Sends an action of our own whose answer is handed over frame by frame and collected nowhere. There is one at a time;
    /// false where it cannot be sent.
    pub fn send_streamed(&mut self, action: &Action, now: Instant) -> bool {
        let session = &mut self.session;
        let limits = &session.settings.limits;
        let has_room = session.outbox.len() + action.encoded_bytes_max() <= limits.outbox_bytes_max;
        if session.state != State::Ready || !has_room {
            return false;
        }
        let sequence = session.sequences.next();
        session.streamed = Some(sequence);
        session.liveness.on_sent(sequence, limits.action_timeout, false, now);
        session.send_internal(action);
        true
    }

    /// Nothing more is wanted of the streamed action. What still comes of one that is not whole is nobody's event.
    pub fn end_stream(&mut self, is_whole: bool) {
        if self.session.streamed.take().is_some() && !is_whole {
            self.session.pending.expect_late_events();
        }
    }

    /// The sequence that the next action will get.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.session.sequences.next()
    }

    /// Draws the sequences of actions with this key from here on, as the `server`-th that does, beyond `floor`: where a node
    /// takes a removed one's name, what Asterisk still says of the old one's actions must not mean the new one's.
    pub fn draw_sequences(&mut self, key: SequenceKey, server: u64, floor: u64) {
        self.session.sequences = Sequences::new(key, server, floor);
    }

    /// Stops waiting for an action. False when it had ended.
    pub fn cancel(&mut self, sequence: u64) -> bool {
        let cancelled = self.session.pending.cancel(sequence);
        self.session.tell_endings();
        cancelled
    }

    /// Does what is due.
    pub fn on_time(&mut self, now: Instant) {
        self.session.on_time(now);
    }

    /// When `on_time` has something to do.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.session.next_deadline()
    }

    /// The event classes that the subscriptions need, for a server with `EventMask::Auto`.
    pub fn set_auto_mask(&mut self, mask: AutoMask) {
        self.session.set_auto_mask(mask);
    }

    /// Records of level debug are wanted, most of all of actions: in those the redactor hides what is secret.
    pub fn log_actions(&mut self, redactor: Arc<Redactor>) {
        self.session.log_actions = true;
        self.session.redactor = redactor;
    }

    /// A plain link is up, and the banner is late.
    #[must_use]
    pub fn is_banner_late(&self) -> bool {
        self.session.settings.tls.is_none()
            && matches!(self.session.state, State::Connected { late_at: None, .. })
    }

    /// Bytes to be written.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.session.outbox
    }

    /// So many bytes of the outbox have left.
    pub fn advance_outbox(&mut self, count: usize) {
        self.session.outbox.advance(count);
        self.session.counters.bytes_written += count as u64;
    }

    /// The oldest output.
    pub fn pop_output(&mut self) -> Option<Output> {
        self.session.outputs.pop_front()
    }

    /// True when `pop_output` has one.
    #[must_use]
    pub fn has_outputs(&self) -> bool {
        !self.session.outputs.is_empty()
    }

    /// Where the session stands.
    #[must_use]
    pub fn state(&self) -> ConnectionState {
        self.session.state.shown()
    }

    /// The ending of an action was delivered: it leaves the bounds of what is pending.
    pub fn delivered(&mut self, cell: &OutcomeCell) {
        self.session.pending.on_delivered(cell);
    }

    /// Actions without an ending.
    #[must_use]
    pub fn on_their_way(&self) -> usize {
        self.session.pending.on_their_way()
    }

    /// Actions without a delivered ending.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.session.pending.len()
    }

    /// Bytes of the answers of actions without a delivered ending.
    #[must_use]
    pub fn answer_bytes(&self) -> usize {
        self.session.pending.bytes()
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.session.counters
    }

    /// Which session of this node it is, from 1.
    #[must_use]
    pub fn session_number(&self) -> u64 {
        self.session.number
    }

    /// What Asterisk said first.
    #[must_use]
    pub fn banner(&self) -> &str {
        &self.session.banner
    }

    /// Which version of the interface that names.
    #[must_use]
    pub fn version(&self) -> AmiVersion {
        self.session.version
    }

    /// Time between the last answered `Ping` and its answer.
    #[must_use]
    pub fn last_round_trip(&self) -> Option<Duration> {
        self.session.liveness.last_round_trip()
    }

    /// The server's settings.
    #[must_use]
    pub fn settings(&self) -> &Arc<ServerSettings> {
        &self.session.settings
    }
}

impl Session {
    fn apply(&mut self, input: Input<'_>, now: Instant) {
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
            // Subscriptions may have changed while the login was on its way.
            self.send_mask();
        }
    }

    fn tell_change(&mut self, reason: Option<DisconnectReason>, detail: String) {
        let to = self.state.shown();
        let from = std::mem::replace(&mut self.reported_state, to);
        self.outputs.push_back(Output::Changed { from, to, reason, detail });
    }

    /// What was being done when it panicked may be half done: only what was told counts.
    fn fail(&mut self, detail: &str, now: Instant) -> bool {
        self.state = State::Disconnected;
        if self.reported_state == ConnectionState::Disconnected {
            return false;
        }
        let (reason, detail) = (DisconnectReason::InternalError, detail.to_owned());
        self.perform(Effect::End { reason, detail: detail.clone() }, now);
        self.tell_change(Some(reason), detail);
        true
    }

    fn perform(&mut self, effect: Effect, now: Instant) {
        let events = login::events_header(&self.settings.event_mask, self.auto_mask.of(self.version));
        match effect {
            Effect::OpenLink => self.outputs.push_back(Output::OpenLink),
            Effect::SendChallenge => self.send_internal(&login::challenge()),
            Effect::SendLoginPlain => {
                self.requested_mask.clone_from(&events);
                let id = self.next_id();
                self.sequences.advance();
                self.outbox.push_secret(&login::login_plain(&self.settings, &id, &events));
                self.internal_actions.push_back(id.sequence());
            }
            Effect::SendLoginMd5 { challenge } => {
                self.requested_mask.clone_from(&events);
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
                self.mask_on_its_way = None;
                self.users_mask_tells_calls = None;
            }
            Effect::End { reason, .. } => {
                self.pending.end_with_session(reason, |end_offset| self.outbox.has_left(end_offset));
                self.tell_endings();
                self.outbox = Outbox::default();
                self.internal_actions.clear();
                self.streamed = None;
                self.outputs.push_back(Output::CloseLink);
            }
        }
    }

    fn send(
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
        let is_cut_short = !self.tells_calls() && rule.ends_without(ORIGINATE_RESPONSE);
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
            end_offset: self.outbox.push_action(action, &id),
        };
        let cell = self.pending.insert(id.sequence(), new, now);
        // How long Asterisk may be silent does not depend on how long the caller waits.
        let own_time = completion::duration_of(action, &CompletionPolicy::default(), limits.action_timeout);
        self.liveness.on_sent(id.sequence(), duration.max(own_time), pings_end_it, now);
        self.counters.actions_sent += 1;
        if self.log_actions {
            self.outputs.push_back(Output::Record(RecordKind::ActionSent {
                action_id: id.to_string(),
                action: action.name().to_owned(),
                headers: clipped(action.shown_headers(&self.redactor).as_bytes()),
                pending: self.pending.len(),
            }));
        }
        if action.name().eq_ignore_ascii_case("Events") {
            let mask = action.get(b"EventMask").unwrap_or_default();
            self.users_mask_tells_calls = event_mask::tells_calls(mask).or(self.users_mask_tells_calls);
        }
        if needs_fence {
            // The next answer shows that the one without a response is over.
            self.send_internal(&login::built("Ping", &[]));
        }
        if action.name().eq_ignore_ascii_case("Logoff") {
            self.state = State::Closing { until: now + duration, logoff: id.sequence() };
            self.tell_change(None, String::new());
        }
        Ok(Ticket { id, cell })
    }

    /// Whether events of calls come at all, as far as the mask says: what the account may read is not told.
    fn tells_calls(&self) -> bool {
        self.users_mask_tells_calls.unwrap_or_else(|| {
            let mask = login::events_header(&self.settings.event_mask, self.auto_mask.of(self.version));
            event_mask::tells_calls(mask.as_bytes()).unwrap_or(true)
        })
    }

    fn backpressure(&self, action: &Action, bound: &'static str, limit: usize) -> ActionError {
        let (server, action) = (self.settings.key.clone(), action.name().to_owned());
        ActionError::Backpressure { server, action, bound, limit }
    }

    /// Queues an action of our own; gives nothing back, since its answer only has to be known as ours.
    fn send_internal(&mut self, action: &Action) {
        let id = self.next_id();
        self.sequences.advance();
        self.outbox.push_action(action, &id);
        if self.internal_actions.len() >= self.settings.limits.pending_actions_max + OWN_UNANSWERED_MAX {
            // A peer that answers nothing: the oldest answer would be taken for one that nobody waits for.
            self.internal_actions.pop_front();
        }
        self.internal_actions.push_back(id.sequence());
    }

    fn next_id(&self) -> ActionId {
        ActionId::new(self.settings.key.clone(), self.instance, self.sequences.next())
    }

    /// True when the event is for listeners, beside what it may mean to a pending action.
    fn on_event(&mut self, frame: &[u8], stamp: Stamp, now: Instant) -> bool {
        // While the session says goodbye, answers to what was sent before are still on their way.
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

    /// An event that carries an id of ours. Of the events that everybody gets two can, and anyone may have chosen the id in
    /// both: `UserEvent` counts for nothing; `OriginateResponse` is news to listeners, and counts only where the action
    /// waits for it. Everything else is an item of a list, and an item nobody waits for is dropped.
    fn on_own_event(&mut self, sequence: u64, frame: &[u8], stamp: Stamp, now: Instant) -> bool {
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

    fn on_response(&mut self, frame: &[u8], stamp: Stamp, now: Instant) {
        // Its second line: found at once, where an event has to be searched.
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
        // An answer to anything later shows as much: with brokeneventsaction=yes `Events` gets none.
        self.mask_on_its_way.take_if(|own| *own <= sequence);
        self.send_mask();
        // In order, as they were sent.
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

    /// Text that is neither event nor response belongs to the action that Asterisk is at: the one it names, or the
    /// oldest that has no response. Where none came yet none may come, as with `IAXnetstats`: the next answer shows.
    fn on_rows(&mut self, frame: &[u8], stamp: Stamp) {
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

    /// True when it was for an action of ours.
    fn on_too_long(&mut self, action_id: Option<&[u8]>, limit: usize, now: Instant) -> bool {
        self.counters.frames_too_long += 1;
        let sequence = action_id.and_then(|id| self.sequence_of(id));
        if let Some(sequence) = sequence {
            self.liveness.on_response(sequence, now);
            self.pending.on_too_large(sequence, "maxFrameSize", limit);
        }
        if self.last_record_at.is_none_or(|at| now >= at + self.record_interval) {
            self.last_record_at = Some(now);
            let action_id = action_id.map(clipped).unwrap_or_default();
            let count = self.counters.frames_too_long;
            self.outputs.push_back(Output::Record(RecordKind::FrameTooLong { limit, count, action_id }));
        }
        sequence.is_some()
    }

    fn on_time(&mut self, now: Instant) {
        if self.state.deadline().is_some_and(|deadline| deadline <= now) {
            self.apply(Input::Deadline, now);
        }
        self.pending.on_time(now);
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

    fn next_deadline(&self) -> Option<Instant> {
        let liveness =
            (self.state == State::Ready).then(|| self.liveness.next_deadline(self.outbox.is_empty()));
        [self.state.deadline(), self.pending.next_deadline(), liveness].into_iter().flatten().min()
    }

    fn set_auto_mask(&mut self, mask: AutoMask) {
        self.auto_mask = mask;
        self.send_mask();
    }

    /// Lets the session's mask follow the listeners: one `Events` at a time, so that listeners that come
    /// and go queue nothing, and the last wish wins.
    fn send_mask(&mut self) {
        let is_auto = self.settings.event_mask == EventMask::Auto;
        if !is_auto
            || self.state != State::Ready
            || self.mask_on_its_way.is_some()
            || self.auto_mask.of(self.version) == self.requested_mask
        {
            return;
        }
        self.users_mask_tells_calls = None;
        let mask = self.auto_mask.of(self.version).to_owned();
        self.requested_mask.clone_from(&mask);
        self.mask_on_its_way = Some(self.sequences.next());
        self.send_internal(&login::built("Events", &[("EventMask", mask.as_bytes().to_vec())]));
        if self.log_actions {
            self.outputs.push_back(Output::Record(RecordKind::EventMaskChanged { mask }));
        }
    }

    /// Says once an interval, to whoever looks for something, that answers came which nobody waits for.
    fn tell_unclaimed(&mut self, frame: &[u8], now: Instant) {
        if self.log_actions && self.unclaimed_said_at.is_none_or(|at| now >= at + self.record_interval) {
            self.unclaimed_said_at = Some(now);
            let count = self.counters.answers_late + self.counters.answers_foreign;
            let name = clipped(Message::from_frame(frame).name());
            self.outputs.push_back(Output::Record(RecordKind::AnswersUnclaimed { count, name }));
        }
    }

    /// Anyone can write an id into a `UserEvent`: there it names nothing.
    fn is_streamed(&self, frame: &[u8]) -> bool {
        self.streamed.is_some()
            && !frame.starts_with(b"Event: UserEvent")
            && self.sequence_in(frame) == self.streamed
    }

    /// The sequence of the action of ours that the frame's `ActionID` names.
    fn sequence_in(&self, frame: &[u8]) -> Option<u64> {
        self.ours.find(frame)?;
        self.sequence_of(header_in(frame, b"ActionID")?)
    }

    fn sequence_of(&self, action_id: &[u8]) -> Option<u64> {
        ActionId::sequence_in(action_id, &self.settings.key, self.instance)
    }

    fn tell_endings(&mut self) {
        for (sequence, cell) in self.pending.take_ended() {
            self.counters.actions_ended += 1;
            let failed = matches!(cell.outcome(), Some(Err(_)));
            self.counters.actions_failed += u64::from(failed);
            if self.log_actions {
                let outcome = match cell.outcome() {
                    Some(Err(error)) => clipped(error.to_string().as_bytes()),
                    Some(Ok(_)) | None => "success".to_owned(),
                };
                let action_id = ActionId::new(self.settings.key.clone(), self.instance, sequence).to_string();
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
