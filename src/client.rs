//! A cluster driven over a network: joins the parts that decide with the part that does I/O.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;

use crate::cluster::{Cluster, Delivery, EventFilter, Output, SubscriptionId, Totals};
use crate::config_error::ConfigError;
use crate::error::ActionError;
use crate::limits::{ClusterLimits, LONGEST, LiveLimits};
use crate::log_crate;
use crate::node::{CompletionPolicy, LinkPrivacy, SequenceKey, Ticket};
use crate::record::{Level, Record};
use crate::server_key::ServerKey;
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, DisconnectReason, LinkId, ServerId, Timestamp};
use crate::wire::{Action, InstanceId};

/// A network: readiness, bytes and the time. [`crate::net::Reactor`] is the real implementation, and the
/// simulator has another. One contract test runs on both.
pub trait Network {
    /// The current time.
    fn now(&mut self) -> Timestamp;

    /// Waits until `next_event` has an event, at most for `longest`. A signal ends the wait early.
    ///
    /// # Errors
    ///
    /// The system cannot wait at all.
    fn wait(&mut self, longest: Duration) -> io::Result<()>;

    /// The next event of a link.
    fn next_event(&mut self) -> Option<(LinkId, LinkEvent)>;

    /// Starts to set up a link. `next_event` reports the progress.
    fn open(&mut self, link: LinkId, settings: &Arc<ServerSettings>);

    /// Reads the bytes that are there. A link that was reported readable stays so until `Blocked` or `Closed`.
    fn read(&mut self, link: LinkId, into: &mut [u8]) -> Transfer;

    /// Writes as many bytes as possible. After `Blocked`, `next_event` reports when the link is writable again.
    fn write(&mut self, link: LinkId, bytes: &[u8]) -> Transfer;

    /// Drops a link. No further events of it are reported. Bytes already written are still sent to the peer.
    fn close(&mut self, link: LinkId);

    /// When the network itself has something to do without being told.
    fn next_deadline(&self) -> Option<Instant> {
        None
    }

    /// The caller stops stepping for now, and says whether work is left. If so, the network's descriptor
    /// becomes readable for an event loop that watches it.
    fn set_pending_work(&mut self, has_work: bool);
}

/// An event of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkEvent {
    /// The host name is resolved, or was an address.
    Resolved,
    /// TCP and TLS are set up.
    Up(LinkPrivacy),
    /// The link is gone, or could not be set up.
    Down {
        /// The reason.
        reason: DisconnectReason,
        /// The reason as text.
        detail: String,
    },
    /// Bytes have arrived, or the peer has closed.
    Readable,
    /// Bytes can be written again.
    Writable,
}

/// The result of a read or a write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Transfer {
    /// Number of bytes transferred, at least one.
    Done(usize),
    /// No byte can be transferred now.
    Blocked,
    /// No byte can be transferred any more.
    Closed {
        /// The reason.
        reason: DisconnectReason,
        /// The reason as text.
        detail: String,
    },
}

/// The work that one [`Client::step`] has done.
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
    /// State changes of sessions.
    pub transitions: u64,
    /// Input is left to read: call `step` again without waiting.
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
    /// Links with input left to read, in turns. Links that were closed meanwhile are skipped.
    readable: VecDeque<LinkId>,
    is_readable: FxHashSet<LinkId>,
    /// Links that can be written again.
    writable: VecDeque<LinkId>,
    /// One large read buffer that the links borrow in turn.
    shared_read_buffer: Option<Vec<u8>>,
    /// The caller took deliveries and could not pass them on yet.
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
    /// A bound is out of range.
    ///
    /// # Panics
    ///
    /// The system has no random numbers.
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

    /// Like [`Client::new`], with a fixed instance id and random seed. For simulations.
    ///
    /// # Errors
    ///
    /// A bound is out of range.
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
        let until = self.perform(&mut report, now);
        let longest = self.wait_for(longest, until, now);
        self.network.wait(longest)?;
        self.cluster.begin_tick();
        // One look at the clock serves everything that does not wait.
        let mut now = if longest.is_zero() { now } else { self.network.now() };
        while let Some((link, event)) = self.network.next_event() {
            self.on_link_event(link, event, now);
        }
        self.read_all(&mut report, &mut now);
        self.cluster.on_time(now);
        self.perform(&mut report, now);
        self.write_unblocked(&mut report, now);
        report.add(before, self.cluster.totals());
        report.more = !self.is_readable.is_empty();
        self.stepped_at = Some(now.at);
        Ok(report)
    }

    /// Adds a server, which is not connected until it is opened.
    ///
    /// # Errors
    ///
    /// As [`Cluster::add_server`].
    pub fn add_server(&mut self, settings: ServerSettings) -> Result<ServerId, ConfigError> {
        let now = self.network.now();
        self.cluster.add_server(settings, now)
    }

    /// Removes a server. Its session ends at once.
    pub fn remove_server(&mut self, id: ServerId) {
        let now = self.network.now();
        self.cluster.remove_server(id, now);
        self.perform(&mut StepReport::default(), now);
    }

    /// Opens a server. The connect starts in this call if the budget allows.
    pub fn open(&mut self, id: ServerId) {
        let now = self.network.now();
        self.cluster.open(id, now);
        self.perform(&mut StepReport::default(), now);
    }

    /// Closes a server with a `Logoff`. The next steps wait for the answer, no longer than `grace`.
    pub fn close(&mut self, id: ServerId, grace: Duration) {
        let now = self.network.now();
        self.cluster.close(id, grace, now);
        self.perform(&mut StepReport::default(), now);
    }

    /// Closes all servers, and steps until every session has ended or `grace` is over. The sessions still open
    /// then are dropped.
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

    /// A step that waits although deliveries are waiting. For a caller that cannot take them now.
    ///
    /// # Errors
    ///
    /// As [`Client::step`].
    pub fn step_while_due(&mut self, longest: Duration) -> io::Result<StepReport> {
        let before = self.cluster.totals();
        let now = self.network.now();
        let until = self.perform(&mut StepReport::default(), now);
        let wait = wait_until(until, longest, now);
        self.network.wait(if self.is_readable.is_empty() { wait } else { Duration::ZERO })?;
        let mut report = self.step(Duration::ZERO)?;
        report.add(before, self.cluster.totals());
        Ok(report)
    }

    /// Writes what can be written without waiting.
    pub fn flush(&mut self) {
        let now = self.network.now();
        self.perform(&mut StepReport::default(), now);
    }

    /// Queues an action. The next step writes it.
    ///
    /// # Errors
    ///
    /// As [`Cluster::send`]: nothing was queued.
    pub fn send(
        &mut self,
        id: ServerId,
        action: &Action,
        completion: &CompletionPolicy,
    ) -> Result<Ticket, ActionError> {
        let now = self.network.now();
        self.cluster.send(id, action, completion, now)
    }

    /// Cancels the wait for an action. False if the action had already ended.
    pub fn cancel(&mut self, id: ServerId, sequence: u64) -> bool {
        let now = self.network.now();
        self.cluster.cancel(id, sequence, now)
    }

    /// Keeps a live model of these servers from now on, or of every one.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start_live`].
    pub fn start_live(
        &mut self,
        limits: LiveLimits,
        servers: Option<Vec<ServerKey>>,
    ) -> Result<(), ConfigError> {
        let now = self.network.now();
        self.cluster.start_live(limits, servers, now)
    }

    /// News of the models are kept and delivered from now on, or no longer.
    pub fn notify_live(&mut self, is_told: bool) {
        self.cluster.notify_live(is_told);
    }

    /// Reads the lists of a server's model anew.
    pub fn resync_live(&mut self, id: ServerId) {
        let now = self.network.now();
        self.cluster.resync_live(id, now);
    }

    /// Subscribes to events.
    pub fn subscribe(&mut self, filter: EventFilter) -> SubscriptionId {
        let now = self.network.now();
        self.cluster.subscribe(filter, now)
    }

    /// Removes a subscription. False if it did not exist.
    pub fn unsubscribe(&mut self, id: SubscriptionId) -> bool {
        let now = self.network.now();
        self.cluster.unsubscribe(id, now)
    }

    /// Takes at most `max` things for listeners.
    pub fn drain_deliveries(&mut self, max: usize, into: &mut Vec<Delivery>) {
        self.cluster.drain_deliveries(max, into);
    }

    /// The value last passed to `set_undelivered`.
    #[must_use]
    pub fn has_undelivered(&self) -> bool {
        self.has_undelivered
    }

    /// Whether the caller took deliveries that it has not passed on. If so, work is pending.
    pub fn set_undelivered(&mut self, has_undelivered: bool) {
        self.has_undelivered = has_undelivered;
    }

    /// The oldest log record.
    pub fn pop_record(&mut self) -> Option<Record> {
        self.cluster.pop_record()
    }

    /// Passes the records to the `log` crate. For Rust programs, which have one logger.
    pub fn log_records(&mut self) {
        while let Some(record) = self.pop_record() {
            log_crate::forward(&record);
        }
    }

    /// The caller stops stepping for now: where something is left to do, the network's descriptor stays
    /// ready, so that an event loop comes back.
    pub fn set_pending_work(&mut self) {
        let has_work = self.has_pending_work();
        self.network.set_pending_work(has_work);
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
        if self.has_pending_work() {
            return Some(self.network.now().at);
        }
        self.next_timer()
    }

    /// The cluster, for queries.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The cluster, for changes that concern no session: routing, records, the lag of a delivered event,
    /// outcomes that the caller has seen.
    pub fn cluster_mut(&mut self) -> &mut Cluster {
        &mut self.cluster
    }

    /// The network.
    pub fn network(&mut self) -> &mut N {
        &mut self.network
    }

    fn has_pending_work(&self) -> bool {
        self.has_undelivered
            || self.cluster.has_deliverable()
            || self.cluster.has_output()
            || !self.is_readable.is_empty()
    }

    fn wait_for(&self, longest: Duration, until: Option<Instant>, now: Timestamp) -> Duration {
        if longest.is_zero() || self.cluster.has_deliverable() || !self.is_readable.is_empty() {
            return Duration::ZERO;
        }
        wait_until(until, longest, now)
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

    /// Reads all links with input. The time is read again for each link, because the links before it took their
    /// time.
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
        // A buffer that could not be given back, because it holds much input, is used further.
        if framer.capacity() < SHARED_READ_BUFFER_BYTES {
            framer
                .borrow(self.shared_read_buffer.take().unwrap_or_else(|| vec![0; SHARED_READ_BUFFER_BYTES]));
        }
    }

    /// Does everything that the cluster asks for. Returns the time at which the cluster has to be asked again.
    fn perform(&mut self, report: &mut StepReport, now: Timestamp) -> Option<Instant> {
        loop {
            match self.cluster.poll_output(now) {
                Output::Open { link, settings } => self.network.open(link, &settings),
                Output::Close { link } => {
                    self.network.close(link);
                    self.is_readable.remove(&link);
                }
                Output::Write { link } => self.write_link(link, now, report),
                Output::Wait { until } => return until,
            }
        }
    }

    /// Writes to links that can be written again. A write may find its link closed, which plans a reconnect.
    fn write_unblocked(&mut self, report: &mut StepReport, now: Timestamp) {
        if self.writable.is_empty() {
            return;
        }
        while let Some(link) = self.writable.pop_front() {
            self.write_link(link, now, report);
        }
        self.perform(report, now);
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

fn wait_until(until: Option<Instant>, longest: Duration, now: Timestamp) -> Duration {
    until.map_or(longest, |until| longest.min(until.saturating_duration_since(now.at)))
}

impl StepReport {
    fn add(&mut self, before: Totals, after: Totals) {
        self.connects = after.connects - before.connects;
        self.events_dropped = after.events_dropped - before.events_dropped;
        self.transitions = after.transitions - before.transitions;
    }
}
