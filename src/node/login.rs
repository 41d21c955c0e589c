//! The actions of the login, and the meaning of their answers.

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use crate::record::clipped;
use crate::settings::{EventMask, ServerSettings, fits_a_line};
use crate::vocabulary::DisconnectReason;
use crate::wire::{Action, ActionId, AmiVersion, Message, Parameter};

/// `Challenge` for an MD5 login. It has no `Username`, since one would count as a second login of an
/// account with `allowmultiplelogin=no`.
pub(super) fn challenge() -> Action {
    built("Challenge", &[("AuthType", b"MD5".to_vec())])
}

/// `Login` as the answer to a challenge. The key is lower-case hex, since Asterisk compares it
/// byte by byte (main/manager.c).
pub(super) fn login_md5(settings: &ServerSettings, challenge: &[u8], events: &str) -> Action {
    let digest = Md5::new().chain_update(challenge).chain_update(settings.secret.expose()).finalize();
    let key = format!("{:032x}", u128::from_be_bytes(digest.into())).into_bytes();
    built(
        "Login",
        &[
            ("AuthType", b"MD5".to_vec()),
            ("Username", settings.username.as_bytes().to_vec()),
            ("Key", key),
            ("Events", events.as_bytes().to_vec()),
        ],
    )
}

/// The bytes of a `Login` with the secret in plain text. Encoding makes no other copy of the secret, and
/// this one is zeroed when dropped.
pub(super) fn login_plain(settings: &ServerSettings, id: &ActionId, events: &str) -> Zeroizing<Vec<u8>> {
    let rest = [("Username", settings.username.as_bytes().to_vec()), ("Events", events.as_bytes().to_vec())];
    let rest = built("Login", &rest).encode(id);
    let secret = settings.secret.expose();
    if !fits_a_line("Secret", secret) {
        unreachable!("settings were checked: the secret");
    }
    // Allocated at full size, since a growing buffer leaves copies of its bytes behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(rest.as_bytes().len() + secret.len() + 16));
    let end = rest.as_bytes().len() - b"\r\n".len();
    for part in [&rest.as_bytes()[..end], b"Secret: ", secret, b"\r\n\r\n"] {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Builds an action of the client itself. It is always valid, since its values were checked with the settings.
pub(super) fn built(name: &str, headers: &[(&str, Vec<u8>)]) -> Action {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_bytes(), Parameter::One(value.clone()))).collect();
    match Action::internal(name, headers.iter().map(|(name, value)| (*name, value))) {
        Ok(action) => action,
        Err(error) => unreachable!("settings were checked: {error}"),
    }
}

/// The event classes that the subscriptions need, for a server with [`EventMask::Auto`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoMask {
    /// Mask for a server whose `Newexten` is of class `dialplan`, as that of Asterisk 20 to 23.
    pub usual: String,
    /// Mask for a server whose `Newexten` may be of class `call`.
    pub with_newexten_as_call: String,
}

impl AutoMask {
    /// The same mask for every version.
    #[must_use]
    pub fn of_any_version(classes: &str) -> Self {
        Self { usual: classes.to_owned(), with_newexten_as_call: classes.to_owned() }
    }

    /// The mask for a server of this version.
    pub(super) fn of(&self, version: AmiVersion) -> &str {
        if version.may_call_newexten_a_call() { &self.with_newexten_as_call } else { &self.usual }
    }
}

/// Value of the `Events` header of a login. `auto` is the mask that the subscriptions need.
pub(super) fn events_header<'a>(mask: &'a EventMask, auto: &'a str) -> &'a str {
    match mask {
        EventMask::All => "on",
        EventMask::Off => "off",
        EventMask::Auto => auto,
        EventMask::Classes(classes) => classes,
    }
}

/// Reason and text of a refused `Login`. Asterisk gives the same text for an unknown user, a wrong secret and an ACL.
pub(super) fn refusal(answer: &Message) -> (DisconnectReason, String) {
    let message = answer.get(b"Message").unwrap_or_default();
    let text = clipped(&message);
    if text.to_ascii_lowercase().contains("already in use") {
        (DisconnectReason::LoginInUse, text)
    } else {
        (DisconnectReason::AuthFailed, text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    #[test]
    fn the_md5_key_is_the_one_a_real_asterisk_22_took() {
        let settings = ServerSettings::new("a", "h", 5038, "admin", Secret::new("s3cret")).unwrap();
        // tests/data/asterisk-22/login-md5.sent and .received
        let login = login_md5(&settings, b"193318940", "on");
        assert_eq!(login.get(b"Key"), Some(b"be794e1960f04871a6df9cefacef8340".as_slice()));
    }

    #[test]
    fn a_login_in_use_is_told_from_a_refused_one() {
        let answer =
            |text: &str| Message::from_frame(format!("Response: Error\r\nMessage: {text}\r\n").as_bytes());
        assert_eq!(refusal(&answer("Login Already In Use")).0, DisconnectReason::LoginInUse);
        assert_eq!(refusal(&answer("Authentication failed")).0, DisconnectReason::AuthFailed);
    }
}
