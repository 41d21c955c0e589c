//! Values on their way to PHP and from it.

use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;

/// One more reference to what a reference of PHP's refers to.
pub(super) fn share(value: &Zval) -> Zval {
    value.dereference().shallow_clone()
}

/// A value of PHP. Null where ext-php-rs refuses one, as it does a number that is none of PHP's.
pub(crate) fn zval(value: impl IntoZval) -> Zval {
    value.into_zval(false).unwrap_or_default()
}

/// An argument that may be null, but has to be given: ext-php-rs takes each `Option` for one that may be left out. That
/// it may be null its class says at start-up.
pub(crate) struct OrNull<T>(pub(crate) Option<T>);

impl<T: for<'a> FromZval<'a>> FromZval<'_> for OrNull<T> {
    const TYPE: DataType = T::TYPE;

    fn from_zval(value: &Zval) -> Option<Self> {
        Option::from_zval(value).map(Self)
    }
}
