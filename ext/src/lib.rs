//! The PHP extension `ami_client`: the minimal driver of the core for PHP.
//!
//! Stub first: `stubs/ami_client.stub.php` says what PHP sees. From it `gen_stub.php` makes the class tables of C, and
//! `generate.php` the functions that these tables call; they call the bodies below by name and type.
//!
//! - [`zend`]: PHP's engine as safe Rust; all `unsafe` code is there.
//! - [`options`], [`server`], [`registry`], [`config`]: what a user configures, checked once.
//! - [`action`], [`completion`]: what is sent, and when it is complete.
//! - [`hub`]: what the objects of one manager share; [`manager`], [`client`], [`pending`], [`listeners`]: those objects.
//! - [`sending`]: where an action goes. [`dispatch`]: one tick, and the calls into PHP code; [`signals`], [`logger`]: what comes and goes beside it.
//! - [`fake`], [`stage`], [`answer`]: the manager on servers in memory, for tests of programs; [`network`]: what a core runs on.
//! - [`message`], [`response`]: what comes back; [`report`], [`summary`]: how it went; [`exception`]: what is thrown.
//! - [`module`]: start-up and `php --ri`.
#![deny(unsafe_code)]
#![expect(clippy::needless_pass_by_value, reason = "bodies take what the generated exports parsed")]
#![expect(clippy::unnecessary_wraps, reason = "the generated exports expect a result of every body")]

mod action;
mod answer;
mod bodies;
mod client;
mod completion;
mod config;
mod dispatch;
mod exception;
mod fake;
mod hub;
mod listeners;
mod logger;
mod manager;
mod message;
mod module;
mod network;
mod options;
mod pending;
mod registry;
mod report;
mod response;
mod sending;
mod server;
mod signals;
mod stage;
mod summary;
#[expect(unsafe_code, reason = "the one place where C is called")]
mod zend;
