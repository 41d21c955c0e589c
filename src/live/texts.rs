//! The texts of one object, one after the other.

use std::ops::{Deref, DerefMut, Range};

use crate::limits::LIVE_TEXT_BYTES_MAX;
use crate::wire::CHUNK;

/// `N` texts, one after the other. A text is cut at `LIVE_TEXT_BYTES_MAX`. Who reads a text reads its end first.
#[derive(Clone, Debug)]
#[repr(C)]
pub(super) struct Texts<const N: usize, const INLINE: usize = 0> {
    ends: [u16; N],
    bytes: Bytes<INLINE>,
}

/// The bytes of all texts, and unused bytes for longer texts. Up to `INLINE` bytes are in the object itself, more of them
/// in an allocation. What tells which comes first: a `SmallVec` has its capacity behind the bytes, in a further line of a cache.
#[derive(Clone, Debug)]
enum Bytes<const INLINE: usize> {
    Inline([u8; INLINE]),
    Heap(Box<[u8]>),
}

/// Texts that were read from a frame, one after the other as in [`Texts`].
#[derive(Debug)]
pub(super) struct Packed<const N: usize> {
    bytes: [u8; PACKED_BYTES],
    ends: [u16; N],
}

/// Enough for the longest texts of a frame, and a chunk after the last of them.
const PACKED_BYTES: usize = TEXTS_MAX * LIVE_TEXT_BYTES_MAX + CHUNK;
const TEXTS_MAX: usize = 13;
const _: () = assert!(PACKED_BYTES <= u16::MAX as usize, "the end of the last text is a u16");

/// Maximum number of unused bytes of [`Texts`].
const ROOM_MAX: usize = 64;

/// The size of an allocation for texts of this length. Blocks of glibc have 8, 24, 40 ... usable bytes.
fn with_room(length: usize) -> usize {
    (length + 7) / 16 * 16 + 8
}

impl<const INLINE: usize> Bytes<INLINE> {
    /// Zeros with room for texts of this length.
    fn with_room(length: usize) -> Self {
        if length <= INLINE {
            Self::Inline([0; INLINE])
        } else {
            Self::Heap(vec![0; with_room(length)].into_boxed_slice())
        }
    }

    /// Bytes of the allocation.
    fn memory(&self) -> usize {
        match self {
            Self::Inline(_) => 0,
            Self::Heap(bytes) => bytes.len(),
        }
    }
}

impl<const INLINE: usize> Deref for Bytes<INLINE> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Inline(bytes) => bytes,
            Self::Heap(bytes) => bytes,
        }
    }
}

impl<const INLINE: usize> DerefMut for Bytes<INLINE> {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Inline(bytes) => bytes,
            Self::Heap(bytes) => bytes,
        }
    }
}

impl<const N: usize, const INLINE: usize> Default for Texts<N, INLINE> {
    fn default() -> Self {
        Self { ends: [0; N], bytes: Bytes::with_room(0) }
    }
}

impl<const N: usize, const INLINE: usize> Texts<N, INLINE> {
    pub(super) fn of(texts: [&[u8]; N]) -> Self {
        let texts = texts.map(cut);
        let mut bytes = Bytes::with_room(texts.iter().map(|text| text.len()).sum());
        let mut ends = [0; N];
        let mut end = 0;
        for (own, text) in ends.iter_mut().zip(texts) {
            bytes[end..end + text.len()].copy_from_slice(text);
            end += text.len();
            *own = end_at(end);
        }
        Self { ends, bytes }
    }

    pub(super) fn get(&self, at: usize) -> &[u8] {
        &self.bytes[start(&self.ends, at)..usize::from(self.ends[at])]
    }

    /// Replaces one text. True if it is different from before.
    pub(super) fn set(&mut self, at: usize, text: &[u8]) -> bool {
        let text = cut(text);
        if self.get(at) == text {
            return false;
        }
        let end = usize::from(self.ends[at]);
        self.splice(start(&self.ends, at)..end, text);
        self.shift(at, end, start(&self.ends, at) + text.len());
        true
    }

    /// Replaces these texts by those of a snapshot. True if they are different from before.
    pub(super) fn replace(&mut self, texts: Range<usize>, packed: &Packed<N>) -> bool {
        let (own, other) = (span(&self.ends, &texts), span(&packed.ends, &texts));
        if own.start == other.start {
            let (ends, other_ends) = (&self.ends[texts.clone()], &packed.ends[texts.clone()]);
            if ends == other_ends && self.bytes[own.clone()] == packed.bytes[other.clone()] {
                return false;
            }
            if texts.end == N && self.has_room(other.end) {
                self.bytes[other.clone()].copy_from_slice(&packed.bytes[other]);
                self.ends[texts.clone()].copy_from_slice(&packed.ends[texts]);
                return true;
            }
        } else if texts.clone().all(|at| self.get(at) == packed.get(at)) {
            return false;
        }
        self.splice(own.clone(), &packed.bytes[other.clone()]);
        for at in texts.clone() {
            self.ends[at] = end_at(usize::from(packed.ends[at]) - other.start + own.start);
        }
        self.shift(texts.end, own.end, own.start + other.len());
        true
    }

    /// True if texts of this length need no other memory.
    fn has_room(&self, length: usize) -> bool {
        length <= self.bytes.len() && length + ROOM_MAX >= self.bytes.memory()
    }

    /// Replaces a range of bytes by others.
    fn splice(&mut self, old: Range<usize>, new: &[u8]) {
        let (length, end) = (usize::from(self.ends[N - 1]), old.start + new.len());
        let new_length = end + length - old.end;
        if !self.has_room(new_length) {
            let mut bytes = Bytes::with_room(new_length);
            bytes[..old.start].copy_from_slice(&self.bytes[..old.start]);
            bytes[end..new_length].copy_from_slice(&self.bytes[old.end..length]);
            self.bytes = bytes;
        } else if end != old.end {
            self.bytes.copy_within(old.end..length, end);
        }
        self.bytes[old.start..end].copy_from_slice(new);
    }

    /// Moves the ends of the texts from `at` on by as much as an end moved from `old_end` to `end`.
    fn shift(&mut self, at: usize, old_end: usize, end: usize) {
        for own in &mut self.ends[at..] {
            *own = end_at(usize::from(*own) - old_end + end);
        }
    }

    /// Bytes of memory beside the object itself.
    pub(super) fn memory(&self) -> usize {
        self.bytes.memory()
    }
}

impl<const N: usize> Packed<N> {
    /// Sets text `at`, after the texts before it. The texts after it have to be set again.
    #[inline(never)]
    pub(super) fn set(&mut self, at: usize, text: &[u8]) {
        let text = cut(text);
        let start = start(&self.ends, at);
        self.bytes[start..start + text.len()].copy_from_slice(text);
        self.ends[at] = end_at(start + text.len());
    }

    /// As `set`, for the first bytes of a chunk. The whole chunk is copied, which takes no loop.
    #[inline]
    pub(super) fn set_chunk(&mut self, at: usize, chunk: &[u8; CHUNK], length: usize) {
        let start = start(&self.ends, at);
        self.bytes[start..start + CHUNK].copy_from_slice(chunk);
        self.ends[at] = end_at(start + length);
    }

    /// As `set`, for the empty text.
    #[inline]
    pub(super) fn set_empty(&mut self, at: usize) {
        self.ends[at] = end_at(start(&self.ends, at));
    }

    pub(super) fn get(&self, at: usize) -> &[u8] {
        &self.bytes[start(&self.ends, at)..usize::from(self.ends[at])]
    }
}

impl<const N: usize> Default for Packed<N> {
    fn default() -> Self {
        const { assert!(N <= TEXTS_MAX, "there is room for so many") };
        Self { bytes: [0; PACKED_BYTES], ends: [0; N] }
    }
}

fn start(ends: &[u16], at: usize) -> usize {
    at.checked_sub(1).map_or(0, |before| usize::from(ends[before]))
}

fn span(ends: &[u16], texts: &Range<usize>) -> Range<usize> {
    start(ends, texts.start)..start(ends, texts.end)
}

/// The end of a text. It fits, because the assertion above bounds the length of all texts.
fn end_at(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}

/// The part of a text that is kept.
pub(super) fn cut(text: &[u8]) -> &[u8] {
    text.get(..LIVE_TEXT_BYTES_MAX).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed<const N: usize>(texts: &[&[u8]; N]) -> Packed<N> {
        let mut packed = Packed::default();
        for (at, text) in texts.iter().enumerate() {
            packed.set(at, text);
        }
        packed
    }

    fn all<const N: usize, const INLINE: usize>(texts: &Texts<N, INLINE>) -> [&[u8]; N] {
        std::array::from_fn(|at| texts.get(at))
    }

    #[test]
    fn a_text_is_replaced_among_others_and_a_change_is_seen() {
        let mut texts = Texts::<_, 0>::of([b"one", b"two", b""]);
        assert!(!texts.set(0, b"one") && !texts.set(2, b""));
        assert!(texts.set(1, b""));
        assert_eq!(all(&texts), [&b"one"[..], b"", b""]);
        assert!(texts.set(2, b"three"));
        assert!(texts.set(1, b"a text that needs other memory than there was"));
        assert_eq!(all(&texts), [&b"one"[..], b"a text that needs other memory than there was", b"three"]);
    }

    #[test]
    fn texts_of_a_snapshot_replace_those_in_their_place() {
        let mut texts = Texts::<_, 0>::of([b"one", b"two", b"three", b"four"]);
        let other = packed(&[b"1", b"zwei", b"three", b"five"]);
        assert!(!texts.replace(2..3, &other), "the same, but at another offset");
        assert!(texts.replace(1..3, &other));
        assert_eq!(all(&texts), [&b"one"[..], b"zwei", b"three", b"four"]);
        assert!(texts.replace(0..1, &other));
        assert!(!texts.replace(0..3, &other));
        assert_eq!(all(&texts), [&b"1"[..], b"zwei", b"three", b"four"]);
        assert!(texts.replace(2..4, &other));
        assert_eq!(all(&texts), [&b"1"[..], b"zwei", b"three", b"five"]);
        let mut cut_elsewhere = Texts::<_, 0>::of([b"ab", b""]);
        assert!(cut_elsewhere.replace(0..2, &packed(&[b"a", b"b"])));
        assert_eq!(all(&cut_elsewhere), [b"a", b"b"]);
    }

    #[test]
    fn texts_of_any_length_replace_each_other() {
        any_length_replaces_any::<0>();
        any_length_replaces_any::<100>();
    }

    fn any_length_replaces_any<const INLINE: usize>() {
        let mut random = fastrand::Rng::with_seed(3);
        let mut any = || -> [Vec<u8>; 4] {
            std::array::from_fn(|_| {
                let length = *random.choice(&[0, 1, 2, 9, 40, 300]).unwrap();
                vec![b"ab"[random.usize(..2)]; length]
            })
        };
        let mut texts = Texts::<4, INLINE>::default();
        let mut expected: [Vec<u8>; 4] = Default::default();
        for round in 0..2_000 {
            let new = any();
            let range = [0..4, 0..3, 1..4, 2..2][round % 4].clone();
            let packed = packed(&std::array::from_fn::<_, 4, _>(|at| &*new[at]));
            let is_changed = texts.replace(range.clone(), &packed);
            let before = expected.clone();
            for at in range {
                expected[at] = cut(&new[at]).to_vec();
            }
            assert_eq!(all(&texts).map(<[u8]>::to_vec), expected);
            assert_eq!(is_changed, before != expected);
            let length: usize = expected.iter().map(Vec::len).sum();
            let memory = texts.memory();
            let is_inline = memory == 0 && length <= INLINE;
            assert!(is_inline || (length..=length + ROOM_MAX).contains(&memory), "{memory} for {length}");
        }
    }

    #[test]
    fn a_text_with_what_is_behind_it_is_packed_as_a_text_is() {
        let mut own = Packed::<3>::default();
        own.set_chunk(0, b"one\r\nAnother: li", 3);
        own.set_chunk(1, b"Event: Hangup\r\n ", 13);
        own.set_empty(2);
        assert_eq!([own.get(0), own.get(1), own.get(2)], [&b"one"[..], b"Event: Hangup", b""]);
        let long = [b'x'; LIVE_TEXT_BYTES_MAX + 1];
        let mut longest = packed(&[&long[..]; TEXTS_MAX]);
        longest.set_chunk(TEXTS_MAX - 1, b"0123456789abcdef", 15);
        assert_eq!(longest.get(TEXTS_MAX - 2), &long[1..]);
        assert_eq!(longest.get(TEXTS_MAX - 1), b"0123456789abcde");
    }

    #[test]
    fn a_long_text_is_cut_and_then_the_same_as_before() {
        let long = [b'x'; LIVE_TEXT_BYTES_MAX + 1];
        let mut texts = Texts::<_, 0>::of([&long[..]; TEXTS_MAX]);
        assert!(!texts.replace(0..TEXTS_MAX, &packed(&[&long[..]; TEXTS_MAX])) && !texts.set(3, &long));
        assert_eq!(texts.get(TEXTS_MAX - 1), &long[1..]);
        assert_eq!(texts.memory(), TEXTS_MAX * LIVE_TEXT_BYTES_MAX + 8);
    }

    #[test]
    fn memory_follows_the_texts_in_steps() {
        let mut texts = Texts::<_, 0>::of([b"a", b"b"]);
        assert_eq!(texts.memory(), 8);
        texts.set(0, &[b'x'; 100]);
        assert_eq!(texts.memory(), 104);
        texts.set(0, &[b'x'; 60]);
        assert_eq!(texts.memory(), 104, "room for what may come");
        texts.set(0, b"a");
        assert_eq!(texts.memory(), 8);
        assert_eq!([7, 8, 9, 24, 25].map(with_room), [8, 8, 24, 24, 40]);
    }
}
