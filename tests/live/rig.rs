//! A model with the session of a fake server. A test decides where bytes are cut, frames are lost and
//! sessions end.

use std::time::{Duration, Instant};

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Channel, Field, ListRequest, Live, Moment};
use apn_ami::wire::{Frame, Framer, Kind, header_in};
use apn_sim::asterisk::{Account, Asterisk, Classes, Hall, Options, Phones, SessionId, Truth};

use crate::ledger::Ledger;
use crate::queues::{queue_differences, queue_inconsistencies};

/// A model, its server, and its news.
pub(crate) struct Rig {
    pub(crate) fake: Asterisk,
    pub(crate) live: Live,
    pub(crate) ledger: Ledger,
    pub(crate) now: Instant,
    start: Instant,
    session: Option<Session>,
    lists: u64,
    /// The lists that the model asked for, by action.
    pub(crate) asked: Vec<&'static str>,
    /// The next frame is skipped as if it were too long.
    pub(crate) loses_frame: bool,
    /// Maximum number of bytes of one read.
    pub(crate) chunk: usize,
}

struct Session {
    id: SessionId,
    framer: Framer,
    list: Option<String>,
}

const UNIX: Duration = Duration::from_secs(1_795_420_660);

/// Time passes in steps of this length.
const STEP: Duration = Duration::from_millis(10);

impl Rig {
    pub(crate) fn new(limits: &LiveLimits) -> Self {
        Self::with(limits, Account::new("admin", "s3cret"))
    }

    pub(crate) fn with(limits: &LiveLimits, account: Account) -> Self {
        let now = Instant::now();
        let options = Options { unix_time: UNIX, accounts: vec![account], ..Options::default() };
        let mut live = Live::new(limits, 1);
        live.notify(true);
        Self {
            fake: Asterisk::new(options, now),
            live,
            ledger: Ledger::default(),
            now,
            start: now,
            session: None,
            lists: 0,
            asked: Vec::new(),
            loses_frame: false,
            chunk: usize::MAX,
        }
    }

    /// A rig whose session is logged in and whose first lists are read.
    pub(crate) fn ready() -> Self {
        let mut rig = Self::new(&LiveLimits::default());
        rig.connect("call");
        rig.run(Duration::from_millis(100));
        rig
    }

    pub(crate) fn phones(&mut self) -> Phones<'_> {
        self.fake.phones(self.now)
    }

    pub(crate) fn hall(&mut self) -> Hall<'_> {
        self.fake.hall(self.now)
    }

    pub(crate) fn at(&self) -> Moment {
        Moment { now: self.now, unix: UNIX + (self.now - self.start) }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.session.is_some()
    }

    /// Opens a session with these event classes.
    pub(crate) fn connect(&mut self, classes: &str) {
        let id = self.fake.connect(self.now);
        self.session = Some(Session { id, framer: Framer::new(1 << 20), list: None });
        let login = format!(
            "Action: Login\r\nActionID: login\r\nUsername: admin\r\nSecret: s3cret\r\nEvents: {classes}\r\n\r\n"
        );
        self.fake.receive(id, login.as_bytes(), self.now);
        self.live.on_ready(false, self.at());
    }

    /// Sends an action.
    pub(crate) fn send(&mut self, request: &str) {
        if let Some(session) = &self.session {
            self.fake.receive(session.id, request.as_bytes(), self.now);
        }
    }

    /// Ends the session after this many more bytes, possibly in the middle of a frame.
    pub(crate) fn cut(&mut self, after: usize) {
        self.read(after);
        if let Some(session) = self.session.take() {
            self.fake.disconnect(session.id, self.now);
            self.live.on_lost();
        }
    }

    /// Lets this much time pass.
    pub(crate) fn run(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            self.step();
            if self.now >= end {
                return;
            }
            self.now = end.min(self.now + STEP);
            self.fake.advance(self.now);
        }
    }

    fn step(&mut self) {
        self.read(self.chunk);
        let at = self.at();
        if self.live.next_deadline().is_some_and(|deadline| deadline <= at.now)
            && self.live.on_time(at)
            && let Some(session) = &mut self.session
        {
            session.list = None;
        }
        self.ask();
        self.read(self.chunk);
        let Self { live, ledger, .. } = self;
        ledger.take(live);
    }

    fn ask(&mut self) {
        let Some(session) = &mut self.session else { return };
        let Some(ListRequest { action, queue }) = self.live.begin_list(self.now) else { return };
        self.lists += 1;
        self.asked.push(action);
        let id = format!("list:{}", self.lists);
        let queue =
            queue.map(|name| format!("Queue: {}\r\n", String::from_utf8_lossy(&name))).unwrap_or_default();
        let request = format!("Action: {action}\r\nActionID: {id}\r\n{queue}\r\n");
        session.list = Some(id);
        self.fake.receive(session.id, request.as_bytes(), self.now);
    }

    fn read(&mut self, most: usize) {
        let at = self.at();
        let Some(session) = &mut self.session else { return };
        let bytes = self.fake.outgoing(session.id);
        let bytes = bytes[..bytes.len().min(most)].to_vec();
        self.fake.sent(session.id, bytes.len(), self.now);
        session.framer.feed(&bytes);
        while let Some(frame) = session.framer.next_frame() {
            let Frame::Message(kind, frame) = frame else { continue };
            let id = header_in(frame, b"ActionID");
            let is_listed = session.list.as_ref().is_some_and(|list| id == Some(list.as_bytes()));
            if std::mem::take(&mut self.loses_frame) {
                self.live.on_too_long(at);
            } else if is_listed {
                self.live.on_listed(kind, frame, at);
            } else if kind == Kind::Event {
                let name = header_in(frame, b"Event").unwrap_or_default();
                self.live.on_event(name, frame, at);
            }
        }
    }

    /// The differences between the model and the true state.
    pub(crate) fn differences(&self) -> Vec<String> {
        let Truth { channels, bridges, calls, queues } = self.fake.truth();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let mut found = Vec::new();
        for own in &channels {
            let id = &own.unique_id;
            let Some(channel) = self.live.find_channel(id.as_bytes()).and_then(|key| self.live.channel(key))
            else {
                found.push(format!("{id} {} is missing", own.name));
                continue;
            };
            let bridge = channel.bridge().and_then(|key| self.live.bridge(key));
            let pairs = [
                ("name", text(channel.name()), own.name.clone()),
                ("state", format!("{:?}", channel.state()), format!("{:?}", Some(own.state))),
                ("linkedid", text(channel.linked_id()), own.linked_id.clone()),
                ("number", text(channel.text(Field::CallerNumber)), text(&own.number)),
                ("caller name", text(channel.text(Field::CallerName)), text(&own.caller_name)),
                ("connected", text(channel.text(Field::ConnectedNumber)), text(&own.connected_number)),
                ("account", text(channel.text(Field::AccountCode)), text(&own.account)),
                ("bridge", bridge.map(|bridge| text(bridge.id())).unwrap_or_default(), own.bridge.clone()),
            ];
            for (field, model, truth) in pairs {
                if model != truth {
                    found.push(format!("{id} {}: {field} is {model:?}, truly {truth:?}", own.name));
                }
            }
        }
        let is_true = |id: &[u8]| channels.iter().any(|own| own.unique_id.as_bytes() == id);
        for (_, channel) in self.live.channels().filter(|(_, channel)| !is_true(channel.unique_id())) {
            found.push(format!("{} {} is a ghost", text(channel.unique_id()), text(channel.name())));
        }
        let mut known: Vec<_> = self.live.bridges().map(|(_, bridge)| text(bridge.id())).collect();
        known.sort();
        let truly: Vec<_> = bridges.into_iter().map(|(id, _)| id).collect();
        if known != truly {
            found.push(format!("bridges are {known:?}, truly {truly:?}"));
        }
        // Calls that were once joined stay one call in the model, so a call of the model can have more
        // channels than the true one.
        let call_of = |id: &String| {
            let key = self.live.find_channel(id.as_bytes())?;
            self.live.channel(key).map(Channel::call)
        };
        for call in &calls {
            let mut keys = call.channels.iter().map(call_of);
            let first = keys.next().flatten();
            if keys.any(|key| key != first) {
                found.push(format!("the channels of call {} are in several: {:?}", call.id, call.channels));
            }
        }
        if self.live.queue_state().is_some() {
            found.extend(queue_differences(&self.live, &queues));
        }
        found.extend(self.inconsistencies());
        found
    }

    /// Contradictions within the model.
    pub(crate) fn inconsistencies(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (key, channel) in self.live.channels() {
            let name = String::from_utf8_lossy(channel.name()).into_owned();
            match self.live.call(channel.call()) {
                None => found.push(format!("{name} is in no call")),
                Some(call) if !call.channels().contains(&key) => {
                    found.push(format!("{name} is not in its call"));
                }
                Some(call) => {
                    let linked = self.live.find_call(channel.linked_id());
                    if linked != Some(channel.call()) {
                        let id = String::from_utf8_lossy(call.id()).into_owned();
                        found.push(format!("{name} of call {id} has the Linkedid of another call"));
                    }
                }
            }
            if let Some(bridge) = channel.bridge().and_then(|key| self.live.bridge(key)) {
                if !bridge.members().contains(&key) {
                    found.push(format!("{name} is not in its bridge"));
                }
                for other in bridge.members().iter().filter_map(|key| self.live.channel(*key)) {
                    if bridge.is_basic() && other.call() != channel.call() {
                        found.push(format!("{name} talks to another call"));
                    }
                }
            }
        }
        found.extend(queue_inconsistencies(&self.live));
        for (_, call) in self.live.calls() {
            if call.channels().is_empty() {
                found.push(format!("{:?} is a call without channels", call.id()));
            }
        }
        found
    }
}

/// An account with these classes.
pub(crate) fn account(read: &str, write: &str) -> Account {
    Account { read: Classes::named(read), write: Classes::named(write), ..Account::new("admin", "s3cret") }
}
