//! The PHP extension `ami_client`: the minimal driver of the core for PHP, on ext-php-rs.
//!
//! `stubs/ami_client.stub.php` says what PHP sees; a test compares it with what these rooms say.
//!
//! - [`classes`]: a class of PHP a file, under its name: its properties, its methods, and at most a call downwards.
//! - [`runtime`]: drives the core and calls back into PHP code.
//! - [`convert`]: values of PHP from and to those of the core.
//! - [`fake`]: servers in memory, for tests of programs.
//! - [`zend`]: what ext-php-rs lacks; all `unsafe` code is there.
#![deny(unsafe_code)]
#![expect(clippy::needless_pass_by_value, reason = "methods take what ext-php-rs hands over")]
#![expect(clippy::too_many_arguments, reason = "constructors of PHP have a parameter an option")]
#![cfg_attr(debug_assertions, expect(missing_docs, reason = "of what php_module exports for its own tool"))]
#![expect(clippy::option_option, reason = "what may be absent may be null")]

mod classes;
mod convert;
mod fake;
mod runtime;
#[expect(unsafe_code, reason = "the one place where C is called")]
mod zend;

use std::ffi::c_int;

use apn_ami::limits::Limits;
use ext_php_rs::builders::ModuleBuilder;
use ext_php_rs::zend::ModuleEntry;
use ext_php_rs::{info_table_end, info_table_row, info_table_start, php_module};

/// What PHP calls when it loads the extension, in some processes more than once.
extern "C" fn startup(_kind: c_int, _module: c_int) -> c_int {
    if !zend::check::reserve(c"ami_client") {
        log(
            "ami_client cannot start: other extensions have taken all slots of functions, see zend_get_resource_handle()",
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

/// `php --ri ami_client`
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

/// The module.
#[php_module]
#[php(startup = startup)]
pub(crate) fn get_module(module: ModuleBuilder<'_>) -> ModuleBuilder<'_> {
    convert::live::add(convert::enums::add(module.name("ami_client").info_function(info)))
}
