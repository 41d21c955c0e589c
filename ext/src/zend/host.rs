//! The rest of what the extension asks of PHP: warnings, iterators, streams, closures.

use std::os::fd::{BorrowedFd, IntoRawFd, RawFd};

use super::PhpResult;
use super::array::Array;
use super::classes::Class;
use super::exception::{self, Thrown};
use super::ffi::{self, RawValue};
use super::guard::attempt;
use super::object::Object;
use super::value::Value;

/// An `E_WARNING`. A handler of the user's may run, and throw.
pub(crate) fn warning(message: &str) -> PhpResult<()> {
    let message = exception::c_text(message);
    // SAFETY: PHP copies the text.
    attempt(|| unsafe { ffi::ami_warning(message.as_ptr()) })?;
    exception::check()
}

/// Asks the C library to give free memory to the system: after a burst it would keep it, above all what another
/// thread has asked for.
pub(crate) fn give_memory_back() {
    // SAFETY: touches free memory only, under the allocator's own locks.
    unsafe { ffi::ami_give_memory_back() }
}

/// An `ArrayIterator` over the array.
pub(crate) fn iterator(array: Array) -> PhpResult<Value> {
    let array = array.into_inner();
    let mut raw = RawValue::NULL;
    // SAFETY: a live array, of which the iterator takes a reference of its own.
    unsafe { ffi::ami_array_iterator(array.payload() as *mut _, &raw mut raw) };
    // SAFETY: the new object, or nothing.
    let iterator = unsafe { Value::from_owned(raw) };
    exception::check()?;
    Ok(iterator)
}

/// A stream over a copy of a descriptor, for `stream_select` and event loops.
pub(crate) fn stream(descriptor: RawFd) -> PhpResult<Value> {
    // SAFETY: the caller's descriptor is open during this call.
    let copy = unsafe { BorrowedFd::borrow_raw(descriptor) }.try_clone_to_owned();
    let copy =
        copy.map_err(|failure| exception::error(&format!("cannot copy the poll descriptor: {failure}")))?;
    let mut raw = RawValue::NULL;
    // SAFETY: the descriptor passes to PHP.
    if unsafe { ffi::ami_stream_new(copy.into_raw_fd(), &raw mut raw) } {
        // SAFETY: the new resource.
        return Ok(unsafe { Value::from_owned(raw) });
    }
    exception::check()?;
    Err(exception::error("PHP could not make a stream of the poll descriptor"))
}

/// Sends a signal to this very thread's process.
pub(crate) fn raise(signal: i64) {
    if let Ok(signal) = i32::try_from(signal) {
        // SAFETY: raise(3) takes any number.
        unsafe { ffi::raise(signal) };
    }
}

/// False once PHP code closed the stream.
pub(crate) fn stream_is_open(stream: &Value) -> bool {
    // SAFETY: a live value.
    unsafe { ffi::ami_stream_is_open(stream.as_raw()) }
}

/// A closure over a static method of ours, a private one too.
pub(crate) fn static_closure(class: Class, lower_name: &str) -> PhpResult<Object> {
    let mut raw = RawValue::NULL;
    // SAFETY: a class of ours; the name is read only.
    if !unsafe {
        ffi::ami_static_closure(class.entry(), lower_name.as_ptr().cast(), lower_name.len(), &raw mut raw)
    } {
        return Err(exception::error(&format!("{class:?} has no {lower_name}()")));
    }
    // SAFETY: the new closure.
    unsafe { Value::from_owned(raw) }.object().ok_or(Thrown::Exception)
}
