//! Bodies of methods that no macro of ext-php-rs makes: those of classes without a Rust type, and those that give an
//! object its state.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::{ConstructorMeta, ConstructorResult};
use ext_php_rs::convert::FromZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecuteData, run_handler};
use ext_php_rs::zend_fastcall;

use super::exception::{PhpResult, error};
use super::instance::{Native, Unserialize, restore, state};

zend_fastcall! {
    // Needless where ext-php-rs's own fills the properties, and refuses a second call.
    pub(super) extern fn construct<T: Native>(call: &mut ExecuteData, _: &mut Zval) {
        if let Some(make) = T::CONSTRUCTOR {
            return quick(|| restore(call, make(call)?));
        }
        run_handler(AssertUnwindSafe(|| {
            let Some(ConstructorMeta { constructor, .. }) = T::constructor() else { return };
            match constructor(call) {
                ConstructorResult::Ok(given) => throw(restore(call, given)),
                ConstructorResult::Exception(exception) => exception.throw(),
                ConstructorResult::ArgError => {}
            }
        }));
    }
}

zend_fastcall! {
    pub(super) extern fn unserialize<T: Unserialize>(call: &mut ExecuteData, _: &mut Zval) {
        method(call, |call| {
            // The check before has seen that it is there.
            match argument(call, 0).and_then(Zval::array) {
                Some(data) => restore(call, T::unserialize(data)?),
                None => Ok(()),
            }
        });
    }
}

/// The body of a method that a builder declares, and that gives its result by itself.
pub(crate) fn method(call: &mut ExecuteData, body: impl FnOnce(&mut ExecuteData) -> PhpResult<()>) {
    run_handler(AssertUnwindSafe(|| throw(body(call))));
}

/// The body of a method that is called for every event: without the guard against fatal errors that ext-php-rs puts
/// around each, since it runs no PHP code. At the memory limit PHP jumps over it, and what it owns is PHP's.
pub(crate) fn quick_method<T: Native>(
    call: &mut ExecuteData,
    result: &mut Zval,
    body: impl FnOnce(&T, &ExecuteData) -> PhpResult<Zval>,
) {
    quick(|| {
        // SAFETY: PHP holds the object of which it calls a method of `T`.
        let this = unsafe { call.This.is_object().then(|| state::<T>(call.This.value.obj)) }.flatten();
        *result = body(this.ok_or_else(|| error("called without an object"))?, call)?;
        Ok(())
    });
}

fn quick(body: impl FnOnce() -> PhpResult<()>) {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(outcome) => throw(outcome),
        Err(_) => drop(error("Rust panic, see the standard error")),
    }
}

fn throw(outcome: PhpResult<()>) {
    if let Err(thrown) = outcome {
        PhpException::from(thrown).throw();
    }
}

/// An argument that was given.
pub(crate) fn argument(call: &ExecuteData, index: usize) -> Option<&Zval> {
    // SAFETY: as many arguments as the frame says, which live as long as the call.
    unsafe {
        let is_given = usize::try_from(call.This.u2.num_args).is_ok_and(|given| index < given);
        if is_given { call.zend_call_arg(index).map(|value| value.dereference()) } else { None }
    }
}

/// An argument that was given, and is no null.
pub(crate) fn value<T: for<'a> FromZval<'a>>(call: &ExecuteData, index: usize) -> Option<T> {
    argument(call, index).and_then(T::from_zval)
}
