//! A value of PHP, owned; what Rust gives to PHP becomes one by [`IntoValue`].

use std::ffi::CStr;

use super::array::Array;
use super::ffi::{self, RawString};
pub(crate) use super::ffi::RawValue;
use super::object::Object;
use super::string::Str;

const UNDEFINED: u32 = 0;
const NULL: u32 = 1;
const FALSE: u32 = 2;
const TRUE: u32 = 3;
const INT: u32 = 4;
const FLOAT: u32 = 5;
const STRING: u32 = 6;
const ARRAY: u32 = 7;
const OBJECT: u32 = 8;

impl RawValue {
    pub(super) const NULL: Self = Self { payload: 0, type_info: NULL, extra: 0 };

    /// Where a string, an array or an object lies.
    #[expect(clippy::cast_possible_truncation, reason = "PHP is built for 64 bits here: glue.c asserts it")]
    pub(super) fn address(self) -> usize {
        self.payload as usize
    }

    pub(super) fn is_undefined(self) -> bool {
        self.type_info & 0xff == UNDEFINED
    }

    /// The string, where it is one.
    pub(super) fn string(self) -> Option<*const RawString> {
        (self.type_info & 0xff == STRING).then(|| self.address() as *const RawString)
    }
}

/// One reference to a value of PHP.
#[repr(transparent)]
pub(crate) struct Value(RawValue);

/// What a value is.
pub(crate) enum View {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Str),
    Array(Array),
    Object(Object),
    /// A resource.
    Other,
}

impl Value {
    pub(crate) const NULL: Self = Self(RawValue::NULL);

    /// # Safety
    ///
    /// `raw` holds a value, one reference to which passes to the result.
    pub(super) unsafe fn from_owned(raw: RawValue) -> Self {
        Self(raw)
    }

    /// # Safety
    ///
    /// `raw` points to a live value.
    pub(super) unsafe fn from_borrowed(raw: *mut RawValue) -> Self {
        let mut copy = RawValue::NULL;
        // SAFETY: live by contract; the copy holds a reference of its own.
        unsafe { ffi::ami_zval_copy(&raw mut copy, raw) };
        Self(copy)
    }

    pub(super) fn into_raw(self) -> RawValue {
        let raw = self.0;
        std::mem::forget(self);
        raw
    }

    /// For functions that read or take over a zval behind a pointer.
    pub(super) fn as_raw(&self) -> *mut RawValue {
        (&raw const self.0).cast_mut()
    }

    pub(crate) fn view(&self) -> View {
        #[expect(clippy::cast_possible_wrap, reason = "the bits of zend_long")]
        let int = self.0.payload as i64;
        let pointer = self.0.address();
        // SAFETY: the type says what the payload points to, and it lives as long as `self`.
        unsafe {
            match self.0.type_info & 0xff {
                UNDEFINED | NULL => View::Null,
                FALSE => View::Bool(false),
                TRUE => View::Bool(true),
                INT => View::Int(int),
                FLOAT => View::Float(f64::from_bits(self.0.payload)),
                STRING => View::Str(Str::from_borrowed(pointer as *mut _)),
                ARRAY => View::Array(Array::from_value(self.clone())),
                OBJECT => View::Object(Object::from_borrowed(pointer as *mut _)),
                _ => View::Other,
            }
        }
    }

    pub(crate) fn is_null(&self) -> bool {
        self.0.type_info & 0xff <= NULL
    }

    /// True for a typed property without a value.
    pub(super) fn is_undefined(&self) -> bool {
        self.0.is_undefined()
    }

    pub(crate) fn object(&self) -> Option<Object> {
        match self.view() {
            View::Object(object) => Some(object),
            _ => None,
        }
    }

    pub(super) fn payload(&self) -> usize {
        self.0.address()
    }

    /// The type as PHP's messages name it: "int", "null", a class.
    pub(crate) fn type_name(&self) -> String {
        // SAFETY: a live value; PHP gives the name of a type or class, which outlives this call.
        unsafe { CStr::from_ptr(ffi::ami_zval_type_name(self.as_raw())) }.to_string_lossy().into_owned()
    }
}

impl Clone for Value {
    fn clone(&self) -> Self {
        // SAFETY: live as long as `self`.
        unsafe { Self::from_borrowed(self.as_raw()) }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        if self.0.type_info > FLOAT {
            // SAFETY: the reference that `self` owns.
            unsafe { ffi::ami_zval_release(&raw mut self.0) }
        }
    }
}

/// What a method may return, a property or an array hold.
pub(crate) trait IntoValue {
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for () {
    fn into_value(self) -> Value {
        Value::NULL
    }
}

impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value(RawValue { payload: 0, type_info: if self { TRUE } else { FALSE }, extra: 0 })
    }
}

impl IntoValue for i64 {
    #[expect(clippy::cast_sign_loss, reason = "the bits of zend_long")]
    fn into_value(self) -> Value {
        Value(RawValue { payload: self as u64, type_info: INT, extra: 0 })
    }
}

/// PHP has no unsigned numbers: what does not fit is shown as the largest.
impl IntoValue for u64 {
    fn into_value(self) -> Value {
        i64::try_from(self).unwrap_or(i64::MAX).into_value()
    }
}

impl IntoValue for usize {
    fn into_value(self) -> Value {
        i64::try_from(self).unwrap_or(i64::MAX).into_value()
    }
}

impl IntoValue for u32 {
    fn into_value(self) -> Value {
        i64::from(self).into_value()
    }
}

impl IntoValue for f64 {
    fn into_value(self) -> Value {
        Value(RawValue { payload: self.to_bits(), type_info: FLOAT, extra: 0 })
    }
}

impl IntoValue for Str {
    fn into_value(self) -> Value {
        let mut raw = RawValue::NULL;
        // SAFETY: the reference of `self` passes to the value.
        unsafe { ffi::ami_zval_string(&raw mut raw, self.into_raw()) };
        Value(raw)
    }
}

impl IntoValue for &[u8] {
    fn into_value(self) -> Value {
        Str::new(self).into_value()
    }
}

impl IntoValue for &str {
    fn into_value(self) -> Value {
        self.as_bytes().into_value()
    }
}

impl IntoValue for String {
    fn into_value(self) -> Value {
        self.as_bytes().into_value()
    }
}

impl IntoValue for Array {
    fn into_value(self) -> Value {
        self.into_inner()
    }
}

impl IntoValue for Object {
    fn into_value(self) -> Value {
        let mut raw = RawValue::NULL;
        // SAFETY: the reference of `self` passes to the value.
        unsafe { ffi::ami_zval_object(&raw mut raw, self.into_raw()) };
        Value(raw)
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::NULL, IntoValue::into_value)
    }
}
