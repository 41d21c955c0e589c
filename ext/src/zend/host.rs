//! The rest of what the extension asks of PHP: needed extensions, streams, closures. Each function is needless where
//! ext-php-rs has one.

use std::ffi::CStr;
use std::os::fd::{BorrowedFd, IntoRawFd, RawFd};
use std::ptr;

use ext_php_rs::class::RegisteredClass;
use ext_php_rs::ffi;
use ext_php_rs::types::Zval;

use super::exception::{self, PhpResult};
use super::lacking;

/// Says which extensions the one that starts now needs, which ext-php-rs's builder cannot.
pub(crate) fn depends_on(extensions: &[&'static CStr]) {
    const MODULE_DEP_REQUIRED: u8 = 1;
    let dependency = |name| ffi::_zend_module_dep {
        name,
        rel: ptr::null(),
        version: ptr::null(),
        type_: MODULE_DEP_REQUIRED,
    };
    let mut all: Vec<_> = extensions.iter().map(|name| dependency(name.as_ptr())).collect();
    all.push(ffi::_zend_module_dep { type_: 0, ..dependency(ptr::null()) });
    // SAFETY: PHP says which module starts; it reads the list as long as the module is there.
    unsafe {
        if let Some(module) = (*ffi::ext_php_rs_executor_globals()).current_module.as_mut() {
            module.deps = Box::leak(all.into_boxed_slice()).as_ptr();
        }
    }
}

/// Asks the C library to give free memory to the system: after a burst it would keep it, above all what another
/// thread has asked for. Where it is not glibc, whose arenas keep what they once had, there is nothing to ask for.
pub(crate) fn give_memory_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: touches free memory only, under the allocator's own locks.
    unsafe {
        lacking::malloc_trim(0);
    }
}

/// A stream over a copy of a descriptor, for `stream_select` and event loops.
pub(crate) fn stream(descriptor: RawFd) -> PhpResult<Zval> {
    // SAFETY: the caller's descriptor is open during this call.
    let copy = unsafe { BorrowedFd::borrow_raw(descriptor) }.try_clone_to_owned();
    let copy =
        copy.map_err(|failure| exception::error(&format!("cannot copy the poll descriptor: {failure}")))?;
    let here = c"ami_client".as_ptr();
    // SAFETY: the descriptor passes to PHP; the new stream's only reference is its resource's.
    unsafe {
        let stream = lacking::_php_stream_fopen_from_fd(
            copy.into_raw_fd(),
            c"r".as_ptr(),
            ptr::null(),
            false,
            0,
            here,
            0,
            here,
            0,
        );
        let stream: *mut ffi::php_stream = stream.cast();
        if stream.is_null() {
            exception::check()?;
            return Err(exception::error("PHP could not make a stream of the poll descriptor"));
        }
        // As `php_stream_to_zval` does.
        (*stream).set___exposed(1);
        let mut value = Zval::new();
        value.value.res = (*stream).res;
        value.u1.type_info = ffi::IS_RESOURCE_EX;
        Ok(value)
    }
}

/// False once PHP code closed the stream.
pub(crate) fn stream_is_open(stream: &Zval) -> bool {
    // SAFETY: a resource is live as long as the value that holds it.
    stream.is_resource() && unsafe { (*stream.value.res).type_ == lacking::php_file_le_stream() }
}

/// A closure over a static method of ours, a private one too.
pub(crate) fn static_closure<T: RegisteredClass>(lower_name: &str) -> PhpResult<Zval> {
    let class = T::get_metadata().ce();
    let Some(method) = lacking::function_of(class, lower_name) else {
        return Err(exception::error(&format!("{} has no {lower_name}()", T::CLASS_NAME)));
    };
    let class = ptr::from_ref(class).cast_mut();
    let mut closure = Zval::new();
    // SAFETY: a method of a class of ours.
    unsafe { lacking::zend_create_fake_closure(&raw mut closure, method, class, class, ptr::null_mut()) };
    Ok(closure)
}
