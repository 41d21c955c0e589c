//! Callables that Rust keeps. Needless where ext-php-rs's `ZendCallable` does not look its function up at every call.

use std::mem::ManuallyDrop;
use std::ptr;

use ext_php_rs::convert::FromZval;
use ext_php_rs::ffi::{self, zend_fcall_info_cache};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;

use super::exception::{self, PhpResult};
use super::guard::attempt;
use super::lacking;

/// `ZEND_ACC_CALL_VIA_TRAMPOLINE`: a function that PHP makes for `__call`, for one call.
const TRAMPOLINE: u32 = ffi::ZEND_ACC_CALL_VIA_TRAMPOLINE;

/// A callable that was checked when it was given: called without looking anything up.
pub(crate) struct Callable {
    value: Zval,
    /// None where it is made anew for each call.
    cache: Option<zend_fcall_info_cache>,
}

impl FromZval<'_> for Callable {
    const TYPE: DataType = DataType::Callable;

    fn from_zval(value: &Zval) -> Option<Self> {
        let value = value.dereference().shallow_clone();
        let mut cache = resolve(&value)?;
        // SAFETY: function and class live as long as the value that names them.
        unsafe {
            if (*cache.function_handler).common.fn_flags & TRAMPOLINE == 0 {
                return Some(Self { value, cache: Some(cache) });
            }
            lacking::zend_release_fcall_info_cache(&raw mut cache);
            Some(Self { value, cache: None })
        }
    }
}

impl AsRef<Zval> for Callable {
    fn as_ref(&self) -> &Zval {
        &self.value
    }
}

impl Callable {
    /// Its class, where it is of one, and its name as PHP has it: that of a closure has the path of its file.
    pub(crate) fn function(&self) -> (Option<String>, String) {
        let Some(mut cache) = self.cache.or_else(|| resolve(&self.value)) else { return Default::default() };
        // SAFETY: as above; names live as long as their function.
        unsafe {
            let function = &(*cache.function_handler).common;
            let text = |name: *mut ffi::zend_string| {
                name.as_ref().map(|name| String::from_utf8_lossy(name.as_bytes()).into_owned())
            };
            let class = function.scope.as_ref().and_then(|scope| text(scope.name));
            let name = (class, text(function.function_name).unwrap_or_default());
            if self.cache.is_none() {
                lacking::zend_release_fcall_info_cache(&raw mut cache);
            }
            name
        }
    }

    pub(crate) fn call(&self, args: &[Zval]) -> PhpResult<Zval> {
        let again;
        let cache = if let Some(cache) = &self.cache {
            cache
        } else {
            again = resolve(&self.value)
                .ok_or_else(|| exception::error("what was given as callable can no longer be called"))?;
            &again
        };
        let (function, object, scope) = (cache.function_handler, cache.object, cache.called_scope);
        let mut result = ManuallyDrop::new(Zval::new());
        let place = &raw mut *result;
        let count = u32::try_from(args.len()).unwrap_or(u32::MAX);
        // SAFETY: function and object live as long as our value; PHP copies the arguments.
        attempt(|| unsafe {
            let args = args.as_ptr().cast_mut();
            ffi::zend_call_known_function(function, object, scope, place, count, args, ptr::null_mut());
        })?;
        // After a fatal error nobody may touch what is in `result`.
        let result = ManuallyDrop::into_inner(result);
        exception::check()?;
        Ok(result)
    }
}

fn resolve(value: &Zval) -> Option<zend_fcall_info_cache> {
    const SUPPRESS_DEPRECATIONS: u32 = 1 << 1;
    let value = ptr::from_ref(value).cast_mut();
    let null = ptr::null_mut();
    // SAFETY: a live value, and a place for what PHP finds; all of it is plain data.
    unsafe {
        let mut cache: zend_fcall_info_cache = std::mem::zeroed();
        ffi::zend_is_callable_ex(
            value,
            null,
            SUPPRESS_DEPRECATIONS,
            ptr::null_mut(),
            &raw mut cache,
            ptr::null_mut(),
        )
        .then_some(cache)
    }
}
