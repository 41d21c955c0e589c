//! Texts of the model as PHP gets them: bytes as Asterisk has them, and UTF-8 for JSON.

use crate::convert::Str;

/// How a text of the model becomes one of PHP's.
pub(super) type Text = fn(&[u8]) -> Str;

/// The bytes.
pub(super) fn bytes(text: &[u8]) -> Str {
    Str::new(text)
}

/// What is not UTF-8 is replaced: `json_encode` would refuse all for one byte of Latin-1.
pub(super) fn utf8(text: &[u8]) -> Str {
    Str::new(&*String::from_utf8_lossy(text))
}
