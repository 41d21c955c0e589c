//! PHP arrays. ext-php-rs reads keys as UTF-8 only, and copies an array to own it.

use std::ops::Deref;

use ext_php_rs::boxed::ZBox;
use ext_php_rs::convert::{FromZval, IntoZval, StubLiteral};
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ArrayKey, ZendHashTable, ZendStr, Zval};

use super::text::Str;
use super::value::{share, zval};
use crate::zend::entries::entries;
use crate::zend::{headers, string};

/// A counted reference to a PHP array.
pub(crate) struct Array(Zval);

/// A key of an array.
#[derive(Clone, Copy)]
pub(crate) enum Key<'a> {
    Int(i64),
    Str(&'a [u8]),
}

impl Key<'_> {
    /// The key as text, as PHP code would write it.
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

    /// True if the keys are 0, 1, 2 and so on.
    pub(crate) fn is_list(&self) -> bool {
        self.iter()
            .enumerate()
            .all(|(at, (key, _))| matches!(key, Key::Int(index) if usize::try_from(index) == Ok(at)))
    }

    pub(crate) fn find(&self, key: &str) -> Option<Zval> {
        self.get(key).map(share)
    }

    /// Every key and value. The array cannot change meanwhile, since PHP copies a shared array before it
    /// writes to it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Key<'_>, &Zval)> {
        entries(self).filter_map(|(key, value)| match key {
            ArrayKey::Long(index) => Some((Key::Int(index), value.dereference())),
            ArrayKey::ZendString(name) => Some((Key::Str(name.as_bytes()), value.dereference())),
            // No PHP array has these kinds of keys.
            ArrayKey::String(_) | ArrayKey::Str(_) => None,
        })
    }

    /// A copy that can be changed.
    pub(crate) fn to_builder(&self) -> Builder {
        Builder(ZendHashTable::to_owned(self))
    }

    /// The elements as strings. None if one of them is not a string.
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

/// The array as the default of a parameter. It must be a list of texts.
impl StubLiteral for Array {
    fn stub_literal(&self) -> String {
        let texts = self.strings().unwrap_or_default();
        texts.iter().map(Str::lossy).collect::<Vec<_>>().stub_literal()
    }
}

/// A new array that is not shared yet.
pub(crate) struct Builder(ZBox<ZendHashTable>);

impl Builder {
    pub(crate) fn new(capacity: usize) -> Self {
        Self(ZendHashTable::with_capacity(u32::try_from(capacity).unwrap_or(0)))
    }

    pub(crate) fn push(&mut self, value: impl IntoZval) {
        // A value that cannot be converted became null, so the push cannot fail.
        let _ = self.0.push(zval(value));
    }

    /// Sets a key as `$array[$key] = $value` does: "12" becomes 12.
    pub(crate) fn set(&mut self, key: impl AsRef<[u8]>, value: impl IntoZval) {
        // This cannot fail either.
        let _ = self.0.insert(&ZendStr::new(key, false), zval(value));
    }

    /// Sets a key like `set`. If the key exists, its value becomes a list, and the text is added at the end.
    pub(crate) fn add(&mut self, key: &[u8], text: &[u8]) {
        let name = string::text(key);
        match name.zend_str().map(ArrayKey::from) {
            Some(ArrayKey::ZendString(name)) => self.add_under(name, text),
            Some(ArrayKey::Long(index)) => match self.0.get_index_mut(index) {
                Some(entry) => append(entry, text),
                None => self.set(key, Str::new(text)),
            },
            _ => {}
        }
    }

    /// Adds a text like `add`, with a key that is not a number.
    #[inline]
    pub(crate) fn add_under(&mut self, key: &ZendStr, text: &[u8]) {
        if let Some(entry) = headers::insert(&mut self.0, key, text) {
            append(entry, text);
        }
    }

    /// Removes a key as `unset($array[$key])` does.
    pub(crate) fn remove(&mut self, key: &[u8]) {
        drop(self.0.remove(&ZendStr::new(key, false)));
    }

    pub(crate) fn finish(self) -> Array {
        Array(zval(self.0))
    }
}

/// Appends a text to the list in an entry. A text there becomes a list first.
#[cold]
fn append(entry: &mut Zval, text: &[u8]) {
    if !entry.is_array() {
        let mut list = Builder::new(2);
        list.push(share(entry));
        entry.set_hashtable(list.0);
    }
    // A list has room for one more, so the push cannot fail.
    let _ = entry.array_mut().map(|list| list.push(Str::new(text)));
}
