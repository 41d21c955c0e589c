//! PHP's own conversion of arguments, by the types that the macros declare: the Rust body of a method gets arguments of
//! exactly these types, and what PHP refuses is refused with PHP's own messages.
//!
//! Needless where ext-php-rs converts arguments as `zend_parse_parameters` does, and throws its errors.

use std::ffi::CStr;
use std::ptr;
use std::sync::atomic::{AtomicUsize, Ordering};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi::{self, zend_execute_data, zend_internal_function, zend_type, zval};
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use ext_php_rs::zend::ExecuteData;

use super::exception::{not_initialized, pending};
use super::instance::{Native, state};
use super::lacking;

/// What PHP calls for a method.
pub(super) type Handler = unsafe extern "C" fn(*mut zend_execute_data, *mut zval);

/// The index in `zend_internal_function::reserved` that belongs to this extension: the handler of the macro is kept there.
static RESOURCE_HANDLE: AtomicUsize = AtomicUsize::new(0);

pub(crate) const NULL: u32 = 1 << ffi::IS_NULL;
pub(crate) const LONG: u32 = 1 << ffi::IS_LONG;
pub(crate) const STRING: u32 = 1 << ffi::IS_STRING;
pub(crate) const ARRAY: u32 = 1 << ffi::IS_ARRAY;
pub(crate) const CALLABLE: u32 = 1 << ffi::IS_CALLABLE;
pub(crate) const SCALAR: u32 = STRING | LONG | DOUBLE | ffi::MAY_BE_BOOL;
const DOUBLE: u32 = 1 << ffi::IS_DOUBLE;
/// The bits of a `type_mask` that are types.
const MAY_BE: u32 = (1 << 18) - 1;

/// Gets the resource handle from PHP, at start-up. False where other extensions have taken all of them.
pub(crate) fn reserve(module: &'static CStr) -> bool {
    // SAFETY: called at start-up; the name lives as long as the process.
    let handle = usize::try_from(unsafe { lacking::zend_get_resource_handle(module.as_ptr()) });
    handle.map(|handle| RESOURCE_HANDLE.store(handle, Ordering::Relaxed)).is_ok()
}

/// The type as PHP's messages name it: "int", "null", a class.
pub(crate) fn type_name(value: &Zval) -> &CStr {
    // SAFETY: a live value; the name of a type or class lives longer than it.
    unsafe { CStr::from_ptr(lacking::zend_zval_value_name(value)) }
}

/// An argument that a call was given.
pub(crate) fn argument(call: &ExecuteData, index: usize) -> Option<&Zval> {
    // SAFETY: the frame says how many arguments there are; they live as long as the call.
    unsafe {
        let is_given = usize::try_from(call.This.u2.num_args).is_ok_and(|given| index < given);
        if is_given { call.zend_call_arg(index).map(|value| value.dereference()) } else { None }
    }
}

/// Makes PHP call `check` before a method: before each that has parameters, or before all.
///
/// # Safety
///
/// Called at start-up, with a method of an internal class whose objects are those that `check` is for.
pub(super) unsafe fn put_before(function: *mut zend_internal_function, check: Handler, checks_all: bool) {
    // SAFETY: by contract.
    unsafe {
        if ((*function).num_args > 0 || checks_all)
            && let Some(handler) = (*function).handler
        {
            (*function).reserved[RESOURCE_HANDLE.load(Ordering::Relaxed)] = handler as *mut _;
            (*function).handler = Some(check);
        }
    }
}

/// Checks the arguments, then calls the handler of the macro.
pub(super) unsafe extern "C" fn checked(call: *mut zend_execute_data, retval: *mut zval) {
    // SAFETY: PHP passes the frame of a function that `put_before` was called with.
    unsafe {
        let function = &(*(*call).func).internal_function;
        if verify(call, function) {
            let handler = function.reserved[RESOURCE_HANDLE.load(Ordering::Relaxed)];
            std::mem::transmute::<*mut _, Handler>(handler)(call, retval);
        }
    }
}

/// As `checked`, for a class whose objects may lack a state of `T`.
pub(super) unsafe extern "C" fn checked_with_state<T: Native>(
    call: *mut zend_execute_data,
    retval: *mut zval,
) {
    // SAFETY: as in `checked`; `$this` is an object of `T`.
    unsafe {
        let this = &(*call).This;
        if this.is_object() && state::<T>(this.value.obj).is_none() {
            let name = (*(*call).func).internal_function.function_name.as_ref().map(ZendStr::as_bytes);
            match name {
                // These give the object its state.
                Some(b"__construct" | b"__unserialize") => {}
                // An exception in a dump would end the script. The dump is empty.
                Some(b"__debugInfo") => return (*retval).set_hashtable(ZendHashTable::new()),
                _ => {
                    not_initialized(&*this.value.obj);
                    return;
                }
            }
        }
        checked(call, retval);
    }
}

unsafe fn verify(call: *mut zend_execute_data, function: &zend_internal_function) -> bool {
    // SAFETY: as in `checked`: the frame says how many arguments there are, and each parameter has a type.
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
            if !fits(arg, wanted) && !convert(call, arg, wanted, index + 1) {
                return false;
            }
        }
        true
    }
}

/// Whether an argument has a type that the parameter allows, without conversion.
unsafe fn fits(arg: &Zval, wanted: zend_type) -> bool {
    const NO_AUTOLOAD: u32 = 0x80;
    let mask = wanted.type_mask & MAY_BE;
    // SAFETY: a live argument. PHP has resolved the type to a name, and no parameter here has more than one class.
    unsafe {
        if mask & (1 << arg.u1.v.type_) != 0 || (mask == 0 && wanted.ptr.is_null()) {
            return true;
        }
        let Some(object) = arg.object().filter(|_| !wanted.ptr.is_null()) else { return false };
        let class = ffi::zend_lookup_class_ex(wanted.ptr.cast(), ptr::null_mut(), NO_AUTOLOAD).as_ref();
        class.is_some_and(|class| object.instance_of(class))
    }
}

unsafe fn convert(call: *mut zend_execute_data, arg: &mut Zval, wanted: zend_type, num: u32) -> bool {
    // SAFETY: as in `verify`, where the caller's frame is live too. PHP's functions return false with or without an exception.
    unsafe {
        let mask = wanted.type_mask & MAY_BE;
        let done = (mask & CALLABLE != 0 && (is_closure(arg) || arg.is_callable()))
            || match mask & SCALAR {
                0 => false,
                scalars if arg.is_null() => null_as(arg, scalars, num),
                scalars => {
                    // As `ZEND_ARG_USES_STRICT_TYPES`: functions of PHP and of C have these flags.
                    let caller = (*call).previous().and_then(ExecuteData::function);
                    let is_strict =
                        caller.is_some_and(|caller| caller.common.fn_flags & ffi::ZEND_ACC_STRICT_TYPES != 0);
                    lacking::zend_verify_scalar_type_hint(scalars, arg, is_strict, true)
                }
            };
        if !done && pending().is_null() {
            refuse(arg, wanted, num);
        }
        done
    }
}

/// Most callables are closures, and those need no look at what they name.
fn is_closure(arg: &Zval) -> bool {
    // SAFETY: PHP sets its classes at start-up.
    arg.object().is_some_and(|object| ptr::eq(object.ce, unsafe { lacking::zend_ce_closure }))
}

#[cold]
unsafe fn refuse(arg: &mut Zval, wanted: zend_type, num: u32) {
    // SAFETY: a live argument and a type. PHP frees the error about a callable.
    unsafe {
        let (mask, null, mut error) = (wanted.type_mask & MAY_BE, ptr::null_mut(), ptr::null_mut());
        if mask & !NULL == CALLABLE && wanted.ptr.is_null() {
            ffi::zend_is_callable_ex(arg, null, 0, ptr::null_mut(), ptr::null_mut(), &raw mut error);
            return match mask & NULL {
                0 => lacking::zend_wrong_callback_error(num, error),
                _ => lacking::zend_wrong_callback_or_null_error(num, error),
            };
        }
        let text = ZBox::<ZendStr>::from_raw(lacking::zend_type_to_string(wanted));
        let (format, given) = (c"must be of type %s, %s given", type_name(arg));
        lacking::zend_argument_type_error(num, format.as_ptr(), text.val.as_ptr(), given.as_ptr());
    }
}

/// Converts null to a scalar, with PHP's deprecation, which names the declared type whichever function of PHP reports it.
unsafe fn null_as(arg: &mut Zval, scalars: u32, num: u32) -> bool {
    let mut empty = ptr::null_mut();
    // SAFETY: a live argument, which becomes the empty string where PHP returns true.
    let is_done = unsafe { lacking::zend_parse_arg_str_slow(arg, &raw mut empty, num) };
    match scalars {
        _ if !is_done => {}
        LONG => arg.set_long(0),
        DOUBLE => arg.set_double(0.0),
        ffi::MAY_BE_BOOL => arg.set_bool(false),
        _ => {}
    }
    is_done
}
