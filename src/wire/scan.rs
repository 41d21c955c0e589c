//! Where certain bytes are in a block of 64, as bits: what framing and indexing look for lies some twenty
//! bytes apart, too close for a search that begins anew for each.

use wide::u8x16;

/// Bytes of a block.
pub(super) const BLOCK: usize = 64;

const LANES: usize = BLOCK / 16;

/// Sixty-four bytes, to be asked for one value after the other. Bit 0 is the first byte.
#[derive(Clone, Copy)]
pub(super) struct Block([u8x16; LANES]);

impl Block {
    pub(super) fn of(bytes: &[u8; BLOCK]) -> Self {
        let (lanes, _) = bytes.as_chunks();
        Self(std::array::from_fn(|at| u8x16::new(lanes[at])))
    }

    /// The bytes from `at` on, with zeros behind the last.
    pub(super) fn at(bytes: &[u8], at: usize) -> Self {
        let rest = &bytes[at..];
        if let Some(whole) = rest.first_chunk() {
            return Self::of(whole);
        }
        let mut padded = [0; BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        Self::of(&padded)
    }

    /// Where the byte is `wanted`.
    pub(super) fn equal(&self, wanted: u8) -> u64 {
        let wanted = u8x16::splat(wanted);
        // A lane's mask has sixteen bits.
        let mask = |at: usize| u64::from(self.0[at].cmp_eq(wanted).move_mask().cast_unsigned());
        mask(0) | mask(1) << 16 | mask(2) << 32 | mask(3) << 48
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_by_one(bytes: &[u8], wanted: u8) -> u64 {
        bytes.iter().enumerate().fold(0, |mask, (at, byte)| mask | u64::from(*byte == wanted) << at)
    }

    #[test]
    fn bits_stand_where_the_byte_is_and_nowhere_else() {
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..5_000 {
            let alphabet = [0x0a, 0x0b, 0x8a, 0x09, 0x00, 0x80, 0xff, b':', 0x01, 0x7f];
            let bytes = std::array::from_fn(|_| alphabet[random.usize(0..alphabet.len())]);
            for wanted in alphabet {
                let expected = one_by_one(&bytes, wanted);
                assert_eq!(Block::of(&bytes).equal(wanted), expected, "{wanted:#x} in {bytes:x?}");
            }
        }
    }

    #[test]
    fn a_block_ends_with_the_bytes() {
        let bytes = [b':'; 70];
        assert_eq!(Block::at(&bytes, 0).equal(b':'), u64::MAX);
        assert_eq!(Block::at(&bytes, 60).equal(b':'), 0b11_1111_1111);
        assert_eq!(Block::at(&bytes, 70).equal(b':'), 0);
    }
}
