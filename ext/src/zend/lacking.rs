//! What PHP exports and ext-php-rs does not bind: its list of bindings cannot be added to from outside of its
//! repository but by a variable of the environment, which every build would have to set.

use std::ffi::{c_char, c_int, c_void};

use ext_php_rs::ffi::{
    self, HashTable, zend_class_entry, zend_execute_data, zend_fcall_info_cache, zend_function, zend_object,
    zend_string, zend_ulong, zval,
};
use ext_php_rs::zend::ClassEntry;

unsafe extern "C" {
    pub(super) fn zend_hash_lookup(array: *mut HashTable, key: *mut zend_string) -> *mut zval;
    pub(super) fn zend_hash_index_lookup(array: *mut HashTable, index: zend_ulong) -> *mut zval;

    pub(super) fn zend_update_property(
        scope: *mut zend_class_entry,
        object: *mut zend_object,
        name: *const c_char,
        len: usize,
        value: *mut zval,
    );

    pub(super) fn zend_release_fcall_info_cache(cache: *mut zend_fcall_info_cache);
    pub(super) fn zend_create_fake_closure(
        closure: *mut zval,
        function: *mut zend_function,
        scope: *mut zend_class_entry,
        called_scope: *mut zend_class_entry,
        this: *mut zval,
    );

    pub(super) fn zend_is_unwind_exit(exception: *const zend_object) -> bool;
    pub(super) fn zend_is_graceful_exit(exception: *const zend_object) -> bool;
    pub(super) fn zend_clear_exception();
    pub(super) fn zend_fcall_interrupt(call: *mut zend_execute_data);
    pub(super) fn zend_atomic_bool_load(flag: *const c_void) -> bool;

    // The last four are there in a debug build of PHP only; elsewhere nobody looks at them.
    pub(super) fn _php_stream_fopen_from_fd(
        descriptor: c_int,
        mode: *const c_char,
        persistent_id: *const c_char,
        is_at_start: bool,
        depth: c_int,
        file: *const c_char,
        line: u32,
        original_file: *const c_char,
        original_line: u32,
    ) -> *mut c_void;
    pub(super) fn php_file_le_stream() -> c_int;

    pub(super) fn gettid() -> c_int;
    pub(super) fn pthread_atfork(
        before: Option<extern "C" fn()>,
        parent: Option<extern "C" fn()>,
        child: Option<extern "C" fn()>,
    ) -> c_int;
    #[cfg(target_env = "gnu")]
    pub(super) fn malloc_trim(padding: usize) -> c_int;
}

/// A method by its lower-case name.
pub(super) fn function_of(class: &ClassEntry, lower_name: &str) -> Option<*mut zend_function> {
    // SAFETY: a live class.
    let found = unsafe {
        ffi::zend_hash_str_find(&raw const class.function_table, lower_name.as_ptr().cast(), lower_name.len())
            .as_ref()
    };
    // SAFETY: a table of functions holds nothing else.
    found.map(|found| unsafe { found.value.func })
}
