//! A fake Asterisk server, as one state machine without sockets, threads or a clock.
//!
//! ```text
//!  bytes ─▶ reader ─▶ request ─▶ dispatch ─▶ actions ──answers──▶ session ─▶ bytes
//!                                              │  ▲                  ▲
//!                                              ▼  │                  │ by class
//!                                              pbx (calls, lists, database, script) ──▶ events
//! ```
//!
//! It behaves as a real server does, with its limits, its odd answers and its bugs, not as a
//! client would like it to. Where a rule looks strange, the comment names the source file of
//! Asterisk that makes it so.

mod actions;
mod args;
mod block;
mod classes;
mod clock;
mod conversation;
mod dispatch;
mod event;
mod flood;
mod node;
mod options;
mod pbx;
mod phones;
mod reader;
mod request;
mod script;
mod session;
mod tables;
mod truth;

pub use classes::Classes;
pub use conversation::{Caller, Conversation, Leg, Mistake};
pub use flood::Rate;
pub use node::Asterisk;
pub use options::{Account, Options, Release};
pub use pbx::Purpose;
pub use pbx::outcome::Outcome;
pub use pbx::phones::Refusal;
pub use phones::Phones;
pub use request::Request;
pub use script::{Answer, Headers, Question};
pub use session::{SessionId, Written};
pub use truth::{TrueCall, TrueChannel, Truth};
