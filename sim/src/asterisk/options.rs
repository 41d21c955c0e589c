//! Settings of a fake server: release, accounts and limits.

use std::borrow::Cow;
use std::time::Duration;

use super::args::escape_c;
use super::classes::Classes;

/// A release of Asterisk. Releases that a manager client cannot tell apart share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Release {
    V1_8,
    V10,
    V11,
    V12,
    /// 13.0 and 13.1. They have the lists of 12.
    V13_1,
    /// 13.2 to 13.4. They mark every list and do not escape values yet.
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

    /// Finds a release by its short name: `22`, `1.8`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|release| release.name() == name)
    }

    /// The short name of the release.
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

    /// The version of the manager protocol in the banner.
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

    /// A name or value that users choose, as events write it. It is C-escaped since 13.5.
    pub(crate) fn written(self, value: &[u8]) -> Cow<'_, [u8]> {
        if self >= Self::V13 { Cow::Owned(escape_c(value)) } else { Cow::Borrowed(value) }
    }

    /// The class of `Newexten`: `call` from 12 to 15, else `dialplan` (`main/manager_channels.c`).
    pub(crate) fn class_of_newexten(self) -> Classes {
        if (Self::V12..=Self::V15).contains(&self) { Classes::CALL } else { Classes::DIALPLAN }
    }

    /// True if the release has the action. `Queues` and `DataGet` exist up to 14 only.
    pub(crate) fn has(self, action: &str) -> bool {
        self <= Self::V14 || !["Queues", "DataGet"].contains(&action)
    }

    /// True if `Command` answers with `Response: Follows` and raw text, up to 13.
    pub(crate) fn commands_follow(self) -> bool {
        self <= Self::V13
    }
}

/// A user of `manager.conf`.
#[derive(Clone)]
pub struct Account {
    /// Name of the user. It is compared without regard to case.
    pub user: String,
    /// Secret of the user.
    pub secret: String,
    /// Classes of events that the user may receive.
    pub read: Classes,
    /// Classes of actions that the user may send.
    pub write: Classes,
    /// `allowmultiplelogin`: the user may be logged in more than once.
    pub multiple_logins: bool,
}

impl Account {
    /// An account with all classes.
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

/// Prints the user only, since the secret must not be printed.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("user", &self.user).finish_non_exhaustive()
    }
}

/// Settings of a fake server. The defaults are Asterisk's, unless a field says otherwise.
#[derive(Clone, Debug)]
pub struct Options {
    /// The release that the server behaves like.
    pub release: Release,
    /// Users that can log in.
    pub accounts: Vec<Account>,
    /// Maximum number of sessions that are not logged in. A further one is closed without a banner.
    pub auth_limit: usize,
    /// Time for the login. After it the session is closed without a message.
    pub auth_timeout: Duration,
    /// Adds a `Timestamp` header to events. Asterisk's default is off, the default here is on.
    pub timestamp_events: bool,
    /// Unix time when the server was made. It is fixed by default, so a run always has the same bytes.
    pub unix_time: Duration,
    /// Longest time without progress while bytes wait for the peer. After it the session is cut, possibly in
    /// the middle of a block. `None`: no limit.
    pub write_timeout: Option<Duration>,
    /// Maximum number of bytes that wait for the peer. Beyond it the session ends, possibly in the middle of
    /// a block. `None`: no limit.
    pub outgoing_bytes_max: Option<usize>,
    /// Time from a start or restart until the server is fully booted. Until then only the core's own actions
    /// exist.
    pub boot_time: Duration,
    /// Time from the dialling of a phone until it answers.
    pub answer_delay: Duration,
    /// Seed of the values that Asterisk draws at random, such as challenges.
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
