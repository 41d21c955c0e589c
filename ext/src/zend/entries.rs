//! The entries of an array, read where they lie. Needless where ext-php-rs's `Iter` does not ask PHP by four calls for
//! each of them, and copies no key.

use ext_php_rs::ffi;
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};

/// Every key and its value. PHP copies before it writes to an array that Rust holds too.
pub(crate) fn entries(table: &ZendHashTable) -> impl Iterator<Item = (ArrayKey<'_>, &Zval)> {
    const HASH_FLAG_PACKED: u32 = 1 << 2;
    // SAFETY: PHP says by the flag what the entries are, and by their number how many.
    let (is_packed, lists) = unsafe { (table.u.flags & HASH_FLAG_PACKED != 0, &table.__bindgen_anon_1) };
    (0..table.nNumUsed).filter_map(move |at| {
        // SAFETY: as above; keys and values are live as long as their array.
        unsafe {
            let (key, value) = if is_packed {
                (ArrayKey::Long(i64::from(at)), &*lists.arPacked.add(at as usize))
            } else {
                let bucket = &*lists.arData.add(at as usize);
                let index = || ArrayKey::Long(bucket.h.cast_signed());
                (bucket.key.as_ref().map_or_else(index, ArrayKey::ZendString), &bucket.val)
            };
            // What was removed leaves a hole.
            (u32::from(value.u1.v.type_) != ffi::IS_UNDEF).then_some((key, value))
        }
    })
}
