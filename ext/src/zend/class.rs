//! What `#[php_class]` cannot say yet, added to its classes as they are registered: typed readonly properties that are
//! real ones, names of parameters as PHP writes them, attributes, unions, and handlers for the cycle collector, for
//! clones and for `$object["key"]`. Each function is needless as soon as a macro of ext-php-rs says the same.
//!
//! Classes are registered by the module's start-up function, because ext-php-rs registers its own after that and leaves
//! no moment to add to them.

use std::ffi::{CStr, CString, c_int, c_void};
use std::mem::ManuallyDrop;
use std::ptr;

use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ConstructorMeta, RegisteredClass};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi::{self, HashTable, zend_class_entry, zend_string, zend_type, zval};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendStr, Zval};
use ext_php_rs::zend::{ClassEntry, ExecuteData, ZendType};

use super::check::{self, Handler, LONG};
use super::instance::{self, Native, Unserialize, handlers_of};
use super::lacking::function_of;
use super::method::{construct, unserialize};

unsafe extern "C" {
    fn zend_declare_typed_property(
        class: *mut zend_class_entry,
        name: *mut zend_string,
        default: *mut zval,
        flags: c_int,
        doc: *mut zend_string,
        of: zend_type,
    ) -> *mut c_void;
    fn zend_add_attribute(
        attributes: *mut *mut HashTable,
        name: *mut zend_string,
        argc: u32,
        flags: u32,
        offset: u32,
        line: u32,
    ) -> *mut c_void;
}

const ZEND_ACC_READONLY: u32 = 1 << 7;
const MAY_BE_STATIC: u32 = 1 << 15;
const ZEND_ATTRIBUTE_PERSISTENT: u32 = 1;

type Method = (FunctionBuilder<'static>, MethodFlags);

/// A class on its way to PHP.
pub(crate) struct Surface {
    class: *mut zend_class_entry,
    interfaces: Vec<ClassEntryInfo>,
    check: Handler,
    /// Whether methods without arguments are checked too, because no macro looks at their count or at their object.
    checks_all: bool,
}

/// Registers a `#[php_class]`, whose `#[php(prop)]` fields become typed readonly properties of PHP.
pub(crate) fn class<T: Native>() -> Surface {
    with_state::<T>(builder_of::<T>(Some(constructor_of::<T>())))
}

/// As `class`, for objects that can be cloned and serialized.
pub(crate) fn value_class<T: Unserialize>() -> Surface {
    with_state::<T>(with_unserialize(builder_of::<T>(Some(constructor_of::<T>())), unserialize::<T>))
        .clones::<T>()
        .serializes()
}

/// Registers a `#[php_class]` without fields, whose objects have the state of a `T`.
pub(crate) fn child_class<C: RegisteredClass, T: Native>() -> Surface {
    let builder = builder_of::<C>(None).extends(entry_of::<T>());
    finish::<C>(builder.flags(C::FLAGS | ClassFlags::NoDynamicProperties)).check_state::<T>()
}

/// Registers a `#[php_interface]`.
pub(crate) fn interface<T: RegisteredClass>() -> Surface {
    finish::<T>(builder_of::<T>(None).flags(T::FLAGS))
}

/// Registers a class without a Rust type: an exception, which PHP fills with file, line and trace.
pub(crate) fn exception(name: &str, builder: ClassBuilder) -> Surface {
    // PHP reads the arginfo as long as the module is there, and its start-up may come again.
    register(name, builder.registration(|_, arguments| std::mem::forget(arguments)));
    Surface { checks_all: true, ..Surface::of(find(name)) }
}

/// Adds the method that gives an object of PHP its state, which no macro can: there is none yet.
pub(crate) fn with_unserialize(
    builder: ClassBuilder,
    handler: extern "C" fn(&mut ExecuteData, &mut Zval),
) -> ClassBuilder {
    let method = FunctionBuilder::new("__unserialize", handler).arg(Arg::new("data", DataType::Array));
    builder.method(method.returns(DataType::Void, false, false), MethodFlags::Public)
}

/// As ext-php-rs's `ModuleBuilder::class`.
fn builder_of<T: RegisteredClass>(constructor: Option<Method>) -> ClassBuilder {
    let mut builder = ClassBuilder::new(T::CLASS_NAME);
    for (method, flags) in constructor.into_iter().chain(T::method_builders()) {
        builder = builder.method(method, flags);
    }
    for (name, value, docs, flags) in T::constants() {
        builder = builder
            .dyn_constant(*name, *value, docs, *flags)
            .unwrap_or_else(|why| refused(T::CLASS_NAME, &why));
    }
    match T::BUILDER_MODIFIER {
        Some(modify) => modify(builder),
        None => builder,
    }
}

fn constructor_of<T: Native>() -> Method {
    let constructor = FunctionBuilder::new("__construct", construct::<T>);
    match T::constructor() {
        Some(ConstructorMeta { build_fn, flags, .. }) => {
            (build_fn(constructor), flags.unwrap_or(MethodFlags::Public))
        }
        // Made by Rust only.
        None => (constructor, MethodFlags::Private),
    }
}

fn with_state<T: Native>(builder: ClassBuilder) -> Surface {
    let mut surface = finish::<T>(builder.flags(T::FLAGS | ClassFlags::NoDynamicProperties));
    for property in T::get_metadata().all_properties() {
        surface = surface.declare(property.name, property.ty, property.nullable);
    }
    // SAFETY: at start-up, by one thread: nobody else looks at the class or its handlers.
    unsafe {
        (*surface.class).__bindgen_anon_2.create_object = Some(instance::create::<T>);
        (*surface.class).ce_flags |= ClassFlags::NotSerializable.bits();
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
    surface.check_state::<T>()
}

fn finish<T: RegisteredClass>(builder: ClassBuilder) -> Surface {
    let builder = builder.registration(|class, arguments| {
        T::get_metadata().set_ce(class);
        T::get_metadata().set_arg_info(arguments);
    });
    register(T::CLASS_NAME, builder);
    let surface = Surface { interfaces: T::IMPLEMENTS.to_vec(), ..Surface::of(T::get_metadata().ce()) };
    surface.camel_parameters()
}

fn register(name: &str, builder: ClassBuilder) {
    builder.register().unwrap_or_else(|why| refused(name, &why));
}

/// A class that PHP does not take is a mistake of ours, which the first start shows.
fn refused<R>(class: &str, why: &ext_php_rs::error::Error) -> R {
    panic!("{class} cannot be registered: {why}")
}

/// A class of PHP's own or of ours, at start-up too: `ClassEntry::try_find` sees none before the first request.
pub(crate) fn find(name: &str) -> &'static ClassEntry {
    // SAFETY: the table is that of all classes so far; those of extensions live as long as the module.
    let found = unsafe {
        let table = (*ffi::ext_php_rs_compiler_globals()).class_table;
        ffi::zend_hash_str_find_ptr_lc(table, name.as_ptr().cast(), name.len()).cast::<ClassEntry>().as_ref()
    };
    found.unwrap_or_else(|| panic!("there is no class {name}"))
}

// Every method here runs at start-up, on a class that nobody has seen yet.
impl Surface {
    fn of(class: &'static ClassEntry) -> Self {
        let class = ptr::from_ref(class).cast_mut();
        Self { class, interfaces: Vec::new(), check: check::checked, checks_all: false }
    }

    fn check_state<T: Native>(self) -> Self {
        if T::MAY_BE_HOLLOW {
            Self { check: check::checked_with_state::<T>, checks_all: true, ..self }
        } else {
            self
        }
    }

    /// A property that the class's Rust type does not name.
    pub(crate) fn readonly<V: IntoZval>(self, name: &str) -> Self {
        self.declare(name, V::TYPE, V::NULLABLE)
    }

    fn declare(self, name: &str, of: DataType, is_nullable: bool) -> Self {
        let flags = c_int::try_from(ffi::ZEND_ACC_PUBLIC | ZEND_ACC_READONLY).unwrap_or_default();
        // SAFETY: see above; the name is PHP's for good.
        unsafe {
            let name = ZendStr::new_interned(name, true).into_raw();
            let mut unset: ManuallyDrop<Zval> = std::mem::zeroed();
            zend_declare_typed_property(
                self.class,
                name,
                &raw mut *unset,
                flags,
                ptr::null_mut(),
                type_of(of, is_nullable),
            );
        }
        self
    }

    fn function(&self, method: &str) -> *mut ffi::zend_internal_function {
        // SAFETY: see above.
        let found = function_of(unsafe { &*self.class }, &method.to_ascii_lowercase());
        found.map_or_else(|| panic!("there is no method {method}"), <*mut ffi::zend_function>::cast)
    }

    /// `#[\SensitiveParameter]`
    pub(crate) fn sensitive(self, method: &str, index: u32) -> Self {
        // SAFETY: see above.
        unsafe {
            let function = self.function(method);
            let known =
                *ffi::zend_known_strings.add(ffi::_zend_known_string_id_ZEND_STR_SENSITIVEPARAMETER as usize);
            zend_add_attribute(
                &raw mut (*function).attributes,
                known,
                0,
                ZEND_ATTRIBUTE_PERSISTENT,
                index + 1,
                0,
            );
        }
        self
    }

    /// The types that an argument may have beside the class that it names.
    pub(crate) fn also(self, method: &str, index: usize, mask: u32) -> Self {
        // SAFETY: see above.
        unsafe {
            let wanted = &mut (*(*self.function(method)).arg_info.add(index)).type_;
            wanted.type_mask = if wanted.ptr.is_null() { mask } else { wanted.type_mask | mask };
        }
        self
    }

    /// The names of parameters as PHP writes them: the macros take those of Rust.
    fn camel_parameters(self) -> Self {
        // SAFETY: see above; a name lives as long as the process.
        unsafe {
            for (_, value) in &(*self.class).function_table {
                let function: *mut ffi::zend_internal_function = value.value.ptr.cast();
                if !ptr::eq((*function).scope, self.class) {
                    continue;
                }
                for index in 0..(*function).num_args as usize {
                    let info = (*function).arg_info.add(index);
                    let name = CStr::from_ptr((*info).name).to_string_lossy();
                    (*info).name = CString::new(camel(&name)).unwrap_or_default().into_raw();
                }
            }
        }
        self
    }

    /// The type of a constant, which the macros leave out.
    pub(crate) fn int_constant(self, name: &str) -> Self {
        // SAFETY: see above.
        unsafe {
            let table = &raw const (*self.class).constants_table;
            let found = ffi::zend_hash_str_find(table, name.as_ptr().cast(), name.len());
            let constant: *mut ffi::zend_class_constant = (*found).value.ptr.cast();
            (*constant).type_ = zend_type { ptr: ptr::null_mut(), type_mask: LONG };
        }
        self
    }

    /// `static` in place of a class.
    pub(crate) fn returns_static(self, method: &str) -> Self {
        // SAFETY: see above; the type of the result stands before those of the arguments.
        unsafe {
            (*(*self.function(method)).arg_info.sub(1)).type_ =
                zend_type { ptr: ptr::null_mut(), type_mask: MAY_BE_STATIC };
        }
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

    pub(crate) fn implements(mut self, interface: ClassEntryInfo) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// The class is as PHP is to see it: its arguments are checked from now on, and it has its interfaces.
    pub(crate) fn done(self) {
        // SAFETY: see above; the check is for the class's state.
        unsafe { check::put_before(self.class, self.check, self.checks_all) };
        for (interface, _) in &self.interfaces {
            // SAFETY: see above.
            unsafe { ffi::zend_do_implement_interface(self.class, ptr::from_ref(interface()).cast_mut()) };
        }
    }
}

/// A name as PHP writes it.
pub(crate) fn camel(snake: &str) -> String {
    let mut name = String::with_capacity(snake.len());
    for word in snake.split('_') {
        match word.chars().next().filter(|_| !name.is_empty()) {
            Some(first) => {
                name.push(first.to_ascii_uppercase());
                name.push_str(&word[1..]);
            }
            None => name.push_str(word),
        }
    }
    name
}

fn type_of(of: DataType, is_nullable: bool) -> zend_type {
    match of.class_name() {
        Some(class) => zend_type {
            ptr: ZendStr::new_interned(class, true).into_raw().cast(),
            type_mask: ffi::_ZEND_TYPE_NAME_BIT | if is_nullable { ffi::_ZEND_TYPE_NULLABLE_BIT } else { 0 },
        },
        None => ZendType::empty_from_type(of, false, false, is_nullable)
            .unwrap_or_else(|| ZendType::empty(false, false)),
    }
}

/// The class entry of a type, for `extends` and `implements`.
pub(crate) fn entry_of<T: RegisteredClass>() -> ClassEntryInfo {
    (|| T::get_metadata().ce(), T::CLASS_NAME)
}
