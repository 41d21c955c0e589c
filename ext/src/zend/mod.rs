//! The one place with `unsafe`: what ext-php-rs lacks. Every module says what would make it needless.
//!
//! These rules keep it sound and are the caller's to follow:
//!
//! - no borrow of a `RefCell` and no lock lives while PHP code runs: [`callable`] and [`guard`] run some, and so does
//!   dropping a `Zval` or [`Callable`], by destructors;
//! - nor while PHP allocates, which every new string, array and object does: at the memory limit, as with a
//!   fatal error in a destructor, PHP jumps over the frames of Rust up to the next [`guard::attempt`]. What they own is
//!   leaked then, and a borrow or lock among it would stay for ever;
//! - every reference that state in Rust owns is named by its [`instance::Native::trace`];
//! - nothing of PHP is touched by another thread.

mod callable;
pub(crate) mod check;
pub(crate) mod class;
pub(crate) mod entries;
pub(crate) mod exception;
pub(crate) mod guard;
pub(crate) mod headers;
pub(crate) mod host;
pub(crate) mod instance;
mod lacking;
pub(crate) mod method;
pub(crate) mod process;
pub(crate) mod property;
pub(crate) mod string;

pub(crate) use callable::Callable;
pub(crate) use exception::{PhpResult, Thrown};
pub(crate) use instance::{Native, Tracer};
