//! The settings of one server, checked once.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::path::PathBuf;

use crate::config_error::ConfigError;
use crate::limits::Limits;
use crate::secret::Secret;
pub use crate::server_key::ServerKey;

/// How to log in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AuthMethod {
    /// MD5 challenge. Plain text only if the server has no `Challenge` and the link is verified TLS or
    /// loopback.
    #[default]
    Auto,
    /// MD5 challenge only.
    Md5,
    /// The secret in plain text.
    Plain,
}

/// The event classes that the login requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum EventMask {
    /// All classes that the account may read.
    #[default]
    All,
    /// No class.
    Off,
    /// The classes that the subscriptions need. The `Events` action updates them when the subscriptions change.
    Auto,
    /// These classes, as Asterisk spells them: `call,agent`.
    Classes(String),
}

impl EventMask {
    /// Whether events arrive even if there is no subscription.
    pub(crate) fn is_always_on(&self) -> bool {
        match self {
            Self::All | Self::Classes(_) => true,
            Self::Off | Self::Auto => false,
        }
    }

    /// Parses `on`, `off`, `auto` or a list of classes.
    ///
    /// # Errors
    ///
    /// A word is not a class of Asterisk, which would silently take it as "no events at all".
    pub fn parse(mask: &str) -> Result<Self, ConfigError> {
        match mask.trim() {
            "on" | "all" => Ok(Self::All),
            "off" | "none" => Ok(Self::Off),
            "auto" => Ok(Self::Auto),
            classes => Self::of_classes(classes),
        }
    }

    fn of_classes(classes: &str) -> Result<Self, ConfigError> {
        let mut words: Vec<_> = classes.split(',').map(str::trim).collect();
        if words.iter().all(|class| EVENT_CLASSES.contains(class)) {
            // Each class is kept once, so that all classes fit a line of `Login`, however often one was given.
            let mut seen = BTreeSet::new();
            words.retain(|class| seen.insert(*class));
            return Ok(Self::Classes(words.join(",")));
        }
        Err(ConfigError::new(
            "event_mask",
            format!("\"{}\"", classes.escape_debug()),
            format!("on, off, auto or classes of {}", EVENT_CLASSES.join(",")),
        ))
    }
}

/// The event classes of `manager.conf`: `perms[]` of main/manager.c.
pub const EVENT_CLASSES: [&str; 19] = [
    "system",
    "call",
    "log",
    "verbose",
    "command",
    "agent",
    "user",
    "config",
    "dtmf",
    "reporting",
    "cdr",
    "dialplan",
    "originate",
    "agi",
    "cc",
    "aoc",
    "test",
    "security",
    "message",
];

/// TLS settings of one server.
#[derive(Clone, Debug, Default)]
pub struct TlsSettings {
    /// PEM file with trusted certificates: roots, or the server's own self-signed certificate, which is then
    /// pinned. Without a file, the roots of the system are trusted.
    pub ca_file: Option<PathBuf>,
    /// The name that the certificate must carry. The default is the host.
    pub server_name: Option<String>,
    /// True trusts any certificate; every connect logs a warning.
    pub insecure: bool,
    /// PEM files of the client's own certificate and key.
    pub client_identity: Option<(PathBuf, PathBuf)>,
}

/// The checked settings of one server.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// The server's name within the cluster.
    pub key: ServerKey,
    /// Host name or IP address.
    pub host: String,
    /// TCP port, not 0.
    pub port: u16,
    /// Name of an account of `manager.conf`.
    pub username: String,
    /// Secret of the account.
    pub secret: Secret,
    /// How to log in.
    pub auth: AuthMethod,
    /// The event classes to request.
    pub event_mask: EventMask,
    /// TLS settings; `None` for plain TCP.
    pub tls: Option<TlsSettings>,
    /// Bounds of the session.
    pub limits: Limits,
}

impl ServerSettings {
    /// A server with default bounds, plain TCP and all events.
    ///
    /// # Errors
    ///
    /// Names the field, the value (never the secret) and what is allowed.
    pub fn new(
        key: &str,
        host: &str,
        port: u16,
        username: &str,
        secret: Secret,
    ) -> Result<Self, ConfigError> {
        let settings = Self {
            key: ServerKey::new(key)?,
            host: host.to_owned(),
            port,
            username: username.to_owned(),
            secret,
            auth: AuthMethod::default(),
            event_mask: EventMask::default(),
            tls: None,
            limits: Limits::default(),
        };
        settings.checked()
    }

    /// Checks every field once.
    ///
    /// # Errors
    ///
    /// Names the field, the value (never the secret) and what is allowed.
    pub fn checked(mut self) -> Result<Self, ConfigError> {
        let word = |text: &str| !text.is_empty() && !text.bytes().any(|b| b.is_ascii_control() || b == b' ');
        if !word(&self.host) || self.host.len() > 255 {
            let shown = format!("\"{}\"", self.host.escape_debug());
            return Err(ConfigError::new("host", shown, "a host name or address without blanks"));
        }
        if self.port == 0 {
            return Err(ConfigError::new("port", "0", "1 to 65535"));
        }
        let username = self.username.as_bytes();
        if username.is_empty() || !fits_a_line("Username", username) || has_blank_ends(username) {
            let shown = format!("\"{}\"", self.username.escape_debug());
            return Err(ConfigError::new(
                "username",
                shown,
                "an account of manager.conf, on one line, without blanks around it",
            ));
        }
        let secret = self.secret.expose();
        if secret.is_empty() || !fits_a_line("Secret", secret) || has_blank_ends(secret) {
            let what = match secret {
                [] => "empty",
                _ if has_blank_ends(secret) && fits_a_line("Secret", secret) => {
                    "with a blank at its beginning or end, which manager.conf would strip"
                }
                _ if secret.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) => "not on one line",
                _ => "too long",
            };
            return Err(ConfigError::new(
                "secret",
                what,
                "the account's secret, on one line of at most 1,014 bytes",
            ));
        }
        if let EventMask::Classes(classes) = &self.event_mask {
            self.event_mask = EventMask::of_classes(classes)?;
        }
        self.limits = self.limits.checked()?;
        Ok(self)
    }

    /// The host as an address, if it is one and no name has to be resolved.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.trim_start_matches('[').trim_end_matches(']').parse().ok()
    }
}

/// True if the value begins or ends with a blank. Asterisk strips values when it reads manager.conf
/// (`ast_strip`, main/config.c), and skips blanks before the values of an action (`ast_skip_blanks`), so no
/// account or secret can have such blanks.
fn has_blank_ends(value: &[u8]) -> bool {
    value.first().is_some_and(|byte| *byte <= b' ') || value.last().is_some_and(|byte| *byte <= b' ')
}

pub(crate) fn fits_a_line(header: &str, value: &[u8]) -> bool {
    header.len() + 2 + value.len() <= crate::limits::ACTION_LINE_BYTES_MAX
        && !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_that_breaks_its_line_is_refused_without_being_shown() {
        let error =
            ServerSettings::new("a", "h", 5038, "u", Secret::new("hid\nden")).unwrap_err().to_string();
        assert!(error.starts_with("secret is not on one line"), "{error}");
        assert!(!error.contains("hid"), "{error}");
    }

    #[test]
    fn blanks_around_account_or_secret_are_refused_since_no_login_has_any() {
        let with = |user: &str, secret: &str| {
            let refused = ServerSettings::new("a", "h", 5_038, user, Secret::new(secret)).unwrap_err();
            refused.to_string()
        };
        assert!(with(" u", "s").starts_with(r#"username is " u", must be an account"#));
        assert!(with("u\t", "s").starts_with("username is"));
        for secret in [" hidden", "hidden "] {
            let error = with("u", secret);
            assert!(error.starts_with("secret is with a blank at its beginning or end"), "{error}");
            assert!(!error.contains("hidden"));
        }
    }

    #[test]
    fn a_class_that_is_repeated_is_asked_for_once() {
        let mask = EventMask::parse("call, agent,".repeat(300).trim_end_matches(','));
        assert_eq!(mask, Ok(EventMask::Classes("call,agent".into())));
    }

    #[test]
    fn a_secret_and_its_header_fill_a_line() {
        let with = |bytes| ServerSettings::new("a", "h", 5038, "u", Secret::new("x".repeat(bytes)));
        assert!(with(1_014).is_ok());
        let error = with(1_015).unwrap_err().to_string();
        assert_eq!(
            error,
            "secret is too long, must be the account's secret, on one line of at most 1,014 bytes"
        );
    }

    #[test]
    fn a_mask_that_was_not_parsed_is_checked_with_the_rest() {
        let settings = ServerSettings::new("a", "h", 5038, "u", Secret::new("s")).unwrap();
        let with = |classes: &str| {
            ServerSettings { event_mask: EventMask::Classes(classes.into()), ..settings.clone() }.checked()
        };
        assert_eq!(with("call, agent").unwrap().event_mask, EventMask::Classes("call,agent".into()));
        let error = with("call\r\nAction: Ping").unwrap_err().to_string();
        assert!(error.starts_with(r#"event_mask is "call\r\nAction: Ping", must be on"#), "{error}");
    }

    #[test]
    fn a_mask_with_an_unknown_class_is_refused_since_asterisk_would_take_it_for_off() {
        assert_eq!(EventMask::parse("call, agent"), Ok(EventMask::Classes("call,agent".into())));
        assert_eq!(EventMask::parse("auto"), Ok(EventMask::Auto));
        assert!(
            EventMask::parse("cal").unwrap_err().to_string().starts_with("event_mask is \"cal\", must be")
        );
    }
}
