//! Properties that hold for any bytes. Each target has a function `check`, which panics if a property does
//! not hold.
//!
//! libFuzzer runs the targets (`make fuzz`), and the property tests of the project run them with random
//! bytes.
#![forbid(unsafe_code)]

pub mod action;
pub mod asterisk;
pub mod framer;
pub mod input;
pub mod live;
pub mod message;
pub mod node;
pub mod settings;
