//! The state that a `FakeAsterisk` and its manager share: servers in memory, and the PHP code that answers
//! for them.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;

use apn_ami::client::Network;
use apn_ami::cluster::Timestamp;
use apn_ami::error::ConfigError;
use apn_ami::limits::Limits;
use apn_ami::net;
use apn_ami::secret::Secret;
use apn_ami::settings::{ServerKey, ServerSettings};
use apn_ami::wire;
use apn_sim::asterisk::{Account, Answer, Asterisk, Classes, Options, Question, Release, Request};
use apn_sim::world::{SiteId, World};

use ext_php_rs::types::Zval;

use super::network::SharedWorld;
use super::scripted_answer::answer_of;
use crate::convert::errors::unknown_server;
use crate::convert::errors::{type_error, value_error};
use crate::convert::{Array, Builder, Str, Value, View, zval};
use crate::zend::{Callable, PhpResult, Tracer};

/// The answer to an action: headers, or a callable that returns them.
pub(crate) enum Script {
    Headers(Array),
    Callable(Callable),
}

const USER: &str = "fake";
const SECRET: &str = "fake";
const PORT: u16 = 5_038;
/// The event classes of the account, without `system` and `security`. A test receives the events that it
/// causes, and not the server's events about each login.
const READ: &str = "call,log,verbose,command,agent,user,config,dtmf,reporting,cdr,dialplan,originate,agi,cc,aoc,test,message";

/// A function that makes the PHP object of an action that a server received.
type ActionObject = fn(name: &[u8], parameters: Array) -> Zval;

/// The servers and their script.
pub(crate) struct Stage {
    world: SharedWorld,
    action_object: ActionObject,
    servers: Vec<Server>,
    scripted: RefCell<Vec<Scripted>>,
    /// Questions that were taken from the servers and are not answered yet.
    waiting: RefCell<VecDeque<(SiteId, Question)>>,
    sent: RefCell<Vec<(Str, Note)>>,
}

struct Server {
    key: String,
    host: String,
    site: SiteId,
}

/// A callable that answers an action. The action's name is in lower case.
struct Scripted {
    action: Vec<u8>,
    /// None for all servers.
    server: Option<SiteId>,
    callable: Rc<Callable>,
}

/// An action that was sent.
struct Note {
    name: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Stage {
    /// Makes servers with these keys. Their time begins with the real time, so it can be compared with PHP's,
    /// and does not move by itself.
    pub(crate) fn new(
        keys: Vec<String>,
        release: Release,
        action_object: ActionObject,
    ) -> Result<Self, ConfigError> {
        let now = net::now();
        let mut world = World::new(now.at, 1);
        world.set_unix(now.unix);
        let mut servers = Vec::with_capacity(keys.len());
        for (at, key) in keys.into_iter().enumerate() {
            ServerKey::new(&key)?;
            let host = format!("fake{}.invalid", at + 1);
            let account = Account { read: Classes::named(READ), ..Account::new(USER, SECRET) };
            let options = Options { release, accounts: vec![account], ..Options::default() };
            let site = world.add_server(&host, PORT, options);
            servers.push(Server { key, host, site });
        }
        Ok(Self {
            world: SharedWorld::new(world),
            action_object,
            servers,
            scripted: RefCell::default(),
            waiting: RefCell::default(),
            sent: RefCell::default(),
        })
    }

    /// The world, as the network of a core.
    pub(crate) fn world(&self) -> SharedWorld {
        self.world.clone()
    }

    /// The current virtual time.
    pub(crate) fn now(&self) -> Timestamp {
        self.world.lock().now()
    }

    /// The settings with which a manager connects to the servers and logs in.
    pub(crate) fn settings(&self, limits: &Limits) -> Result<Vec<ServerSettings>, ConfigError> {
        let settings = |server: &Server| {
            let secret = Secret::new(SECRET.as_bytes().to_vec());
            let mut settings = ServerSettings::new(&server.key, &server.host, PORT, USER, secret)?;
            settings.limits = limits.clone();
            Ok(settings)
        };
        self.servers.iter().map(settings).collect()
    }

    /// The server with this key.
    pub(crate) fn site(&self, key: &[u8]) -> PhpResult<SiteId> {
        let found = self.servers.iter().find(|server| server.key.as_bytes() == key);
        found.map(|server| server.site).ok_or_else(|| {
            let known: Vec<_> = self.servers.iter().map(|server| server.key.clone()).collect();
            unknown_server(key, &known)
        })
    }

    fn key(&self, site: SiteId) -> Str {
        let found = self.servers.iter().find(|server| server.site == site);
        Str::new(found.map_or("", |server| &server.key))
    }

    /// Changes a server at the current time.
    pub(crate) fn at<R>(
        &self,
        site: SiteId,
        change: impl FnOnce(&mut Asterisk, std::time::Instant) -> R,
    ) -> R {
        let mut world = self.world.lock();
        let now = world.at();
        change(world.server_mut(site), now)
    }

    /// Sets the answer to an action: an array of headers, or a callable that returns one.
    pub(crate) fn respond(&self, action: &Str, answer: Script, server: Option<SiteId>) -> PhpResult<()> {
        let name = action_name("respond", action)?;
        match answer {
            Script::Headers(array) => {
                let answer = answer_of("respond(): Argument #2 ($answer)", action, &array)?;
                self.script(action, server, None, |asterisk| asterisk.respond(&name, answer.clone()));
            }
            Script::Callable(callable) => {
                self.script(action, server, Some(callable), |asterisk| asterisk.ask(&name));
            }
        }
        Ok(())
    }

    /// Makes servers not answer an action.
    pub(crate) fn ignore(&self, action: &Str, server: Option<SiteId>) -> PhpResult<()> {
        let name = action_name("ignore", action)?;
        self.script(action, server, None, |asterisk| asterisk.ignore(&name));
        Ok(())
    }

    fn script(
        &self,
        action: &[u8],
        server: Option<SiteId>,
        callable: Option<Callable>,
        react: impl Fn(&mut Asterisk),
    ) {
        let action = action.to_ascii_lowercase();
        let is_replaced =
            |known: &mut Scripted| known.action == action && (server.is_none() || known.server == server);
        // The callables are dropped at the end of the function, since a destructor may run PHP code.
        let _before: Vec<_> = self.scripted.borrow_mut().extract_if(.., is_replaced).collect();
        if let Some(callable) = callable {
            let callable = Rc::new(callable);
            self.scripted.borrow_mut().push(Scripted { action, server, callable });
        }
        for known in self.servers.iter().filter(|known| server.is_none_or(|server| server == known.site)) {
            self.at(known.site, |asterisk, _| react(asterisk));
        }
    }

    /// Calls the callables of actions that wait for their answer. Returns true if there were any.
    pub(crate) fn answer_questions(&self) -> PhpResult<bool> {
        let mut is_answered = false;
        while let Some((site, question)) = self.next_question() {
            is_answered = true;
            let outcome = self.ask(site, &question.request);
            let answer = outcome.as_ref().ok().cloned();
            // The session gets an answer even if its callable failed.
            let answer = answer.unwrap_or_else(|| Answer::error("The callable given to respond() failed"));
            self.at(site, |asterisk, now| asterisk.answer(&question, &answer, now));
            outcome?;
        }
        Ok(is_answered)
    }

    fn next_question(&self) -> Option<(SiteId, Question)> {
        let mut waiting = self.waiting.borrow_mut();
        if waiting.is_empty() {
            for server in &self.servers {
                let questions = self.at(server.site, |asterisk, _| asterisk.take_questions());
                waiting.extend(questions.into_iter().map(|question| (server.site, question)));
            }
        }
        waiting.pop_front()
    }

    fn ask(&self, site: SiteId, request: &Request) -> PhpResult<Answer> {
        let Some(callable) = self.callable(site, request.action()) else {
            return Ok(Answer::error("Nothing answers this action any more"));
        };
        let is_own =
            |name: &[u8]| [&b"Action"[..], b"ActionID"].iter().any(|own| own.eq_ignore_ascii_case(name));
        let headers = request.headers().filter(|(name, _)| !is_own(name));
        let action = (self.action_object)(request.action(), parameters(headers));
        let answer = callable.call(&[action, zval(self.key(site))])?;
        let name = String::from_utf8_lossy(request.action());
        match answer.view() {
            View::Array(array) => answer_of(
                &format!("the answer to {name} of the callable given to respond()"),
                request.action(),
                &array,
            ),
            _ => Err(type_error(&format!(
                "the callable given to respond() must return an array of headers for {name}, {} returned",
                answer.type_name()
            ))),
        }
    }

    /// The callable that was set last.
    fn callable(&self, site: SiteId, action: &[u8]) -> Option<Rc<Callable>> {
        let scripted = self.scripted.borrow();
        let fits = |known: &&Scripted| {
            known.action.eq_ignore_ascii_case(action) && known.server.is_none_or(|server| server == site)
        };
        scripted.iter().rev().find(fits).map(|known| Rc::clone(&known.callable))
    }

    /// Records an action that the manager sends.
    pub(crate) fn note(&self, key: Str, action: &wire::Action) {
        let headers = action.headers().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
        self.sent.borrow_mut().push((key, Note { name: action.name().as_bytes().to_vec(), headers }));
    }

    /// The recorded actions, as pairs of server key and action.
    pub(crate) fn sent(&self) -> Array {
        let sent = self.sent.borrow();
        let mut list = Builder::new(sent.len());
        for (key, note) in &*sent {
            let headers = note.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
            let mut pair = Builder::new(2);
            pair.push(key.clone());
            pair.push((self.action_object)(&note.name, parameters(headers)));
            list.push(pair.finish());
        }
        list.finish()
    }

    /// Reports the callables to the cycle collector. The manager's object does this, or the fake's while it
    /// has no manager.
    pub(crate) fn trace(&self, tracer: &mut Tracer) {
        if let Ok(scripted) = self.scripted.try_borrow() {
            scripted.iter().for_each(|known| tracer.value(&*known.callable));
        }
    }
}

fn action_name(method: &str, action: &Str) -> PhpResult<String> {
    let name = std::str::from_utf8(action)
        .ok()
        .filter(|name| !name.trim().is_empty() && !name.contains(['\r', '\n']));
    name.map(str::to_owned).ok_or_else(|| {
        value_error(&format!("{method}(): Argument #1 ($action) must be the name of an action"))
    })
}

/// The headers of an action as PHP parameters. A repeated header becomes a list.
fn parameters<'a>(headers: impl Iterator<Item = (&'a [u8], &'a [u8])>) -> Array {
    let mut grouped: Vec<(&[u8], Vec<&[u8]>)> = Vec::new();
    for (name, value) in headers {
        match grouped.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, values)) => values.push(value),
            None => grouped.push((name, vec![value])),
        }
    }
    let mut parameters = Builder::new(grouped.len());
    for (name, values) in grouped {
        if let [value] = values[..] {
            parameters.set(name, Str::new(value));
            continue;
        }
        let mut list = Builder::new(values.len());
        for value in values {
            list.push(Str::new(value));
        }
        parameters.set(name, list.finish());
    }
    parameters.finish()
}
