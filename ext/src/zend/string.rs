//! PHP's strings: bytes, counted, immutable.

use std::ops::Deref;
use std::ptr::NonNull;

use super::ffi::{self, RawString};

/// One reference to a string of PHP.
pub(crate) struct Str(NonNull<RawString>);

impl Str {
    /// A copy of `bytes` on PHP's heap; none for the empty string and for single bytes.
    pub(crate) fn new(bytes: &[u8]) -> Self {
        // SAFETY: pointer and length are those of a slice; PHP's allocator gives memory or does not return.
        unsafe { Self::from_owned(ffi::ami_string_new(bytes.as_ptr().cast(), bytes.len())) }
    }

    /// # Safety
    ///
    /// `raw` is a live string and one reference to it passes to the result.
    pub(super) unsafe fn from_owned(raw: *mut RawString) -> Self {
        // SAFETY: live, hence not null.
        Self(unsafe { NonNull::new_unchecked(raw) })
    }

    /// # Safety
    ///
    /// `raw` is a live string.
    pub(super) unsafe fn from_borrowed(raw: *mut RawString) -> Self {
        // SAFETY: live by contract; the reference taken here is the one that the result owns.
        unsafe {
            ffi::ami_string_addref(raw);
            Self::from_owned(raw)
        }
    }

    pub(super) fn into_raw(self) -> *mut RawString {
        let raw = self.0.as_ptr();
        std::mem::forget(self);
        raw
    }

    /// The text, with what is not UTF-8 replaced.
    pub(crate) fn lossy(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

impl Deref for Str {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: the string lives as long as our reference, and no string of PHP changes while it is shared.
        unsafe { bytes_of(self.0.as_ptr()) }
    }
}

/// # Safety
///
/// `raw` is a string that lives, and does not change, as long as the result is used.
pub(super) unsafe fn bytes_of<'a>(raw: *const RawString) -> &'a [u8] {
    // SAFETY: by contract.
    unsafe { std::slice::from_raw_parts((&raw const (*raw).bytes).cast(), (*raw).len) }
}

impl Clone for Str {
    fn clone(&self) -> Self {
        // SAFETY: live as long as `self`.
        unsafe { Self::from_borrowed(self.0.as_ptr()) }
    }
}

impl Drop for Str {
    fn drop(&mut self) {
        // SAFETY: the reference that `self` owns.
        unsafe { ffi::ami_string_release(self.0.as_ptr()) }
    }
}
