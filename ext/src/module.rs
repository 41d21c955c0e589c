//! Start-up: which classes carry state in Rust, and what `php --ri ami_client` shows.

use apn_ami::limits::Limits;

use crate::client::ClientState;
use crate::fake::FakeState;
use crate::listeners::SubscriptionState;
use crate::manager::ManagerState;
use crate::message::MessageState;
use crate::options::{ClientBounds, ClusterBounds};
use crate::pending::PendingState;
use crate::registry::RegistryState;
use crate::server::ServerState;
use crate::zend::{Class, register, register_dimensions, register_plain};

/// Called once, when PHP has registered the classes.
pub(crate) fn register_states() {
    register::<ManagerState>(false);
    register::<FakeState>(false);
    register::<ClientState>(false);
    register::<PendingState>(false);
    register::<SubscriptionState>(false);
    register_dimensions::<MessageState>(true);
    register::<ServerState>(false);
    register::<RegistryState>(false);
    register::<ClientBounds>(false);
    register::<ClusterBounds>(false);
    for class in [Class::TlsOptions, Class::Glob, Class::TickSummary, Class::ServerHealth] {
        register_plain(class, false);
    }
    for class in [
        Class::GenericAction,
        Class::SingleResponseStrategy,
        Class::MultiEventStrategy,
        Class::FollowsResponseStrategy,
        Class::AsyncEventStrategy,
        Class::Gap,
    ] {
        register_plain(class, true);
    }
}

/// The rows of `php --ri ami_client`.
pub(crate) fn info() -> Vec<(&'static str, String)> {
    let limits = Limits::default();
    vec![
        ("ami_client", "enabled".to_owned()),
        ("version", env!("CARGO_PKG_VERSION").to_owned()),
        ("build", env!("AMI_CLIENT_BUILD").to_owned()),
        ("TLS", "rustls".to_owned()),
        ("largest response", format!("{} bytes by default", limits.frame_bytes_max)),
        ("event queue", format!("{} events by default", limits.event_queue_max)),
        ("pending actions", format!("{} by default", limits.pending_actions_max)),
    ]
}
