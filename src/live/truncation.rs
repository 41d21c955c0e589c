//! What a bound keeps out of a model.

use std::fmt;

use bitflags::bitflags;

bitflags! {
    /// A set of the kinds of objects that a bound keeps out. A call is kept out with its channels.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Truncation: u8 {
        /// Channels.
        const CHANNELS = 1;
        /// Queues.
        const QUEUES = 1 << 1;
        /// Members of queues.
        const MEMBERS = 1 << 2;
        /// Callers of queues.
        const CALLERS = 1 << 3;
    }
}

impl fmt::Display for Truncation {
    /// The names of the kinds, for example `channels, callers`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter_names().map(|(name, _)| name.to_ascii_lowercase()).collect();
        f.write_str(&names.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kinds_are_named_in_the_order_of_their_bits() {
        assert_eq!((Truncation::CALLERS | Truncation::CHANNELS).to_string(), "channels, callers");
        assert_eq!(Truncation::all().to_string(), "channels, queues, members, callers");
    }
}
