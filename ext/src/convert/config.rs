//! Configuration errors with the names of the PHP surface, and typed access to configuration arrays.

use std::time::Duration;

use apn_ami::error::ConfigError;
use apn_ami::nearest::nearest;

use ext_php_rs::convert::FromZval;
use ext_php_rs::enum_::{Discriminant, RegisteredEnum};
use ext_php_rs::types::Zval;

use super::array::{Array, Key};
use super::description::describe;
use super::errors::{Exception, catch, set_message, throw};
use super::text::Str;
use super::view::{Value, View};
pub(crate) use crate::zend::class::camel;
use crate::zend::{PhpResult, Thrown};

/// Throws a configuration error of the core with PHP's names. `given` returns the value as PHP code wrote it,
/// if the core got a converted one.
pub(crate) fn refused(error: &ConfigError, given: impl Fn(&str) -> Option<String>) -> Thrown {
    let field = php_name(error.field);
    let value = given(&field).unwrap_or_else(|| error.value.clone());
    invalid(&field, &value, &in_php_names(&error.allowed))
}

pub(crate) fn invalid(field: &str, value: &str, allowed: &str) -> Thrown {
    Exception::InvalidConfiguration.throw(&format!("{field} is {value}, must be {allowed}"))
}

/// Adds the path to a configuration error. The path says which part of a larger configuration was refused.
pub(crate) fn prefix_errors<T>(path: &str, result: PhpResult<T>) -> PhpResult<T> {
    match result {
        Err(thrown) if !path.is_empty() => {
            let refusal = catch(thrown)?;
            let message = describe(&refusal).message;
            set_message(refusal.as_ref(), &format!("in {path}: {message}"));
            Err(throw(refusal))
        }
        result => result,
    }
}

/// The PHP name of a field, from the core's table of bounds. Other names differ in spelling only:
/// `read_timeout` becomes `readTimeout`.
fn php_name(field: &str) -> String {
    apn_ami::limits::php_name(field).map_or_else(|| camel(field), str::to_owned)
}

/// Replaces names of fields inside a text, such as "less than `read_timeout` (30 s)".
fn in_php_names(text: &str) -> String {
    let is_field =
        |word: &str| word.contains('_') && word.bytes().all(|b| b == b'_' || b.is_ascii_lowercase());
    let words = text.split(' ').map(|word| if is_field(word) { php_name(word) } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

/// Converts a PHP string to text. It is an error if the string is not UTF-8.
pub(crate) fn text(field: &str, value: &Str) -> PhpResult<String> {
    String::from_utf8(value.to_vec()).map_err(|_| invalid(field, "not UTF-8", "UTF-8"))
}

/// An array of configuration whose keys are all known.
pub(crate) struct Section {
    /// Path of the array, for messages: "" or "servers.pbx1".
    path: String,
    entries: Vec<(String, Zval)>,
}

impl Section {
    /// Reads the entries. An unknown key is an error that names the most similar known one.
    pub(crate) fn new(path: &str, array: &Array, known: &[&str]) -> PhpResult<Self> {
        let mut entries = Vec::with_capacity(array.len());
        for (key, value) in array.iter() {
            let name = match &key {
                Key::Str(name) if known.iter().any(|known| known.as_bytes() == *name) => {
                    String::from_utf8_lossy(name).into_owned()
                }
                _ => return Err(unknown(path, &String::from_utf8_lossy(&key.text()), known)),
            };
            entries.push((name, value.share()));
        }
        Ok(Self { path: path.to_owned(), entries })
    }

    /// The value of a key. None if the key is missing or its value is null.
    fn find(&self, key: &str) -> Option<&Zval> {
        self.entries.iter().find(|(name, value)| name == key && !value.is_null()).map(|(_, value)| value)
    }

    pub(crate) fn value(&self, key: &str) -> Option<Zval> {
        self.find(key).map(Value::share)
    }

    /// Path of a key, for messages.
    pub(crate) fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    fn wrong(&self, key: &str, value: &Zval, allowed: &str) -> Thrown {
        invalid(&self.at(key), &shown_type(value), allowed)
    }

    pub(crate) fn string(&self, key: &str) -> PhpResult<Option<Str>> {
        let Some(value) = self.find(key) else { return Ok(None) };
        match value.view() {
            View::Str(text) => Ok(Some(text)),
            View::Int(number) => Ok(Some(Str::new(number.to_string()))),
            _ => Err(self.wrong(key, value, "a string")),
        }
    }

    /// Reads a string like `string`, for an option whose default may be null.
    pub(crate) fn string_or_null(&self, key: &str) -> PhpResult<Option<Option<Str>>> {
        self.string(key).map(Some)
    }

    /// Reads an integer. Digits in a string are accepted, since environment variables are strings.
    pub(crate) fn int(&self, key: &str) -> PhpResult<Option<i64>> {
        let Some(value) = self.find(key) else { return Ok(None) };
        let number = match value.view() {
            View::Int(number) => Some(number),
            View::Str(text) => std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()),
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.wrong(key, value, "a whole number"))
    }

    /// Reads a number. Digits in a string are accepted.
    pub(crate) fn float(&self, key: &str) -> PhpResult<Option<f64>> {
        let Some(value) = self.find(key) else { return Ok(None) };
        #[expect(clippy::cast_precision_loss, reason = "as PHP converts int to float")]
        let number = match value.view() {
            View::Float(number) => Some(number),
            View::Int(number) => Some(number as f64),
            View::Str(text) => std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()),
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.wrong(key, value, "a number"))
    }

    pub(crate) fn bool(&self, key: &str) -> PhpResult<Option<bool>> {
        let Some(value) = self.find(key) else { return Ok(None) };
        match value.view() {
            View::Bool(flag) => Ok(Some(flag)),
            View::Int(0) => Ok(Some(false)),
            View::Int(1) => Ok(Some(true)),
            View::Str(text) => match text.to_ascii_lowercase().as_slice() {
                b"1" | b"true" | b"on" | b"yes" => Ok(Some(true)),
                b"" | b"0" | b"false" | b"off" | b"no" => Ok(Some(false)),
                _ => Err(self.wrong(key, value, "true or false")),
            },
            _ => Err(self.wrong(key, value, "true or false")),
        }
    }

    pub(crate) fn array(&self, key: &str) -> PhpResult<Option<Array>> {
        let Some(value) = self.find(key) else { return Ok(None) };
        match value.view() {
            View::Array(array) => Ok(Some(array)),
            _ => Err(self.wrong(key, value, "an array")),
        }
    }

    /// Reads an enum case. The case or its value as a string is accepted.
    pub(crate) fn case<E>(&self, key: &str) -> PhpResult<Option<E>>
    where
        E: RegisteredEnum + for<'a> FromZval<'a>,
    {
        let Some(value) = self.find(key) else { return Ok(None) };
        let values = E::CASES.iter().filter_map(|case| match case.discriminant {
            Some(Discriminant::String(text)) => Some((text, case.name)),
            _ => None,
        });
        let known = || values.clone().map(|(text, _)| text).collect::<Vec<_>>().join(", ");
        if let Some(case) = E::from_zval(value) {
            return Ok(Some(case));
        }
        let View::Str(text) = value.view() else { return Err(self.wrong(key, value, &known())) };
        let case = values.clone().find(|(known, _)| known.as_bytes() == &*text);
        case.and_then(|(_, name)| E::from_name(name).ok())
            .map(Some)
            .ok_or_else(|| invalid(&self.at(key), &format!("\"{}\"", text.lossy()), &known()))
    }
}

/// The type of a value. The value itself is not shown, since it can be a secret in the wrong place.
fn shown_type(value: &Zval) -> String {
    let name = value.type_name();
    let article = if name.starts_with(['a', 'i', 'o']) { "an" } else { "a" };
    format!("{article} {name}")
}

fn unknown(path: &str, key: &str, known: &[&str]) -> Thrown {
    let location = if path.is_empty() { String::new() } else { format!(" in {path}") };
    let hint = match nearest(key, known.iter().copied()) {
        Some(name) => format!("did you mean \"{name}\"?"),
        None => format!("known are {}", known.join(", ")),
    };
    let key: String = key.chars().take(60).flat_map(char::escape_debug).collect();
    Exception::InvalidConfiguration.throw(&format!("unknown key \"{key}\"{location}: {hint}"))
}

/// Converts seconds. A negative number, NaN or infinity becomes the longest duration, which is outside every
/// range.
pub(crate) fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX)
}

pub(crate) fn milliseconds(value: i64) -> Duration {
    u64::try_from(value).map_or(Duration::MAX, Duration::from_millis)
}

/// Converts a count. A negative number becomes the largest count, which is outside every range.
pub(crate) fn size(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

pub(crate) fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// The options of an object, as PHP code gave them.
pub(crate) trait Options {
    /// The value of an option by its PHP name. None if the core's own text of the value can be used.
    fn given(&self, name: &str) -> Option<String>;
}

/// The text of an option's value, for messages. The core has only the largest number for a value that it
/// cannot represent.
pub(crate) trait Given {
    /// The text of the value. None if the core's own text can be used.
    fn given(&self, _field: &str) -> Option<String> {
        None
    }
}

impl Given for f64 {
    fn given(&self, _field: &str) -> Option<String> {
        Some(format!("{self} s"))
    }
}

impl Given for i64 {
    fn given(&self, field: &str) -> Option<String> {
        Some(if field.ends_with("_ms") { format!("{self} ms") } else { self.to_string() })
    }
}

impl<T> Given for Option<T> {}
impl Given for bool {}
impl Given for Str {}
impl Given for Array {}
impl Given for super::enums::DropPolicy {}

/// Reads a list of names or patterns.
pub(crate) fn names(field: &str, list: &Array) -> PhpResult<Vec<String>> {
    let wrong = |what: &str| invalid(field, what, "a list of names, * allowed");
    let names = if list.is_list() { list.strings() } else { None };
    let names = names.ok_or_else(|| wrong("an array of something else"))?;
    if names.iter().any(|name| name.is_empty()) {
        return Err(wrong("a list with an empty name"));
    }
    names.iter().map(|name| text(field, name)).collect()
}
