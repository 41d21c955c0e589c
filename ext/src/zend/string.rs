//! Strings of PHP made fast: an array of headers is made of these.

use std::alloc::Layout;
use std::mem::offset_of;
use std::ptr;

use ext_php_rs::alloc::emalloc;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendStr, Zval};

/// As `ZendStr::new`, without its call of C for each. Needless where ext-php-rs allocates strings by itself.
fn string(bytes: &[u8]) -> ZBox<ZendStr> {
    const GC_NOT_COLLECTABLE: u32 = 1 << 4;
    const HEAD: usize = offset_of!(ZendStr, val);
    // Those PHP keeps for good.
    if bytes.len() <= 1 {
        return ZendStr::new(bytes, false);
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
        ZBox::from_raw(raw)
    }
}

/// A copy of the bytes as a value of PHP.
pub(crate) fn text(bytes: &[u8]) -> Zval {
    let mut value = Zval::new();
    value.value.str_ = string(bytes).into_raw();
    // Short ones PHP keeps for good.
    value.u1.type_info = if bytes.len() > 1 { ffi::IS_STRING_EX } else { ffi::IS_INTERNED_STRING_EX };
    value
}
