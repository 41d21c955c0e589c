//! The state of a `Call`, apart from its methods because these return channels, whose methods return calls.

use std::rc::{Rc, Weak};
use std::sync::Arc;

use apn_ami::cluster::ServerId;
use apn_ami::live::{self, CallRef};
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;

use crate::convert::object::{json_serializable, object};
use crate::convert::{Object, Str};
use crate::runtime::core::Hub;
use crate::runtime::live_read;
use crate::runtime::owned_core::Core;
use crate::zend::{Native, PhpResult};

/// A handle of a call. It shows the call's last state after the call has ended.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Call", flags = ClassFlags::Final)]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[derive(Clone)]
pub(crate) struct Call {
    #[php(prop)]
    pub(super) server_key: Str,
    #[php(prop)]
    id: Str,
    pub(super) hub: Weak<Hub>,
    pub(super) server: ServerId,
    pub(super) reference: CallRef,
}

impl Native for Call {}

/// Makes a handle. It is an error if neither the model nor the reference has the call.
pub(crate) fn new(hub: &Rc<Hub>, server: ServerId, call: CallRef) -> PhpResult<Object<Call>> {
    let weak = Rc::downgrade(hub);
    let id = live_read::call(&weak, server, &call, |_, call| call.id().to_vec())?;
    Ok(object(Call { server_key: hub.key(server), id: Str::new(id), hub: weak, server, reference: call }))
}

/// Finds a call of a server: a current one by a Linkedid, or by the name or Uniqueid of a channel; an ended
/// one that is still kept by a Linkedid.
pub(super) fn find(core: &mut Core, server: ServerId, id_or_channel: &[u8]) -> Option<CallRef> {
    let live = core.cluster().live_of(server)?;
    if let Some(key) = live.find_call(id_or_channel) {
        return core.cluster_mut().refer_to_call(server, key);
    }
    let is_it = |call: &live::Call| call.linked_ids().any(|id| id == id_or_channel);
    live.ended_calls().find(|call| is_it(call)).map(|call| CallRef::to_ended(Arc::clone(call)))
}

/// Follows `merged_into` to the call that this call is part of now. That is the call itself if it was not
/// merged.
pub(super) fn survivor(core: &mut Core, server: ServerId, mut call: CallRef) -> CallRef {
    // The bound ends the loop if the ids of merges form a circle.
    for _ in 0..32 {
        let into = call.ended().and_then(|ended| ended.merged_into()).map(<[u8]>::to_vec);
        match into.and_then(|into| find(core, server, &into)) {
            Some(next) => call = next,
            None => break,
        }
    }
    call
}
