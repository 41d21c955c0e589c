//! `Channel`: a handle of a channel of the live model. Each method reads the current state.

use std::rc::{Rc, Weak};

use apn_ami::cluster::ServerId;
use apn_ami::live::{self, ChannelKey, ChannelRef, Field, Live};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::call_handle::{self, Call};
use super::text::{self, Text};
use crate::classes::registration::class;
use crate::convert::live::{ChannelState, channel_state};
use crate::convert::number::microseconds;
use crate::convert::object::{json_serializable, object};
use crate::convert::{Array, Builder, Object, Str};
use crate::runtime::core::Hub;
use crate::runtime::live_read;
use crate::runtime::owned_core::Core;
use crate::zend::{Native, PhpResult};

/// A handle of a channel. It shows the channel's last state after the channel is gone.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Channel", flags = ClassFlags::Final)]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[derive(Clone)]
pub(crate) struct Channel {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    unique_id: Str,
    #[php(prop)]
    name: Str,
    #[php(prop)]
    device: Str,
    #[php(prop)]
    created_at: f64,
    hub: Weak<Hub>,
    server: ServerId,
    reference: ChannelRef,
}

impl Native for Channel {}

/// A channel copied out of the core, so the PHP object is made while nothing of the core is borrowed.
pub(super) struct Found {
    server: ServerId,
    reference: ChannelRef,
    last: live::Channel,
}

/// Copies a channel of the model and makes a reference to it. None if the model does not have it.
pub(super) fn find(core: &mut Core, server: ServerId, key: ChannelKey) -> Option<Found> {
    let channel = core.cluster_mut().refer_to_channel(server, key)?;
    let last = core.cluster().live_of(server)?.channel(key)?.clone();
    Some(Found { server, reference: channel, last })
}

pub(super) fn new(hub: &Rc<Hub>, found: &Found) -> Object<Channel> {
    let last = &found.last;
    object(Channel {
        server_key: hub.key(found.server),
        unique_id: Str::new(last.unique_id()),
        name: Str::new(last.name()),
        device: Str::new(last.device()),
        created_at: microseconds(last.created_at()),
        hub: Rc::downgrade(hub),
        server: found.server,
        reference: found.reference.clone(),
    })
}

#[php_impl]
impl Channel {
    pub(crate) fn is_alive(&self) -> PhpResult<bool> {
        if self.reference.ended().is_some() {
            return Ok(false);
        }
        let Some(hub) = self.hub.upgrade() else { return Ok(false) };
        let core = hub.core()?;
        let live = core.cluster().live_of(self.server);
        Ok(live.is_some_and(|live| live.channel_key(&self.reference).is_some()))
    }

    pub(crate) fn state(&self) -> PhpResult<Option<ChannelState>> {
        self.read(|channel| channel_state(channel.state()))
    }

    pub(crate) fn number(&self) -> PhpResult<Str> {
        self.text(Field::CallerNumber)
    }

    pub(crate) fn caller_name(&self) -> PhpResult<Str> {
        self.text(Field::CallerName)
    }

    pub(crate) fn connected_number(&self) -> PhpResult<Str> {
        self.text(Field::ConnectedNumber)
    }

    pub(crate) fn connected_name(&self) -> PhpResult<Str> {
        self.text(Field::ConnectedName)
    }

    pub(crate) fn account_code(&self) -> PhpResult<Str> {
        self.text(Field::AccountCode)
    }

    pub(crate) fn context(&self) -> PhpResult<Str> {
        self.text(Field::Context)
    }

    pub(crate) fn exten(&self) -> PhpResult<Str> {
        self.text(Field::Exten)
    }

    pub(crate) fn priority(&self) -> PhpResult<Str> {
        self.text(Field::Priority)
    }

    pub(crate) fn application(&self) -> PhpResult<Str> {
        self.text(Field::Application)
    }

    pub(crate) fn application_data(&self) -> PhpResult<Str> {
        self.text(Field::ApplicationData)
    }

    pub(crate) fn linked_id(&self) -> PhpResult<Str> {
        self.text(Field::LinkedId)
    }

    pub(crate) fn bridge_id(&self) -> PhpResult<Str> {
        let id = live_read::channel(&self.hub, self.server, &self.reference, bridge_id)?;
        Ok(Str::new(id))
    }

    pub(crate) fn is_on_hold(&self) -> PhpResult<bool> {
        self.read(live::Channel::is_held)
    }

    pub(crate) fn up_at(&self) -> PhpResult<Option<f64>> {
        self.read(|channel| channel.up_at().map(microseconds))
    }

    pub(crate) fn call(&self) -> PhpResult<Option<Object<Call>>> {
        let linked_id = self.read(|channel| channel.linked_id().to_vec())?;
        let Some(hub) = self.hub.upgrade() else { return Ok(None) };
        let found = {
            let mut core = hub.core()?;
            // A channel without a Linkedid counts as having its Uniqueid as its Linkedid.
            let found = call_handle::find(&mut core, self.server, &linked_id);
            found.or_else(|| call_handle::find(&mut core, self.server, &self.unique_id))
        };
        found.map(|call| call_handle::new(&hub, self.server, call)).transpose()
    }

    pub(crate) fn peers(&self) -> PhpResult<Array> {
        let Some(hub) = self.hub.upgrade() else { return Ok(Array::empty()) };
        let found: Vec<_> = {
            let mut core = hub.core()?;
            let live = core.cluster().live_of(self.server);
            let keys = live.and_then(|live| Some(live.peers(live.channel_key(&self.reference)?)));
            keys.unwrap_or_default().into_iter().filter_map(|key| find(&mut core, self.server, key)).collect()
        };
        Ok(list(&hub, &found))
    }

    pub(crate) fn to_array(&self) -> PhpResult<Array> {
        self.frozen(text::bytes)
    }

    pub(crate) fn json_serialize(&self) -> PhpResult<Array> {
        self.frozen(text::utf8)
    }
}

impl Channel {
    /// Reads the channel. The caller copies the values out, so nothing of the core is borrowed while PHP
    /// allocates.
    fn read<R>(&self, read: impl FnOnce(&live::Channel) -> R) -> PhpResult<R> {
        live_read::channel(&self.hub, self.server, &self.reference, |_, channel| read(channel))
    }

    fn text(&self, field: Field) -> PhpResult<Str> {
        self.read(|channel| channel.text(field).to_vec()).map(Str::new)
    }

    fn frozen(&self, text: Text) -> PhpResult<Array> {
        let frozen = live_read::channel(&self.hub, self.server, &self.reference, Frozen::of)?;
        let mut all = Builder::new(20);
        all.set("serverKey", text(&self.server_key));
        fill(&mut all, &frozen, text);
        Ok(all.finish())
    }
}

/// A copy of a channel's state, made while the core is locked.
pub(super) struct Frozen {
    channel: live::Channel,
    bridge_id: Vec<u8>,
}

impl Frozen {
    /// `live` is the model that has the channel. None if the channel has ended.
    pub(super) fn of(live: Option<&Live>, channel: &live::Channel) -> Self {
        Self { channel: channel.clone(), bridge_id: bridge_id(live, channel) }
    }
}

fn bridge_id(live: Option<&Live>, channel: &live::Channel) -> Vec<u8> {
    let bridge = live.and_then(|live| live.bridge(channel.bridge()?));
    bridge.map(|bridge| bridge.id().to_vec()).unwrap_or_default()
}

/// A PHP list of `Channel` objects.
pub(super) fn list(hub: &Rc<Hub>, found: &[Found]) -> Array {
    let mut list = Builder::new(found.len());
    for channel in found {
        list.push(new(hub, channel));
    }
    list.finish()
}

/// Adds the keys of a channel's array form, except `serverKey`.
pub(super) fn fill(all: &mut Builder, frozen: &Frozen, text: Text) {
    let channel = &frozen.channel;
    all.set("uniqueId", text(channel.unique_id()));
    all.set("name", text(channel.name()));
    all.set("device", text(channel.device()));
    all.set("createdAt", microseconds(channel.created_at()));
    all.set("state", channel.state().map(i64::from));
    for (name, field) in [
        ("number", Field::CallerNumber),
        ("callerName", Field::CallerName),
        ("connectedNumber", Field::ConnectedNumber),
        ("connectedName", Field::ConnectedName),
        ("accountCode", Field::AccountCode),
        ("context", Field::Context),
        ("exten", Field::Exten),
        ("priority", Field::Priority),
        ("application", Field::Application),
        ("applicationData", Field::ApplicationData),
        ("linkedId", Field::LinkedId),
    ] {
        all.set(name, text(channel.text(field)));
    }
    all.set("bridgeId", text(&frozen.bridge_id));
    all.set("isOnHold", channel.is_held());
    all.set("upAt", channel.up_at().map(microseconds));
}

pub(crate) fn register() {
    class::<Channel>().clones::<Channel>().done();
}
