//! Patterns with `*`: for event names, header values and redacted names.

use std::fmt;

/// A pattern in which `*` stands for any number of bytes, including none. No other byte is special.
#[derive(Clone, PartialEq, Eq)]
pub struct Glob {
    pattern: Box<[u8]>,
    case: Case,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    Exact,
    Any,
}

impl Glob {
    /// A pattern that distinguishes upper and lower case. For values.
    #[must_use]
    pub fn exact_case(pattern: impl AsRef<[u8]>) -> Self {
        Self { pattern: pattern.as_ref().into(), case: Case::Exact }
    }

    /// A pattern that ignores case. For names.
    #[must_use]
    pub fn any_case(pattern: impl AsRef<[u8]>) -> Self {
        Self { pattern: pattern.as_ref().into(), case: Case::Any }
    }

    /// The pattern as it was given.
    #[must_use]
    pub fn pattern(&self) -> &[u8] {
        &self.pattern
    }

    /// The only name, in lower case, that the pattern matches in any case. `None` if the pattern contains `*`
    /// or distinguishes case.
    #[must_use]
    pub fn only_name(&self) -> Option<Vec<u8>> {
        let is_name = self.case == Case::Any && !self.pattern.contains(&b'*');
        is_name.then(|| self.pattern.to_ascii_lowercase())
    }

    /// True if the pattern matches the whole of `text`. Takes time linear in the length of `text` times the
    /// number of stars.
    #[must_use]
    pub fn matches(&self, text: &[u8]) -> bool {
        let (mut at, mut in_text) = (0, 0);
        // After a mismatch behind the last star: where to try again, one byte later in the text.
        let mut retry: Option<(usize, usize)> = None;
        while in_text < text.len() {
            match self.pattern.get(at) {
                Some(b'*') => {
                    retry = Some((at + 1, in_text));
                    at += 1;
                }
                Some(&byte) if self.same(byte, text[in_text]) => {
                    at += 1;
                    in_text += 1;
                }
                Some(_) | None => {
                    let Some((after_star, from)) = retry else { return false };
                    retry = Some((after_star, from + 1));
                    (at, in_text) = (after_star, from + 1);
                }
            }
        }
        self.pattern[at..].iter().all(|&byte| byte == b'*')
    }

    fn same(&self, a: u8, b: u8) -> bool {
        match self.case {
            Case::Exact => a == b,
            Case::Any => a.eq_ignore_ascii_case(&b),
        }
    }
}

impl fmt::Debug for Glob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Glob({:?}, {:?})", String::from_utf8_lossy(&self.pattern), self.case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_run_of_bytes() {
        for (pattern, text, fits) in [
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("Queue*", "QueueMemberStatus", true),
            ("Queue*", "Queue", true),
            ("Queue*", "AQueue", false),
            ("*Complete", "QueueStatusComplete", true),
            ("*a*b", "xxaxxab", true),
            ("*a*b", "xxaxxabc", false),
            ("PJSIP/*-*", "PJSIP/alice-00000001", true),
            ("a**b", "ab", true),
        ] {
            assert_eq!(Glob::exact_case(pattern).matches(text.as_bytes()), fits, "{pattern} on {text}");
        }
    }

    #[test]
    fn only_a_name_without_a_star_in_any_case_is_one_name() {
        assert_eq!(Glob::any_case("NewExten").only_name(), Some(b"newexten".to_vec()));
        assert_eq!(Glob::any_case("New*").only_name(), None);
        assert_eq!(Glob::exact_case("NewExten").only_name(), None);
    }

    #[test]
    fn names_match_in_any_case_and_values_only_exactly() {
        assert!(Glob::any_case("newexten").matches(b"NewExten"));
        assert!(!Glob::exact_case("newexten").matches(b"NewExten"));
    }
}
