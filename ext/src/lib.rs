//! The PHP extension `ami_client`. It drives the core for PHP, and is built on ext-php-rs.
//!
//! `stubs/ami_client.stub.php` declares the PHP surface. A test compares the classes with it.
//!
//! - [`classes`]: a file for each PHP class, with its properties and methods. Methods call the modules below.
//! - [`runtime`]: drives the core and calls PHP code.
//! - [`convert`]: conversion between PHP values and values of the core.
//! - [`fake`]: servers in memory, for tests of programs.
//! - [`zend`]: functions that ext-php-rs lacks. All `unsafe` code is there.
#![deny(unsafe_code)]
#![expect(clippy::needless_pass_by_value, reason = "ext-php-rs passes the arguments of methods by value")]
#![expect(clippy::too_many_arguments, reason = "constructors of PHP have one parameter for each option")]
#![cfg_attr(
    debug_assertions,
    expect(missing_docs, reason = "php_module exports undocumented items for its stub generator")
)]
#![expect(clippy::option_option, reason = "a key of an array can be missing, and its value can be null")]

mod classes;
mod convert;
mod fake;
mod runtime;
#[expect(unsafe_code, reason = "all calls of C are in this module")]
mod zend;

use std::ffi::c_int;

use apn_ami::limits::Limits;
use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start, php_module};

/// Runs when PHP loads the extension. Some processes load it more than once.
extern "C" fn startup(_kind: c_int, _module: c_int) -> c_int {
    if !zend::check::reserve(c"ami_client") {
        log(
            "ami_client cannot start: other extensions have taken all resource handles, see zend_get_resource_handle()",
        );
        return -1;
    }
    zend::host::depends_on(&[c"spl", c"json"]);
    zend::process::count_forks();
    zend::headers::intern(convert::header_names::usual());
    classes::register();
    0
}

fn log(message: &str) {
    eprintln!("{message}");
}

/// Prints the information of `php --ri ami_client`.
extern "C" fn info(_: *mut ModuleEntry) {
    let limits = Limits::default();
    info_table_start!();
    info_table_row!("ami_client", "enabled");
    info_table_row!("version", env!("CARGO_PKG_VERSION"));
    info_table_row!("build", env!("AMI_CLIENT_BUILD"));
    info_table_row!("TLS", "rustls");
    info_table_row!("largest response", format!("{} bytes by default", limits.frame_bytes_max));
    info_table_row!("event queue", format!("{} events by default", limits.event_queue_max));
    info_table_row!("pending actions", format!("{} by default", limits.pending_actions_max));
    info_table_end!();
}

/// The module entry that PHP loads.
#[php_module]
#[php(startup = startup)]
pub(crate) fn get_module(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    convert::live::add(convert::enums::add(module.name("ami_client").info_function(info)))
}
