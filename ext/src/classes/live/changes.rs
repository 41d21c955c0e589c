//! `Changes`: the answer of `Model::changesSince()`.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::php_class;

use crate::classes::registration::class;
use crate::convert::Array;
use crate::zend::{Native, Tracer};

/// The calls and queues that changed since a version. If `is_reset`, the changes are not known and the caller reads
/// all of them.
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
    #[php(prop)]
    pub(super) queues: Array,
}

impl Native for Changes {
    fn trace(&self, tracer: &mut Tracer) {
        tracer.value(&self.calls);
        tracer.value(&self.queues);
    }
}

pub(crate) fn register() {
    class::<Changes>().done();
}
