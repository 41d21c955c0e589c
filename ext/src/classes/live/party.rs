//! `Party`: who takes part in a call, as Asterisk had it at the moment of asking.

use apn_ami::live;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;

use super::text::Text;
use crate::convert::object::object;
use crate::convert::{Array, Builder, Object, Str};
use crate::zend::Native;
use crate::zend::class::class;

/// Who takes part in a call.
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
