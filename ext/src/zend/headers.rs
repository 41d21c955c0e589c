//! Texts put into arrays under keys, those of one key beside each other: `ZendHashTable` finds a place and fills it by
//! two look-ups, and hashes a key of bytes each time. Needless where its `entry` takes strings that PHP keeps.

use std::mem::ManuallyDrop;
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::boxed::ZBox;
use ext_php_rs::ffi;
use ext_php_rs::types::{ArrayKey, ZendHashTable, ZendStr, Zval};
use rustc_hash::FxHashMap;

use super::lacking;
use super::string;

/// A string that lives as long as the module and is never changed, nor counted. None of them is a number.
pub(crate) struct Interned(*mut ZendStr);

type Names = FxHashMap<Box<[u8]>, Interned>;

/// Made anew at each start-up: with the module PHP frees what it keeps for good.
static NAMES: AtomicPtr<Names> = AtomicPtr::new(ptr::null_mut());

/// Makes the lower-case names of headers, when PHP loads the extension: only then does it keep strings for good. An
/// array of a usual event then takes no memory for its keys, and hashes none.
pub(crate) fn intern(headers: impl Iterator<Item = String>) {
    let lower = |name: &String| Interned(ZendStr::new_interned(name.to_ascii_lowercase(), true).into_raw());
    let names: Names = headers.map(|name| (name.as_bytes().into(), lower(&name))).collect();
    NAMES.store(Box::into_raw(Box::new(names)), Ordering::Release);
}

/// The lower-case name of a header that is spelled as Asterisk spells it; None where it is not one of the usual.
pub(crate) fn lower_name(header: &[u8]) -> Option<&'static Interned> {
    // SAFETY: null or what `intern` made, which is never freed.
    unsafe { NAMES.load(Ordering::Relaxed).as_ref() }?.get(header)
}

/// Puts a text into an array that nobody else holds. What is there already becomes a list, at the end of which the text
/// is put.
pub(crate) fn add(array: &mut ZBox<ZendHashTable>, key: &[u8], text: &[u8]) {
    let array = &raw mut **array;
    let name = string::text(key);
    let index = match name.zend_str().map(ArrayKey::from) {
        Some(ArrayKey::Long(index)) => Some(index.cast_unsigned()),
        _ => None,
    };
    // SAFETY: unshared, as above; PHP takes a reference of its own to the key.
    unsafe {
        let entry = match index {
            Some(index) => lacking::zend_hash_index_lookup(array, index),
            None => lacking::zend_hash_lookup(array, name.value.str_),
        };
        put_beside(entry, text);
    }
}

/// As `add`, under one of the usual names.
pub(crate) fn add_under(array: &mut ZBox<ZendHashTable>, key: &Interned, text: &[u8]) {
    // SAFETY: unshared, as above; the key lives as long as the process.
    unsafe { put_beside(lacking::zend_hash_lookup(&raw mut **array, key.0), text) }
}

/// Puts a text where null is so far, or at the end of the list there. Of an entry only value and type are written: what
/// lies behind them chains it to the next.
///
/// # Safety
///
/// `entry` is one of an unshared array, as is the list in it that was made here, and live until something else is put
/// into the array.
#[inline]
unsafe fn put_beside(entry: *mut Zval, text: &[u8]) {
    // SAFETY: by contract.
    unsafe {
        if (*entry).u1.type_info == ffi::IS_NULL {
            (*entry).value.str_ = string::copy(text);
            (*entry).u1.type_info = string::type_of(text);
        } else {
            put_second(entry, text);
        }
    }
}

/// Puts a text at the end of the list there, which is made of the first text where there is none.
///
/// # Safety
///
/// As of `put_beside`.
#[cold]
unsafe fn put_second(entry: *mut Zval, text: &[u8]) {
    // SAFETY: by contract. What is in the entry stays its own, or passes to the new list.
    unsafe {
        let mut value = ManuallyDrop::new(string::text(text));
        if (*entry).is_array() {
            ffi::zend_hash_next_index_insert((*entry).value.arr, &raw mut *value);
            return;
        }
        let mut list = ZendHashTable::with_capacity(2);
        ffi::zend_hash_next_index_insert(&raw mut *list, entry);
        ffi::zend_hash_next_index_insert(&raw mut *list, &raw mut *value);
        (*entry).value.arr = list.into_raw();
        (*entry).u1.type_info = ffi::IS_ARRAY_EX;
    }
}
