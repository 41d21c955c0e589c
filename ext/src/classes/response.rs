//! `Response`: an answer with the events that belong to it.

use std::rc::Rc;

use apn_ami::error::Answer;
use apn_ami::glob::Glob;
use apn_ami::net;
use apn_ami::wire::Kind;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use ext_php_rs::zend_fastcall;

use super::ami_event::{self, AmiEvent};
use super::message::{self, AnswerPart, Content, Message, RESPONSE, SharedAnswer, properties_of_response};
use crate::zend::class::{Entry, child, entry_of};
use crate::zend::exception::bad_data;
use crate::zend::instance::object_of;
use crate::zend::method::{argument, method, static_method};
use crate::zend::object::Type;
use crate::zend::{Array, Builder, Object, PhpResult, Str, zval};

/// The class, whose objects have the state of a `Message`.
pub(crate) struct Response;

static CLASS: Entry = Entry::new();

impl Type for Response {
    const NAME: Option<&'static str> = Some(RESPONSE);

    fn class() -> Option<&'static ClassEntry> {
        Some(CLASS.get())
    }
}

/// A new `Response` over what an action brought back.
pub(crate) fn new(server_key: Str, shared_answer: SharedAnswer) -> Option<Object<Response>> {
    let properties = properties_of_response(server_key, shared_answer.answer()?);
    Some(object_of(Message(Content::AnswerPart(shared_answer, AnswerPart::Response)), properties))
}

zend_fastcall! {
    extern fn from_array(call: &mut ExecuteData, result: &mut Zval) {
        static_method(call, |call| {
            let (Some(server_key), Some(headers)) = (argument::<Str>(call, 0), argument::<Array>(call, 1)) else {
                return Err(bad_data(RESPONSE));
            };
            let now = net::now().unix;
            let response = message::from_array(&server_key, &headers, "Response", Kind::Response, now)?;
            let answer = Answer { response, events: Vec::new(), complete: None, partial: false };
            *result = zval(new(server_key, SharedAnswer::Own(Rc::new(answer))));
            Ok(())
        });
    }
}

/// Declares a method.
macro_rules! methods {
    ($($name:ident: $body:expr;)*) => { $(
        zend_fastcall! {
            extern fn $name(call: &mut ExecuteData, result: &mut Zval) {
                method(call, |this: &Object, call| {
                    let body: fn(&Object<Message>, &ExecuteData) -> PhpResult<Zval> = $body;
                    let response = this.as_type::<Message>().ok_or_else(|| bad_data(RESPONSE))?;
                    *result = body(&response, call)?;
                    Ok(())
                });
            }
        }
    )* };
}

methods! {
    get_message: |this, _| {
        let text = this.state()?.message()?.get(b"Message");
        Ok(zval(text.map(|text| Str::new(text.trim_ascii_end()))))
    };
    get_output: |this, _| Ok(zval(this.state()?.message()?.output().map(Str::new)));
    get_events: |this, call| {
        let wanted = argument::<Str>(call, 0).map(|name| Glob::any_case(&*name));
        let (server_key, shared_answer) = (this.server_key()?, shared_answer(this)?);
        let listed = shared_answer.answer().map_or(&[][..], |answer| &answer.events);
        let mut events = Builder::new(if wanted.is_none() { listed.len() } else { 0 });
        for (at, event) in listed.iter().enumerate() {
            if wanted.as_ref().is_none_or(|name| name.matches(event.name())) {
                events.push(ami_event::new(server_key.clone(), Content::AnswerPart(shared_answer.clone(), AnswerPart::Event(at)))?);
            }
        }
        Ok(zval(events.finish()))
    };
    get_complete_event: |this, _| {
        let shared_answer = shared_answer(this)?;
        if shared_answer.answer().is_none_or(|answer| answer.complete.is_none()) {
            return Ok(Zval::null());
        }
        ami_event::new(this.server_key()?, Content::AnswerPart(shared_answer.clone(), AnswerPart::Complete)).map(zval)
    };
}

fn shared_answer(response: &Object<Message>) -> PhpResult<&SharedAnswer> {
    match &response.state()?.0 {
        Content::AnswerPart(shared_answer, _) => Ok(shared_answer),
        Content::Single(_) => Err(bad_data(RESPONSE)),
    }
}

pub(crate) fn register() {
    let from_array = FunctionBuilder::new("fromArray", from_array)
        .arg(Arg::new("serverKey", DataType::String))
        .arg(Arg::new("headers", DataType::Array))
        .returns(<Object<Response> as IntoZval>::TYPE, false, false);
    let event = <Object<AmiEvent> as IntoZval>::TYPE;
    let methods = vec![
        (from_array, MethodFlags::Public | MethodFlags::Static),
        (
            FunctionBuilder::new("getMessage", get_message).returns(DataType::String, false, true),
            MethodFlags::Public,
        ),
        (
            FunctionBuilder::new("getEvents", get_events)
                .arg(Arg::new("name", DataType::String).allow_null().default("null"))
                .required_args(0)
                .returns(DataType::Array, false, false),
            MethodFlags::Public,
        ),
        (
            FunctionBuilder::new("getCompleteEvent", get_complete_event).returns(event, false, true),
            MethodFlags::Public,
        ),
        (
            FunctionBuilder::new("getOutput", get_output).returns(DataType::String, false, true),
            MethodFlags::Public,
        ),
    ];
    let surface =
        child(RESPONSE, entry_of::<Message>(), ClassFlags::Final | ClassFlags::NoDynamicProperties, methods);
    CLASS.set(surface.readonly::<bool>("success").readonly::<bool>("partial").done::<Message>());
}
