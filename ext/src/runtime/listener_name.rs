//! What a listener is called in logs and metrics.

use crate::zend::Callable;

/// `Class::method`, `function` or PHP's name of a closure, `{closure:worker.php:12}`: without folders, which differ
/// from machine to machine and do not belong in metrics.
pub(crate) fn name_of(callable: &Callable) -> String {
    match callable.function() {
        (Some(class), name) => format!("{}::{}", without_folders(&class), without_folders(&name)),
        (None, name) => without_folders(&name),
    }
}

/// Drops the folders of a path within a name of PHP. In that of an anonymous class a NUL stands before it.
fn without_folders(name: &str) -> String {
    let end = name.rfind('/').map_or(0, |slash| slash + 1);
    let first = name.find('/').unwrap_or(0);
    let start = name[..first].rfind([':', '\0']).map_or(0, |mark| mark + 1);
    format!("{}{}", &name[..start], &name[end.max(start)..]).replace('\0', ":")
}
