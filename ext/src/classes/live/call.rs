//! The methods of `Call`, a handle of a call of the live model. Each method reads the current state.

use std::time::Duration;

use apn_ami::live::{self, Live};
use ext_php_rs::php_impl;

use super::call_handle::{self, Call};
use super::text::{self, Text};
use super::{attempt, channel, party};
use crate::classes::registration::class;
use crate::convert::live::Outcome;
use crate::convert::number::microseconds;
use crate::convert::{Array, Builder, Object, Str};
use crate::runtime::live_read;
use crate::zend::PhpResult;

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

    pub(crate) fn queue(&self) -> PhpResult<Option<Str>> {
        let queue = self.read(|_, call| call.queue().map(|visit| visit.queue().to_vec()))?;
        Ok(queue.map(Str::new))
    }

    pub(crate) fn waited_seconds(&self) -> PhpResult<Option<f64>> {
        let now = self.now();
        self.read(|_, call| call.queue().map(|visit| visit.waited(now).as_secs_f64()))
    }

    pub(crate) fn agent(&self) -> PhpResult<Option<Str>> {
        let agent = self.read(|_, call| call.queue()?.agent().map(<[u8]>::to_vec))?;
        Ok(agent.map(Str::new))
    }

    pub(crate) fn agent_name(&self) -> PhpResult<Option<Str>> {
        let name = self.read(|_, call| call.queue()?.agent_name().map(<[u8]>::to_vec))?;
        Ok(name.map(Str::new))
    }

    pub(crate) fn merged_into(&self) -> PhpResult<Option<Object<Call>>> {
        let Some(into) = self.read(|_, call| call.merged_into().map(<[u8]>::to_vec))? else {
            return Ok(None);
        };
        let Some(hub) = self.hub.upgrade() else { return Ok(None) };
        let found = call_handle::find(&mut *hub.core()?, self.server, &into);
        found.map(|call| call_handle::new(&hub, self.server, call)).transpose()
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
    /// Reads the call. The caller copies the values out, so nothing of the core is borrowed while PHP
    /// allocates.
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

    /// The state at this moment as an array. `text` makes the strings.
    fn frozen(&self, text: Text) -> PhpResult<Array> {
        let now = self.now();
        let frozen = self.read(Frozen::of)?;
        Ok(frozen.to_array(&self.server_key, now, text))
    }
}

/// A copy of a call's state, made while the core is locked.
struct Frozen {
    call: live::Call,
    caller: Option<live::Party>,
    answered_by: Option<live::Party>,
    parties: Vec<channel::Frozen>,
    linked_ids: Vec<Vec<u8>>,
}

impl Frozen {
    fn of(live: Option<&Live>, call: &live::Call) -> Self {
        let parties = live.map(|live| {
            live.parties(call).map(|(_, channel)| channel::Frozen::of(Some(live), channel)).collect()
        });
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
        let queue = call.queue();
        let mut all = Builder::new(22);
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
        all.set("queue", queue.map(|visit| text(visit.queue())));
        all.set("waitedSeconds", queue.map(|visit| visit.waited(now).as_secs_f64()));
        all.set("agent", queue.and_then(|visit| visit.agent()).map(text));
        all.set("agentName", queue.and_then(|visit| visit.agent_name()).map(text));
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
