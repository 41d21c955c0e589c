//! `Party`: a channel that takes part in a call.

use apn_ami::live;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;

use super::text::Text;
use crate::classes::registration::class;
use crate::convert::object::object;
use crate::convert::{Array, Builder, Object, Str};
use crate::zend::Native;

/// A channel that takes part in a call, with its number and name. It does not change after it was made.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Party", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct Party {
    #[php(prop)]
    channel: Str,
    #[php(prop)]
    unique_id: Str,
    #[php(prop)]
    device: Str,
    #[php(prop)]
    number: Str,
    #[php(prop)]
    name: Str,
}

impl Native for Party {}

pub(super) fn new(party: &live::Party) -> Object<Party> {
    object(Party {
        channel: Str::new(party.channel()),
        unique_id: Str::new(party.unique_id()),
        device: Str::new(party.device()),
        number: Str::new(party.number()),
        name: Str::new(party.name()),
    })
}

pub(super) fn to_array(party: &live::Party, text: Text) -> Array {
    let mut all = Builder::new(5);
    all.set("channel", text(party.channel()));
    all.set("uniqueId", text(party.unique_id()));
    all.set("device", text(party.device()));
    all.set("number", text(party.number()));
    all.set("name", text(party.name()));
    all.finish()
}

pub(crate) fn register() {
    class::<Party>().done();
}
