//! The name of a listener in logs and metrics.

use crate::zend::Callable;

/// `Class::method`, `function`, or PHP's name of a closure such as `{closure:worker.php:12}`. Folders are
/// removed, since they differ between machines and do not belong in metrics.
pub(crate) fn name_of(callable: &Callable) -> String {
    match callable.function() {
        (Some(class), name) => format!("{}::{}", without_folders(&class), without_folders(&name)),
        (None, name) => without_folders(&name),
    }
}

/// Removes the folders of a path inside a PHP name. In the name of an anonymous class a NUL precedes the
/// path.
fn without_folders(name: &str) -> String {
    let end = name.rfind('/').map_or(0, |slash| slash + 1);
    let first = name.find('/').unwrap_or(0);
    let start = name[..first].rfind([':', '\0']).map_or(0, |mark| mark + 1);
    format!("{}{}", &name[..start], &name[end.max(start)..]).replace('\0', ":")
}
