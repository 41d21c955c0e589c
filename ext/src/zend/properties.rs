//! The declared properties of an object as a Rust struct: written once, by the constructor, and read back.

use std::ptr;

use super::PhpResult;
use super::array::Array;
use super::classes::Class;
use super::exception::{self, Thrown};
use super::ffi;
use super::object::Object;
use super::string::Str;
use super::value::{IntoValue, RawValue, Value, View};

/// A struct that `generate.php` made of the properties of a class, ancestors' first.
pub(crate) trait Properties: Sized {
    const CLASS: Class;

    /// Writes every property.
    fn put(self, slots: &mut Slots<'_>) -> PhpResult<()>;

    /// Reads every property.
    fn take(slots: &mut Slots<'_>) -> PhpResult<Self>;

    /// A new object with these properties.
    fn into_object(self) -> PhpResult<Object> {
        let object = Object::instantiate(Self::CLASS)?;
        self.init(&object)?;
        Ok(object)
    }

    /// Gives them to an object that has none yet: what a constructor does.
    fn init(self, object: &Object) -> PhpResult<()> {
        debug_assert!(object.is(Self::CLASS));
        self.put(&mut Slots::of(object))
    }

    /// The properties of an object of this class.
    fn of(object: &Object) -> PhpResult<Self> {
        if !object.is(Self::CLASS) {
            return Err(exception::error("not an object of the expected class"));
        }
        Self::take(&mut Slots::of(object))
    }

    /// The properties as `serialize` wrote them, their types checked.
    fn of_serialized(data: &Array) -> PhpResult<Self> {
        let source = Source::Serialized(data, Self::CLASS);
        Self::take(&mut Slots { source, places: ptr::null_mut(), next: 0 })
    }
}

/// The places of an object's declared properties, one after the other.
pub(crate) struct Slots<'a> {
    source: Source<'a>,
    /// The first place of the object, where it is one.
    places: *mut RawValue,
    next: usize,
}

enum Source<'a> {
    Object(&'a Object),
    Serialized(&'a Array, Class),
}

impl<'a> Slots<'a> {
    fn of(object: &'a Object) -> Self {
        // SAFETY: a live object, whose class has places.
        let places = unsafe { ffi::ami_slots(object.as_raw()) };
        Self { source: Source::Object(object), places, next: 0 }
    }

    pub(super) fn put(&mut self, name: &str, value: impl IntoValue) -> PhpResult<()> {
        let Source::Object(object) = self.source else { return Ok(()) };
        let value = value.into_value();
        // SAFETY: the generated struct has as many fields as the class has places, which lie side by side;
        // what is undefined owns nothing, so that it can be written over, its property flags included.
        unsafe {
            let place = self.places.add(self.next);
            if (*place).is_undefined() {
                place.write(value.into_raw());
                self.next += 1;
                return Ok(());
            }
        }
        Err(exception::error(&format!("Cannot modify readonly property {}::${name}", object.class_name())))
    }

    pub(super) fn take<T: FromValue>(&mut self, name: &str) -> PhpResult<T> {
        match self.source {
            Source::Object(object) => self.take_from(object, name),
            Source::Serialized(data, class) => {
                data.get(name).and_then(T::from_value).ok_or_else(|| bad_data(class))
            }
        }
    }

    fn take_from<T: FromValue>(&mut self, object: &Object, name: &str) -> PhpResult<T> {
        // SAFETY: as in `put`; the place is live as long as the object.
        let value = unsafe { Value::from_borrowed(self.places.add(self.next)) };
        self.next += 1;
        if value.is_undefined() {
            return Err(exception::error(&format!(
                "Typed property {}::${name} must not be accessed before initialization",
                object.class_name()
            )));
        }
        T::from_value(value)
            .ok_or_else(|| exception::error(&format!("${name} holds another type than declared")))
    }
}

/// What PHP's own classes throw for a forged or outdated string.
pub(crate) fn bad_data(class: Class) -> Thrown {
    exception::error(&format!("Invalid serialization data for {} object", class.name()))
}

/// What a declared property may hold.
pub(crate) trait FromValue: Sized {
    fn from_value(value: Value) -> Option<Self>;
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        if value.is_null() { Some(None) } else { T::from_value(value).map(Some) }
    }
}

macro_rules! from_view {
    ($($variant:ident => $type:ty),* $(,)?) => { $(
        impl FromValue for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value.view() {
                    View::$variant(inner) => Some(inner),
                    _ => None,
                }
            }
        }
    )* };
}

from_view! { Bool => bool, Int => i64, Float => f64, Str => Str, Array => Array, Object => Object }
