//! Conversion of the model's texts to PHP strings: unchanged bytes, or UTF-8 for JSON.

use crate::convert::Str;

/// Converts a text of the model to a PHP string.
pub(super) type Text = fn(&[u8]) -> Str;

/// The bytes unchanged.
pub(super) fn bytes(text: &[u8]) -> Str {
    Str::new(text)
}

/// UTF-8 with replacement characters for invalid bytes. Otherwise one invalid byte would make `json_encode`
/// fail.
pub(super) fn utf8(text: &[u8]) -> Str {
    Str::new(&*String::from_utf8_lossy(text))
}
