//! Calls of PHP functions.

use ext_php_rs::convert::IntoZvalDyn;
use ext_php_rs::types::{ZendCallable, Zval};

use crate::zend::PhpResult;
use crate::zend::exception::check;
use crate::zend::guard::attempt;

/// Calls a PHP function. None if PHP was built without it.
pub(crate) fn call_function(name: &str, arguments: Vec<&dyn IntoZvalDyn>) -> PhpResult<Option<Zval>> {
    let Ok(function) = ZendCallable::try_from_name(name) else { return Ok(None) };
    let called = attempt(|| function.try_call(arguments))?;
    check()?;
    Ok(called.ok())
}
