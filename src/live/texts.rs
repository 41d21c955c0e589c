//! The texts of one object in one piece of memory.

use crate::limits::LIVE_TEXT_BYTES_MAX;

/// `N` texts, one behind the other. Each is cut at its bound.
#[derive(Clone, Debug)]
pub(super) struct Texts<const N: usize> {
    bytes: Box<[u8]>,
    ends: [u16; N],
}

const _: () = assert!(LIVE_TEXT_BYTES_MAX * 16 <= u16::MAX as usize, "the end of the last text is a u16");

impl<const N: usize> Default for Texts<N> {
    fn default() -> Self {
        Self { bytes: Box::default(), ends: [0; N] }
    }
}

impl<const N: usize> Texts<N> {
    pub(super) fn get(&self, at: usize) -> &[u8] {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[usize::from(start)..usize::from(self.ends[at])]
    }

    /// Writes the texts that are given and keeps the others. True where one of them is another than before.
    pub(super) fn write(&mut self, texts: &[Option<&[u8]>; N]) -> bool {
        let mut start = 0;
        let is_same = texts.iter().zip(&self.ends).all(|(text, end)| {
            let old = &self.bytes[start..usize::from(*end)];
            start = usize::from(*end);
            text.is_none_or(|text| cut(text) == old)
        });
        if is_same {
            return false;
        }
        let old = std::mem::take(self);
        let texts: [&[u8]; N] = std::array::from_fn(|at| texts[at].map_or_else(|| old.get(at), cut));
        let mut bytes = Vec::with_capacity(texts.iter().map(|text| text.len()).sum());
        for (text, end) in texts.iter().zip(&mut self.ends) {
            bytes.extend_from_slice(text);
            // See the bound above.
            *end = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
        }
        self.bytes = bytes.into_boxed_slice();
        true
    }

    /// Writes one text.
    pub(super) fn set(&mut self, at: usize, text: &[u8]) -> bool {
        let mut texts = [None; N];
        texts[at] = Some(text);
        self.write(&texts)
    }

    /// Bytes of memory beside the object itself.
    pub(super) fn memory(&self) -> usize {
        self.bytes.len()
    }
}

/// The part of a text that is kept.
pub(super) fn cut(text: &[u8]) -> &[u8] {
    text.get(..LIVE_TEXT_BYTES_MAX).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_not_given_stay_and_a_change_is_seen() {
        let mut texts = Texts::<3>::default();
        assert!(!texts.write(&[None, Some(b""), None]), "nothing to nothing");
        assert!(texts.write(&[Some(b"one"), Some(b"two"), None]));
        assert!(!texts.write(&[Some(b"one"), None, Some(b"")]));
        assert!(texts.set(1, b"") && texts.set(2, b"three"));
        assert_eq!([texts.get(0), texts.get(1), texts.get(2)], [&b"one"[..], b"", b"three"]);
    }

    #[test]
    fn a_long_text_is_cut_and_then_the_same_as_before() {
        let mut texts = Texts::<16>::default();
        let long = [b'x'; LIVE_TEXT_BYTES_MAX + 1];
        assert!(texts.write(&[Some(&long); 16]));
        assert!(!texts.write(&[Some(&long); 16]));
        assert_eq!(texts.get(15), &long[1..]);
        assert_eq!(texts.memory(), 16 * LIVE_TEXT_BYTES_MAX);
    }
}
