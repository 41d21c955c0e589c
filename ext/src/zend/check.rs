//! PHP's own conversion of arguments, driven by the arginfo that the macros made: what a method's Rust types are handed
//! has the type that they ask for, and what PHP refuses it refuses in PHP's words.
//!
//! Needless where ext-php-rs converts arguments as `zend_parse_parameters` does, and says what is wrong with them.

use std::ffi::{CStr, c_char, c_int};
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::{
    self, zend_class_entry, zend_execute_data, zend_internal_function, zend_object, zend_string, zend_type,
    zval,
};
use ext_php_rs::types::{ZendStr, Zval};

use super::exception::{not_initialized, pending};
use super::instance::{Native, state};

/// What PHP calls for a method.
pub(super) type Handler = unsafe extern "C" fn(*mut zend_execute_data, *mut zval);

unsafe extern "C" {
    static zend_ce_closure: *mut zend_class_entry;
    fn zend_get_resource_handle(module: *const c_char) -> c_int;
    fn zend_parse_arg_str_slow(arg: *mut zval, to: *mut *mut zend_string, num: u32) -> bool;
    fn zend_verify_scalar_type_hint(mask: u32, arg: *mut zval, is_strict: bool, is_internal: bool) -> bool;
    fn zend_type_to_string(wanted: zend_type) -> *mut zend_string;
    fn zend_zval_value_name(value: *const zval) -> *const c_char;
    fn zend_argument_type_error(num: u32, format: *const c_char, ...);
    fn zend_wrong_callback_error(num: u32, error: *mut c_char);
    fn zend_wrong_callback_or_null_error(num: u32, error: *mut c_char);
}

/// The slot of `zend_internal_function::reserved` that is this extension's.
static SLOT: AtomicUsize = AtomicUsize::new(0);

pub(crate) const NULL: u32 = 1 << ffi::IS_NULL;
pub(crate) const LONG: u32 = 1 << ffi::IS_LONG;
pub(crate) const STRING: u32 = 1 << ffi::IS_STRING;
pub(crate) const ARRAY: u32 = 1 << ffi::IS_ARRAY;
pub(crate) const CALLABLE: u32 = 1 << ffi::IS_CALLABLE;
pub(crate) const SCALAR: u32 = STRING | LONG | DOUBLE | ffi::MAY_BE_BOOL;
const DOUBLE: u32 = 1 << ffi::IS_DOUBLE;
const MAY_BE: u32 = (1 << 18) - 1;

/// Asks PHP for the slot, at start-up. False where other extensions have taken all of them.
pub(crate) fn reserve(module: &CStr) -> bool {
    // SAFETY: at start-up; the name is only kept by debuggers of PHP, and lives as long as the process.
    let slot = usize::try_from(unsafe { zend_get_resource_handle(module.as_ptr()) });
    slot.map(|slot| SLOT.store(slot, Ordering::Relaxed)).is_ok()
}

/// The type as PHP's messages name it: "int", "null", a class.
pub(crate) fn type_name(value: &Zval) -> &CStr {
    // SAFETY: a live value; PHP gives the name of a type or class, which outlives it.
    unsafe { CStr::from_ptr(zend_zval_value_name(value)) }
}

/// Puts `check` before the methods of a class that take arguments, or before all of them.
///
/// # Safety
///
/// At start-up, of an internal class whose objects are those that the check is for.
pub(super) unsafe fn put_before(class: *mut zend_class_entry, check: Handler, has_all: bool) {
    // SAFETY: the functions of an internal class are PHP's to read and ours to write until start-up ends.
    unsafe {
        for (_, value) in &(*class).function_table {
            let function: *mut zend_internal_function = value.value.ptr.cast();
            if !ptr::eq((*function).scope, class) || ((*function).num_args == 0 && !has_all) {
                continue;
            }
            if let Some(handler) = (*function).handler {
                (*function).reserved[SLOT.load(Ordering::Relaxed)] = handler as *mut _;
                (*function).handler = Some(check);
            }
        }
    }
}

/// The check of arguments.
pub(super) unsafe extern "C" fn checked(call: *mut zend_execute_data, result: *mut zval) {
    // SAFETY: PHP gives the frame of a function that `put_before` has seen.
    unsafe {
        let function = &(*(*call).func).internal_function;
        if verify(call, function) {
            let handler = function.reserved[SLOT.load(Ordering::Relaxed)];
            std::mem::transmute::<*mut _, Handler>(handler)(call, result);
        }
    }
}

/// As `checked`, for a class whose objects may have no state of `T`.
pub(super) unsafe extern "C" fn checked_with_state<T: Native>(
    call: *mut zend_execute_data,
    result: *mut zval,
) {
    // SAFETY: as in `checked`; `$this` is an object of `T`.
    unsafe {
        let this = &(*call).This;
        if this.is_object() && state::<T>(this.value.obj).is_none() {
            let name = (*(*call).func).internal_function.function_name.as_ref().map(ZendStr::as_bytes);
            match name {
                // They give it one.
                Some(b"__construct" | b"__unserialize") => {}
                // An exception would end the script: a dump shows nothing instead, as null says.
                Some(b"__debugInfo") => return,
                _ => {
                    not_initialized(&*this.value.obj);
                    return;
                }
            }
        }
        checked(call, result);
    }
}

unsafe fn verify(call: *mut zend_execute_data, function: &zend_internal_function) -> bool {
    // SAFETY: as in `checked`: as many arguments as the frame says, and as many types as the function has arguments.
    unsafe {
        let given = (*call).This.u2.num_args;
        if given < function.required_num_args || given > function.num_args {
            ffi::zend_wrong_parameters_count_error(function.required_num_args, function.num_args);
            return false;
        }
        for index in 0..given {
            let wanted = (*function.arg_info.add(index as usize)).type_;
            let Some(arg) = (*call).zend_call_arg(index as usize) else { return true };
            let arg = arg.dereference_mut();
            if !fits(arg, wanted) && !convert(arg, wanted, index + 1) {
                return false;
            }
        }
        true
    }
}

unsafe fn fits(arg: &Zval, wanted: zend_type) -> bool {
    // SAFETY: a live argument, and a type that PHP has resolved.
    unsafe {
        let kind = u32::from(arg.u1.v.type_);
        let mask = wanted.type_mask & MAY_BE;
        if mask & (1 << kind) != 0 || (mask == 0 && wanted.ptr.is_null()) {
            return true;
        }
        if kind != ffi::IS_OBJECT {
            return false;
        }
        let object = arg.value.obj;
        (!wanted.ptr.is_null() && is_of(object, wanted))
            || (mask & CALLABLE != 0 && (*object).ce == zend_ce_closure)
    }
}

unsafe fn is_of(object: *mut zend_object, wanted: zend_type) -> bool {
    const NO_AUTOLOAD: u32 = 0x80;
    // SAFETY: as in `fits`; no type here has more than one class.
    unsafe {
        let name = wanted.ptr.cast::<zend_string>();
        let class = (*object).ce;
        // Names that PHP keeps for good are the same ones everywhere.
        let interfaces = (*class).__bindgen_anon_3.interfaces;
        let has_it = || (0..(*class).num_interfaces as usize).any(|at| (**interfaces.add(at)).name == name);
        if (*class).name == name || has_it() {
            return true;
        }
        let wanted = ffi::zend_lookup_class_ex(name, ptr::null_mut(), NO_AUTOLOAD);
        !wanted.is_null() && (class == wanted || ffi::instanceof_function_slow(class, wanted))
    }
}

#[cold]
unsafe fn convert(arg: &mut Zval, wanted: zend_type, num: u32) -> bool {
    // SAFETY: as in `verify`; PHP's functions throw where they refuse, or say nothing.
    unsafe {
        let mask = wanted.type_mask & MAY_BE;
        if mask & !NULL == CALLABLE && wanted.ptr.is_null() {
            return is_callable(arg, mask & NULL != 0, num);
        }
        let done = (mask & CALLABLE != 0 && arg.is_callable())
            || match mask & SCALAR {
                0 => false,
                scalars if arg.is_null() => null_as(arg, scalars, num),
                scalars => zend_verify_scalar_type_hint(scalars, arg, is_strict(), true),
            };
        if !done && pending().is_null() {
            let text = ZBox::<ZendStr>::from_raw(zend_type_to_string(wanted));
            let (format, given) = (c"must be of type %s, %s given", type_name(arg));
            zend_argument_type_error(num, format.as_ptr(), text.val.as_ptr(), given.as_ptr());
        }
        done
    }
}

/// Null for a scalar: PHP's deprecation, which is the same for all of them, and what null is as one.
unsafe fn null_as(arg: &mut Zval, scalars: u32, num: u32) -> bool {
    let mut empty = ptr::null_mut();
    // SAFETY: a live argument, which becomes the empty string where PHP gives true.
    let is_done = unsafe { zend_parse_arg_str_slow(arg, &raw mut empty, num) };
    match scalars {
        _ if !is_done => {}
        LONG => arg.set_long(0),
        DOUBLE => arg.set_double(0.0),
        ffi::MAY_BE_BOOL => arg.set_bool(false),
        _ => {}
    }
    is_done
}

/// Whether the caller's file has strict types.
unsafe fn is_strict() -> bool {
    // SAFETY: within a call.
    unsafe {
        let call = (*ffi::ext_php_rs_executor_globals()).current_execute_data;
        let caller = (*call).prev_execute_data;
        !caller.is_null()
            && !(*caller).func.is_null()
            && (*(*caller).func).common.fn_flags & ffi::ZEND_ACC_STRICT_TYPES != 0
            && u32::from((*(*caller).func).type_) & 1 == 0
    }
}

unsafe fn is_callable(arg: &mut Zval, is_nullable: bool, num: u32) -> bool {
    // SAFETY: a live argument; the error is PHP's to free.
    unsafe {
        let (null, mut error) = (ptr::null_mut(), ptr::null_mut());
        let is_callable =
            ffi::zend_is_callable_ex(arg, null, 0, ptr::null_mut(), ptr::null_mut(), &raw mut error);
        match (is_callable, is_nullable) {
            (true, _) => {}
            (false, true) => zend_wrong_callback_or_null_error(num, error),
            (false, false) => zend_wrong_callback_error(num, error),
        }
        is_callable
    }
}
