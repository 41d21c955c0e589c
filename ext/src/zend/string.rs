//! Strings of PHP made fast: an array of headers is made of these.

use std::alloc::Layout;
use std::mem::offset_of;
use std::ptr;

use ext_php_rs::alloc::emalloc;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendStr, Zval};

/// As `ZendStr::new`, without its call of C for each. Needless where ext-php-rs allocates strings by itself.
/// The one reference to the string is the caller's to keep.
pub(super) fn copy(bytes: &[u8]) -> *mut ZendStr {
    const GC_NOT_COLLECTABLE: u32 = 1 << 4;
    const HEAD: usize = offset_of!(ZendStr, val);
    // Those PHP keeps for good.
    if bytes.len() <= 1 {
        return ZendStr::new(bytes, false).into_raw();
    }
    // SAFETY: PHP's allocator gives so much, aligned to eight bytes, or does not return; all of it is written.
    unsafe {
        let size = (HEAD + bytes.len() + 1).next_multiple_of(8);
        let raw: *mut ZendStr = emalloc(Layout::from_size_align_unchecked(size, 8)).cast();
        (*raw).gc.refcount = 1;
        (*raw).gc.u.type_info = ffi::IS_STRING | GC_NOT_COLLECTABLE;
        (*raw).h = 0;
        (*raw).len = bytes.len();
        let text = raw.cast::<u8>().add(HEAD);
        ptr::copy_nonoverlapping(bytes.as_ptr(), text, bytes.len());
        text.add(bytes.len()).write(0);
        raw
    }
}

/// A copy of the bytes as a value of PHP.
pub(crate) fn text(bytes: &[u8]) -> Zval {
    let mut value = Zval::new();
    value.value.str_ = copy(bytes);
    value.u1.type_info = type_of(bytes);
    value
}

/// The type of a value that holds a copy of the bytes: short ones PHP keeps for good.
pub(super) fn type_of(bytes: &[u8]) -> u32 {
    if bytes.len() > 1 { ffi::IS_STRING_EX } else { ffi::IS_INTERNED_STRING_EX }
}
