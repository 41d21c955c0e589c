//! Checks of the values that a completion strategy of PHP returns.

use ext_php_rs::types::Zval;

use super::array::Array;
use super::errors::Exception;
use super::text::Str;
use super::view::{Value, View};
use crate::zend::{PhpResult, Thrown};

pub(crate) fn number(field: &str, value: &Zval) -> PhpResult<Option<u64>> {
    match value.view() {
        View::Null => Ok(None),
        View::Int(number) => {
            positive(field, Some(number))?;
            Ok(u64::try_from(number).ok())
        }
        _ => Err(invalid(&format!("{field} is {}, must be int or null", value.type_name()))),
    }
}

pub(crate) fn positive(field: &str, value: Option<i64>) -> PhpResult<()> {
    match value {
        Some(value) if value <= 0 => {
            Err(invalid(&format!("{field} is {value}, must be at least 1, or null")))
        }
        _ => Ok(()),
    }
}

pub(crate) fn event_names(list: &Array) -> PhpResult<Vec<String>> {
    let names = if list.is_list() { list.strings() } else { None };
    names
        .filter(|names| names.iter().all(|name| !name.is_empty()))
        .map(|names| names.iter().map(Str::lossy).collect())
        .ok_or_else(|| invalid("terminalEventNames must be a list of event names"))
}

pub(crate) fn invalid(why: &str) -> Thrown {
    Exception::InvalidAction.throw(&format!("completion strategy is invalid: {why}"))
}
