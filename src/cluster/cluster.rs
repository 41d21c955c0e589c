//! The cluster: its servers, and the operations on them.

use std::any::Any;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connect_queue::ConnectQueue;
use super::delivery_turns::DeliveryTurns;
use super::exchange::{Delivery, DeliveryKind, Output};
use super::live_share::LiveCluster;
use super::routing::{Candidate, Router, Routing};
use super::server_entry::{ClusterOutputs, ServerEntry};
use super::server_queue::ServerQueue;
use super::servers::Servers;
use super::subscription::{ClassChange, EventFilter, SubscriptionId, Subscriptions};
use super::timers::Timers;
use crate::config_error::ConfigError;
use crate::error::ActionError;
use crate::limits::{ClusterLimits, UNDELIVERED_CHANGES_MAX, UNDELIVERED_CONNECT_DELAY};
use crate::node::{CompletionPolicy, LinkPrivacy, OutcomeCell, SequenceKey, Ticket};
use crate::record::{Level, Record, RecordKind, Records};
use crate::secret::Redactor;
use crate::settings::ServerSettings;
use crate::vocabulary::{ConnectionState, DisconnectReason, LinkId, ServerId, Timestamp};
use crate::wire::{Action, Framer, InstanceId};

/// Many servers.
///
/// # Driving it
///
/// The cluster is sans-IO, as [`crate::node::Node`] is. Every call takes the time at which it happens. After every
/// call, do what [`Cluster::poll_output`] says until it says [`Output::Wait`], and wait no longer than that.
/// Deliveries and log records are for the caller's own code: `drain_deliveries` and `pop_record` give them.
/// [`crate::client::Client`] does all of it over a [`crate::client::Network`].
#[derive(Debug)]
pub struct Cluster {
    pub(super) limits: ClusterLimits,
    instance: InstanceId,
    redactor: Arc<Redactor>,
    pub(super) servers: Servers,
    /// Number of servers ever added.
    added: u64,
    /// Number of servers whose sessions receive events even without subscriptions.
    always_on_servers: usize,
    sequence_key: SequenceKey,
    /// The highest sequence number of any removed server. Its key may be used again, so later servers begin
    /// above it.
    sequence_floor: u64,
    router: Router,
    pub(super) subscriptions: Subscriptions,
    pub(super) live: Option<LiveCluster>,
    connects: ConnectQueue,
    timers: Timers,
    pub(super) outputs: ClusterOutputs,
    dirty: ServerQueue,
    turns: DeliveryTurns,
    /// A queue that held much was emptied.
    has_trim_hint: bool,
}

impl Cluster {
    /// An empty cluster. `seed` spreads the reconnects; `log` keeps records of that level and above.
    #[must_use]
    pub fn new(limits: ClusterLimits, instance: InstanceId, seed: u64, log: Option<Level>) -> Self {
        Self {
            redactor: Arc::new(Redactor::new(&limits.redaction_keys)),
            connects: ConnectQueue::new(limits.tick_connects_max, limits.second_connects_max),
            limits,
            instance,
            servers: Servers::default(),
            added: 0,
            always_on_servers: 0,
            sequence_key: SequenceKey::from_seed(seed),
            sequence_floor: 0,
            router: Router::default(),
            subscriptions: Subscriptions::default(),
            live: None,
            timers: Timers::default(),
            outputs: ClusterOutputs::new(fastrand::Rng::with_seed(seed), Records::new(log)),
            dirty: ServerQueue::default(),
            turns: DeliveryTurns::default(),
            has_trim_hint: false,
        }
    }

    /// Sets the key for the sequence numbers of servers that are added from now on. A key from the system
    /// cannot be derived from a seed.
    pub fn key_sequences(&mut self, key: SequenceKey) {
        self.sequence_key = key;
    }

    /// Adds a server, which is not connected until it is opened. The first server is the default.
    ///
    /// # Errors
    ///
    /// A setting is invalid, the key is in use, or the host is a name although only addresses are allowed.
    pub fn add_server(&mut self, settings: ServerSettings, now: Timestamp) -> Result<ServerId, ConfigError> {
        // The fields are public, so they may have changed since they were checked.
        let settings = settings.checked()?;
        self.check_live(&settings)?;
        if self.servers.by_key(&settings.key).is_some() {
            let shown = format!("\"{}\"", settings.key);
            return Err(ConfigError::new("key", shown, "a key that no other server of the manager has"));
        }
        if self.limits.ip_endpoints_only && settings.ip().is_none() {
            let shown = format!("\"{}\"", settings.host);
            return Err(ConfigError::new("host", shown, "an IP address, since enforceIpEndpoints is set"));
        }
        let key = settings.key.clone();
        self.added += 1;
        self.always_on_servers += usize::from(settings.event_mask.is_always_on());
        let id = self.servers.insert(key, |id| {
            let mut entry = ServerEntry::new(id, settings, self.instance, &self.limits, now);
            entry.serial = self.added;
            entry.node.draw_sequences(self.sequence_key, self.added, self.sequence_floor);
            if self.outputs.records.wants(Level::Debug) {
                entry.node.log_actions(Arc::clone(&self.redactor));
            }
            entry
        });
        self.share_live_anew();
        self.start_live_of(id, now);
        Ok(id)
    }

    /// Removes a server. Its session ends at once, and its remaining deliveries are still delivered.
    pub fn remove_server(&mut self, id: ServerId, now: Timestamp) {
        let Some(entry) = self.servers.get_mut(id) else { return };
        let was_there = !std::mem::replace(&mut entry.is_removed, true);
        let was_told = was_there && entry.node.settings().event_mask.is_always_on();
        let next_sequence = entry.node.next_sequence();
        let key = entry.node.settings().key.clone();
        entry.supervisor.close();
        if was_there {
            self.abandon_live_of(id, now);
        }
        self.always_on_servers -= usize::from(was_told);
        self.sequence_floor = self.sequence_floor.max(next_sequence);
        self.servers.retire(id, &key);
        self.share_live_anew();
        self.contain(id, now, |entry| {
            entry.node.link_down(DisconnectReason::Requested, "the server was removed".into(), now.at);
        });
        self.apply_outputs(id, now);
        self.free_if_done(id);
    }

    /// Opens a server: connects as soon as the budget allows, whatever was planned before.
    pub fn open(&mut self, id: ServerId, now: Timestamp) {
        let Some(entry) = self.servers.get_mut(id).filter(|entry| !entry.is_removed) else { return };
        if entry.supervisor.open() {
            self.connects.push(id);
        }
        self.start_connects(now);
    }

    /// Closes a server with a `Logoff`, whose answer is awaited no longer than `grace`. No further connect is
    /// made.
    pub fn close(&mut self, id: ServerId, grace: Duration, now: Timestamp) {
        self.contain(id, now, |entry| {
            entry.supervisor.close();
            entry.node.close(grace, now.at);
        });
        self.apply_outputs(id, now);
    }

    /// Sends an action to a server.
    ///
    /// # Errors
    ///
    /// `NotReady`, `Backpressure` and `Removed`: nothing was queued.
    pub fn send(
        &mut self,
        id: ServerId,
        action: &Action,
        completion: &CompletionPolicy,
        now: Timestamp,
    ) -> Result<Ticket, ActionError> {
        self.want_calls_for(id, action, now);
        let removed = || ActionError::Removed { action: action.name().to_owned() };
        if self.settings(id).is_none() {
            return Err(removed());
        }
        let sent = self.contain(id, now, |entry| entry.node.send(action, completion, now.at));
        self.apply_outputs(id, now);
        sent.unwrap_or_else(|| {
            let server = self.settings(id).ok_or_else(removed)?.key.clone();
            let (action, reason) = (action.name().to_owned(), DisconnectReason::InternalError);
            Err(ActionError::NotSent { server, action, reason })
        })
    }

    /// Cancels the wait for an action. False if the action had already ended. Its end is delivered like any
    /// other.
    pub fn cancel(&mut self, id: ServerId, sequence: u64, now: Timestamp) -> bool {
        let cancelled = self.contain(id, now, |entry| entry.node.cancel(sequence));
        self.apply_outputs(id, now);
        cancelled.unwrap_or_default()
    }

    /// The caller has seen the outcome of an action before its end is delivered. The action no longer counts
    /// towards the bounds.
    pub fn seen(&mut self, id: ServerId, ended: &OutcomeCell) {
        if let Some(entry) = self.servers.get_mut(id) {
            entry.node.delivered(ended);
        }
    }

    /// The end of an action need not be delivered any more. False if it is not queued, or was already
    /// delivered.
    pub fn release(&mut self, id: ServerId, ended: &OutcomeCell) -> bool {
        let Some(entry) = self.servers.get_mut(id) else { return false };
        let is_queued = entry.queue.take_ending(ended);
        if is_queued {
            entry.node.delivered(ended);
        }
        is_queued
    }

    /// Subscribes to events. Events that arrived earlier are not delivered to the subscription.
    pub fn subscribe(&mut self, filter: EventFilter, now: Timestamp) -> SubscriptionId {
        for (name, nearest) in self.subscriptions.unknown_names(&filter) {
            self.outputs
                .records
                .push_of_cluster(RecordKind::EventUnknown { name, nearest: nearest.to_owned() });
        }
        let (id, change) = self.subscriptions.insert(filter);
        self.follow(change, now);
        id
    }

    /// Removes a subscription at once. False if it did not exist.
    pub fn unsubscribe(&mut self, id: SubscriptionId, now: Timestamp) -> bool {
        let change = self.subscriptions.remove(id);
        self.follow(change.unwrap_or(ClassChange::None), now);
        change.is_some()
    }

    /// Notes that the host name of a link is resolved.
    pub fn link_resolved(&mut self, link: LinkId, now: Timestamp) {
        if self.servers.linked(link).is_some() {
            self.contain(link.server, now, |entry| entry.node.link_resolved(now.at));
            self.apply_outputs(link.server, now);
        }
    }

    /// Notes that a link is set up.
    pub fn link_up(&mut self, link: LinkId, privacy: LinkPrivacy, now: Timestamp) {
        if self.servers.linked(link).is_some() {
            self.contain(link.server, now, |entry| entry.node.link_up(privacy, now.at));
            self.apply_outputs(link.server, now);
        }
    }

    /// Notes that a link is gone, or could not be set up.
    pub fn link_down(&mut self, link: LinkId, reason: DisconnectReason, detail: String, now: Timestamp) {
        if self.servers.linked(link).is_some() {
            self.contain(link.server, now, |entry| entry.node.link_down(reason, detail, now.at));
            self.apply_outputs(link.server, now);
        }
    }

    /// The framer that input of a link is read into. `None` if the link's input is ignored.
    pub fn framer(&mut self, link: LinkId) -> Option<&mut Framer> {
        self.servers.linked(link).map(|entry| entry.node.framer())
    }

    /// Notes that `count` bytes of a link were read.
    pub fn filled(&mut self, link: LinkId, count: usize, now: Timestamp) {
        if let Some(entry) = self.servers.linked(link) {
            entry.node.filled(count, now.at);
        }
    }

    /// Parses at most `frames_max` frames of the input. Returns the number of frames, and whether more may be
    /// left.
    pub fn parse(&mut self, link: LinkId, frames_max: usize, now: Timestamp) -> (usize, bool) {
        let mut parsed = 0;
        let account = self.open_live_account(link.server);
        let outcome =
            panic::catch_unwind(AssertUnwindSafe(|| self.parse_link(link, frames_max, &mut parsed, now)));
        let may_be_more = outcome.unwrap_or_else(|why| {
            self.fail(link.server, &*why, now);
            false
        });
        self.close_live_account(link.server, account);
        self.apply_outputs(link.server, now);
        (parsed, may_be_more)
    }

    fn parse_link(&mut self, link: LinkId, frames_max: usize, parsed: &mut usize, now: Timestamp) -> bool {
        while *parsed < frames_max {
            let Some(entry) = self.servers.linked(link) else { return false };
            let Some(has_outputs) = entry.parse_one(&self.subscriptions, &mut self.outputs.totals, now)
            else {
                return false;
            };
            *parsed += 1;
            if has_outputs {
                // In their order among the events. The rest of `apply_outputs` comes once, after all frames.
                entry.take_outputs(&mut self.outputs, now);
            }
        }
        true
    }

    /// The bytes a link has to write.
    #[must_use]
    pub fn outbox(&self, link: LinkId) -> &[u8] {
        self.servers
            .get(link.server)
            .filter(|entry| entry.link == Some(link))
            .map_or(&[], |entry| entry.node.outbox().waiting())
    }

    /// Notes that `count` bytes of a link's outbox were written.
    pub fn advance_outbox(&mut self, link: LinkId, count: usize, now: Timestamp) {
        if let Some(entry) = self.servers.linked(link) {
            entry.node.advance_outbox(count);
            self.apply_outputs(link.server, now);
        }
    }

    /// The next thing to do. Poll until it is [`Output::Wait`], after every call that changes the cluster.
    pub fn poll_output(&mut self, now: Timestamp) -> Output {
        if let Some(output) = self.outputs.link_outputs.pop_front() {
            return output;
        }
        while let Some(id) = self.dirty.pop() {
            let Some(entry) = self.servers.get_mut(id) else { continue };
            if let Some(link) = entry.link
                && !entry.node.outbox().is_empty()
            {
                return Output::Write { link };
            }
        }
        Output::Wait { until: self.next_deadline(|| now) }
    }

    /// True when `poll_output` has something else than to wait.
    #[must_use]
    pub fn has_output(&self) -> bool {
        !self.dirty.is_empty() || !self.outputs.link_outputs.is_empty()
    }

    /// Servers whose session is Ready.
    #[must_use]
    pub fn ready_servers(&self) -> usize {
        self.outputs.totals.ready
    }

    /// A tick begins: it has its own budget of connects.
    pub fn begin_tick(&mut self) {
        self.connects.begin_tick();
    }

    /// Does what is due.
    pub fn on_time(&mut self, now: Timestamp) {
        while let Some(id) = self.timers.pop_due(now.at) {
            if let Some(entry) = self.servers.get_mut(id) {
                entry.timer = None;
                self.contain(id, now, |entry| entry.node.on_time(now.at));
                self.live_on_time(id, now);
                if self.servers.get_mut(id).is_some_and(|entry| entry.supervisor.is_due(now.at)) {
                    self.connects.push(id);
                }
                self.apply_outputs(id, now);
            }
        }
        self.start_connects(now);
        self.start_lists(now);
    }

    /// When `on_time` has something to do.
    #[must_use]
    pub fn next_deadline(&self, now: impl FnOnce() -> Timestamp) -> Option<Instant> {
        let timer = self.timers.next();
        if self.connects.is_empty() && !self.has_list_turns() {
            return timer;
        }
        let now = now().at;
        [self.connects.next(now), timer, self.next_list(now)].into_iter().flatten().min()
    }

    /// Whether a Ready server may send events without a request.
    #[must_use]
    pub fn is_told_events(&self) -> bool {
        !self.subscriptions.is_empty() || self.always_on_servers > 0 || self.live.is_some()
    }

    /// True when something waits to be taken.
    #[must_use]
    pub fn has_deliverable(&self) -> bool {
        !self.turns.is_empty()
    }

    /// Appends at most `max` deliveries to `into`: in wire order for each server, and fairly among the servers.
    pub fn drain_deliveries(&mut self, max: usize, into: &mut Vec<Delivery>) {
        let end = into.len().saturating_add(max);
        while into.len() < end {
            let Some((id, turn)) = self.turns.next() else { return };
            let Some(entry) = self.servers.get_mut(id) else { continue };
            let turn_ends = into.len() + turn;
            while into.len() < end.min(turn_ends) {
                if entry.queue.is_live_next() {
                    let news = entry.take_news().map(DeliveryKind::Live);
                    into.extend(news.map(|kind| Delivery { server: id, kind }));
                    continue;
                }
                let Some(taken) = entry.queue.pop() else { break };
                into.push(Delivery { server: id, kind: entry.delivery(taken, &self.subscriptions) });
            }
            if entry.queue.is_empty() {
                self.has_trim_hint |= entry.queue.shrink();
                self.free_if_done(id);
            } else if into.len() < turn_ends {
                self.turns.cut_short(id, turn_ends - into.len());
            } else {
                self.turns.push(id);
            }
        }
    }

    /// True once after a queue that held much was emptied: the caller should ask the allocator to return
    /// memory.
    pub fn take_trim_hint(&mut self) -> bool {
        std::mem::take(&mut self.has_trim_hint)
    }

    /// Notes that a listener has returned, and the lag of the server's last event.
    pub fn delivered(&mut self, id: ServerId, lag: Duration) {
        if let Some(entry) = self.servers.get_mut(id) {
            entry.event_lag = Some(lag);
        }
    }

    /// The oldest log record.
    pub fn pop_record(&mut self) -> Option<Record> {
        self.outputs.records.pop()
    }

    /// Number of log records that were lost because too many waited.
    #[must_use]
    pub fn records_lost(&self) -> u64 {
        self.outputs.records.lost()
    }

    /// The log records, for callers that add records.
    pub fn records(&mut self) -> &mut Records {
        &mut self.outputs.records
    }

    /// Chooses a Ready server by the routing.
    pub fn select(&mut self) -> Option<ServerId> {
        let (servers, default) = (&self.servers, self.servers.default);
        let ready = servers.order().iter().filter_map(|id| {
            let entry = servers.get(*id).filter(|entry| entry.node.state() == ConnectionState::Ready)?;
            let (serial, pending) = (entry.serial, entry.node.on_their_way());
            Some(Candidate { server: *id, serial, pending, is_default: default == Some(*id) })
        });
        self.router.select(ready)
    }

    /// Sets how `select` chooses.
    pub fn set_routing(&mut self, routing: Routing) {
        self.router.routing = routing;
    }

    /// Sets the server that `Routing::DefaultServer` chooses.
    pub fn set_default(&mut self, id: ServerId) {
        self.servers.default = Some(id);
    }

    /// The default server.
    #[must_use]
    pub fn default_server(&self) -> Option<ServerId> {
        self.servers.default
    }

    /// Runs a call into one server. A panic in it ends the session of this server and does not affect the
    /// others.
    pub(super) fn contain<R>(
        &mut self,
        id: ServerId,
        now: Timestamp,
        run: impl FnOnce(&mut ServerEntry) -> R,
    ) -> Option<R> {
        let entry = self.servers.get_mut(id)?;
        match panic::catch_unwind(AssertUnwindSafe(|| run(entry))) {
            Ok(done) => Some(done),
            Err(why) => {
                self.fail(id, &*why, now);
                None
            }
        }
    }

    /// Handles a panic in a call into a server. Everything half done is dropped with the session. Unwinding
    /// keeps memory sound, and no state of one session has a meaning for the next one.
    fn fail(&mut self, id: ServerId, why: &(dyn Any + Send), now: Timestamp) {
        let text = why.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| why.downcast_ref::<String>().cloned()).unwrap_or_default();
        let Some(entry) = self.servers.get_mut(id) else { return };
        let was_live = entry.live.take().is_some();
        entry.fail(&text, &mut self.outputs, now);
        if was_live {
            self.start_live_of(id, now);
            self.share_live_anew();
        }
    }

    /// Starts the queued connects, one server after the other, as far as the budget allows.
    fn start_connects(&mut self, now: Timestamp) {
        while let Some(id) = self.connects.pop(now.at) {
            let mask = self.auto_mask(id);
            let Some(entry) = self.servers.get_mut(id) else { continue };
            if entry.queue.changes() >= UNDELIVERED_CHANGES_MAX {
                entry.supervisor.put_off(now.plus(UNDELIVERED_CONNECT_DELAY));
                self.apply_outputs(id, now);
                continue;
            }
            let records = &mut self.outputs.records;
            let has_begun = panic::catch_unwind(AssertUnwindSafe(|| entry.start(mask, records, now)));
            let has_begun = has_begun.unwrap_or_else(|why| {
                self.fail(id, &*why, now);
                true
            });
            if has_begun {
                self.connects.take(now.at);
                self.outputs.totals.connects += 1;
                self.apply_outputs(id, now);
            }
        }
    }

    /// Moves a server's outputs to the queues of the cluster, and plans the server's next timer.
    pub(super) fn apply_outputs(&mut self, id: ServerId, now: Timestamp) {
        let Some(entry) = self.servers.get_mut(id) else { return };
        entry.take_outputs(&mut self.outputs, now);
        if entry.link.is_none() {
            entry.node.forget_input();
        }
        if !entry.queue.is_empty() {
            self.turns.push(id);
        }
        if !entry.node.outbox().is_empty() {
            self.dirty.push(id);
        }
        let next = entry.next_deadline();
        self.timers.plan(id, &mut entry.timer, next);
    }

    fn free_if_done(&mut self, id: ServerId) {
        let Some(entry) = self.servers.get_mut(id) else { return };
        if entry.is_removed && entry.queue.is_empty() {
            self.timers.cancel(id, &mut entry.timer);
            self.servers.free(id);
            self.subscriptions.remove_server(id);
        }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
