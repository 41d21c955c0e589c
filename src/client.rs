//! A cluster driven over a network: the seam between everything that decides and everything that does I/O.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use crate::cluster::{Cluster, Command, Delivery, EventFilter, SubscriptionId, Totals};
use crate::config_error::ConfigError;
use crate::error::ActionError;
use crate::limits::{ClusterLimits, LONGEST, LiveLimits};
use crate::live::News;
use crate::log_crate;
use crate::node::{CompletionPolicy, LinkPrivacy, SequenceKey, Ticket};
use crate::record::{Level, Record};
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, DisconnectReason, LinkId, ServerId, Timestamp};
use crate::wire::{Action, InstanceId};

/// Readiness, bytes and the time. [`crate::net::Reactor`] is the real one, the simulator has another; one
/// contract test runs on both.
pub trait Network {
    /// This moment.
    fn now(&mut self) -> Timestamp;

    /// Waits until something can be told by `next_event`, at most so long. A signal ends it early.
    ///
    /// # Errors
    ///
    /// When the system cannot wait at all.
    fn wait(&mut self, longest: Duration) -> io::Result<()>;

    /// What happened to a link since the last call.
    fn next_event(&mut self) -> Option<(LinkId, LinkEvent)>;

    /// Begins to set a link up; how it goes is told by `next_event`.
    fn open(&mut self, link: LinkId, settings: &Arc<ServerSettings>);

    /// Reads what is there. A link that was told readable stays so until `Blocked` or `Closed`.
    fn read(&mut self, link: LinkId, into: &mut [u8]) -> Transfer;

    /// Writes what can be. A link that was `Blocked` is told writable when it is worth another try.
    fn write(&mut self, link: LinkId, bytes: &[u8]) -> Transfer;

    /// Drops a link; nothing more is told of it. What was written stays on its way to the peer.
    fn close(&mut self, link: LinkId);

    /// When the network itself has something to do without being told.
    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    /// The caller stops stepping for now, and says whether something is left to do: then whoever watches
    /// the network's descriptor finds it ready.
    fn set_pending_work(&mut self, is_undone: bool);
}

/// What happened to a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The name is known, or was an address.
    Resolved,
    /// TCP and TLS are up.
    Up(LinkPrivacy),
    /// It is gone, or never came.
    Down {
        /// Why.
        reason: DisconnectReason,
        /// Why, in words.
        detail: String,
    },
    /// Bytes came, or the end.
    Readable,
    /// Bytes can be written again.
    Writable,
}

/// What came of a read or a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// So many bytes, at least one.
    Done(usize),
    /// None now.
    Blocked,
    /// None ever again.
    Closed {
        /// Why.
        reason: DisconnectReason,
        /// Why, in words.
        detail: String,
    },
}

/// What one [`Client::step`] did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StepReport {
    /// Bytes read.
    pub bytes_read: usize,
    /// Bytes written.
    pub bytes_written: usize,
    /// Frames parsed.
    pub frames_parsed: usize,
    /// Connects started.
    pub connects: u64,
    /// Events dropped by full queues.
    pub events_dropped: u64,
    /// Changes of state.
    pub transitions: u64,
    /// Something is left to read: step again without waiting.
    pub more: bool,
}

/// A whole cluster over a network.
///
/// # Driving it
///
/// 1. [`Client::step`]: waits for readiness or the next deadline, at most so long as it is told, and not
///    at all while something is left undelivered; reads what is readable within each server's budget,
///    beginning one server later each time; does what is due; starts connects within their budget;
///    writes what fits.
/// 2. [`Client::drain_deliveries`] gives what listeners are owed, bounded. Call listeners only then: nothing of
///    the client is borrowed.
/// 3. [`Client::pop_record`] gives what is to be logged.
///
/// No call waits but `step` and `shut_down`, and those no longer than they are told. What a step then reads, parses and writes takes
/// its own time, bounded by the limits of a tick.
#[derive(Debug)]
pub struct Client<N> {
    cluster: Cluster,
    network: N,
    /// Links with input left, in turns; those that were closed meanwhile are passed over.
    readable: VecDeque<LinkId>,
    is_readable: FxHashSet<LinkId>,
    /// Links that can be written again.
    writable: VecDeque<LinkId>,
    /// One large buffer that the links read into in turn.
    shared_read_buffer: Option<Vec<u8>>,
    /// The caller took deliveries and could not hand them on yet.
    has_undelivered: bool,
    stepped_at: Option<Instant>,
}

const SHARED_READ_BUFFER_BYTES: usize = 256 * 1_024;
const READ_BYTES: usize = 64 * 1_024;

impl<N: Network> Client<N> {
    /// A client without servers. `log` keeps records of that level and above.
    ///
    /// # Errors
    ///
    /// When a bound is out of range.
    ///
    /// # Panics
    ///
    /// When the system has no random numbers.
    pub fn new(network: N, limits: ClusterLimits, log: Option<Level>) -> Result<Self, ConfigError> {
        let (mut instance, mut seed, mut key) = ([0; 13], [0; 8], [0; 16]);
        for random in [&mut instance[..], &mut seed, &mut key] {
            getrandom::fill(random).expect("the system has random numbers");
        }
        let instance = InstanceId::from_random(instance);
        let mut client = Self::seeded(network, limits, log, instance, u64::from_le_bytes(seed))?;
        client.cluster.key_sequences(SequenceKey::from_random(key));
        Ok(client)
    }

    /// As [`Client::new`], with chance given, for simulations.
    ///
    /// # Errors
    ///
    /// When a bound is out of range.
    pub fn seeded(
        network: N,
        limits: ClusterLimits,
        log: Option<Level>,
        instance: InstanceId,
        seed: u64,
    ) -> Result<Self, ConfigError> {
        Ok(Self {
            cluster: Cluster::new(limits.checked()?, instance, seed, log),
            network,
            readable: VecDeque::new(),
            is_readable: FxHashSet::default(),
            writable: VecDeque::new(),
            shared_read_buffer: None,
            has_undelivered: false,
            stepped_at: None,
        })
    }

    /// One bounded round of I/O and timers; see the type.
    ///
    /// # Errors
    ///
    /// When the system cannot wait for its sockets.
    pub fn step(&mut self, longest: Duration) -> io::Result<StepReport> {
        let before = self.cluster.totals();
        let mut report = StepReport::default();
        let now = self.network.now();
        // What was sent since the last step must not wait for something to read.
        self.flush_into(&mut report, now);
        let longest = self.wait_for(longest, now);
        self.network.wait(longest)?;
        self.cluster.begin_tick();
        // One look at the clock serves everything that does not wait.
        let mut now = if longest.is_zero() { now } else { self.network.now() };
        while let Some((link, event)) = self.network.next_event() {
            self.on_link_event(link, event, now);
        }
        self.read_all(&mut report, &mut now);
        self.cluster.on_time(now);
        self.perform();
        self.write_all(now, &mut report);
        // A write may have found its link closed, and a closed link plans a reconnect.
        self.perform();
        report.add(before, self.cluster.totals());
        report.more = !self.is_readable.is_empty();
        self.stepped_at = Some(now.at);
        Ok(report)
    }

    /// Adds a server; it rests until it is opened.
    ///
    /// # Errors
    ///
    /// As [`Cluster::add_server`].
    pub fn add_server(&mut self, settings: ServerSettings) -> Result<ServerId, ConfigError> {
        let now = self.network.now();
        self.cluster.add_server(settings, now)
    }

    /// Forgets a server; its session ends at once.
    pub fn remove_server(&mut self, id: ServerId) {
        let now = self.network.now();
        self.cluster.remove_server(id, now);
        self.perform();
    }

    /// Wants a server open, now. The connect starts in this call as far as the budget allows.
    pub fn open(&mut self, id: ServerId) {
        let now = self.network.now();
        self.cluster.open(id, now);
        self.perform();
    }

    /// Says goodbye to a server; the next steps wait for the answer, no longer than `grace`.
    pub fn close(&mut self, id: ServerId, grace: Duration) {
        let now = self.network.now();
        self.cluster.close(id, grace, now);
        self.perform();
    }

    /// Closes every server and steps until all are, or `grace` is over; what is left then is dropped.
    pub fn shut_down(&mut self, grace: Duration) {
        let servers = self.cluster.servers().to_vec();
        for id in &servers {
            self.close(*id, grace);
        }
        let end = self.network.now().at + grace.min(LONGEST);
        loop {
            let left = end.saturating_duration_since(self.network.now().at);
            let is_open = |id: &ServerId| self.cluster.state(*id) != ConnectionState::Disconnected;
            if !servers.iter().any(is_open) || left.is_zero() {
                break;
            }
            // Deliveries are waiting for the caller: they must not keep this loop from waiting.
            if self.step_while_due(left).is_err() {
                break;
            }
        }
        // The grace is over: one more step lets the states' own deadlines end the sessions.
        let _ = self.step_while_due(Duration::ZERO);
    }

    /// A step that waits although deliveries are waiting: for a caller that cannot take them now.
    ///
    /// # Errors
    ///
    /// As [`Client::step`].
    pub fn step_while_due(&mut self, longest: Duration) -> io::Result<StepReport> {
        let before = self.cluster.totals();
        self.flush();
        let now = self.network.now();
        let wait = self.wait_until_deadline(longest, now);
        self.network.wait(if self.is_readable.is_empty() { wait } else { Duration::ZERO })?;
        let mut report = self.step(Duration::ZERO)?;
        report.add(before, self.cluster.totals());
        Ok(report)
    }

    /// Writes what can be written without waiting.
    pub fn flush(&mut self) {
        let now = self.network.now();
        self.flush_into(&mut StepReport::default(), now);
    }

    /// Sends an action: it is queued, the bytes leave in the next step.
    ///
    /// # Errors
    ///
    /// `NotReady` and `Backpressure`: nothing was queued.
    pub fn send(
        &mut self,
        id: ServerId,
        action: &Action,
        completion: &CompletionPolicy,
    ) -> Result<Ticket, ActionError> {
        let now = self.network.now();
        self.cluster.send(id, action, completion, now)
    }

    /// Stops waiting for an action. False when it had ended.
    pub fn cancel(&mut self, id: ServerId, sequence: u64) -> bool {
        let now = self.network.now();
        self.cluster.cancel(id, sequence, now)
    }

    /// Keeps a live model of every server from now on.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start_live`].
    pub fn start_live(&mut self, limits: LiveLimits) -> Result<(), ConfigError> {
        let now = self.network.now();
        self.cluster.start_live(limits, now)
    }

    /// News of calls are kept from now on, or no longer.
    pub fn tell_live(&mut self, is_told: bool) {
        self.cluster.tell_live(is_told);
    }

    /// Takes at most `max` news of calls.
    pub fn take_live_news(&mut self, max: usize, into: &mut Vec<(ServerId, News)>) {
        self.cluster.take_live_news(max, into);
    }

    /// Asks for events.
    pub fn subscribe(&mut self, filter: EventFilter) -> SubscriptionId {
        let now = self.network.now();
        self.cluster.subscribe(filter, now)
    }

    /// Takes a subscription back. False when it was gone.
    pub fn unsubscribe(&mut self, id: SubscriptionId) -> bool {
        let now = self.network.now();
        self.cluster.unsubscribe(id, now)
    }

    /// Takes at most `max` things for listeners.
    pub fn drain_deliveries(&mut self, max: usize, into: &mut Vec<Delivery>) {
        self.cluster.drain_deliveries(max, into);
    }

    /// What was last said by `set_undelivered`.
    #[must_use]
    pub fn has_undelivered(&self) -> bool {
        self.has_undelivered
    }

    /// Whether the caller took deliveries that it has not handed on: then there is something to do.
    pub fn set_undelivered(&mut self, has_undelivered: bool) {
        self.has_undelivered = has_undelivered;
    }

    /// The oldest log record.
    pub fn pop_record(&mut self) -> Option<Record> {
        self.cluster.pop_record()
    }

    /// Hands the records to the `log` crate: for programs in Rust, which have one logger.
    pub fn log_records(&mut self) {
        while let Some(record) = self.pop_record() {
            log_crate::forward(&record);
        }
    }

    /// The caller stops stepping for now: where something is left to do, the network's descriptor stays
    /// ready, so that an event loop comes back.
    pub fn set_pending_work(&mut self) {
        let is_undone = self.has_undone();
        self.network.set_pending_work(is_undone);
    }

    /// When the last step had waited and read.
    pub(crate) fn stepped_at(&self) -> Option<Instant> {
        self.stepped_at
    }

    /// When the next step has something to do by the clock alone.
    pub fn next_timer(&mut self) -> Option<Instant> {
        let cluster = self.cluster.next_deadline(|| self.network.now());
        [cluster, self.network.next_deadline()].into_iter().flatten().min()
    }

    /// When the next step has something to do without any input.
    pub fn next_deadline(&mut self) -> Option<Instant> {
        if self.has_undone() {
            return Some(self.network.now().at);
        }
        self.next_timer()
    }

    /// The cluster, for what only asks.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The cluster, for what changes no session: routing, records, the lag of a delivered event, endings that were seen.
    pub fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// The network.
    pub fn network(&mut self) -> &mut N {
        &mut self.network
    }

    fn has_undone(&self) -> bool {
        self.has_undelivered
            || self.cluster.has_deliverable()
            || self.cluster.has_dirty()
            || !self.is_readable.is_empty()
    }

    fn flush_into(&mut self, report: &mut StepReport, now: Timestamp) {
        if self.cluster.has_dirty() {
            self.write_all(now, report);
            self.perform();
        }
    }

    fn wait_for(&self, longest: Duration, now: Timestamp) -> Duration {
        if longest.is_zero() || self.cluster.has_deliverable() || !self.is_readable.is_empty() {
            return Duration::ZERO;
        }
        self.wait_until_deadline(longest, now)
    }

    fn wait_until_deadline(&self, longest: Duration, now: Timestamp) -> Duration {
        let deadline = self.cluster.next_deadline(|| now);
        deadline.map_or(longest, |deadline| longest.min(deadline.saturating_duration_since(now.at)))
    }

    fn on_link_event(&mut self, link: LinkId, event: LinkEvent, now: Timestamp) {
        match event {
            LinkEvent::Resolved => self.cluster.link_resolved(link, now),
            LinkEvent::Up(privacy) => self.cluster.link_up(link, privacy, now),
            LinkEvent::Down { reason, detail } => self.cluster.link_down(link, reason, detail, now),
            LinkEvent::Readable => self.want_read(link),
            LinkEvent::Writable => self.writable.push_back(link),
        }
    }

    fn want_read(&mut self, link: LinkId) {
        if self.is_readable.insert(link) {
            self.readable.push_back(link);
        }
    }

    /// Every link begins at a moment of its own: those before it took their time.
    fn read_all(&mut self, report: &mut StepReport, now: &mut Timestamp) {
        if self.readable.len() > 1 {
            self.readable.rotate_left(1);
        }
        for _ in 0..self.readable.len() {
            let Some(link) = self.readable.pop_front() else { break };
            if !self.is_readable.contains(&link) {
                continue;
            }
            let is_left = self.read_link(link, *now, report);
            *now = self.network.now();
            if is_left {
                self.readable.push_back(link);
            } else {
                self.is_readable.remove(&link);
            }
        }
    }

    /// Reads and parses one link within its server's budget. True when something is left.
    fn read_link(&mut self, link: LinkId, now: Timestamp, report: &mut StepReport) -> bool {
        let Some(settings) = self.cluster.settings(link.server) else { return false };
        let (mut bytes_left, mut frames_left) =
            (settings.limits.tick_bytes_max, settings.limits.tick_frames_max);
        self.lend_to(link);
        let is_left = loop {
            let (parsed, may_be_more) = self.cluster.parse(link, frames_left, now);
            frames_left -= parsed;
            report.frames_parsed += parsed;
            if may_be_more || bytes_left == 0 {
                break true;
            }
            let Some(framer) = self.cluster.framer(link) else { break false };
            let room = framer.room(READ_BYTES.min(bytes_left));
            let room_bytes = room.len().min(bytes_left);
            match self.network.read(link, &mut room[..room_bytes]) {
                Transfer::Done(count) => {
                    bytes_left -= count;
                    report.bytes_read += count;
                    self.cluster.filled(link, count, now);
                }
                Transfer::Blocked => break false,
                Transfer::Closed { reason, detail } => {
                    self.cluster.link_down(link, reason, detail, now);
                    break false;
                }
            }
        };
        if let Some(framer) = self.cluster.framer(link) {
            self.shared_read_buffer = framer.lend().or(self.shared_read_buffer.take());
        }
        is_left
    }

    fn lend_to(&mut self, link: LinkId) {
        let Some(framer) = self.cluster.framer(link) else { return };
        // One that could not be given back, since it holds much, serves on.
        if framer.capacity() < SHARED_READ_BUFFER_BYTES {
            framer
                .borrow(self.shared_read_buffer.take().unwrap_or_else(|| vec![0; SHARED_READ_BUFFER_BYTES]));
        }
    }

    fn perform(&mut self) {
        while let Some(command) = self.cluster.pop_command() {
            match command {
                Command::Open { link, settings } => self.network.open(link, &settings),
                Command::Close { link } => {
                    self.network.close(link);
                    self.is_readable.remove(&link);
                }
            }
        }
    }

    fn write_all(&mut self, now: Timestamp, report: &mut StepReport) {
        while let Some(link) = self.cluster.pop_dirty() {
            self.write_link(link, now, report);
        }
        while let Some(link) = self.writable.pop_front() {
            self.write_link(link, now, report);
        }
    }

    fn write_link(&mut self, link: LinkId, now: Timestamp, report: &mut StepReport) {
        loop {
            let waiting = self.cluster.outbox(link);
            if waiting.is_empty() {
                return;
            }
            match self.network.write(link, waiting) {
                Transfer::Done(count) => {
                    report.bytes_written += count;
                    self.cluster.advance_outbox(link, count, now);
                }
                Transfer::Blocked => return,
                Transfer::Closed { reason, detail } => {
                    self.cluster.link_down(link, reason, detail, now);
                    return;
                }
            }
        }
    }
}

impl StepReport {
    fn add(&mut self, before: Totals, after: Totals) {
        self.connects = after.connects - before.connects;
        self.events_dropped = after.events_dropped - before.events_dropped;
        self.transitions = after.transitions - before.transitions;
    }
}
