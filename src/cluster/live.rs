//! The live models of a cluster: a turn for each list, and a share of memory for each server.

use std::sync::Arc;
use std::time::Instant;

use super::budget::StartBudget;
use super::cluster::Cluster;
use super::delivery_queue::DeliveryQueue;
use super::event_classes::Classes;
use super::exchange::LiveNews;
use super::live_share::{LiveChanges, LiveCluster};
use super::server_entry::ServerEntry;
use super::server_queue::ServerQueue;
use super::subscription::ClassChange;
use crate::config_error::ConfigError;
use crate::limits::LiveLimits;
use crate::live::{
    CLASSES, CallKey, CallRef, ChannelKey, ChannelRef, ExpectedCall, Live, Moment, News, QUEUE_CLASSES,
    QueueKey, QueueRef, State,
};
use crate::record::{RecordKind, Records};
use crate::server_key::ServerKey;
use crate::settings::{EventMask, ServerSettings};
use crate::vocabulary::{ConnectionState, ServerId, Timestamp};
use crate::wire::{Action, Kind, Parameter};

impl From<Timestamp> for Moment {
    fn from(now: Timestamp) -> Self {
        Self { now: now.at, unix: now.unix }
    }
}

impl Cluster {
    /// Keeps a live model of these servers from now on, or of every one. Once begun it stays.
    ///
    /// # Errors
    ///
    /// When a bound is out of range, or a server's own event mask keeps away what the model needs.
    pub fn start_live(
        &mut self,
        limits: LiveLimits,
        servers: Option<Vec<ServerKey>>,
        now: Timestamp,
    ) -> Result<(), ConfigError> {
        let limits = limits.checked()?;
        if self.live.is_some() {
            return Ok(());
        }
        let live = LiveCluster {
            servers,
            budget: StartBudget::new(usize::MAX, limits.second_lists_max),
            limits,
            turns: ServerQueue::default(),
            pooled: 0,
            is_told: false,
            keeps_changes: false,
            version: 0,
            forgotten: 0,
        };
        for entry in self.servers.order().iter().filter_map(|id| self.servers.get(*id)) {
            if live.wants(&entry.node.settings().key) {
                check_mask(entry.node.settings(), &live.limits)?;
            }
        }
        self.live = Some(live);
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

    /// News of the models are kept and delivered from now on, or no longer.
    pub fn notify_live(&mut self, is_told: bool) {
        let Some(live) = &mut self.live else { return };
        if std::mem::replace(&mut live.is_told, is_told) == is_told {
            return;
        }
        for entry in self.servers.iter_mut() {
            if let Some(live) = &mut entry.live {
                live.notify(is_told);
            }
        }
    }

    /// Calls and queues that changed since a version, at most so many: first those that changed first. Changes are kept
    /// from the first such question on, which everybody who has no version yet asks.
    pub fn live_changes(&mut self, since: u64, max: usize) -> LiveChanges {
        let Some(live) = &mut self.live else {
            return LiveChanges { is_reset: true, ..LiveChanges::default() };
        };
        let was_kept = std::mem::replace(&mut live.keeps_changes, true);
        let (mut version, forgotten) = (live.version, live.forgotten);
        let servers: Vec<_> =
            self.servers.order().iter().copied().filter(|id| self.live_of(*id).is_some()).collect();
        for id in &servers {
            let Some(model) = self.live_mut(*id) else { continue };
            if was_kept {
                model.set_version(version);
                model.give_queue_versions();
                version = model.version();
            } else {
                model.keep_changes(version);
            }
        }
        if let Some(live) = &mut self.live {
            live.version = version;
        }
        let is_forgotten =
            |id: &ServerId| self.live_of(*id).is_some_and(|live| since < live.forgotten_version());
        if !was_kept || since < forgotten || since > version || servers.iter().any(is_forgotten) {
            return LiveChanges { version, is_reset: true, ..LiveChanges::default() };
        }
        let mut found = Vec::new();
        for (id, model) in servers.iter().filter_map(|id| Some((*id, self.live_of(*id)?))) {
            let calls = model.changed_since(since).take(max + 1);
            found.extend(calls.map(|(at, key)| (at, id, Changed::Goes(key))));
            let ended = model.ended_since(since).take(max + 1);
            found.extend(
                ended.map(|(at, call)| (*at, id, Changed::Ended(CallRef::to_ended(Arc::clone(call))))),
            );
            let queues = model.queues_changed_since(since);
            found.extend(queues.map(|(at, key)| (at, id, Changed::Queue(key))));
            let removed = model.queues_removed_since(since);
            found.extend(
                removed
                    .map(|(at, queue)| (at, id, Changed::QueueGone(QueueRef::to_ended(Arc::clone(queue))))),
            );
        }
        found.sort_by_key(|(at, ..)| *at);
        let has_more = found.len() > max;
        found.truncate(max);
        let version = if has_more { found.last().map_or(since, |(at, ..)| *at) } else { version };
        let mut changes = LiveChanges { version, has_more, ..LiveChanges::default() };
        for (_, id, changed) in found {
            match changed {
                Changed::Goes(key) => {
                    changes.calls.extend(self.refer_to_call(id, key).map(|call| (id, call)));
                }
                Changed::Ended(call) => changes.calls.push((id, call)),
                Changed::Queue(key) => {
                    changes.queues.extend(self.refer_to_queue(id, key).map(|queue| (id, queue)));
                }
                Changed::QueueGone(queue) => changes.queues.push((id, queue)),
            }
        }
        changes
    }

    /// Refers to a call that goes on.
    pub fn refer_to_call(&mut self, id: ServerId, key: CallKey) -> Option<CallRef> {
        self.live_mut(id)?.refer_to_call(key)
    }

    /// Refers to a channel that is there.
    pub fn refer_to_channel(&mut self, id: ServerId, key: ChannelKey) -> Option<ChannelRef> {
        self.live_mut(id)?.refer_to_channel(key)
    }

    /// Refers to a queue that is there.
    pub fn refer_to_queue(&mut self, id: ServerId, key: QueueKey) -> Option<QueueRef> {
        self.live_mut(id)?.refer_to_queue(key)
    }

    /// Waits for the call of a channel that will have this id.
    pub fn expect_call(&mut self, id: ServerId, unique_id: &[u8]) -> Option<ExpectedCall> {
        Some(self.live_mut(id)?.expect_call(unique_id))
    }

    /// Reads the lists of a server anew, as soon as its turn comes.
    pub fn resync_live(&mut self, id: ServerId, now: Timestamp) {
        if let Some(entry) = self.servers.get_mut(id) {
            ServerEntry::seal_news(&mut entry.live, &entry.queue, false);
            if let Some(live) = &mut entry.live {
                live.resync(now.at);
            }
            entry.queue_news();
        }
        self.queue_list(id, now.at);
        self.start_lists(now);
        self.apply_outputs(id, now);
    }

    fn live_mut(&mut self, id: ServerId) -> Option<&mut Live> {
        self.servers.get_mut(id)?.live.as_deref_mut()
    }

    /// A server is removed: what goes on there is over, its end unknown.
    pub(super) fn abandon_live_of(&mut self, id: ServerId, now: Timestamp) {
        let account = self.open_live_account(id);
        if let Some(entry) = self.servers.get_mut(id) {
            ServerEntry::seal_news(&mut entry.live, &entry.queue, false);
            if let Some(live) = &mut entry.live {
                live.abandon(now.into());
            }
            entry.queue_news();
        }
        self.close_live_account(id, account);
        if let Some(live) = &mut self.live {
            live.version += 1;
            live.forgotten = live.version;
        }
    }

    /// Starts the model of a server that was added, if the cluster keeps models.
    pub(super) fn start_live_of(&mut self, id: ServerId, now: Timestamp) {
        let Some(live) = &self.live else { return };
        if !self.servers.get(id).is_some_and(|entry| live.wants(&entry.node.settings().key)) {
            return;
        }
        let (limits, is_told, version) = (live.limits.clone(), live.is_told, live.version);
        let (keeps_changes, seed) = (live.keeps_changes, self.outputs.random.u64(..));
        let Some(entry) = self.servers.get_mut(id) else { return };
        let mut model = Live::new(&limits, seed);
        model.notify(is_told);
        if keeps_changes {
            // The calls that a model had before are told no more: who follows them reads anew.
            model.keep_changes(version);
        }
        entry.live = Some(Box::new(model));
        if entry.node.state() == ConnectionState::Ready {
            entry.live_ready(now);
        }
        self.apply_outputs(id, now);
    }

    /// Checks that a model of a new server could work, if the cluster keeps models.
    pub(super) fn check_live(&self, settings: &ServerSettings) -> Result<(), ConfigError> {
        match self.live.as_ref().filter(|live| live.wants(&settings.key)) {
            Some(live) => check_mask(settings, &live.limits),
            None => Ok(()),
        }
    }

    /// Sets the memory bound of a server's model before its frames are read. Returns the bytes that the model
    /// uses now; `None` if it has no model.
    pub(super) fn open_live_account(&mut self, id: ServerId) -> Option<usize> {
        let servers = self.servers.order().len();
        let live = self.live.as_ref()?;
        let model = self.servers.get_mut(id)?.live.as_mut()?;
        let own = model.bytes();
        model.set_bytes_max(live.bytes_max(own, servers));
        model.set_version(live.version);
        Some(own)
    }

    /// Adds to the common account the memory that a server's model has taken or freed since
    /// `open_live_account`.
    pub(super) fn close_live_account(&mut self, id: ServerId, before: Option<usize>) {
        let Some(before) = before else { return };
        let servers = self.servers.order().len();
        let after = self.live_of(id).map_or(0, Live::bytes);
        let version = self.live_of(id).map_or(0, Live::version);
        let Some(live) = &mut self.live else { return };
        let share = live.share(servers);
        let (before, after) = (before.saturating_sub(share), after.saturating_sub(share));
        live.pooled = (live.pooled + after).saturating_sub(before);
        live.version = live.version.max(version);
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
        if wants && let Some(live) = &mut self.live {
            live.turns.push(id);
        }
    }

    /// Sends the requests for lists, one server after the other, as far as the budget allows.
    pub(super) fn start_lists(&mut self, now: Timestamp) {
        while let Some(live) = &mut self.live
            && !live.turns.is_empty()
            && live.budget.allows(now.at)
        {
            let Some(id) = live.turns.pop() else { return };
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

    /// Classes that a mask which follows the listeners needs for a server's model.
    pub(super) fn live_classes(&self, id: ServerId) -> Classes {
        match self.live_of(id).map(Live::queue_state) {
            None => Classes::default(),
            Some(None) => Classes::LIVE,
            Some(Some(_)) => Classes::LIVE.and(Classes::AGENT),
        }
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

    fn live_on_time(&mut self, now: Timestamp) {
        Self::seal_news(&mut self.live, &self.queue, false);
        if let Some(live) = &mut self.live
            && live.on_time(now.into())
        {
            self.node.end_stream(false);
        }
        self.queue_news();
    }

    /// News that a model is about to have are told after what stands behind the turn of those that it has, or will stand
    /// there.
    pub(super) fn seal_news(live: &mut Option<Box<Live>>, queue: &DeliveryQueue, is_queueing: bool) {
        if queue.has_live()
            && (is_queueing || queue.is_behind_live())
            && let Some(live) = live
        {
            live.seal_news();
        }
    }

    /// News have one turn, after all that is queued when the first of them comes.
    pub(super) fn queue_news(&mut self) {
        if let Some(live) = &self.live
            && !self.queue.has_live()
            && live.has_news()
        {
            self.queue.push_live();
        }
    }

    /// The next piece of news, where it is their turn.
    pub(super) fn take_news(&mut self) -> Option<LiveNews> {
        let news = self.live.as_mut().and_then(|live| {
            Some(match live.pop_news()? {
                News::Goes(key, edges) => LiveNews::Call { call: live.refer_to_call(key)?, edges },
                News::Ended(call, edges) => LiveNews::Call { call: CallRef::to_ended(call), edges },
                News::State(state) => LiveNews::State(state),
                News::Queue(key, changes) => LiveNews::Queue { queue: live.refer_to_queue(key)?, changes },
                News::QueueGone(queue, changes) => {
                    LiveNews::Queue { queue: QueueRef::to_ended(queue), changes }
                }
                News::QueueState(state) => LiveNews::QueueState(state),
            })
        });
        if news.is_none() {
            self.queue.end_live();
            if let Some(live) = &mut self.live {
                live.unseal_news();
            }
            self.queue_news();
        }
        news
    }

    /// Says in the log what a model cannot know, once.
    pub(super) fn record_live(&mut self, records: &mut Records) {
        let Some(live) = &self.live else { return };
        let (state, key) = (live.state(), &self.node.settings().key);
        let unavailable = matches!(state, State::Partial | State::Deaf | State::Denied).then_some(state);
        // What a new session is not told yet, or told in vain, is known a moment later.
        if unavailable.is_some() && self.live_log.unavailable != unavailable {
            let missing_class = live.missing_class().unwrap_or_default();
            records.push(key, RecordKind::LiveUnavailable { state, missing_class });
        }
        if matches!(state, State::Current) || unavailable.is_some() {
            self.live_log.unavailable = unavailable;
        }
        let queues = live.queue_state();
        let lacks_queues = live.missing_queue_class();
        if let (Some(state), Some(missing_class)) = (queues, lacks_queues)
            && !self.live_log.lacks_queues
        {
            records.push(key, RecordKind::LiveUnavailable { state, missing_class });
        }
        if lacks_queues.is_some() || queues == Some(State::Current) {
            self.live_log.lacks_queues = lacks_queues.is_some();
        }
        let truncated = live.truncation();
        if !self.live_log.truncation.contains(truncated) {
            records.push(key, RecordKind::LiveTruncated { truncated, sizes: live.sizes() });
        }
        // A list that begins tries anew.
        self.live_log.truncation =
            if live.is_listing() { self.live_log.truncation | truncated } else { truncated };
    }

    /// Sends the request for the next list. False if no list is needed.
    fn send_list(&mut self, now: Timestamp) -> bool {
        let Some(live) = &mut self.live else { return false };
        let Some(request) = live.begin_list(now.at) else { return false };
        let queue = request.queue.map(|name| Parameter::One(name.into_vec()));
        let parameters = queue.iter().map(|name| (&b"Queue"[..], name));
        // A name that fits in no header: all queues are listed.
        let action =
            Action::new(request.action, parameters).or_else(|_| Action::new(request.action, [])).ok();
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

/// A call or a queue that changed.
enum Changed {
    Goes(CallKey),
    Ended(CallRef),
    Queue(QueueKey),
    QueueGone(QueueRef),
}

fn check_mask(settings: &ServerSettings, limits: &LiveLimits) -> Result<(), ConfigError> {
    let has = |wanted: &str| match &settings.event_mask {
        EventMask::All | EventMask::Auto => true,
        EventMask::Off => false,
        EventMask::Classes(classes) => {
            classes.split(',').any(|class| class.trim() == wanted || class.trim() == "all")
        }
    };
    let queue_classes = limits.keeps_queues.then_some(QUEUE_CLASSES);
    let Some(missing) = Some(CLASSES).into_iter().chain(queue_classes).find(|class| !has(class)) else {
        return Ok(());
    };
    let shown = match &settings.event_mask {
        EventMask::Classes(classes) => format!("\"{classes}\""),
        EventMask::All | EventMask::Auto | EventMask::Off => "off".to_owned(),
    };
    let allowed =
        format!("auto, on, or classes with \"{missing}\": the live model of {} needs it", settings.key);
    Err(ConfigError::new("event_mask", shown, allowed))
}
