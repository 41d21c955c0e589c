//! `QueueCaller`: a handle of a caller of a queue. Each method reads the current state.

use std::cell::Cell;
use std::time::Duration;

use apn_ami::live;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::call_handle::{self, Call};
use super::channel::{self, Channel};
use super::queue_place::Place;
use super::text::{self, Text};
use crate::classes::registration::class;
use crate::convert::number::{microseconds, to_int};
use crate::convert::object::{json_serializable, object};
use crate::convert::{Array, Builder, Object, Str};
use crate::zend::{Native, PhpResult};

/// A handle of a caller that waits in a queue, or waited there. The properties are those at the time at which the
/// handle was made.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\QueueCaller", flags = ClassFlags::Final)]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[derive(Clone)]
pub(crate) struct QueueCaller {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    queue: Str,
    #[php(prop)]
    unique_id: Str,
    #[php(prop)]
    channel_name: Str,
    #[php(prop)]
    number: Str,
    #[php(prop)]
    name: Str,
    #[php(prop)]
    joined_at: f64,
    place: Place,
    caller: live::QueueCaller,
    /// The waiting time that was computed last.
    waited: Cell<Duration>,
}

impl Native for QueueCaller {}

impl QueueCaller {
    pub(super) fn of(place: Place, caller: live::QueueCaller) -> Object<Self> {
        object(Self {
            server_key: place.server_key.clone(),
            queue: place.queue.clone(),
            unique_id: Str::new(caller.unique_id()),
            channel_name: Str::new(caller.channel()),
            number: Str::new(caller.number()),
            name: Str::new(caller.name()),
            joined_at: microseconds(caller.joined_at()),
            waited: Cell::new(place.now().saturating_sub(caller.joined_at())),
            place,
            caller,
        })
    }

    /// The caller's index in the queue. None if the caller does not wait in it any more.
    fn found(&self) -> PhpResult<Option<usize>> {
        if self.place.reference.ended().is_some() {
            return Ok(None);
        }
        self.place.read(|queue| queue.place_of(&self.unique_id))
    }

    /// The waiting time so far. After the wait it is the waiting time of the caller's call, or the value that was
    /// computed last if the model no longer knows this wait.
    fn waited(&self, is_waiting: bool) -> PhpResult<Duration> {
        let now = self.place.now();
        if is_waiting {
            self.waited.set(now.saturating_sub(self.caller.joined_at()));
            return Ok(self.waited.get());
        }
        let known = self.place.live(|live| {
            let visit = live.visit_of(&self.unique_id)?;
            (visit.queue() == &*self.queue).then(|| visit.waited(now))
        })?;
        Ok(known.unwrap_or(self.waited.get()))
    }

    fn frozen(&self, text: Text) -> PhpResult<Array> {
        let place = self.found()?;
        let waited = self.waited(place.is_some())?;
        let mut all = Builder::new(9);
        all.set("serverKey", text(&self.server_key));
        all.set("queue", text(&self.queue));
        fill(&mut all, &self.caller, place, self.caller.joined_at() + waited, text);
        Ok(all.finish())
    }
}

#[php_impl]
impl QueueCaller {
    pub(crate) fn is_waiting(&self) -> PhpResult<bool> {
        Ok(self.found()?.is_some())
    }

    pub(crate) fn position(&self) -> PhpResult<Option<i64>> {
        Ok(self.found()?.map(|place| to_int(place + 1)))
    }

    pub(crate) fn wait_seconds(&self) -> PhpResult<f64> {
        let is_waiting = self.found()?.is_some();
        self.waited(is_waiting).map(|waited| waited.as_secs_f64())
    }

    pub(crate) fn channel(&self) -> PhpResult<Option<Object<Channel>>> {
        let Some(hub) = self.place.hub.upgrade() else { return Ok(None) };
        let found = {
            let mut core = hub.core()?;
            let live = core.cluster().live_of(self.place.server);
            let key = live.and_then(|live| live.find_channel(&self.unique_id));
            key.and_then(|key| channel::find(&mut core, self.place.server, key))
        };
        Ok(found.map(|found| channel::new(&hub, &found)))
    }

    pub(crate) fn call(&self) -> PhpResult<Option<Object<Call>>> {
        self.place.call(|core, server| call_handle::find(core, server, &self.unique_id))
    }

    pub(crate) fn to_array(&self) -> PhpResult<Array> {
        self.frozen(text::bytes)
    }

    pub(crate) fn json_serialize(&self) -> PhpResult<Array> {
        self.frozen(text::utf8)
    }
}

/// Adds the keys of a caller's array form, except `serverKey` and `queue`.
pub(super) fn fill(
    all: &mut Builder,
    caller: &live::QueueCaller,
    place: Option<usize>,
    now: Duration,
    text: Text,
) {
    all.set("position", place.map(|place| to_int(place + 1)));
    all.set("uniqueId", text(caller.unique_id()));
    all.set("channelName", text(caller.channel()));
    all.set("number", text(caller.number()));
    all.set("name", text(caller.name()));
    all.set("joinedAt", microseconds(caller.joined_at()));
    all.set("waitSeconds", now.saturating_sub(caller.joined_at()).as_secs_f64());
}

pub(crate) fn register() {
    class::<QueueCaller>().clones::<QueueCaller>().done();
}
