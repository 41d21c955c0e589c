//! A string of PHP that Rust shares: ext-php-rs owns one by `ZBox<ZendStr>`, which cannot be cloned without a copy of
//! its bytes, and reads arguments as UTF-8 only.

use std::alloc::Layout;
use std::mem::{ManuallyDrop, offset_of};
use std::ops::Deref;
use std::ptr::{self, NonNull};

use ext_php_rs::alloc::emalloc;
use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::{FromZval, IntoZval, StubLiteral};
use ext_php_rs::error::Result;
use ext_php_rs::ffi::{self, GC_IMMUTABLE};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendStr, Zval};

/// One reference to a string of PHP: bytes, counted, immutable.
pub(crate) struct Str(NonNull<ZendStr>);

impl Str {
    /// A copy of `bytes` on PHP's heap; none for the empty string and for single bytes.
    pub(crate) fn new(bytes: impl AsRef<[u8]>) -> Self {
        // SAFETY: the new string, whose only reference passes on.
        unsafe { Self(NonNull::new_unchecked(copy(bytes.as_ref()))) }
    }

    /// # Safety
    ///
    /// `raw` is a live string.
    pub(super) unsafe fn share(raw: *mut ZendStr) -> Self {
        // SAFETY: by contract; what PHP keeps for good is not counted, the rest gets the reference that the result owns.
        unsafe {
            if (*raw).gc.u.type_info & GC_IMMUTABLE == 0 {
                (*raw).gc.refcount += 1;
            }
            Self(NonNull::new_unchecked(raw))
        }
    }

    /// The text, with what is not UTF-8 replaced.
    pub(crate) fn lossy(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

/// As `ZendStr::new`, without its call of C for each: an array of headers is made of these.
///
/// # Safety
///
/// The one reference to the string is the caller's to keep.
pub(super) unsafe fn copy(bytes: &[u8]) -> *mut ZendStr {
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

impl Deref for Str {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        // SAFETY: live as long as our reference, and no string of PHP changes while it is shared.
        unsafe { self.0.as_ref() }.as_bytes()
    }
}

impl Clone for Str {
    fn clone(&self) -> Self {
        // SAFETY: live as long as `self`.
        unsafe { Self::share(self.0.as_ptr()) }
    }
}

impl Drop for Str {
    fn drop(&mut self) {
        // SAFETY: the reference that `self` owns.
        unsafe { ffi::ext_php_rs_zend_string_release(self.0.as_ptr()) }
    }
}

impl FromZval<'_> for Str {
    const TYPE: DataType = DataType::String;

    fn from_zval(value: &Zval) -> Option<Self> {
        let value = value.dereference();
        // SAFETY: a string is live as long as the value that holds it.
        value.is_string().then(|| unsafe { Self::share(value.value.str_) })
    }
}

impl IntoZval for Str {
    const TYPE: DataType = DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> Result<()> {
        // SAFETY: the reference of `self` passes to the value.
        value.set_zend_string(unsafe { ZBox::from_raw(ManuallyDrop::new(self).0.as_ptr()) });
        Ok(())
    }
}

/// As the default of a parameter.
impl StubLiteral for Str {
    fn stub_literal(&self) -> String {
        self.lossy().stub_literal()
    }
}
