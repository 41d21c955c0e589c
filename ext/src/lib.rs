//! The PHP extension `ami_client`: the minimal driver of the core for PHP.
//!
//! Stub first: `stubs/ami_client.stub.php` says what PHP sees. From it `gen_stub.php` makes the class tables of C, and
//! `generate.php` the functions that these tables call; they call the bodies below by name and type.
//!
//! - [`zend`]: PHP's engine as safe Rust; all `unsafe` code is there.
//! - [`options`], [`server`]: what a user configures, checked once.
//! - [`action`], [`completion`]: what is sent, and when it is complete.
//! - [`message`], [`response`]: what comes back.
//! - [`exception`]: what is thrown.
//! - [`module`]: start-up and `php --ri`.
#![deny(unsafe_code)]

mod action;
mod bodies;
mod completion;
mod config;
mod event;
mod exception;
mod message;
mod module;
mod options;
mod registry;
mod response;
mod server;
mod summary;
#[expect(unsafe_code, reason = "the one place where C is called")]
mod zend;
