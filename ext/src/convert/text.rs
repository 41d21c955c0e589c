//! PHP strings as bytes. ext-php-rs reads arguments as UTF-8 only.

use std::ops::Deref;

use ext_php_rs::convert::{FromZval, IntoZval, StubLiteral};
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendStr, Zval};

use crate::zend::string;

/// A counted reference to a PHP string. It is bytes and does not change.
#[derive(Debug)]
pub(crate) struct Str(Zval);

impl Str {
    /// Makes a PHP string with a copy of `bytes`. PHP's interned strings are used for the empty string and
    /// single bytes.
    pub(crate) fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(string::text(bytes.as_ref()))
    }

    /// The text. Invalid UTF-8 is replaced.
    pub(crate) fn lossy(&self) -> String {
        String::from_utf8_lossy(self).into_owned()
    }
}

impl Deref for Str {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.zend_str().map_or(b"", ZendStr::as_bytes)
    }
}

impl Clone for Str {
    fn clone(&self) -> Self {
        Self(self.0.shallow_clone())
    }
}

impl FromZval<'_> for Str {
    const TYPE: DataType = DataType::String;

    fn from_zval(value: &Zval) -> Option<Self> {
        let value = value.dereference();
        value.is_string().then(|| Self(value.shallow_clone()))
    }
}

impl IntoZval for Str {
    const TYPE: DataType = DataType::String;
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> Result<()> {
        *value = self.0;
        Ok(())
    }

    fn into_zval(self, _: bool) -> Result<Zval> {
        Ok(self.0)
    }
}

impl StubLiteral for Str {
    fn stub_literal(&self) -> String {
        self.lossy().stub_literal()
    }
}
