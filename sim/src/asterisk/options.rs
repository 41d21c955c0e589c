//! What one fake server is: its release, its accounts, its limits.

use std::borrow::Cow;
use std::time::Duration;

use super::args::escape_c;
use super::classes::Classes;

/// A release of Asterisk, as far as a manager client can tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Release {
    V1_8,
    V10,
    V11,
    V12,
    /// 13.0 and 13.1, which have the lists of 12.
    V13_1,
    /// 13.2 to 13.4, which mark every list and escape nothing yet.
    V13_4,
    V13,
    V14,
    V15,
    V16,
    V18,
    V20,
    V21,
    V22,
    V23,
}

impl Release {
    /// Every release, oldest first.
    pub const ALL: [Self; 15] = [
        Self::V1_8,
        Self::V10,
        Self::V11,
        Self::V12,
        Self::V13_1,
        Self::V13_4,
        Self::V13,
        Self::V14,
        Self::V15,
        Self::V16,
        Self::V18,
        Self::V20,
        Self::V21,
        Self::V22,
        Self::V23,
    ];

    /// The release that people call by this name: `22`, `1.8`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|release| release.name() == name)
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::V1_8 => "1.8",
            Self::V10 => "10",
            Self::V11 => "11",
            Self::V12 => "12",
            Self::V13_1 => "13.1",
            Self::V13_4 => "13.4",
            Self::V13 => "13",
            Self::V14 => "14",
            Self::V15 => "15",
            Self::V16 => "16",
            Self::V18 => "18",
            Self::V20 => "20",
            Self::V21 => "21",
            Self::V22 => "22",
            Self::V23 => "23",
        }
    }

    /// The manager protocol's version in the banner.
    #[must_use]
    pub fn ami_version(self) -> &'static str {
        match self {
            Self::V1_8 => "1.1",
            Self::V10 => "1.2",
            Self::V11 => "1.3",
            Self::V12 => "2.5.0",
            Self::V13_1 => "2.6.0",
            Self::V13_4 => "2.7.0",
            Self::V13 => "2.10.6",
            Self::V14 => "3.2.2",
            Self::V15 => "4.0.3",
            Self::V16 => "5.0.5",
            Self::V18 => "7.0.3",
            Self::V20 => "9.0.0",
            Self::V21 => "10.0.0",
            Self::V22 => "11.0.0",
            Self::V23 => "12.0.0",
        }
    }

    /// Names and values that users choose, as events write them: C-escaped since 13.5.
    pub(crate) fn written(self, value: &[u8]) -> Cow<'_, [u8]> {
        if self >= Self::V13 { Cow::Owned(escape_c(value)) } else { Cow::Borrowed(value) }
    }

    /// From 12 to 15 an extension's step was news of a call (main/manager_channels.c).
    pub(crate) fn class_of_newexten(self) -> Classes {
        if (Self::V12..=Self::V15).contains(&self) { Classes::CALL } else { Classes::DIALPLAN }
    }

    /// Up to 14 there were `Queues` and `DataGet`.
    pub(crate) fn has(self, action: &str) -> bool {
        self <= Self::V14 || !["Queues", "DataGet"].contains(&action)
    }

    /// Up to 13 `Command` answers with raw text after `Response: Follows`.
    pub(crate) fn commands_follow(self) -> bool {
        self <= Self::V13
    }
}

/// One user of `manager.conf`.
#[derive(Clone)]
pub struct Account {
    /// Compared without regard to case.
    pub user: String,
    /// Its secret.
    pub secret: String,
    /// Classes of events it may receive.
    pub read: Classes,
    /// Classes of actions it may use.
    pub write: Classes,
    /// `allowmultiplelogin`: may it be logged in more than once?
    pub multiple_logins: bool,
}

impl Account {
    /// An account that may do everything.
    #[must_use]
    pub fn new(user: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            user: user.into(),
            secret: secret.into(),
            read: Classes::ALL,
            write: Classes::ALL,
            multiple_logins: true,
        }
    }
}

/// A secret is never printed.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

/// How a fake server is set up. Everything has Asterisk's own default.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which Asterisk it plays.
    pub release: Release,
    /// Who may log in.
    pub accounts: Vec<Account>,
    /// Unauthenticated sessions at once; one more is closed without a banner.
    pub auth_limit: usize,
    /// Time to log in, after which the session is closed without a word.
    pub auth_timeout: Duration,
    /// Do events carry a `Timestamp`? Asterisk's own default is no.
    pub timestamp_events: bool,
    /// Unix time when the server was made. Fixed, so that the bytes of a run are always the same.
    pub unix_time: Duration,
    /// How long the peer may take nothing while bytes wait for it, before it is cut off in the
    /// middle of a block. `None`: for ever.
    pub write_timeout: Option<Duration>,
    /// Bytes that may wait for a peer before it is cut off in the middle of a block.
    pub outgoing_bytes_max: Option<usize>,
    /// Time from a (re)start to fully booted; until then only the core's own actions exist.
    pub boot_time: Duration,
    /// From when a dialled phone rings until it answers.
    pub answer_delay: Duration,
    /// Seeds what Asterisk draws at random: challenges.
    pub seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            release: Release::V22,
            accounts: vec![Account::new("admin", "s3cret")],
            auth_limit: 50,
            auth_timeout: Duration::from_secs(30),
            timestamp_events: true,
            unix_time: Duration::from_secs(1_795_420_660),
            write_timeout: None,
            outgoing_bytes_max: None,
            boot_time: Duration::ZERO,
            answer_delay: Duration::from_millis(100),
            seed: 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_is_found_by_its_name() {
        for release in Release::ALL {
            assert_eq!(Release::named(release.name()), Some(release));
        }
        assert_eq!(Release::named("9"), None);
    }

    #[test]
    fn debug_output_hides_the_secret() {
        let text = format!("{:?}", Options::default());
        assert!(!text.contains("s3cret"), "{text}");
    }
}
