//! State in Rust in front of an object of PHP, beyond what ext-php-rs does with it: objects of child classes without a
//! Rust type, properties that are PHP's own, references that the cycle collector is told of, `$object["key"]`.

use std::ffi::c_int;
use std::mem::{ManuallyDrop, offset_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::{self, HashTable, zend_class_entry, zend_get_gc_buffer, zend_object, zval};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::array::Array;
use super::callable::Callable;
use super::exception::{self, PhpResult, not_initialized};
use super::object::{Object, Type};
use super::string::Str;
use super::value::zval;

unsafe extern "C" {
    fn zend_get_gc_buffer_create() -> *mut zend_get_gc_buffer;
    fn zend_get_gc_buffer_grow(buffer: *mut zend_get_gc_buffer);
    fn zend_std_read_dimension(
        object: *mut zend_object,
        key: *mut zval,
        kind: c_int,
        to: *mut zval,
    ) -> *mut zval;
    fn zend_std_has_dimension(object: *mut zend_object, key: *mut zval, is_empty: c_int) -> c_int;
}

/// What a class says of its state, beside its macros.
pub(crate) trait Native: RegisteredClass {
    /// Objects without state can be had: by a class of the user's below this one.
    const MAY_BE_HOLLOW: bool = false;

    /// A constructor that does without ext-php-rs's parser, which writes every default as text at each call.
    const CONSTRUCTOR: Option<fn(&ExecuteData) -> PhpResult<Self>> = None;

    /// Names every counted reference that the state owns, each once: what is not named keeps cycles alive,
    /// what is named twice is freed too early.
    fn trace(&self, _: &mut Tracer) {}

    /// What is there under a text, as `offsetGet` says; None where PHP had better call it.
    fn dimension(&self, _: &[u8]) -> Option<Option<Str>> {
        None
    }
}

/// State that comes back from `serialize`, whose arrays hold the properties.
pub(crate) trait Unserialize: Native + Clone {
    fn unserialize(data: &Array) -> PhpResult<Self>;
}

/// What `trace` reports to.
pub(crate) struct Tracer(*mut zend_get_gc_buffer);

impl Tracer {
    pub(crate) fn object<T>(&mut self, object: &Object<T>) {
        let mut value = Zval::new();
        value.value.obj = object.as_raw();
        value.u1.type_info = ffi::IS_OBJECT_EX;
        self.value(&ManuallyDrop::new(value));
    }

    pub(crate) fn callable(&mut self, callable: &Callable) {
        self.value(callable.value());
    }

    pub(crate) fn array(&mut self, array: &Array) {
        self.value(array.value());
    }

    fn value(&mut self, value: &Zval) {
        // SAFETY: the buffer is valid during `trace`.
        unsafe {
            if value.u1.v.type_flags == 0 {
                return;
            }
            if (*self.0).cur == (*self.0).end {
                zend_get_gc_buffer_grow(self.0);
            }
            ((*(*self.0).cur).value, (*(*self.0).cur).u1) = (value.value, value.u1);
            (*self.0).cur = (*self.0).cur.add(1);
        }
    }
}

impl<T: RegisteredClass> Object<T> {
    /// The object of which a method was called.
    pub(crate) fn this(this: &ZendClassObject<T>) -> Self {
        // The count lies behind a shared reference here: the compiler is not to know.
        let raw = std::hint::black_box(&raw const this.std).cast_mut();
        // SAFETY: PHP holds the object of which it calls a method.
        unsafe { Self::share(raw) }
    }

    /// The state that a constructor or factory gave to the object.
    pub(crate) fn state(&self) -> PhpResult<&T> {
        // SAFETY: an object of `T`; state stays in place until the object is freed, which our reference prevents.
        unsafe { state::<T>(self.as_raw()) }.ok_or_else(|| not_initialized(self))
    }
}

/// The state of an object of `T`, or of a child of that class, where it has some.
///
/// # Safety
///
/// `object` is live, and of a class that `T`'s objects are created for.
pub(super) unsafe fn state<'a, T: RegisteredClass>(object: *mut zend_object) -> Option<&'a T> {
    // SAFETY: by contract.
    unsafe { (*container::<T>(object)).obj.as_ref() }
}

fn container<T>(object: *mut zend_object) -> *mut ZendClassObject<T> {
    object.cast::<u8>().wrapping_sub(offset_of!(ZendClassObject<T>, std)).cast()
}

/// A new object of `T`, its properties filled.
pub(crate) fn object<T: Native>(state: T) -> Object<T> {
    // SAFETY: the new object, whose only reference passes on, and which has no state yet.
    unsafe {
        let object = create::<T>(ptr::from_ref(T::get_metadata().ce()).cast_mut());
        initialize(object, state);
        Object::from_owned(object)
    }
}

/// A new object of the class `C`, a child of `T`'s, with these properties.
pub(crate) fn object_of<C: Type, T: Native, const N: usize>(state: T, properties: [Zval; N]) -> Object<C> {
    let class = C::class().unwrap_or_else(|| T::get_metadata().ce());
    // SAFETY: as in `object`.
    unsafe {
        let object = create::<T>(ptr::from_ref(class).cast_mut());
        give(object, state, properties);
        Object::from_owned(object)
    }
}

/// As `object_of`, for an object that PHP has made: once.
pub(crate) fn restore<T: Native, const N: usize>(
    object: &Object,
    state_of: T,
    properties: [Zval; N],
) -> PhpResult<()> {
    let class = object.class_name();
    // SAFETY: a live object.
    unsafe {
        let is_ours = ptr::eq((*object.as_raw()).handlers, handlers_of::<T>());
        if !is_ours || usize::try_from((*(*object.as_raw()).ce).default_properties_count) != Ok(N) {
            return Err(exception::bad_data(&class));
        }
        if state::<T>(object.as_raw()).is_some() {
            return Err(exception::error(&format!("{class} is initialized already")));
        }
        give(object.as_raw(), state_of, properties);
    }
    Ok(())
}

unsafe fn give<T: Native, const N: usize>(object: *mut zend_object, state: T, properties: [Zval; N]) {
    // SAFETY: an object of `T` without state, with as many properties, see the callers.
    unsafe {
        debug_assert_eq!(usize::try_from((*(*object).ce).default_properties_count), Ok(N));
        ptr::write(&raw mut (*container::<T>(object)).obj, Some(state));
        for (index, value) in properties.into_iter().enumerate() {
            put(object, index, value);
        }
    }
}

/// Gives an object without state its state, and writes the properties of `T`.
pub(super) unsafe fn initialize<T: Native>(object: *mut zend_object, given: T) {
    // SAFETY: an object of `T`, see the callers.
    unsafe {
        ptr::write(&raw mut (*container::<T>(object)).obj, Some(given));
        let Some(this) = state::<T>(object) else { return };
        for (index, property) in T::get_metadata().all_properties().enumerate() {
            let mut value = Zval::new();
            if let Some(get) = property.get
                && get(this, &mut value).is_ok()
            {
                put(object, index, value);
            }
        }
    }
}

unsafe fn put(object: *mut zend_object, index: usize, value: Zval) {
    // SAFETY: an object with so many places, none of which holds anything yet.
    unsafe {
        let value = ManuallyDrop::new(value);
        let place = (*object).properties_table.as_mut_ptr().add(index);
        ((*place).value, (*place).u1) = (value.value, value.u1);
        // Neither uninitialised nor open to a second value.
        (*place).u2.extra = 0;
    }
}

pub(super) unsafe extern "C" fn create<T: RegisteredClass>(class: *mut zend_class_entry) -> *mut zend_object {
    // SAFETY: PHP gives a class that is registered for `T`.
    unsafe {
        let class: Option<&'static ClassEntry> = class.as_ref();
        &raw mut (*ZendClassObject::<T>::new_uninit(class).into_raw()).std
    }
}

pub(super) unsafe extern "C" fn clone<T: Native + Clone>(object: *mut zend_object) -> *mut zend_object {
    // SAFETY: PHP gives a live object of a class registered for `T`.
    unsafe {
        let copy = create::<T>((*object).ce);
        if let Some(own) = state::<T>(object) {
            let to = &raw mut (*container::<T>(copy)).obj;
            let _ = catch_unwind(AssertUnwindSafe(|| ptr::write(to, Some(own.clone()))));
        }
        ffi::zend_objects_clone_members(copy, object);
        copy
    }
}

/// Needless where ext-php-rs's own does not look for a child's class at every object.
pub(super) unsafe extern "C" fn free<T: RegisteredClass>(object: *mut zend_object) {
    // SAFETY: PHP frees an object once, and nobody refers to it any more.
    unsafe {
        let place = &raw mut (*container::<T>(object)).obj;
        // What panics while it is dropped leaks the rest of itself; there is nobody to tell.
        let _ = catch_unwind(AssertUnwindSafe(|| ptr::drop_in_place(place)));
        ffi::zend_object_std_dtor(object);
    }
}

pub(super) unsafe extern "C" fn get_gc<T: Native>(
    object: *mut zend_object,
    to: *mut *mut zval,
    count: *mut c_int,
) -> *mut HashTable {
    // SAFETY: PHP gives a live object of a class registered for `T`.
    unsafe {
        let mut tracer = Tracer(zend_get_gc_buffer_create());
        let properties = usize::try_from((*(*object).ce).default_properties_count).unwrap_or(0);
        for index in 0..properties {
            tracer.value(&*(*object).properties_table.as_ptr().add(index));
        }
        if let Some(state) = state::<T>(object) {
            let _ = catch_unwind(AssertUnwindSafe(|| state.trace(&mut tracer)));
        }
        *to = (*tracer.0).start;
        *count = c_int::try_from((*tracer.0).cur.offset_from((*tracer.0).start)).unwrap_or(0);
        ptr::null_mut()
    }
}

/// None where PHP's own way has to be gone: another key than text, a class of the user's with an `offsetGet` of its own,
/// an object without state.
unsafe fn dimension<T: Native>(object: *mut zend_object, key: *mut zval) -> Option<Option<Str>> {
    // SAFETY: a live object of a class registered for `T`, a live key or null.
    unsafe {
        let key = key.as_ref().filter(|key| key.is_string())?;
        if (*(*object).ce).type_ != 1 {
            return None;
        }
        let key = (*key.value.str_).as_bytes();
        catch_unwind(AssertUnwindSafe(|| state::<T>(object)?.dimension(key))).ok().flatten()
    }
}

pub(super) unsafe extern "C" fn read_dimension<T: Native>(
    object: *mut zend_object,
    key: *mut zval,
    kind: c_int,
    to: *mut zval,
) -> *mut zval {
    /// `$x["a"]` and `$x["a"] ?? null`.
    const READS: [u32; 2] = [ffi::BP_VAR_R, ffi::BP_VAR_IS];
    // SAFETY: PHP gives a live object of a class registered for `T`, a live key or none, and a place.
    unsafe {
        let is_read = u32::try_from(kind).is_ok_and(|kind| READS.contains(&kind));
        match if is_read { dimension::<T>(object, key) } else { None } {
            Some(found) => {
                ptr::write(to, zval(found));
                to
            }
            None => zend_std_read_dimension(object, key, kind, to),
        }
    }
}

pub(super) unsafe extern "C" fn has_dimension<T: Native>(
    object: *mut zend_object,
    key: *mut zval,
    is_empty: c_int,
) -> c_int {
    // SAFETY: as in `read_dimension`.
    unsafe {
        match dimension::<T>(object, key) {
            Some(found) => {
                c_int::from(found.is_some_and(|text| is_empty == 0 || !matches!(&*text, b"" | b"0")))
            }
            None => zend_std_has_dimension(object, key, is_empty),
        }
    }
}

pub(super) fn handlers_of<T: RegisteredClass>() -> *mut ffi::zend_object_handlers {
    ptr::from_ref(T::get_metadata().handlers()).cast_mut()
}
