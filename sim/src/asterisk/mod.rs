//! A fake Asterisk server, as one state machine without sockets, threads or a clock.
//!
//! ```text
//!  bytes ─▶ reader ─▶ request ─▶ dispatch ─▶ actions ──answers──▶ session ─▶ bytes
//!                                              │  ▲                  ▲
//!                                              ▼  │                  │ by class
//!                                              pbx (calls, lists, database, script) ──▶ events
//! ```
//!
//! It reproduces the limits, the irregular answers and the bugs of a real server. The comment on an
//! unexpected rule names the source file of Asterisk that has it.

mod actions;
mod args;
mod block;
mod classes;
mod clock;
mod conversation;
mod dispatch;
mod event;
mod flood;
mod hall;
mod node;
mod options;
mod pace;
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
pub use hall::Hall;
pub use node::Asterisk;
pub use options::{Account, Options, Release};
pub use pace::Rate;
pub use pbx::Purpose;
pub use pbx::outcome::Outcome;
pub use pbx::phones::Refusal;
pub use phones::Phones;
pub use request::Request;
pub use script::{Answer, Headers, Question};
pub use session::{SessionId, Written};
pub use truth::{TrueCall, TrueChannel, TrueMember, TrueQueue, Truth};
