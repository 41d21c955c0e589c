//! What PHP calls when it loads the extension.

use std::os::raw::c_void;

use super::exception::c_text;
use super::ffi::{self, InfoRow};
use super::names;
use super::process;

/// PHP looks this name up in every extension.
#[unsafe(no_mangle)]
extern "C" fn get_module() -> *mut c_void {
    // SAFETY: gives the address of a static.
    unsafe { ffi::ami_module_entry() }
}

/// Called by `module.c` once the classes are there.
#[unsafe(no_mangle)]
extern "C" fn ami_rust_startup() {
    process::count_forks();
    names::intern();
    crate::module::register_states();
}

/// Called by `module.c` for `php --ri ami_client`.
#[unsafe(no_mangle)]
extern "C" fn ami_rust_info(row: InfoRow) {
    for (name, value) in crate::module::info() {
        row(c_text(name).as_ptr(), c_text(&value).as_ptr());
    }
}
