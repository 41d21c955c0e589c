//! Callables that Rust keeps, and calls into PHP: nothing else in the extension runs PHP code on purpose.

use std::ptr::NonNull;

use super::PhpResult;
use super::exception;
use super::ffi::{self, RawCallable, RawValue};
use super::guard::attempt;
use super::object::Object;
use super::string::Str;
use super::value::Value;

/// A callable that was checked when it was given: called without looking anything up.
pub(crate) struct Callable(NonNull<RawCallable>);

impl Callable {
    /// None for null.
    ///
    /// # Safety
    ///
    /// `raw` was made by `ami_callable_parse` or `ami_callable_of` and passes to the result.
    pub(super) unsafe fn from_owned(raw: *mut RawCallable) -> Option<Self> {
        NonNull::new(raw).map(Self)
    }

    pub(super) fn as_raw(&self) -> *mut RawCallable {
        self.0.as_ptr()
    }

    /// The value as a callable, where it is one.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        // SAFETY: a live value; the result is ours.
        unsafe { Self::from_owned(ffi::ami_callable_of(value.as_raw())) }
    }

    pub(crate) fn call(&self, args: &[Value]) -> PhpResult<Value> {
        run(|result| {
            // SAFETY: live as long as `self`; PHP copies the arguments.
            unsafe { ffi::ami_callable_call(self.as_raw(), result, count(args), pointer(args)) }
        })
    }

    /// `Class::method`, `function` or PHP's name of a closure, `{closure:worker.php:12}`: without folders, which
    /// differ from machine to machine and are nobody's business in metrics.
    pub(crate) fn name(&self) -> String {
        let (mut class, mut name) = (std::ptr::null_mut(), std::ptr::null_mut());
        // SAFETY: live as long as `self`; the names live as long as the function.
        unsafe {
            ffi::ami_callable_name(self.as_raw(), &raw mut class, &raw mut name);
            let text = |raw: *mut ffi::RawString| {
                (!raw.is_null()).then(|| without_folders(&Str::from_borrowed(raw).lossy()))
            };
            match (text(class), text(name)) {
                (Some(class), Some(name)) => format!("{class}::{name}"),
                (_, name) => name.unwrap_or_default(),
            }
        }
    }
}

/// Drops the folders of a path within a name of PHP. In that of an anonymous class a NUL stands before it.
fn without_folders(name: &str) -> String {
    let end = name.rfind('/').map_or(0, |slash| slash + 1);
    let first = name.find('/').unwrap_or(0);
    let start = name[..first].rfind([':', '\0']).map_or(0, |mark| mark + 1);
    format!("{}{}", &name[..start], &name[end.max(start)..]).replace('\0', ":")
}

impl Drop for Callable {
    fn drop(&mut self) {
        // SAFETY: ours, see `from_owned`.
        unsafe { ffi::ami_callable_free(self.as_raw()) }
    }
}

impl Object {
    /// Calls a public method by its lower-case name. An `Error` where the class has none.
    pub(crate) fn call_method(&self, lower_name: &str, args: &[Value]) -> PhpResult<Value> {
        // SAFETY: a live object; the method lives as long as its class.
        let method =
            unsafe { ffi::ami_method_find(self.as_raw(), lower_name.as_ptr().cast(), lower_name.len()) };
        if method.is_null() {
            return Err(exception::error(&format!(
                "Call to undefined method {}::{lower_name}()",
                self.class_name()
            )));
        }
        run(|result| {
            // SAFETY: as above; PHP copies the arguments.
            unsafe { ffi::ami_method_call(method, self.as_raw(), result, count(args), pointer(args)) }
        })
    }

    /// Whether everybody may call it.
    pub(crate) fn has_method(&self, lower_name: &str) -> bool {
        // SAFETY: a live object.
        !unsafe { ffi::ami_method_find(self.as_raw(), lower_name.as_ptr().cast(), lower_name.len()) }
            .is_null()
    }
}

/// Calls a function of another extension. None where PHP was built without it.
pub(crate) fn call_function(lower_name: &str, args: &[Value]) -> PhpResult<Option<Value>> {
    let mut found = false;
    let value = run(|result| {
        // SAFETY: the name is read only; PHP copies the arguments.
        found = unsafe {
            ffi::ami_function_call(
                lower_name.as_ptr().cast(),
                lower_name.len(),
                result,
                count(args),
                pointer(args),
            )
        };
    })?;
    Ok(found.then_some(value))
}

fn run(call: impl FnOnce(*mut RawValue)) -> PhpResult<Value> {
    let mut result = RawValue { type_info: 0, ..RawValue::NULL };
    let place = &raw mut result;
    let finished = attempt(|| call(place));
    // After a fatal error nobody may touch what is in `result`.
    finished?;
    // SAFETY: PHP left a value in it, or nothing.
    let value = unsafe { Value::from_owned(result) };
    exception::check()?;
    Ok(value)
}

fn count(args: &[Value]) -> u32 {
    u32::try_from(args.len()).unwrap_or(u32::MAX)
}

fn pointer(args: &[Value]) -> *mut RawValue {
    args.as_ptr().cast_mut().cast()
}
