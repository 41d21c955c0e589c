//! Conversion of a PHP action to an action of the core.

use std::borrow::Cow;

use apn_ami::error::InvalidAction;
use apn_ami::wire::{self, ActionBuilder};
use ext_php_rs::types::Zval;

use super::array::{Array, Key};
use super::errors::Exception;
use super::text::Str;
use super::view::{Value, View};
use crate::zend::{PhpResult, Thrown};

/// Encodes a name and its parameters. It is an error if one of them cannot be sent.
pub(crate) fn encode(name: &Str, parameters: &Array) -> PhpResult<wire::Action> {
    let name = std::str::from_utf8(name).map_err(|_| invalid(&name.lossy(), "its name is not UTF-8"))?;
    let refused = |why: InvalidAction| invalid(name, &why.to_string());
    let mut action = ActionBuilder::new(name, parameters.len() * LINE_BYTES).map_err(refused)?;
    for (key, value) in parameters.iter() {
        let Key::Str(header) = key else {
            let index = String::from_utf8_lossy(&key.text()).into_owned();
            return Err(invalid(name, &format!("parameter {index} has no name")));
        };
        if let Some(text) = scalar(value) {
            action.push(header, &text).map_err(refused)?;
        } else if let View::Array(values) = value.view() {
            let is_list = values.is_list();
            if !is_list {
                action.check_map(header).map_err(refused)?;
            }
            for (key, value) in values.iter() {
                let text = scalar(value).ok_or_else(|| wrong(name, header, value))?;
                let pushed = if is_list {
                    action.push(header, &text)
                } else {
                    action.push_pair(header, &key.text(), &text)
                };
                pushed.map_err(refused)?;
            }
        } else if !value.is_null() {
            return Err(wrong(name, header, value));
        }
    }
    action.finish().map_err(refused)
}

/// A usual length of a header line, in bytes.
const LINE_BYTES: usize = 32;

fn wrong(action: &str, header: &[u8], value: &Zval) -> Thrown {
    let header = String::from_utf8_lossy(header).escape_debug().to_string();
    let given = value.type_name();
    let why = format!("header `{header}` is {given}, must be text, a number, a bool or an array of these");
    invalid(action, &why)
}

/// A scalar as text. A bool becomes `true` or `false`, which Asterisk's `ast_true` understands. None for
/// other types.
pub(crate) fn scalar(value: &Zval) -> Option<Cow<'_, [u8]>> {
    if let Some(text) = value.zend_str() {
        return Some(Cow::Borrowed(text.as_bytes()));
    }
    match value.view() {
        View::Int(number) => Some(number.to_string().into_bytes().into()),
        View::Float(number) if number.is_finite() => Some(number.to_string().into_bytes().into()),
        View::Bool(flag) => Some(flag.to_string().into_bytes().into()),
        View::Float(_) | View::Null | View::Str(_) | View::Array(_) | View::Object(_) | View::Other => None,
    }
}

pub(crate) fn invalid(action: &str, why: &str) -> Thrown {
    let action: String = action.chars().take(60).flat_map(char::escape_debug).collect();
    Exception::InvalidAction.throw(&format!("action `{action}` is invalid: {why}"))
}
