//! A setting that cannot be.

/// The caller's fault: a setting that cannot be. Never holds a secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} is {value}, must be {allowed}")]
pub struct ConfigError {
    /// Name of the field, in the spelling of [`crate::limits`] and [`crate::settings`].
    pub field: &'static str,
    /// What was given, fit for a message.
    pub value: String,
    /// What is allowed.
    pub allowed: String,
}

impl ConfigError {
    pub(crate) fn new(field: &'static str, value: impl Into<String>, allowed: impl Into<String>) -> Self {
        Self { field, value: value.into(), allowed: allowed.into() }
    }
}
