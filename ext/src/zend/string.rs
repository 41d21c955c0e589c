//! Strings of PHP that are made fast: an array of headers has twenty of them.

use std::alloc::Layout;
use std::mem::offset_of;
use std::ptr;

use ext_php_rs::alloc::emalloc;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendStr, Zval};

/// A copy of the bytes as a value of PHP. Needless where `ZendStr::new` does not call C for each string.
#[inline]
pub(crate) fn text(bytes: &[u8]) -> Zval {
    const GC_NOT_COLLECTABLE: u32 = 1 << 4;
    const HEAD: usize = offset_of!(ZendStr, val);
    let mut value = Zval::new();
    // PHP has these as interned strings.
    if bytes.len() <= 1 {
        value.value.str_ = ZendStr::new(bytes, false).into_raw();
        value.u1.type_info = ffi::IS_INTERNED_STRING_EX;
        return value;
    }
    // SAFETY: PHP's allocator returns that many bytes, aligned to eight, or does not return; all of them are written.
    unsafe {
        let size = (HEAD + bytes.len() + 1).next_multiple_of(8);
        let string: *mut ZendStr = emalloc(Layout::from_size_align_unchecked(size, 8)).cast();
        (*string).gc.refcount = 1;
        (*string).gc.u.type_info = ffi::IS_STRING | GC_NOT_COLLECTABLE;
        (*string).h = 0;
        (*string).len = bytes.len();
        let text = string.cast::<u8>().add(HEAD);
        ptr::copy_nonoverlapping(bytes.as_ptr(), text, bytes.len());
        text.add(bytes.len()).write(0);
        value.value.str_ = string;
    }
    value.u1.type_info = ffi::IS_STRING_EX;
    value
}
