//! PHP's arrays: read as they are, built before anybody else sees them.

use std::mem::ManuallyDrop;

use super::ffi::{self, RawArray, RawValue};
use super::names::Interned;
use super::string::Str;
use super::value::{IntoValue, Value, View};

/// One reference to an array.
#[derive(Clone)]
pub(crate) struct Array(Value);

/// A key of an array.
pub(crate) enum Key {
    Int(i64),
    Str(Str),
}

impl Key {
    /// The key as the text that PHP code would write.
    pub(crate) fn text(&self) -> Vec<u8> {
        match self {
            Self::Int(index) => index.to_string().into_bytes(),
            Self::Str(name) => name.to_vec(),
        }
    }
}

impl Array {
    /// # Safety
    ///
    /// `value` is an array.
    pub(super) unsafe fn from_value(value: Value) -> Self {
        Self(value)
    }

    pub(crate) fn of_strings(texts: &[&str]) -> Self {
        texts.iter().collect()
    }

    pub(super) fn into_inner(self) -> Value {
        self.0
    }

    pub(super) fn as_raw(&self) -> *mut RawArray {
        self.0.payload() as *mut RawArray
    }

    pub(crate) fn len(&self) -> usize {
        // SAFETY: live as long as `self`.
        unsafe { ffi::ami_array_count(self.as_raw()) as usize }
    }

    /// True where the keys are 0, 1, 2 and so on.
    pub(crate) fn is_list(&self) -> bool {
        // SAFETY: live as long as `self`.
        unsafe { ffi::ami_array_is_list(self.as_raw()) }
    }

    pub(crate) fn get(&self, key: &str) -> Option<Value> {
        // SAFETY: the array is live, and so is what it holds until it changes, which no code does here.
        unsafe {
            let found = ffi::ami_array_find(self.as_raw(), key.as_ptr().cast(), key.len());
            (!found.is_null()).then(|| Value::from_borrowed(found))
        }
    }

    pub(crate) fn iter(&self) -> Iter {
        Iter { array: self.clone(), position: 0 }
    }

    /// A copy with room for changes.
    pub(crate) fn to_builder(&self) -> Builder {
        let mut raw = RawValue::NULL;
        // SAFETY: live as long as `self`; the copy passes to the value.
        unsafe { ffi::ami_zval_array(&raw mut raw, ffi::ami_array_dup(self.as_raw())) };
        // SAFETY: the new array, owned by the value.
        Builder(Self(unsafe { Value::from_owned(raw) }))
    }

    /// The elements as strings, where every one is a string.
    pub(crate) fn strings(&self) -> Option<Vec<Str>> {
        self.iter()
            .map(|(_, value)| match value.view() {
                View::Str(text) => Some(text),
                _ => None,
            })
            .collect()
    }
}

impl<T: AsRef<str>> FromIterator<T> for Array {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut list = Builder::new(0);
        for text in texts {
            list.push(text.as_ref());
        }
        list.finish()
    }
}

/// Walks over an array, which it keeps alive and unchanged: PHP copies before it writes to a shared one.
pub(crate) struct Iter {
    array: Array,
    position: u32,
}

impl Iterator for Iter {
    type Item = (Key, Value);

    fn next(&mut self) -> Option<(Key, Value)> {
        let mut name = std::ptr::null_mut();
        let mut index = 0;
        // SAFETY: a live array; what it gives lives until we let go of the array, and is copied before.
        unsafe {
            let value = ffi::ami_array_next(
                self.array.as_raw(),
                &raw mut self.position,
                &raw mut name,
                &raw mut index,
            );
            if value.is_null() {
                return None;
            }
            #[expect(clippy::cast_possible_wrap, reason = "the bits of zend_long")]
            let key =
                if name.is_null() { Key::Int(index as i64) } else { Key::Str(Str::from_borrowed(name)) };
            Some((key, Value::from_borrowed(value)))
        }
    }
}

/// An array that nobody else holds.
pub(crate) struct Builder(Array);

impl Builder {
    pub(crate) fn new(capacity: usize) -> Self {
        let mut raw = RawValue::NULL;
        let capacity = u32::try_from(capacity).unwrap_or(0);
        // SAFETY: a new array, whose only reference passes to the value.
        unsafe {
            ffi::ami_zval_array(&raw mut raw, ffi::ami_array_new(capacity));
            Self(Array(Value::from_owned(raw)))
        }
    }

    pub(crate) fn push(&mut self, value: impl IntoValue) {
        let mut raw = value.into_value().into_raw();
        // SAFETY: unshared, see the type; the value passes to the array.
        unsafe { ffi::ami_array_push(self.0.as_raw(), &raw mut raw) }
    }

    /// As `$array[$key] = $value`: "12" becomes 12.
    pub(crate) fn set(&mut self, key: impl AsRef<[u8]>, value: impl IntoValue) {
        let key = key.as_ref();
        let mut raw = value.into_value().into_raw();
        // SAFETY: unshared, see the type; the value passes to the array, the key is copied.
        unsafe { ffi::ami_array_set(self.0.as_raw(), key.as_ptr().cast(), key.len(), &raw mut raw) }
    }

    /// As `set`; what is there already becomes a list, at the end of which the value is put.
    pub(crate) fn add(&mut self, key: &[u8], value: impl IntoValue) {
        let raw = value.into_value().into_raw();
        // SAFETY: unshared, see the type; the key is copied.
        unsafe {
            let place = ffi::ami_array_place(self.0.as_raw(), key.as_ptr().cast(), key.len());
            put_beside(place, raw);
        }
    }

    /// As `add`, for a text under one of the usual names.
    pub(crate) fn add_text(&mut self, key: &Interned, text: &[u8]) {
        let (array, bytes, len) = (self.0.as_raw(), text.as_ptr().cast(), text.len());
        // SAFETY: unshared, see the type; the key lives as long as the process, the text is copied.
        unsafe {
            let place = ffi::ami_array_add_text(array, key.as_raw(), bytes, len);
            if !place.is_null() {
                put_beside(place, text.into_value().into_raw());
            }
        }
    }

    /// As `unset($array[$key])`.
    pub(crate) fn remove(&mut self, key: &[u8]) {
        // SAFETY: unshared, see the type.
        unsafe { ffi::ami_array_remove(self.0.as_raw(), key.as_ptr().cast(), key.len()) }
    }

    pub(crate) fn finish(self) -> Array {
        self.0
    }
}

/// Puts a value into a place of an array that is null so far, or at the end of the list there.
///
/// # Safety
///
/// `place` is one of an unshared array, as is the list in it that was made here, and live until something else is put
/// into the array; `raw` is owned and passes to it.
unsafe fn put_beside(place: *mut RawValue, mut raw: RawValue) {
    // SAFETY: by contract. What is in the place stays its own, or passes to the new list.
    unsafe {
        let there = ManuallyDrop::new(Value::from_owned(*place));
        match there.view() {
            View::Null => (*place).replace(raw),
            View::Array(list) => {
                let array = list.as_raw();
                drop(list);
                ffi::ami_array_push(array, &raw mut raw);
            }
            _ => {
                let mut list = Builder::new(2);
                list.push(ManuallyDrop::into_inner(there));
                list.push(Value::from_owned(raw));
                (*place).replace(list.finish().into_value().into_raw());
            }
        }
    }
}
