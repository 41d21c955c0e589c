//! The server's state besides its sessions: calls, lists, stored data, and the events to send.

mod agenda;
pub(crate) mod bridges;
pub(crate) mod calls;
pub(crate) mod channel;
pub(crate) mod channel_events;
pub(crate) mod channels;
mod lag;
pub(crate) mod members;
pub(crate) mod outcome;
pub(crate) mod phones;
pub(crate) mod queues;
pub(crate) mod security;
pub(crate) mod traffic;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use self::agenda::Agenda;
use self::bridges::Bridges;
pub use self::bridges::Purpose;
use self::calls::{CallStep, Calls};
use self::lag::Lag;
use self::phones::Faults;
use self::queues::Queues;
use super::actions::{Cli, ConfigFiles, Lists};
use super::block::Block;
use super::classes::Classes;
use super::clock::Clock;
use super::event::Event;
use super::options::Options;
use super::script::Script;
use super::session::SessionId;

/// Everything that actions read and change, except the sessions.
#[derive(Debug)]
pub(crate) struct Pbx {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) random: fastrand::Rng,
    pub(crate) calls: Calls,
    pub(crate) bridges: Bridges,
    pub(crate) queues: Queues,
    pub(crate) lag: Lag,
    pub(crate) faults: Faults,
    pub(crate) agenda: Agenda,
    /// Number of sessions of each user. The keys are in lower case.
    pub(crate) logged_in: BTreeMap<String, usize>,
    pub(crate) booted_at: Instant,
    pub(crate) lists: Lists,
    pub(crate) cli: Cli,
    pub(crate) config: ConfigFiles,
    /// Values by `/family/key`.
    pub(crate) database: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Values of global variables and functions. `STRFTIME(0,UTC,%Y)` is a name like any other.
    pub(crate) globals: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The rows of text that `IAXnetstats` answers with.
    pub(crate) netstats: Vec<Vec<u8>>,
    pub(crate) script: Script,
    /// Every login is refused.
    pub(crate) refuses_logins: bool,
    emitted: Vec<Event>,
    /// Number of events emitted so far, without those of [`emit_raw`](Self::emit_raw).
    events_made: u64,
    answers: Vec<(SessionId, Vec<u8>)>,
}

impl Pbx {
    pub(crate) fn new(options: Options, now: Instant) -> Self {
        let mut agenda = Agenda::default();
        if !options.boot_time.is_zero() {
            agenda.plan(now + options.boot_time, CallStep::Booted);
        }
        Self {
            clock: Clock::new(now, options.unix_time),
            random: fastrand::Rng::with_seed(options.seed),
            calls: Calls::default(),
            bridges: Bridges::default(),
            queues: Queues::default(),
            lag: Lag::default(),
            faults: Faults::default(),
            agenda,
            logged_in: BTreeMap::new(),
            booted_at: now + options.boot_time,
            lists: Lists::default(),
            cli: Cli::new(options.release),
            config: ConfigFiles::default(),
            database: BTreeMap::new(),
            globals: BTreeMap::from([(b"STRFTIME(0,UTC,%Y)".to_vec(), b"1970".to_vec())]),
            netstats: Vec::new(),
            script: Script::default(),
            refuses_logins: false,
            emitted: Vec::new(),
            events_made: 0,
            answers: Vec::new(),
            options,
        }
    }

    /// The headers at the beginning of every event (main/manager.c, `__manager_event_sessions_va`).
    pub(crate) fn event_head(&self, name: &str, classes: Classes, now: Instant) -> Block {
        let block = Block::event(name).header("Privilege", classes.to_string());
        if self.options.timestamp_events {
            block.header("Timestamp", self.clock.timestamp(now))
        } else {
            block
        }
    }

    /// Sends an event with these headers to every session that reads its class, after the lag.
    pub(crate) fn emit(&mut self, name: &str, classes: Classes, body: Block, now: Instant) {
        let bytes = self.event_head(name, classes, now).raw(&body.unended()).end();
        let event = Event { name: Arc::from(name), classes, bytes: Arc::from(bytes) };
        self.events_made += 1;
        self.emitted.extend(self.lag.hold(event, now));
    }

    pub(crate) fn emit_raw(&mut self, name: &str, classes: Classes, bytes: Vec<u8>) {
        self.emitted.push(Event { name: Arc::from(name), classes, bytes: Arc::from(bytes) });
    }

    /// Answers a session that waits, which ends its hold.
    pub(crate) fn answer_later(&mut self, session: SessionId, answer: Vec<u8>) {
        self.answers.push((session, answer));
    }

    pub(crate) fn take_events(&mut self, now: Instant) -> Vec<Event> {
        let mut events = self.lag.arrived(now);
        events.append(&mut self.emitted);
        events
    }

    pub(crate) fn take_answers(&mut self) -> Vec<(SessionId, Vec<u8>)> {
        std::mem::take(&mut self.answers)
    }

    pub(crate) fn is_booted(&self, now: Instant) -> bool {
        now >= self.booted_at
    }

    pub(crate) fn seconds_up(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.booted_at).as_secs()
    }

    /// The `FullyBooted` event that Asterisk writes behind the answer to a login. It has no `Timestamp`.
    pub(crate) fn fully_booted(&self, now: Instant) -> Vec<u8> {
        let seconds = self.seconds_up(now).to_string();
        Block::event("FullyBooted")
            .header("Privilege", Classes::SYSTEM.to_string())
            .header("Uptime", &seconds)
            .header("LastReload", &seconds)
            .header("Status", "Fully Booted")
            .end()
    }

    /// True if an extension does not exist. Here that is the name `nosuch` only.
    pub(crate) fn lacks_extension(context: &[u8], exten: &[u8]) -> bool {
        [context, exten].iter().any(|name| name.eq_ignore_ascii_case(b"nosuch"))
    }

    pub(crate) fn user_left(&mut self, user: &str) {
        let user = user.to_ascii_lowercase();
        if let Some(count) = self.logged_in.get_mut(&user) {
            *count -= 1;
            if *count == 0 {
                self.logged_in.remove(&user);
            }
        }
    }
}
