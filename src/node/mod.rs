//! One session with one Asterisk, sans-IO: bytes and `now` in, bytes, events and endings out.

mod completion;
mod counters;
mod deadlines;
mod liveness;
mod login;
mod outbox;
mod pending;
mod session;
mod state;

pub use completion::{Completion, Strategy, TimeoutBehavior};
pub use counters::Counters;
pub use outbox::Outbox;
pub use pending::{ActionSlot, Ticket};
pub use session::{Node, Output, Step};
pub use state::{ConnectionState, LinkPrivacy};
