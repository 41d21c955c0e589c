//! A server and its sessions, driven by a transport.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::classes::Classes;
use super::dispatch::{self, Next, Turn};
use super::flood::{Batch, Flood};
use super::options::Options;
use super::pace::{Pace, Rate};
use super::pbx::Pbx;
use super::pbx::traffic::Traffic;
use super::reader::Incoming;
use super::session::{Hold, Session, SessionId, Written};

/// A fake Asterisk server.
///
/// The transport drives it in these steps:
///
/// 1. A connection is accepted: call [`connect`](Self::connect).
/// 2. Bytes arrive: pass them to [`receive`](Self::receive), while [`wants_input`](Self::wants_input) is
///    true. A busy session reads nothing, and the bytes stay in the kernel.
/// 3. After each call, for each session: write [`outgoing`](Self::outgoing), report the number of bytes
///    written to [`sent`](Self::sent), and close the connection when [`is_finished`](Self::is_finished) is
///    true.
/// 4. [`next_deadline`](Self::next_deadline) is reached: call [`advance`](Self::advance).
/// 5. The connection is gone: call [`disconnect`](Self::disconnect).
///
/// ```
/// use std::time::{Duration, Instant};
/// use apn_sim::asterisk::{Asterisk, Options};
///
/// let now = Instant::now();
/// let mut asterisk = Asterisk::new(Options::default(), now);
/// let session = asterisk.connect(now);
/// assert_eq!(asterisk.outgoing(session), b"Asterisk Call Manager/11.0.0\r\n");
/// asterisk.sent(session, 30, now);
/// asterisk.receive(session, b"Action: Ping\r\nActionID: 1\r\n\r\n", now);
/// let answer = b"Response: Error\r\nActionID: 1\r\nMessage: Permission denied\r\n\r\n";
/// assert_eq!(asterisk.outgoing(session), answer);
/// ```
#[derive(Debug)]
pub struct Asterisk {
    pub(super) pbx: Pbx,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) frozen: bool,
    flood: Flood,
    batch: Batch,
    traffic: Traffic,
    sessions_made: u64,
}

impl Asterisk {
    /// Makes a server that starts at `now`.
    #[must_use]
    pub fn new(options: Options, now: Instant) -> Self {
        Self {
            flood: Flood::new(Rate::default(), options.seed, options.timestamp_events, now),
            traffic: Traffic::new(options.seed, now),
            pbx: Pbx::new(options, now),
            sessions: BTreeMap::new(),
            frozen: false,
            batch: Batch::default(),
            sessions_made: 0,
        }
    }

    /// Accepts a connection and sends the banner. If too many sessions wait for their login, the new session
    /// gets no banner and is finished at once.
    pub fn connect(&mut self, now: Instant) -> SessionId {
        self.settle(now);
        let id = SessionId(self.sessions_made);
        self.sessions_made += 1;
        let waiting = self.sessions.values().filter(|session| session.is_open() && session.login.is_none());
        let has_room = waiting.count() < self.pbx.options.auth_limit;
        let mut session = Session::new(&self.pbx.options, now);
        if !has_room {
            session.close();
        }
        self.sessions.insert(id, session);
        if !self.frozen {
            self.greet(id, now);
        }
        id
    }

    pub(super) fn greet(&mut self, id: SessionId, now: Instant) {
        let version = self.pbx.options.release.ami_version();
        if let Some(session) = self.sessions.get_mut(&id)
            && session.needs_greeting()
        {
            session.write(format!("Asterisk Call Manager/{version}\r\n").as_bytes(), now);
        }
    }

    /// Takes bytes from the peer. They are ignored if the session does not exist any more.
    pub fn receive(&mut self, id: SessionId, bytes: &[u8], now: Instant) {
        self.settle(now);
        if let Some(session) = self.sessions.get_mut(&id).filter(|session| session.is_open()) {
            session.reader.push(bytes);
        }
        self.pump(id, now);
        self.settle(now);
    }

    /// True while the session reads from its connection.
    #[must_use]
    pub fn wants_input(&self, id: SessionId) -> bool {
        self.sessions.get(&id).is_some_and(|session| {
            let reads = matches!(session.hold, None | Some(Hold::Events { .. }));
            session.is_open() && reads && !self.frozen
        })
    }

    /// Bytes for the peer, to be written in this order.
    #[must_use]
    pub fn outgoing(&self, id: SessionId) -> &[u8] {
        if self.frozen {
            return &[];
        }
        self.sessions.get(&id).map_or(&[], Session::outgoing)
    }

    /// Reports that the transport took this many bytes of [`outgoing`](Self::outgoing).
    pub fn sent(&mut self, id: SessionId, bytes: usize, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.sent(bytes, now);
        }
    }

    /// True if no more bytes will come and the transport can close the connection.
    #[must_use]
    pub fn is_finished(&self, id: SessionId) -> bool {
        self.sessions.get(&id).is_none_or(|session| !self.frozen && session.is_finished())
    }

    /// Removes the session of a connection that is gone.
    pub fn disconnect(&mut self, id: SessionId, now: Instant) {
        self.settle(now);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.cut();
        }
        self.forget_ended_logins();
        self.sessions.remove(&id);
    }

    /// Runs everything that is due at `now`.
    pub fn advance(&mut self, now: Instant) {
        self.settle(now);
    }

    /// When [`advance`](Self::advance) has to be called next.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Instant> {
        if self.frozen {
            return None;
        }
        let sessions = self.sessions.values().filter_map(|session| session.next_deadline(&self.pbx.options));
        sessions
            .chain(self.pbx.agenda.next_at())
            .chain(self.pbx.lag.next_at())
            .chain(self.flood.pace.next_at())
            .chain(self.traffic.pace.next_at())
            .min()
    }

    /// The events and bytes written to a session so far. `None` if the session does not exist.
    #[must_use]
    pub fn written(&self, id: SessionId) -> Option<&Written> {
        self.sessions.get(&id).map(|session| &session.written)
    }

    /// The open sessions, oldest first.
    pub fn sessions(&self) -> impl Iterator<Item = SessionId> {
        self.sessions.iter().filter(|(_, session)| session.is_open()).map(|(id, _)| *id)
    }

    /// Runs everything that is due up to `now`, each step with its own time.
    pub(super) fn settle(&mut self, now: Instant) {
        while let Some(due) = self.next_deadline().filter(|due| *due <= now) {
            while let Some(step) = self.pbx.agenda.due(due) {
                self.pbx.run_step(step, due);
            }
            let ids: Vec<_> = self.sessions.keys().copied().collect();
            for id in ids {
                self.session_timers(id, due);
            }
            self.deliver(due);
            self.run_flood(due);
            self.run_traffic(due);
        }
        self.deliver(now);
    }

    /// Generates events at this rate from now on. No calls belong to them, so lists do not show them. Each has
    /// its serial number as its `AccountCode`. Serial numbers begin at 0 and have no gap.
    pub fn set_rate(&mut self, rate: Rate, now: Instant) {
        self.settle(now);
        self.flood.pace.set_rate(rate, now);
    }

    /// Number of events of [`set_rate`](Self::set_rate) so far, whether a session read them or not.
    #[must_use]
    pub fn events_made(&self) -> u64 {
        self.flood.pace.made()
    }

    /// Plays calls from now on, with about this many events per second of all classes: calls that ring, wait in
    /// the queues `support`, `sales` and `billing`, talk, are held, are transferred and hang up. At rate 0 the
    /// calls stay as they are.
    pub fn set_traffic(&mut self, rate: Rate, now: Instant) {
        self.settle(now);
        self.traffic.set_rate(rate, &mut self.pbx, now);
    }

    /// Leaves out the steps of calls that are overdue for longer than this. On a machine that is too slow for the
    /// rate the server would else fall behind more and more.
    pub fn skip_traffic(&mut self, longest: Duration, now: Instant) {
        self.traffic.pace.skip(longest, now);
    }

    fn run_traffic(&mut self, now: Instant) {
        if is_held(&mut self.traffic.pace, &self.sessions, now) {
            return;
        }
        while self.traffic.pace.due(now) > 0 {
            self.traffic.step(&mut self.pbx, now);
        }
        self.deliver(now);
    }

    fn run_flood(&mut self, now: Instant) {
        if is_held(&mut self.flood.pace, &self.sessions, now) {
            return;
        }
        self.flood.due(&self.pbx.clock, now, &mut self.batch);
        for session in self.sessions.values_mut().filter(|session| session.login.is_some()) {
            if session.is_idle() && session.reads(Classes::CALL) && session.reads(Classes::DIALPLAN) {
                let written = session.write(&self.batch.bytes, now);
                for (kind, end) in self.batch.events.iter().filter(|(_, end)| *end <= written) {
                    debug_assert!(*end > 0, "no event is empty");
                    session.count(self.flood.kind(*kind).0, 1);
                }
                continue;
            }
            let mut start = 0;
            for (kind, end) in &self.batch.events {
                if session.reads(self.flood.kind(*kind).1) {
                    session.offer(&self.flood.event(*kind, &self.batch.bytes[start..*end]), now);
                }
                start = *end;
            }
        }
    }

    fn forget_ended_logins(&mut self) {
        for session in self.sessions.values_mut().filter(|session| !session.is_open()) {
            if let Some(login) = session.login.take() {
                self.pbx.user_left(&login.user);
            }
        }
    }

    fn session_timers(&mut self, id: SessionId, now: Instant) {
        let options = &self.pbx.options;
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let is_due = |deadline: Option<Instant>| deadline.is_some_and(|deadline| deadline <= now);
        if is_due(session.write_deadline(options.write_timeout)) {
            session.cut();
            return;
        }
        match session.hold.take() {
            Some(Hold::Penalty { until, last_words }) if until <= now => {
                session.write(&last_words, now);
                session.close();
            }
            Some(Hold::Slow { until, answer }) if until <= now => {
                session.write(&answer, now);
                self.resume(id, now);
            }
            Some(Hold::Events { until, request }) if is_due(until) => {
                session.finish_wait(&request, now);
                self.resume(id, now);
            }
            None if session.is_open() && is_due(session.login_deadline(options)) => session.close(),
            hold => session.hold = hold,
        }
    }

    /// Continues after the session's action has ended. Events that waited are written, then the next request
    /// runs.
    fn resume(&mut self, id: SessionId, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.flush(now);
        }
        self.pump(id, now);
    }

    /// Runs the requests that have arrived, one after the other, until one holds the session.
    pub(super) fn pump(&mut self, id: SessionId, now: Instant) {
        if self.frozen {
            return;
        }
        loop {
            self.interrupt_wait(id, now);
            let Some(session) = self.sessions.get_mut(&id).filter(|session| session.is_open()) else { break };
            if session.hold.is_some() {
                break;
            }
            let Some(incoming) = session.reader.next() else { break };
            self.run(id, &incoming, now);
        }
        self.deliver(now);
    }

    fn interrupt_wait(&mut self, id: SessionId, now: Instant) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        if session.reader.backlog() == 0 || !matches!(session.hold, Some(Hold::Events { .. })) {
            return;
        }
        if let Some(Hold::Events { request, .. }) = session.hold.take() {
            session.finish_wait(&request, now);
        }
    }

    fn run(&mut self, id: SessionId, incoming: &Incoming, now: Instant) {
        let Some(session) = self.sessions.get_mut(&id) else { return };
        let mut turn = Turn { id, session, pbx: &mut self.pbx, now };
        match dispatch::dispatch(&mut turn, incoming) {
            Next::Proceed => {}
            Next::Hold(hold) => session.hold = Some(hold),
            Next::Close => session.close(),
        }
        // `SuppressEvents` delays the events until the session has no more requests to run.
        if incoming.request().header("SuppressEvents").is_empty() {
            self.deliver(now);
        }
    }

    /// Gives new events to the sessions, and answers to the sessions that wait for them.
    pub(super) fn deliver(&mut self, now: Instant) {
        for event in self.pbx.take_events(now) {
            for session in self.sessions.values_mut() {
                session.offer(&event, now);
            }
        }
        let ids: Vec<_> = self.sessions.keys().copied().collect();
        for id in ids {
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            match session.hold.take() {
                Some(Hold::Events { request, .. }) if session.has_pending_events() => {
                    session.finish_wait(&request, now);
                    self.resume(id, now);
                }
                None => session.flush(now),
                hold => session.hold = hold,
            }
        }
        for (id, answer) in self.pbx.take_answers() {
            let Some(session) = self.sessions.get_mut(&id) else { continue };
            if matches!(session.hold, Some(Hold::Call | Hold::Asked)) {
                session.hold = None;
                session.write(&answer, now);
                self.resume(id, now);
            }
        }
        self.forget_ended_logins();
    }
}

/// True if a generator has nothing to do yet, or has to wait for a slow reader.
fn is_held(pace: &mut Pace, sessions: &BTreeMap<SessionId, Session>, now: Instant) -> bool {
    if pace.next_at().is_none_or(|due| due > now) {
        return true;
    }
    let is_full = |max| sessions.values().any(|session| session.outgoing().len() >= max);
    let is_held = pace.rate().waiting_bytes_max.is_some_and(is_full);
    if is_held {
        pace.pause(now);
    }
    is_held
}
