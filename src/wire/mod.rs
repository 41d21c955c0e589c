//! Bytes to messages and messages to bytes: what AMI looks like on the wire.

mod action;
mod action_id;
mod framer;
mod lines;
mod message;
mod scan;

pub use action::{Action, EncodedAction, Parameter};
pub use action_id::{ActionId, ActionIdText, InstanceId};
pub use framer::{Frame, Framer};
pub(crate) use lines::Lines;
pub(crate) use message::unescape;
pub use message::{Kind, Message, Stamp, Variables, header_in};
