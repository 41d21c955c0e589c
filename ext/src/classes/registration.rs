//! Registers the classes, as ext-php-rs's `ModuleBuilder` does, and lets [`Registration`] add what the macros cannot declare.
//!
//! The module's start-up function registers them: `ModuleBuilder` registers its classes after that function, and calls
//! nothing afterwards that could add to them.

use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::{ClassEntryInfo, ConstructorMeta, RegisteredClass};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::ExecuteData;

use super::method::{Unserialize, construct, unserialize};
use crate::zend::Native;
use crate::zend::class::{Registration, find};

type Method = (FunctionBuilder<'static>, MethodFlags);

/// Registers a `#[php_class]`. Its `#[php(prop)]` fields become typed readonly properties that PHP itself stores.
pub(crate) fn class<T: Native>() -> Registration {
    with_state::<T>(builder_of::<T>(Some(constructor_of::<T>())))
}

/// As `class`, for objects that can be cloned and serialized.
pub(crate) fn value_class<T: Unserialize>() -> Registration {
    with_state::<T>(with_unserialize(builder_of::<T>(Some(constructor_of::<T>())), unserialize::<T>))
        .clones::<T>()
        .serializes()
}

/// Registers a `#[php_class]` without fields, whose parent is the class of `T` and whose objects have the state of a `T`.
pub(crate) fn child_class<C: RegisteredClass, T: Native>() -> Registration {
    let builder = builder_of::<C>(None).extends(entry_of::<T>());
    register::<C>(builder.flags(C::FLAGS | ClassFlags::NoDynamicProperties)).check_state::<T>()
}

/// Registers a `#[php_interface]`.
pub(crate) fn interface<T: RegisteredClass>() -> Registration {
    register::<T>(builder_of::<T>(None).flags(T::FLAGS))
}

/// Registers a class without a Rust type: an exception, whose file, line and trace PHP fills in.
pub(crate) fn exception(name: &str, builder: ClassBuilder) -> Registration {
    // PHP reads the arginfo as long as the module is loaded, and may start the module again.
    builder.registration(|_, arguments| std::mem::forget(arguments)).register().expect(name);
    Registration::of(find(name), &[]).check_all()
}

/// The class entry of a type, for `extends` and `implements`.
pub(crate) fn entry_of<T: RegisteredClass>() -> ClassEntryInfo {
    (|| T::get_metadata().ce(), T::CLASS_NAME)
}

/// Adds `__unserialize`: a method of a macro needs an object that has a state already.
pub(crate) fn with_unserialize(
    builder: ClassBuilder,
    handler: extern "C" fn(&mut ExecuteData, &mut Zval),
) -> ClassBuilder {
    let method = FunctionBuilder::new("__unserialize", handler).arg(Arg::new("data", DataType::Array));
    builder.method(method.returns(DataType::Void, false, false), MethodFlags::Public)
}

fn builder_of<T: RegisteredClass>(constructor: Option<Method>) -> ClassBuilder {
    let mut builder = ClassBuilder::new(T::CLASS_NAME);
    for (method, flags) in constructor.into_iter().chain(T::method_builders()) {
        builder = builder.method(method, flags);
    }
    for (name, value, docs, flags) in T::constants() {
        builder = builder.dyn_constant(*name, *value, docs, *flags).expect(T::CLASS_NAME);
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
        // Only Rust makes such objects.
        None => (constructor, MethodFlags::Private),
    }
}

fn with_state<T: Native>(builder: ClassBuilder) -> Registration {
    register::<T>(builder.flags(T::FLAGS | ClassFlags::NoDynamicProperties)).with_state::<T>()
}

fn register<T: RegisteredClass>(builder: ClassBuilder) -> Registration {
    let builder = builder.registration(|class, arguments| {
        T::get_metadata().set_ce(class);
        T::get_metadata().set_arg_info(arguments);
    });
    builder.register().expect(T::CLASS_NAME);
    // Not by the builder: PHP compares the methods with those of an interface at once, and their types are not final yet.
    Registration::of(T::get_metadata().ce(), T::IMPLEMENTS)
}
