//! PHP objects that Rust shares. ext-php-rs owns an object by `ZBox`, which cannot be cloned, and has no type
//! for an object of an interface.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::{FromZval, IntoZval, IntoZvalDyn};
use ext_php_rs::error::Result;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendClassObject, ZendObject, Zval};
use ext_php_rs::zend::{ClassEntry, ce};

use super::array::Array;
use super::value::zval;
use crate::zend::class::find;
use crate::zend::exception::{PhpResult, check, class_name, error, not_initialized};
use crate::zend::guard::attempt;
use crate::zend::instance::{self, Native};
use crate::zend::property::read;

/// A counted reference to an object of the class or interface `T`.
pub(crate) struct Object<T = Any>(Zval, PhantomData<T>);

/// The class of an object.
pub(crate) trait Type {
    const NAME: Option<&'static str>;

    /// The class entry. None if any class fits.
    fn class() -> Option<&'static ClassEntry>;
}

/// Stands for any class.
pub(crate) struct Any;

impl Type for Any {
    const NAME: Option<&'static str> = None;

    fn class() -> Option<&'static ClassEntry> {
        None
    }
}

impl<T: RegisteredClass> Type for T {
    const NAME: Option<&'static str> = Some(T::CLASS_NAME);

    fn class() -> Option<&'static ClassEntry> {
        Some(T::get_metadata().ce())
    }
}

/// Declares interfaces of PHP itself as types of objects.
macro_rules! foreign {
    ($($name:ident: $class:path),*) => { $(
        pub(crate) struct $name;

        impl Type for $name {
            const NAME: Option<&'static str> = Some(stringify!($name));

            fn class() -> Option<&'static ClassEntry> {
                Some($class())
            }
        }
    )* };
}

foreign!(Throwable: ce::throwable, Traversable: ce::traversable);

/// The interface `JsonSerializable`, for which ext-php-rs has no function.
pub(crate) fn json_serializable() -> &'static ClassEntry {
    find("JsonSerializable")
}

/// Makes an object of `T` and fills its properties.
pub(crate) fn object<T: Native>(state: T) -> Object<T> {
    Object(instance::object(T::get_metadata().ce(), state, []), PhantomData)
}

/// Makes an object of `C`, whose class extends that of `T`, with these properties.
pub(crate) fn object_of<C: RegisteredClass, T: Native, const N: usize>(
    state: T,
    properties: [Zval; N],
) -> Object<C> {
    Object(instance::object(C::get_metadata().ce(), state, properties), PhantomData)
}

/// An `ArrayIterator` over the array.
pub(crate) fn iterator(array: Array) -> PhpResult<Object<Traversable>> {
    let class = ClassEntry::try_find("ArrayIterator").ok_or_else(|| error("there is no ArrayIterator"))?;
    let iterator = Object(zval(class.new()), PhantomData);
    iterator.call_method("__construct", vec![&zval(array)])?;
    Ok(iterator)
}

impl<T> Object<T> {
    /// The same object as `U`. None if it is not of that type.
    pub(crate) fn as_type<U: Type>(&self) -> Option<Object<U>> {
        Object::from_zval(&self.0)
    }

    /// The same object without its type.
    pub(crate) fn into_any(self) -> Object {
        Object(self.0, PhantomData)
    }

    pub(crate) fn is<C: RegisteredClass>(&self) -> bool {
        self.instance_of(C::get_metadata().ce())
    }

    pub(crate) fn class_name(&self) -> String {
        class_name(self)
    }

    /// The state of an object of `C` or of a child class. No method of it may be running.
    pub(crate) fn state_mut<C: RegisteredClass>(&mut self) -> Option<&mut C> {
        Some(&mut *ZendClassObject::from_zend_obj_mut(self.0.object_mut()?)?)
    }

    /// True if PHP code holds the object too.
    pub(crate) fn is_shared(&self) -> bool {
        self.gc.refcount > 1
    }

    /// Reads a public property. Null if it has no value.
    pub(crate) fn get(&self, name: &str) -> Zval {
        read(self, name)
    }

    /// Calls a method, such as one of an interface that the object implements.
    pub(crate) fn call_method(&self, name: &str, arguments: Vec<&dyn IntoZvalDyn>) -> PhpResult<Zval> {
        let called = attempt(|| self.try_call_method(name, arguments))?;
        check()?;
        called.map_err(|_| error(&format!("Call to undefined method {}::{name}()", self.class_name())))
    }
}

impl Object<Throwable> {
    /// Wraps an exception that PHP has made.
    pub(super) fn of_exception(exception: Zval) -> Self {
        Self(exception, PhantomData)
    }
}

impl<T: RegisteredClass> Object<T> {
    /// The object whose method was called.
    pub(crate) fn this(this: &mut ZendClassObject<T>) -> Self {
        Self(zval(this), PhantomData)
    }

    /// The state that a constructor or factory gave to the object. It is an error if there is none.
    pub(crate) fn state(&self) -> PhpResult<&T> {
        match ZendClassObject::from_zend_obj(self) {
            Some(object) => Ok(object),
            None => Err(not_initialized(self)),
        }
    }
}

impl<T> Deref for Object<T> {
    type Target = ZendObject;

    fn deref(&self) -> &ZendObject {
        self.0.object().expect("an object, see how one is made")
    }
}

impl<T> AsRef<Zval> for Object<T> {
    fn as_ref(&self) -> &Zval {
        &self.0
    }
}

impl<T> Clone for Object<T> {
    fn clone(&self) -> Self {
        Self(self.0.shallow_clone(), PhantomData)
    }
}

impl<T> PartialEq for Object<T> {
    /// Compares identity, as `===` does.
    fn eq(&self, other: &Self) -> bool {
        ptr::eq(&raw const **self, &raw const **other)
    }
}

impl<T: Type> FromZval<'_> for Object<T> {
    const TYPE: DataType = data_type(T::NAME);

    fn from_zval(value: &Zval) -> Option<Self> {
        let value = value.dereference();
        let object = value.object()?;
        let is_of_type = T::class().is_none_or(|class| object.instance_of(class));
        is_of_type.then(|| Self(value.shallow_clone(), PhantomData))
    }
}

impl<T: Type> IntoZval for Object<T> {
    const TYPE: DataType = data_type(T::NAME);
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> Result<()> {
        *value = self.0;
        Ok(())
    }

    fn into_zval(self, _: bool) -> Result<Zval> {
        Ok(self.0)
    }
}

const fn data_type(name: Option<&'static str>) -> DataType {
    match name {
        Some(name) => DataType::object(name),
        None => DataType::ANY_OBJECT,
    }
}
