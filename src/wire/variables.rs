//! Channel variables of an event.

use rustc_hash::FxHashSet;

/// Channel variables, in the order in which they came. Names keep their case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables(Vec<(Vec<u8>, Vec<u8>)>);

/// Names are compared one by one up to this number of variables.
const FEW: usize = 16;

impl Variables {
    /// Adds a variable unless its name is known, so that the first value of a name is kept. `seen` holds the names
    /// once there are `FEW` variables.
    pub(super) fn insert(&mut self, name: &[u8], value: &[u8], seen: &mut FxHashSet<Vec<u8>>) {
        if self.0.len() == FEW && seen.is_empty() {
            seen.extend(self.0.iter().map(|(name, _)| name.clone()));
        }
        let is_new = if seen.is_empty() { self.get(name).is_none() } else { seen.insert(name.to_vec()) };
        if is_new {
            self.0.push((name.to_vec(), value.to_vec()));
        }
    }

    /// The value of a variable. Names are case-sensitive, as in the dialplan.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// Names and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.0.iter().map(|(name, value)| (name.as_slice(), value.as_slice()))
    }
}
