//! Finds the action that a request runs, and checks whether it may run: `process_message` of main/manager.c.

use std::time::{Duration, Instant};

use super::actions;
use super::block::{Block, ack, error};
use super::pbx::Pbx;
use super::pbx::security::Security;
use super::reader::Incoming;
use super::request::Request;
use super::script::Reacted;
use super::session::{Hold, Session, SessionId};
use super::tables::TableAnswer;

/// Delay before the answer to a refused login.
pub(crate) const PENALTY: Duration = Duration::from_secs(1);

/// A request that is about to run in its session.
pub(crate) struct Turn<'a> {
    pub(crate) id: SessionId,
    pub(crate) session: &'a mut Session,
    pub(crate) pbx: &'a mut Pbx,
    pub(crate) now: Instant,
}

/// The session's next step after a request.
#[derive(Debug)]
pub(crate) enum Next {
    /// Read the next request.
    Proceed,
    /// Read no request until the hold ends.
    Hold(Hold),
    /// Close the session.
    Close,
}

impl Turn<'_> {
    pub(crate) fn say(&mut self, bytes: &[u8]) -> Next {
        self.session.write(bytes, self.now);
        Next::Proceed
    }

    pub(crate) fn ack(&mut self, request: &Request, message: impl AsRef<[u8]>) -> Next {
        self.say(&ack(request, message))
    }

    /// A response `Success` without a message.
    pub(crate) fn success(&mut self, request: &Request) -> Next {
        self.say(&Block::response("Success", request).end())
    }

    pub(crate) fn error(&mut self, request: &Request, message: impl AsRef<[u8]>) -> Next {
        self.say(&error(request, message))
    }

    /// Emits a security event.
    pub(crate) fn report(&mut self, what: Security<'_>, user: &[u8]) {
        self.pbx.report_security(what, user, self.id, self.now);
    }

    /// Emits a security event about the user that is logged in. The user is empty before the login.
    fn report_own(&mut self, what: Security<'_>) {
        let user = self.session.login.as_ref().map(|login| login.user.clone()).unwrap_or_default();
        self.report(what, user.as_bytes());
    }

    /// Sends the refusal after a second and closes the session.
    pub(crate) fn refuse_login(&mut self, request: &Request, message: &str) -> Next {
        Next::Hold(Hold::Penalty { until: self.now + PENALTY, last_words: error(request, message) })
    }
}

pub(crate) fn dispatch(turn: &mut Turn<'_>, incoming: &Incoming) -> Next {
    match incoming {
        Incoming::Request(request) => run(turn, request),
        Incoming::LineTooLong(request) => turn.error(request, "Failed to parse message: line too long"),
        Incoming::TooManyLines(request) => {
            turn.error(request, "Too many lines in message or allocation failure")
        }
    }
}

fn run(turn: &mut Turn<'_>, request: &Request) -> Next {
    turn.pbx.script.record(turn.id, request);
    if request.action().is_empty() {
        turn.report_own(Security::RequestBadFormat(b"NONE"));
        return turn.error(request, "Missing action in request");
    }
    if turn.session.login.is_none() {
        turn.session.write(&turn.pbx.script.before_login, turn.now);
        return before_login(turn, request);
    }
    authorized(turn, request)
}

fn before_login(turn: &mut Turn<'_>, request: &Request) -> Next {
    if request.is("Login") || request.is("Challenge") {
        if turn.pbx.is_login_in_use(request.header("Username")) {
            turn.report(Security::SessionLimit, request.header("Username"));
            return turn.refuse_login(request, "Login Already In Use");
        }
    } else if !request.is("Logoff") {
        turn.report_own(Security::RequestNotAllowed(request.action()));
        return turn.error(request, "Permission denied");
    }
    authorized(turn, request)
}

fn authorized(turn: &mut Turn<'_>, request: &Request) -> Next {
    if turn.session.login.is_some()
        && let Some(reacted) = turn.pbx.script.react(turn.id, request, turn.now)
    {
        return match reacted {
            Reacted::Say(bytes) => turn.say(&bytes),
            Reacted::Hold(hold) => Next::Hold(hold),
        };
    }
    if request.is("FakeEvent") {
        return actions::fake_event(turn, request);
    }
    let release = turn.pbx.options.release;
    let Some(action) = actions::find(request.action()).filter(|action| release.has(action.name)) else {
        return unknown(turn, request);
    };
    // Until the server is booted, only the core's own actions exist. Here those are the actions answered by
    // code, except those of app_queue.
    let is_core = matches!(action.answer, TableAnswer::Code) && !action.name.starts_with("Queue");
    if !turn.pbx.is_booted(turn.now) && !is_core {
        return unknown(turn, request);
    }
    let write = turn.session.login.as_ref().map(|login| login.write).unwrap_or_default();
    if !write.allow(action.classes) {
        turn.report_own(Security::RequestNotAllowed(request.action()));
        return turn.error(request, "Permission denied");
    }
    actions::run(action, turn, request)
}

fn unknown(turn: &mut Turn<'_>, request: &Request) -> Next {
    let message = [
        b"Invalid/unknown command: ",
        request.action(),
        b". Use Action: ListCommands to show available commands.",
    ]
    .concat();
    turn.report_own(Security::RequestBadFormat(request.action()));
    // Asterisk prints this message into `char buf[512]`.
    turn.error(request, &message[..message.len().min(511)])
}
