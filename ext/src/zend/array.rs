//! Arrays of PHP: ext-php-rs reads keys as UTF-8 only, and copies an array to own it.

use std::mem::ManuallyDrop;
use std::ops::Deref;
use std::ptr;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::{FromZval, IntoZval, StubLiteral};
use ext_php_rs::error::Result;
use ext_php_rs::ffi;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendHashTable, ZendStr, Zval};

use super::lacking;
use super::names::Interned;
use super::string::{self, Str};
use super::value::{share, zval};

/// One reference to an array.
pub(crate) struct Array(Zval);

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
    pub(crate) fn empty() -> Self {
        Self(Zval::new_array())
    }

    pub(super) fn value(&self) -> &Zval {
        &self.0
    }

    /// True where the keys are 0, 1, 2 and so on.
    pub(crate) fn is_list(&self) -> bool {
        self.iter()
            .enumerate()
            .all(|(at, (key, _))| matches!(key, Key::Int(index) if usize::try_from(index) == Ok(at)))
    }

    pub(crate) fn find(&self, key: &str) -> Option<Zval> {
        self.get(key).map(share)
    }

    /// Every key and value, the array unchanged meanwhile: PHP copies before it writes to a shared one.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key, Zval)> {
        const HASH_FLAG_PACKED: u32 = 1 << 2;
        let table: &ZendHashTable = self;
        // SAFETY: PHP says by the flag what the entries are, and by their number how many.
        let (is_packed, entries) =
            unsafe { (table.u.flags & HASH_FLAG_PACKED != 0, &table.__bindgen_anon_1) };
        (0..table.nNumUsed).filter_map(move |at| {
            // SAFETY: as above; a key is live as long as its entry.
            unsafe {
                let (value, key) = if is_packed {
                    (entries.arPacked.add(at as usize), ptr::null_mut())
                } else {
                    let bucket = entries.arData.add(at as usize);
                    (&raw mut (*bucket).val, (*bucket).key)
                };
                // What was removed leaves a hole.
                if u32::from((*value).u1.v.type_) == ffi::IS_UNDEF {
                    return None;
                }
                let key = match (is_packed, key.is_null()) {
                    (true, _) => Key::Int(i64::from(at)),
                    #[expect(clippy::cast_possible_wrap, reason = "the bits of zend_long")]
                    (false, true) => Key::Int((*entries.arData.add(at as usize)).h as i64),
                    (false, false) => Key::Str(Str::share(key)),
                };
                Some((key, share(&*value)))
            }
        })
    }

    /// A copy with room for changes.
    pub(crate) fn to_builder(&self) -> Builder {
        // SAFETY: live as long as `self`; the copy is the box's own.
        Builder(unsafe { ZBox::from_raw(ffi::zend_array_dup(ptr::from_ref(&**self).cast_mut())) })
    }

    /// The elements as strings, where every one is a string.
    pub(crate) fn strings(&self) -> Option<Vec<Str>> {
        self.iter().map(|(_, value)| Str::from_zval(&value)).collect()
    }
}

impl Deref for Array {
    type Target = ZendHashTable;

    fn deref(&self) -> &ZendHashTable {
        // SAFETY: an array, see how one is made; live as long as `self`.
        unsafe { &*self.0.value.arr }
    }
}

impl Clone for Array {
    fn clone(&self) -> Self {
        Self(self.0.shallow_clone())
    }
}

impl<T: AsRef<str>> FromIterator<T> for Array {
    fn from_iter<I: IntoIterator<Item = T>>(texts: I) -> Self {
        let mut list = Builder::new(0);
        for text in texts {
            list.push(Str::new(text.as_ref()));
        }
        list.finish()
    }
}

impl FromZval<'_> for Array {
    const TYPE: DataType = DataType::Array;

    fn from_zval(value: &Zval) -> Option<Self> {
        let value = value.dereference();
        value.is_array().then(|| Self(value.shallow_clone()))
    }
}

impl IntoZval for Array {
    const TYPE: DataType = DataType::Array;
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> Result<()> {
        *value = self.0;
        Ok(())
    }
}

/// As the default of a parameter: a list of texts.
impl StubLiteral for Array {
    fn stub_literal(&self) -> String {
        let texts = self.strings().unwrap_or_default();
        texts.iter().map(Str::lossy).collect::<Vec<_>>().stub_literal()
    }
}

/// An array that nobody else holds.
pub(crate) struct Builder(ZBox<ZendHashTable>);

impl Builder {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(ZendHashTable::with_capacity(u32::try_from(capacity).unwrap_or(0)))
    }

    pub(crate) fn push(&mut self, value: impl IntoZval) {
        let mut value = ManuallyDrop::new(zval(value));
        // SAFETY: unshared, see the type; the value passes to the array.
        unsafe { ffi::zend_hash_next_index_insert(&raw mut *self.0, &raw mut *value) };
    }

    /// As `$array[$key] = $value`: "12" becomes 12.
    pub(crate) fn set(&mut self, key: impl AsRef<[u8]>, value: impl IntoZval) {
        let key = key.as_ref();
        let mut value = ManuallyDrop::new(zval(value));
        let (array, value) = (&raw mut *self.0, &raw mut *value);
        // SAFETY: unshared, see the type; the value passes to the array, the key is copied.
        unsafe {
            match index_of(key) {
                Some(index) => ffi::zend_hash_index_update(array, index, value),
                None => ffi::zend_hash_str_update(array, key.as_ptr().cast(), key.len(), value),
            };
        }
    }

    /// As `set`; what is there already becomes a list, at the end of which the value is put.
    pub(crate) fn add(&mut self, key: &[u8], text: &[u8]) {
        let array = &raw mut *self.0;
        // SAFETY: unshared, see the type; the key is the array's own once it is there.
        unsafe {
            let entry = match index_of(key) {
                Some(index) => lacking::zend_hash_index_lookup(array, index),
                None => lacking::zend_hash_lookup(array, &raw mut *ZendStr::new(key, false)),
            };
            put_beside(entry, text);
        }
    }

    /// As `add`, under one of the usual names.
    pub(crate) fn add_under(&mut self, key: &Interned, text: &[u8]) {
        // SAFETY: unshared, see the type; the key lives as long as the process.
        unsafe { put_beside(lacking::zend_hash_lookup(&raw mut *self.0, key.as_raw()), text) }
    }

    /// As `unset($array[$key])`.
    pub(crate) fn remove(&mut self, key: &[u8]) {
        let array = &raw mut *self.0;
        // SAFETY: unshared, see the type.
        unsafe {
            match index_of(key) {
                Some(index) => ffi::zend_hash_index_del(array, index),
                None => ffi::zend_hash_str_del(array, key.as_ptr().cast(), key.len()),
            };
        }
    }

    pub(crate) fn finish(self) -> Array {
        Array(zval(self.0))
    }
}

/// The number that PHP makes of a key: of "12", not of "012".
fn index_of(key: &[u8]) -> Option<u64> {
    let mut index = 0;
    let is_likely = key.first().is_some_and(|byte| byte.is_ascii_digit() || *byte == b'-');
    // SAFETY: pointer and length are those of a slice.
    let is_number = is_likely
        && unsafe { lacking::_zend_handle_numeric_str_ex(key.as_ptr().cast(), key.len(), &raw mut index) };
    is_number.then_some(index)
}

/// Puts a text where null is so far, or at the end of the list there. Of an entry only value and type are written: what
/// lies behind them chains it to the next.
///
/// # Safety
///
/// `entry` is one of an unshared array, as is the list in it that was made here, and live until something else is put
/// into the array.
unsafe fn put_beside(entry: *mut Zval, text: &[u8]) {
    // SAFETY: by contract. What is in the entry stays its own, or passes to the new list.
    unsafe {
        let put = |value: Zval| {
            let value = ManuallyDrop::new(value);
            (*entry).value = value.value;
            (*entry).u1 = value.u1;
        };
        if (*entry).is_null() {
            (*entry).value.str_ = string::copy(text);
            // Short ones PHP keeps for good.
            (*entry).u1.type_info =
                if text.len() > 1 { ffi::IS_STRING_EX } else { ffi::IS_INTERNED_STRING_EX };
        } else if (*entry).is_array() {
            let mut value = ManuallyDrop::new(zval(Str::new(text)));
            ffi::zend_hash_next_index_insert((*entry).value.arr, &raw mut *value);
        } else {
            let mut first = Zval::new();
            (first.value, first.u1) = ((*entry).value, (*entry).u1);
            let mut list = Builder::new(2);
            list.push(first);
            list.push(Str::new(text));
            put(zval(list.finish()));
        }
    }
}
