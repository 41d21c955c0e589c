//! The functions of `glue.c`, by hand and in its order.
//!
//! Zend's structures stay opaque: only the layouts of a zval and of a string's head are known here, and
//! `glue.c` asserts both.

use std::os::raw::{c_char, c_int, c_void};

macro_rules! opaque {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $($(#[$doc])* #[repr(C)] pub(crate) struct $name { _opaque: [u8; 0] })* };
}

opaque! {
    /// `zend_execute_data`
    RawCall,
    /// `zend_object`
    RawObject,
    /// `zend_class_entry`
    RawClass,
    /// `zend_object_handlers`
    RawHandlers,
    /// `HashTable`
    RawArray,
    /// `zend_fcall_info_cache`
    RawCallable,
    /// `zend_function`
    RawFunction,
    /// `zend_get_gc_buffer`
    RawGcBuffer,
}

/// `zval`. It owns nothing by itself: [`super::value::Value`] does.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct RawValue {
    pub(super) payload: u64,
    pub(super) type_info: u32,
    pub(super) extra: u32,
}

/// The head of a `zend_string`; its bytes follow.
#[repr(C)]
pub(crate) struct RawString {
    gc: [u32; 2],
    hash: u64,
    pub(super) len: usize,
    pub(super) bytes: [u8; 0],
}

pub(super) type Create = extern "C" fn(*mut RawClass) -> *mut RawObject;
pub(super) type Free = extern "C" fn(*mut RawObject);
pub(super) type CloneObject = extern "C" fn(*mut RawObject) -> *mut RawObject;
pub(super) type GetGc = extern "C" fn(*mut RawObject, *mut *mut RawValue, *mut c_int) -> *mut RawArray;
pub(super) type ReadDimension =
    extern "C" fn(*mut RawObject, *mut RawValue, c_int, *mut RawValue) -> *mut RawValue;
pub(super) type HasDimension = extern "C" fn(*mut RawObject, *mut RawValue, c_int) -> c_int;
pub(super) type OnFork = extern "C" fn();
pub(super) type InfoRow = extern "C" fn(*const c_char, *const c_char);

unsafe extern "C" {
    pub(super) static ami_classes: [*mut RawClass; super::classes::Class::COUNT];
    pub(super) fn ami_module_entry() -> *mut c_void;

    pub(super) fn ami_call_count(call: *mut RawCall) -> u32;
    pub(super) fn ami_call_arg(call: *mut RawCall, index: u32) -> *mut RawValue;
    pub(super) fn ami_call_this(call: *mut RawCall) -> *mut RawObject;
    pub(super) fn ami_wrong_count(min: u32, max: u32);
    pub(super) fn ami_parse_string(
        arg: *mut RawValue,
        num: u32,
        nullable: bool,
        out: *mut *mut RawString,
    ) -> bool;
    pub(super) fn ami_parse_int(
        arg: *mut RawValue,
        num: u32,
        nullable: bool,
        out: *mut i64,
        is_null: *mut bool,
    ) -> bool;
    pub(super) fn ami_parse_float(
        arg: *mut RawValue,
        num: u32,
        nullable: bool,
        out: *mut f64,
        is_null: *mut bool,
    ) -> bool;
    pub(super) fn ami_parse_bool(arg: *mut RawValue, num: u32, out: *mut bool) -> bool;
    pub(super) fn ami_parse_array(
        arg: *mut RawValue,
        num: u32,
        nullable: bool,
        out: *mut *mut RawValue,
    ) -> bool;
    pub(super) fn ami_parse_object(
        arg: *mut RawValue,
        num: u32,
        class: *mut RawClass,
        nullable: bool,
        out: *mut *mut RawValue,
    ) -> bool;
    pub(super) fn ami_parse_array_or_string(
        arg: *mut RawValue,
        num: u32,
        array: *mut *mut RawArray,
        string: *mut *mut RawString,
    ) -> bool;
    pub(super) fn ami_parse_other_as_string(arg: *mut RawValue, num: u32, out: *mut *mut RawString) -> bool;
    pub(super) fn ami_wrong_type(num: u32, expected: *const c_char, arg: *mut RawValue);

    pub(super) fn ami_callable_parse(arg: *mut RawValue, num: u32, nullable: bool) -> *mut RawCallable;
    pub(super) fn ami_callable_of(value: *mut RawValue) -> *mut RawCallable;
    pub(super) fn ami_callable_free(callable: *mut RawCallable);
    pub(super) fn ami_callable_call(
        callable: *mut RawCallable,
        result: *mut RawValue,
        count: u32,
        args: *mut RawValue,
    );
    pub(super) fn ami_callable_name(
        callable: *mut RawCallable,
        class: *mut *mut RawString,
        name: *mut *mut RawString,
    );
    pub(super) fn ami_method_find(
        object: *mut RawObject,
        lower_name: *const c_char,
        len: usize,
    ) -> *mut RawFunction;
    pub(super) fn ami_method_call(
        method: *mut RawFunction,
        object: *mut RawObject,
        result: *mut RawValue,
        count: u32,
        args: *mut RawValue,
    );

    pub(super) fn ami_try(body: extern "C" fn(*mut c_void), context: *mut c_void) -> bool;
    pub(super) fn ami_bailout() -> !;
    pub(super) fn ami_interrupted() -> bool;
    pub(super) fn ami_interrupt();

    pub(super) fn ami_string_intern(bytes: *const c_char, len: usize) -> *mut RawString;
    pub(super) fn ami_string_new(bytes: *const c_char, len: usize) -> *mut RawString;
    pub(super) fn ami_string_addref(string: *mut RawString);
    pub(super) fn ami_string_release(string: *mut RawString);
    pub(super) fn ami_zval_string(value: *mut RawValue, string: *mut RawString);
    pub(super) fn ami_zval_object(value: *mut RawValue, object: *mut RawObject);
    pub(super) fn ami_zval_array(value: *mut RawValue, array: *mut RawArray);
    pub(super) fn ami_zval_copy(to: *mut RawValue, from: *mut RawValue);
    pub(super) fn ami_zval_release(value: *mut RawValue);
    pub(super) fn ami_zval_type_name(value: *mut RawValue) -> *const c_char;
    pub(super) fn ami_array_new(size: u32) -> *mut RawArray;
    pub(super) fn ami_array_count(array: *mut RawArray) -> u32;
    pub(super) fn ami_array_is_list(array: *mut RawArray) -> bool;
    pub(super) fn ami_array_push(array: *mut RawArray, value: *mut RawValue);
    pub(super) fn ami_array_set(array: *mut RawArray, key: *const c_char, len: usize, value: *mut RawValue);
    pub(super) fn ami_array_place(array: *mut RawArray, key: *const c_char, len: usize) -> *mut RawValue;
    pub(super) fn ami_array_add_text(
        array: *mut RawArray,
        name: *mut RawString,
        bytes: *const c_char,
        len: usize,
    ) -> *mut RawValue;
    pub(super) fn ami_array_remove(array: *mut RawArray, key: *const c_char, len: usize);
    pub(super) fn ami_array_find(array: *mut RawArray, key: *const c_char, len: usize) -> *mut RawValue;
    pub(super) fn ami_array_next(
        array: *mut RawArray,
        position: *mut u32,
        key: *mut *mut RawString,
        index: *mut u64,
    ) -> *mut RawValue;
    pub(super) fn ami_array_dup(array: *mut RawArray) -> *mut RawArray;

    pub(super) fn ami_object_new(class: *mut RawClass, out: *mut RawValue) -> bool;
    pub(super) fn ami_object_alloc(
        class: *mut RawClass,
        prefix: usize,
        handlers: *const RawHandlers,
    ) -> *mut RawObject;
    pub(super) fn ami_handlers_new(
        prefix: usize,
        free: Free,
        clone: Option<CloneObject>,
        get_gc: GetGc,
    ) -> *mut RawHandlers;
    pub(super) fn ami_handlers_dimensions(handlers: *mut RawHandlers, read: ReadDimension, has: HasDimension);
    pub(super) fn zend_std_read_dimension(
        object: *mut RawObject,
        offset: *mut RawValue,
        access: c_int,
        result: *mut RawValue,
    ) -> *mut RawValue;
    pub(super) fn zend_std_has_dimension(
        object: *mut RawObject,
        offset: *mut RawValue,
        check_empty: c_int,
    ) -> c_int;
    pub(super) fn ami_class_create(class: *mut RawClass, create: Create);
    pub(super) fn ami_class_plain(class: *mut RawClass, clones: bool);
    pub(super) fn ami_class_name(class: *mut RawClass) -> *mut RawString;
    pub(super) fn ami_object_class(object: *mut RawObject) -> *mut RawClass;
    pub(super) fn ami_object_handlers(object: *mut RawObject) -> *const RawHandlers;
    pub(super) fn ami_object_is(object: *mut RawObject, class: *mut RawClass) -> bool;
    pub(super) fn ami_object_is_named(object: *mut RawObject, name: *const c_char, len: usize) -> bool;
    pub(super) fn ami_object_addref(object: *mut RawObject);
    pub(super) fn ami_object_release(object: *mut RawObject);
    pub(super) fn ami_object_std_free(object: *mut RawObject);
    pub(super) fn ami_object_clone_properties(to: *mut RawObject, from: *mut RawObject);
    pub(super) fn ami_slots(object: *mut RawObject) -> *mut RawValue;
    pub(super) fn ami_property_set(
        scope: *mut RawClass,
        object: *mut RawObject,
        name: *const c_char,
        len: usize,
        value: *mut RawValue,
    );
    pub(super) fn ami_property_get(
        scope: *mut RawClass,
        object: *mut RawObject,
        name: *const c_char,
        len: usize,
        scratch: *mut RawValue,
    ) -> *mut RawValue;
    pub(super) fn ami_enum_case(class: *mut RawClass, value: *const c_char, len: usize) -> *mut RawObject;
    pub(super) fn ami_enum_value(case: *mut RawObject) -> *mut RawValue;
    pub(super) fn ami_array_iterator(array: *mut RawArray, out: *mut RawValue);

    pub(super) fn ami_gc_begin(object: *mut RawObject) -> *mut RawGcBuffer;
    pub(super) fn ami_gc_add_object(buffer: *mut RawGcBuffer, object: *mut RawObject);
    pub(super) fn ami_gc_add_callable(buffer: *mut RawGcBuffer, callable: *mut RawCallable);
    pub(super) fn ami_gc_end(buffer: *mut RawGcBuffer, table: *mut *mut RawValue, count: *mut c_int);

    pub(super) fn ami_exception_pending() -> bool;
    pub(super) fn ami_exception_is_exit() -> bool;
    pub(super) fn ami_exception_take() -> *mut RawObject;
    pub(super) fn ami_exception_throw(exception: *mut RawObject);
    pub(super) fn ami_throw_error(message: *const c_char);
    pub(super) fn ami_throw_type_error(message: *const c_char);
    pub(super) fn ami_throw_value_error(message: *const c_char);
    pub(super) fn ami_exception_scope() -> *mut RawClass;
    pub(super) fn ami_throwable_scope(exception: *mut RawObject) -> *mut RawClass;
    pub(super) fn ami_give_memory_back();
    pub(super) fn ami_warning(message: *const c_char);

    pub(super) fn ami_function_call(
        name: *const c_char,
        len: usize,
        result: *mut RawValue,
        count: u32,
        args: *mut RawValue,
    ) -> bool;
    pub(super) fn ami_static_closure(
        class: *mut RawClass,
        lower_name: *const c_char,
        len: usize,
        out: *mut RawValue,
    ) -> bool;
    pub(super) fn ami_stream_new(descriptor: c_int, out: *mut RawValue) -> bool;
    pub(super) fn ami_stream_is_open(value: *mut RawValue) -> bool;

    pub(super) fn raise(signal: c_int) -> c_int;
    pub(super) fn pthread_atfork(
        before: Option<OnFork>,
        parent: Option<OnFork>,
        child: Option<OnFork>,
    ) -> c_int;
}
