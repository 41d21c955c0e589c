//! What PHP exports and ext-php-rs does not bind: its list of bindings can be extended only by an environment variable,
//! which every build would have to set.

use std::ffi::{c_char, c_int, c_void};

use ext_php_rs::ffi::{
    self, HashTable, zend_class_entry, zend_execute_data, zend_fcall_info_cache, zend_function, zend_object,
    zend_string, zend_type, zval,
};

unsafe extern "C" {
    pub(super) static zend_ce_closure: *mut zend_class_entry;

    pub(super) fn zend_hash_lookup(array: *mut HashTable, key: *mut zend_string) -> *mut zval;

    pub(super) fn zend_declare_typed_property(
        class: *mut zend_class_entry,
        name: *mut zend_string,
        default: *mut zval,
        flags: u32,
        doc: *mut zend_string,
        of: zend_type,
    ) -> *mut c_void;
    pub(super) fn zend_add_attribute(
        attributes: *mut *mut HashTable,
        name: *mut zend_string,
        argc: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;

    pub(super) fn zend_get_resource_handle(module: *const c_char) -> c_int;
    pub(super) fn zend_parse_arg_str_slow(arg: *mut zval, to: *mut *mut zend_string, num: u32) -> bool;
    pub(super) fn zend_verify_scalar_type_hint(
        mask: u32,
        arg: *mut zval,
        strict: bool,
        internal: bool,
    ) -> bool;
    pub(super) fn zend_type_to_string(wanted: zend_type) -> *mut zend_string;
    pub(super) fn zend_zval_value_name(value: *const zval) -> *const c_char;
    pub(super) fn zend_argument_type_error(num: u32, format: *const c_char, ...);
    pub(super) fn zend_wrong_callback_error(num: u32, error: *mut c_char);
    pub(super) fn zend_wrong_callback_or_null_error(num: u32, error: *mut c_char);

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

    pub(super) fn zend_fcall_interrupt(call: *mut zend_execute_data);
    pub(super) fn zend_atomic_bool_load(flag: *const c_void) -> bool;

    // A release build of PHP does not have the last five parameters, and ignores them.
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
}

/// A class or method that has to be in its table, which is live.
pub(super) unsafe fn find_in<T>(table: *const HashTable, name: &str) -> *mut T {
    // SAFETY: by contract.
    let found = unsafe { ffi::zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len()) };
    assert!(!found.is_null(), "there is no {name}");
    found.cast()
}
