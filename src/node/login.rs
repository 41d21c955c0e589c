//! The login's own actions and what their answers mean.

use md5::{Digest as _, Md5};
use zeroize::Zeroizing;

use crate::record::clipped;
use crate::settings::{EventMask, ServerSettings, fits_a_line};
use crate::vocabulary::DisconnectReason;
use crate::wire::{Action, ActionId, AmiVersion, Message, Parameter};

/// `Challenge` for an MD5 login. It carries no `Username`: that would count as a second login of an
/// account with `allowmultiplelogin=no`.
pub(super) fn challenge() -> Action {
    built("Challenge", &[("AuthType", b"MD5".to_vec())])
}

/// `Login` in answer to a challenge; the key is lower-case hex, compared byte by byte (main/manager.c).
pub(super) fn login_md5(settings: &ServerSettings, challenge: &[u8], events: &str) -> Action {
    let digest = Md5::new().chain_update(challenge).chain_update(settings.secret.expose()).finalize();
    let hex = |nibble: u8| b"0123456789abcdef"[usize::from(nibble)];
    let key = digest.iter().flat_map(|&byte| [hex(byte >> 4), hex(byte & 15)]).collect();
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

/// The bytes of a `Login` with the secret in plain text. They are the only copy of it that is made, zeroed
/// when dropped.
pub(super) fn login_plain(settings: &ServerSettings, id: &ActionId, events: &str) -> Zeroizing<Vec<u8>> {
    let rest = [("Username", settings.username.as_bytes().to_vec()), ("Events", events.as_bytes().to_vec())];
    let rest = built("Login", &rest).encode(id);
    let secret = settings.secret.expose();
    if !fits_a_line("Secret", secret) {
        unreachable!("settings were checked: the secret");
    }
    // Made large enough at once: a buffer that grows leaves its bytes behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(rest.as_bytes().len() + secret.len() + 16));
    let end = rest.as_bytes().len() - b"\r\n".len();
    for part in [&rest.as_bytes()[..end], b"Secret: ", secret, b"\r\n\r\n"] {
        bytes.extend_from_slice(part);
    }
    bytes
}

/// Our own action, of values that were checked when the settings were.
pub(super) fn built(name: &str, headers: &[(&str, Vec<u8>)]) -> Action {
    let headers: Vec<_> =
        headers.iter().map(|(name, value)| (name.as_bytes(), Parameter::One(value.clone()))).collect();
    match Action::internal(name, headers.iter().map(|(name, value)| (*name, value))) {
        Ok(action) => action,
        Err(error) => unreachable!("settings were checked: {error}"),
    }
}

/// The event classes that the subscriptions need, where the mask follows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoMask {
    /// As Asterisk 20 to 23 have them.
    pub usual: String,
    /// Where `Newexten` may be of class `call`.
    pub with_newexten_as_call: String,
}

impl AutoMask {
    /// A mask that needs no version.
    #[must_use]
    pub fn of_any_version(classes: &str) -> Self {
        Self { usual: classes.to_owned(), with_newexten_as_call: classes.to_owned() }
    }

    /// What a server of this version is asked for.
    pub(super) fn of(&self, version: AmiVersion) -> &str {
        if version.may_call_newexten_a_call() { &self.with_newexten_as_call } else { &self.usual }
    }
}

/// What the `Events` header of the login says; `auto` is what the subscriptions need.
pub(super) fn events_header(mask: &EventMask, auto: &str) -> String {
    match mask {
        EventMask::All => "on".to_owned(),
        EventMask::Off => "off".to_owned(),
        EventMask::Auto => auto.to_owned(),
        EventMask::Classes(classes) => classes.clone(),
    }
}

/// What a refused `Login` means: Asterisk says the same for unknown user, wrong secret and ACL.
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
