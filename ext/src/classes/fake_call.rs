//! `FakeCall`: a call between two phones of a `FakeAsterisk`, step by step.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Instant;

use apn_sim::asterisk::{Asterisk, Caller, Conversation, Mistake};
use apn_sim::world::SiteId;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::types::ZendClassObject;
use ext_php_rs::{php_class, php_impl};

use super::registration::class;
use crate::convert::errors::throw_new;
use crate::convert::errors::value_error;
use crate::convert::object::object;
use crate::convert::{Object, Str};
use crate::fake::stage::Stage;
use crate::zend::class::find;
use crate::zend::{Native, PhpResult, Thrown, Tracer};

/// A call between two phones.
#[php_class]
#[php(name = "Apn\\AmiClient\\Testing\\FakeCall", flags = ClassFlags::Final)]
pub(crate) struct FakeCall {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    id: Str,
    #[php(prop)]
    caller: Str,
    /// The fake. Through it the cycle collector finds the script, whose callables may refer to this call.
    fake: Object,
    stage: Rc<Stage>,
    site: SiteId,
    conversation: RefCell<Conversation>,
}

impl Native for FakeCall {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.fake);
    }
}

/// The hang-up cause of a normal end.
const NORMAL_CLEARING: i64 = 16;

impl FakeCall {
    /// One phone calls another, at the current time.
    pub(super) fn begin(
        fake: Object,
        stage: &Rc<Stage>,
        server_key: Str,
        from: &Str,
        to: &Str,
        (number, name): (&Str, &Str),
    ) -> PhpResult<Object<Self>> {
        let site = stage.site(&server_key)?;
        let device = device("call", 2, "from", from)?;
        let to = self::device("call", 3, "to", to)?;
        let number = number_of("call", 4, &device, number)?;
        let caller = Caller { number, name: name.to_vec(), device };
        let conversation = stage.at(site, |asterisk, now| Conversation::begin(asterisk, caller, &to, now));
        let id = Str::new(&conversation.caller().unique_id);
        let caller = Str::new(&conversation.caller().name);
        Ok(object(Self {
            server_key,
            id,
            caller,
            fake,
            stage: Rc::clone(stage),
            site,
            conversation: RefCell::new(conversation),
        }))
    }

    /// Takes a step at the current time.
    fn step(
        &self,
        method: &str,
        step: impl FnOnce(&mut Conversation, &mut Asterisk, Instant) -> Result<(), Mistake>,
    ) -> PhpResult<()> {
        let (outcome, from, to) = {
            let mut conversation = self.conversation.borrow_mut();
            let outcome = self.stage.at(self.site, |asterisk, now| step(&mut conversation, asterisk, now));
            let name = |name: &[u8]| String::from_utf8_lossy(name).into_owned();
            (outcome, name(&conversation.caller().name), name(&conversation.callee().name))
        };
        outcome.map_err(|mistake| refused(method, &format!("{mistake} ({from} to {to})")))
    }
}

#[php_impl]
impl FakeCall {
    pub(crate) fn callee(&self) -> Str {
        let name = self.conversation.borrow().callee().name.clone();
        Str::new(name)
    }

    pub(crate) fn ring(self_: &mut ZendClassObject<FakeCall>) -> PhpResult<Object<FakeCall>> {
        self_.step("ring", Conversation::ring)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn answer(self_: &mut ZendClassObject<FakeCall>) -> PhpResult<Object<FakeCall>> {
        self_.step("answer", Conversation::answer)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn hold(self_: &mut ZendClassObject<FakeCall>) -> PhpResult<Object<FakeCall>> {
        self_.step("hold", Conversation::hold)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn resume(self_: &mut ZendClassObject<FakeCall>) -> PhpResult<Object<FakeCall>> {
        self_.step("resume", Conversation::resume)?;
        Ok(Object::this(self_))
    }

    pub(crate) fn transfer(self_: &mut ZendClassObject<FakeCall>, to: Str) -> PhpResult<Object<FakeCall>> {
        let to = device("transfer", 1, "to", &to)?;
        self_.step("transfer", |call, asterisk, now| call.transfer(asterisk, &to, now))?;
        Ok(Object::this(self_))
    }

    pub(crate) fn attended_transfer(
        self_: &mut ZendClassObject<FakeCall>,
        second: Object<FakeCall>,
    ) -> PhpResult<Object<FakeCall>> {
        const METHOD: &str = "attendedTransfer";
        let other = second.state()?;
        if std::ptr::eq(other, &raw const **self_) {
            return Err(refused(METHOD, "the second call is this call"));
        }
        if !Rc::ptr_eq(&self_.stage, &other.stage) || self_.site != other.site {
            return Err(refused(METHOD, "the second call is on another server"));
        }
        self_.step(METHOD, |call, asterisk, now| {
            call.attended_transfer(asterisk, &mut other.conversation.borrow_mut(), now)
        })?;
        Ok(Object::this(self_))
    }

    pub(crate) fn pick_up(self_: &mut ZendClassObject<FakeCall>, by: Str) -> PhpResult<Object<FakeCall>> {
        let by = device("pickUp", 1, "by", &by)?;
        self_.step("pickUp", |call, asterisk, now| call.pick_up(asterisk, &by, now))?;
        Ok(Object::this(self_))
    }

    #[php(defaults(cause = NORMAL_CLEARING))]
    pub(crate) fn hangup(self_: &mut ZendClassObject<FakeCall>, cause: i64) -> PhpResult<Object<FakeCall>> {
        let Some(cause) = u8::try_from(cause).ok().filter(|cause| *cause <= 127) else {
            return Err(value_error("hangup(): Argument #1 ($cause) must be a hang-up cause from 0 to 127"));
        };
        self_.step("hangup", |call, asterisk, now| call.hang_up(asterisk, cause, now))?;
        Ok(Object::this(self_))
    }
}

pub(super) fn refused(method: &str, why: &str) -> Thrown {
    throw_new(find("LogicException"), &format!("{method}(): {why}"))
}

/// The number of a calling phone: its name if none is given.
pub(super) fn number_of(method: &str, argument: u32, device: &str, number: &Str) -> PhpResult<Vec<u8>> {
    match &**number {
        b"" => Ok(device.split_once('/').map_or(&[][..], |(_, name)| name.as_bytes()).to_vec()),
        // Asterisk would write this byte into the event unchanged, which would break the header.
        number if number.iter().any(u8::is_ascii_control) => Err(value_error(&format!(
            "{method}(): Argument #{argument} ($number) must not contain control characters"
        ))),
        number => Ok(number.to_vec()),
    }
}

/// Parses a phone: a device such as `PJSIP/alice`, or a name, which is a device of PJSIP.
pub(super) fn device(method: &str, argument: u32, parameter: &str, given: &Str) -> PhpResult<String> {
    let wrong = || {
        value_error(&format!(
            "{method}(): Argument #{argument} (${parameter}) must be a phone, such as \"PJSIP/alice\" or \"alice\""
        ))
    };
    let text = std::str::from_utf8(given).map_err(|_| wrong())?;
    let (technology, name) = text.split_once('/').unwrap_or(("PJSIP", text));
    let is_plain = !text.contains(|letter: char| letter.is_control() || letter.is_whitespace());
    if technology.is_empty() || name.is_empty() || !is_plain {
        return Err(wrong());
    }
    Ok(format!("{technology}/{name}"))
}

pub(crate) fn register() {
    let mut registration = class::<FakeCall>();
    for method in ["ring", "answer", "hold", "resume", "transfer", "attendedTransfer", "pickUp", "hangup"] {
        registration = registration.returns_static(method);
    }
    registration.done();
}
