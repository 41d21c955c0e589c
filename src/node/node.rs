//! The node: a framer, and the session that its frames drive.

use std::collections::VecDeque;
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

/// The client's side of one server. It runs one session after the other, each from connect to loss.
///
/// # Driving it
///
/// 1. Call `start`. On [`Output::OpenLink`] connect, then call `link_resolved`, `link_up` or `link_down`.
/// 2. Read into the room of [`Node::framer`], call `filled`, then [`Node::next`] until it returns `NeedInput`.
/// 3. Write the bytes of `outbox`, then call `advance_outbox`.
/// 4. Call `on_time` at `next_deadline`.
/// 5. After each call take the outputs. An event that `next` returned comes before the outputs of that call.
#[derive(Debug)]
pub struct Node {
    framer: Framer,
    session: Session,
}

impl Node {
    /// A node without a session. `record_interval` is the shortest time between two records of a kind that the peer
    /// can cause.
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

    /// Begins a session. Does nothing if one has begun already.
    pub fn start(&mut self, now: Instant) {
        if self.session.state == State::Disconnected {
            self.framer = Framer::new(self.session.settings.limits.frame_bytes_max);
            self.session.shutdown_announced = false;
            self.session.apply(Input::Start, now);
        }
    }

    /// Reports that the host name was resolved, or is an address.
    pub fn link_resolved(&mut self, now: Instant) {
        self.session.apply(Input::Resolved, now);
    }

    /// Reports that TCP and, if configured, TLS are established.
    pub fn link_up(&mut self, privacy: LinkPrivacy, now: Instant) {
        self.session.apply(Input::LinkUp(privacy), now);
    }

    /// Reports that the link was lost or could not be established.
    pub fn link_down(&mut self, reason: DisconnectReason, detail: String, now: Instant) {
        let announced = self.session.shutdown_announced && reason == DisconnectReason::PeerClosed;
        let reason = if announced { DisconnectReason::Shutdown } else { reason };
        self.session.apply(Input::LinkDown { reason, detail }, now);
    }

    /// Ends the session and all pending actions after a call into the node panicked. False if there was no session.
    pub fn fail(&mut self, detail: &str, now: Instant) -> bool {
        self.framer = Framer::new(self.session.settings.limits.frame_bytes_max);
        self.session.fail(detail, now)
    }

    /// Logs off, and waits for the answer no longer than `grace`. A session that is not logged in ends at once.
    pub fn close(&mut self, grace: Duration, now: Instant) {
        self.session.apply(Input::Close { grace }, now);
    }

    /// The framer with the room for input. Report with [`Node::filled`] how many bytes were read.
    pub fn framer(&mut self) -> &mut Framer {
        &mut self.framer
    }

    /// Reports that `count` bytes were read into the framer's room.
    pub fn filled(&mut self, count: usize, now: Instant) {
        self.framer.filled(count);
        self.session.counters.bytes_read += count as u64;
        self.session.liveness.on_bytes(now);
    }

    /// Frees the input of a session that is over.
    pub fn forget_input(&mut self) {
        if self.session.state == State::Disconnected && self.framer.capacity() > 0 {
            self.framer = Framer::new(self.session.settings.limits.frame_bytes_max);
        }
    }

    /// Processes one frame. Messages that the node keeps get the `stamp`.
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

    /// Queues an action, and returns its id and the cell in which its outcome will appear.
    ///
    /// # Errors
    ///
    /// [`ActionError::NotReady`] or [`ActionError::Backpressure`]. Nothing was queued then.
    pub fn send(
        &mut self,
        action: &Action,
        completion: &CompletionPolicy,
        now: Instant,
    ) -> Result<Ticket, ActionError> {
        self.session.send(action, completion, now)
    }

    /// Queues an action of the client itself whose answer is not collected: [`Node::next`] returns it frame by frame.
    /// At most one such action runs at a time. False if the session is not ready or the outbox is full.
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

    /// Ends the streamed action. If its answer is not whole, listeners do not get the events that may still come of it.
    pub fn end_stream(&mut self, is_whole: bool) {
        if self.session.streamed.take().is_some() && !is_whole {
            self.session.pending.expect_late_events();
        }
    }

    /// The sequence of the next action.
    #[must_use]
    pub fn next_sequence(&self) -> u64 {
        self.session.sequences.next()
    }

    /// From now on draws the sequences of actions with `key`, for server number `server`, all above `floor`.
    ///
    /// A node may take the name of a removed one. Its sequences are then above those of the removed node, so that a
    /// late message about an action of the removed node never matches one of the new node.
    pub fn draw_sequences(&mut self, key: SequenceKey, server: u64, floor: u64) {
        self.session.sequences = Sequences::new(key, server, floor);
    }

    /// Ends an action with [`ActionError::Cancelled`]. False if it had ended already.
    pub fn cancel(&mut self, sequence: u64) -> bool {
        let cancelled = self.session.pending.cancel(sequence);
        self.session.tell_endings();
        cancelled
    }

    /// Processes everything that is due at `now`: deadlines of the state and of actions, and the heartbeat.
    pub fn on_time(&mut self, now: Instant) {
        self.session.on_time(now);
    }

    /// Time at which `on_time` is to be called next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        self.session.next_deadline()
    }

    /// Sets the event classes that the subscriptions need. A server with `EventMask::Auto` is asked for them.
    pub fn set_auto_mask(&mut self, mask: AutoMask) {
        self.session.set_auto_mask(mask);
    }

    /// Turns on records of level debug, most of which are about actions. The redactor masks the secrets in these.
    pub fn log_actions(&mut self, redactor: Arc<Redactor>) {
        self.session.reporting.redactor = Some(redactor);
    }

    /// True if a link without TLS is up and its banner is late.
    #[must_use]
    pub fn is_banner_late(&self) -> bool {
        self.session.settings.tls.is_none()
            && matches!(self.session.state, State::Connected { late_at: None, .. })
    }

    /// The bytes waiting to be written.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.session.outbox
    }

    /// Reports that `count` bytes of the outbox were written.
    pub fn advance_outbox(&mut self, count: usize) {
        self.session.outbox.advance(count);
        self.session.counters.bytes_written += count as u64;
    }

    /// Takes the oldest output.
    pub fn pop_output(&mut self) -> Option<Output> {
        let output = self.session.outputs.pop_front();
        if self.session.outputs.is_empty() && matches!(output, Some(Output::Changed { .. })) {
            // A server whose session just began may have nothing more to say for hours.
            self.session.outputs = VecDeque::new();
        }
        output
    }

    /// True if `pop_output` would return an output.
    #[must_use]
    pub fn has_outputs(&self) -> bool {
        !self.session.outputs.is_empty()
    }

    /// State of the session.
    #[must_use]
    pub fn state(&self) -> ConnectionState {
        self.session.state.shown()
    }

    /// Reports that the outcome of an action was delivered. The action no longer counts as pending.
    pub fn delivered(&mut self, cell: &OutcomeCell) {
        self.session.pending.on_delivered(cell);
    }

    /// Number of actions without an outcome.
    #[must_use]
    pub fn on_their_way(&self) -> usize {
        self.session.pending.on_their_way()
    }

    /// Number of actions whose outcome was not delivered yet, those without an outcome included.
    #[must_use]
    pub fn pending(&self) -> usize {
        self.session.pending.len()
    }

    /// Bytes of the answers of actions whose outcome was not delivered yet.
    #[must_use]
    pub fn answer_bytes(&self) -> usize {
        self.session.pending.bytes()
    }

    /// Totals since the node was created.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.session.counters
    }

    /// Number of the latest session that logged in, counted from 1. Zero before the first login.
    #[must_use]
    pub fn session_number(&self) -> u64 {
        self.session.number
    }

    /// The banner that the server sent last, cut to the length of a record's text.
    #[must_use]
    pub fn banner(&self) -> &str {
        &self.session.banner
    }

    /// The version of the manager interface in the banner.
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
