//! The names of the flags of a set.

use bitflags::Flags;

/// The names, in lower case.
pub(crate) fn names(set: &impl Flags) -> Vec<String> {
    set.iter_names().map(|(name, _)| name.to_ascii_lowercase()).collect()
}
