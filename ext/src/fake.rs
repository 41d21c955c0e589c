//! `FakeAsterisk`: the real manager on servers in memory, for tests of programs.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use apn_ami::client::Network;
use apn_sim::asterisk::Classes;
use apn_sim::world::SiteId;

use crate::answer::headers_of;
use crate::config;
use crate::dispatch;
use crate::logger::Logger;
use crate::manager::{build_staged, hub_of};
use crate::stage::Stage;
use crate::zend::call::ArrayOrCallable;
use crate::zend::exception::{error, throw_new, value_error};
use crate::zend::{Array, Class, Native, Object, PhpResult, Str, Tracer};

/// The class `FakeAsterisk`.
pub(crate) struct FakeAsterisk;

/// What one object of it holds.
pub(crate) struct FakeState {
    stage: Rc<Stage>,
    /// Once it was asked for. From then on it is the manager that owns the script.
    manager: RefCell<Option<Object>>,
}

impl Native for FakeState {
    const CLASSES: &'static [Class] = &[Class::FakeAsterisk];

    fn trace(&self, tracer: &mut Tracer) {
        let Ok(manager) = self.manager.try_borrow() else { return };
        match &*manager {
            Some(manager) => tracer.object(manager),
            None => self.stage.trace(tracer),
        }
    }
}

/// Longest time to advance by: ten years.
const ADVANCE_MAX: Duration = Duration::from_secs(10 * 365 * 86_400);

impl FakeAsterisk {
    pub(crate) fn construct(this: &Object, keys: Array) -> PhpResult<()> {
        let wrong = || {
            value_error("__construct(): Argument #1 ($serverKeys) must be a list of different server keys")
        };
        let keys = keys.strings().filter(|_| keys.is_list()).ok_or_else(wrong)?;
        let mut known = Vec::with_capacity(keys.len());
        for key in keys {
            let key = key.lossy();
            if known.contains(&key) {
                return Err(wrong());
            }
            known.push(key);
        }
        let stage = Stage::new(known).map_err(|refused| config::refused(&refused, |_| None))?;
        this.init(FakeState { stage: Rc::new(stage), manager: RefCell::default() })
    }

    pub(crate) fn manager(
        this: &Object,
        options: Option<Object>,
        logger: Option<Object>,
        cluster: Option<Object>,
    ) -> PhpResult<Object> {
        let state = this.state::<FakeState>()?;
        let known = state.manager.borrow().clone();
        if let Some(manager) = known {
            if options.is_some() || logger.is_some() || cluster.is_some() {
                let message = "manager() was called before: its options are fixed, call it without arguments";
                return Err(throw_new(Class::InvalidConfigurationException, message));
            }
            return Ok(manager);
        }
        Logger::check(
            logger.as_ref(),
            "Apn\\AmiClient\\Testing\\FakeAsterisk::manager(): Argument #2 ($logger)",
        )?;
        let manager = build_staged(&state.stage, options.as_ref(), logger, cluster.as_ref())?;
        *state.manager.borrow_mut() = Some(manager.clone());
        Ok(manager)
    }

    pub(crate) fn respond(
        this: &Object,
        action: Str,
        answer: ArrayOrCallable,
        server_key: Option<Str>,
    ) -> PhpResult<Object> {
        let stage = &this.state::<FakeState>()?.stage;
        stage.respond(&action, answer, site_if_given(stage, server_key)?)?;
        Ok(this.clone())
    }

    pub(crate) fn ignore(this: &Object, action: Str, server_key: Option<Str>) -> PhpResult<Object> {
        let stage = &this.state::<FakeState>()?.stage;
        stage.ignore(&action, site_if_given(stage, server_key)?)?;
        Ok(this.clone())
    }

    pub(crate) fn emit(this: &Object, server_key: Str, event: Str, headers: Array) -> PhpResult<Object> {
        let stage = &this.state::<FakeState>()?.stage;
        let site = stage.site(&server_key)?;
        let name = std::str::from_utf8(&event).ok();
        let Some(name) = name.filter(|name| !name.is_empty() && !name.contains(['\r', '\n'])) else {
            return Err(value_error("emit(): Argument #2 ($event) must be the name of an event"));
        };
        let headers = headers_of("emit(): Argument #3 ($headers)", &headers, None)?;
        stage.at(site, |asterisk, now| asterisk.emit_bare(name, Classes::NONE, headers, now));
        Ok(this.clone())
    }

    pub(crate) fn refuse_login(this: &Object, server_key: Str, refuse: bool) -> PhpResult<Object> {
        let stage = &this.state::<FakeState>()?.stage;
        stage.at(stage.site(&server_key)?, |asterisk, _| asterisk.refuse_logins(refuse));
        Ok(this.clone())
    }

    pub(crate) fn drop_session(this: &Object, server_key: Str) -> PhpResult<Object> {
        let stage = &this.state::<FakeState>()?.stage;
        stage.at(stage.site(&server_key)?, |asterisk, now| {
            let sessions: Vec<_> = asterisk.sessions().collect();
            for session in sessions {
                asterisk.cut(session, now);
            }
        });
        Ok(this.clone())
    }

    pub(crate) fn advance(this: &Object, seconds: f64) -> PhpResult<Object> {
        let state = this.state::<FakeState>()?;
        let longest = Duration::try_from_secs_f64(seconds).ok().filter(|longest| *longest <= ADVANCE_MAX);
        let Some(longest) = longest else {
            return Err(value_error(
                "advance(): Argument #1 ($seconds) must be a number of seconds from 0 to ten years",
            ));
        };
        let manager = state.manager.borrow().clone();
        match manager {
            Some(manager) => dispatch::advance(hub_of(&manager)?, longest)?,
            None => wait(&state.stage, longest)?,
        }
        Ok(this.clone())
    }

    pub(crate) fn sent(this: &Object) -> PhpResult<Array> {
        this.state::<FakeState>()?.stage.sent()
    }
}

fn site_if_given(stage: &Stage, key: Option<Str>) -> PhpResult<Option<SiteId>> {
    key.map(|key| stage.site(&key)).transpose()
}

/// Time that passes while nobody is connected.
fn wait(stage: &Stage, longest: Duration) -> PhpResult<()> {
    let waited = stage.world().lock().wait(longest);
    waited.map_err(|failure| error(&format!("the fake cannot wait: {failure}")))
}
