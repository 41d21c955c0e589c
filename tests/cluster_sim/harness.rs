//! A client with fake servers in virtual time. After each step the invariants are checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::client::{Client, StepReport};
use apn_ami::cluster::{EventFilter, Health, ServerId, ServerMetrics, SubscriptionId};
use apn_ami::error::{ActionError, Answer};
use apn_ami::glob::Glob;
use apn_ami::limits::{ClusterLimits, Limits, UNDELIVERED_CHANGES_MAX};
use apn_ami::node::{CompletionPolicy, ConnectionState, OutcomeCell, Ticket};
use apn_ami::record::{Level, Record};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EventMask, ServerSettings};
use apn_ami::wire::{Action, InstanceId, Parameter};
use apn_sim::asterisk::{Asterisk, Classes, Options, SessionId};
use apn_sim::link::LinkOptions;
use apn_sim::world::{SiteId, World};

use crate::tap::{PORT, Tap, host_of};
use crate::watch::Watch;

/// The configuration of a harness.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) seed: u64,
    pub(crate) servers: usize,
    pub(crate) limits: Limits,
    pub(crate) cluster: ClusterLimits,
    pub(crate) fake: Options,
    pub(crate) links: LinkOptions,
    pub(crate) mask: EventMask,
    pub(crate) auth: AuthMethod,
    /// The account's user with which the client logs in.
    pub(crate) username: String,
    pub(crate) secret: String,
    pub(crate) log: Option<Level>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            seed: 1,
            servers: 1,
            limits: Limits::default(),
            cluster: ClusterLimits::default(),
            fake: Options::default(),
            links: LinkOptions::default(),
            mask: EventMask::All,
            auth: AuthMethod::Auto,
            username: "admin".to_owned(),
            secret: "s3cret".to_owned(),
            log: Some(Level::Debug),
        }
    }
}

/// The client, its network and its output so far.
pub(crate) struct Harness {
    pub(crate) client: Client<Tap>,
    pub(crate) setup: Setup,
    /// Servers in the order in which they were added. Removed ones stay in the list.
    pub(crate) ids: Vec<ServerId>,
    /// The key of each server. A server that was removed and added again has its key twice.
    keys: Vec<String>,
    /// Number of events that each server had dropped at its last check.
    dropped: BTreeMap<ServerId, u64>,
    /// The watch of each server, removed ones included.
    watches: BTreeMap<ServerId, Watch>,
    pub(crate) records: Vec<Record>,
    /// Maximum number of deliveries taken after each step.
    pub(crate) take_max: usize,
    pub(crate) steps: u64,
    idle_steps: u32,
}

/// The longest time that a test waits for something.
pub(crate) const LONG: Duration = Duration::from_secs(3_600);

/// The largest size of an event in a queue: its frame and its index.
const EVENT_BYTES_MAX: usize = 128 * 1_024;

/// Maximum number of changes of one session, with the gap after it. A session that has begun may add them
/// above the bound.
const CHANGES_A_SESSION: usize = 10;

/// Number of servers checked after each step.
const LOOKED_AT: usize = 25;

/// Maximum number of steps in a row without time passing. More steps mean an endless loop.
const IDLE_STEPS_MAX: u32 = 200_000;

impl Harness {
    pub(crate) fn new(setup: Setup) -> Self {
        let world = World::new(Instant::now(), setup.seed);
        let tap = Tap::new(world, &setup.cluster);
        let instance = InstanceId::from_random([7; 13]);
        let client = Client::seeded(tap, setup.cluster.clone(), setup.log, instance, setup.seed)
            .expect("limits within their ranges");
        let take_max = setup.cluster.tick_events_max;
        let mut harness = Self {
            client,
            ids: Vec::new(),
            keys: Vec::new(),
            dropped: BTreeMap::new(),
            watches: BTreeMap::new(),
            records: Vec::new(),
            take_max,
            steps: 0,
            idle_steps: 0,
            setup,
        };
        for _ in 0..harness.setup.servers {
            harness.add_server();
        }
        harness
    }

    /// A harness whose servers are all logged in.
    pub(crate) fn ready(setup: Setup) -> Self {
        let mut harness = Self::new(setup);
        harness.open_all();
        harness
    }

    /// Opens every server and waits until all are Ready.
    pub(crate) fn open_all(&mut self) {
        for at in 0..self.ids.len() {
            self.open(at);
        }
        self.until("every server is Ready", LONG, Self::all_ready);
    }

    /// Adds a server to the world and to the client, with the settings of the setup.
    pub(crate) fn add_server(&mut self) -> usize {
        let number = self.keys.iter().collect::<BTreeSet<_>>().len();
        let key = format!("n{number}");
        let options = Options { seed: self.setup.seed ^ number as u64, ..self.setup.fake.clone() };
        let links = self.setup.links;
        let world = self.world();
        let site = world.add_server(&host_of(&key), PORT, options);
        world.set_links(site, links);
        self.add_client_of(&key)
    }

    /// Adds a server of the world to the client again, under its old key.
    pub(crate) fn add_again(&mut self, at: usize) -> usize {
        self.add_client_of(&self.keys[at].clone())
    }

    fn add_client_of(&mut self, key: &str) -> usize {
        let settings = self.settings(key);
        let id = self.client.add_server(settings).expect("a new key");
        self.ids.push(id);
        self.keys.push(key.to_owned());
        self.watches.insert(id, Watch::new(key));
        self.ids.len() - 1
    }

    fn settings(&self, key: &str) -> ServerSettings {
        let (user, secret) = (&self.setup.username, Secret::new(self.setup.secret.as_bytes()));
        let settings = ServerSettings::new(key, &host_of(key), PORT, user, secret).expect("fine settings");
        ServerSettings {
            limits: self.setup.limits.clone(),
            event_mask: self.setup.mask.clone(),
            auth: self.setup.auth,
            ..settings
        }
    }

    pub(crate) fn world(&mut self) -> &mut World {
        &mut self.client.network().world
    }

    pub(crate) fn tap(&mut self) -> &mut Tap {
        self.client.network()
    }

    pub(crate) fn now(&mut self) -> Instant {
        self.world().at()
    }

    pub(crate) fn site(&mut self, at: usize) -> SiteId {
        let key = self.keys[at].clone();
        self.tap().site(&key)
    }

    /// The key of a server, also of a removed one.
    pub(crate) fn key(&self, at: usize) -> &str {
        &self.keys[at]
    }

    /// The fake server.
    pub(crate) fn fake(&mut self, at: usize) -> &mut Asterisk {
        let site = self.site(at);
        self.world().server_mut(site)
    }

    /// The fake server's session of the client.
    pub(crate) fn session(&mut self, at: usize) -> SessionId {
        self.fake(at).sessions().last().expect("an open session")
    }

    pub(crate) fn emit(&mut self, at: usize, event: &str, class: &str, headers: &[(&str, &str)]) {
        let now = self.now();
        self.fake(at).emit(event, Classes::named(class), headers.iter().copied(), now);
    }

    /// Writes bytes into the client's session unchanged.
    pub(crate) fn inject(&mut self, at: usize, bytes: &[u8]) {
        let (now, session) = (self.now(), self.session(at));
        self.fake(at).inject(session, bytes, now);
    }

    pub(crate) fn open(&mut self, at: usize) {
        self.client.open(self.ids[at]);
    }

    pub(crate) fn close(&mut self, at: usize, grace: Duration) {
        self.client.close(self.ids[at], grace);
    }

    pub(crate) fn send_with(
        &mut self,
        at: usize,
        action: &Action,
        completion: &CompletionPolicy,
    ) -> Result<Ticket, ActionError> {
        let id = self.ids[at];
        let session = self.metrics(at).session;
        let sent = self.client.send(id, action, completion);
        if let Ok(ticket) = &sent {
            self.watch_mut(at).on_sent(ticket.id.sequence(), session);
        }
        sent
    }

    /// Sends an action that must be accepted.
    pub(crate) fn send(&mut self, at: usize, name: &str, headers: &[(&str, &str)]) -> Ticket {
        let sent = self.send_with(at, &action(name, headers), &CompletionPolicy::default());
        sent.expect("a Ready server with room")
    }

    /// Sends an action and waits for its outcome.
    pub(crate) fn ask_with(
        &mut self,
        at: usize,
        action: &Action,
        completion: &CompletionPolicy,
    ) -> Result<Answer, ActionError> {
        let ticket = self.send_with(at, action, completion)?;
        self.outcome(&ticket)
    }

    pub(crate) fn ask(
        &mut self,
        at: usize,
        name: &str,
        headers: &[(&str, &str)],
    ) -> Result<Answer, ActionError> {
        self.ask_with(at, &action(name, headers), &CompletionPolicy::default())
    }

    /// Runs until the action has ended.
    pub(crate) fn outcome(&mut self, ticket: &Ticket) -> Result<Answer, ActionError> {
        let cell = Arc::clone(&ticket.cell);
        self.until("the action ended", 2 * 24 * LONG, |_| cell.outcome().is_some());
        ended(&ticket.cell)
    }

    pub(crate) fn subscribe(&mut self, names: &[&str]) -> SubscriptionId {
        self.client.subscribe(names_filter(names))
    }

    pub(crate) fn state(&self, at: usize) -> ConnectionState {
        self.client.cluster().state(self.ids[at])
    }

    pub(crate) fn is_ready(&self, at: usize) -> bool {
        self.state(at) == ConnectionState::Ready
    }

    pub(crate) fn all_ready(&mut self) -> bool {
        (0..self.ids.len()).all(|at| self.is_ready(at))
    }

    pub(crate) fn health(&self, at: usize) -> Health {
        self.client.cluster().health(self.ids[at]).expect("a server that was not removed")
    }

    pub(crate) fn metrics(&self, at: usize) -> ServerMetrics {
        self.client.cluster().metrics(self.ids[at]).expect("a server that was not removed")
    }

    pub(crate) fn watch(&self, at: usize) -> &Watch {
        &self.watches[&self.ids[at]]
    }

    pub(crate) fn watch_mut(&mut self, at: usize) -> &mut Watch {
        self.watches.get_mut(&self.ids[at]).expect("a server of the harness")
    }

    /// Runs one step and takes the deliveries.
    pub(crate) fn step(&mut self, longest: Duration) -> StepReport {
        let before = self.now();
        // A caller that takes nothing must not stop time.
        let report = match self.take_max {
            0 => self.client.step_while_due(longest),
            _ => self.client.step(longest),
        };
        let report = report.expect("a world can always wait");
        self.steps += 1;
        self.idle_steps = if self.now() == before { self.idle_steps + 1 } else { 0 };
        assert!(self.idle_steps < IDLE_STEPS_MAX, "steps without end while no time passes");
        self.check_bounds();
        self.take();
        report
    }

    /// Takes the deliveries that are due, and the log records.
    pub(crate) fn take(&mut self) {
        let mut due = Vec::new();
        self.client.drain_deliveries(self.take_max, &mut due);
        for delivery in due {
            let watch = self.watches.get_mut(&delivery.server).expect("a server of the harness");
            watch.on_delivery(delivery.kind);
        }
        while let Some(record) = self.client.pop_record() {
            assert_ne!(record.what.name(), "internal_error", "a panic was contained: {record:?}");
            self.records.push(record);
        }
    }

    /// Checks that no value is above its bound, and that reading the values changes nothing. With many
    /// servers, each step checks some of them.
    fn check_bounds(&mut self) {
        let timer = self.client.next_timer();
        let from = usize::try_from(self.steps).unwrap_or_default() * LOOKED_AT;
        for at in 0..self.ids.len().min(LOOKED_AT) {
            let id = self.ids[(from + at) % self.ids.len()];
            let Some(metrics) = self.client.cluster().metrics(id) else { continue };
            let (health, limits) = (&metrics.health, &self.setup.limits);
            let key = &health.key;
            let bounded = [
                ("queue_depth", health.queue_depth, limits.event_queue_max),
                ("queue_bytes", health.queue_bytes, limits.event_queue_bytes_max),
                ("pending", health.pending_actions, limits.pending_actions_max),
                ("outbox", metrics.outbox_bytes, limits.outbox_bytes_max),
                ("answers", metrics.answer_bytes, 2 * limits.action_bytes_max),
                ("changes", metrics.changes_waiting, UNDELIVERED_CHANGES_MAX + CHANGES_A_SESSION),
            ];
            for (name, value, limit) in bounded {
                assert!(value <= limit, "{key}: {name} is {value}, at most {limit}");
            }
            assert_eq!(self.client.cluster().metrics(id).as_ref(), Some(&metrics), "asking changes nothing");
            // Nothing was taken since the events of this step were dropped, so the queue must be full. Events
            // that were too long are dropped without a full queue.
            let dropped = health.events_dropped.saturating_sub(metrics.node.frames_too_long);
            if dropped > self.dropped.insert(id, dropped).unwrap_or_default() {
                let is_full = health.queue_depth == limits.event_queue_max
                    || health.queue_bytes + EVENT_BYTES_MAX > limits.event_queue_bytes_max;
                assert!(is_full, "{key}: {} dropped with room left", health.events_dropped);
            }
        }
        assert_eq!(self.client.next_timer(), timer, "asking changes nothing");
    }

    /// Runs for this much time.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now() + time;
        while self.now() < end {
            let left = end - self.now();
            self.step(left);
        }
    }

    /// Runs until `done` returns true, and returns the time that it took. Fails after `bound`.
    pub(crate) fn until(
        &mut self,
        what: &str,
        bound: Duration,
        mut done: impl FnMut(&mut Self) -> bool,
    ) -> Duration {
        let start = self.now();
        while !done(self) {
            let passed = self.now() - start;
            if passed >= bound {
                let states: Vec<_> = (0..self.ids.len().min(20)).map(|at| self.state(at).as_str()).collect();
                panic!("seed {}: not within {bound:?}: {what}; {states:?}", self.setup.seed);
            }
            self.step(bound.saturating_sub(passed));
        }
        self.now() - start
    }

    /// Runs until a new session of the server is Ready.
    pub(crate) fn until_back(&mut self, at: usize, bound: Duration) -> Duration {
        let before = self.metrics(at).session;
        self.until("a new session is Ready", bound, |harness| {
            harness.is_ready(at) && harness.metrics(at).session > before
        })
    }

    /// Takes all deliveries, then checks that each wanted event was delivered or reported as dropped.
    pub(crate) fn drain(&mut self) {
        while self.client.cluster().has_deliverable() {
            self.take();
        }
        for (id, watch) in &self.watches {
            let Some(health) = self.client.cluster().health(*id) else { continue };
            assert_eq!(watch.dropped, health.events_dropped, "gaps tell what was dropped");
            watch.check_drained(health.events_received - health.events_filtered);
        }
        let endings: u64 = self.watches.values().map(|watch| watch.endings).sum();
        assert_eq!(endings, self.client.cluster().totals().endings, "every ending was delivered");
    }

    /// The log records of this name.
    pub(crate) fn records_named(&self, name: &str) -> Vec<&Record> {
        self.records.iter().filter(|record| record.what.name() == name).collect()
    }

    /// Prints a summary of the scenario in one line.
    pub(crate) fn saw(&self, what: &str) {
        saw(self.setup.seed, what);
    }
}

/// Prints a summary of a scenario in one line.
pub(crate) fn saw(seed: u64, what: &str) {
    println!("{}: seed {seed}: {what}", std::thread::current().name().unwrap_or("scenario"));
}

pub(crate) fn ended(cell: &OutcomeCell) -> Result<Answer, ActionError> {
    cell.outcome().expect("an ended action").clone()
}

pub(crate) fn action(name: &str, headers: &[(&str, &str)]) -> Action {
    let headers: Vec<_> = headers
        .iter()
        .map(|(name, value)| (name.as_bytes(), Parameter::One(value.as_bytes().to_vec())))
        .collect();
    Action::new(name, headers.iter().map(|(name, value)| (*name, value))).expect("a fine action")
}

pub(crate) fn names_filter(names: &[&str]) -> EventFilter {
    EventFilter { names: names.iter().map(Glob::any_case).collect(), ..EventFilter::default() }
}

pub(crate) fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
