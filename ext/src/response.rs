//! `Response`: an answer with the events that belong to it.

use std::rc::Rc;

use apn_ami::error::Answer;
use apn_ami::net;
use apn_ami::wire::{self, Kind};

use crate::message::{self, MessageState, Part, Whole, new_event, to_int};
use crate::zend::classes::ResponseProperties;
use crate::zend::properties::bad_data;
use crate::zend::{Array, Builder, Class, Object, PhpResult, Properties, Str, Value, View};

/// The class `Response`.
pub(crate) struct Response;

/// A new `Response` over what an action brought back.
pub(crate) fn new_response(server_key: Str, whole: Whole) -> PhpResult<Option<Object>> {
    let Some(answer) = whole.answer() else { return Ok(None) };
    let response = properties(server_key, answer).into_object()?;
    response.init(MessageState::Part(whole, Part::Response))?;
    Ok(Some(response))
}

fn properties(server_key: Str, answer: &Answer) -> ResponseProperties {
    let stamp = answer.response.stamp();
    ResponseProperties {
        server_key,
        sequence: to_int(stamp.sequence),
        session: to_int(stamp.session),
        success: !answer.response.name().eq_ignore_ascii_case(b"Error"),
        partial: answer.partial,
    }
}

impl Response {
    pub(crate) fn from_array(server_key: Str, headers: Array) -> PhpResult<Object> {
        let response =
            message::from_array(&server_key, &headers, "Response", Kind::Response, net::now().unix)?;
        let answer = Answer { response, events: Vec::new(), complete: None, partial: false };
        let object = properties(server_key, &answer).into_object()?;
        object.init(MessageState::Part(Whole::Own(Rc::new(answer)), Part::Response))?;
        Ok(object)
    }

    pub(crate) fn get_message(this: &Object) -> PhpResult<Option<Str>> {
        Ok(message::of(this)?.get(b"Message").map(|text| Str::new(text.trim_ascii_end())))
    }

    pub(crate) fn get_events(this: &Object) -> PhpResult<Array> {
        let (server_key, whole) = whole(this)?;
        let count = whole.answer().map_or(0, |answer| answer.events.len());
        let mut events = Builder::new(count);
        for at in 0..count {
            events.push(new_event(server_key.clone(), MessageState::Part(whole.clone(), Part::Event(at)))?);
        }
        Ok(events.finish())
    }

    pub(crate) fn get_complete_event(this: &Object) -> PhpResult<Option<Object>> {
        let (server_key, whole) = whole(this)?;
        if whole.answer().is_none_or(|answer| answer.complete.is_none()) {
            return Ok(None);
        }
        new_event(server_key, MessageState::Part(whole, Part::Complete)).map(Some)
    }

    pub(crate) fn get_output(this: &Object) -> PhpResult<Option<Str>> {
        Ok(message::of(this)?.output().map(|text| Str::new(&text)))
    }
}

fn whole(this: &Object) -> PhpResult<(Str, Whole)> {
    let server_key = ResponseProperties::of(this)?.server_key;
    match this.state::<MessageState>()? {
        MessageState::Part(whole, _) => Ok((server_key, whole.clone())),
        MessageState::Single(_) => Err(bad_data(Class::Response)),
    }
}

pub(crate) fn serialize(this: &Object) -> PhpResult<Array> {
    let (server_key, whole) = whole(this)?;
    let Some(answer) = whole.answer() else { return Err(bad_data(Class::Response)) };
    let part = |message: &wire::Message| message::serialize(&server_key, message).finish();
    let mut data = message::serialize(&server_key, &answer.response);
    let mut events = Builder::new(answer.events.len());
    answer.events.iter().for_each(|event| events.push(part(event)));
    data.set("events", events.finish());
    data.set("complete", answer.complete.as_ref().map(part));
    data.set("partial", answer.partial);
    Ok(data.finish())
}

pub(crate) fn unserialize(this: &Object, data: &Array) -> PhpResult<()> {
    let (server_key, response) = message::unserialize(data, Class::Response, Kind::Response)?;
    let event = |value: &Value| match value.view() {
        View::Array(event) => {
            message::unserialize(&event, Class::Response, Kind::Event).map(|(_, event)| event)
        }
        _ => Err(bad_data(Class::Response)),
    };
    let given = |key| data.get(key).ok_or_else(|| bad_data(Class::Response));
    let View::Array(events) = given("events")?.view() else { return Err(bad_data(Class::Response)) };
    let View::Bool(partial) = given("partial")?.view() else { return Err(bad_data(Class::Response)) };
    let complete = given("complete")?;
    let answer = Answer {
        response,
        events: events.iter().map(|(_, value)| event(&value)).collect::<PhpResult<_>>()?,
        complete: if complete.is_null() { None } else { Some(event(&complete)?) },
        partial,
    };
    properties(server_key, &answer).init(this)?;
    this.init(MessageState::Part(Whole::Own(Rc::new(answer)), Part::Response))
}
