//! Sequences of a server's actions. They grow, and a client that has seen some cannot predict the next one.

use std::fmt;
use std::hash::Hasher as _;

use siphasher::sip::SipHasher24;

/// The source of a server's sequences.
///
/// Other clients of the same Asterisk see the ids of some of our actions, since `OriginateResponse` is broadcast with
/// them. A client that could predict the next id could end that action with a forged event. Sequences therefore grow
/// by strides, each drawn by `SipHash` of a counter under a key that only this process has. Strides already seen
/// reveal nothing about later ones.
#[derive(Debug)]
pub(super) struct Sequences {
    key: SequenceKey,
    /// Number of the server. Servers of one cluster share the key and draw different strides.
    server: u64,
    drawn: u64,
    next: u64,
}

/// The secret key with which strides are drawn.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct SequenceKey([u8; 16]);

/// Longest stride. The average is half of it, so 2^40 actions use half of the range.
const STRIDE_MAX: u64 = 1 << 24;
const _: () = assert!(u64::MAX / STRIDE_MAX >= (1 << 40) - 1, "room for 2^40 actions");

impl SequenceKey {
    /// Makes a key of random bytes from the operating system.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Makes a reproducible key, for simulations.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        Self((u128::from(seed) << 64 | u128::from(!seed)).to_le_bytes())
    }
}

/// Prints the type's name only, since the key is secret.
impl fmt::Debug for SequenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SequenceKey")
    }
}

impl Sequences {
    /// Sequences of one server, all above `floor`.
    pub(super) fn new(key: SequenceKey, server: u64, floor: u64) -> Self {
        let mut sequences = Self { key, server, drawn: 0, next: floor };
        sequences.advance();
        sequences
    }

    /// The sequence of the next action.
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Moves on after an action took the sequence.
    pub(super) fn advance(&mut self) {
        let mut hasher = SipHasher24::new_with_key(&self.key.0);
        hasher.write_u64(self.server);
        hasher.write_u64(self.drawn);
        self.drawn += 1;
        self.next += 1 + hasher.finish() % STRIDE_MAX;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(key: SequenceKey, server: u64, count: usize) -> Vec<u64> {
        let mut sequences = Sequences::new(key, server, 0);
        let mut drawn = vec![];
        for _ in 0..count {
            drawn.push(sequences.next());
            sequences.advance();
        }
        drawn
    }

    #[test]
    fn sequences_grow_by_strides_that_fill_their_range() {
        let drawn = drawn(SequenceKey::from_seed(1), 1, 10_000);
        let strides: Vec<_> = drawn.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(strides.iter().all(|stride| (1..=STRIDE_MAX).contains(stride)));
        let [mut low, mut high] = [0, 0];
        for stride in &strides {
            low += u32::from(*stride < STRIDE_MAX / 16);
            high += u32::from(*stride > STRIDE_MAX - STRIDE_MAX / 16);
        }
        assert!([low, high].iter().all(|count| (400..900).contains(count)), "{low} and {high} of 10,000");
    }

    #[test]
    fn keys_servers_and_counts_draw_different_strides_and_the_same_ones_the_same() {
        let one = drawn(SequenceKey::from_seed(1), 1, 100);
        assert_eq!(one, drawn(SequenceKey::from_seed(1), 1, 100));
        for other in [drawn(SequenceKey::from_seed(2), 1, 100), drawn(SequenceKey::from_seed(1), 2, 100)] {
            assert!(one.iter().all(|sequence| !other.contains(sequence)));
        }
        assert!(Sequences::new(SequenceKey::from_seed(1), 1, 5_000).next() > 5_000);
        assert_eq!(format!("{:?}", SequenceKey::from_seed(1)), "SequenceKey");
    }
}
