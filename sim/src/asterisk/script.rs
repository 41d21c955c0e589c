//! Control of the server by tests and users: answers, events and faults.

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
/// The server adds `Response: Success` and the `ActionID` if they are missing.
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

    /// An answer `Response: Error` with this message.
    #[must_use]
    pub fn error(message: &str) -> Self {
        Self::new([("Response", "Error"), ("Message", message)])
    }

    /// Adds an event. Its first header must be `Event`.
    #[must_use]
    pub fn event<N: AsRef<[u8]>, V: AsRef<[u8]>>(mut self, event: impl IntoIterator<Item = (N, V)>) -> Self {
        self.events.push(headers(event));
        self
    }

    /// Makes the answer a list of these items, with the headers that mark a list.
    #[must_use]
    pub fn items(mut self, items: Vec<Headers>) -> Self {
        self.items = Some(items);
        self
    }

    /// Delays the answer. The session is busy meanwhile.
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

/// Name of the event that ends the list of an action.
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

/// A block with the first header, the request's `ActionID` if `headers` has none, and the other headers.
fn block(headers: &Headers, request: &Request) -> Vec<u8> {
    let Some((first, rest)) = headers.split_first() else { return Vec::new() };
    let block = Block::new().header(&first.0, &first.1);
    let block = if has(headers, "ActionID") { block } else { block.id(request.id()) };
    block.headers(rest.iter().map(|(name, value)| (name, value))).end()
}

/// The scripted reaction to an action.
#[derive(Clone, Debug)]
enum Reaction {
    Answer(Answer),
    Ask,
    Silence,
}

/// An action that waits for [`Asterisk::answer`].
#[derive(Clone, Debug)]
pub struct Question {
    /// The session that sent the action. It is busy until the answer.
    pub session: SessionId,
    /// The action.
    pub request: Request,
}

/// All scripted reactions, and the questions and requests collected.
#[derive(Debug, Default)]
pub(crate) struct Script {
    reactions: BTreeMap<Vec<u8>, Reaction>,
    questions: Vec<Question>,
    recorded: Option<Vec<(SessionId, Request)>>,
    /// Bytes written before each answer to a session that is not logged in.
    pub(crate) before_login: Vec<u8>,
}

impl Script {
    pub(crate) fn record(&mut self, session: SessionId, request: &Request) {
        if let Some(recorded) = &mut self.recorded {
            recorded.push((session, request.clone()));
        }
    }

    /// The scripted reaction to a request: bytes to write or a hold. `None` if the server answers by itself.
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

/// Control of the answers.
impl Asterisk {
    /// Answers every action of this name with this answer, until another reaction is set.
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

    /// Removes the reaction to an action. The server answers by itself again.
    pub fn unscript(&mut self, action: &str) {
        self.pbx.script.reactions.remove(&action.as_bytes().to_ascii_lowercase());
    }

    fn react(&mut self, action: &str, reaction: Reaction) {
        self.pbx.script.reactions.insert(action.as_bytes().to_ascii_lowercase(), reaction);
    }

    /// Takes the actions that wait for an answer and were not taken yet, oldest first.
    pub fn take_questions(&mut self) -> Vec<Question> {
        std::mem::take(&mut self.pbx.script.questions)
    }

    /// Number of waiting actions that `take_questions` has not taken yet.
    #[must_use]
    pub fn questions_waiting(&self) -> usize {
        self.pbx.script.questions.len()
    }

    /// Answers a question. The answer is dropped if the session is gone.
    pub fn answer(&mut self, question: &Question, answer: &Answer, now: Instant) {
        self.pbx.answer_later(question.session, answer.render(&question.request));
        self.settle(now);
    }

    /// Records every request from now on, for [`take_requests`](Self::take_requests).
    pub fn record_requests(&mut self) {
        self.pbx.script.recorded.get_or_insert_default();
    }

    /// Takes the requests received since the last call. Logins and refused requests are included.
    pub fn take_requests(&mut self) -> Vec<(SessionId, Request)> {
        self.pbx.script.recorded.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Fills a list with this many generated items. Returns false if the action has no list.
    pub fn fill_list(&mut self, action: &str, items: usize) -> bool {
        self.pbx.lists.fill(action, items)
    }

    /// Sets the items of a list, each an event with its headers.
    pub fn set_list(&mut self, action: &str, items: impl IntoIterator<Item = (String, Headers)>) {
        let items = items.into_iter().map(|(event, headers)| Item { event, headers }).collect();
        self.pbx.lists.set(action, items);
    }

    /// Sends the list's own error after this many items, or not any more. Returns false if this list has no
    /// such error.
    pub fn break_list(&mut self, action: &str, after_items: Option<usize>) -> bool {
        self.pbx.lists.break_after(action, after_items)
    }

    /// Sets the output of a CLI command.
    pub fn set_command(&mut self, command: &str, success: bool, text: impl Into<Vec<u8>>) {
        self.pbx.cli.set(command.as_bytes(), Output { success, text: text.into() });
    }

    /// Writes a configuration file. `text` has lines `[category]` and `name=value`.
    pub fn set_config(&mut self, file: &str, text: &str) {
        self.pbx.config.set(file, text);
    }

    /// Sets the value of a global variable, or of a function such as `STRFTIME(0,UTC,%Y)`.
    pub fn set_global(&mut self, name: &str, value: impl Into<Vec<u8>>) {
        self.pbx.globals.insert(name.as_bytes().to_vec(), value.into());
    }

    /// Sets the rows of text that `IAXnetstats` answers with.
    pub fn set_netstats<R: Into<Vec<u8>>>(&mut self, rows: impl IntoIterator<Item = R>) {
        self.pbx.netstats = rows.into_iter().map(Into::into).collect();
    }

    /// Sets the outcome of calls to exactly this channel, such as `PJSIP/alice`.
    pub fn set_outcome(&mut self, channel: &str, outcome: Outcome) {
        self.pbx.calls.outcomes.insert(channel.as_bytes().to_vec(), outcome);
    }
}

/// Events and faults.
impl Asterisk {
    /// Sends an event to every session that reads its class. With [`Classes::NONE`] it goes to every session
    /// that is logged in.
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

    /// Sends an event in the same way as [`emit`](Self::emit), without the headers `Privilege` and
    /// `Timestamp`.
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

    /// Writes bytes to one session unchanged, such as garbage, half a block or a frame that is too long.
    pub fn inject(&mut self, session: SessionId, bytes: &[u8], now: Instant) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.write(bytes, now);
        }
    }

    /// Writes these bytes before each answer to a session that is not logged in. No Asterisk does this.
    pub fn speak_before_login(&mut self, bytes: &[u8]) {
        self.pbx.script.before_login = bytes.to_vec();
    }

    /// Refuses every login, or stops refusing them.
    pub fn refuse_logins(&mut self, refuse: bool) {
        self.pbx.refuses_logins = refuse;
    }

    /// Closes a session after the bytes written so far, as `manager kick session` does.
    pub fn close(&mut self, session: SessionId, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.close();
        }
        self.settle(now);
    }

    /// Cuts a session at once. Bytes that were not sent yet are lost.
    pub fn cut(&mut self, session: SessionId, now: Instant) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.cut();
        }
        self.settle(now);
    }

    /// Stops the whole process as a debugger would, or continues it. A stopped server accepts connections and
    /// bytes, since the kernel does, and sends nothing.
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

    /// Restarts as `core restart now` does. The server sends `Shutdown`, closes every session and forgets all
    /// calls. It is fully booted again after its boot time.
    pub fn restart(&mut self, now: Instant) {
        self.settle(now);
        let body = Block::new().header("Shutdown", "Cleanly").header("Restart", "True");
        self.pbx.emit("Shutdown", Classes::SYSTEM, body, now);
        self.deliver(now);
        self.sessions.values_mut().for_each(Session::close);
        self.pbx.calls.clear();
        self.pbx.bridges.clear();
        self.pbx.queues.restart();
        self.pbx.lag.clear();
        self.pbx.agenda.clear();
        self.pbx.booted_at = now + self.pbx.options.boot_time;
        self.pbx.agenda.plan(self.pbx.booted_at, CallStep::Booted);
        self.settle(now);
    }
}
