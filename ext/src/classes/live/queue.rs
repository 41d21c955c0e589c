//! `Queue`: a handle of a queue of the live model. Each method reads the current state.

use std::rc::{Rc, Weak};
use std::time::Duration;

use apn_ami::cluster::ServerId;
use apn_ami::live::{self, AsteriskCounters, Live, QueueRef, Tally};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::queue_caller::{self, QueueCaller};
use super::queue_member::{self, QueueMember};
use super::queue_place::Place;
use super::text::{self, Text};
use crate::classes::registration::class;
use crate::convert::number::{microseconds, to_int};
use crate::convert::object::{json_serializable, object};
use crate::convert::{Array, Builder, Object, Str};
use crate::runtime::core::Hub;
use crate::runtime::live_read;
use crate::zend::{Native, PhpResult};

/// A handle of a queue. It shows the queue's last state after the queue was removed.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Queue", flags = ClassFlags::Final)]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[derive(Clone)]
pub(crate) struct Queue {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    name: Str,
    hub: Weak<Hub>,
    server: ServerId,
    reference: QueueRef,
}

impl Native for Queue {}

/// Makes a handle. It is an error if neither the model nor the reference has the queue.
pub(crate) fn new(hub: &Rc<Hub>, server: ServerId, queue: QueueRef) -> PhpResult<Object<Queue>> {
    let weak = Rc::downgrade(hub);
    let name = live_read::queue(&weak, server, &queue, |_, queue| queue.name().to_vec())?;
    Ok(object(Queue {
        server_key: hub.key(server),
        name: Str::new(name),
        hub: weak,
        server,
        reference: queue,
    }))
}

#[php_impl]
impl Queue {
    pub(crate) fn exists(&self) -> bool {
        self.reference.ended().is_none()
    }

    pub(crate) fn strategy(&self) -> PhpResult<Str> {
        self.read(|queue| queue.strategy().to_vec()).map(Str::new)
    }

    pub(crate) fn callers(&self) -> PhpResult<Array> {
        let callers = self.read(|queue| queue.callers().to_vec())?;
        let mut list = Builder::new(callers.len());
        for caller in callers {
            list.push(QueueCaller::of(self.place(), caller));
        }
        Ok(list.finish())
    }

    pub(crate) fn members(&self) -> PhpResult<Array> {
        self.chosen(|_| true)
    }

    pub(crate) fn available(&self) -> PhpResult<Array> {
        self.chosen(live::QueueMember::is_available)
    }

    pub(crate) fn member(&self, interface: Str) -> PhpResult<Option<Object<QueueMember>>> {
        let found = self.read(|queue| queue.member(&interface).cloned())?;
        Ok(found.map(|member| QueueMember::of(self.place(), member)))
    }

    pub(crate) fn longest_wait_seconds(&self) -> PhpResult<f64> {
        let now = self.now();
        self.read(|queue| longest_wait(queue, now))
    }

    pub(crate) fn completed(&self) -> PhpResult<i64> {
        self.counters().map(|counters| to_int(counters.completed))
    }

    pub(crate) fn abandoned(&self) -> PhpResult<i64> {
        self.counters().map(|counters| to_int(counters.abandoned))
    }

    pub(crate) fn average_hold_seconds(&self) -> PhpResult<f64> {
        self.counters().map(|counters| counters.hold_time.as_secs_f64())
    }

    pub(crate) fn average_talk_seconds(&self) -> PhpResult<f64> {
        self.counters().map(|counters| counters.talk_time.as_secs_f64())
    }

    pub(crate) fn service_level_seconds(&self) -> PhpResult<f64> {
        self.counters().map(|counters| counters.service_level.as_secs_f64())
    }

    pub(crate) fn service_level_percent(&self) -> PhpResult<f64> {
        self.counters().map(|counters| counters.service_level_percent)
    }

    pub(crate) fn counted_at(&self) -> PhpResult<f64> {
        self.counters().map(|counters| microseconds(counters.at))
    }

    pub(crate) fn seen_joined(&self) -> PhpResult<i64> {
        self.tally().map(|tally| to_int(tally.joined))
    }

    pub(crate) fn seen_answered(&self) -> PhpResult<i64> {
        self.tally().map(|tally| to_int(tally.answered))
    }

    pub(crate) fn seen_abandoned(&self) -> PhpResult<i64> {
        self.tally().map(|tally| to_int(tally.abandoned))
    }

    pub(crate) fn seen_left(&self) -> PhpResult<i64> {
        self.tally().map(|tally| to_int(tally.left))
    }

    pub(crate) fn to_array(&self) -> PhpResult<Array> {
        self.frozen(text::bytes)
    }

    pub(crate) fn json_serialize(&self) -> PhpResult<Array> {
        self.frozen(text::utf8)
    }
}

impl Queue {
    /// Reads the queue. The caller copies the values out, so nothing of the core is borrowed while PHP allocates.
    fn read<R>(&self, read: impl FnOnce(&live::Queue) -> R) -> PhpResult<R> {
        live_read::queue(&self.hub, self.server, &self.reference, |_: Option<&Live>, queue| read(queue))
    }

    fn place(&self) -> Place {
        Place {
            server_key: self.server_key.clone(),
            queue: self.name.clone(),
            hub: Weak::clone(&self.hub),
            server: self.server,
            reference: self.reference.clone(),
        }
    }

    fn now(&self) -> Duration {
        self.hub.upgrade().map_or(Duration::ZERO, |hub| hub.now().unix)
    }

    fn counters(&self) -> PhpResult<AsteriskCounters> {
        self.read(|queue| queue.counters().copied().unwrap_or_default())
    }

    fn tally(&self) -> PhpResult<Tally> {
        self.read(live::Queue::tally)
    }

    fn chosen(&self, is_wanted: impl Fn(&live::QueueMember) -> bool) -> PhpResult<Array> {
        let members: Vec<_> =
            self.read(|queue| queue.members().filter(|member| is_wanted(member)).cloned().collect())?;
        let mut list = Builder::new(members.len());
        for member in members {
            list.push(QueueMember::of(self.place(), member));
        }
        Ok(list.finish())
    }

    /// The state at this moment as an array. `text` makes the strings.
    fn frozen(&self, text: Text) -> PhpResult<Array> {
        let now = self.now();
        let queue = self.read(Clone::clone)?;
        let counters = queue.counters().copied().unwrap_or_default();
        let tally = queue.tally();
        let mut members = Builder::new(queue.members().len());
        for member in queue.members() {
            let mut one = Builder::new(14);
            queue_member::fill(&mut one, member, text);
            members.push(one.finish());
        }
        let mut callers = Builder::new(queue.callers().len());
        for (place, caller) in queue.callers().iter().enumerate() {
            let mut one = Builder::new(7);
            queue_caller::fill(&mut one, caller, Some(place), now, text);
            callers.push(one.finish());
        }
        let mut all = Builder::new(17);
        all.set("serverKey", text(&self.server_key));
        all.set("name", text(queue.name()));
        all.set("strategy", text(queue.strategy()));
        all.set("members", members.finish());
        all.set("callers", callers.finish());
        all.set("longestWaitSeconds", longest_wait(&queue, now));
        all.set("completed", to_int(counters.completed));
        all.set("abandoned", to_int(counters.abandoned));
        all.set("averageHoldSeconds", counters.hold_time.as_secs_f64());
        all.set("averageTalkSeconds", counters.talk_time.as_secs_f64());
        all.set("serviceLevelSeconds", counters.service_level.as_secs_f64());
        all.set("serviceLevelPercent", counters.service_level_percent);
        all.set("countedAt", microseconds(counters.at));
        all.set("seenJoined", to_int(tally.joined));
        all.set("seenAnswered", to_int(tally.answered));
        all.set("seenAbandoned", to_int(tally.abandoned));
        all.set("seenLeft", to_int(tally.left));
        Ok(all.finish())
    }
}

fn longest_wait(queue: &live::Queue, now: Duration) -> f64 {
    queue.waiting_since().map_or(0.0, |since| now.saturating_sub(since).as_secs_f64())
}

pub(crate) fn register() {
    class::<Queue>().clones::<Queue>().done();
}
