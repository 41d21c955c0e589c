//! The types that all parts of the core use: times, ids of servers and links, states, reasons.

use std::fmt;
use std::time::{Duration, Instant};

/// A time on both clocks: the monotonic clock, for deadlines, and Unix time, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Time of the monotonic clock, for deadlines.
    pub at: Instant,
    /// Unix time: the time since 1970.
    pub unix: Duration,
}

impl Timestamp {
    pub(crate) fn plus(self, time: Duration) -> Self {
        Self { at: self.at + time, unix: self.unix + time }
    }

    #[cfg(test)]
    pub(crate) fn zero() -> Self {
        Self { at: Instant::now(), unix: Duration::from_secs(1_000_000) }
    }
}

/// The id of one server of a cluster, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerId(pub(crate) slotmap::DefaultKey);

#[cfg(test)]
impl ServerId {
    pub(crate) fn of_index(index: u32) -> Self {
        Self(slotmap::KeyData::from_ffi((1 << 32) | u64::from(index)).into())
    }
}

/// The id of one link of one server. Late input of an older link has another id and is ignored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LinkId {
    pub(crate) server: ServerId,
    pub(crate) number: u32,
}

/// The state of a session, as the user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// There is no link.
    Disconnected,
    /// The name is being looked up.
    Resolving,
    /// TCP and TLS are being set up.
    Connecting,
    /// The link is up, and the client waits for the banner.
    Connected,
    /// The login was sent.
    Authenticating,
    /// The session accepts actions and receives events.
    Ready,
    /// `Logoff` was sent.
    Closing,
}

impl ConnectionState {
    /// All states, in order.
    pub const ALL: [Self; 7] = [
        Self::Disconnected,
        Self::Resolving,
        Self::Connecting,
        Self::Connected,
        Self::Authenticating,
        Self::Ready,
        Self::Closing,
    ];

    /// The word that PHP, logs and metrics use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Resolving => "resolving",
            Self::Connecting => "connecting",
            Self::Connected => "connected",
            Self::Authenticating => "authenticating",
            Self::Ready => "ready",
            Self::Closing => "closing",
        }
    }
}

impl fmt::Display for ConnectionState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The state of a circuit breaker, as the user sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// Connects are tried, with backoff.
    Closed,
    /// No connect is tried until the cooldown is over.
    Open,
    /// A probe is being tried.
    HalfOpen,
}

impl BreakerState {
    /// All states.
    pub const ALL: [Self; 3] = [Self::Closed, Self::Open, Self::HalfOpen];

    /// The word that PHP, logs and metrics use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a session ended, or why a connect failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisconnectReason {
    /// No process listens on the port, or the peer does not speak AMI.
    Refused,
    /// No route, or a network error.
    Unreachable,
    /// The name has no address.
    Dns,
    /// The TLS handshake failed.
    Tls,
    /// Name lookup, TCP and TLS together took too long.
    ConnectTimeout,
    /// Banner and login took too long.
    LoginTimeout,
    /// Asterisk refused the user, the secret or the client's address.
    AuthFailed,
    /// The account allows only one session, and has one already.
    LoginInUse,
    /// Asterisk accepted the connection and closed it without a banner, because of its `authlimit`.
    AuthLimit,
    /// No byte arrived for `read_timeout`.
    ReadTimeout,
    /// The peer closed or reset the connection.
    PeerClosed,
    /// The peer announced its shutdown.
    Shutdown,
    /// The user closed the session.
    Requested,
    /// A bug in the client ended this session.
    InternalError,
}

impl DisconnectReason {
    /// All reasons.
    pub const ALL: [Self; 14] = [
        Self::Refused,
        Self::Unreachable,
        Self::Dns,
        Self::Tls,
        Self::ConnectTimeout,
        Self::LoginTimeout,
        Self::AuthFailed,
        Self::LoginInUse,
        Self::AuthLimit,
        Self::ReadTimeout,
        Self::PeerClosed,
        Self::Shutdown,
        Self::Requested,
        Self::InternalError,
    ];

    /// The word that PHP, logs and metrics use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Dns => "dns",
            Self::Tls => "tls",
            Self::ConnectTimeout => "connect_timeout",
            Self::LoginTimeout => "login_timeout",
            Self::AuthFailed => "auth_failed",
            Self::LoginInUse => "login_in_use",
            Self::AuthLimit => "auth_limit",
            Self::ReadTimeout => "read_timeout",
            Self::PeerClosed => "peer_closed",
            Self::Shutdown => "shutdown",
            Self::Requested => "requested",
            Self::InternalError => "internal_error",
        }
    }
}

impl fmt::Display for DisconnectReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
