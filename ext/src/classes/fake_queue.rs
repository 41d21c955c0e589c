//! `FakeQueue`: a queue of a `FakeAsterisk`.

use std::rc::Rc;

use apn_sim::asterisk::{Caller, Hall};
use apn_sim::world::SiteId;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::ZendClassObject;
use ext_php_rs::{php_class, php_impl};

use super::fake_call::{device, number_of};
use super::fake_queue_caller::FakeQueueCaller;
use crate::classes::registration::class;
use crate::convert::errors::value_error;
use crate::convert::live::DeviceState;
use crate::convert::object::object;
use crate::convert::{Array, Object, Str};
use crate::fake::stage::Stage;
use crate::zend::{Native, PhpResult, Tracer};

/// A queue of a fake server. Its methods act as the server and its members.
#[php_class]
#[php(name = "Apn\\AmiClient\\Testing\\FakeQueue", flags = ClassFlags::Final)]
pub(crate) struct FakeQueue {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    name: Str,
    /// The fake. Through it the cycle collector finds the script, whose callables may refer to this queue.
    fake: Object,
    stage: Rc<Stage>,
    site: SiteId,
    queue: String,
}

impl Native for FakeQueue {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.fake);
    }
}

impl FakeQueue {
    /// Configures a queue with these static members. The server sends no events for it.
    pub(super) fn configured(
        fake: Object,
        stage: &Rc<Stage>,
        server_key: Str,
        name: Str,
        members: &Array,
    ) -> PhpResult<Object<Self>> {
        let site = stage.site(&server_key)?;
        let queue = plain("queue", 2, "name", &name)?;
        let this = Self { server_key, name, fake, stage: Rc::clone(stage), site, queue };
        this.configure("queue", 3, members)?;
        Ok(object(this))
    }

    fn configure(&self, method: &str, argument: u32, members: &Array) -> PhpResult<()> {
        let given = if members.is_list() { members.strings() } else { None };
        let given = given.ok_or_else(|| {
            value_error(&format!("{method}(): Argument #{argument} ($members) must be a list of phones"))
        })?;
        let members = given.iter().map(|member| device(method, argument, "members", member));
        let members = members.collect::<PhpResult<Vec<_>>>()?;
        self.at(|hall| hall.configure(&self.queue, &members));
        Ok(())
    }

    fn at<R>(&self, act: impl FnOnce(&mut Hall<'_>) -> R) -> R {
        self.stage.at(self.site, |asterisk, now| act(&mut asterisk.hall(now)))
    }
}

#[php_impl]
impl FakeQueue {
    #[php(defaults(number = Str::new(""), name = Str::new("")))]
    pub(crate) fn join(&self, from: Str, number: Str, name: Str) -> PhpResult<Object<FakeQueueCaller>> {
        let device = device("join", 1, "from", &from)?;
        let number = number_of("join", 2, &device, &number)?;
        let caller = Caller { number, name: name.to_vec(), device };
        Ok(FakeQueueCaller::joined(
            self.fake.clone(),
            &self.stage,
            self.site,
            &self.server_key,
            &self.queue,
            &caller,
        ))
    }

    pub(crate) fn reload(
        self_: &mut ZendClassObject<FakeQueue>,
        members: Array,
    ) -> PhpResult<Object<FakeQueue>> {
        self_.configure("reload", 1, &members)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn add(self_: &mut ZendClassObject<FakeQueue>, member: Str) -> PhpResult<Object<FakeQueue>> {
        let member = device("add", 1, "member", &member)?;
        self_.at(|hall| hall.add(&self_.queue, &member));
        Ok(Object::this(self_))
    }

    pub(crate) fn remove(
        self_: &mut ZendClassObject<FakeQueue>,
        member: Str,
    ) -> PhpResult<Object<FakeQueue>> {
        let member = device("remove", 1, "member", &member)?;
        self_.at(|hall| hall.remove(&self_.queue, &member));
        Ok(Object::this(self_))
    }

    #[php(defaults(reason = Str::new("")))]
    pub(crate) fn pause(
        self_: &mut ZendClassObject<FakeQueue>,
        member: Str,
        reason: Str,
    ) -> PhpResult<Object<FakeQueue>> {
        let member = device("pause", 1, "member", &member)?;
        let reason = plain("pause", 2, "reason", &reason)?;
        self_.at(|hall| hall.pause(&self_.queue, &member, Some(&reason)));
        Ok(Object::this(self_))
    }

    pub(crate) fn unpause(
        self_: &mut ZendClassObject<FakeQueue>,
        member: Str,
    ) -> PhpResult<Object<FakeQueue>> {
        let member = device("unpause", 1, "member", &member)?;
        self_.at(|hall| hall.pause(&self_.queue, &member, None));
        Ok(Object::this(self_))
    }

    pub(crate) fn penalty(
        self_: &mut ZendClassObject<FakeQueue>,
        member: Str,
        penalty: i64,
    ) -> PhpResult<Object<FakeQueue>> {
        let member = device("penalty", 1, "member", &member)?;
        let Ok(penalty) = u32::try_from(penalty) else {
            return Err(value_error("penalty(): Argument #2 ($penalty) must be 0 or more"));
        };
        self_.at(|hall| hall.penalty(&self_.queue, &member, penalty));
        Ok(Object::this(self_))
    }

    pub(crate) fn device(
        self_: &mut ZendClassObject<FakeQueue>,
        member: Str,
        state: DeviceState,
    ) -> PhpResult<Object<FakeQueue>> {
        let member = device("device", 1, "member", &member)?;
        let state = apn_ami::live::DeviceState::from(state).number();
        self_.at(|hall| hall.device(&member, state));
        Ok(Object::this(self_))
    }
}

/// Checks that a name is UTF-8 without control characters, so it fits in one header.
fn plain(method: &str, argument: u32, parameter: &str, given: &Str) -> PhpResult<String> {
    let text = std::str::from_utf8(given).ok().filter(|text| !text.contains(char::is_control));
    text.map(str::to_owned).ok_or_else(|| {
        value_error(&format!(
            "{method}(): Argument #{argument} (${parameter}) must be UTF-8 without control characters"
        ))
    })
}

pub(crate) fn register() {
    let mut surface = class::<FakeQueue>();
    for method in ["reload", "add", "remove", "pause", "unpause", "penalty", "device"] {
        surface = surface.returns_static(method);
    }
    surface.done();
}
