//! The bodies of the methods, under the names of their classes: what the generated exports call.

pub(crate) use crate::action::GenericAction;
pub(crate) use crate::client::AmiClient;
pub(crate) use crate::completion::{
    AsyncEventStrategy, FollowsResponseStrategy, MultiEventStrategy, SingleResponseStrategy,
};
pub(crate) use crate::exception::{
    AmiException, ForkedProcessException, InvalidActionException, InvalidConfigurationException,
    ReentrantTickException, UnknownServerException,
};
pub(crate) use crate::fake::FakeAsterisk;
pub(crate) use crate::listeners::{Glob, Subscription};
pub(crate) use crate::manager::AmiClientManager;
pub(crate) use crate::message::{AmiEvent, Message};
pub(crate) use crate::options::{ClientOptions, ClusterOptions, TlsOptions};
pub(crate) use crate::pending::PendingAction;
pub(crate) use crate::registry::ServerRegistry;
pub(crate) use crate::response::Response;
pub(crate) use crate::server::ServerConfig;
pub(crate) use crate::summary::{Gap, ServerHealth, TickSummary};
