//! The type and content of a PHP value. ext-php-rs can only test for one type after the other.

use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::Zval;

use super::array::Array;
use super::object::Object;
use super::text::Str;
use super::value;
use crate::zend::check;

/// A PHP value by its type.
pub(crate) enum View {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Str),
    Array(Array),
    Object(Object),
    /// A resource.
    Other,
}

/// Methods added to ext-php-rs' `Zval`.
pub(crate) trait Value {
    fn view(&self) -> View;

    /// The type in the words of PHP's messages: "int", "null", or the name of a class.
    fn type_name(&self) -> String;

    /// A copy of the value, as `value::share` makes it.
    fn share(&self) -> Self;
}

impl Value for Zval {
    fn view(&self) -> View {
        match self.dereference() {
            value if value.is_string() => Str::from_zval(value).map_or(View::Other, View::Str),
            value if value.is_array() => Array::from_zval(value).map_or(View::Other, View::Array),
            value if value.is_object() => Object::from_zval(value).map_or(View::Other, View::Object),
            value if value.is_null() || value.get_type() == DataType::Undef => View::Null,
            value => match (value.bool(), value.long(), value.double()) {
                (Some(flag), ..) => View::Bool(flag),
                (_, Some(number), _) => View::Int(number),
                (.., Some(number)) => View::Float(number),
                _ => View::Other,
            },
        }
    }

    fn type_name(&self) -> String {
        check::type_name(self).to_string_lossy().into_owned()
    }

    fn share(&self) -> Self {
        value::share(self)
    }
}
