//! The meaning of an event mask, read as Asterisk reads it.

/// True if a session with this mask receives events of class `call`, such as `OriginateResponse`. `None` if Asterisk
/// keeps the mask as it was. Follows `strings_to_mask` and `get_perm` of main/manager.c.
pub(super) fn includes_calls(mask: &[u8]) -> Option<bool> {
    /// `EVENT_FLAG_CALL` of include/asterisk/manager.h.
    const CALL: u64 = 1 << 1;
    let is_any_of = |words: &[&str]| words.iter().any(|word| mask.eq_ignore_ascii_case(word.as_bytes()));
    if mask.is_empty() {
        return None;
    }
    if mask.iter().all(u8::is_ascii_digit) {
        let number = str::from_utf8(mask).ok().and_then(|digits| digits.parse::<u64>().ok());
        return Some(number.is_none_or(|bits| bits & CALL != 0));
    }
    // `ast_false` and `ast_true` of main/utils.c.
    if is_any_of(&["no", "false", "n", "f", "off"]) {
        return Some(false);
    }
    if is_any_of(&["yes", "true", "y", "t", "on"]) {
        return Some(true);
    }
    Some(mask.split(|byte| *byte == b',').any(|class| matches!(class, b"call" | b"all")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_told_where_the_mask_has_their_class() {
        for mask in ["on", "YES", "all", "call", "system,call", "2", "3", "99999999999999999999999"] {
            assert_eq!(includes_calls(mask.as_bytes()), Some(true), "{mask}");
        }
        for mask in ["off", "No", "system", "system,agent", "none", "1", "0", "calls"] {
            assert_eq!(includes_calls(mask.as_bytes()), Some(false), "{mask}");
        }
        assert_eq!(includes_calls(b""), None, "nothing changes");
    }
}
