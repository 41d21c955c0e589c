//! The AMI protocol on the wire: bytes to messages, and actions to bytes.

mod action;
mod action_id;
mod ami_version;
mod arena;
mod framer;
mod invalid_action;
mod kind;
mod line_index;
mod lines;
mod message;
mod read_buffer;
mod scan;
mod stamp;
mod unescape;
mod variables;

pub use action::{Action, ActionBuilder, EncodedAction, Parameter};
pub use action_id::{ActionId, InstanceId};
pub use ami_version::AmiVersion;
pub use arena::MessageArena;
pub use framer::{Frame, Framer};
pub use invalid_action::InvalidAction;
pub use kind::{Kind, header_in, name_in};
pub(crate) use lines::{CHUNK, Lines, Value};
pub use message::Message;
pub use stamp::Stamp;
pub(crate) use unescape::unescape;
pub use variables::Variables;
