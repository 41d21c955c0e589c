//! The serialized form of messages and value objects.

use std::time::Duration;

use apn_ami::error::Answer;
use apn_ami::settings::ServerKey;
use apn_ami::wire::{Kind, Message, Stamp};
use ext_php_rs::convert::FromZval;
use ext_php_rs::types::{ZendHashTable, Zval};

use super::array::{Array, Builder};
use super::errors::bad_data;
use super::number::to_int;
use super::text::Str;
use super::value::zval;
use super::view::{Value, View};
use crate::zend::PhpResult;

/// Reads a property of a value object and checks its type.
pub(crate) fn property<T: for<'a> FromZval<'a>>(
    data: &ZendHashTable,
    name: &str,
    class: &str,
) -> PhpResult<T> {
    data.get(name).map(Zval::dereference).and_then(T::from_zval).ok_or_else(|| bad_data(class))
}

/// The frame of a message with its server, sequence, session and time.
pub(crate) fn message(server_key: &Str, message: &Message) -> Builder {
    let stamp = message.stamp();
    let mut data = Builder::new(7);
    data.set("serverKey", server_key.clone());
    data.set("sequence", to_int(stamp.sequence));
    data.set("session", to_int(stamp.session));
    data.set("receivedAt", to_int(stamp.received_at.as_micros()));
    if stamp.has_raw_values {
        data.set("rawValues", true);
    }
    // Queues encode serialized jobs as JSON, which refuses bytes that are not UTF-8. Such a frame is written
    // with one character for each byte.
    match std::str::from_utf8(message.frame()) {
        Ok(frame) => data.set("frame", frame),
        Err(_) => data.set("latin1", latin1(message.frame())),
    }
    data
}

/// Converts each byte to a character. The result is always UTF-8.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// Adds the parameters of an action to its data. Queues encode serialized jobs as JSON, which refuses bytes
/// that are not UTF-8. Parameters with such bytes are written with one character for each byte.
pub(crate) fn set_parameters(data: &mut Builder, parameters: &Array, class: &str) -> PhpResult<()> {
    if has_only(parameters, &|text| std::str::from_utf8(text).is_ok()) {
        data.set("parameters", parameters.clone());
    } else {
        let encoded = rewritten(parameters, 1, &|text| Some(latin1(text).into_bytes()));
        data.set("latin1", encoded.ok_or_else(|| bad_data(class))?);
    }
    Ok(())
}

/// Reads what `set_parameters` wrote.
pub(crate) fn parameters(data: &ZendHashTable, class: &str) -> PhpResult<Array> {
    if data.get("latin1").is_none() {
        return property(data, "parameters", class);
    }
    let written = property(data, "latin1", class)?;
    rewritten(&written, 1, &bytes_of_latin1).ok_or_else(|| bad_data(class))
}

/// True if all texts of an array satisfy `is_such`. Keys and nested arrays are included.
fn has_only(array: &Array, is_such: &impl Fn(&[u8]) -> bool) -> bool {
    array.iter().all(|(key, value)| {
        is_such(&key.text())
            && match value.view() {
                View::Str(text) => is_such(&text),
                View::Array(inner) => has_only(&inner, is_such),
                _ => true,
            }
    })
}

/// Rewrites all texts of an array. Keys and nested arrays are included. None if a text cannot be rewritten,
/// or if arrays are nested deeper than in parameters.
fn rewritten(array: &Array, deeper: u8, write: &impl Fn(&[u8]) -> Option<Vec<u8>>) -> Option<Array> {
    let mut built = Builder::new(array.len());
    for (key, value) in array.iter() {
        let value = match value.view() {
            View::Str(text) => zval(Str::new(write(&text)?)),
            View::Array(inner) => zval(rewritten(&inner, deeper.checked_sub(1)?, write)?),
            _ => value.share(),
        };
        built.set(write(&key.text())?, value);
    }
    Some(built.finish())
}

/// A response with its events.
pub(crate) fn answer(server_key: &Str, answer: &Answer) -> Array {
    let part = |part: &Message| message(server_key, part).finish();
    let mut data = message(server_key, &answer.response);
    let mut events = Builder::new(answer.events.len());
    answer.events.iter().for_each(|event| events.push(part(event)));
    data.set("events", events.finish());
    data.set("complete", answer.complete.as_deref().map(part));
    data.set("partial", answer.partial);
    data.finish()
}

/// Reads what `answer` wrote.
pub(crate) fn read_answer(data: &Array, class: &str) -> PhpResult<(Str, Answer)> {
    let (server_key, response) = read_message(data, class, Kind::Response)?;
    let event = |event: &Array| read_message(event, class, Kind::Event).map(|(_, event)| event);
    let events: Array = property(data, "events", class)?;
    let events = events.iter().map(|(_, value)| match Array::from_zval(value) {
        Some(given) => event(&given),
        None => Err(bad_data(class)),
    });
    let events = events.collect::<PhpResult<_>>()?;
    let complete =
        property::<Option<Array>>(data, "complete", class)?.as_ref().map(event).transpose()?.map(Box::new);
    Ok((server_key, Answer { response, events, complete, partial: property(data, "partial", class)? }))
}

/// Reads what `message` wrote.
pub(crate) fn read_message(data: &Array, class: &str, kind: Kind) -> PhpResult<(Str, Message)> {
    let found = read(data).filter(|(_, message)| message.kind() == kind);
    found.ok_or_else(|| bad_data(class))
}

fn read(data: &Array) -> Option<(Str, Message)> {
    let number = |key| u64::try_from(i64::from_zval(&data.find(key)?)?).ok();
    let string = |key| Str::from_zval(&data.find(key)?);
    let server_key = string("serverKey")?;
    ServerKey::new(std::str::from_utf8(&server_key).ok()?).ok()?;
    let frame = match string("frame") {
        Some(frame) => frame.to_vec(),
        None => bytes_of_latin1(&string("latin1")?)?,
    };
    let stamp = Stamp {
        received_at: Duration::from_micros(number("receivedAt")?),
        sequence: number("sequence")?,
        session: number("session")?,
        has_raw_values: data.find("rawValues").is_some_and(|value| value.is_true()),
    };
    Some((server_key, Message::stamped(&frame, stamp)))
}

/// Converts characters back to bytes. None if a character is not a byte.
fn bytes_of_latin1(text: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(text).ok()?.chars().map(|c| u8::try_from(c).ok()).collect()
}
