//! Objects of PHP that Rust shares: ext-php-rs owns one by `ZBox`, which cannot be cloned, and knows no type for an
//! object of an interface.

use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::{self, NonNull};

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::error::Result;
use ext_php_rs::ffi;
use ext_php_rs::flags::DataType;
use ext_php_rs::types::{ZendObject, ZendStr, Zval};
use ext_php_rs::zend::ClassEntry;

use super::lacking;
use super::value::{share, zval};

/// One reference to an object of the class or interface `T`.
pub(crate) struct Object<T = Any>(NonNull<ZendObject>, PhantomData<T>);

/// What an object may be of.
pub(crate) trait Type {
    const NAME: Option<&'static str>;

    /// None for any class, and for one that is not loaded.
    fn class() -> Option<&'static ClassEntry>;
}

/// Any class.
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

/// Declares interfaces of PHP's own as types of objects.
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

foreign!(Throwable: ext_php_rs::zend::ce::throwable, Traversable: ext_php_rs::zend::ce::traversable);

impl<T> Object<T> {
    /// # Safety
    ///
    /// `raw` is a live object of `T` and one reference to it passes to the result.
    pub(super) unsafe fn from_owned(raw: *mut ZendObject) -> Self {
        // SAFETY: live, hence not null.
        Self(unsafe { NonNull::new_unchecked(raw) }, PhantomData)
    }

    pub(super) fn as_raw(&self) -> *mut ZendObject {
        self.0.as_ptr()
    }

    pub(super) fn into_raw(self) -> *mut ZendObject {
        std::mem::ManuallyDrop::new(self).as_raw()
    }

    /// # Safety
    ///
    /// `raw` is a live object of `T`. Not behind a shared reference: its count is written to.
    pub(super) unsafe fn share(raw: *mut ZendObject) -> Self {
        // SAFETY: by contract; the reference taken here is the one that the result owns.
        unsafe {
            (*raw).gc.refcount += 1;
            Self::from_owned(raw)
        }
    }

    /// The same object, where it is of another type too.
    pub(crate) fn as_type<U: Type>(&self) -> Option<Object<U>> {
        // SAFETY: live as long as `self`, and of this type.
        U::class()
            .is_none_or(|class| self.instance_of(class))
            .then(|| unsafe { Object::share(self.as_raw()) })
    }

    /// The same object, whatever it is of.
    pub(crate) fn any(&self) -> Object {
        // SAFETY: live as long as `self`.
        unsafe { Object::share(self.as_raw()) }
    }

    pub(crate) fn is<C: RegisteredClass>(&self) -> bool {
        self.instance_of(C::get_metadata().ce())
    }

    /// As `is`, for a class or interface of somebody else that may not be loaded.
    pub(crate) fn is_named(&self, class: &str) -> bool {
        const NO_AUTOLOAD: u32 = 0x80;
        let mut name = ZendStr::new(class, false);
        // SAFETY: the name is live; classes live as long as the request.
        let class =
            unsafe { ffi::zend_lookup_class_ex(&raw mut *name, ptr::null_mut(), NO_AUTOLOAD).as_ref() };
        class.is_some_and(|class| self.instance_of(class))
    }

    pub(crate) fn class_name(&self) -> String {
        let name = self.get_class_entry().name().unwrap_or_default();
        // What follows a NUL in the name of an anonymous class is a path.
        name.split('\0').next().unwrap_or_default().to_owned()
    }

    /// Reads a property as code in `scope` would; null where it has no value.
    pub(crate) fn read(&self, scope: &ClassEntry, name: &str) -> Zval {
        let mut scratch = Zval::new();
        let scope = ptr::from_ref(scope).cast_mut();
        // SAFETY: a live object; what is read is copied before anything can change it.
        unsafe {
            let (name, len) = (name.as_ptr().cast(), name.len());
            share(&*ffi::zend_read_property(scope, self.as_raw(), name, len, true, &raw mut scratch))
        }
    }

    /// Reads a public property.
    pub(crate) fn get(&self, name: &str) -> Zval {
        self.read(self.get_class_entry(), name)
    }

    /// Writes a property as code in `scope` would, readonly ones before their first value.
    pub(crate) fn write(&self, scope: &ClassEntry, name: &str, value: impl IntoZval) {
        let mut value = zval(value);
        let scope = ptr::from_ref(scope).cast_mut();
        // SAFETY: a live object; PHP takes a reference of its own.
        unsafe {
            lacking::zend_update_property(
                scope,
                self.as_raw(),
                name.as_ptr().cast(),
                name.len(),
                &raw mut value,
            );
        }
    }

    /// The value in a place of the object's table of properties.
    pub(crate) fn slot(&self, index: usize) -> Zval {
        debug_assert!(
            i32::try_from(index).is_ok_and(|index| index < self.get_class_entry().default_properties_count)
        );
        // SAFETY: a live object, with as many places as its class says.
        unsafe { (*self.properties_table.as_ptr().add(index)).shallow_clone() }
    }
}

impl<T> Deref for Object<T> {
    type Target = ZendObject;

    fn deref(&self) -> &ZendObject {
        // SAFETY: live as long as `self`.
        unsafe { self.0.as_ref() }
    }
}

impl<T> Clone for Object<T> {
    fn clone(&self) -> Self {
        // SAFETY: live as long as `self`.
        unsafe { Self::share(self.as_raw()) }
    }
}

impl<T> Drop for Object<T> {
    fn drop(&mut self) {
        // SAFETY: the reference that `self` owns.
        unsafe { ffi::ext_php_rs_zend_object_release(self.as_raw()) }
    }
}

impl<T> PartialEq for Object<T> {
    /// Identity, as `===`.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Type> FromZval<'_> for Object<T> {
    const TYPE: DataType = data_type(T::NAME);

    fn from_zval(value: &Zval) -> Option<Self> {
        let value = value.dereference();
        let object = value.object()?;
        let is_of_type = T::class().is_none_or(|class| object.instance_of(class));
        // SAFETY: an object is live as long as the value that holds it.
        is_of_type.then(|| unsafe { Self::share(value.value.obj) })
    }
}

impl<T: Type> IntoZval for Object<T> {
    const TYPE: DataType = data_type(T::NAME);
    const NULLABLE: bool = false;

    fn set_zval(self, value: &mut Zval, _: bool) -> Result<()> {
        let mut object = Zval::new();
        object.value.obj = self.into_raw();
        object.u1.type_info = ffi::IS_OBJECT_EX;
        *value = object;
        Ok(())
    }
}

const fn data_type(name: Option<&'static str>) -> DataType {
    match name {
        Some(name) => DataType::object(name),
        None => DataType::ANY_OBJECT,
    }
}
