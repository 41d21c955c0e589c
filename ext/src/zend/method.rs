//! Bodies of methods that no macro of ext-php-rs makes: those of classes without a Rust type, and those that give an
//! object its state.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::{ConstructorMeta, ConstructorResult};
use ext_php_rs::convert::FromZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{ExecuteData, run_handler};
use ext_php_rs::zend_fastcall;

use super::array::Array;
use super::exception::{self, PhpResult};
use super::instance::{Native, Unserialize, initialize, state};
use super::object::{Any, Object};

zend_fastcall! {
    pub(super) extern fn construct<T: Native>(call: &mut ExecuteData, _: &mut Zval) {
        match T::CONSTRUCTOR {
            Some(make) => quick(|| {
                check_count(call)?;
                let this = new_object::<T>(call)?;
                let given = make(call)?;
                // SAFETY: an object of `T` without state, see `new_object`.
                unsafe { initialize(this, given) };
                Ok(())
            }),
            None => run_handler(AssertUnwindSafe(|| {
                let Some(ConstructorMeta { constructor, .. }) = T::constructor() else { return };
                let Ok(this) = new_object::<T>(call) else { return };
                match constructor(call) {
                    // SAFETY: as above.
                    ConstructorResult::Ok(state) => unsafe { initialize(this, state) },
                    ConstructorResult::Exception(exception) => exception.throw(),
                    ConstructorResult::ArgError => {}
                }
            })),
        }
    }
}

/// The object that PHP has made of `T`, which may have no state yet.
fn new_object<T: Native>(call: &ExecuteData) -> PhpResult<*mut ffi::zend_object> {
    // SAFETY: PHP constructs an object of `T`.
    let this = unsafe { call.This.value.obj };
    // SAFETY: as above.
    if unsafe { state::<T>(this) }.is_none() {
        return Ok(this);
    }
    let class = T::CLASS_NAME;
    Err(exception::error(&T::get_metadata().all_properties().next().map_or_else(
        || format!("{class} is initialized already"),
        |first| format!("Cannot modify readonly property {class}::${}", first.name),
    )))
}

zend_fastcall! {
    pub(super) extern fn unserialize<T: Unserialize>(call: &mut ExecuteData, _: &mut Zval) {
        method(call, |this: &Object, call| {
            let Some(data) = argument::<Array>(call, 0) else { return Err(exception::bad_data(T::CLASS_NAME)) };
            // SAFETY: an object of `T`.
            if unsafe { state::<T>(this.as_raw()) }.is_some() {
                return Err(exception::error(&format!("{} is initialized already", T::CLASS_NAME)));
            }
            let given = T::unserialize(&data)?;
            // SAFETY: as above, without state.
            unsafe { initialize(this.as_raw(), given) };
            Ok(())
        });
    }
}

/// The body of a method that a builder declares, and that gives its result by itself.
pub(crate) fn method(call: &mut ExecuteData, body: impl FnOnce(&Object, &ExecuteData) -> PhpResult<()>) {
    static_method(call, |call| {
        if !call.This.is_object() {
            return Err(exception::error("called without an object"));
        }
        // SAFETY: PHP holds the object of which it calls a method.
        body(&unsafe { Object::<Any>::share(call.This.value.obj) }, call)
    });
}

/// As `method`, for a static one.
pub(crate) fn static_method(call: &ExecuteData, body: impl FnOnce(&ExecuteData) -> PhpResult<()>) {
    run_handler(AssertUnwindSafe(|| {
        if let Err(thrown) = check_count(call).and_then(|()| body(call)) {
            PhpException::from(thrown).throw();
        }
    }));
}

/// The body of a method that is called for every event: without the guard against fatal errors that ext-php-rs puts
/// around each, since it runs no PHP code. At the memory limit PHP jumps over it, and what it owns is PHP's.
pub(crate) fn quick_method<T: Native>(
    call: &mut ExecuteData,
    result: &mut Zval,
    body: impl FnOnce(&T, &ExecuteData) -> PhpResult<Zval>,
) {
    quick(|| {
        check_count(call)?;
        // SAFETY: PHP holds the object of which it calls a method of `T`.
        let this = unsafe { call.This.is_object().then(|| state::<T>(call.This.value.obj)) }.flatten();
        *result = body(this.ok_or_else(|| exception::error("called without an object"))?, call)?;
        Ok(())
    });
}

fn quick(body: impl FnOnce() -> PhpResult<()>) {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => {}
        Ok(Err(thrown)) => PhpException::from(thrown).throw(),
        Err(_) => drop(exception::error("Rust panic, see the standard error")),
    }
}

/// The bytes of a text that was given.
pub(crate) fn bytes(call: &ExecuteData, index: usize) -> Option<&[u8]> {
    // SAFETY: the argument is there, and lives as long as the call.
    let value = unsafe { call.zend_call_arg(index) }?.dereference();
    value.zend_str().map(ZendStr::as_bytes)
}

/// What the macros do before a method's body.
fn check_count(call: &ExecuteData) -> PhpResult<()> {
    // SAFETY: the frame of a function of ours.
    unsafe {
        let function = &(*call.func).internal_function;
        let (given, least, most) = (call.This.u2.num_args, function.required_num_args, function.num_args);
        if (least..=most).contains(&given) {
            return Ok(());
        }
        ffi::zend_wrong_parameters_count_error(least, most);
        Err(exception::Thrown::Exception)
    }
}

/// An argument that was given.
pub(crate) fn argument<T: for<'a> FromZval<'a>>(call: &ExecuteData, index: usize) -> Option<T> {
    // SAFETY: as many arguments as the frame says.
    unsafe {
        let is_given = usize::try_from(call.This.u2.num_args).is_ok_and(|given| index < given);
        if is_given {
            call.zend_call_arg(index).and_then(|value| T::from_zval(value.dereference()))
        } else {
            None
        }
    }
}
