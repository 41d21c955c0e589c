//! One call of a method by PHP: its arguments in, its result or exception out.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use super::array::Array;
use super::callable::Callable;
use super::classes::Class;
use super::exception::{self, PhpResult, Thrown};
pub(super) use super::ffi::RawCall;
use super::ffi::{self, RawValue};
use super::object::Object;
use super::string::Str;
use super::value::{IntoValue, Value, View};

/// Runs the body of a method. Nothing of Rust passes this line but a value: a panic becomes an `Error`,
/// a fatal error of PHP goes on once no frame of ours is left.
pub(super) fn method<R: IntoValue>(
    call: *mut RawCall,
    result: *mut RawValue,
    min: u32,
    max: u32,
    body: impl FnOnce(&Call) -> PhpResult<R>,
) {
    let run = || {
        let call = Call { raw: call };
        call.check_count(min, max)?;
        body(&call).map(|value| value.into_value().into_raw())
    };
    match catch_unwind(AssertUnwindSafe(run)) {
        // SAFETY: PHP gives a place for the result, which holds null so far.
        Ok(Ok(value)) => unsafe { ptr::write(result, value) },
        Ok(Err(Thrown::Exception)) => {}
        // SAFETY: the closure has returned: no frame between here and PHP owns anything.
        Ok(Err(Thrown::Bailout)) => unsafe { ffi::ami_bailout() },
        Err(panic) => drop(exception::error(&format!("ami_client: internal error: {}", panic_text(&*panic)))),
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("unknown")
}

/// The arguments of a call, parsed as PHP parses them: coercion in weak mode, PHP's own `TypeError`s.
pub(crate) struct Call {
    raw: *mut RawCall,
}

/// A type of the stub that has one type in Rust.
pub(crate) trait Parse: Sized {
    /// # Safety
    ///
    /// `arg` is a live argument of the call that runs now.
    unsafe fn parse(arg: *mut RawValue, num: u32) -> PhpResult<Self>;

    /// Where null is allowed too.
    ///
    /// # Safety
    ///
    /// As above.
    unsafe fn parse_nullable(arg: *mut RawValue, num: u32) -> PhpResult<Option<Self>>;
}

impl Call {
    pub(super) fn this(&self) -> PhpResult<Object> {
        // SAFETY: PHP gives a live frame.
        let this = unsafe { ffi::ami_call_this(self.raw) };
        if this.is_null() {
            return Err(exception::error("called without an object"));
        }
        // SAFETY: the frame holds a reference.
        Ok(unsafe { Object::from_borrowed(this) })
    }

    fn check_count(&self, min: u32, max: u32) -> PhpResult<()> {
        // SAFETY: PHP gives a live frame.
        let count = unsafe { ffi::ami_call_count(self.raw) };
        if (min..=max).contains(&count) {
            return Ok(());
        }
        // SAFETY: within a call.
        unsafe { ffi::ami_wrong_count(min, max) };
        Err(Thrown::Exception)
    }

    /// The argument, where one was given.
    fn given(&self, index: u32) -> Option<*mut RawValue> {
        // SAFETY: PHP gives a live frame with as many arguments as it says.
        unsafe {
            let arg = (index < ffi::ami_call_count(self.raw)).then(|| ffi::ami_call_arg(self.raw, index))?;
            (!(*arg).is_undefined()).then_some(arg)
        }
    }

    fn required(&self, index: u32) -> PhpResult<*mut RawValue> {
        self.given(index).ok_or_else(|| exception::error("an argument is missing"))
    }

    pub(super) fn arg<T: ParseAbsent>(&self, index: u32) -> PhpResult<T> {
        T::parse_absent(self, index)
    }

    pub(super) fn arg_or<T: Parse>(&self, index: u32, default: impl FnOnce() -> T) -> PhpResult<T> {
        match self.given(index) {
            // SAFETY: an argument of this call.
            Some(arg) => unsafe { T::parse(arg, index + 1) },
            None => Ok(default()),
        }
    }

    pub(super) fn object(&self, index: u32, class: Class) -> PhpResult<Object> {
        parse_object(self.required(index)?, index + 1, class)
    }

    pub(super) fn object_or(
        &self,
        index: u32,
        class: Class,
        default: impl FnOnce() -> Object,
    ) -> PhpResult<Object> {
        match self.given(index) {
            Some(arg) => parse_object(arg, index + 1, class),
            None => Ok(default()),
        }
    }

    pub(super) fn object_if_given(&self, index: u32, class: Class) -> PhpResult<Option<Object>> {
        let Some(arg) = self.given(index) else { return Ok(None) };
        let mut out = ptr::null_mut();
        // SAFETY: an argument of this call; what is parsed is live as long as it.
        unsafe {
            if !ffi::ami_parse_object(arg, index + 1, class.entry(), true, &raw mut out) {
                return Err(Thrown::Exception);
            }
            Ok(if out.is_null() { None } else { Value::from_borrowed(out).object() })
        }
    }

    /// An object of a class of PHP's own, or null.
    pub(super) fn foreign_if_given(&self, index: u32, class: &str) -> PhpResult<Option<Object>> {
        let Some(arg) = self.given(index) else { return Ok(None) };
        // SAFETY: an argument of this call.
        match unsafe { Value::from_borrowed(arg) }.view() {
            View::Null => Ok(None),
            View::Object(object) if object.is_named(class) => Ok(Some(object)),
            _ => Err(wrong_type(arg, index + 1, &format!("?{class}"))),
        }
    }

    pub(super) fn array_or_string(&self, index: u32) -> PhpResult<ArrayOrStr> {
        let arg = self.required(index)?;
        let (mut array, mut string) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: an argument of this call; what is parsed is live as long as it.
        unsafe {
            if !ffi::ami_parse_array_or_string(arg, index + 1, &raw mut array, &raw mut string) {
                return Err(Thrown::Exception);
            }
            if string.is_null() {
                return Ok(ArrayOrStr::Array(Array::from_value(Value::from_borrowed(arg))));
            }
            Ok(ArrayOrStr::Str(Str::from_borrowed(string)))
        }
    }

    pub(super) fn object_or_array_if_given(&self, index: u32, class: Class) -> PhpResult<ObjectOrArray> {
        let Some(arg) = self.given(index) else { return Ok(ObjectOrArray::Array(Array::of_strings(&[]))) };
        // SAFETY: an argument of this call.
        match unsafe { Value::from_borrowed(arg) }.view() {
            View::Array(array) => Ok(ObjectOrArray::Array(array)),
            View::Object(object) if object.is(class) => Ok(ObjectOrArray::Object(object)),
            _ => Err(wrong_type(arg, index + 1, &format!("{}|array", class.name()))),
        }
    }

    pub(super) fn object_or_callable(&self, index: u32, class: Class) -> PhpResult<ObjectOrCallable> {
        let arg = self.required(index)?;
        // SAFETY: an argument of this call.
        let value = unsafe { Value::from_borrowed(arg) };
        match value.view() {
            View::Object(object) if object.is(class) => Ok(ObjectOrCallable::Object(object)),
            _ => Callable::of(&value)
                .map(ObjectOrCallable::Callable)
                .ok_or_else(|| wrong_type(arg, index + 1, &format!("{}|callable", class.name()))),
        }
    }

    /// An array that can be called is a callable.
    pub(super) fn array_or_callable(&self, index: u32) -> PhpResult<ArrayOrCallable> {
        let arg = self.required(index)?;
        // SAFETY: an argument of this call.
        let value = unsafe { Value::from_borrowed(arg) };
        if let Some(callable) = Callable::of(&value) {
            return Ok(ArrayOrCallable::Callable(callable));
        }
        match value.view() {
            View::Array(array) => Ok(ArrayOrCallable::Array(array)),
            _ => Err(wrong_type(arg, index + 1, "array|callable")),
        }
    }

    /// `array|string|int|float|bool`: what is none of them is converted as a string is.
    pub(super) fn scalar_or_array(&self, index: u32) -> PhpResult<Value> {
        let arg = self.required(index)?;
        // SAFETY: an argument of this call; what is parsed is live as long as it.
        unsafe {
            let value = Value::from_borrowed(arg);
            if !matches!(value.view(), View::Null | View::Object(_) | View::Other) {
                return Ok(value);
            }
            let mut string = ptr::null_mut();
            if ffi::ami_parse_other_as_string(arg, index + 1, &raw mut string) {
                return Ok(Str::from_borrowed(string).into_value());
            }
            Err(wrong_type(arg, index + 1, "array|string|int|float|bool"))
        }
    }
}

pub(crate) enum ArrayOrStr {
    Array(Array),
    Str(Str),
}

pub(crate) enum ObjectOrArray {
    Object(Object),
    Array(Array),
}

pub(crate) enum ObjectOrCallable {
    Object(Object),
    Callable(Callable),
}

pub(crate) enum ArrayOrCallable {
    Array(Array),
    Callable(Callable),
}

impl Class {
    pub(crate) fn name(self) -> String {
        // SAFETY: a class of ours, whose name outlives us.
        unsafe { Str::from_borrowed(ffi::ami_class_name(self.entry())) }.lossy()
    }
}

fn wrong_type(arg: *mut RawValue, num: u32, expected: &str) -> Thrown {
    let expected = exception::c_text(expected);
    // SAFETY: an argument of the call that runs; the text is copied.
    unsafe { ffi::ami_wrong_type(num, expected.as_ptr(), arg) };
    Thrown::Exception
}

fn parse_object(arg: *mut RawValue, num: u32, class: Class) -> PhpResult<Object> {
    let mut out = ptr::null_mut();
    // SAFETY: an argument of the call that runs; what is parsed is live as long as it.
    let parsed = unsafe {
        ffi::ami_parse_object(arg, num, class.entry(), false, &raw mut out)
            .then(|| Value::from_borrowed(out).object())
    };
    parsed.flatten().ok_or(Thrown::Exception)
}

/// What `arg` can give: a required argument, or an optional one that may be null.
pub(crate) trait ParseAbsent: Sized {
    fn parse_absent(call: &Call, index: u32) -> PhpResult<Self>;
}

impl<T: Parse> ParseAbsent for Option<T> {
    fn parse_absent(call: &Call, index: u32) -> PhpResult<Self> {
        match call.given(index) {
            // SAFETY: an argument of this call.
            Some(arg) => unsafe { T::parse_nullable(arg, index + 1) },
            None => Ok(None),
        }
    }
}

macro_rules! parse {
    ($($type:ty: |$arg:ident, $num:ident, $nullable:ident| $body:expr;)*) => { $(
        impl Parse for $type {
            unsafe fn parse($arg: *mut RawValue, $num: u32) -> PhpResult<Self> {
                let $nullable = false;
                // SAFETY: the contract of the trait; what is parsed is live as long as the argument.
                let parsed: Option<Option<Self>> = unsafe { $body };
                parsed.flatten().ok_or(Thrown::Exception)
            }

            unsafe fn parse_nullable($arg: *mut RawValue, $num: u32) -> PhpResult<Option<Self>> {
                let $nullable = true;
                // SAFETY: as above.
                let parsed: Option<Option<Self>> = unsafe { $body };
                parsed.ok_or(Thrown::Exception)
            }
        }

        impl ParseAbsent for $type {
            fn parse_absent(call: &Call, index: u32) -> PhpResult<Self> {
                // SAFETY: an argument of this call.
                unsafe { Self::parse(call.required(index)?, index + 1) }
            }
        }
    )* };
}

// None where PHP threw a TypeError, Some(None) for null.
parse! {
    Str: |arg, num, nullable| {
        let mut out = ptr::null_mut();
        ffi::ami_parse_string(arg, num, nullable, &raw mut out)
            .then(|| (!out.is_null()).then(|| Self::from_borrowed(out)))
    };
    i64: |arg, num, nullable| {
        let (mut out, mut is_null) = (0, false);
        ffi::ami_parse_int(arg, num, nullable, &raw mut out, &raw mut is_null).then(|| (!is_null).then_some(out))
    };
    f64: |arg, num, nullable| {
        let (mut out, mut is_null) = (0.0, false);
        ffi::ami_parse_float(arg, num, nullable, &raw mut out, &raw mut is_null).then(|| (!is_null).then_some(out))
    };
    bool: |arg, num, _nullable| {
        let mut out = false;
        ffi::ami_parse_bool(arg, num, &raw mut out).then_some(Some(out))
    };
    Array: |arg, num, nullable| {
        let mut out = ptr::null_mut();
        ffi::ami_parse_array(arg, num, nullable, &raw mut out)
            .then(|| (!out.is_null()).then(|| Self::from_value(Value::from_borrowed(out))))
    };
    Object: |arg, num, nullable| {
        let mut out = ptr::null_mut();
        ffi::ami_parse_object(arg, num, ptr::null_mut(), nullable, &raw mut out)
            .then(|| if out.is_null() { None } else { Value::from_borrowed(out).object() })
    };
    Callable: |arg, num, nullable| {
        if nullable && Value::from_borrowed(arg).is_null() {
            Some(None)
        } else {
            Self::from_owned(ffi::ami_callable_parse(arg, num, nullable)).map(Some)
        }
    };
    Value: |arg, _num, _nullable| Some(Some(Self::from_borrowed(arg)));
}
