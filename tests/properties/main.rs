//! Properties that must hold for any bytes. These are the checks of the libFuzzer targets, run here on stable Rust
//! with random inputs of our own.
//!
//! The inputs are dialogues of real servers with random changes, and all inputs that have ever failed.

#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/action.rs"]
mod action;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/asterisk.rs"]
mod asterisk;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/framer.rs"]
mod framer;
mod injection;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/input.rs"]
mod input;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/live.rs"]
mod live;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/message.rs"]
mod message;
mod mutations;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/node.rs"]
mod node;
mod redaction;
#[expect(unreachable_pub, reason = "the interface of the fuzz crate")]
#[path = "../../fuzz/src/settings.rs"]
mod settings;
