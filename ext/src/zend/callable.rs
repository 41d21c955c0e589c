//! Callables that Rust keeps. Needless where ext-php-rs's `ZendCallable` does not look its function up at each call, and
//! comes back from a fatal error.

use std::mem::ManuallyDrop;
use std::ptr;

use ext_php_rs::convert::FromZval;
use ext_php_rs::ffi::{self, zend_fcall_info_cache};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendCallable, ZendStr, Zval};

use super::exception::{self, PhpResult};
use super::guard::attempt;
use super::lacking;

/// A callable that PHP has resolved to its function, so that a call looks nothing up.
pub(crate) struct Callable {
    value: Zval,
    cache: zend_fcall_info_cache,
}

impl FromZval<'_> for Callable {
    const TYPE: DataType = DataType::Callable;

    fn from_zval(value: &Zval) -> Option<Self> {
        const SUPPRESS_DEPRECATIONS: u32 = 1 << 1;
        let mut value = value.dereference().shallow_clone();
        let (place, no_object, no_name, no_error) =
            (&raw mut value, ptr::null_mut(), ptr::null_mut(), ptr::null_mut());
        // SAFETY: a live value, and memory for what PHP finds, which is plain data. Function and class live as long as the
        // value that names them.
        unsafe {
            let mut cache: zend_fcall_info_cache = std::mem::zeroed();
            let to = &raw mut cache;
            if !ffi::zend_is_callable_ex(place, no_object, SUPPRESS_DEPRECATIONS, no_name, to, no_error) {
                return None;
            }
            if (*cache.function_handler).common.fn_flags & ffi::ZEND_ACC_CALL_VIA_TRAMPOLINE == 0 {
                return Some(Self { value, cache });
            }
            // PHP made the function for one call only, as for `__call`. That of a closure lasts.
            lacking::zend_release_fcall_info_cache(to);
        }
        // Not by ext-php-rs's `Function`: it copies more than there is of a function of PHP itself.
        let make = ZendCallable::try_from_name("Closure::fromCallable").ok()?;
        let closure = make.try_call(vec![&value]).ok()?;
        Self::from_zval(&closure)
    }
}

impl AsRef<Zval> for Callable {
    fn as_ref(&self) -> &Zval {
        &self.value
    }
}

impl Callable {
    /// The class of a method, and the name of the function: that of a closure has the path of its file.
    pub(crate) fn function(&self) -> (Option<String>, String) {
        // SAFETY: function and class live as long as our value, and their names as long as they.
        let (class, name) = unsafe {
            let function = &(*self.cache.function_handler).common;
            (function.scope.as_ref().and_then(|class| class.name.as_ref()), function.function_name.as_ref())
        };
        let text = |name: &ZendStr| String::from_utf8_lossy(name.as_bytes()).into_owned();
        (class.map(text), name.map(text).unwrap_or_default())
    }

    pub(crate) fn call(&self, args: &[Zval]) -> PhpResult<Zval> {
        let (function, object) = (self.cache.function_handler, self.cache.object);
        let scope = self.cache.called_scope;
        let mut retval = ManuallyDrop::new(Zval::new());
        let retval_ptr = &raw mut *retval;
        let count = u32::try_from(args.len()).unwrap_or(u32::MAX);
        // SAFETY: function and object live as long as our value; PHP copies the arguments.
        attempt(|| unsafe {
            let args = args.as_ptr().cast_mut();
            ffi::zend_call_known_function(function, object, scope, retval_ptr, count, args, ptr::null_mut());
        })?;
        // After a fatal error the result may not be touched: `attempt` has returned before this.
        let retval = ManuallyDrop::into_inner(retval);
        exception::check()?;
        Ok(retval)
    }
}
