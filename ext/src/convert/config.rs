//! Configuration errors in the words of the PHP surface, and typed access to configuration arrays.

use std::time::Duration;

use apn_ami::error::ConfigError;
use apn_ami::nearest::nearest;

use ext_php_rs::convert::FromZval;
use ext_php_rs::enum_::{Discriminant, RegisteredEnum};
use ext_php_rs::types::Zval;

use super::array::{Array, Key};
use super::description::describe;
use super::errors::{Exception, catch, throw};
use super::text::Str;
use super::view::{Value, View};
pub(crate) use crate::zend::class::camel;
use crate::zend::exception::set_message;
use crate::zend::{PhpResult, Thrown};

/// Throws what the core refused, in PHP's names. `given` is the value as PHP code wrote it, where the core
/// got another one.
pub(crate) fn refused(error: &ConfigError, given: impl Fn(&str) -> Option<String>) -> Thrown {
    let field = php_name(error.field);
    let value = given(&field).unwrap_or_else(|| error.value.clone());
    invalid(&field, &value, &in_php_names(&error.allowed))
}

/// Throws `InvalidConfigurationException`.
pub(crate) fn invalid(field: &str, value: &str, allowed: &str) -> Thrown {
    Exception::InvalidConfiguration.throw(&format!("{field} is {value}, must be {allowed}"))
}

/// Says which part of a larger configuration was refused: a cluster has many servers, each with options.
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

/// The name in PHP, where the core's table of bounds has one; the others differ in spelling only: `read_timeout`, `readTimeout`.
fn php_name(field: &str) -> String {
    apn_ami::limits::php_name(field).map_or_else(|| camel(field), str::to_owned)
}

/// A range may name another field: "less than `read_timeout` (30 s)".
fn in_php_names(text: &str) -> String {
    let is_field =
        |word: &str| word.contains('_') && word.bytes().all(|b| b == b'_' || b.is_ascii_lowercase());
    let words = text.split(' ').map(|word| if is_field(word) { php_name(word) } else { word.to_owned() });
    words.collect::<Vec<_>>().join(" ")
}

/// A string of PHP as text: names, hosts and paths are UTF-8 here.
pub(crate) fn text(field: &str, value: &Str) -> PhpResult<String> {
    String::from_utf8(value.to_vec()).map_err(|_| invalid(field, "not UTF-8", "UTF-8"))
}

/// One array of configuration, whose every key has to be taken.
pub(crate) struct Section {
    /// Where it is, for messages: "", "servers.pbx1".
    path: String,
    entries: Vec<(String, Zval)>,
}

impl Section {
    /// Refuses a key that is not among `known`, with the nearest one that is.
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

    /// The value, where it is given and not null.
    fn find(&self, key: &str) -> Option<&Zval> {
        self.entries.iter().find(|(name, value)| name == key && !value.is_null()).map(|(_, value)| value)
    }

    pub(crate) fn value(&self, key: &str) -> Option<Zval> {
        self.find(key).map(Value::share)
    }

    /// The place of a key, for messages.
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

    /// As `string`, for an option that may be null.
    pub(crate) fn string_or_null(&self, key: &str) -> PhpResult<Option<Option<Str>>> {
        self.string(key).map(Some)
    }

    /// A whole number; also as digits, as environment variables come.
    pub(crate) fn int(&self, key: &str) -> PhpResult<Option<i64>> {
        let Some(value) = self.find(key) else { return Ok(None) };
        let number = match value.view() {
            View::Int(number) => Some(number),
            View::Str(text) => std::str::from_utf8(&text).ok().and_then(|text| text.trim().parse().ok()),
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.wrong(key, value, "a whole number"))
    }

    /// A number; also as digits.
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

    /// A case of an enum of ours, or its value as text.
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

/// The type, never the value: it may be a secret in the wrong place.
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

/// Seconds as the core counts them. What is no time at all becomes one that is out of every range.
pub(crate) fn seconds(value: f64) -> Duration {
    Duration::try_from_secs_f64(value).unwrap_or(Duration::MAX)
}

pub(crate) fn milliseconds(value: i64) -> Duration {
    u64::try_from(value).map_or(Duration::MAX, Duration::from_millis)
}

/// A negative count becomes one that is out of every range.
pub(crate) fn size(value: i64) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}

pub(crate) fn count(value: i64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Options that PHP code gave.
pub(crate) trait Options {
    /// The value of an option, by its name in PHP, as it was given. None where the core's own text of the value is as good.
    fn given(&self, name: &str) -> Option<String>;
}

/// An option's value as PHP code gave it, for messages: the core counts what is out of every range as the largest number.
pub(crate) trait Given {
    /// None where the core's own text of the value is as good.
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

/// A list of names or patterns.
pub(crate) fn names(field: &str, list: &Array) -> PhpResult<Vec<String>> {
    let wrong = |what: &str| invalid(field, what, "a list of names, * allowed");
    let names = if list.is_list() { list.strings() } else { None };
    let names = names.ok_or_else(|| wrong("an array of something else"))?;
    if names.iter().any(|name| name.is_empty()) {
        return Err(wrong("a list with an empty name"));
    }
    names.iter().map(|name| text(field, name)).collect()
}
