//! `Glob`: a pattern for the values of a header.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::registration::class;
use crate::convert::Str;
use crate::zend::Native;

/// A pattern for the values of a header. `*` matches any text; no other character is special.
#[php_class]
#[php(name = "Apn\\AmiClient\\Glob", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct Glob {
    #[php(prop)]
    pub(crate) pattern: Str,
}

impl Native for Glob {}

#[php_impl]
impl Glob {
    pub(crate) fn __construct(pattern: Str) -> Self {
        Self { pattern }
    }
}

pub(crate) fn register() {
    class::<Glob>().done();
}
