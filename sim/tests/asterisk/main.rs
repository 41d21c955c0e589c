//! The fake server as its clients see it: bytes in, bytes out, time by hand.

mod dialogues;
mod lists;
mod queues;
mod script;
mod sessions;
mod support;
mod traffic;
