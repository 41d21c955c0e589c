//! The enums of PHP and their conversion to and from the core's.

use apn_ami::cluster::{self, BreakerState};
use apn_ami::{error, limits, node, settings};
use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::convert::StubLiteral;
use ext_php_rs::enum_::RegisteredEnum;
use ext_php_rs::php_enum;

/// The state of a session.
#[php_enum]
#[php(name = "Apn\\AmiClient\\ConnectionState")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConnectionState {
    #[php(value = "disconnected")]
    Disconnected,
    #[php(value = "resolving")]
    Resolving,
    #[php(value = "connecting")]
    Connecting,
    #[php(value = "connected")]
    Connected,
    #[php(value = "authenticating")]
    Authenticating,
    #[php(value = "ready")]
    Ready,
    #[php(value = "closing")]
    Closing,
}

/// The state of the circuit breaker, which decides whether connects are attempted.
#[php_enum]
#[php(name = "Apn\\AmiClient\\CircuitState")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CircuitState {
    #[php(value = "closed")]
    Closed,
    #[php(value = "open")]
    Open,
    #[php(value = "half_open")]
    HalfOpen,
}

/// The event that a full queue drops.
#[php_enum]
#[php(name = "Apn\\AmiClient\\DropPolicy")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DropPolicy {
    #[php(value = "oldest")]
    Oldest,
    #[php(value = "newest")]
    Newest,
}

/// The result of an action whose time is over.
#[php_enum]
#[php(name = "Apn\\AmiClient\\TimeoutBehavior")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeoutBehavior {
    #[php(value = "fail")]
    Fail,
    #[php(value = "partial")]
    Partial,
}

/// Why a session ended.
#[php_enum]
#[php(name = "Apn\\AmiClient\\DisconnectReason")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DisconnectReason {
    #[php(value = "refused")]
    Refused,
    #[php(value = "unreachable")]
    Unreachable,
    #[php(value = "dns")]
    Dns,
    #[php(value = "tls")]
    Tls,
    #[php(value = "connect_timeout")]
    ConnectTimeout,
    #[php(value = "login_timeout")]
    LoginTimeout,
    #[php(value = "auth_failed")]
    AuthFailed,
    #[php(value = "login_in_use")]
    LoginInUse,
    #[php(value = "auth_limit")]
    AuthLimit,
    #[php(value = "read_timeout")]
    ReadTimeout,
    #[php(value = "peer_closed")]
    PeerClosed,
    #[php(value = "shutdown")]
    Shutdown,
    #[php(value = "requested")]
    Requested,
    #[php(value = "internal_error")]
    InternalError,
}

/// The rule that chooses the server of an action that names none.
#[php_enum]
#[php(name = "Apn\\AmiClient\\Routing")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Routing {
    #[php(value = "default")]
    DefaultServer,
    #[php(value = "round_robin")]
    RoundRobin,
    #[php(value = "least_pending")]
    LeastPending,
    #[php(value = "failover")]
    Failover,
}

/// How the client authenticates.
#[php_enum]
#[php(name = "Apn\\AmiClient\\AuthMethod")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AuthMethod {
    #[php(value = "auto")]
    Auto,
    #[php(value = "md5")]
    Md5,
    #[php(value = "plain")]
    Plain,
}

pub(crate) fn add(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    module
        .enumeration::<ConnectionState>()
        .enumeration::<CircuitState>()
        .enumeration::<DropPolicy>()
        .enumeration::<TimeoutBehavior>()
        .enumeration::<DisconnectReason>()
        .enumeration::<Routing>()
        .enumeration::<AuthMethod>()
}

/// Implements `From` between two enums with the same cases.
macro_rules! mirrors {
    ($from:ty => $to:ty: $($case:ident)*) => {
        impl From<$from> for $to {
            fn from(value: $from) -> Self {
                match value {
                    $(<$from>::$case => Self::$case,)*
                }
            }
        }
    };
}

pub(super) use mirrors;

mirrors!(node::ConnectionState => ConnectionState:
    Disconnected Resolving Connecting Connected Authenticating Ready Closing);
mirrors!(BreakerState => CircuitState: Closed Open HalfOpen);
mirrors!(DropPolicy => limits::DropPolicy: Oldest Newest);
mirrors!(TimeoutBehavior => node::TimeoutBehavior: Fail Partial);
mirrors!(error::DisconnectReason => DisconnectReason:
    Refused Unreachable Dns Tls ConnectTimeout LoginTimeout AuthFailed LoginInUse AuthLimit ReadTimeout PeerClosed
    Shutdown Requested InternalError);
mirrors!(Routing => cluster::Routing: DefaultServer RoundRobin LeastPending Failover);
mirrors!(AuthMethod => settings::AuthMethod: Auto Md5 Plain);

/// Makes cases usable as defaults of parameters.
macro_rules! defaults {
    ($($name:ident)*) => { $(
        impl StubLiteral for $name {
            fn stub_literal(&self) -> String {
                format!("\\Apn\\AmiClient\\{}::{}", stringify!($name), self.to_name())
            }
        }
    )* };
}

defaults!(DropPolicy TimeoutBehavior AuthMethod);
