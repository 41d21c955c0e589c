//! Event classes: the classes that an account may read and write, and those that a session receives.

use std::fmt;

/// A set of Asterisk's event classes (`EVENT_FLAG_*` in `include/asterisk/manager.h`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Classes(u32);

/// Every class with Asterisk's bit for it, in the order in which Asterisk writes them.
const LABELS: [(u32, &str); 19] = [
    (1 << 0, "system"),
    (1 << 1, "call"),
    (1 << 2, "log"),
    (1 << 3, "verbose"),
    (1 << 4, "command"),
    (1 << 5, "agent"),
    (1 << 6, "user"),
    (1 << 7, "config"),
    (1 << 8, "dtmf"),
    (1 << 9, "reporting"),
    (1 << 10, "cdr"),
    (1 << 11, "dialplan"),
    (1 << 12, "originate"),
    (1 << 13, "agi"),
    (1 << 15, "cc"),
    (1 << 16, "aoc"),
    (1 << 17, "test"),
    (1 << 18, "security"),
    (1 << 30, "message"),
];

impl Classes {
    /// No class. A session with it receives only events without a class. Every account may use an action with
    /// it.
    pub const NONE: Self = Self(0);
    /// Every class.
    pub const ALL: Self = Self(i32::MAX as u32);
    pub(crate) const SYSTEM: Self = Self(1 << 0);
    pub(crate) const CALL: Self = Self(1 << 1);
    pub(crate) const AGENT: Self = Self(1 << 5);
    pub(crate) const USER: Self = Self(1 << 6);
    pub(crate) const DIALPLAN: Self = Self(1 << 11);
    pub(crate) const AGI: Self = Self(1 << 13);
    pub(crate) const SECURITY: Self = Self(1 << 18);

    /// Reads a list of names as in `manager.conf`: `call,user`, `all`, `none`. Unknown names are ignored, as
    /// in Asterisk.
    ///
    /// Asterisk compares each piece except the last by the piece's own length. So `sys,call` means
    /// `system,call`, while `call,sys` means `call`. A blank after a comma hides the name.
    #[must_use]
    pub fn named(names: &str) -> Self {
        Self::from_names(names.as_bytes())
    }

    fn from_names(names: &[u8]) -> Self {
        let every = LABELS.iter().copied().chain([(Self::ALL.0, "all"), (0, "none")]);
        let bits = every.filter(|(_, label)| lists(names, label.as_bytes())).map(|(bit, _)| bit);
        Self(bits.fold(0, |all, bit| all | bit))
    }

    /// Reads an event mask: a number, a word for on or off, or names. `None` if the mask is empty.
    pub(crate) fn from_mask(mask: &[u8]) -> Option<Self> {
        if mask.is_empty() {
            return None;
        }
        if mask.iter().all(u8::is_ascii_digit) {
            let number = mask
                .iter()
                .fold(0_u64, |n, digit| n.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
            return Some(Self(u32::try_from(number).unwrap_or(u32::MAX) & Self::ALL.0));
        }
        if one_of(mask, &["no", "false", "n", "f", "off"]) {
            return Some(Self::NONE);
        }
        if one_of(mask, &["yes", "true", "y", "t", "on"]) {
            return Some(Self::ALL);
        }
        Some(Self::from_names(mask))
    }

    /// True if every class of `other` is in this set.
    #[must_use]
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// True if an account with these write classes may use an action of class `action`.
    pub(crate) fn allow(self, action: Self) -> bool {
        action.0 == 0 || self.0 & action.0 != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// Writes the value of a `Privilege` header: the classes, then `all`, since `all` has every bit.
impl fmt::Display for Classes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.write_str("<none>");
        }
        for (_, label) in LABELS.iter().filter(|(bit, _)| self.0 & bit != 0) {
            write!(f, "{label},")?;
        }
        f.write_str("all")
    }
}

/// Asterisk's `ast_instring`: the last piece must equal the label. An earlier piece only has to be its
/// beginning.
fn lists(names: &[u8], label: &[u8]) -> bool {
    let mut pieces = names.split(|byte| *byte == b',').peekable();
    while let Some(piece) = pieces.next() {
        let found = if pieces.peek().is_some() { label.starts_with(piece) } else { label == piece };
        if found {
            return true;
        }
    }
    false
}

fn one_of(word: &[u8], words: &[&str]) -> bool {
    words.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

/// Asterisk's `ast_true`.
pub(crate) fn is_true(word: &[u8]) -> bool {
    one_of(word, &["yes", "true", "y", "t", "1", "on"])
}

/// Asterisk's `ast_false`.
pub(crate) fn is_false(word: &[u8]) -> bool {
    one_of(word, &["no", "false", "n", "f", "0", "off"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_may_be_a_number_a_switch_or_names() {
        assert_eq!(Classes::from_mask(b""), None);
        assert_eq!(Classes::from_mask(b"0"), Some(Classes::NONE));
        assert_eq!(Classes::from_mask(b"3"), Some(Classes::named("system,call")));
        assert_eq!(Classes::from_mask(b"Off"), Some(Classes::NONE));
        assert_eq!(Classes::from_mask(b"ON"), Some(Classes::ALL));
        assert_eq!(Classes::from_mask(b"call,agent"), Some(Classes::named("agent,call")));
        assert_eq!(Classes::from_mask(b"calls"), Some(Classes::NONE), "unknown words mean off");
    }

    #[test]
    fn a_blank_after_a_comma_hides_the_class() {
        assert_eq!(Classes::named("system, call"), Classes::SYSTEM);
    }

    #[test]
    fn privileges_read_as_on_the_wire() {
        assert_eq!(Classes::named("system,call").to_string(), "system,call,all");
        assert_eq!(Classes::NONE.to_string(), "<none>");
    }
}
