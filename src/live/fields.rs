//! Reads headers of a frame in place.

use std::borrow::Cow;

use crate::wire::{Lines, unescape};

/// The values of these headers. Empty for a header that is missing; the first one for a header that is repeated.
///
/// `names` are spelled as Asterisk spells them, in the order in which Asterisk sends them. Nearly every line is
/// then the one that is expected next.
pub(super) fn pick<'f, const N: usize>(frame: &'f [u8], names: &[&[u8]; N]) -> [&'f [u8]; N] {
    let mut values = [&b""[..]; N];
    let mut next = 0;
    for line in Lines::of(frame) {
        let at = if next < N && is_of(line, names[next]) {
            next
        } else {
            let found = (next + 1..N).chain(0..next.min(N)).find(|at| is_of(line, names[*at]));
            let Some(at) = found else { continue };
            at
        };
        next = at + 1;
        if values[at].is_empty() {
            let value = &line[names[at].len() + 1..];
            values[at] = value.strip_prefix(b" ").unwrap_or(value);
        }
    }
    values
}

#[inline]
fn is_of(line: &[u8], name: &[u8]) -> bool {
    // The cheapest comparisons come first.
    line.get(name.len()) == Some(&b':') && line[0] == name[0] && line[..name.len()] == *name
}

/// A name without escapes. Asterisk escapes the names of a snapshot (`ast_escape_c_alloc`, `manager_channels.c`).
pub(super) fn plain(name: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memchr(b'\\', name).is_some() { Cow::Owned(unescape(name)) } else { Cow::Borrowed(name) }
}

/// The name or number, or an empty text for `<unknown>`, which Asterisk writes if it has none.
pub(super) fn known(value: &[u8]) -> &[u8] {
    if value == b"<unknown>" { b"" } else { value }
}

/// A number in digits.
pub(super) fn number<T: std::str::FromStr>(digits: &[u8]) -> Option<T> {
    str::from_utf8(digits).ok()?.parse().ok()
}

/// The serial number at the end of a Uniqueid, which counts the channels since the server started. `None` for an
/// id that a client chose.
pub(super) fn serial(unique_id: &[u8]) -> Option<u64> {
    let dot = memchr::memrchr(b'.', unique_id)?;
    let is_moment = unique_id[..dot].last().is_some_and(u8::is_ascii_digit);
    number(&unique_id[dot + 1..]).filter(|_| is_moment)
}

/// Seconds of `Duration`, `01:02:03`, or of `Seconds`.
pub(super) fn seconds(text: &[u8]) -> Option<u64> {
    text.split(|byte| *byte == b':')
        .try_fold(0_u64, |sum, part| sum.checked_mul(60)?.checked_add(number::<u64>(part)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_found_in_any_order_and_the_first_of_a_name_counts() {
        let frame = b"Event: X\r\nB: 2\r\nA: 1\r\nAB: 4\r\nA: 5\r\n: 7\r\nC:3\nA";
        assert_eq!(pick(frame, &[b"A", b"B", b"C", b"D"]), [&b"1"[..], b"2", b"3", b""]);
        assert_eq!(pick(b"", &[b"A"]), [b""]);
    }

    #[test]
    fn a_serial_is_the_last_part_of_an_id_that_asterisk_made() {
        assert_eq!(serial(b"1795420748.17"), Some(17));
        assert_eq!(serial(b"pbx-1-1795420748.17"), Some(17));
        for made_up in [&b"call.x"[..], b"call", b"", b".", b"1.", b"a.7"] {
            assert_eq!(serial(made_up), None, "{made_up:?}");
        }
    }

    #[test]
    fn durations_are_read_in_both_spellings() {
        assert_eq!(seconds(b"01:02:03"), Some(3_723));
        assert_eq!(seconds(b"61"), Some(61));
        assert_eq!([seconds(b""), seconds(b"a:1"), seconds(b"99999999999999999999")], [None; 3]);
    }

    #[test]
    fn names_are_unescaped_once() {
        assert_eq!(*plain(b"a\\tb\\\\n"), *b"a\tb\\n");
        assert_eq!(*plain(b"plain"), *b"plain");
        assert_eq!(known(b"<unknown>"), b"");
    }
}
