//! Conversion of values to and from PHP.

use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;

/// A copy of the value that a PHP reference points to, or of the value itself. Strings, arrays and objects
/// are shared.
pub(super) fn share(value: &Zval) -> Zval {
    value.dereference().shallow_clone()
}

/// Converts to a PHP value. Null if ext-php-rs refuses it, such as an integer beyond PHP's range.
pub(crate) fn zval(value: impl IntoZval) -> Zval {
    value.into_zval(false).unwrap_or_default()
}

/// An argument that must be given and may be null. ext-php-rs treats every `Option` as an argument that can
/// be left out. The class declares null when it is registered.
pub(crate) struct OrNull<T>(pub(crate) Option<T>);

impl<T: for<'a> FromZval<'a>> FromZval<'_> for OrNull<T> {
    const TYPE: DataType = T::TYPE;

    fn from_zval(value: &Zval) -> Option<Self> {
        Option::from_zval(value).map(Self)
    }
}
