//! What the macros of ext-php-rs cannot declare yet: typed readonly properties that PHP itself stores, parameter names in
//! camel case, attributes, unions, and handlers for the cycle collector, for `clone` and for `$object["key"]`. A function is
//! needless once a macro can declare the same.

use std::ffi::{CStr, CString};
use std::mem::ManuallyDrop;
use std::ptr;

use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi::{self, zend_class_entry, zend_internal_function, zend_type};
use ext_php_rs::flags::{ClassFlags, DataType};
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ZendType};

use super::check::{self, Handler};
use super::instance::{self, Native, handlers_of};
use super::lacking;

const ZEND_ACC_READONLY: u32 = 1 << 7;
const MAY_BE_STATIC: u32 = 1 << 15;
const ZEND_ATTRIBUTE_PERSISTENT: u32 = 1;

/// A class that is registered, and can be changed until `done`.
pub(crate) struct Registration {
    class: *mut zend_class_entry,
    interfaces: &'static [ClassEntryInfo],
    check: Handler,
    /// Whether methods without parameters are checked too.
    checks_all: bool,
}

/// A class of PHP or of this extension. Works at start-up too: `ClassEntry::try_find` finds nothing before the first request.
pub(crate) fn find(name: &str) -> &'static ClassEntry {
    // SAFETY: the table has all classes so far; those of extensions live as long as the module.
    unsafe { &*lacking::find_in((*ffi::ext_php_rs_compiler_globals()).class_table, name) }
}

// Every method here is called at start-up, when nothing else uses the class.
impl Registration {
    pub(crate) fn of(class: &'static ClassEntry, interfaces: &'static [ClassEntryInfo]) -> Self {
        let class = ptr::from_ref(class).cast_mut();
        Self { class, interfaces, check: check::checked, checks_all: false }
    }

    /// Gives the objects of `T`'s class a state of `T`, and its properties.
    pub(crate) fn with_state<T: Native>(mut self) -> Self {
        for property in T::get_metadata().field_properties() {
            self = self.declare(property.name, property.ty, property.nullable);
        }
        // SAFETY: see above; no object has these handlers yet.
        unsafe {
            (*self.class).__bindgen_anon_2.create_object = Some(instance::create::<T>);
            (*self.class).ce_flags |= ClassFlags::NotSerializable.bits();
            let handlers = handlers_of::<T>();
            *handlers = ffi::zend_object_handlers {
                offset: (*handlers).offset,
                clone_obj: None,
                free_obj: Some(instance::free::<T>),
                get_gc: Some(instance::get_gc::<T>),
                read_dimension: Some(instance::read_dimension::<T>),
                has_dimension: Some(instance::has_dimension::<T>),
                ..ffi::std_object_handlers
            };
        }
        self
    }

    /// Checks before each method that its object has a state of `T`. One of a user's class that extends this one lacks it
    /// where it does not call the constructor.
    pub(crate) fn check_state<T: Native>(self) -> Self {
        Self { check: check::checked_with_state::<T>, ..self }.check_all()
    }

    /// Checks the arguments of methods without parameters too: no macro does it for the bodies of this class.
    pub(crate) fn check_all(self) -> Self {
        Self { checks_all: true, ..self }
    }

    /// A property that is no field of the class's Rust type.
    pub(crate) fn readonly<V: IntoZval>(self, name: &str) -> Self {
        self.declare(name, V::TYPE, V::NULLABLE)
    }

    fn declare(self, name: &str, of: DataType, is_nullable: bool) -> Self {
        // SAFETY: see above; PHP keeps the name.
        unsafe {
            let name = ZendStr::new_interned(name, true).into_raw();
            // A property without a default has the type IS_UNDEF, which is 0.
            let mut undefined: ManuallyDrop<Zval> = std::mem::zeroed();
            lacking::zend_declare_typed_property(
                self.class,
                name,
                &raw mut *undefined,
                ffi::ZEND_ACC_PUBLIC | ZEND_ACC_READONLY,
                ptr::null_mut(),
                type_of(of, is_nullable),
            );
        }
        self
    }

    fn method(&self, name: &str) -> *mut zend_internal_function {
        // SAFETY: see above.
        unsafe { lacking::find_in(&raw const (*self.class).function_table, name) }
    }

    /// Adds `#[\SensitiveParameter]` to a parameter.
    pub(crate) fn sensitive(self, method: &str, index: u32) -> Self {
        // SAFETY: see above. PHP counts parameters from 1 here.
        unsafe {
            let attributes = &raw mut (*self.method(method)).attributes;
            let name = ZendStr::new_interned("SensitiveParameter", true).into_raw();
            lacking::zend_add_attribute(attributes, name, 0, ZEND_ATTRIBUTE_PERSISTENT, index + 1, 0);
        }
        self
    }

    /// Adds types to that of a parameter, which is a class or none.
    pub(crate) fn also(self, method: &str, index: usize, mask: u32) -> Self {
        // SAFETY: see above.
        unsafe {
            let wanted = &mut (*(*self.method(method)).arg_info.add(index)).type_;
            wanted.type_mask = if wanted.ptr.is_null() { mask } else { wanted.type_mask | mask };
        }
        self
    }

    /// Makes `static` the type of a result.
    pub(crate) fn returns_static(self, method: &str) -> Self {
        // SAFETY: see above; PHP keeps the type of the result before those of the parameters.
        unsafe { (*(*self.method(method)).arg_info.sub(1)).type_ = plain_type(MAY_BE_STATIC) };
        self
    }

    pub(crate) fn clones<T: Native + Clone>(self) -> Self {
        // SAFETY: see above.
        unsafe { (*handlers_of::<T>()).clone_obj = Some(instance::clone::<T>) };
        self
    }

    pub(crate) fn serializes(self) -> Self {
        // SAFETY: see above.
        unsafe { (*self.class).ce_flags &= !ClassFlags::NotSerializable.bits() };
        self
    }

    /// Ends the registration: PHP compares the methods with those of the interfaces, so every type has to be final.
    pub(crate) fn done(self) {
        // SAFETY: see above; the tables have nothing else, and the check is for objects of this class.
        unsafe {
            for (_, value) in &(*self.class).constants_table {
                let constant: *mut ffi::zend_class_constant = value.value.ptr.cast();
                // The macros declare none.
                (*constant).type_ = plain_type(1 << (*constant).value.u1.v.type_);
            }
            for (_, value) in &(*self.class).function_table {
                let function: *mut zend_internal_function = value.value.ptr.cast();
                if ptr::eq((*function).scope, self.class) {
                    name_parameters(function);
                    check::put_before(function, self.check, self.checks_all);
                }
            }
            for (interface, _) in self.interfaces {
                ffi::zend_do_implement_interface(self.class, ptr::from_ref(interface()).cast_mut());
            }
        }
    }
}

/// Names the parameters as PHP code does: the macros take their names in Rust.
unsafe fn name_parameters(function: *mut zend_internal_function) {
    // SAFETY: a function of a class that is registered now; PHP may keep the new names for ever.
    unsafe {
        for index in 0..(*function).num_args as usize {
            let name = &mut (*(*function).arg_info.add(index)).name;
            *name =
                CString::new(camel(&CStr::from_ptr(*name).to_string_lossy())).unwrap_or_default().into_raw();
        }
    }
}

/// `read_timeout` as `readTimeout`.
pub(crate) fn camel(snake: &str) -> String {
    let mut words = snake.split('_').filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |name, word| name + &word[..1].to_ascii_uppercase() + &word[1..])
}

fn type_of(of: DataType, is_nullable: bool) -> zend_type {
    match of.class_name() {
        Some(class) => zend_type {
            ptr: ZendStr::new_interned(class, true).into_raw().cast(),
            type_mask: ffi::_ZEND_TYPE_NAME_BIT | if is_nullable { ffi::_ZEND_TYPE_NULLABLE_BIT } else { 0 },
        },
        None => ZendType::empty_from_type(of, false, false, is_nullable).unwrap_or_else(|| plain_type(0)),
    }
}

fn plain_type(type_mask: u32) -> zend_type {
    zend_type { ptr: ptr::null_mut(), type_mask }
}
