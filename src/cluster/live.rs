//! The live models of a cluster: a turn for each list, and a share of memory for each server.

use std::collections::VecDeque;
use std::time::Instant;

use super::budget::StartBudget;
use super::cluster::Cluster;
use super::event_classes::Classes;
use super::live_share::LiveCluster;
use super::server_entry::ServerEntry;
use super::subscription::ClassChange;
use crate::config_error::ConfigError;
use crate::limits::LiveLimits;
use crate::live::{CLASSES, Live, Moment, News};
use crate::settings::{EventMask, ServerSettings};
use crate::vocabulary::{ConnectionState, ServerId, Timestamp};
use crate::wire::{Action, Kind};

impl From<Timestamp> for Moment {
    fn from(now: Timestamp) -> Self {
        Self { now: now.at, unix: now.unix }
    }
}

impl Cluster {
    /// Starts a live model for every server. Live models cannot be stopped again; another call does nothing.
    ///
    /// # Errors
    ///
    /// A bound is out of range, or the event mask of a server excludes the events that the model needs.
    pub fn start_live(&mut self, limits: LiveLimits, now: Timestamp) -> Result<(), ConfigError> {
        let limits = limits.checked()?;
        if self.live.is_some() {
            return Ok(());
        }
        for entry in self.servers.order().iter().filter_map(|id| self.servers.get(*id)) {
            check_mask(entry.node.settings())?;
        }
        self.live = Some(LiveCluster {
            budget: StartBudget::new(usize::MAX, limits.second_lists_max),
            limits,
            turns: VecDeque::new(),
            pooled: 0,
            is_told: false,
            next_told: 0,
        });
        for id in self.servers.order().to_vec() {
            self.start_live_of(id, now);
        }
        self.follow(ClassChange::Everywhere, now);
        Ok(())
    }

    /// True if the cluster keeps live models.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// The live model of a server, if the cluster keeps one.
    #[must_use]
    pub fn live_of(&self, id: ServerId) -> Option<&Live> {
        self.servers.get(id)?.live.as_deref()
    }

    /// Starts or stops keeping news of calls, for every model. Stopping drops the news that wait.
    pub fn tell_live(&mut self, is_told: bool) {
        let Some(live) = &mut self.live else { return };
        live.is_told = is_told;
        for entry in self.servers.iter_mut() {
            if let Some(live) = &mut entry.live {
                live.tell(is_told);
            }
        }
    }

    /// Appends news of calls to `into` until it holds `max`. The news of one server keep their order.
    pub fn take_live_news(&mut self, max: usize, into: &mut Vec<(ServerId, News)>) {
        let Some(live) = &mut self.live else { return };
        for _ in 0..self.servers.order().len() {
            let id = self.servers.order()[live.next_told % self.servers.order().len()];
            live.next_told = (live.next_told + 1) % self.servers.order().len();
            let model = self.servers.get_mut(id).and_then(|entry| entry.live.as_mut());
            let Some(model) = model else { continue };
            while into.len() < max
                && let Some(news) = model.pop_news()
            {
                into.push((id, news));
            }
        }
    }

    /// Starts the model of a server that was added, if the cluster keeps models.
    pub(super) fn start_live_of(&mut self, id: ServerId, now: Timestamp) {
        let Some(live) = &self.live else { return };
        let (limits, is_told, seed) = (live.limits.clone(), live.is_told, self.random.u64(..));
        let Some(entry) = self.servers.get_mut(id) else { return };
        let mut model = Live::new(&limits, seed);
        model.tell(is_told);
        entry.live = Some(Box::new(model));
        if entry.node.state() == ConnectionState::Ready {
            entry.live_ready(now);
        }
        self.apply_outputs(id, now);
    }

    /// Checks that a model of a new server could work, if the cluster keeps models.
    pub(super) fn check_live(&self, settings: &ServerSettings) -> Result<(), ConfigError> {
        if self.live.is_some() { check_mask(settings) } else { Ok(()) }
    }

    /// Sets the memory bound of a server's model before its frames are read. Returns the bytes that the model
    /// uses now; `None` if it has no model.
    pub(super) fn open_live_account(&mut self, id: ServerId) -> Option<usize> {
        let servers = self.servers.order().len();
        let live = self.live.as_ref()?;
        let model = self.servers.get_mut(id)?.live.as_mut()?;
        let own = model.bytes();
        model.set_bytes_max(live.bytes_max(own, servers));
        Some(own)
    }

    /// Adds to the common account the memory that a server's model has taken or freed since
    /// `open_live_account`.
    pub(super) fn close_live_account(&mut self, id: ServerId, before: Option<usize>) {
        let Some(before) = before else { return };
        let servers = self.servers.order().len();
        let after = self.live_of(id).map_or(0, Live::bytes);
        let Some(live) = &mut self.live else { return };
        let share = live.share(servers);
        let (before, after) = (before.saturating_sub(share), after.saturating_sub(share));
        live.pooled = (live.pooled + after).saturating_sub(before);
    }

    /// Computes the use of the common half again, because the share changes when a server is added or removed.
    pub(super) fn share_live_anew(&mut self) {
        let servers = self.servers.order().len();
        let Some(share) = self.live.as_ref().map(|live| live.share(servers)) else { return };
        let beyond = |id: &ServerId| self.live_of(*id).map_or(0, Live::bytes).saturating_sub(share);
        let pooled = self.servers.order().iter().map(beyond).sum();
        if let Some(live) = &mut self.live {
            live.pooled = pooled;
        }
    }

    /// Runs the timers of a server's model, and queues the server if its model needs a list.
    pub(super) fn live_on_time(&mut self, id: ServerId, now: Timestamp) {
        let before = self.open_live_account(id);
        if before.is_none() {
            return;
        }
        self.contain(id, now, |entry| entry.live_on_time(now));
        self.close_live_account(id, before);
        self.queue_list(id, now.at);
    }

    /// Queues a server for a list, at most once.
    fn queue_list(&mut self, id: ServerId, now: Instant) {
        let wants = self.live_of(id).is_some_and(|model| model.wants_turn(now));
        if wants
            && let Some(live) = &mut self.live
            && !live.turns.contains(&id)
        {
            live.turns.push_back(id);
        }
    }

    /// Sends the requests for lists, one server after the other, as far as the budget allows.
    pub(super) fn start_lists(&mut self, now: Timestamp) {
        while let Some(live) = &mut self.live
            && !live.turns.is_empty()
            && live.budget.allows(now.at)
        {
            let Some(id) = live.turns.pop_front() else { return };
            if let Some(entry) = self.servers.get_mut(id)
                && entry.send_list(now)
            {
                if let Some(live) = &mut self.live {
                    live.budget.take(now.at);
                }
                self.apply_outputs(id, now);
            }
        }
    }

    /// True if a server waits for its turn to be asked for a list.
    pub(super) fn has_list_turns(&self) -> bool {
        self.live.as_ref().is_some_and(|live| !live.turns.is_empty())
    }

    /// When `start_lists` can send the next request.
    pub(super) fn next_list(&self, now: Instant) -> Option<Instant> {
        let live = self.live.as_ref().filter(|live| !live.turns.is_empty())?;
        Some(live.budget.next_allowed(now))
    }

    /// The event classes that the models need from an event mask that follows the listeners.
    pub(super) fn live_classes(&self) -> Classes {
        if self.live.is_some() { Classes::LIVE } else { Classes::default() }
    }
}

impl ServerEntry {
    /// Notes that the server's session is Ready.
    pub(super) fn live_ready(&mut self, now: Timestamp) {
        let is_legacy = !self.node.version().has_snapshots();
        if let Some(live) = &mut self.live {
            live.on_ready(is_legacy, now.into());
        }
    }

    /// Notes that the server's session is over.
    pub(super) fn live_lost(&mut self) {
        if let Some(live) = &mut self.live {
            live.on_lost();
        }
    }

    /// When the model has something to do.
    pub(super) fn live_deadline(&self) -> Option<Instant> {
        self.live.as_ref().and_then(|live| live.next_deadline())
    }

    fn live_on_time(&mut self, now: Timestamp) {
        if let Some(live) = &mut self.live
            && live.on_time(now.into())
        {
            self.node.end_stream(false);
        }
    }

    /// Sends the request for the next list. False if no list is needed.
    fn send_list(&mut self, now: Timestamp) -> bool {
        let Some(live) = &mut self.live else { return false };
        let Some(name) = live.begin_list(now.at) else { return false };
        let action = Action::new(name, []).ok();
        let is_sent = action.is_some_and(|action| self.node.send_streamed(&action, now.at));
        if !is_sent {
            live.on_unsent(now.at);
        }
        true
    }

    /// Passes a part of a list to the model. True while more parts are expected.
    pub(super) fn on_listed(live: &mut Option<Box<Live>>, kind: Kind, frame: &[u8], now: Timestamp) -> bool {
        let Some(live) = live else { return false };
        live.on_listed(kind, frame, now.into());
        live.is_listing()
    }
}

fn check_mask(settings: &ServerSettings) -> Result<(), ConfigError> {
    let has_calls = match &settings.event_mask {
        EventMask::All | EventMask::Auto => true,
        EventMask::Off => false,
        EventMask::Classes(classes) => {
            classes.split(',').any(|class| matches!(class.trim(), CLASSES | "all"))
        }
    };
    if has_calls {
        return Ok(());
    }
    let shown = match &settings.event_mask {
        EventMask::Classes(classes) => format!("\"{classes}\""),
        EventMask::All | EventMask::Auto | EventMask::Off => "off".to_owned(),
    };
    let allowed =
        format!("auto, on, or classes with \"{CLASSES}\": the live model of {} needs it", settings.key);
    Err(ConfigError::new("event_mask", shown, allowed))
}
