//! A cluster of sessions, without I/O: supervision, subscriptions, bounded queues, fair delivery, routing.

mod backoff;
mod breaker;
mod budget;
#[expect(clippy::module_inception, reason = "the file of the type that the folder is about")]
mod cluster;
mod connect_queue;
mod delivery_queue;
mod delivery_turns;
mod event_classes;
mod exchange;
mod health;
mod live;
mod live_share;
mod masks;
mod routing;
mod server_entry;
mod server_queue;
mod servers;
mod subscription;
mod supervisor;
mod timers;
mod view;

pub use cluster::Cluster;
pub use exchange::{Delivery, DeliveryKind, LiveNews, Notification, Output, Totals};
pub use health::{Health, LiveMetrics, NameCount, ServerMetrics};
pub use live_share::LiveChanges;
pub use routing::Routing;
pub use subscription::{EventFilter, HeaderFilter, Listeners, NameCounters, SubscriptionId, ValueFilter};

pub use crate::vocabulary::{BreakerState, LinkId, ServerId, Timestamp};
