//! What else the extension needs of PHP and of the C library: dependencies, streams, closures, free memory. Each function
//! is needless where ext-php-rs has one.

use std::ffi::CStr;
use std::os::fd::{BorrowedFd, IntoRawFd, RawFd};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi;
use ext_php_rs::types::Zval;

use super::exception::{self, PhpResult};
use super::lacking;

/// Declares the extensions that this one needs, while it starts: ext-php-rs's builder has no list of them.
pub(crate) fn depends_on(extensions: &[&'static CStr]) {
    const REQUIRED: u8 = 1;
    let dependency =
        |name, type_| ffi::_zend_module_dep { name, rel: ptr::null(), version: ptr::null(), type_ };
    let required = extensions.iter().map(|name| dependency(name.as_ptr(), REQUIRED));
    let all: Box<[_]> = required.chain([dependency(ptr::null(), 0)]).collect();
    // SAFETY: PHP's global names the module that starts, which reads the list as long as it is loaded.
    unsafe { (*(*ffi::ext_php_rs_executor_globals()).current_module).deps = Box::leak(all).as_ptr() };
}

/// Asks the C library to give free memory back to the system. After a burst glibc would keep it, above all that of another
/// thread's arena; other libraries keep none.
pub(crate) fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: touches free memory only, under the allocator's own locks.
    unsafe {
        nix::libc::malloc_trim(0);
    }
}

/// A stream over a copy of a descriptor, for `stream_select` and event loops.
pub(crate) fn stream(descriptor: RawFd) -> PhpResult<Zval> {
    // SAFETY: the caller's descriptor is open during this call.
    let copy = unsafe { BorrowedFd::borrow_raw(descriptor) }.try_clone_to_owned();
    let copy =
        copy.map_err(|failure| exception::error(&format!("cannot copy the poll descriptor: {failure}")))?;
    let (copy, id, file) = (copy.into_raw_fd(), ptr::null(), c"ami_client".as_ptr());
    // SAFETY: PHP owns the descriptor from here on; the resource holds the only reference to the new stream.
    unsafe {
        let stream = lacking::_php_stream_fopen_from_fd(copy, c"r".as_ptr(), id, false, 0, file, 0, file, 0);
        let stream: *mut ffi::php_stream = stream.cast();
        if stream.is_null() {
            exception::check()?;
            return Err(exception::error("PHP could not make a stream of the poll descriptor"));
        }
        // As `php_stream_to_zval`.
        (*stream).set___exposed(1);
        let mut value = Zval::new();
        value.set_resource((*stream).res);
        Ok(value)
    }
}

/// False once PHP code has closed the stream.
pub(crate) fn stream_is_open(stream: &Zval) -> bool {
    // SAFETY: a resource is live as long as the value that holds it. PHP gives a closed one the type -1.
    stream.resource().is_some_and(|resource| unsafe { (*resource).type_ >= 0 })
}

/// A closure over a static method of ours, which may be private.
pub(crate) fn static_closure<T: RegisteredClass>(name: &str) -> Zval {
    let class = T::get_metadata().ce();
    let mut closure = Zval::new();
    // SAFETY: a method of a class of ours.
    unsafe {
        let method = lacking::find_in(&raw const class.function_table, name);
        let class = ptr::from_ref(class).cast_mut();
        lacking::zend_create_fake_closure(&raw mut closure, method, class, class, ptr::null_mut());
    }
    closure
}
