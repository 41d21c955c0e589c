//! Many sessions, sans-IO: supervision, subscriptions, bounded queues, fair delivery, routing.

mod backoff;
mod breaker;
mod budget;
mod delivery_queue;
mod event_classes;
mod exchange;
mod health;
mod live;
mod routing;
mod server_entry;
mod subscription;
mod supervisor;
mod view;

use std::any::Any;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use breaker::BreakerState;
pub use exchange::{Command, Delivery, DeliveryKind, LinkId, Notification, ServerId, Timestamp, Totals};
pub use health::{Health, NameCount, ServerMetrics};
pub use routing::Routing;
pub use subscription::{EventFilter, HeaderFilter, Listeners, NameCounters, SubscriptionId, ValueFilter};

use self::budget::ConnectBudget;
use self::delivery_queue::Taken;
use self::event_classes::Classes;
use self::live::LiveCluster;
use self::routing::{Candidate, Router};
use self::server_entry::{ClusterOutputs, ServerEntry};
use self::subscription::{ClassChange, Subscriptions};
use crate::error::{ActionError, ConfigError, DisconnectReason};
use crate::limits::{ClusterLimits, OWED_CONNECT_DELAY, UNDELIVERED_CHANGES_MAX};
use crate::node::{
    AutoMask, CompletionPolicy, ConnectionState, LinkPrivacy, OutcomeCell, SequenceKey, Ticket,
};
use crate::record::{Level, Record, RecordKind, Records};
use crate::secret::Redactor;
use crate::settings::{EventMask, ServerKey, ServerSettings};
use crate::wire::{Action, Framer, InstanceId};

/// Many servers.
///
/// # Driving it
///
/// Sans-IO as [`crate::node::Node`], which says how; every call takes the moment it happens. After any
/// call: perform `pop_command`, write the outboxes of `pop_dirty`, and wait no longer than
/// `next_deadline`. [`crate::client::Client`] does all of it over a [`crate::client::Network`].
#[derive(Debug)]
pub struct Cluster {
    limits: ClusterLimits,
    instance: InstanceId,
    redactor: Arc<Redactor>,
    random: fastrand::Rng,
    entries: Vec<ArenaPlace>,
    /// Places of servers that were removed.
    free: Vec<usize>,
    keys: HashMap<ServerKey, ServerId>,
    /// In the order of configuration.
    order: Vec<ServerId>,
    default: Option<ServerId>,
    /// Servers ever added.
    added: u64,
    /// Servers whose sessions are told events whether somebody listens or not.
    told_by_default: usize,
    sequence_key: SequenceKey,
    /// No sequence of a removed server, whose key may be used again, is beyond it.
    sequence_floor: u64,
    router: Router,
    subscriptions: Subscriptions,
    live: Option<LiveCluster>,
    budget: ConnectBudget,
    /// Servers that wait for their turn in the connect budget.
    connects: VecDeque<ServerId>,
    timers: BTreeSet<(Instant, ServerId)>,
    commands: VecDeque<Command>,
    dirty: VecDeque<ServerId>,
    /// Servers with something to deliver, in turns.
    deliverable: VecDeque<ServerId>,
    /// What is left of the turn of the first of them, where the last call cut it short.
    turn_left: usize,
    /// A queue that held much was emptied.
    has_trim_hint: bool,
    records: Records,
    totals: Totals,
}

#[derive(Debug, Default)]
struct ArenaPlace {
    generation: u32,
    entry: Option<Box<ServerEntry>>,
}

/// Deliveries taken of one server before the next has its turn.
const DELIVERIES_A_TURN: usize = 64;

/// How much before its time a server's timer may come.
const TIMER_EARLY_MAX: Duration = Duration::from_secs(5);

impl Cluster {
    /// An empty cluster. `seed` spreads the reconnects; `log` keeps records of that level and above.
    #[must_use]
    pub fn new(limits: ClusterLimits, instance: InstanceId, seed: u64, log: Option<Level>) -> Self {
        Self {
            redactor: Arc::new(Redactor::new(&limits.redaction_keys)),
            budget: ConnectBudget::new(limits.tick_connects_max, limits.second_connects_max),
            limits,
            instance,
            random: fastrand::Rng::with_seed(seed),
            entries: Vec::new(),
            free: Vec::new(),
            keys: HashMap::new(),
            order: Vec::new(),
            default: None,
            added: 0,
            told_by_default: 0,
            sequence_key: SequenceKey::from_seed(seed),
            sequence_floor: 0,
            router: Router::default(),
            subscriptions: Subscriptions::default(),
            live: None,
            connects: VecDeque::new(),
            timers: BTreeSet::new(),
            commands: VecDeque::new(),
            dirty: VecDeque::new(),
            deliverable: VecDeque::new(),
            turn_left: 0,
            has_trim_hint: false,
            records: Records::new(log),
            totals: Totals::default(),
        }
    }

    /// Draws the sequences of servers that are added from here on with a key of the system, which no seed gives away.
    pub fn key_sequences(&mut self, key: SequenceKey) {
        self.sequence_key = key;
    }

    /// Adds a server, which rests until it is opened. The first one is the default.
    ///
    /// # Errors
    ///
    /// When a setting cannot be, the key is in use, or names are not allowed and the host is one.
    pub fn add_server(&mut self, settings: ServerSettings, now: Timestamp) -> Result<ServerId, ConfigError> {
        // Its fields are open: they may have been changed since they were checked.
        let settings = settings.checked()?;
        self.check_live(&settings)?;
        if self.keys.contains_key(&settings.key) {
            let shown = format!("\"{}\"", settings.key);
            return Err(ConfigError::new("key", shown, "a key that no other server of the manager has"));
        }
        if self.limits.ip_endpoints_only && settings.ip().is_none() {
            let shown = format!("\"{}\"", settings.host);
            return Err(ConfigError::new("host", shown, "an IP address, since enforceIpEndpoints is set"));
        }
        let index = self.free.pop().unwrap_or_else(|| {
            self.entries.push(ArenaPlace::default());
            self.entries.len() - 1
        });
        let place = &mut self.entries[index];
        place.generation += 1;
        // More than four billion servers do not fit into memory.
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let id = ServerId { index, generation: place.generation };
        let key = settings.key.clone();
        self.added += 1;
        self.told_by_default += usize::from(settings.event_mask.is_always_on());
        let mut entry = ServerEntry::new(id, settings, self.instance, &self.limits, now);
        entry.serial = self.added;
        entry.node.draw_sequences(self.sequence_key, self.added, self.sequence_floor);
        if self.records.wants(Level::Debug) {
            entry.node.log_actions(Arc::clone(&self.redactor));
        }
        place.entry = Some(Box::new(entry));
        self.keys.insert(key, id);
        self.order.push(id);
        self.default.get_or_insert(id);
        self.share_live_anew();
        self.start_live_of(id, now);
        Ok(id)
    }

    /// Forgets a server. Its session ends at once, what it still owes is delivered.
    pub fn remove_server(&mut self, id: ServerId, now: Timestamp) {
        let Some(entry) = self.entry_mut(id) else { return };
        let was_there = !std::mem::replace(&mut entry.is_removed, true);
        let was_told = was_there && entry.node.settings().event_mask.is_always_on();
        let next_sequence = entry.node.next_sequence();
        let key = entry.node.settings().key.clone();
        entry.supervisor.close();
        self.told_by_default -= usize::from(was_told);
        self.sequence_floor = self.sequence_floor.max(next_sequence);
        self.keys.remove(&key);
        self.order.retain(|other| *other != id);
        self.share_live_anew();
        if self.default == Some(id) {
            self.default = self.order.first().copied();
        }
        self.contain(id, now, |entry| {
            entry.node.link_down(DisconnectReason::Requested, "the server was removed".into(), now.at);
        });
        self.apply_outputs(id, now);
        self.free_if_done(id);
    }

    /// Wants a server open: connects as soon as the budget allows, whatever was planned before.
    pub fn open(&mut self, id: ServerId, now: Timestamp) {
        let Some(entry) = self.entry_mut(id).filter(|entry| !entry.is_removed) else { return };
        if entry.supervisor.open() {
            self.queue_connect(id);
        }
        self.start_connects(now);
    }

    /// Says goodbye to a server and wants it closed.
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
        let Some(settings) = self.settings(id) else {
            return Err(ActionError::Removed { action: action.name().to_owned() });
        };
        let (server, reason) = (settings.key.clone(), DisconnectReason::InternalError);
        let sent = self.contain(id, now, |entry| entry.node.send(action, completion, now.at));
        self.apply_outputs(id, now);
        sent.unwrap_or_else(|| Err(ActionError::NotSent { server, action: action.name().to_owned(), reason }))
    }

    /// Stops waiting for an action. False when it had ended. Its ending is delivered as any other.
    pub fn cancel(&mut self, id: ServerId, sequence: u64, now: Timestamp) -> bool {
        let cancelled = self.contain(id, now, |entry| entry.node.cancel(sequence));
        self.apply_outputs(id, now);
        cancelled.unwrap_or_default()
    }

    /// The caller has seen how an action ended before the ending's turn came: it leaves the bounds.
    pub fn seen(&mut self, id: ServerId, ended: &OutcomeCell) {
        if let Some(entry) = self.entry_mut(id) {
            entry.node.delivered(ended);
        }
    }

    /// Nobody waits for the delivery of an ending any more. False where it is not there, or was delivered.
    pub fn release(&mut self, id: ServerId, sequence: u64) -> bool {
        let Some(entry) = self.entry_mut(id) else { return false };
        let Some(ended) = entry.queue.take_ending(sequence) else { return false };
        entry.node.delivered(&ended);
        true
    }

    /// Asks for events. Those that came before are not delivered to it.
    pub fn subscribe(&mut self, filter: EventFilter, now: Timestamp) -> SubscriptionId {
        for (name, nearest) in self.subscriptions.unknown_names(&filter) {
            self.records.push_of_cluster(RecordKind::EventUnknown { name, nearest: nearest.to_owned() });
        }
        let (id, change) = self.subscriptions.insert(filter);
        self.follow(change, now);
        id
    }

    /// Takes a subscription back, at once. False when it was gone.
    pub fn unsubscribe(&mut self, id: SubscriptionId, now: Timestamp) -> bool {
        let change = self.subscriptions.remove(id);
        self.follow(change.unwrap_or(ClassChange::None), now);
        change.is_some()
    }

    /// The name is known.
    pub fn link_resolved(&mut self, link: LinkId, now: Timestamp) {
        if self.linked(link).is_some() {
            self.contain(link.server, now, |entry| entry.node.link_resolved(now.at));
            self.apply_outputs(link.server, now);
        }
    }

    /// A link is up.
    pub fn link_up(&mut self, link: LinkId, privacy: LinkPrivacy, now: Timestamp) {
        if self.linked(link).is_some() {
            self.contain(link.server, now, |entry| entry.node.link_up(privacy, now.at));
            self.apply_outputs(link.server, now);
        }
    }

    /// A link is gone, or never came.
    pub fn link_down(&mut self, link: LinkId, reason: DisconnectReason, detail: String, now: Timestamp) {
        if self.linked(link).is_some() {
            self.contain(link.server, now, |entry| entry.node.link_down(reason, detail, now.at));
            self.apply_outputs(link.server, now);
        }
    }

    /// Where input of a link is read into. `None` when nothing of it is wanted any more.
    pub fn framer(&mut self, link: LinkId) -> Option<&mut Framer> {
        self.linked(link).map(|entry| entry.node.framer())
    }

    /// So many bytes of a link were read.
    pub fn filled(&mut self, link: LinkId, count: usize, now: Timestamp) {
        if let Some(entry) = self.linked(link) {
            entry.node.filled(count, now.at);
        }
    }

    /// Parses at most `frames_max` frames of what was read. True when more may be left.
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
            let place = self.entries.get_mut(link.server.index as usize);
            let entry = place.and_then(|place| place.entry.as_mut());
            let Some(entry) = entry.filter(|entry| entry.link == Some(link)) else { return false };
            let Some(has_outputs) = entry.parse_one(&self.subscriptions, &mut self.totals, now) else {
                return false;
            };
            *parsed += 1;
            if has_outputs {
                self.apply_outputs(link.server, now);
            }
        }
        true
    }

    /// The bytes a link has to write.
    #[must_use]
    pub fn outbox(&self, link: LinkId) -> &[u8] {
        self.entry(link.server)
            .filter(|entry| entry.link == Some(link))
            .map_or(&[], |entry| entry.node.outbox().waiting())
    }

    /// So many bytes of a link's outbox have left.
    pub fn advance_outbox(&mut self, link: LinkId, count: usize, now: Timestamp) {
        if let Some(entry) = self.linked(link) {
            entry.node.advance_outbox(count);
            self.apply_outputs(link.server, now);
        }
    }

    /// A link that has something to write since it was last asked for.
    pub fn pop_dirty(&mut self) -> Option<LinkId> {
        loop {
            let id = self.dirty.pop_front()?;
            let Some(entry) = self.entry_mut(id) else { continue };
            entry.is_dirty = false;
            if let Some(link) = entry.link
                && !entry.node.outbox().is_empty()
            {
                return Some(link);
            }
        }
    }

    /// True when `pop_dirty` may have one.
    #[must_use]
    pub fn has_dirty(&self) -> bool {
        !self.dirty.is_empty()
    }

    /// Servers whose session is Ready.
    #[must_use]
    pub fn ready_servers(&self) -> usize {
        self.totals.ready
    }

    /// What the network has to do next.
    pub fn pop_command(&mut self) -> Option<Command> {
        self.commands.pop_front()
    }

    /// A tick begins: it has its own budget of connects.
    pub fn begin_tick(&mut self) {
        self.budget.begin_tick();
    }

    /// Does what is due.
    pub fn on_time(&mut self, now: Timestamp) {
        while let Some(&(at, id)) = self.timers.first()
            && at <= now.at
        {
            self.timers.pop_first();
            if let Some(entry) = self.entry_mut(id) {
                entry.timer = None;
                self.contain(id, now, |entry| entry.node.on_time(now.at));
                self.live_on_time(id, now);
                if self.entry_mut(id).is_some_and(|entry| entry.supervisor.is_due(now.at)) {
                    self.queue_connect(id);
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
        let timer = self.timers.first().map(|(at, _)| *at);
        if self.connects.is_empty() && !self.has_list_turns() {
            return timer;
        }
        let now = now().at;
        let budget = (!self.connects.is_empty()).then(|| self.budget.next_allowed(now));
        [budget, timer, self.next_list(now)].into_iter().flatten().min()
    }

    /// Whether a Ready server may send what nobody asked it for.
    #[must_use]
    pub fn is_told_events(&self) -> bool {
        !self.subscriptions.is_empty() || self.told_by_default > 0 || self.live.is_some()
    }

    /// True when something waits to be taken.
    #[must_use]
    pub fn has_deliverable(&self) -> bool {
        !self.deliverable.is_empty()
    }

    /// Takes at most `max` things for listeners: of one server in wire order, fair among servers.
    pub fn drain_deliveries(&mut self, max: usize, into: &mut Vec<Delivery>) {
        let end = into.len().saturating_add(max);
        while into.len() < end {
            let Some(id) = self.deliverable.pop_front() else { return };
            let place =
                self.entries.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
            let turn = match std::mem::take(&mut self.turn_left) {
                0 => DELIVERIES_A_TURN,
                left => left,
            };
            let Some(entry) = place.and_then(|place| place.entry.as_mut()) else { continue };
            let turn_ends = into.len() + turn;
            while into.len() < end.min(turn_ends) {
                let Some(taken) = entry.queue.pop() else { break };
                into.push(Delivery { server: id, kind: entry.delivery(taken, &self.subscriptions) });
            }
            if entry.queue.is_empty() {
                entry.is_deliverable = false;
                self.has_trim_hint |= entry.queue.shrink();
                self.free_if_done(id);
            } else if into.len() < turn_ends {
                // Cut short, it goes on in the next call: otherwise servers would starve in rhythm.
                self.turn_left = turn_ends - into.len();
                self.deliverable.push_front(id);
            } else {
                self.deliverable.push_back(id);
            }
        }
    }

    /// True once after a queue that held much was emptied: time to tell the allocator.
    pub fn take_trim_hint(&mut self) -> bool {
        std::mem::take(&mut self.has_trim_hint)
    }

    /// A listener returned: the lag of the server's events is so long now.
    pub fn delivered(&mut self, id: ServerId, lag: Duration) {
        if let Some(entry) = self.entry_mut(id) {
            entry.event_lag = Some(lag);
        }
    }

    /// The oldest log record.
    pub fn pop_record(&mut self) -> Option<Record> {
        self.records.pop()
    }

    /// Log records that were lost because too many waited.
    #[must_use]
    pub fn records_lost(&self) -> u64 {
        self.records.lost()
    }

    /// Log records, for callers with something of their own to say.
    pub fn records(&mut self) -> &mut Records {
        &mut self.records
    }

    /// Chooses a Ready server.
    pub fn select(&mut self) -> Option<ServerId> {
        let candidates: Vec<_> = self
            .order
            .iter()
            .filter_map(|id| self.entry(*id).map(|entry| (*id, entry)))
            .filter(|(_, entry)| entry.node.state() == ConnectionState::Ready)
            .map(|(server, entry)| Candidate {
                server,
                serial: entry.serial,
                pending: entry.node.on_their_way(),
                is_default: self.default == Some(server),
            })
            .collect();
        self.router.select(&candidates)
    }

    /// How `select` chooses from now on.
    pub fn set_routing(&mut self, routing: Routing) {
        self.router.routing = routing;
    }

    /// The server that `Routing::DefaultServer` takes.
    pub fn set_default(&mut self, id: ServerId) {
        self.default = Some(id);
    }

    /// The default server.
    #[must_use]
    pub fn default_server(&self) -> Option<ServerId> {
        self.default
    }

    fn entry(&self, id: ServerId) -> Option<&ServerEntry> {
        let place = self.entries.get(id.index as usize)?;
        place.entry.as_deref().filter(|_| place.generation == id.generation)
    }

    fn entry_mut(&mut self, id: ServerId) -> Option<&mut ServerEntry> {
        let place = self.entries.get_mut(id.index as usize)?;
        place.entry.as_deref_mut().filter(|_| place.generation == id.generation)
    }

    fn linked(&mut self, link: LinkId) -> Option<&mut ServerEntry> {
        self.entry_mut(link.server).filter(|entry| entry.link == Some(link))
    }

    /// Does something to one server. A fault of ours that only one server meets takes no other with it.
    fn contain<R>(
        &mut self,
        id: ServerId,
        now: Timestamp,
        run: impl FnOnce(&mut ServerEntry) -> R,
    ) -> Option<R> {
        let entry = self.entry_mut(id)?;
        match panic::catch_unwind(AssertUnwindSafe(|| run(entry))) {
            Ok(done) => Some(done),
            Err(why) => {
                self.fail(id, &*why, now);
                None
            }
        }
    }

    /// A call into a server panicked. What it left half done is dropped with the session: unwinding keeps memory sound,
    /// and nothing of one session means anything to the next one.
    fn fail(&mut self, id: ServerId, why: &(dyn Any + Send), now: Timestamp) {
        let text = why.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| why.downcast_ref::<String>().cloned()).unwrap_or_default();
        let place = self.entries.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
        let Some(entry) = place.and_then(|place| place.entry.as_mut()) else { return };
        let mut outputs = ClusterOutputs {
            commands: &mut self.commands,
            records: &mut self.records,
            random: &mut self.random,
            totals: &mut self.totals,
        };
        let was_live = entry.live.take().is_some();
        entry.fail(&text, &mut outputs, now);
        if was_live {
            self.start_live_of(id, now);
            self.share_live_anew();
        }
    }

    /// One place in the queue each, however often it is opened and closed before its turn.
    fn queue_connect(&mut self, id: ServerId) {
        if let Some(entry) = self.entry_mut(id)
            && !std::mem::replace(&mut entry.is_queued, true)
        {
            self.connects.push_back(id);
        }
    }

    /// Hands out connects, one server after the other, as far as the budget goes.
    fn start_connects(&mut self, now: Timestamp) {
        while !self.connects.is_empty() && self.budget.allows(now.at) {
            let Some(id) = self.connects.pop_front() else { return };
            let mask = self.auto_mask(id);
            let place =
                self.entries.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
            let Some(entry) = place.and_then(|place| place.entry.as_mut()) else { continue };
            entry.is_queued = false;
            if entry.queue.changes() >= UNDELIVERED_CHANGES_MAX {
                entry.supervisor.put_off(now.plus(OWED_CONNECT_DELAY));
                self.apply_outputs(id, now);
                continue;
            }
            let records = &mut self.records;
            let has_begun = panic::catch_unwind(AssertUnwindSafe(|| entry.start(mask, records, now)));
            let has_begun = has_begun.unwrap_or_else(|why| {
                self.fail(id, &*why, now);
                true
            });
            if has_begun {
                self.budget.take(now.at);
                self.totals.connects += 1;
                self.apply_outputs(id, now);
            }
        }
    }

    /// Moves a slot's outputs to where they belong and plans its next moment.
    fn apply_outputs(&mut self, id: ServerId, now: Timestamp) {
        let place = self.entries.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
        let Some(entry) = place.and_then(|place| place.entry.as_mut()) else { return };
        let outputs = ClusterOutputs {
            commands: &mut self.commands,
            records: &mut self.records,
            random: &mut self.random,
            totals: &mut self.totals,
        };
        entry.take_outputs(outputs, now);
        if entry.link.is_none() {
            entry.node.forget_input();
        }
        if !entry.queue.is_empty() && !entry.is_deliverable {
            entry.is_deliverable = true;
            self.deliverable.push_back(id);
        }
        if !entry.node.outbox().is_empty() && !entry.is_dirty {
            entry.is_dirty = true;
            self.dirty.push_back(id);
        }
        let next = [entry.node.next_deadline(), entry.supervisor.next_deadline(), entry.live_deadline()]
            .into_iter()
            .flatten()
            .min();
        let is_late = match (entry.timer, next) {
            // A timer that comes a little early finds nothing to do: moving it at every byte would cost more. One that comes
            // long before would wake an owner who waits for nothing.
            (Some(timer), Some(next)) => timer > next || next > timer + TIMER_EARLY_MAX,
            // A session that ended waits for nothing.
            (timer, next) => timer.is_some() || next.is_some(),
        };
        if is_late {
            if let Some(timer) = std::mem::replace(&mut entry.timer, next) {
                self.timers.remove(&(timer, id));
            }
            self.timers.extend(next.map(|next| (next, id)));
        }
    }

    fn free_if_done(&mut self, id: ServerId) {
        let Some(entry) = self.entry_mut(id) else { return };
        if entry.is_removed && entry.queue.is_empty() {
            if let Some(timer) = entry.timer.take() {
                self.timers.remove(&(timer, id));
            }
            self.entries[id.index as usize].entry = None;
            self.free.push(id.index as usize);
            self.subscriptions.remove_server(id);
        }
    }

    /// Event classes that the subscriptions to a server need, in Asterisk's spelling.
    fn auto_mask(&self, id: ServerId) -> AutoMask {
        let needs_calls = self.entry(id).is_some_and(|entry| entry.needs_calls);
        let calls = if needs_calls { Classes::CALL } else { Classes::default() };
        self.subscriptions.classes(id).and(calls).and(self.live_classes()).mask()
    }

    /// Tells the servers whose masks follow the listeners, where other classes are needed now.
    fn follow(&mut self, change: ClassChange, now: Timestamp) {
        let servers = match change {
            ClassChange::None => return,
            ClassChange::Of(id) => vec![id],
            ClassChange::Everywhere => self.order.clone(),
        };
        for id in servers {
            let is_auto = |entry: &ServerEntry| entry.node.settings().event_mask == EventMask::Auto;
            if self.entry(id).is_some_and(is_auto) {
                self.set_auto_mask(id, now);
            }
        }
    }

    fn set_auto_mask(&mut self, id: ServerId, now: Timestamp) {
        let mask = self.auto_mask(id);
        self.contain(id, now, |entry| entry.node.set_auto_mask(mask));
        self.apply_outputs(id, now);
    }

    /// An asynchronous `Originate` ends with an event of class `call`: a mask that follows the listeners
    /// has to have it from the first one on.
    fn want_calls_for(&mut self, id: ServerId, action: &Action, now: Timestamp) {
        let Some(entry) = self.entry_mut(id) else { return };
        let is_auto = entry.node.settings().event_mask == EventMask::Auto;
        if is_auto && !entry.needs_calls && action.name().eq_ignore_ascii_case("Originate") {
            entry.needs_calls = true;
            self.set_auto_mask(id, now);
        }
    }
}

impl ServerEntry {
    fn delivery(&mut self, taken: Taken, subscriptions: &Subscriptions) -> DeliveryKind {
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

#[cfg(test)]
mod tests;
