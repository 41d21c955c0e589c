//! State in Rust in front of an object of PHP, beyond what ext-php-rs does with it: objects of child classes without a
//! Rust type, properties that are PHP's own, references that the cycle collector is told of, `$object["key"]`.

use std::ffi::c_int;
use std::mem::{ManuallyDrop, offset_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi::{self, HashTable, zend_class_entry, zend_get_gc_buffer, zend_object, zval};
use ext_php_rs::types::{ZendClassObject, ZendHashTable, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::exception::{PhpResult, error};

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
    fn dimension(&self, _: &[u8]) -> Option<Zval> {
        None
    }
}

/// State that comes back from `serialize`, whose arrays hold the properties.
pub(crate) trait Unserialize: Native + Clone {
    fn unserialize(data: &ZendHashTable) -> PhpResult<Self>;
}

/// What `trace` reports to. Needless where `RegisteredClass` has a method for the cycle collector.
pub(crate) struct Tracer(*mut zend_get_gc_buffer);

impl Tracer {
    pub(crate) fn value(&mut self, holder: &impl AsRef<Zval>) {
        self.add(holder.as_ref());
    }

    fn add(&mut self, value: &Zval) {
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

/// The object of which a method was called. Needless where ext-php-rs hands it over beside `&self`.
pub(crate) fn this<T: RegisteredClass>(this: &ZendClassObject<T>) -> Zval {
    // The count lies behind a shared reference here: the compiler is not to know.
    let object = std::hint::black_box(&raw const this.std).cast_mut();
    let mut value = Zval::new();
    // SAFETY: PHP holds the object of which it calls a method.
    value.set_object(unsafe { &mut *object });
    value
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

/// Those properties that `T` declares, which are PHP's own from now on. Needless where ext-php-rs fills them.
fn properties_of<T: RegisteredClass>(state: &T) -> impl Iterator<Item = Zval> {
    T::get_metadata().all_properties().filter_map(|property| {
        let mut value = Zval::new();
        // What cannot be converted is null.
        let _ = property.get?(state, &mut value);
        Some(value)
    })
}

/// A new object of `T`, its properties filled.
pub(crate) fn object<T: Native>(given: T) -> Zval {
    // SAFETY: the new object, whose only reference passes on, and which has no state yet.
    unsafe {
        let object = create::<T>(ptr::from_ref(T::get_metadata().ce()).cast_mut());
        fill(object, given);
        owned(object)
    }
}

/// A new object of a child of `T`'s class, with these properties.
pub(crate) fn object_of<T: Native, const N: usize>(
    class: &'static ClassEntry,
    given: T,
    properties: [Zval; N],
) -> Zval {
    // SAFETY: as in `object`.
    unsafe {
        let object = create::<T>(ptr::from_ref(class).cast_mut());
        give(object, given);
        put(object, properties);
        owned(object)
    }
}

fn owned(object: *mut zend_object) -> Zval {
    let mut value = Zval::new();
    value.value.obj = object;
    value.u1.type_info = ffi::IS_OBJECT_EX;
    value
}

/// As `object`, for the object of a call, which PHP has made.
pub(super) fn restore<T: Native>(call: &ExecuteData, given: T) -> PhpResult<()> {
    let object = hollow::<T>(call)?;
    // SAFETY: see `hollow`.
    unsafe { fill(object, given) };
    Ok(())
}

/// As `object_of`, for the object of a call, which PHP has made.
pub(crate) fn restore_of<T: Native, const N: usize>(
    call: &ExecuteData,
    given: T,
    properties: [Zval; N],
) -> PhpResult<()> {
    let object = hollow::<T>(call)?;
    // SAFETY: see `hollow`.
    unsafe {
        give(object, given);
        put(object, properties);
    }
    Ok(())
}

/// The object of a call, which is of `T` and has no state yet.
fn hollow<T: Native>(call: &ExecuteData) -> PhpResult<*mut zend_object> {
    // SAFETY: PHP holds the object of a call; its class is one of `T`'s where its handlers are those of `T`.
    unsafe {
        if !call.This.is_object() || !ptr::eq((*call.This.value.obj).handlers, handlers_of::<T>()) {
            return Err(error("called without an object of its class"));
        }
        if state::<T>(call.This.value.obj).is_none() {
            return Ok(call.This.value.obj);
        }
    }
    Err(error(&match T::get_metadata().all_properties().next() {
        Some(first) => format!("Cannot modify readonly property {}::${}", T::CLASS_NAME, first.name),
        None => format!("{} is initialized already", T::CLASS_NAME),
    }))
}

/// # Safety
///
/// An object of `T` without state, whose properties hold nothing yet.
unsafe fn fill<T: Native>(object: *mut zend_object, given: T) {
    // SAFETY: by contract.
    unsafe {
        give(object, given);
        if let Some(state) = state::<T>(object) {
            put(object, properties_of(state));
        }
    }
}

/// # Safety
///
/// An object of `T` without state.
unsafe fn give<T>(object: *mut zend_object, given: T) {
    // SAFETY: by contract.
    unsafe { ptr::write(&raw mut (*container::<T>(object)).obj, Some(given)) }
}

/// # Safety
///
/// An object whose properties hold nothing yet.
unsafe fn put(object: *mut zend_object, properties: impl IntoIterator<Item = Zval>) {
    // SAFETY: by contract.
    for (place, value) in unsafe { table(object) }.iter_mut().zip(properties) {
        let value = ManuallyDrop::new(value);
        (place.value, place.u1) = (value.value, value.u1);
        // Neither uninitialised nor open to a second value.
        place.u2.extra = 0;
    }
}

/// The object's table of properties, with as many places as its class says.
unsafe fn table<'a>(object: *mut zend_object) -> &'a mut [Zval] {
    // SAFETY: a live object, whose properties nobody else looks at now, see the callers.
    unsafe {
        let count = usize::try_from((*(*object).ce).default_properties_count).unwrap_or(0);
        std::slice::from_raw_parts_mut((*object).properties_table.as_mut_ptr(), count)
    }
}

/// As ext-php-rs's `ClassBuilder::object_override` does, which takes over the constructor too.
pub(super) unsafe extern "C" fn create<T: RegisteredClass>(class: *mut zend_class_entry) -> *mut zend_object {
    // SAFETY: PHP gives a class that is registered for `T`.
    unsafe {
        let class: Option<&'static ClassEntry> = class.as_ref();
        &raw mut (*ZendClassObject::<T>::new_uninit(class).into_raw()).std
    }
}

/// Needless where ext-php-rs's own clones objects of child classes, and what it has cloned the properties of.
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
        for property in table(object).iter() {
            tracer.add(property);
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
/// an object without state. Needless where ext-php-rs has handlers for `ArrayAccess`.
unsafe fn dimension<T: Native>(object: *mut zend_object, key: *mut zval) -> Option<Zval> {
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
        match if READS.contains(&kind.cast_unsigned()) { dimension::<T>(object, key) } else { None } {
            Some(found) => {
                ptr::write(to, found);
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
            Some(found) if is_empty == 0 => c_int::from(!found.is_null()),
            Some(found) => c_int::from(found.coerce_to_bool()),
            None => zend_std_has_dimension(object, key, is_empty),
        }
    }
}

pub(super) fn handlers_of<T: RegisteredClass>() -> *mut ffi::zend_object_handlers {
    ptr::from_ref(T::get_metadata().handlers()).cast_mut()
}
