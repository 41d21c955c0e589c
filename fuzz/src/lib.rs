//! What must hold of any bytes, one function a target: `check` panics where it does not.
//!
//! libFuzzer runs them (`make fuzz`), and the property tests of the project run them with chance of their own.
#![forbid(unsafe_code)]

pub mod action;
pub mod asterisk;
pub mod framer;
pub mod input;
pub mod live;
pub mod message;
pub mod node;
pub mod settings;
