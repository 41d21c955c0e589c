//! Properties that are readonly, or that not every scope may write.

use std::ptr;

use ext_php_rs::convert::IntoZval;
use ext_php_rs::ffi;
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::ClassEntry;

use super::lacking;

/// Reads a public property; null where it has no value. Needless where `ZendObject::get_property` does not read for
/// writing, which readonly properties refuse.
pub(crate) fn read(object: &ZendObject, name: &str) -> Zval {
    let mut scratch = Zval::new();
    // SAFETY: a live object; the value is copied before anything can change it.
    unsafe {
        let (object, text) = (ptr::from_ref(object).cast_mut(), name.as_ptr().cast());
        let found = ffi::zend_read_property((*object).ce, object, text, name.len(), true, &raw mut scratch);
        (*found).dereference().shallow_clone()
    }
}

/// Writes a property as code of the class `scope` would: a readonly one only once. Needless where
/// `ZendObject::set_property` takes a scope, instead of that of the method that runs.
pub(crate) fn write(object: &Zval, scope: &ClassEntry, name: &str, value: impl IntoZval) {
    let mut value = value.into_zval(false).unwrap_or_default();
    let scope = ptr::from_ref(scope).cast_mut();
    if object.is_object() {
        // SAFETY: a live object; PHP takes a reference of its own to the value.
        unsafe {
            let object = object.value.obj;
            lacking::zend_update_property(scope, object, name.as_ptr().cast(), name.len(), &raw mut value);
        }
    }
}
