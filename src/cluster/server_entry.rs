//! The entry of one server in the cluster: its node, its supervision, its queue.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::delivery_queue::{DeliveryQueue, Taken};
use super::exchange::{DeliveryKind, Notification, Output as ClusterOutput, Totals};
use super::health::{Health, LiveMetrics, NameCount, ServerMetrics};
use super::live_share::LiveLog;
use super::subscription::{EventNames, Subscriptions, Verdict};
use super::supervisor::{Retry, Supervisor};
use crate::limits::ClusterLimits;
use crate::live::Live;
use crate::node::{AutoMask, FrameOutcome, Node, Output};
use crate::record::{Level, RecordKind, Records};
use crate::settings::ServerSettings;
use crate::vocabulary::{BreakerState, ConnectionState, DisconnectReason, LinkId, ServerId, Timestamp};
use crate::wire::{InstanceId, Message, Stamp, name_in};

/// The queues and counters of the cluster that receive the outputs of its servers.
#[derive(Debug)]
pub(super) struct ClusterOutputs {
    /// Links to set up and to drop.
    pub(super) link_outputs: VecDeque<ClusterOutput>,
    pub(super) records: Records,
    pub(super) random: fastrand::Rng,
    pub(super) totals: Totals,
}

impl ClusterOutputs {
    pub(super) fn new(random: fastrand::Rng, records: Records) -> Self {
        Self { link_outputs: VecDeque::new(), records, random, totals: Totals::default() }
    }
}

/// One server of the cluster.
#[derive(Debug)]
pub(super) struct ServerEntry {
    /// The next frame panics. For tests.
    #[cfg(test)]
    pub(super) panics_next: bool,
    pub(super) id: ServerId,
    /// Serial number in the order of configuration.
    pub(super) serial: u64,
    pub(super) node: Node,
    settings: Arc<ServerSettings>,
    pub(super) supervisor: Supervisor,
    pub(super) queue: DeliveryQueue,
    pub(super) live: Option<Box<Live>>,
    /// What was said of the model in the log.
    pub(super) live_log: LiveLog,
    pub(super) names: EventNames,
    /// The link of the current session.
    pub(super) link: Option<LinkId>,
    links: u32,
    pub(super) timer: Option<Instant>,
    pub(super) is_removed: bool,
    /// Asynchronous `Originate` actions are sent to this server.
    pub(super) needs_calls: bool,
    pub(super) event_lag: Option<Duration>,
    counters: EventCounters,
    last_received_at: Option<Duration>,
    /// The session before this one: when its last message arrived and why it ended.
    lost: Option<(Duration, DisconnectReason)>,
    state_since: Duration,
    drop_log: DropLog,
}

/// A state change of a session.
struct Change {
    from: ConnectionState,
    to: ConnectionState,
    reason: Option<DisconnectReason>,
    detail: String,
}

#[derive(Debug, Default)]
struct EventCounters {
    received: u64,
    filtered: u64,
    dropped: u64,
    /// Number of events that matched a subscription, dropped ones included.
    sequence: u64,
    gaps: u64,
}

/// Limits the warnings about dropped events to one per interval. Each warning has the number of events dropped
/// since the last one.
#[derive(Debug)]
struct DropLog {
    interval: Duration,
    next_at: Option<Instant>,
    unsaid: u64,
}

impl ServerEntry {
    pub(super) fn new(
        id: ServerId,
        settings: ServerSettings,
        instance: InstanceId,
        limits: &ClusterLimits,
        now: Timestamp,
    ) -> Self {
        let supervisor = Supervisor::new(&settings.limits);
        let settings = Arc::new(settings);
        let node = Node::new(Arc::clone(&settings), instance, limits.drop_log_interval, now.at);
        Self {
            #[cfg(test)]
            panics_next: false,
            id,
            node,
            settings,
            supervisor,
            queue: DeliveryQueue::default(),
            live: None,
            live_log: LiveLog::default(),
            names: EventNames::default(),
            link: None,
            links: 0,
            timer: None,
            is_removed: false,
            serial: 0,
            needs_calls: false,
            event_lag: None,
            counters: EventCounters::default(),
            last_received_at: None,
            lost: None,
            state_since: now.unix,
            drop_log: DropLog { interval: limits.drop_log_interval, next_at: None, unsaid: 0 },
        }
    }

    /// Starts the connect when the server's turn has come. False if the connect is not wanted any more.
    pub(super) fn start(&mut self, auto_mask: AutoMask, records: &mut Records, now: Timestamp) -> bool {
        let Some(breaker) = self.supervisor.start() else { return false };
        self.record_breaker(breaker, None, records);
        let (host, port) = self.endpoint();
        let attempt = self.supervisor.attempt() + 1;
        let settings = self.node.settings();
        if settings.tls.as_ref().is_some_and(|tls| tls.insecure) {
            records.push(&settings.key, RecordKind::TlsUnverified { host: host.clone(), port });
        }
        if records.wants(Level::Debug) {
            records.push(&settings.key, RecordKind::Connecting { host, port, attempt });
        }
        self.node.set_auto_mask(auto_mask);
        self.node.start(now.at);
        true
    }

    /// The earliest of the deadlines of the session, of the next connect, and of the live model.
    pub(super) fn next_deadline(&self) -> Option<Instant> {
        let live = self.live.as_ref().and_then(|live| live.next_deadline());
        [self.node.next_deadline(), self.supervisor.next_deadline(), live].into_iter().flatten().min()
    }

    /// Handles one frame. `None` if no whole frame is left, otherwise whether there are outputs to take.
    pub(super) fn parse_one(
        &mut self,
        subscriptions: &Subscriptions,
        totals: &mut Totals,
        now: Timestamp,
    ) -> Option<bool> {
        #[cfg(test)]
        assert!(!std::mem::take(&mut self.panics_next), "asked for by a test");
        let stamp = Stamp {
            received_at: now.unix,
            sequence: self.counters.sequence,
            session: self.node.session_number(),
            has_raw_values: !self.node.version().escapes_values(),
        };
        let (frame, is_whole) = match self.node.next(stamp, now.at) {
            FrameOutcome::NeedInput => return None,
            FrameOutcome::Handled => {
                self.last_received_at = Some(now.unix);
                return Some(true);
            }
            FrameOutcome::Listed(kind, frame) => {
                self.last_received_at = Some(now.unix);
                Self::seal_news(&mut self.live, &self.queue, false);
                if !Self::on_listed(&mut self.live, kind, frame, now) {
                    self.node.end_stream(true);
                }
                self.queue_news();
                return Some(true);
            }
            FrameOutcome::ListBroken => {
                Self::seal_news(&mut self.live, &self.queue, false);
                if let Some(live) = &mut self.live {
                    live.on_too_long(now.into());
                }
                self.queue_news();
                return Some(true);
            }
            FrameOutcome::Event(frame) => (frame, true),
            FrameOutcome::Lost(lines) => (lines, false),
        };
        self.last_received_at = Some(now.unix);
        self.counters.received += 1;
        let protected = &self.settings.limits.protected_events;
        let name = name_in(frame);
        let verdict = self.names.judge(self.id, name, frame, stamp, subscriptions, protected);
        if self.live.is_some() {
            Self::seal_news(&mut self.live, &self.queue, verdict.is_wanted);
        }
        if let Some(live) = &mut self.live {
            if is_whole { live.on_event(name, frame, now.into()) } else { live.on_too_long(now.into()) }
        }
        if verdict.is_wanted && !is_whole {
            self.counters.sequence += 1;
            self.counters.dropped += 1;
            totals.events_dropped += 1;
            self.names.on_dropped(verdict.name);
            self.queue.push_dropped(now.unix);
        } else if verdict.is_wanted {
            self.counters.sequence += 1;
            let stamp = Stamp { sequence: self.counters.sequence, ..stamp };
            let message = self.queue.message(frame, stamp, verdict.is_protected);
            self.queue_event(message, verdict, totals);
        } else {
            self.counters.filtered += 1;
        }
        self.queue_news();
        Some(self.node.has_outputs() || !is_whole)
    }

    fn queue_event(&mut self, message: Message, verdict: Verdict, totals: &mut Totals) {
        let (names, counters, log) = (&mut self.names, &mut self.counters, &mut self.drop_log);
        self.queue.push_event(message, verdict, &self.settings.limits, &mut |dropped| {
            names.on_dropped(dropped);
            counters.dropped += 1;
            totals.events_dropped += 1;
            log.unsaid += 1;
        });
    }

    /// Handles a panic in a call into this server: its session ends, and is tried again as after any other
    /// loss.
    pub(super) fn fail(&mut self, detail: &str, outputs: &mut ClusterOutputs, now: Timestamp) {
        let what = RecordKind::InternalError { detail: detail.to_owned() };
        outputs.records.push(&self.node.settings().key, what);
        if !self.node.fail(detail, now.at) && self.supervisor.is_busy() {
            // The panic came before the session began.
            let (from, to) = (ConnectionState::Disconnected, ConnectionState::Disconnected);
            let reason = Some(DisconnectReason::InternalError);
            self.on_end(&Change { from, to, reason, detail: detail.to_owned() }, outputs, now);
        }
    }

    /// Moves the outputs of the node to the queues of the cluster, in order.
    pub(super) fn take_outputs(&mut self, outputs: &mut ClusterOutputs, now: Timestamp) {
        while let Some(output) = self.node.pop_output() {
            match output {
                Output::OpenLink => {
                    self.links = self.links.wrapping_add(1);
                    let link = LinkId { server: self.id, number: self.links };
                    self.link = Some(link);
                    outputs
                        .link_outputs
                        .push_back(ClusterOutput::Open { link, settings: Arc::clone(self.node.settings()) });
                }
                Output::CloseLink => {
                    if let Some(link) = self.link.take() {
                        outputs.link_outputs.push_back(ClusterOutput::Close { link });
                    }
                }
                Output::Ended { sequence, cell } => {
                    outputs.totals.endings += 1;
                    self.queue.push(Notification::Ended { sequence, cell });
                }
                Output::Record(what) => outputs.records.push(&self.node.settings().key, what),
                Output::Changed { from, to, reason, detail } => {
                    self.on_changed(Change { from, to, reason, detail }, outputs, now);
                }
            }
        }
        self.log_drops(&mut outputs.records, now);
        self.record_live(&mut outputs.records);
    }

    fn on_changed(&mut self, change: Change, outputs: &mut ClusterOutputs, now: Timestamp) {
        self.state_since = now.unix;
        outputs.totals.transitions += 1;
        outputs.totals.ready += usize::from(change.to == ConnectionState::Ready);
        outputs.totals.ready -= usize::from(change.from == ConnectionState::Ready);
        Self::seal_news(&mut self.live, &self.queue, true);
        match change.to {
            ConnectionState::Ready => {
                self.on_ready(&mut outputs.records, now);
                self.live_ready(now);
            }
            ConnectionState::Disconnected => {
                self.on_end(&change, outputs, now);
                self.live_lost();
            }
            // A `Logoff` action that the user sent has the same meaning as `close`.
            ConnectionState::Closing => self.supervisor.close(),
            ConnectionState::Resolving
            | ConnectionState::Connecting
            | ConnectionState::Connected
            | ConnectionState::Authenticating => {}
        }
        let Change { from, to, reason, detail } = change;
        self.queue.push(Notification::Changed { from, to, reason, detail });
        if to == ConnectionState::Ready
            && let Some((from, reason)) = self.lost.take()
        {
            self.counters.gaps += 1;
            self.queue.push(Notification::Gap { from, to: now.unix, reason: Some(reason), dropped: 0 });
        }
        self.queue_news();
    }

    fn on_ready(&mut self, records: &mut Records, now: Timestamp) {
        let breaker = self.supervisor.on_ready(now.at);
        self.record_breaker(breaker, None, records);
        let (host, port) = self.endpoint();
        let (session, banner) = (self.node.session_number(), self.node.banner().to_owned());
        records.push(&self.node.settings().key, RecordKind::LoggedIn { host, port, session, banner });
    }

    fn on_end(&mut self, change: &Change, outputs: &mut ClusterOutputs, now: Timestamp) {
        let was_ready = matches!(change.from, ConnectionState::Ready | ConnectionState::Closing);
        let reason = change.reason.unwrap_or(DisconnectReason::PeerClosed);
        if was_ready {
            self.lost = Some((self.last_received_at.unwrap_or(now.unix), reason));
        }
        let attempt = self.supervisor.attempt() + 1;
        let aftermath = self.supervisor.on_end(reason, now, &mut outputs.random);
        let ((host, port), detail) = (self.endpoint(), change.detail.clone());
        let (session, queue_depth) = (self.node.session_number(), self.queue.depth());
        let what = match reason {
            DisconnectReason::Requested => RecordKind::SessionClosed { host, port, session, queue_depth },
            _ if was_ready => RecordKind::SessionLost { host, port, session, reason, detail, queue_depth },
            DisconnectReason::AuthFailed => RecordKind::LoginRefused { host, port, attempt, reason, detail },
            _ => RecordKind::ConnectFailed { host, port, attempt, reason, detail },
        };
        outputs.records.push(&self.node.settings().key, what);
        self.record_breaker(aftermath.breaker, Some(reason), &mut outputs.records);
        if let Some(Retry { delay, at }) = aftermath.retry {
            let ((host, port), attempt) = (self.endpoint(), self.supervisor.attempt());
            let what =
                RecordKind::RetryScheduled { host, port, attempt, backoff: delay, next_retry_at: at.unix };
            outputs.records.push(&self.node.settings().key, what);
        }
    }

    fn record_breaker(
        &self,
        (from, to): (BreakerState, BreakerState),
        reason: Option<DisconnectReason>,
        records: &mut Records,
    ) {
        if from != to {
            let breaker = self.supervisor.breaker();
            let (failures, cooldown) = (breaker.failures(), breaker.current_cooldown());
            let what = RecordKind::BreakerChanged { from, to, failures, reason, cooldown };
            records.push(&self.node.settings().key, what);
        }
    }

    fn log_drops(&mut self, records: &mut Records, now: Timestamp) {
        if self.drop_log.unsaid == 0 || self.drop_log.next_at.is_some_and(|at| now.at < at) {
            return;
        }
        self.drop_log.next_at = Some(now.at + self.drop_log.interval);
        let what = RecordKind::EventsDropped {
            dropped: std::mem::take(&mut self.drop_log.unsaid),
            dropped_total: self.counters.dropped,
            queue_depth: self.queue.depth(),
            queue_bytes: self.queue.bytes(),
        };
        records.push(&self.node.settings().key, what);
    }

    fn endpoint(&self) -> (String, u16) {
        (self.node.settings().host.clone(), self.node.settings().port)
    }

    pub(super) fn health(&self) -> Health {
        Health {
            key: self.node.settings().key.clone(),
            state: self.node.state(),
            breaker: self.supervisor.breaker().state(),
            last_disconnect: self.supervisor.last_disconnect(),
            attempt: self.supervisor.attempt(),
            next_retry_at: self.supervisor.next_retry().map(|at| at.unix),
            pending_actions: self.node.pending(),
            queue_depth: self.queue.depth(),
            queue_bytes: self.queue.bytes(),
            events_received: self.counters.received,
            events_filtered: self.counters.filtered,
            events_dropped: self.counters.dropped,
            reconnects: self.supervisor.reconnects(),
            last_ping: self.node.last_round_trip(),
            last_received_at: self.last_received_at,
            event_lag: self.event_lag,
        }
    }

    pub(super) fn metrics(&self) -> ServerMetrics {
        let mut events: Vec<_> = self
            .names
            .counters()
            .map(|(name, counters)| NameCount { name: name.into_owned(), counters })
            .collect();
        events.sort_by(|a, b| a.name.cmp(&b.name));
        ServerMetrics {
            health: self.health(),
            node: *self.node.counters(),
            gaps: self.counters.gaps,
            outbox_bytes: self.node.outbox().len(),
            answer_bytes: self.node.answer_bytes(),
            changes_waiting: self.queue.changes(),
            state_since: self.state_since,
            session: self.node.session_number(),
            live: self.live.as_deref().map(LiveMetrics::of),
            events,
        }
    }

    /// Turns an entry taken from the queue into a delivery, with the listeners of an event.
    pub(super) fn delivery(&mut self, taken: Taken, subscriptions: &Subscriptions) -> DeliveryKind {
        match taken {
            Taken::Event(message, name) => {
                let listeners = self.names.listeners(self.id, name, &message, subscriptions);
                DeliveryKind::Event { message, listeners }
            }
            Taken::Notification(notification) => {
                if let Notification::Ended { cell, .. } = &notification {
                    self.node.delivered(cell);
                }
                DeliveryKind::Notification(notification)
            }
            Taken::Dropped { count, from, to } => {
                DeliveryKind::Notification(Notification::Gap { from, to, reason: None, dropped: count })
            }
        }
    }
}
