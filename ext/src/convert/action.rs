//! An action of PHP's as the core sends it.

use apn_ami::error::InvalidAction;
use apn_ami::wire::{self, Parameter};
use ext_php_rs::types::Zval;

use super::array::{Array, Key};
use super::errors::Exception;
use super::text::Str;
use super::view::{Value, View};
use crate::zend::{PhpResult, Thrown};

/// A name and its parameters, checked.
pub(crate) fn encode(name: &Str, parameters: &Array) -> PhpResult<wire::Action> {
    let name = std::str::from_utf8(name).map_err(|_| invalid(&name.lossy(), "its name is not UTF-8"))?;
    let mut headers = Vec::with_capacity(parameters.len());
    for (key, value) in parameters.iter() {
        let Key::Str(header) = key else {
            let index = String::from_utf8_lossy(&key.text()).into_owned();
            return Err(invalid(name, &format!("parameter {index} has no name")));
        };
        if let Some(parameter) = parameter(name, header, value)? {
            headers.push((header, parameter));
        }
    }
    wire::Action::new(name, headers.iter().map(|(header, parameter)| (*header, parameter)))
        .map_err(|why: InvalidAction| invalid(name, &why.to_string()))
}

/// None for null, which leaves the header out.
fn parameter(action: &str, header: &[u8], value: &Zval) -> PhpResult<Option<Parameter>> {
    let wrong = |value: &Zval| {
        let header = String::from_utf8_lossy(header).escape_debug().to_string();
        let given = value.type_name();
        invalid(
            action,
            &format!("header `{header}` is {given}, must be text, a number, a bool or an array of these"),
        )
    };
    let View::Array(array) = value.view() else {
        return match scalar(value) {
            Some(text) => Ok(Some(Parameter::One(text))),
            None if value.is_null() => Ok(None),
            None => Err(wrong(value)),
        };
    };
    let elements = array.iter().map(|(key, value)| match scalar(value) {
        Some(text) => Ok((key.text(), text)),
        None => Err(wrong(value)),
    });
    let elements: Vec<_> = elements.collect::<PhpResult<_>>()?;
    Ok(Some(if array.is_list() {
        Parameter::Many(elements.into_iter().map(|(_, value)| value).collect())
    } else {
        Parameter::Map(elements)
    }))
}

/// `true` is "true", as `ast_true` of Asterisk reads it.
pub(crate) fn scalar(value: &Zval) -> Option<Vec<u8>> {
    if let Some(text) = value.zend_str() {
        return Some(text.as_bytes().to_vec());
    }
    match value.view() {
        View::Int(number) => Some(number.to_string().into_bytes()),
        View::Float(number) if number.is_finite() => Some(number.to_string().into_bytes()),
        View::Bool(flag) => Some(flag.to_string().into_bytes()),
        View::Float(_) | View::Null | View::Str(_) | View::Array(_) | View::Object(_) | View::Other => None,
    }
}

pub(crate) fn invalid(action: &str, why: &str) -> Thrown {
    let action: String = action.chars().take(60).flat_map(char::escape_debug).collect();
    Exception::InvalidAction.throw(&format!("action `{action}` is invalid: {why}"))
}
