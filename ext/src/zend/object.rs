//! PHP's objects, and the state in Rust that some of ours carry in front of them.

use std::any::type_name;
use std::mem::{align_of, size_of};
use std::os::raw::c_int;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicPtr, Ordering};

use super::PhpResult;
use super::callable::Callable;
use super::classes::Class;
use super::exception::{self, Thrown};
use super::ffi::{self, RawArray, RawClass, RawGcBuffer, RawHandlers, RawObject, RawValue};
use super::string::{Str, bytes_of};
use super::value::{IntoValue, Value, View};

/// One reference to an object.
pub(crate) struct Object(NonNull<RawObject>);

impl Object {
    /// # Safety
    ///
    /// `raw` is a live object and one reference to it passes to the result.
    pub(super) unsafe fn from_owned(raw: *mut RawObject) -> Self {
        // SAFETY: live, hence not null.
        Self(unsafe { NonNull::new_unchecked(raw) })
    }

    /// # Safety
    ///
    /// `raw` is a live object.
    pub(super) unsafe fn from_borrowed(raw: *mut RawObject) -> Self {
        // SAFETY: live by contract; the reference taken here is the one that the result owns.
        unsafe {
            ffi::ami_object_addref(raw);
            Self::from_owned(raw)
        }
    }

    pub(super) fn as_raw(&self) -> *mut RawObject {
        self.0.as_ptr()
    }

    pub(super) fn into_raw(self) -> *mut RawObject {
        let raw = self.as_raw();
        std::mem::forget(self);
        raw
    }

    /// A new object of `class` whose constructor has not run.
    pub(crate) fn instantiate(class: Class) -> PhpResult<Self> {
        let mut raw = RawValue::NULL;
        // SAFETY: a class of ours, registered at start-up.
        if !unsafe { ffi::ami_object_new(class.entry(), &raw mut raw) } {
            return Err(Thrown::Exception);
        }
        // SAFETY: the new object, whose only reference is in `raw`.
        Ok(unsafe { Self::from_owned(raw.address() as *mut RawObject) })
    }

    /// The case of a backed enum of ours.
    ///
    /// # Panics
    ///
    /// When the enum has no such case, which is a mistake of ours.
    pub(crate) fn enum_case(class: Class, value: &str) -> Self {
        // SAFETY: a class of ours; a case lives as long as the request.
        let case = unsafe { ffi::ami_enum_case(class.entry(), value.as_ptr().cast(), value.len()) };
        assert!(!case.is_null(), "{class:?} has a case \"{value}\"");
        // SAFETY: checked above.
        unsafe { Self::from_borrowed(case) }
    }

    /// The value of a case of a string-backed enum.
    pub(crate) fn enum_value(&self) -> String {
        // SAFETY: a live object; only called where the type of a parameter or property says that it is an enum.
        let value = unsafe { Value::from_borrowed(ffi::ami_enum_value(self.as_raw())) };
        match value.view() {
            View::Str(text) => text.lossy(),
            _ => String::new(),
        }
    }

    pub(crate) fn is(&self, class: Class) -> bool {
        // SAFETY: a live object and a class of ours.
        unsafe { ffi::ami_object_is(self.as_raw(), class.entry()) }
    }

    /// As `is`, for a class or interface of somebody else that may not be loaded.
    pub(crate) fn is_named(&self, class: &str) -> bool {
        // SAFETY: a live object; the name is copied.
        unsafe { ffi::ami_object_is_named(self.as_raw(), class.as_ptr().cast(), class.len()) }
    }

    pub(crate) fn class_name(&self) -> String {
        // SAFETY: a live object, whose class outlives it.
        let name =
            unsafe { Str::from_borrowed(ffi::ami_class_name(ffi::ami_object_class(self.as_raw()))) }.lossy();
        // What follows a NUL in the name of an anonymous class is a path.
        name.split('\0').next().unwrap_or_default().to_owned()
    }

    /// Writes a property as code in `scope` would, readonly ones before their first value.
    pub(crate) fn set(&self, scope: Class, name: &str, value: impl IntoValue) {
        self.set_in(scope.entry(), name, value.into_value());
    }

    /// Reads a public property; null where it has no value.
    pub(crate) fn get(&self, name: &str) -> Value {
        // SAFETY: a live object, whose class outlives it.
        self.get_in(unsafe { ffi::ami_object_class(self.as_raw()) }, name)
    }

    pub(super) fn get_in(&self, scope: *mut RawClass, name: &str) -> Value {
        let mut scratch = RawValue::NULL;
        // SAFETY: a live object; what is read is copied before anything can change it.
        unsafe {
            let (name, len) = (name.as_ptr().cast(), name.len());
            Value::from_borrowed(ffi::ami_property_get(scope, self.as_raw(), name, len, &raw mut scratch))
        }
    }

    pub(super) fn set_in(&self, scope: *mut RawClass, name: &str, value: Value) {
        // SAFETY: a live object; PHP takes a reference of its own.
        unsafe {
            ffi::ami_property_set(scope, self.as_raw(), name.as_ptr().cast(), name.len(), value.as_raw());
        }
    }

    /// The state that a constructor or factory gave to the object.
    pub(crate) fn state<T: Native>(&self) -> PhpResult<&T> {
        let state = self.place::<T>()?;
        // SAFETY: only `init` writes, when there was nothing; it stays in place until the object is freed,
        // which our reference prevents.
        match unsafe { &*state } {
            Some(state) => Ok(state),
            None => Err(exception::error(&format!(
                "The {} object has not been correctly initialized by its constructor",
                self.class_name()
            ))),
        }
    }

    /// Gives the object its state: once.
    pub(crate) fn init<T: Native>(&self, state: T) -> PhpResult<()> {
        let place = self.place::<T>()?;
        // SAFETY: nobody holds a reference into an empty place: `state` gives none.
        unsafe {
            if (*place).is_some() {
                return Err(exception::error(&format!("{} is initialized already", self.class_name())));
            }
            ptr::write(place, Some(state));
        }
        Ok(())
    }

    fn place<T: Native>(&self) -> PhpResult<*mut Option<T>> {
        let handlers = HANDLERS[T::CLASSES[0] as usize].load(Ordering::Relaxed);
        // SAFETY: a live object.
        if !ptr::eq(unsafe { ffi::ami_object_handlers(self.as_raw()) }, handlers) {
            return Err(exception::error(&format!("{} is no {}", self.class_name(), type_name::<T>())));
        }
        Ok(place_of(self.as_raw()))
    }
}

impl Clone for Object {
    fn clone(&self) -> Self {
        // SAFETY: live as long as `self`.
        unsafe { Self::from_borrowed(self.as_raw()) }
    }
}

impl Drop for Object {
    fn drop(&mut self) {
        // SAFETY: the reference that `self` owns.
        unsafe { ffi::ami_object_release(self.as_raw()) }
    }
}

impl PartialEq for Object {
    /// Identity, as `===`.
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl Class {
    pub(super) fn entry(self) -> *mut RawClass {
        // SAFETY: written once at start-up, before any code of ours runs.
        unsafe { ffi::ami_classes[self as usize] }
    }
}

/// State in Rust that lies in front of the object, as in a C extension.
pub(crate) trait Native: Sized + 'static {
    /// The classes whose objects carry it.
    const CLASSES: &'static [Class];

    /// Names every counted reference that the state owns, each once: what is not named keeps cycles alive,
    /// what is named twice is freed too early.
    fn trace(&self, _tracer: &mut Tracer) {}

    /// The state of a clone; None for what cannot be cloned, which must then not be registered as cloneable.
    fn duplicate(&self) -> Option<Self> {
        None
    }
}

/// State whose objects are read like arrays: `$object["text"]` and `isset()` of it ask the state, without a call
/// of `offsetGet`. Everything else is PHP's own way.
pub(crate) trait Dimensions: Native {
    /// What is there under a text; `Err` where PHP had better call the method, which says why.
    fn dimension(&self, offset: &[u8]) -> PhpResult<Option<Str>>;
}

/// What `trace` reports to.
pub(crate) struct Tracer(*mut RawGcBuffer);

impl Tracer {
    pub(crate) fn object(&mut self, object: &Object) {
        // SAFETY: the buffer is valid during `trace`.
        unsafe { ffi::ami_gc_add_object(self.0, object.as_raw()) }
    }

    pub(crate) fn callable(&mut self, callable: &Callable) {
        // SAFETY: as above.
        unsafe { ffi::ami_gc_add_callable(self.0, callable.as_raw()) }
    }
}

/// The handlers of each class's objects; those of a [`Native`] under the first of its classes.
static HANDLERS: [AtomicPtr<RawHandlers>; Class::COUNT] =
    [const { AtomicPtr::new(ptr::null_mut()) }; Class::COUNT];

/// Registers the state of some classes, at start-up.
pub(super) fn register<T: Native>(clones: bool) {
    let clone = clones.then_some(clone::<T> as ffi::CloneObject);
    // SAFETY: at start-up, by one thread; the functions fit the layout of `T`.
    unsafe {
        let handlers = ffi::ami_handlers_new(prefix::<T>(), free::<T>, clone, get_gc::<T>);
        HANDLERS[T::CLASSES[0] as usize].store(handlers, Ordering::Relaxed);
        for class in T::CLASSES {
            ffi::ami_class_create(class.entry(), create::<T>);
        }
    }
}

/// As `register`.
pub(super) fn register_dimensions<T: Dimensions>(clones: bool) {
    register::<T>(clones);
    let handlers = HANDLERS[T::CLASSES[0] as usize].load(Ordering::Relaxed);
    // SAFETY: at start-up, by one thread; the handlers were made above, for objects of `T`.
    unsafe { ffi::ami_handlers_dimensions(handlers, read_dimension::<T>, has_dimension::<T>) }
}

/// Registers a class without state in Rust, at start-up: no hollow objects of it, and clones only where wanted.
pub(super) fn register_plain(class: Class, clones: bool) {
    // SAFETY: at start-up, by one thread.
    unsafe { ffi::ami_class_plain(class.entry(), clones) }
}

const fn prefix<T>() -> usize {
    assert!(align_of::<Option<T>>() <= 8, "PHP's allocator aligns to 8 bytes");
    size_of::<Option<T>>().next_multiple_of(8)
}

fn place_of<T>(object: *mut RawObject) -> *mut Option<T> {
    object.cast::<u8>().wrapping_sub(prefix::<T>()).cast()
}

extern "C" fn create<T: Native>(class: *mut RawClass) -> *mut RawObject {
    let handlers = HANDLERS[T::CLASSES[0] as usize].load(Ordering::Relaxed);
    // SAFETY: the memory in front of the object is ours and as large as `prefix` says.
    unsafe {
        let object = ffi::ami_object_alloc(class, prefix::<T>(), handlers);
        ptr::write(place_of::<T>(object), None);
        object
    }
}

extern "C" fn free<T: Native>(object: *mut RawObject) {
    let place = place_of::<T>(object);
    // SAFETY: PHP frees an object once, and nobody refers to it any more.
    let state = unsafe { ptr::replace(place, None) };
    // What panics while it is dropped leaks the rest of itself; there is nobody to tell.
    let _ = catch_unwind(AssertUnwindSafe(|| drop(state)));
    // SAFETY: as above.
    unsafe { ffi::ami_object_std_free(object) }
}

extern "C" fn clone<T: Native>(object: *mut RawObject) -> *mut RawObject {
    // SAFETY: PHP gives a live object of a class registered for `T`.
    unsafe {
        let copy = create::<T>(ffi::ami_object_class(object));
        let state = (*place_of::<T>(object)).as_ref();
        let state = catch_unwind(AssertUnwindSafe(|| state.and_then(T::duplicate))).unwrap_or_default();
        ptr::write(place_of::<T>(copy), state);
        ffi::ami_object_clone_properties(copy, object);
        copy
    }
}

/// What the state has under the text of `offset`, or null. None where PHP's own way has to be gone: another offset than
/// text, a class of the user's with an `offsetGet` of its own, an object without state.
///
/// # Safety
///
/// `object` is a live object of a class registered for `T`, `offset` a live value or null.
unsafe fn dimension<T: Dimensions>(object: *mut RawObject, offset: *mut RawValue) -> Option<Value> {
    // SAFETY: as above; a string lives as long as the value that holds it.
    unsafe {
        let text = offset.as_ref().and_then(|offset| offset.string())?;
        let class = ffi::ami_object_class(object);
        if !T::CLASSES.iter().any(|own| own.entry() == class) {
            return None;
        }
        let state = (*place_of::<T>(object)).as_ref()?;
        let found = catch_unwind(AssertUnwindSafe(|| state.dimension(bytes_of(text)).ok())).ok().flatten();
        found.map(IntoValue::into_value)
    }
}

extern "C" fn read_dimension<T: Dimensions>(
    object: *mut RawObject,
    offset: *mut RawValue,
    access: c_int,
    result: *mut RawValue,
) -> *mut RawValue {
    /// `$x["a"]` and `$x["a"] ?? null`: glue.c asserts both.
    const READS: [c_int; 2] = [0, 3];
    // SAFETY: PHP gives a live object of a class registered for `T`, a live offset or none, and a place.
    unsafe {
        let found = if READS.contains(&access) { dimension::<T>(object, offset) } else { None };
        match found {
            Some(value) => {
                ptr::write(result, value.into_raw());
                result
            }
            None => ffi::zend_std_read_dimension(object, offset, access, result),
        }
    }
}

extern "C" fn has_dimension<T: Dimensions>(
    object: *mut RawObject,
    offset: *mut RawValue,
    check_empty: c_int,
) -> c_int {
    // SAFETY: as in `read_dimension`.
    unsafe {
        match dimension::<T>(object, offset) {
            Some(value) => match value.view() {
                View::Str(text) => c_int::from(check_empty == 0 || !matches!(&*text, b"" | b"0")),
                _ => 0,
            },
            None => ffi::zend_std_has_dimension(object, offset, check_empty),
        }
    }
}

extern "C" fn get_gc<T: Native>(
    object: *mut RawObject,
    table: *mut *mut RawValue,
    count: *mut c_int,
) -> *mut RawArray {
    // SAFETY: PHP gives a live object of a class registered for `T`.
    unsafe {
        let buffer = ffi::ami_gc_begin(object);
        if let Some(state) = (*place_of::<T>(object)).as_ref() {
            let _ = catch_unwind(AssertUnwindSafe(|| state.trace(&mut Tracer(buffer))));
        }
        ffi::ami_gc_end(buffer, table, count);
    }
    ptr::null_mut()
}
