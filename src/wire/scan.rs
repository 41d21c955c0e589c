//! Finds all positions of a byte in a block of 64, as bits. The bytes that framing and indexing look for are some
//! twenty bytes apart, too close to start a new search for each.

use memchr::memchr;
use wide::u8x16;

/// Bytes in a block.
pub(super) const BLOCK: usize = 64;

const LANES: usize = BLOCK / 16;

/// A block of 64 bytes that can be searched for several values. Bit 0 of a mask stands for the first byte.
#[derive(Clone, Copy)]
pub(super) struct Block([u8x16; LANES]);

impl Block {
    pub(super) fn of(bytes: &[u8; BLOCK]) -> Self {
        let (lanes, _) = bytes.as_chunks();
        Self(std::array::from_fn(|at| u8x16::new(lanes[at])))
    }

    /// The block at offset `at`, padded with zeros after the last byte.
    pub(super) fn at(bytes: &[u8], at: usize) -> Self {
        let rest = &bytes[at..];
        if let Some(whole) = rest.first_chunk() {
            return Self::of(whole);
        }
        let mut padded = [0; BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        Self::of(&padded)
    }

    /// Mask of the bytes equal to `wanted`.
    pub(super) fn equal(&self, wanted: u8) -> u64 {
        let wanted = u8x16::splat(wanted);
        mask(self.0.map(|lane| lane.cmp_eq(wanted)))
    }

    /// Mask of the bytes equal to the letter `lower`, in either case.
    pub(super) fn equal_any_case(&self, lower: u8) -> u64 {
        debug_assert!(lower.is_ascii_lowercase(), "what else has a case?");
        let (lower, case) = (u8x16::splat(lower), u8x16::splat(b' '));
        mask(self.0.map(|lane| (lane | case).cmp_eq(lower)))
    }

    pub(super) fn has(&self, wanted: u8) -> bool {
        let wanted = u8x16::splat(wanted);
        let [a, b, c, d] = self.0.map(|lane| lane.cmp_eq(wanted));
        (a | b | c | d).move_mask() != 0
    }
}

/// Position of the first `wanted` in `bytes`, for a byte expected near their beginning. The first sixteen bytes are
/// compared without the set-up cost of a search.
pub(super) fn find_near(bytes: &[u8], wanted: u8) -> Option<usize> {
    let Some(near) = bytes.first_chunk() else { return bytes.iter().position(|byte| *byte == wanted) };
    match u8x16::new(*near).cmp_eq(u8x16::splat(wanted)).move_mask().trailing_zeros() as usize {
        at if at < near.len() => Some(at),
        _ => memchr(wanted, &bytes[near.len()..]).map(|at| at + near.len()),
    }
}

/// Joins the masks of the lanes, which have sixteen bits each.
fn mask(lanes: [u8x16; LANES]) -> u64 {
    let [a, b, c, d] = lanes.map(|lane| u64::from(lane.move_mask().cast_unsigned()));
    a | b << 16 | c << 32 | d << 48
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
                assert_eq!(Block::of(&bytes).has(wanted), expected != 0, "{wanted:#x} in {bytes:x?}");
            }
        }
    }

    #[test]
    fn a_letter_is_found_in_both_cases_and_nothing_else_is() {
        for byte in 0..=u8::MAX {
            let mut bytes = [b'-'; BLOCK];
            bytes[40] = byte;
            let expected = if byte.eq_ignore_ascii_case(&b'e') { 1 << 40 } else { 0 };
            assert_eq!(Block::of(&bytes).equal_any_case(b'e'), expected, "{byte:#x}");
        }
    }

    #[test]
    fn what_is_near_is_found_as_what_is_far_and_what_is_not_there() {
        let mut random = fastrand::Rng::with_seed(2);
        for _ in 0..5_000 {
            let bytes: Vec<u8> =
                (0..random.usize(0..40)).map(|_| *b"ab:".get(random.usize(0..60)).unwrap_or(&b'-')).collect();
            let expected = bytes.iter().position(|byte| *byte == b':');
            assert_eq!(find_near(&bytes, b':'), expected, "{}", String::from_utf8_lossy(&bytes));
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
