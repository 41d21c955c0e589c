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
use super::object::{Any, Object};

type Handler = unsafe extern "C" fn(*mut zend_execute_data, *mut zval);

unsafe extern "C" {
    static zend_ce_closure: *mut zend_class_entry;
    fn zend_get_resource_handle(module: *const c_char) -> c_int;
    fn zend_parse_arg_long_slow(arg: *const zval, to: *mut i64, num: u32) -> bool;
    fn zend_parse_arg_double_slow(arg: *const zval, to: *mut f64, num: u32) -> bool;
    fn zend_parse_arg_bool_slow(arg: *const zval, to: *mut bool, num: u32) -> bool;
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

pub(super) const NULL: u32 = 1 << ffi::IS_NULL;
pub(super) const BOOL: u32 = ffi::MAY_BE_BOOL;
pub(super) const LONG: u32 = 1 << ffi::IS_LONG;
pub(super) const DOUBLE: u32 = 1 << ffi::IS_DOUBLE;
pub(super) const STRING: u32 = 1 << ffi::IS_STRING;
pub(super) const ARRAY: u32 = 1 << ffi::IS_ARRAY;
pub(super) const CALLABLE: u32 = 1 << ffi::IS_CALLABLE;
const MAY_BE: u32 = (1 << 18) - 1;

/// Asks PHP for the slot, at start-up. False where other extensions have taken all of them.
pub(crate) fn reserve(module: &CStr) -> bool {
    // SAFETY: at start-up; the name is only kept by debuggers of PHP, and lives as long as the process.
    let slot = usize::try_from(unsafe { zend_get_resource_handle(module.as_ptr()) });
    slot.map(|slot| SLOT.store(slot, Ordering::Relaxed)).is_ok()
}

/// Puts the check before every method of a class that takes arguments.
///
/// # Safety
///
/// At start-up, of an internal class.
pub(super) unsafe fn install(class: *mut zend_class_entry) {
    // SAFETY: by contract.
    unsafe { put_before(class, checked, false) }
}

/// As `install`, for a class whose objects may have no state of `T`: before all of its methods.
///
/// # Safety
///
/// As above.
pub(super) unsafe fn install_with_state<T: Native>(class: *mut zend_class_entry) {
    // SAFETY: by contract.
    unsafe { put_before(class, checked_with_state::<T>, true) }
}

unsafe fn put_before(class: *mut zend_class_entry, check: Handler, has_all: bool) {
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

unsafe extern "C" fn checked(call: *mut zend_execute_data, result: *mut zval) {
    // SAFETY: PHP gives the frame of a function that `install` has seen.
    unsafe {
        let function = &(*(*call).func).internal_function;
        if verify(call, function) {
            let handler = function.reserved[SLOT.load(Ordering::Relaxed)];
            std::mem::transmute::<*mut _, Handler>(handler)(call, result);
        }
    }
}

unsafe extern "C" fn checked_with_state<T: Native>(call: *mut zend_execute_data, result: *mut zval) {
    // SAFETY: as in `checked`; `$this` is an object of `T`.
    unsafe {
        let function = &(*(*call).func).internal_function;
        if (*call).This.is_object()
            && state::<T>((*call).This.value.obj).is_none()
            && !is_one_of(function, &[b"__construct", b"__unserialize"])
        {
            // An exception would end the script: a dump shows nothing instead, as null says.
            if is_one_of(function, &[b"__debugInfo"]) {
                return;
            }
            not_initialized(&Object::<Any>::share((*call).This.value.obj));
            return;
        }
        checked(call, result);
    }
}

unsafe fn is_one_of(function: &zend_internal_function, names: &[&[u8]]) -> bool {
    // SAFETY: a function of PHP has a name that lives as long.
    let name = unsafe { function.function_name.as_ref() };
    name.is_some_and(|name| names.contains(&name.as_bytes()))
}

unsafe fn verify(call: *mut zend_execute_data, function: &zend_internal_function) -> bool {
    // SAFETY: as in `checked`: as many arguments as the frame says, and as many types as the function has arguments.
    unsafe {
        let given = (*call).This.u2.num_args;
        // The handler says what is wrong with the count.
        if given < function.required_num_args || given > function.num_args {
            return true;
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
        let done = match mask & !NULL {
            LONG => scalar(arg, num, zend_parse_arg_long_slow, Zval::set_long),
            DOUBLE => scalar(arg, num, zend_parse_arg_double_slow, Zval::set_double),
            BOOL => scalar(arg, num, zend_parse_arg_bool_slow, Zval::set_bool),
            CALLABLE if wanted.ptr.is_null() => return is_callable(arg, mask & NULL != 0, num),
            // Null for a scalar: PHP's deprecation, and its conversion to text.
            rest if rest & STRING != 0
                && (rest == STRING || arg.is_null() || (arg.is_object() && rest & CALLABLE == 0)) =>
            {
                let mut value = ptr::null_mut();
                zend_parse_arg_str_slow(arg, &raw mut value, num)
            }
            rest => {
                (rest & CALLABLE != 0 && arg.is_callable())
                    || (rest & (LONG | DOUBLE | BOOL | STRING) != 0
                        && !arg.is_null()
                        && zend_verify_scalar_type_hint(rest, arg, is_strict(), true))
            }
        };
        if !done && pending().is_null() {
            let text = ZBox::<ZendStr>::from_raw(zend_type_to_string(wanted));
            let given = zend_zval_value_name(arg);
            zend_argument_type_error(num, c"must be of type %s, %s given".as_ptr(), text.val.as_ptr(), given);
        }
        done
    }
}

unsafe fn scalar<T: Default>(
    arg: &mut Zval,
    num: u32,
    parse: unsafe extern "C" fn(*const zval, *mut T, u32) -> bool,
    set: fn(&mut Zval, T),
) -> bool {
    let mut value = T::default();
    // SAFETY: a live argument; PHP writes the value where it gives true.
    let is_done = unsafe { parse(arg, &raw mut value, num) };
    if is_done {
        set(arg, value);
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
        let mut error: *mut c_char = ptr::null_mut();
        if ffi::zend_is_callable_ex(arg, ptr::null_mut(), 0, ptr::null_mut(), ptr::null_mut(), &raw mut error)
        {
            return true;
        }
        if is_nullable {
            zend_wrong_callback_or_null_error(num, error);
        } else {
            zend_wrong_callback_error(num, error);
        }
        false
    }
}
