//! `Call`: a call of the live model, read when it is asked.

use std::rc::{Rc, Weak};
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::live::{self, CallRef, Live};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::text::{self, Text};
use super::{attempt, channel, party};
use crate::convert::live::Outcome;
use crate::convert::number::microseconds;
use crate::convert::object::{json_serializable, object};
use crate::convert::{Array, Builder, Object, Str};
use crate::runtime::core::Hub;
use crate::runtime::live_read;
use crate::runtime::owned_core::Core;
use crate::zend::class::class;
use crate::zend::{Native, PhpResult};

/// A call: its last state where it is over.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Call", flags = ClassFlags::Final)]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[derive(Clone)]
pub(crate) struct Call {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    id: Str,
    hub: Weak<Hub>,
    server: ServerId,
    reference: CallRef,
}

impl Native for Call {}

/// A new handle. None where the server went without a trace of the call.
pub(crate) fn new(hub: &Rc<Hub>, server: ServerId, call: CallRef) -> PhpResult<Object<Call>> {
    let weak = Rc::downgrade(hub);
    let id = live_read::call(&weak, server, &call, |_, call| call.id().to_vec())?;
    Ok(object(Call { server_key: hub.key(server), id: Str::new(id), hub: weak, server, reference: call }))
}

/// The call of this id on a server: one that goes on, or one of the last that ended.
pub(super) fn find(core: &mut Core, server: ServerId, id_or_channel: &[u8]) -> Option<CallRef> {
    let live = core.cluster().live_of(server)?;
    if let Some(key) = live.find_call(id_or_channel) {
        return core.cluster_mut().refer_to_call(server, key);
    }
    let is_it = |call: &live::Call| call.linked_ids().any(|id| id == id_or_channel);
    live.ended_calls().find(|call| is_it(call)).map(|call| CallRef::to_ended(std::sync::Arc::clone(call)))
}

/// The call that a call is part of now: itself, or that into which it was merged.
pub(super) fn survivor(core: &mut Core, server: ServerId, mut call: CallRef) -> CallRef {
    // Nobody merges so often.
    for _ in 0..32 {
        let into = call.ended().and_then(|ended| ended.merged_into()).map(<[u8]>::to_vec);
        match into.and_then(|into| find(core, server, &into)) {
            Some(next) => call = next,
            None => break,
        }
    }
    call
}

#[php_impl]
impl Call {
    pub(crate) fn caller(&self) -> PhpResult<Option<Object<party::Party>>> {
        Ok(self.read(caller)?.as_ref().map(party::new))
    }

    pub(crate) fn answered_by(&self) -> PhpResult<Option<Object<party::Party>>> {
        Ok(self.read(answered_by)?.as_ref().map(party::new))
    }

    pub(crate) fn parties(&self) -> PhpResult<Array> {
        self.found(|_, channel| !channel.is_local())
    }

    pub(crate) fn channels(&self) -> PhpResult<Array> {
        self.found(|_, _| true)
    }

    pub(crate) fn attempts(&self) -> PhpResult<Array> {
        let attempts = self.read(|_, call| call.attempts().to_vec())?;
        let mut list = Builder::new(attempts.len());
        for one in &attempts {
            list.push(attempt::new(one));
        }
        Ok(list.finish())
    }

    pub(crate) fn is_answered(&self) -> PhpResult<bool> {
        self.read(|_, call| call.answered_at().is_some())
    }

    pub(crate) fn is_over(&self) -> PhpResult<bool> {
        self.read(|_, call| call.is_over())
    }

    pub(crate) fn started_at(&self) -> PhpResult<f64> {
        self.read(|_, call| microseconds(call.started_at()))
    }

    pub(crate) fn ringing_at(&self) -> PhpResult<Option<f64>> {
        self.read(|_, call| call.ringing_at().map(microseconds))
    }

    pub(crate) fn answered_at(&self) -> PhpResult<Option<f64>> {
        self.read(|_, call| call.answered_at().map(microseconds))
    }

    pub(crate) fn ended_at(&self) -> PhpResult<Option<f64>> {
        self.read(|_, call| call.ended_at().map(microseconds))
    }

    pub(crate) fn ring_seconds(&self) -> PhpResult<f64> {
        let now = self.now();
        self.read(|_, call| call.rang_for(now).as_secs_f64())
    }

    pub(crate) fn talk_seconds(&self) -> PhpResult<f64> {
        let now = self.now();
        self.read(|_, call| call.talked_for(now).as_secs_f64())
    }

    pub(crate) fn outcome(&self) -> PhpResult<Option<Outcome>> {
        self.read(|_, call| call.outcome().map(Into::into))
    }

    pub(crate) fn cause(&self) -> PhpResult<Option<i64>> {
        self.read(|_, call| call.cause().map(i64::from))
    }

    pub(crate) fn merged_into(&self) -> PhpResult<Option<Object<Call>>> {
        let Some(into) = self.read(|_, call| call.merged_into().map(<[u8]>::to_vec))? else {
            return Ok(None);
        };
        let Some(hub) = self.hub.upgrade() else { return Ok(None) };
        let found = find(&mut *hub.core()?, self.server, &into);
        found.map(|call| new(&hub, self.server, call)).transpose()
    }

    pub(crate) fn linked_ids(&self) -> PhpResult<Array> {
        let ids = self.read(|_, call| call.linked_ids().map(<[u8]>::to_vec).collect::<Vec<_>>())?;
        Ok(texts(&ids, text::bytes))
    }

    pub(crate) fn to_array(&self) -> PhpResult<Array> {
        self.frozen(text::bytes)
    }

    pub(crate) fn json_serialize(&self) -> PhpResult<Array> {
        self.frozen(text::utf8)
    }
}

impl Call {
    /// Copies something out, so that nothing is borrowed while PHP allocates.
    fn read<R>(&self, read: impl FnOnce(Option<&Live>, &live::Call) -> R) -> PhpResult<R> {
        live_read::call(&self.hub, self.server, &self.reference, read)
    }

    fn now(&self) -> Duration {
        self.hub.upgrade().map_or(Duration::ZERO, |hub| hub.now().unix)
    }

    fn found(&self, is_wanted: impl Fn(&Live, &live::Channel) -> bool) -> PhpResult<Array> {
        let keys = self.read(|live, call| {
            let channels = call.channels().iter().copied();
            let wanted = |live: &Live, key| live.channel(key).is_some_and(|channel| is_wanted(live, channel));
            live.map(|live| channels.filter(|key| wanted(live, *key)).collect::<Vec<_>>())
        })?;
        let (Some(keys), Some(hub)) = (keys, self.hub.upgrade()) else { return Ok(Array::empty()) };
        let found: Vec<_> = {
            let mut core = hub.core()?;
            keys.into_iter().filter_map(|key| channel::find(&mut core, self.server, key)).collect()
        };
        Ok(channel::list(&hub, &found))
    }

    /// What it is at one moment.
    fn frozen(&self, text: Text) -> PhpResult<Array> {
        let now = self.now();
        let frozen = self.read(Frozen::of)?;
        Ok(frozen.to_array(&self.server_key, now, text))
    }
}

/// A call as it was at one moment.
struct Frozen {
    call: live::Call,
    caller: Option<live::Party>,
    answered_by: Option<live::Party>,
    parties: Vec<live::Channel>,
    linked_ids: Vec<Vec<u8>>,
}

impl Frozen {
    fn of(live: Option<&Live>, call: &live::Call) -> Self {
        let parties = live.map(|live| live.parties(call).map(|(_, channel)| channel.clone()).collect());
        Self {
            caller: caller(live, call),
            answered_by: answered_by(live, call),
            parties: parties.unwrap_or_default(),
            linked_ids: call.linked_ids().map(<[u8]>::to_vec).collect(),
            call: call.clone(),
        }
    }

    fn to_array(&self, server_key: &Str, now: Duration, text: Text) -> Array {
        let call = &self.call;
        let mut parties = Builder::new(self.parties.len());
        for party in &self.parties {
            let mut one = Builder::new(20);
            channel::fill(&mut one, party, text);
            parties.push(one.finish());
        }
        let mut attempts = Builder::new(call.attempts().len());
        for one in call.attempts() {
            attempts.push(attempt::to_array(one, text));
        }
        let mut all = Builder::new(18);
        all.set("serverKey", text(server_key));
        all.set("id", text(call.id()));
        all.set("linkedIds", texts(&self.linked_ids, text));
        all.set("caller", self.caller.as_ref().map(|caller| party::to_array(caller, text)));
        all.set("answeredBy", self.answered_by.as_ref().map(|taker| party::to_array(taker, text)));
        all.set("parties", parties.finish());
        all.set("attempts", attempts.finish());
        all.set("isAnswered", call.answered_at().is_some());
        all.set("isOver", call.is_over());
        all.set("startedAt", microseconds(call.started_at()));
        all.set("ringingAt", call.ringing_at().map(microseconds));
        all.set("answeredAt", call.answered_at().map(microseconds));
        all.set("endedAt", call.ended_at().map(microseconds));
        all.set("ringSeconds", call.rang_for(now).as_secs_f64());
        all.set("talkSeconds", call.talked_for(now).as_secs_f64());
        all.set("outcome", call.outcome().map(|outcome| Str::new(outcome.name())));
        all.set("cause", call.cause().map(i64::from));
        all.set("mergedInto", call.merged_into().map(text));
        all.finish()
    }
}

fn caller(live: Option<&Live>, call: &live::Call) -> Option<live::Party> {
    live.map_or_else(|| call.caller_gone().cloned(), |live| live.caller(call))
}

fn answered_by(live: Option<&Live>, call: &live::Call) -> Option<live::Party> {
    live.map_or_else(|| call.answered_by_gone().cloned(), |live| live.answered_by(call))
}

fn texts(ids: &[Vec<u8>], text: Text) -> Array {
    let mut list = Builder::new(ids.len());
    for id in ids {
        list.push(text(id));
    }
    list.finish()
}

pub(crate) fn register() {
    class::<Call>().clones::<Call>().done();
}
