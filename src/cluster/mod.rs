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
mod slot;
mod subscription;
mod supervisor;
mod view;

use std::any::Any;
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use breaker::BreakerState;
pub use exchange::{Command, Delivery, DeliveryKind, LinkId, LiveNews, Now, ServerId, Tell, Totals};
pub use health::{Health, NameCount, ServerMetrics};
pub use live::LiveChanges;
pub use routing::Routing;
pub use subscription::{EventFilter, HeaderFilter, Listeners, NameCounters, SubscriptionId, ValueFilter};

use self::budget::ConnectBudget;
use self::delivery_queue::Taken;
use self::event_classes::Classes;
use self::live::LiveCluster;
use self::routing::{Candidate, Router};
use self::slot::{Sinks, Slot};
use self::subscription::{ClassChange, Subscriptions};
use crate::error::{ActionError, ConfigError, DisconnectReason};
use crate::limits::{ClusterLimits, OWED_CONNECT_DELAY, UNDELIVERED_CHANGES_MAX};
use crate::node::{ActionSlot, AutoMask, Completion, ConnectionState, LinkPrivacy, SequenceKey, Ticket};
use crate::record::{Level, Record, Records, What};
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
    slots: Vec<SlotPlace>,
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
    due: VecDeque<ServerId>,
    /// What is left of the turn of the first of them, where the last call cut it short.
    turn_left: usize,
    /// A queue that held much was emptied.
    has_burst_behind: bool,
    records: Records,
    totals: Totals,
}

#[derive(Debug, Default)]
struct SlotPlace {
    generation: u32,
    slot: Option<Box<Slot>>,
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
            slots: Vec::new(),
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
            due: VecDeque::new(),
            turn_left: 0,
            has_burst_behind: false,
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
    pub fn add_server(&mut self, settings: ServerSettings, now: Now) -> Result<ServerId, ConfigError> {
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
            self.slots.push(SlotPlace::default());
            self.slots.len() - 1
        });
        let place = &mut self.slots[index];
        place.generation += 1;
        // More than four billion servers do not fit into memory.
        let index = u32::try_from(index).unwrap_or(u32::MAX);
        let id = ServerId { index, generation: place.generation };
        let key = settings.key.clone();
        self.added += 1;
        self.told_by_default += usize::from(settings.event_mask.is_always_on());
        let mut slot = Slot::new(id, settings, self.instance, &self.limits, now);
        slot.serial = self.added;
        slot.node.draw_sequences(self.sequence_key, self.added, self.sequence_floor);
        if self.records.wants(Level::Debug) {
            slot.node.log_actions(Arc::clone(&self.redactor));
        }
        place.slot = Some(Box::new(slot));
        self.keys.insert(key, id);
        self.order.push(id);
        self.default.get_or_insert(id);
        self.share_live_anew();
        self.start_live_of(id, now);
        Ok(id)
    }

    /// Forgets a server. Its session ends at once, what it still owes is delivered.
    pub fn remove_server(&mut self, id: ServerId, now: Now) {
        let Some(slot) = self.slot_mut(id) else { return };
        let was_there = !std::mem::replace(&mut slot.is_removed, true);
        let was_told = was_there && slot.node.settings().event_mask.is_always_on();
        let next_sequence = slot.node.next_sequence();
        let key = slot.node.settings().key.clone();
        slot.supervisor.close();
        if was_there {
            self.abandon_live_of(id, now);
        }
        self.told_by_default -= usize::from(was_told);
        self.sequence_floor = self.sequence_floor.max(next_sequence);
        self.keys.remove(&key);
        self.order.retain(|other| *other != id);
        self.share_live_anew();
        if self.default == Some(id) {
            self.default = self.order.first().copied();
        }
        self.contain(id, now, |slot| {
            slot.node.link_down(DisconnectReason::Requested, "the server was removed".into(), now.at);
        });
        self.settle(id, now);
        self.free_if_done(id);
    }

    /// Wants a server open: connects as soon as the budget allows, whatever was planned before.
    pub fn open(&mut self, id: ServerId, now: Now) {
        let Some(slot) = self.slot_mut(id).filter(|slot| !slot.is_removed) else { return };
        if slot.supervisor.open() {
            self.queue_connect(id);
        }
        self.start_connects(now);
    }

    /// Says goodbye to a server and wants it closed.
    pub fn close(&mut self, id: ServerId, grace: Duration, now: Now) {
        self.contain(id, now, |slot| {
            slot.supervisor.close();
            slot.node.close(grace, now.at);
        });
        self.settle(id, now);
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
        completion: &Completion,
        now: Now,
    ) -> Result<Ticket, ActionError> {
        self.want_calls_for(id, action, now);
        let Some(settings) = self.settings(id) else {
            return Err(ActionError::Removed { action: action.name().to_owned() });
        };
        let (server, reason) = (settings.key.clone(), DisconnectReason::InternalError);
        let sent = self.contain(id, now, |slot| slot.node.send(action, completion, now.at));
        self.settle(id, now);
        sent.unwrap_or_else(|| Err(ActionError::NotSent { server, action: action.name().to_owned(), reason }))
    }

    /// Stops waiting for an action. False when it had ended. Its ending is delivered as any other.
    pub fn cancel(&mut self, id: ServerId, sequence: u64, now: Now) -> bool {
        let cancelled = self.contain(id, now, |slot| slot.node.cancel(sequence));
        self.settle(id, now);
        cancelled.unwrap_or_default()
    }

    /// The caller has seen how an action ended before the ending's turn came: it leaves the bounds.
    pub fn seen(&mut self, id: ServerId, ended: &ActionSlot) {
        if let Some(slot) = self.slot_mut(id) {
            slot.node.delivered(ended);
        }
    }

    /// Nobody waits for the delivery of an ending any more. False where it is not there, or was delivered.
    pub fn release(&mut self, id: ServerId, sequence: u64) -> bool {
        let Some(slot) = self.slot_mut(id) else { return false };
        let Some(ended) = slot.queue.take_ending(sequence) else { return false };
        slot.node.delivered(&ended);
        true
    }

    /// Asks for events. Those that came before are not delivered to it.
    pub fn subscribe(&mut self, filter: EventFilter, now: Now) -> SubscriptionId {
        for (name, nearest) in self.subscriptions.unknown_names(&filter) {
            self.records.push_of_cluster(What::EventUnknown { name, nearest: nearest.to_owned() });
        }
        let (id, change) = self.subscriptions.insert(filter);
        self.follow(change, now);
        id
    }

    /// Takes a subscription back, at once. False when it was gone.
    pub fn unsubscribe(&mut self, id: SubscriptionId, now: Now) -> bool {
        let change = self.subscriptions.remove(id);
        self.follow(change.unwrap_or(ClassChange::None), now);
        change.is_some()
    }

    /// The name is known.
    pub fn link_resolved(&mut self, link: LinkId, now: Now) {
        if self.linked(link).is_some() {
            self.contain(link.server, now, |slot| slot.node.link_resolved(now.at));
            self.settle(link.server, now);
        }
    }

    /// A link is up.
    pub fn link_up(&mut self, link: LinkId, privacy: LinkPrivacy, now: Now) {
        if self.linked(link).is_some() {
            self.contain(link.server, now, |slot| slot.node.link_up(privacy, now.at));
            self.settle(link.server, now);
        }
    }

    /// A link is gone, or never came.
    pub fn link_down(&mut self, link: LinkId, reason: DisconnectReason, detail: String, now: Now) {
        if self.linked(link).is_some() {
            self.contain(link.server, now, |slot| slot.node.link_down(reason, detail, now.at));
            self.settle(link.server, now);
        }
    }

    /// Where input of a link is read into. `None` when nothing of it is wanted any more.
    pub fn framer(&mut self, link: LinkId) -> Option<&mut Framer> {
        self.linked(link).map(|slot| slot.node.framer())
    }

    /// So many bytes of a link were read.
    pub fn filled(&mut self, link: LinkId, count: usize, now: Now) {
        if let Some(slot) = self.linked(link) {
            slot.node.filled(count, now.at);
        }
    }

    /// Parses at most `frames_max` frames of what was read. True when more may be left.
    pub fn parse(&mut self, link: LinkId, frames_max: usize, now: Now) -> (usize, bool) {
        let mut parsed = 0;
        let account = self.open_live_account(link.server);
        let outcome =
            panic::catch_unwind(AssertUnwindSafe(|| self.parse_link(link, frames_max, &mut parsed, now)));
        let may_be_more = outcome.unwrap_or_else(|why| {
            self.fail(link.server, &*why, now);
            false
        });
        self.close_live_account(link.server, account);
        self.settle(link.server, now);
        (parsed, may_be_more)
    }

    fn parse_link(&mut self, link: LinkId, frames_max: usize, parsed: &mut usize, now: Now) -> bool {
        while *parsed < frames_max {
            let place = self.slots.get_mut(link.server.index as usize);
            let slot = place.and_then(|place| place.slot.as_mut());
            let Some(slot) = slot.filter(|slot| slot.link == Some(link)) else { return false };
            let Some(has_outputs) = slot.parse_one(&self.subscriptions, &mut self.totals, now) else {
                return false;
            };
            *parsed += 1;
            if has_outputs {
                self.settle(link.server, now);
            }
        }
        true
    }

    /// The bytes a link has to write.
    #[must_use]
    pub fn outbox(&self, link: LinkId) -> &[u8] {
        self.slot(link.server)
            .filter(|slot| slot.link == Some(link))
            .map_or(&[], |slot| slot.node.outbox().waiting())
    }

    /// So many bytes of a link's outbox have left.
    pub fn written(&mut self, link: LinkId, count: usize, now: Now) {
        if let Some(slot) = self.linked(link) {
            slot.node.written(count);
            self.settle(link.server, now);
        }
    }

    /// A link that has something to write since it was last asked for.
    pub fn pop_dirty(&mut self) -> Option<LinkId> {
        loop {
            let id = self.dirty.pop_front()?;
            let Some(slot) = self.slot_mut(id) else { continue };
            slot.is_dirty = false;
            if let Some(link) = slot.link
                && !slot.node.outbox().is_empty()
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
    pub fn on_time(&mut self, now: Now) {
        while let Some(&(at, id)) = self.timers.first()
            && at <= now.at
        {
            self.timers.pop_first();
            if let Some(slot) = self.slot_mut(id) {
                slot.timer = None;
                self.contain(id, now, |slot| slot.node.on_time(now.at));
                self.live_on_time(id, now);
                if self.slot_mut(id).is_some_and(|slot| slot.supervisor.is_due(now.at)) {
                    self.queue_connect(id);
                }
                self.settle(id, now);
            }
        }
        self.start_connects(now);
        self.start_lists(now);
    }

    /// When `on_time` has something to do.
    #[must_use]
    pub fn next_deadline(&self, now: impl FnOnce() -> Now) -> Option<Instant> {
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
    pub fn has_due(&self) -> bool {
        !self.due.is_empty()
    }

    /// Takes at most `max` things for listeners: of one server in wire order, fair among servers.
    pub fn take_due(&mut self, max: usize, into: &mut Vec<Delivery>) {
        let end = into.len().saturating_add(max);
        while into.len() < end {
            let Some(id) = self.due.pop_front() else { return };
            let place =
                self.slots.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
            let turn = match std::mem::take(&mut self.turn_left) {
                0 => DELIVERIES_A_TURN,
                left => left,
            };
            let Some(slot) = place.and_then(|place| place.slot.as_mut()) else { continue };
            let turn_ends = into.len() + turn;
            while into.len() < end.min(turn_ends) {
                if slot.queue.is_live_next() {
                    if let Some(news) = slot.take_news() {
                        into.push(Delivery { server: id, kind: DeliveryKind::Live(news) });
                    }
                    continue;
                }
                let Some(taken) = slot.queue.pop() else { break };
                into.push(Delivery { server: id, kind: slot.delivery(taken, &self.subscriptions) });
            }
            if slot.queue.is_empty() {
                slot.is_due = false;
                self.has_burst_behind |= slot.queue.shrink();
                self.free_if_done(id);
            } else if into.len() < turn_ends {
                // Cut short, it goes on in the next call: otherwise servers would starve in rhythm.
                self.turn_left = turn_ends - into.len();
                self.due.push_front(id);
            } else {
                self.due.push_back(id);
            }
        }
    }

    /// True once after a queue that held much was emptied: time to tell the allocator.
    pub fn take_burst_behind(&mut self) -> bool {
        std::mem::take(&mut self.has_burst_behind)
    }

    /// A listener returned: the lag of the server's events is so long now.
    pub fn delivered(&mut self, id: ServerId, lag: Duration) {
        if let Some(slot) = self.slot_mut(id) {
            slot.event_lag = Some(lag);
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
            .filter_map(|id| self.slot(*id).map(|slot| (*id, slot)))
            .filter(|(_, slot)| slot.node.state() == ConnectionState::Ready)
            .map(|(server, slot)| Candidate {
                server,
                serial: slot.serial,
                pending: slot.node.on_their_way(),
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

    fn slot(&self, id: ServerId) -> Option<&Slot> {
        let place = self.slots.get(id.index as usize)?;
        place.slot.as_deref().filter(|_| place.generation == id.generation)
    }

    fn slot_mut(&mut self, id: ServerId) -> Option<&mut Slot> {
        let place = self.slots.get_mut(id.index as usize)?;
        place.slot.as_deref_mut().filter(|_| place.generation == id.generation)
    }

    fn linked(&mut self, link: LinkId) -> Option<&mut Slot> {
        self.slot_mut(link.server).filter(|slot| slot.link == Some(link))
    }

    /// Does something to one server. A fault of ours that only one server meets takes no other with it.
    fn contain<R>(&mut self, id: ServerId, now: Now, run: impl FnOnce(&mut Slot) -> R) -> Option<R> {
        let slot = self.slot_mut(id)?;
        match panic::catch_unwind(AssertUnwindSafe(|| run(slot))) {
            Ok(done) => Some(done),
            Err(why) => {
                self.fail(id, &*why, now);
                None
            }
        }
    }

    /// A call into a server panicked. What it left half done is dropped with the session: unwinding keeps memory sound,
    /// and nothing of one session means anything to the next one.
    fn fail(&mut self, id: ServerId, why: &(dyn Any + Send), now: Now) {
        let text = why.downcast_ref::<&str>().map(|text| (*text).to_owned());
        let text = text.or_else(|| why.downcast_ref::<String>().cloned()).unwrap_or_default();
        let place = self.slots.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
        let Some(slot) = place.and_then(|place| place.slot.as_mut()) else { return };
        let mut sinks = Sinks {
            commands: &mut self.commands,
            records: &mut self.records,
            random: &mut self.random,
            totals: &mut self.totals,
        };
        let was_live = slot.live.take().is_some();
        slot.fail(&text, &mut sinks, now);
        if was_live {
            self.start_live_of(id, now);
            self.share_live_anew();
        }
    }

    /// One place in the queue each, however often it is opened and closed before its turn.
    fn queue_connect(&mut self, id: ServerId) {
        if let Some(slot) = self.slot_mut(id)
            && !std::mem::replace(&mut slot.is_queued, true)
        {
            self.connects.push_back(id);
        }
    }

    /// Hands out connects, one server after the other, as far as the budget goes.
    fn start_connects(&mut self, now: Now) {
        while !self.connects.is_empty() && self.budget.allows(now.at) {
            let Some(id) = self.connects.pop_front() else { return };
            let mask = self.auto_mask(id);
            let place =
                self.slots.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
            let Some(slot) = place.and_then(|place| place.slot.as_mut()) else { continue };
            slot.is_queued = false;
            if slot.queue.changes() >= UNDELIVERED_CHANGES_MAX {
                slot.supervisor.put_off(now.plus(OWED_CONNECT_DELAY));
                self.settle(id, now);
                continue;
            }
            let records = &mut self.records;
            let has_begun = panic::catch_unwind(AssertUnwindSafe(|| slot.start(mask, records, now)));
            let has_begun = has_begun.unwrap_or_else(|why| {
                self.fail(id, &*why, now);
                true
            });
            if has_begun {
                self.budget.take(now.at);
                self.totals.connects += 1;
                self.settle(id, now);
            }
        }
    }

    /// Moves a slot's outputs to where they belong and plans its next moment.
    fn settle(&mut self, id: ServerId, now: Now) {
        let place = self.slots.get_mut(id.index as usize).filter(|place| place.generation == id.generation);
        let Some(slot) = place.and_then(|place| place.slot.as_mut()) else { return };
        let sinks = Sinks {
            commands: &mut self.commands,
            records: &mut self.records,
            random: &mut self.random,
            totals: &mut self.totals,
        };
        slot.take_outputs(sinks, now);
        if slot.link.is_none() {
            slot.node.forget_input();
        }
        if !slot.queue.is_empty() && !slot.is_due {
            slot.is_due = true;
            self.due.push_back(id);
        }
        if !slot.node.outbox().is_empty() && !slot.is_dirty {
            slot.is_dirty = true;
            self.dirty.push_back(id);
        }
        let next = [slot.node.next_deadline(), slot.supervisor.next_deadline(), slot.live_deadline()]
            .into_iter()
            .flatten()
            .min();
        let is_late = match (slot.timer, next) {
            // A timer that comes a little early finds nothing to do: moving it at every byte would cost more. One that comes
            // long before would wake an owner who waits for nothing.
            (Some(timer), Some(next)) => timer > next || next > timer + TIMER_EARLY_MAX,
            // A session that ended waits for nothing.
            (timer, next) => timer.is_some() || next.is_some(),
        };
        if is_late {
            if let Some(timer) = std::mem::replace(&mut slot.timer, next) {
                self.timers.remove(&(timer, id));
            }
            self.timers.extend(next.map(|next| (next, id)));
        }
    }

    fn free_if_done(&mut self, id: ServerId) {
        let Some(slot) = self.slot_mut(id) else { return };
        if slot.is_removed && slot.queue.is_empty() {
            if let Some(timer) = slot.timer.take() {
                self.timers.remove(&(timer, id));
            }
            self.slots[id.index as usize].slot = None;
            self.free.push(id.index as usize);
            self.subscriptions.remove_server(id);
        }
    }

    /// Event classes that the subscriptions to a server need, in Asterisk's spelling.
    fn auto_mask(&self, id: ServerId) -> AutoMask {
        let needs_calls = self.slot(id).is_some_and(|slot| slot.needs_calls);
        let calls = if needs_calls { Classes::CALL } else { Classes::default() };
        self.subscriptions.classes(id).and(calls).and(self.live_classes(id)).mask()
    }

    /// Tells the servers whose masks follow the listeners, where other classes are needed now.
    fn follow(&mut self, change: ClassChange, now: Now) {
        let servers = match change {
            ClassChange::None => return,
            ClassChange::Of(id) => vec![id],
            ClassChange::Everywhere => self.order.clone(),
        };
        for id in servers {
            let is_auto = |slot: &Slot| slot.node.settings().event_mask == EventMask::Auto;
            if self.slot(id).is_some_and(is_auto) {
                self.set_auto_mask(id, now);
            }
        }
    }

    fn set_auto_mask(&mut self, id: ServerId, now: Now) {
        let mask = self.auto_mask(id);
        self.contain(id, now, |slot| slot.node.set_auto_mask(mask));
        self.settle(id, now);
    }

    /// An asynchronous `Originate` ends with an event of class `call`: a mask that follows the listeners
    /// has to have it from the first one on.
    fn want_calls_for(&mut self, id: ServerId, action: &Action, now: Now) {
        let Some(slot) = self.slot_mut(id) else { return };
        let is_auto = slot.node.settings().event_mask == EventMask::Auto;
        if is_auto && !slot.needs_calls && action.name().eq_ignore_ascii_case("Originate") {
            slot.needs_calls = true;
            self.set_auto_mask(id, now);
        }
    }
}

impl Slot {
    fn delivery(&mut self, taken: Taken, subscriptions: &Subscriptions) -> DeliveryKind {
        match taken {
            Taken::Event(message, name) => {
                let listeners = self.names.listeners(self.id, name, &message, subscriptions);
                DeliveryKind::Event { message, listeners }
            }
            Taken::Tell(tell) => {
                if let Tell::Ended { slot, .. } = &tell {
                    self.node.delivered(slot);
                }
                DeliveryKind::Tell(tell)
            }
            Taken::Dropped { count, from, to } => {
                DeliveryKind::Tell(Tell::Gap { from, to, reason: None, dropped: count })
            }
        }
    }
}

#[cfg(test)]
mod tests;
