//! One session with one Asterisk, sans-IO: bytes and `now` in, bytes, events and endings out.

mod completion;
mod counters;
mod deadlines;
mod event_mask;
mod liveness;
mod login;
mod outbox;
mod outcome_cell;
mod output;
mod pending;
mod pending_entry;
mod sequences;
mod session;
mod state;

pub use completion::{CompletionPolicy, Strategy, TimeoutBehavior};
pub use counters::Counters;
pub use login::AutoMask;
pub use outbox::Outbox;
pub use outcome_cell::{OutcomeCell, Ticket};
pub use output::{FrameOutcome, Output};
pub use sequences::SequenceKey;
pub use session::Node;
pub use state::{ConnectionState, LinkPrivacy};
