//! Answers of fake servers. Arrays of headers from PHP are checked and converted for the simulator.

use apn_sim::asterisk::{Answer, Headers};

use ext_php_rs::types::Zval;

use crate::convert::action::scalar;
use crate::convert::errors::value_error;
use crate::convert::{Array, Value, View};
use crate::zend::{PhpResult, Thrown};

/// Actions whose events follow the response without being a list.
const NO_LISTS: [&str; 4] = ["Originate", "WaitEvent", "FAXSession", "FAXStats"];

/// Name and value of a header.
type Pair = (Vec<u8>, Vec<u8>);

/// The answer in an array: headers of the response, and `events`. `what` names the array in messages.
pub(crate) fn answer_of(what: &str, action: &[u8], array: &Array) -> PhpResult<Answer> {
    let mut response = headers_of(what, array, Some("events"))?;
    put_first(&mut response, "Response");
    let Some(events) = array.find("events") else { return Ok(Answer::new(response)) };
    let mut events = events_of(what, &events)?;
    let is_list = !NO_LISTS.iter().any(|name| action.eq_ignore_ascii_case(name.as_bytes()))
        && header(&response, "Response").is_none_or(|kind| !kind.eq_ignore_ascii_case(b"Error"));
    match events.last_mut() {
        // The array ends the list itself. The marks of a list are added if they are missing, whatever the
        // fake's release is.
        Some(last) if is_list && ends(last) => {
            mark(&mut response, "start");
            mark(last, "Complete");
        }
        _ if is_list => return Ok(Answer::new(response).items(events)),
        _ => {}
    }
    Ok(events.into_iter().fold(Answer::new(response), Answer::event))
}

/// Adds the mark of a list, if there is none.
fn mark(headers: &mut Headers, mark: &str) {
    if header(headers, "EventList").is_none() {
        headers.push((b"EventList".to_vec(), mark.as_bytes().to_vec()));
    }
}

/// The headers of an array in their order. A list repeats its header.
pub(crate) fn headers_of(what: &str, array: &Array, except: Option<&str>) -> PhpResult<Headers> {
    let mut headers = Headers::new();
    for (key, value) in array.iter() {
        let name = key.text();
        if except.is_some_and(|except| except.as_bytes() == name) {
            continue;
        }
        if name.is_empty() || name.iter().any(|byte| matches!(byte, b':' | b'\r' | b'\n' | 0)) {
            return Err(wrong(what, &name, "is no name of a header"));
        }
        match value.view() {
            View::Array(list) => {
                for (_, value) in list.iter() {
                    headers.push((name.clone(), text(what, &name, value)?));
                }
            }
            _ => headers.push((name.clone(), text(what, &name, value)?)),
        }
    }
    Ok(headers)
}

/// The first value of a header.
fn header<'a>(headers: &'a [Pair], name: &str) -> Option<&'a [u8]> {
    headers
        .iter()
        .find(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, value)| value.as_slice())
}

fn text(what: &str, name: &[u8], value: &Zval) -> PhpResult<Vec<u8>> {
    let Some(text) = scalar(value) else {
        let given = value.type_name();
        return Err(wrong(
            what,
            name,
            &format!("is {given}, must be text, a number, a bool or a list of these"),
        ));
    };
    if text.iter().any(|byte| matches!(byte, b'\r' | b'\n')) {
        return Err(wrong(what, name, "has a line break, which would end the header"));
    }
    Ok(text.into_owned())
}

fn wrong(what: &str, name: &[u8], why: &str) -> Thrown {
    let name = String::from_utf8_lossy(name).escape_debug().to_string();
    value_error(&format!("{what}: header \"{name}\" {why}"))
}

fn events_of(what: &str, events: &Zval) -> PhpResult<Vec<Headers>> {
    let not_events = || value_error(&format!("{what}: \"events\" must be a list of header arrays"));
    let View::Array(events) = events.view() else { return Err(not_events()) };
    let event = |value: &Zval| {
        let View::Array(event) = value.view() else { return Err(not_events()) };
        let mut event = headers_of(what, &event, None)?;
        if header(&event, "Event").is_none_or(<[u8]>::is_empty) {
            return Err(value_error(&format!("{what}: one of the \"events\" has no header \"Event\"")));
        }
        put_first(&mut event, "Event");
        Ok(event)
    };
    events.iter().map(|(_, value)| event(value)).collect()
}

/// True if the event ends a list, with the mark of newer releases or by its name.
fn ends(event: &[Pair]) -> bool {
    header(event, "EventList").is_some_and(|mark| !mark.eq_ignore_ascii_case(b"start"))
        || header(event, "Event").is_some_and(|name| name.to_ascii_lowercase().ends_with(b"complete"))
}

fn put_first(headers: &mut [Pair], name: &str) {
    if let Some(at) = headers.iter().position(|(other, _)| other.eq_ignore_ascii_case(name.as_bytes())) {
        headers[..=at].rotate_right(1);
    }
}
