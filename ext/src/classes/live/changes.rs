//! `Changes`: what changed since a version.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;

use crate::convert::Array;
use crate::zend::class::class;
use crate::zend::{Native, Tracer};

/// What changed since a version.
#[php_class]
#[php(name = "Apn\\AmiClient\\Live\\Changes", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct Changes {
    #[php(prop)]
    pub(super) version: i64,
    #[php(prop)]
    pub(super) is_reset: bool,
    #[php(prop)]
    pub(super) has_more: bool,
    #[php(prop)]
    pub(super) calls: Array,
}

impl Native for Changes {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.calls);
    }
}

pub(crate) fn register() {
    class::<Changes>().done();
}
