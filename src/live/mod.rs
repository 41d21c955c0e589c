//! A live model of one server: its channels, bridges, calls and queues, built from events and lists.
//!
//! ```text
//!  events ─▶ interest ─▶ events ─┐            ┌─▶ channels ─ bridges
//!                                ├──▶ model ──┤
//!  lists ──▶ resync ───▶ lists ──┘            └─▶ calls ──▶ news
//! ```
//!
//! The model reads frames before they are queued for listeners, so an event that a full queue drops is not lost
//! for the model. A gap is the loss of a session, or of a frame that was too long. Lists are read after a gap. If
//! a list no longer contains a channel, later events of that channel are ignored, except for its `Hangup`: they
//! are older than the list.
//!
//! Two facts make the model correct: a list is never older than the events before it, and each event of a channel
//! has the channel's whole state. The last event of a channel in this session gives its state. Without such an
//! event the list does.

mod bridges;
mod call;
mod calls;
mod changes;
mod channel;
mod channels;
mod device_state;
mod edge;
mod events;
mod fields;
mod index;
mod interest;
mod keys;
mod lists;
mod model;
mod moment;
mod news;
mod pace;
mod peers;
mod queue;
mod queue_access;
mod queue_caller;
mod queue_changes;
mod queue_counters;
mod queue_events;
mod queue_lists;
mod queue_log;
mod queue_member;
mod queue_reading;
mod queue_sync;
mod queue_visit;
mod queues;
mod reference;
mod resync;
mod server_model;
mod sizes;
mod snapshot;
mod state_reader;
mod texts;
mod tombs;
mod truncation;

pub use self::bridges::Bridge;
pub use self::call::{Attempt, Call, CallRef, ExpectedCall, Party};
pub use self::calls::News;
pub use self::channel::{Channel, ChannelRef};
pub use self::device_state::DeviceState;
pub use self::edge::{Edges, Outcome};
pub use self::interest::{CLASSES, QUEUE_CLASSES};
pub use self::keys::{BridgeKey, CallKey, ChannelKey, Key, OfBridge, OfCall, OfChannel};
pub use self::model::Counters;
pub use self::moment::Moment;
pub use self::queue::{OfQueue, Queue, QueueKey, QueueRef};
pub use self::queue_caller::QueueCaller;
pub use self::queue_changes::QueueChanges;
pub use self::queue_counters::{AsteriskCounters, Tally};
pub use self::queue_member::QueueMember;
pub use self::queue_visit::QueueVisit;
pub use self::reference::Reference;
pub use self::resync::State;
pub use self::server_model::{ListRequest, Live};
pub use self::sizes::Sizes;
pub use self::snapshot::Field;
pub use self::truncation::Truncation;
