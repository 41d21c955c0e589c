//! The error of an invalid setting.

/// A setting is invalid, which is the caller's fault. The error never contains a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}, must be {allowed}")]
pub struct ConfigError {
    /// Name of the field, in the spelling of [`crate::limits`] and [`crate::settings`].
    pub field: &'static str,
    /// The given value, as text for a message.
    pub value: String,
    /// The allowed values, as text for a message.
    pub allowed: String,
}

impl ConfigError {
    pub(crate) fn new(field: &'static str, value: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { field, value: value.into(), allowed: allowed.into() }
    }
}
