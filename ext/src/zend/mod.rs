//! What ext-php-rs lacks, and all `unsafe` code. Every module says what would make it needless.
//!
//! Callers keep these rules, without which the code here is unsound:
//!
//! - No borrow of a `RefCell` and no lock is held while PHP code runs. [`callable`] and [`guard`] run some; so does
//!   dropping a `Zval` or [`Callable`], by destructors.
//! - None is held while PHP allocates, as for every new string, array and object. At the memory limit, and after a fatal
//!   error in a destructor, PHP jumps over the frames of Rust up to the next [`guard::attempt`]. What these frames own is
//!   leaked, and a borrow or lock would last for ever.
//! - [`instance::Native::trace`] names every reference that a state owns.
//! - Only the thread of PHP uses values of PHP.

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
pub(crate) mod process;
pub(crate) mod property;
pub(crate) mod string;

pub(crate) use callable::Callable;
pub(crate) use exception::{PhpResult, Thrown};
pub(crate) use instance::{Native, Tracer};
