//! `Gap`: a period in which events may be missing.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;
use ext_php_rs::types::ZendHashTable;

use super::method::Unserialize;
use super::registration::value_class;
use crate::convert::Str;
use crate::convert::enums::DisconnectReason;
use crate::convert::number::{microseconds, to_int};
use crate::convert::serialized::property;
use crate::runtime::objects::LostEvents;
use crate::zend::{Native, PhpResult};

const NAME: &str = "Apn\\AmiClient\\Gap";

/// A period in which events of a server may be missing.
#[php_class]
#[php(name = "Apn\\AmiClient\\Gap", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
#[derive(Clone)]
pub(crate) struct Gap {
    #[php(prop)]
    server_key: Str,
    #[php(prop)]
    from: f64,
    #[php(prop)]
    to: f64,
    #[php(prop)]
    reason: Option<DisconnectReason>,
    #[php(prop)]
    dropped: i64,
}

impl Native for Gap {}

impl Gap {
    pub(crate) fn new(server_key: Str, lost: &LostEvents) -> Self {
        Self {
            server_key,
            from: microseconds(lost.from),
            to: microseconds(lost.to),
            reason: lost.reason.map(DisconnectReason::from),
            dropped: to_int(lost.dropped),
        }
    }
}

impl Unserialize for Gap {
    fn unserialize(data: &ZendHashTable) -> PhpResult<Self> {
        Ok(Self {
            server_key: property(data, "serverKey", NAME)?,
            from: property(data, "from", NAME)?,
            to: property(data, "to", NAME)?,
            reason: property(data, "reason", NAME)?,
            dropped: property(data, "dropped", NAME)?,
        })
    }
}

pub(crate) fn register() {
    value_class::<Gap>().done();
}
