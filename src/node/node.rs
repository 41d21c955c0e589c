//! The node itself: a framer and the session that its frames drive.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::completion::CompletionPolicy;
use super::counters::Counters;
use super::login::AutoMask;
use super::outbox::Outbox;
use super::outcome_cell::{OutcomeCell, Ticket};
use super::output::{FrameOutcome, Output};
use super::sequences::{SequenceKey, Sequences};
use super::session::Session;
use super::state::{Input, LinkPrivacy, State};
use crate::error::ActionError;
use crate::record::clipped;
use crate::secret::Redactor;
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, DisconnectReason};
use crate::wire::{Action, AmiVersion, Frame, Framer, InstanceId, Kind, Stamp};

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

impl Node {
    /// A node that rests.
    #[must_use]
    pub fn new(
        settings: Arc<ServerSettings>,
        instance: InstanceId,
        record_interval: Duration,
        now: Instant,
    ) -> Self {
        Self {
            framer: Framer::new(settings.limits.frame_bytes_max),
            session: Session::new(settings, instance, record_interval, now),
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
        self.session.reporting.logs_actions = true;
        self.session.reporting.redactor = redactor;
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
