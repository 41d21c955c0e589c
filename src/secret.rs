//! Values that must never be printed, and the rule for which header values those are.

use std::fmt;

use zeroize::Zeroizing;

use crate::glob::Glob;

/// Header names whose values are never written to a log or an error, in any case: those of `Login`, of
/// PJSIP's authentication objects, of voicemail and of `ChallengeResponseFailed`.
const ALWAYS_SECRET: [&str; 12] = [
    "secret",
    "password",
    "newpassword",
    "key",
    "authsecret",
    "md5secret",
    "md5cred",
    "oauthsecret",
    "refreshtoken",
    "passworddigest",
    "expectedresponse",
    "receivedhash",
];

/// What stands in place of a secret value.
pub const REDACTED: &str = "***";

/// A password: it is not printed by `Debug`, not compared, and is zeroed when dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the bytes over.
    #[must_use]
    pub fn new(value: impl Into<Vec<u8>>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// The bytes themselves, for the login and for nothing else.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

/// Decides which values a log may show.
#[derive(Clone, Debug, Default)]
pub struct Redactor {
    extra: Vec<Glob>,
}

impl Redactor {
    /// `names` are header or variable names, `*` allowed, in any case, beside the built-in ones.
    pub fn new<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        Self { extra: names.into_iter().map(|name| Glob::any_case(name.as_ref())).collect() }
    }

    /// True when the value of this header or variable must not be shown.
    #[must_use]
    pub fn hides(&self, name: &[u8]) -> bool {
        // `_` and `__` before a variable's name let other channels inherit it.
        let name = &name[name.iter().take_while(|byte| **byte == b'_').count()..];
        ALWAYS_SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret.as_bytes()))
            || self.extra.iter().any(|glob| glob.matches(name))
    }

    /// The value as a log may show it: `NAME=value` of a variable is hidden by its own name.
    #[must_use]
    pub fn shown(&self, header: &[u8], value: &[u8]) -> String {
        if self.hides(header) {
            return REDACTED.to_owned();
        }
        let is_variable = header.len() >= 8 && header[header.len() - 8..].eq_ignore_ascii_case(b"variable");
        match value.iter().position(|&byte| byte == b'=') {
            Some(at) if is_variable && self.hides(&value[..at]) => {
                format!("{}={REDACTED}", String::from_utf8_lossy(&value[..at]))
            }
            _ => String::from_utf8_lossy(value).into_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        assert_eq!(format!("{:?}", Secret::new("s3cret")), "***");
        assert_eq!(Secret::new("s3cret").expose(), b"s3cret");
    }

    #[test]
    fn secret_headers_are_hidden_in_any_case_and_others_are_not() {
        let redactor = Redactor::new(["pin", "card_*"]);
        assert_eq!(redactor.shown(b"SECRET", b"x"), "***");
        assert_eq!(redactor.shown(b"AuthSecret", b"x"), "***");
        assert_eq!(redactor.shown(b"Channel", b"PJSIP/alice"), "PJSIP/alice");
        assert_eq!(redactor.shown(b"PIN", b"1234"), "***");
    }

    #[test]
    fn a_variable_is_hidden_by_its_own_name() {
        let redactor = Redactor::new(["card_*"]);
        assert_eq!(redactor.shown(b"Variable", b"CARD_NUMBER=4111"), "CARD_NUMBER=***");
        assert_eq!(redactor.shown(b"Variable", b"__CARD_NUMBER=4111"), "__CARD_NUMBER=***");
        assert_eq!(redactor.shown(b"Variable", b"NAME=Bob"), "NAME=Bob");
        assert_eq!(redactor.shown(b"Channel", b"CARD_NUMBER=4111"), "CARD_NUMBER=4111");
    }
}
