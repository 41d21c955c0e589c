//! Bodies of methods that no macro of ext-php-rs makes: those of classes without a Rust type, those that give an object
//! its state, and those that are called too often for the guard that the macros put around each.

use std::panic::{AssertUnwindSafe, catch_unwind};

use ext_php_rs::class::{ConstructorMeta, ConstructorResult};
use ext_php_rs::convert::FromZval;
use ext_php_rs::exception::PhpException;
use ext_php_rs::types::{ZendHashTable, Zval};
use ext_php_rs::zend::{ExecuteData, run_handler};
use ext_php_rs::zend_fastcall;

use crate::zend::check::argument;
use crate::zend::exception::error;
use crate::zend::instance::{restore, state_of_call};
use crate::zend::{Native, PhpResult};

/// A state that `unserialize` can restore.
pub(crate) trait Unserialize: Native + Clone {
    /// `data` is the array that `__serialize` returned, or a forged one.
    fn unserialize(data: &ZendHashTable) -> PhpResult<Self>;
}

zend_fastcall! {
    // Needless where ext-php-rs's own stores the values of properties, and refuses a second call.
    pub(crate) extern fn construct<T: Native>(call: &mut ExecuteData, _: &mut Zval) {
        if let Some(make) = T::CONSTRUCTOR {
            return quick(|| {
                let state = make(call)?;
                restore(call, state, [])
            });
        }
        run_handler(AssertUnwindSafe(|| {
            let Some(ConstructorMeta { constructor, .. }) = T::constructor() else { return };
            match constructor(call) {
                ConstructorResult::Ok(state) => throw(restore(call, state, [])),
                ConstructorResult::Exception(exception) => exception.throw(),
                ConstructorResult::ArgError => {}
            }
        }));
    }
}

zend_fastcall! {
    pub(crate) extern fn unserialize<T: Unserialize>(call: &mut ExecuteData, _: &mut Zval) {
        method(call, |call| {
            // `check` has made sure that it is there.
            let Some(data) = argument(call, 0).and_then(Zval::array) else { return Ok(()) };
            let state = T::unserialize(data)?;
            restore(call, state, [])
        });
    }
}

/// Runs the body of a method that a builder declares. The body writes its result by itself.
pub(crate) fn method(call: &mut ExecuteData, body: impl FnOnce(&mut ExecuteData) -> PhpResult<()>) {
    run_handler(AssertUnwindSafe(|| throw(body(call))));
}

/// Runs the body of a method that is called for every event or action, without ext-php-rs's guard against fatal errors. The
/// body runs PHP code only within `attempt`. At the memory limit PHP jumps over it, as it does over the body of any method:
/// what it owns then is leaked, so it holds no lock and no borrow.
pub(crate) fn quick_method<T: Native>(
    call: &mut ExecuteData,
    retval: &mut Zval,
    body: impl FnOnce(&T, &ExecuteData) -> PhpResult<Zval>,
) {
    quick(|| {
        *retval = body(state_of_call(call)?, call)?;
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

/// An argument that was given, as a `T`: null is a value of few types.
pub(crate) fn value<T: for<'a> FromZval<'a>>(call: &ExecuteData, index: usize) -> Option<T> {
    argument(call, index).and_then(T::from_zval)
}
