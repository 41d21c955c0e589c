//! What tests and users tell the server to do: answers, events, faults.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::actions::{Item, Output};
use super::block::Block;
use super::classes::Classes;
use super::node::Asterisk;
use super::pbx::calls::CallStep;
use super::pbx::outcome::Outcome;
use super::request::Request;
use super::session::{Hold, Session, SessionId};
use super::tables;

/// Headers in the order in which they are written.
pub type Headers = Vec<(Vec<u8>, Vec<u8>)>;

/// A canned answer.
///
/// `Response: Success` and the `ActionID` are put in where they are missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    response: Headers,
    events: Vec<Headers>,
    items: Option<Vec<Headers>>,
    delay: Duration,
}

impl Answer {
    /// A response with these headers.
    pub fn new<N: AsRef<[u8]>, V: AsRef<[u8]>>(response: impl IntoIterator<Item = (N, V)>) -> Self {
        Self { response: headers(response), ..Self::default() }
    }

    /// A refusal.
    #[must_use]
    pub fn error(message: &str) -> Self {
        Self::new([("Response", "Error"), ("Message", message)])
    }

    /// Adds an event as it is; its first header must be `Event`.
    #[must_use]
    pub fn event<N: AsRef<[u8]>, V: AsRef<[u8]>>(mut self, event: impl IntoIterator<Item = (N, V)>) -> Self {
        self.events.push(headers(event));
        self
    }

    /// Makes it a list of these items, with the marks of a list around them.
    #[must_use]
    pub fn items(mut self, items: Vec<Headers>) -> Self {
        self.items = Some(items);
        self
    }

    /// Takes its time; meanwhile the session is busy.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    fn render(&self, request: &Request) -> Vec<u8> {
        let mut response = self.response.clone();
        if !has(&response, "Response") {
            response.insert(0, (b"Response".to_vec(), b"Success".to_vec()));
        }
        let mut wire = Vec::new();
        let Some(items) = &self.items else {
            wire.extend(block(&response, request));
            self.events.iter().for_each(|event| wire.extend(block(event, request)));
            return wire;
        };
        if !has(&response, "EventList") {
            response.push((b"EventList".to_vec(), b"start".to_vec()));
        }
        wire.extend(block(&response, request));
        items.iter().chain(&self.events).for_each(|event| wire.extend(block(event, request)));
        let complete = completion_of(request);
        wire.extend(Block::list_complete(&complete, request, items.len()).end());
        wire
    }
}

/// The event that ends the list of an action.
fn completion_of(request: &Request) -> String {
    let action = String::from_utf8_lossy(request.action());
    tables::list(&action).map_or_else(|| format!("{action}Complete"), |list| list.completion.to_owned())
}

fn headers<N: AsRef<[u8]>, V: AsRef<[u8]>>(pairs: impl IntoIterator<Item = (N, V)>) -> Headers {
    pairs.into_iter().map(|(name, value)| (name.as_ref().to_vec(), value.as_ref().to_vec())).collect()
}

fn has(headers: &Headers, name: &str) -> bool {
    headers.iter().any(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
}

/// The first header, the request's `ActionID` unless there is one, the rest.
fn block(headers: &Headers, request: &Request) -> Vec<u8> {
    let Some((first, rest)) = headers.split_first() else { return Vec::new() };
    let block = Block::new().header(&first.0, &first.1);
    let block = if has(headers, "ActionID") { block } else { block.id(request.id()) };
    block.headers(rest.iter().map(|(name, value)| (name, value))).end()
}

/// What is to happen when an action comes.
#[derive(Clone, Debug)]
enum Reaction {
    Answer(Answer),
    Ask,
    Silence,
}

/// An action that waits for [`Asterisk::answer`].
#[derive(Clone, Debug)]
pub struct Question {
    /// The session that asks, and is busy until it has its answer.
    pub session: SessionId,
    /// What it asks.
    pub request: Request,
}

/// Everything that was scripted.
#[derive(Debug, Default)]
pub(crate) struct Script {
    reactions: BTreeMap<Vec<u8>, Reaction>,
    questions: Vec<Question>,
    recorded: Option<Vec<(SessionId, Request)>>,
    /// Said before every answer to a session that is not logged in.
    pub(crate) before_login: Vec<u8>,
}

impl Script {
    pub(crate) fn record(&mut self, session: SessionId, request: &Request) {
        if let Some(recorded) = &mut self.recorded {
            recorded.push((session, request.clone()));
        }
    }

    /// What the script does with a request: bytes to say, or a hold. `None`: the server's own way.
    pub(crate) fn react(&mut self, session: SessionId, request: &Request, now: Instant) -> Option<Reacted> {
        match self.reactions.get(&request.action().to_ascii_lowercase())? {
            Reaction::Silence => Some(Reacted::Say(Vec::new())),
            Reaction::Answer(answer) if answer.delay.is_zero() => Some(Reacted::Say(answer.render(request))),
            Reaction::Answer(answer) => {
                let hold = Hold::Slow { until: now + answer.delay, answer: answer.render(request) };
                Some(Reacted::Hold(hold))
            }
            Reaction::Ask => {
                self.questions.push(Question { session, request: request.clone() });
                Some(Reacted::Hold(Hold::Asked))
            }
        }
    }
}

pub(crate) enum Reacted {
    Say(Vec<u8>),
    Hold(Hold),
}

/// Telling the server what to answer.
impl Asterisk {
    /// Answers every action of this name so, until told otherwise.
    pub fn respond(&mut self, action: &str, answer: Answer) {
        self.react(action, Reaction::Answer(answer));
    }

    /// Holds every action of this name until [`answer`](Self::answer) is called for it.
    pub fn ask(&mut self, action: &str) {
        self.react(action, Reaction::Ask);
    }

    /// Never answers an action of this name.
    pub fn ignore(&mut self, action: &str) {
        self.react(action, Reaction::Silence);
    }

    /// Leaves an action to the server's own way again.
    pub fn unscript(&mut self, action: &str) {
        self.pbx.script.reactions.remove(&action.as_bytes().to_ascii_lowercase());
    }

    fn react(&mut self, action: &str, reaction: Reaction) {
        self.pbx.script.reactions.insert(action.as_bytes().to_ascii_lowercase(), reaction);
    }

    /// Takes the actions that wait for an answer, oldest first.
    pub fn take_questions(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.pbx.script.questions)
    }

    /// How many actions wait for an answer.
    #[must_use]
    pub fn questions_waiting(&self) -> usize {
        self.pbx.script.questions.len()
    }

    /// Answers a question. A session that is gone does not hear it.
    pub fn answer(&mut self, question: &Question, answer: &Answer, now: Instant) {
        self.pbx.answer_later(question.session, answer.render(&question.request));
        self.settle(now);
    }

    /// Keeps every request from now on, for [`take_requests`](Self::take_requests).
    pub fn record_requests(&mut self) {
        self.pbx.script.recorded.get_or_insert_default();
    }

    /// Takes the requests that came since the last call, refused ones and logins included.
    pub fn take_requests(&mut self) -> Vec<(SessionId, Request)> {
        self.pbx.script.recorded.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Gives a list this many items of its own kinds. False where no list answers to this name.
    pub fn fill_list(&mut self, action: &str, items: usize) -> bool {
        self.pbx.lists.fill(action, items)
    }

    /// Gives a list these items: each an event with its headers.
    pub fn set_list(&mut self, action: &str, items: impl IntoIterator<Item = (String, Headers)>) {
        let items = items.into_iter().map(|(event, headers)| Item { event, headers }).collect();
        self.pbx.lists.set(action, items);
    }

    /// Lets the error that this list can run into come after so many items, or never again.
    /// False where it has none.
    pub fn break_list(&mut self, action: &str, after_items: Option<usize>) -> bool {
        self.pbx.lists.break_after(action, after_items)
    }

    /// What the CLI says to a command.
    pub fn set_command(&mut self, command: &str, success: bool, text: impl Into<Vec<u8>>) {
        self.pbx.cli.set(command.as_bytes(), Output { success, text: text.into() });
    }

    /// Writes a configuration file: `[category]` and `name=value` lines.
    pub fn set_config(&mut self, file: &str, text: &str) {
        self.pbx.config.set(file, text);
    }

    /// Sets a global variable, or what a function such as `STRFTIME(0,UTC,%Y)` gives.
    pub fn set_global(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.pbx.globals.insert(name.as_bytes().to_vec(), value.into());
    }

    /// The rows of text that `IAXnetstats` answers with.
    pub fn set_netstats<R: Into<Vec<u8>>>(&mut self, rows: impl IntoIterator<Item = R>) {
        self.pbx.netstats = rows.into_iter().map(Into::into).collect();
    }

    /// What becomes of calls to exactly this channel, such as `PJSIP/alice`.
    pub fn set_outcome(&mut self, channel: &str, outcome: Outcome) {
        self.pbx.calls.outcomes.insert(channel.as_bytes().to_vec(), outcome);
    }
}

/// Making things happen.
impl Asterisk {
    /// Sends an event to every session that reads its class; to every session at all where it is
    /// [`Classes::NONE`].
    pub fn emit<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        event: &str,
        classes: Classes,
        headers: impl IntoIterator<Item = (N, V)>,
        now: Instant,
    ) {
        self.settle(now);
        self.pbx.emit(event, classes, Block::new().headers(headers), now);
        self.deliver(now);
    }

    /// As [`emit`](Self::emit), with these headers and no other: neither `Privilege` nor `Timestamp`.
    pub fn emit_bare<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        &mut self,
        event: &str,
        classes: Classes,
        headers: impl IntoIterator<Item = (N, V)>,
        now: Instant,
    ) {
        self.settle(now);
        self.pbx.emit_raw(event, classes, Block::event(event).headers(headers).end());
        self.deliver(now);
    }

    /// Writes bytes to one session as they are: garbage, half a block, a frame that is too long.
    pub fn inject(&mut self, session: SessionId, bytes: &[u8], now: Instant) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.write(bytes, now);
        }
    }

    /// Says these bytes ahead of every answer to a session that is not logged in, which no Asterisk does.
    pub fn speak_before_login(&mut self, bytes: &[u8]) {
        self.pbx.script.before_login = bytes.to_vec();
    }

    /// Refuses every login, or stops to do so.
    pub fn refuse_logins(&mut self, refuse: bool) {
        self.pbx.refuses_logins = refuse;
    }

    /// Closes a session after what it was sent, as `manager kick session` does.
    pub fn close(&mut self, session: SessionId, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.close();
        }
        self.settle(now);
    }

    /// Cuts a session where it stands; what was not sent yet is lost.
    pub fn cut(&mut self, session: SessionId, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.cut();
        }
        self.settle(now);
    }

    /// Stops the whole process, as a debugger would, or lets it run on. A stopped server accepts
    /// connections and bytes, since the kernel does, and says nothing.
    pub fn freeze(&mut self, frozen: bool, now: Instant) {
        self.frozen = frozen;
        if frozen {
            return;
        }
        let ids: Vec<_> = self.sessions.keys().copied().collect();
        for id in ids {
            self.greet(id, now);
            self.pump(id, now);
        }
        self.settle(now);
    }

    /// `core restart now`: says `Shutdown`, closes every session and forgets all calls. It is
    /// fully booted again after its boot time.
    pub fn restart(&mut self, now: Instant) {
        self.settle(now);
        let body = Block::new().header("Shutdown", "Cleanly").header("Restart", "True");
        self.pbx.emit("Shutdown", Classes::SYSTEM, body, now);
        self.deliver(now);
        self.sessions.values_mut().for_each(Session::close);
        self.pbx.calls.clear();
        self.pbx.bridges.clear();
        self.pbx.lag.clear();
        self.pbx.agenda.clear();
        self.pbx.booted_at = now + self.pbx.options.boot_time;
        self.pbx.agenda.plan(self.pbx.booted_at, CallStep::Booted);
        self.settle(now);
    }
}
