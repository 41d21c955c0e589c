//! What listeners ask for: `Glob`.

use crate::zend::classes::GlobProperties;
use crate::zend::{Object, PhpResult, Properties};

/// The class `Glob`.
pub(crate) struct Glob;

impl Glob {
    pub(crate) fn construct(this: &Object, given: GlobProperties) -> PhpResult<()> {
        given.init(this)
    }
}
