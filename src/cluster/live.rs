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
    /// Keeps a live model of every server from now on. Once begun it stays.
    ///
    /// # Errors
    ///
    /// When a bound is out of range, or a server's own event mask keeps away what the model needs.
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

    /// True where models are kept.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// The model of a server.
    #[must_use]
    pub fn live_of(&self, id: ServerId) -> Option<&Live> {
        self.servers.get(id)?.live.as_deref()
    }

    /// News of calls are kept from now on, or no longer.
    pub fn tell_live(&mut self, is_told: bool) {
        let Some(live) = &mut self.live else { return };
        live.is_told = is_told;
        for entry in self.servers.iter_mut() {
            if let Some(live) = &mut entry.live {
                live.tell(is_told);
            }
        }
    }

    /// Takes at most `max` news of calls; of one server in their order, servers in turns.
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

    /// A server that was added gets its model where the others have one.
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

    /// A server that is added can be modelled, where the others are.
    pub(super) fn check_live(&self, settings: &ServerSettings) -> Result<(), ConfigError> {
        if self.live.is_some() { check_mask(settings) } else { Ok(()) }
    }

    /// A server gets what it may take before its frames are read. What it takes now.
    pub(super) fn open_live_account(&mut self, id: ServerId) -> Option<usize> {
        let servers = self.servers.order().len();
        let live = self.live.as_ref()?;
        let model = self.servers.get_mut(id)?.live.as_mut()?;
        let own = model.bytes();
        model.set_bytes_max(live.bytes_max(own, servers));
        Some(own)
    }

    /// Notes what a server took in the meantime.
    pub(super) fn close_live_account(&mut self, id: ServerId, before: Option<usize>) {
        let Some(before) = before else { return };
        let servers = self.servers.order().len();
        let after = self.live_of(id).map_or(0, Live::bytes);
        let Some(live) = &mut self.live else { return };
        let share = live.share(servers);
        let (before, after) = (before.saturating_sub(share), after.saturating_sub(share));
        live.pooled = (live.pooled + after).saturating_sub(before);
    }

    /// A share is another one with each server that comes or goes.
    pub(super) fn share_live_anew(&mut self) {
        let servers = self.servers.order().len();
        let Some(share) = self.live.as_ref().map(|live| live.share(servers)) else { return };
        let beyond = |id: &ServerId| self.live_of(*id).map_or(0, Live::bytes).saturating_sub(share);
        let pooled = self.servers.order().iter().map(beyond).sum();
        if let Some(live) = &mut self.live {
            live.pooled = pooled;
        }
    }

    /// Does what is due for the model of a server, and notes whether it wants a list.
    pub(super) fn live_on_time(&mut self, id: ServerId, now: Timestamp) {
        let before = self.open_live_account(id);
        if before.is_none() {
            return;
        }
        self.contain(id, now, |entry| entry.live_on_time(now));
        self.close_live_account(id, before);
        self.queue_list(id, now.at);
    }

    /// One place in the queue each.
    fn queue_list(&mut self, id: ServerId, now: Instant) {
        let wants = self.live_of(id).is_some_and(|model| model.wants_turn(now));
        if wants
            && let Some(live) = &mut self.live
            && !live.turns.contains(&id)
        {
            live.turns.push_back(id);
        }
    }

    /// Hands out turns, one server after the other, as far as the budget goes.
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

    /// A server waits to be asked for a list.
    pub(super) fn has_list_turns(&self) -> bool {
        self.live.as_ref().is_some_and(|live| !live.turns.is_empty())
    }

    /// When `start_lists` has something to do.
    pub(super) fn next_list(&self, now: Instant) -> Option<Instant> {
        let live = self.live.as_ref().filter(|live| !live.turns.is_empty())?;
        Some(live.budget.next_allowed(now))
    }

    /// Classes that a mask which follows the listeners needs for the models.
    pub(super) fn live_classes(&self) -> Classes {
        if self.live.is_some() { Classes::LIVE } else { Classes::default() }
    }
}

impl ServerEntry {
    /// Its session is Ready.
    pub(super) fn live_ready(&mut self, now: Timestamp) {
        let is_legacy = !self.node.version().has_snapshots();
        if let Some(live) = &mut self.live {
            live.on_ready(is_legacy, now.into());
        }
    }

    /// Its session is over.
    pub(super) fn live_lost(&mut self) {
        if let Some(live) = &mut self.live {
            live.on_lost();
        }
    }

    /// When its model has something to do.
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

    /// Asks for the list that is due. False where none is.
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

    /// A part of a list.
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
