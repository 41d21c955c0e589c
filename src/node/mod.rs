//! The sessions with one Asterisk server, sans-IO. Bytes and `now` go in; bytes, events and outcomes come out.

mod completion;
mod counters;
mod deadlines;
mod event_mask;
mod liveness;
mod login;
mod mask_state;
#[expect(clippy::module_inception, reason = "the file of the type that the folder is about")]
mod node;
mod outbox;
mod outcome_cell;
mod output;
mod pending;
mod pending_entry;
mod reporting;
mod sequence_row;
mod sequences;
mod session;
mod state;

pub use completion::{CompletionPolicy, Strategy, TimeoutBehavior};
pub use counters::Counters;
pub use login::AutoMask;
pub use node::Node;
pub use outbox::Outbox;
pub use outcome_cell::{OutcomeCell, Ticket};
pub use output::{FrameOutcome, Output};
pub use sequence_row::SequenceRow;
pub use sequences::SequenceKey;
pub use state::LinkPrivacy;

pub use crate::vocabulary::ConnectionState;
