//! The entries of an array, read in its memory. Needless where ext-php-rs's `Iter` does not call PHP four times for each
//! entry, and copies no key.

use ext_php_rs::ffi;
use ext_php_rs::types::{ArrayKey, ZendHashTable, Zval};

/// Every key and its value. While Rust holds the array too, PHP copies it before it writes.
pub(crate) fn entries(table: &ZendHashTable) -> impl Iterator<Item = (ArrayKey<'_>, &Zval)> {
    const HASH_FLAG_PACKED: u32 = 1 << 2;
    // SAFETY: the flag says which field of the union is in use.
    let (is_packed, lists) = unsafe { (table.u.flags & HASH_FLAG_PACKED != 0, &table.__bindgen_anon_1) };
    (0..table.nNumUsed).filter_map(move |at| {
        // SAFETY: as above; keys and values live as long as their array, which has `nNumUsed` of them.
        unsafe {
            let (key, value) = if is_packed {
                (ArrayKey::Long(i64::from(at)), &*lists.arPacked.add(at as usize))
            } else {
                let bucket = &*lists.arData.add(at as usize);
                let index = || ArrayKey::Long(bucket.h.cast_signed());
                (bucket.key.as_ref().map_or_else(index, ArrayKey::ZendString), &bucket.val)
            };
            // What was removed from an array leaves IS_UNDEF.
            (u32::from(value.u1.v.type_) != ffi::IS_UNDEF).then_some((key, value))
        }
    })
}
