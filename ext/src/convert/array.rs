//! Arrays of PHP: ext-php-rs reads keys as UTF-8 only, and copies an array to own it.

use std::ops::Deref;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::{FromZval, IntoZval, StubLiteral};
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ArrayKey, ZendHashTable, ZendStr, Zval};

use super::text::Str;
use super::value::{share, zval};
use crate::zend::entries::entries;
use crate::zend::headers::{self, Interned};

/// One reference to an array.
pub(crate) struct Array(Zval);

/// A key of an array.
#[derive(Clone, Copy)]
pub(crate) enum Key<'a> {
    Int(i64),
    Str(&'a [u8]),
}

impl Key<'_> {
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
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key<'_>, &Zval)> {
        entries(self).filter_map(|(key, value)| match key {
            ArrayKey::Long(index) => Some((Key::Int(index), value.dereference())),
            ArrayKey::ZendString(name) => Some((Key::Str(name.as_bytes()), value.dereference())),
            // Keys that no array has.
            ArrayKey::String(_) | ArrayKey::Str(_) => None,
        })
    }

    /// A copy with room for changes.
    pub(crate) fn to_builder(&self) -> Builder {
        Builder(ZendHashTable::to_owned(self))
    }

    /// The elements as strings, where every one is a string.
    pub(crate) fn strings(&self) -> Option<Vec<Str>> {
        self.iter().map(|(_, value)| Str::from_zval(value)).collect()
    }
}

impl Deref for Array {
    type Target = ZendHashTable;

    fn deref(&self) -> &ZendHashTable {
        self.0.array().expect("an array, see how one is made")
    }
}

impl AsRef<Zval> for Array {
    fn as_ref(&self) -> &Zval {
        &self.0
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

    fn into_zval(self, _: bool) -> Result<Zval> {
        Ok(self.0)
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
        // What cannot be converted became null.
        let _ = self.0.push(zval(value));
    }

    /// As `$array[$key] = $value`: "12" becomes 12.
    pub(crate) fn set(&mut self, key: impl AsRef<[u8]>, value: impl IntoZval) {
        // As above.
        let _ = self.0.insert(&ZendStr::new(key, false), zval(value));
    }

    /// As `set`; what is there already becomes a list, at the end of which the text is put.
    pub(crate) fn add(&mut self, key: &[u8], text: &[u8]) {
        headers::add(&mut self.0, key, text);
    }

    /// As `add`, under one of the usual names.
    pub(crate) fn add_under(&mut self, key: &Interned, text: &[u8]) {
        headers::add_under(&mut self.0, key, text);
    }

    /// As `unset($array[$key])`.
    pub(crate) fn remove(&mut self, key: &[u8]) {
        drop(self.0.remove(&ZendStr::new(key, false)));
    }

    pub(crate) fn finish(self) -> Array {
        Array(zval(self.0))
    }
}
