//! Objects of PHP with a state in Rust, beyond what ext-php-rs does for them: objects of child classes that have no Rust
//! type of their own, properties that PHP itself stores, references for the cycle collector, and `$object["key"]`.

use std::cell::RefCell;
use std::ffi::c_int;
use std::mem::{ManuallyDrop, offset_of};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi::{self, HashTable, zend_class_entry, zend_object, zval};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData};

use super::exception::{PhpResult, error};

/// What a class says about its state, beside its macros.
pub(crate) trait Native: RegisteredClass {
    /// A constructor that reads its arguments itself: ext-php-rs's parser writes every default as text at each call.
    const CONSTRUCTOR: Option<fn(&ExecuteData) -> PhpResult<Self>> = None;

    /// Names every counted reference that the state owns, each once. The collector never frees a cycle through a
    /// reference that is not named, and frees too early what is named twice.
    fn trace(&self, _: &mut Tracer) {}

    /// The value of `$object["key"]`; `None` where PHP has to call `offsetGet`.
    fn dimension(&self, _: &[u8]) -> Option<Zval> {
        None
    }
}

/// Collects the references that `trace` names. Needless where `RegisteredClass` has a method for the cycle collector.
pub(crate) struct Tracer(Vec<ManuallyDrop<Zval>>);

thread_local! {
    /// What the last call of `get_gc` found. PHP reads it before it asks the next object.
    static TRACED: RefCell<Tracer> = const { RefCell::new(Tracer(Vec::new())) };
}

impl Tracer {
    pub(crate) fn value(&mut self, holder: &impl AsRef<Zval>) {
        self.add(holder.as_ref());
    }

    fn add(&mut self, value: &Zval) {
        // SAFETY: the copy is read only while the value lives, and never dropped.
        unsafe {
            if value.u1.v.type_flags != 0 {
                self.0.push(ManuallyDrop::new(ptr::read(value)));
            }
        }
    }
}

/// The state of an object of `T`'s class or of a child of it. `ZendClassObject::from_zend_obj` also looks for the parent
/// of a child class, which costs a call of C.
///
/// # Safety
///
/// `object` is live, and was made by `create::<T>`.
pub(super) unsafe fn state<'a, T: RegisteredClass>(object: *mut zend_object) -> Option<&'a T> {
    // SAFETY: by contract.
    unsafe { (*container::<T>(object)).obj.as_ref() }
}

/// The state of the object whose method was called. Only for methods of `T`'s class.
#[inline]
pub(crate) fn state_of_call<T: Native>(call: &ExecuteData) -> PhpResult<&T> {
    // SAFETY: PHP holds the object whose method it calls; by contract it was made by `create::<T>`.
    let state = unsafe { call.This.is_object().then(|| state::<T>(call.This.value.obj)) }.flatten();
    state.ok_or_else(|| error("called without an object"))
}

/// The object whose method was called. `call.This` has flags of the call, which no value may have.
pub(crate) fn this_of_call(call: &ExecuteData) -> Zval {
    let mut this = Zval::new();
    if call.This.is_object() {
        // SAFETY: PHP holds the object whose method it calls.
        this.set_object(unsafe { &mut *call.This.value.obj });
    }
    this
}

fn container<T>(object: *mut zend_object) -> *mut ZendClassObject<T> {
    object.cast::<u8>().wrapping_sub(offset_of!(ZendClassObject<T>, std)).cast()
}

/// A new object of `class`, which is that of `T` or a child of it. `rest` are the values of the properties that the macros
/// do not declare.
pub(crate) fn object<T: Native>(
    class: &'static ClassEntry,
    state: T,
    rest: impl IntoIterator<Item = Zval>,
) -> Zval {
    // SAFETY: it has its state before anybody sees it.
    let mut object = unsafe { ZendClassObject::<T>::new_uninit(Some(class)) };
    fill(&mut object, state, rest);
    object.into_zval(false).unwrap_or_default()
}

/// As `object`, for the object whose constructor or `__unserialize` PHP has called. It must not have a state yet.
pub(crate) fn restore<T: Native>(
    call: &mut ExecuteData,
    state: T,
    rest: impl IntoIterator<Item = Zval>,
) -> PhpResult<()> {
    let object = call.get_self().filter(|object| ptr::eq(object.handlers, handlers_of::<T>()));
    let object = object.ok_or_else(|| error("called without an object of its class"))?;
    // SAFETY: objects with the handlers of `T` are made by `create::<T>`.
    let object = unsafe { &mut *container::<T>(object) };
    if object.obj.is_some() {
        return Err(error(&match T::get_metadata().field_properties().first() {
            Some(first) => format!("Cannot modify readonly property {}::${}", T::CLASS_NAME, first.name),
            None => format!("{} is initialized already", T::CLASS_NAME),
        }));
    }
    fill(object, state, rest);
    Ok(())
}

/// Stores the state and the first value of each property. Needless where ext-php-rs stores those of properties.
fn fill<T: Native>(object: &mut ZendClassObject<T>, state: T, rest: impl IntoIterator<Item = Zval>) {
    let state = &*object.obj.insert(state);
    let declared = T::get_metadata().field_properties().iter().filter_map(|property| {
        let mut value = Zval::new();
        // What cannot be converted is null.
        let _ = property.get?(state, &mut value);
        Some(value)
    });
    // SAFETY: PHP code has not seen the object yet.
    let mut properties = unsafe { properties(&raw mut object.std) }.iter_mut();
    declared.chain(rest).for_each(|value| {
        let Some(property) = properties.next() else { return };
        let value = ManuallyDrop::new(value);
        (property.value, property.u1) = (value.value, value.u1);
        // Clears IS_PROP_UNINIT and IS_PROP_REINITABLE.
        property.u2.extra = 0;
    });
}

/// All properties of an object, as many as its class declares.
unsafe fn properties<'a>(object: *mut zend_object) -> &'a mut [Zval] {
    // SAFETY: a live object, whose properties nobody else uses now, see the callers.
    unsafe {
        let count = usize::try_from((*(*object).ce).default_properties_count).unwrap_or(0);
        std::slice::from_raw_parts_mut((*object).properties_table.as_mut_ptr(), count)
    }
}

/// As `ClassBuilder::object_override`, which registers a constructor of its own too.
pub(super) unsafe extern "C" fn create<T: RegisteredClass>(class: *mut zend_class_entry) -> *mut zend_object {
    // SAFETY: PHP passes a class that is registered for `T`.
    unsafe { &raw mut (*ZendClassObject::<T>::new_uninit(class.as_ref()).into_raw()).std }
}

/// Needless where ext-php-rs's own makes an object of the class of the original, which may be a child class.
pub(super) unsafe extern "C" fn clone<T: Native + Clone>(object: *mut zend_object) -> *mut zend_object {
    // SAFETY: PHP passes a live object of a class registered for `T`.
    unsafe {
        let copy = create::<T>((*object).ce);
        if let Some(own) = state::<T>(object) {
            let _ = catch_unwind(AssertUnwindSafe(|| (*container::<T>(copy)).obj = Some(own.clone())));
        }
        ffi::zend_objects_clone_members(copy, object);
        copy
    }
}

/// Needless where ext-php-rs's own does not look for the parent of a child class at each object.
pub(super) unsafe extern "C" fn free<T: RegisteredClass>(object: *mut zend_object) {
    // SAFETY: PHP frees an object once, and nothing refers to it any more.
    unsafe {
        let state = &raw mut (*container::<T>(object)).obj;
        // A panic in a destructor leaks the rest of the state: nothing can be thrown here.
        let _ = catch_unwind(AssertUnwindSafe(|| ptr::drop_in_place(state)));
        ffi::zend_object_std_dtor(object);
    }
}

pub(super) unsafe extern "C" fn get_gc<T: Native>(
    object: *mut zend_object,
    values: *mut *mut zval,
    count: *mut c_int,
) -> *mut HashTable {
    // SAFETY: PHP passes a live object of a class registered for `T`, and memory for the results.
    TRACED.with_borrow_mut(|tracer| unsafe {
        tracer.0.clear();
        for property in properties(object).iter() {
            tracer.add(property);
        }
        if let Some(state) = state::<T>(object) {
            let _ = catch_unwind(AssertUnwindSafe(|| state.trace(tracer)));
        }
        *values = tracer.0.as_mut_ptr().cast();
        *count = c_int::try_from(tracer.0.len()).unwrap_or(0);
    });
    ptr::null_mut()
}

/// `None` where PHP's own way is the right one: the key is no string, the class is a user's and may have an `offsetGet` of
/// its own, or the object has no state. Needless where ext-php-rs has handlers for `ArrayAccess`.
unsafe fn dimension<T: Native>(object: *mut zend_object, key: *mut zval) -> Option<Zval> {
    const ZEND_INTERNAL_CLASS: u8 = 1;
    // SAFETY: a live object of a class registered for `T`, and a live key or null.
    unsafe {
        let key = key.as_ref().filter(|key| key.is_string())?;
        if (*(*object).ce).type_.cast_unsigned() != ZEND_INTERNAL_CLASS {
            return None;
        }
        let key = (*key.value.str_).as_bytes();
        catch_unwind(AssertUnwindSafe(|| state::<T>(object)?.dimension(key))).ok().flatten()
    }
}

pub(super) unsafe extern "C" fn read_dimension<T: Native>(
    object: *mut zend_object,
    key: *mut zval,
    access: c_int,
    retval: *mut zval,
) -> *mut zval {
    /// `$x["a"]` and `$x["a"] ?? null`.
    const READS: [u32; 2] = [ffi::BP_VAR_R, ffi::BP_VAR_IS];
    // SAFETY: PHP passes a live object of a class registered for `T`, a live key or none, and memory for the result.
    unsafe {
        let is_read = READS.contains(&access.cast_unsigned());
        if let Some(found) = is_read.then(|| dimension::<T>(object, key)).flatten() {
            ptr::write(retval, found);
            return retval;
        }
        let read = ffi::std_object_handlers.read_dimension;
        read.map_or(ptr::null_mut(), |read| read(object, key, access, retval))
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
            None => ffi::std_object_handlers.has_dimension.map_or(0, |has| has(object, key, is_empty)),
        }
    }
}

pub(super) fn handlers_of<T: RegisteredClass>() -> *mut ffi::zend_object_handlers {
    ptr::from_ref(T::get_metadata().handlers()).cast_mut()
}
