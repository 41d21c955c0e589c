//! The usual names of headers as keys of arrays. `ZendHashTable` takes two look-ups to find an entry and to fill it, and
//! hashes a key of bytes each time. Needless where its `entry` looks up once.

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::ffi;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};
use rustc_hash::FxHashMap;

use super::lacking;
use super::string;

/// Interned strings: PHP keeps them as long as the module, and neither changes nor counts them.
type Names = FxHashMap<Box<[u8]>, *const ZendStr>;

/// Made anew at each start-up: PHP frees interned strings when it unloads the module.
static NAMES: AtomicPtr<Names> = AtomicPtr::new(ptr::null_mut());

/// Interns the lower-case names of headers, at start-up: PHP keeps no strings that are interned later. The array of a usual
/// event then allocates no key, and hashes none.
pub(crate) fn intern(headers: impl Iterator<Item = String>) {
    let lower =
        |name: &String| ZendStr::new_interned(name.to_ascii_lowercase(), true).into_raw().cast_const();
    let names: Names = headers.map(|name| (name.as_bytes().into(), lower(&name))).collect();
    NAMES.store(Box::into_raw(Box::new(names)), Ordering::Release);
}

/// The lower-case name of a usual header that is spelled as Asterisk spells it. None of them is a number.
pub(crate) fn lower_name(header: &[u8]) -> Option<&'static ZendStr> {
    // SAFETY: null, or what `intern` made, which is never freed; and PHP keeps the names.
    unsafe { NAMES.load(Ordering::Relaxed).as_ref()?.get(header)?.as_ref() }
}

/// Puts a text under a key that is no number, unless the array has an entry there: then the entry is returned. Writes only
/// the value and the type of the entry, because its third word belongs to PHP's hash table.
#[inline]
pub(crate) fn insert<'a>(array: &'a mut ZendHashTable, key: &ZendStr, text: &[u8]) -> Option<&'a mut Zval> {
    // SAFETY: PHP takes a reference of its own to the key. The entry is null where it is new, and lasts as long as nothing
    // else is inserted.
    unsafe {
        let entry = lacking::zend_hash_lookup(array, key.as_ptr().cast_mut());
        if (*entry).u1.type_info != ffi::IS_NULL {
            return entry.as_mut();
        }
        let text = ManuallyDrop::new(string::text(text));
        ((*entry).value, (*entry).u1) = (text.value, text.u1);
        None
    }
}
