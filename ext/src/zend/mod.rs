//! The one place with `unsafe`: PHP as the rest of the extension sees it.
//!
//! C's macros and inline functions are plain functions in `glue.c`; no bindings are generated, so that the build
//! needs a C compiler and PHP's headers and nothing else, and no layout of PHP but a zval's is known to Rust.
//!
//! Objects own references, arguments are parsed as PHP parses them, an exception is an `Err`, a fatal error
//! in PHP code comes back as one too. These rules keep it sound and are the caller's to follow:
//!
//! - no borrow of a `RefCell` and no lock lives while PHP code runs: [`callable`] and [`host::warning`] run some,
//!   and so does dropping a [`Value`], [`Object`] or [`Callable`], by destructors;
//! - nor while PHP allocates, which every new [`Str`], [`Array`] and [`Object`] does: at the memory limit, as with a
//!   fatal error in a destructor, PHP jumps over the frames of Rust up to the next [`guard::attempt`]. What they own is
//!   leaked then, and a borrow or lock among it would stay for ever;
//! - every reference that state in Rust owns is named by its [`object::Native::trace`];
//! - nothing of PHP is touched by another thread.

pub(crate) mod array;
pub(crate) mod call;
pub(crate) mod callable;
pub(crate) mod classes;
pub(crate) mod exception;
mod exports;
mod ffi;
pub(crate) mod guard;
pub(crate) mod host;
pub(crate) mod names;
pub(crate) mod object;
pub(crate) mod process;
pub(crate) mod properties;
mod startup;
pub(crate) mod string;
pub(crate) mod value;

pub(crate) use array::{Array, Builder, Key};
pub(crate) use callable::Callable;
pub(crate) use classes::Class;
pub(crate) use exception::{PhpResult, Thrown};
pub(crate) use object::{Dimensions, Native, Object, Tracer};
pub(crate) use properties::Properties;
pub(crate) use string::Str;
pub(crate) use value::{IntoValue, Value, View};

/// Registers the state in Rust of some classes: at start-up only.
pub(crate) fn register<T: Native>(clones: bool) {
    object::register::<T>(clones);
}

/// As `register`, for objects that are read like arrays.
pub(crate) fn register_dimensions<T: Dimensions>(clones: bool) {
    object::register_dimensions::<T>(clones);
}

/// Registers a class without state in Rust: at start-up only.
pub(crate) fn register_plain(class: Class, clones: bool) {
    object::register_plain(class, clones);
}
