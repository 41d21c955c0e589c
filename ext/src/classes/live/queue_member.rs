//! `QueueMember`: a handle of a member of a queue. Each method reads the current state.

use std::cell::RefCell;

use apn_ami::live;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::call_handle::Call;
use super::queue_place::Place;
use super::text::{self, Text};
use crate::classes::registration::class;
use crate::convert::live::DeviceState;
use crate::convert::number::{microseconds, to_int};
use crate::convert::object::{json_serializable, object};
use crate::convert::{Array, Builder, Object, Str};
use crate::zend::{Native, PhpResult};

/// A handle of a member of a queue. After the member was removed it shows the state that it read last.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\QueueMember", flags = ClassFlags::Final)]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[derive(Clone)]
pub(crate) struct QueueMember {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    queue: Str,
    #[php(prop)]
    interface: Str,
    place: Place,
    last: RefCell<live::QueueMember>,
}

impl Native for QueueMember {}

impl QueueMember {
    pub(super) fn of(place: Place, member: live::QueueMember) -> Object<Self> {
        object(Self {
            server_key: place.server_key.clone(),
            queue: place.queue.clone(),
            interface: Str::new(member.interface()),
            place,
            last: RefCell::new(member),
        })
    }

    /// Reads the member, or the state read last if it was removed. The caller copies the values out, so nothing
    /// of the core is borrowed while PHP allocates.
    fn read<R>(&self, read: impl FnOnce(&live::QueueMember) -> R) -> PhpResult<R> {
        let found = self.place.read(|queue| queue.member(&self.interface).cloned())?;
        let mut last = self.last.borrow_mut();
        if let Some(found) = found {
            *last = found;
        }
        Ok(read(&last))
    }

    fn frozen(&self, text: Text) -> PhpResult<Array> {
        let member = self.read(Clone::clone)?;
        let mut all = Builder::new(15);
        all.set("serverKey", text(&self.server_key));
        all.set("queue", text(&self.queue));
        fill(&mut all, &member, text);
        Ok(all.finish())
    }
}

#[php_impl]
impl QueueMember {
    pub(crate) fn exists(&self) -> PhpResult<bool> {
        let is_listed = self.place.read(|queue| queue.member(&self.interface).is_some())?;
        Ok(is_listed && self.place.reference.ended().is_none())
    }

    pub(crate) fn name(&self) -> PhpResult<Str> {
        self.read(|member| member.name().to_vec()).map(Str::new)
    }

    pub(crate) fn state_interface(&self) -> PhpResult<Str> {
        self.read(|member| member.state_interface().to_vec()).map(Str::new)
    }

    pub(crate) fn state(&self) -> PhpResult<Option<DeviceState>> {
        self.read(|member| member.state().map(Into::into))
    }

    pub(crate) fn is_available(&self) -> PhpResult<bool> {
        self.read(live::QueueMember::is_available)
    }

    pub(crate) fn is_paused(&self) -> PhpResult<bool> {
        self.read(live::QueueMember::is_paused)
    }

    pub(crate) fn pause_reason(&self) -> PhpResult<Str> {
        self.read(|member| member.pause_reason().to_vec()).map(Str::new)
    }

    pub(crate) fn penalty(&self) -> PhpResult<i64> {
        self.read(|member| i64::from(member.penalty()))
    }

    pub(crate) fn is_dynamic(&self) -> PhpResult<bool> {
        self.read(live::QueueMember::is_dynamic)
    }

    pub(crate) fn is_in_call(&self) -> PhpResult<bool> {
        self.read(live::QueueMember::is_in_call)
    }

    pub(crate) fn calls_taken(&self) -> PhpResult<i64> {
        self.read(|member| to_int(member.calls_taken()))
    }

    pub(crate) fn last_call_at(&self) -> PhpResult<Option<f64>> {
        self.read(|member| member.last_call().map(microseconds))
    }

    pub(crate) fn call(&self) -> PhpResult<Option<Object<Call>>> {
        let devices = self.read(|member| [member.interface().to_vec(), member.state_interface().to_vec()])?;
        self.place.call(|core, server| {
            let live = core.cluster().live_of(server)?;
            let key = devices.iter().find_map(|device| live.call_of_device(device))?;
            core.cluster_mut().refer_to_call(server, key)
        })
    }

    pub(crate) fn to_array(&self) -> PhpResult<Array> {
        self.frozen(text::bytes)
    }

    pub(crate) fn json_serialize(&self) -> PhpResult<Array> {
        self.frozen(text::utf8)
    }
}

/// Adds the keys of a member's array form, except `serverKey` and `queue`.
pub(super) fn fill(all: &mut Builder, member: &live::QueueMember, text: Text) {
    all.set("interface", text(member.interface()));
    all.set("name", text(member.name()));
    all.set("stateInterface", text(member.state_interface()));
    all.set("state", member.state().map(|state| i64::from(state.number())));
    all.set("isAvailable", member.is_available());
    all.set("isPaused", member.is_paused());
    all.set("pauseReason", text(member.pause_reason()));
    all.set("penalty", i64::from(member.penalty()));
    all.set("isDynamic", member.is_dynamic());
    all.set("isInCall", member.is_in_call());
    all.set("callsTaken", to_int(member.calls_taken()));
    all.set("lastCallAt", member.last_call().map(microseconds));
}

pub(crate) fn register() {
    class::<QueueMember>().clones::<QueueMember>().done();
}
