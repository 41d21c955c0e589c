//! The name of a server.

use std::fmt;
use std::sync::Arc;

use crate::config_error::ConfigError;

const SERVER_KEY_BYTES_MAX: usize = 32;

/// A server's name within the cluster: 1 to 32 of `A-Za-z0-9._-`. It is part of every `ActionID`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerKey(Arc<str>);

impl ServerKey {
    /// Checks a name.
    ///
    /// # Errors
    ///
    /// The name is empty, longer than 32 bytes or contains a byte that is not allowed.
    pub fn new(key: &str) -> Result<Self, ConfigError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if key.is_empty() || key.len() > SERVER_KEY_BYTES_MAX || !key.bytes().all(allowed) {
            let shown: String = key.chars().take(40).flat_map(char::escape_debug).collect();
            return Err(ConfigError::new("key", format!("\"{shown}\""), "1 to 32 of A-Za-z0-9._-"));
        }
        Ok(Self(key.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", &self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_outside_its_alphabet_is_refused_by_name() {
        let error = ServerKey::new("pbx 1\n").unwrap_err();
        assert_eq!(error.to_string(), r#"key is "pbx 1\n", must be 1 to 32 of A-Za-z0-9._-"#);
        assert!(ServerKey::new(&"x".repeat(33)).is_err());
        assert_eq!(ServerKey::new("pbx-1.eu_west").unwrap().as_str(), "pbx-1.eu_west");
    }
}
