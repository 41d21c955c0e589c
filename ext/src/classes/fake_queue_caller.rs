//! `FakeQueueCaller`: a caller of a queue of a `FakeAsterisk`.

use std::cell::RefCell;
use std::rc::Rc;

use apn_sim::asterisk::{Caller, Purpose};
use apn_sim::world::SiteId;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::ZendClassObject;
use ext_php_rs::{php_class, php_impl};

use super::fake_call::{device, refused};
use crate::classes::registration::class;
use crate::convert::errors::value_error;
use crate::convert::object::object;
use crate::convert::{Object, Str};
use crate::fake::stage::Stage;
use crate::zend::{Native, PhpResult, Tracer};

/// A caller of a queue. Its methods act as the caller, and as the member that rings for it.
#[php_class]
#[php(name = "Apn\\AmiClient\\Testing\\FakeQueueCaller", flags = ClassFlags::Final)]
pub(crate) struct FakeQueueCaller {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    id: Str,
    #[php(prop)]
    channel: Str,
    /// The fake. Through it the cycle collector finds the script, whose callables may refer to this caller.
    fake: Object,
    stage: Rc<Stage>,
    site: SiteId,
    /// The Uniqueid of the member's channel that rings for the caller.
    ringing: RefCell<Option<Vec<u8>>>,
}

impl Native for FakeQueueCaller {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.fake);
    }
}

impl FakeQueueCaller {
    /// Lets a phone call the server, and its channel join the queue.
    pub(super) fn joined(
        fake: Object,
        stage: &Rc<Stage>,
        site: SiteId,
        server_key: &Str,
        queue: &str,
        caller: &Caller,
    ) -> Object<Self> {
        let (id, channel) = stage.at(site, |asterisk, now| {
            let id = asterisk.phones(now).call_as(caller, queue);
            asterisk.hall(now).join(&id, queue, None);
            let channels = asterisk.truth().channels;
            let own = channels.into_iter().find(|channel| channel.unique_id.as_bytes() == id);
            (id, own.map(|channel| channel.name).unwrap_or_default())
        });
        object(Self {
            server_key: server_key.clone(),
            id: Str::new(id),
            channel: Str::new(channel),
            fake,
            stage: Rc::clone(stage),
            site,
            ringing: RefCell::default(),
        })
    }

    fn waits(&self) -> bool {
        self.stage.at(self.site, |asterisk, _| {
            let queues = asterisk.truth().queues;
            queues.iter().any(|queue| queue.callers.iter().any(|id| id.as_bytes() == &*self.id))
        })
    }

    fn must_wait(&self, method: &str) -> PhpResult<()> {
        if self.waits() { Ok(()) } else { Err(refused(method, "the caller waits in no queue")) }
    }

    fn must_ring(&self, method: &str) -> PhpResult<Vec<u8>> {
        self.must_wait(method)?;
        let ringing = self.ringing.borrow_mut().take();
        ringing.ok_or_else(|| refused(method, "no member rings for the caller"))
    }
}

#[php_impl]
impl FakeQueueCaller {
    pub(crate) fn ring(
        self_: &mut ZendClassObject<FakeQueueCaller>,
        member: Str,
    ) -> PhpResult<Object<FakeQueueCaller>> {
        let member = device("ring", 1, "member", &member)?;
        self_.must_wait("ring")?;
        let ringing = self_.stage.at(self_.site, |asterisk, now| asterisk.hall(now).ring(&self_.id, &member));
        let Some(ringing) = ringing else { return Err(refused("ring", "it is no member of the queue")) };
        *self_.ringing.borrow_mut() = Some(ringing);
        Ok(Object::this(self_))
    }

    pub(crate) fn answer(self_: &mut ZendClassObject<FakeQueueCaller>) -> PhpResult<Object<FakeQueueCaller>> {
        let member = self_.must_ring("answer")?;
        self_.stage.at(self_.site, |asterisk, now| asterisk.hall(now).answer(&member));
        Ok(Object::this(self_))
    }

    pub(crate) fn miss(self_: &mut ZendClassObject<FakeQueueCaller>) -> PhpResult<Object<FakeQueueCaller>> {
        let member = self_.must_ring("miss")?;
        self_.stage.at(self_.site, |asterisk, now| asterisk.hall(now).miss(&member));
        Ok(Object::this(self_))
    }

    pub(crate) fn leave(self_: &mut ZendClassObject<FakeQueueCaller>) -> PhpResult<Object<FakeQueueCaller>> {
        self_.must_wait("leave")?;
        self_.stage.at(self_.site, |asterisk, now| asterisk.hall(now).leave(&self_.id));
        Ok(Object::this(self_))
    }

    pub(crate) fn pull(
        self_: &mut ZendClassObject<FakeQueueCaller>,
        to: Str,
    ) -> PhpResult<Object<FakeQueueCaller>> {
        let to = device("pull", 1, "to", &to)?;
        self_.must_wait("pull")?;
        self_.stage.at(self_.site, |asterisk, now| {
            let mut phones = asterisk.phones(now);
            let other = phones.call(&to, "", "");
            phones.up(&other);
            phones.bridge(&[&self_.id, &other], Purpose::Talk);
        });
        Ok(Object::this(self_))
    }

    #[php(defaults(cause = 16))]
    pub(crate) fn hangup(
        self_: &mut ZendClassObject<FakeQueueCaller>,
        cause: i64,
    ) -> PhpResult<Object<FakeQueueCaller>> {
        let Some(cause) = u8::try_from(cause).ok().filter(|cause| *cause <= 127) else {
            return Err(value_error("hangup(): Argument #1 ($cause) must be a hang-up cause from 0 to 127"));
        };
        self_.stage.at(self_.site, |asterisk, now| {
            let mut phones = asterisk.phones(now);
            let others = phones.partners(&self_.id);
            phones.hang_up(&self_.id, cause);
            for other in others {
                phones.hang_up(&other, cause);
            }
        });
        Ok(Object::this(self_))
    }
}

pub(crate) fn register() {
    let mut surface = class::<FakeQueueCaller>();
    for method in ["ring", "answer", "miss", "leave", "pull", "hangup"] {
        surface = surface.returns_static(method);
    }
    surface.done();
}
