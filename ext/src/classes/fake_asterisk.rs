//! `FakeAsterisk`: the real manager with servers in memory, for tests of programs.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use apn_ami::client::Network;
use apn_sim::asterisk::{Classes, Release};
use apn_sim::world::SiteId;
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::{php_class, php_impl};

use super::ami_client_manager::AmiClientManager;
use super::client_options::ClientOptions;
use super::cluster_options::ClusterOptions;
use super::fake_call::FakeCall;
use super::fake_queue::FakeQueue;
use super::generic_action;
use super::registration::class;
use crate::convert::config;
use crate::convert::errors::Exception;
use crate::convert::errors::value_error;
use crate::convert::object::object;
use crate::convert::{Array, Object, Str, zval};
use crate::fake::scripted_answer::headers_of;
use crate::fake::stage::{Script, Stage};
use crate::fake::truth::truth_of;
use crate::runtime::logger::Logger;
use crate::runtime::tick;
use crate::zend::check::{ARRAY, CALLABLE};
use crate::zend::exception::error;
use crate::zend::{Callable, Native, PhpResult, Tracer};

/// The real manager with servers in memory.
#[php_class]
#[php(name = "Apn\\AmiClient\\Testing\\FakeAsterisk", flags = ClassFlags::Final)]
pub(crate) struct FakeAsterisk {
    stage: Rc<Stage>,
    /// The manager, after the first call of `manager()`. From then on it reports the script to the cycle
    /// collector.
    manager: RefCell<Option<Object<AmiClientManager>>>,
}

impl Native for FakeAsterisk {
    fn trace(&self, tracer: &mut Tracer) {
        let Ok(manager) = self.manager.try_borrow() else { return };
        match &*manager {
            Some(manager) => tracer.value(manager),
            None => self.stage.trace(tracer),
        }
    }
}

/// A callable, or an array of headers. An array that PHP can call is a callable.
impl FromZval<'_> for Script {
    const TYPE: DataType = DataType::Mixed;

    fn from_zval(value: &Zval) -> Option<Self> {
        Callable::from_zval(value).map(Self::Callable).or_else(|| Array::from_zval(value).map(Self::Headers))
    }
}

/// The longest time of one `advance()`: ten years.
const ADVANCE_MAX: Duration = Duration::from_secs(10 * 365 * 86_400);

/// The longest delay of events. Real delays are far shorter.
const LAG_MAX: Duration = Duration::from_secs(3_600);

#[php_impl]
impl FakeAsterisk {
    #[php(defaults(server_keys = ["pbx1"].into_iter().collect::<Array>(), release = Str::new("22")))]
    pub(crate) fn __construct(server_keys: Array, release: Str) -> PhpResult<Self> {
        let wrong = || {
            value_error("__construct(): Argument #1 ($serverKeys) must be a list of different server keys")
        };
        let keys = server_keys.strings().filter(|_| server_keys.is_list()).ok_or_else(wrong)?;
        let mut known = Vec::with_capacity(keys.len());
        for key in keys {
            let key = key.lossy();
            if known.contains(&key) {
                return Err(wrong());
            }
            known.push(key);
        }
        let release = Release::named(&release.lossy()).ok_or_else(|| {
            let known: Vec<_> = Release::ALL.into_iter().map(Release::name).collect();
            value_error(&format!("__construct(): Argument #2 ($release) must be one of {}", known.join(", ")))
        })?;
        let action = |name: &[u8], parameters| zval(generic_action::received(name, parameters));
        let stage =
            Stage::new(known, release, action).map_err(|refused| config::refused(&refused, |_| None))?;
        Ok(Self { stage: Rc::new(stage), manager: RefCell::default() })
    }

    pub(crate) fn manager(
        &self,
        options: Option<Object<ClientOptions>>,
        logger: Option<Object>,
        cluster: Option<Object<ClusterOptions>>,
    ) -> PhpResult<Object<AmiClientManager>> {
        let known = self.manager.borrow().clone();
        if let Some(manager) = known {
            if options.is_some() || logger.is_some() || cluster.is_some() {
                let message = "manager() was called before: its options are fixed, call it without arguments";
                return Err(Exception::InvalidConfiguration.throw(message));
            }
            return Ok(manager);
        }
        Logger::check(
            logger.as_ref(),
            "Apn\\AmiClient\\Testing\\FakeAsterisk::manager(): Argument #2 ($logger)",
        )?;
        let manager = AmiClientManager::staged(&self.stage, options.as_ref(), logger, cluster.as_ref())?;
        let manager = object(manager);
        *self.manager.borrow_mut() = Some(manager.clone());
        Ok(manager)
    }

    pub(crate) fn respond(
        self_: &mut ZendClassObject<FakeAsterisk>,
        action: Str,
        answer: Script,
        server_key: Option<Str>,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let stage = &self_.stage;
        stage.respond(&action, answer, site_if_given(stage, server_key)?)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn ignore(
        self_: &mut ZendClassObject<FakeAsterisk>,
        action: Str,
        server_key: Option<Str>,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let stage = &self_.stage;
        stage.ignore(&action, site_if_given(stage, server_key)?)?;
        Ok(Object::this(self_))
    }

    #[php(defaults(headers = Array::empty()))]
    pub(crate) fn emit(
        self_: &mut ZendClassObject<FakeAsterisk>,
        server_key: Str,
        event: Str,
        headers: Array,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let stage = &self_.stage;
        let site = stage.site(&server_key)?;
        let name = std::str::from_utf8(&event).ok();
        let Some(name) = name.filter(|name| !name.is_empty() && !name.contains(['\r', '\n'])) else {
            return Err(value_error("emit(): Argument #2 ($event) must be the name of an event"));
        };
        let headers = headers_of("emit(): Argument #3 ($headers)", &headers, None)?;
        stage.at(site, |asterisk, now| asterisk.emit_bare(name, Classes::NONE, headers, now));
        Ok(Object::this(self_))
    }

    #[php(defaults(number = Str::new(""), name = Str::new("")))]
    pub(crate) fn call(
        self_: &mut ZendClassObject<FakeAsterisk>,
        server_key: Str,
        from: Str,
        to: Str,
        number: Str,
        name: Str,
    ) -> PhpResult<Object<FakeCall>> {
        FakeCall::begin(
            Object::this(self_).into_any(),
            &self_.stage,
            server_key,
            &from,
            &to,
            (&number, &name),
        )
    }

    #[php(defaults(members = Array::empty()))]
    pub(crate) fn queue(
        self_: &mut ZendClassObject<FakeAsterisk>,
        server_key: Str,
        name: Str,
        members: Array,
    ) -> PhpResult<Object<FakeQueue>> {
        FakeQueue::configured(Object::this(self_).into_any(), &self_.stage, server_key, name, &members)
    }

    pub(crate) fn truth(&self, server_key: Str) -> PhpResult<Array> {
        let truth = self.stage.at(self.stage.site(&server_key)?, |asterisk, _| asterisk.truth());
        Ok(truth_of(&truth))
    }

    pub(crate) fn lag(
        self_: &mut ZendClassObject<FakeAsterisk>,
        server_key: Str,
        seconds: f64,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let stage = &self_.stage;
        let site = stage.site(&server_key)?;
        let lag = Duration::try_from_secs_f64(seconds).ok().filter(|lag| *lag <= LAG_MAX);
        let Some(lag) = lag else {
            return Err(value_error(
                "lag(): Argument #2 ($seconds) must be a number of seconds from 0 to 3600",
            ));
        };
        stage.at(site, |asterisk, _| asterisk.set_lag(lag));
        Ok(Object::this(self_))
    }

    #[php(defaults(refuse = true))]
    pub(crate) fn refuse_login(
        self_: &mut ZendClassObject<FakeAsterisk>,
        server_key: Str,
        refuse: bool,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let stage = &self_.stage;
        stage.at(stage.site(&server_key)?, |asterisk, _| asterisk.refuse_logins(refuse));
        Ok(Object::this(self_))
    }

    pub(crate) fn drop_session(
        self_: &mut ZendClassObject<FakeAsterisk>,
        server_key: Str,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let stage = &self_.stage;
        stage.at(stage.site(&server_key)?, |asterisk, now| {
            let sessions: Vec<_> = asterisk.sessions().collect();
            for session in sessions {
                asterisk.cut(session, now);
            }
        });
        Ok(Object::this(self_))
    }

    pub(crate) fn advance(
        self_: &mut ZendClassObject<FakeAsterisk>,
        seconds: f64,
    ) -> PhpResult<Object<FakeAsterisk>> {
        let longest = Duration::try_from_secs_f64(seconds).ok().filter(|longest| *longest <= ADVANCE_MAX);
        let Some(longest) = longest else {
            return Err(value_error(
                "advance(): Argument #1 ($seconds) must be a number of seconds from 0 to ten years",
            ));
        };
        let manager = self_.manager.borrow().clone();
        match manager {
            Some(manager) => tick::advance(manager.state()?.hub()?, longest)?,
            None => wait(&self_.stage, longest)?,
        }
        Ok(Object::this(self_))
    }

    pub(crate) fn sent(&self) -> Array {
        self.stage.sent()
    }
}

fn site_if_given(stage: &Stage, key: Option<Str>) -> PhpResult<Option<SiteId>> {
    key.map(|key| stage.site(&key)).transpose()
}

/// Moves the time while there is no manager.
fn wait(stage: &Stage, longest: Duration) -> PhpResult<()> {
    let waited = stage.world().lock().wait(longest);
    waited.map_err(|failure| error(&format!("the fake cannot wait: {failure}")))
}

pub(crate) fn register() {
    class::<FakeAsterisk>()
        .also("respond", 1, ARRAY | CALLABLE)
        .returns_static("respond")
        .returns_static("ignore")
        .returns_static("emit")
        .returns_static("lag")
        .returns_static("refuseLogin")
        .returns_static("dropSession")
        .returns_static("advance")
        .done();
}
