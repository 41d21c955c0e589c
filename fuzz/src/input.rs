//! Bytes as a source of choices. After the last byte every choice is zero.

/// The bytes of one run.
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    /// An input of these bytes.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// True if no byte is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next byte.
    pub fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    /// The next two bytes as a number.
    pub fn number(&mut self) -> usize {
        usize::from(self.byte()) * 256 + usize::from(self.byte())
    }

    /// At most this many bytes.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A text that follows its length.
    pub fn text(&mut self) -> &'a [u8] {
        let length = usize::from(self.byte());
        // Only some texts are long, which is enough to reach the bound on lines.
        let length = if length == 255 { self.number() % 2_048 } else { length };
        self.take(length)
    }

    /// A text as UTF-8. Invalid bytes are replaced.
    pub fn word(&mut self) -> String {
        String::from_utf8_lossy(self.text()).into_owned()
    }
}
