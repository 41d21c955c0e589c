//! Names under which headers stand in arrays, as strings that PHP has made already: an array of a usual event then
//! takes no memory for its keys, and hashes none.

use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

use ext_php_rs::types::ZendStr;
use rustc_hash::FxHashMap;

/// A string that lives as long as the module and is never changed, nor counted. None of them is a number.
pub(crate) struct Interned(*mut ZendStr);

impl Interned {
    pub(super) fn as_raw(&self) -> *mut ZendStr {
        self.0
    }
}

type Names = FxHashMap<Box<[u8]>, Interned>;

/// Made anew at each start-up: with the module PHP frees what it keeps for good.
static NAMES: AtomicPtr<Names> = AtomicPtr::new(ptr::null_mut());

/// Makes the lower-case names of headers, when PHP loads the extension: only then does it keep strings for good.
pub(crate) fn intern(headers: impl Iterator<Item = String>) {
    let lower = |name: &String| Interned(ZendStr::new_interned(name.to_ascii_lowercase(), true).into_raw());
    let names: Names = headers.map(|name| (name.as_bytes().into(), lower(&name))).collect();
    NAMES.store(Box::into_raw(Box::new(names)), Ordering::Release);
}

/// The lower-case name of a header that is spelled as Asterisk spells it; None where it is not one of the usual.
pub(crate) fn lower_name(header: &[u8]) -> Option<&'static Interned> {
    // SAFETY: null or what `intern` made, which is never freed.
    unsafe { NAMES.load(Ordering::Relaxed).as_ref() }?.get(header)
}
