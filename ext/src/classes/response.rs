//! `Response`: the response of an action, with its events.

use std::rc::Rc;

use apn_ami::error::Answer;
use apn_ami::glob::Glob;
use apn_ami::net;
use apn_ami::wire::Kind;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, Zval};
use ext_php_rs::zend::ExecuteData;
use ext_php_rs::{php_class, php_impl, zend_fastcall};

use super::ami_event::{self, AmiEvent};
use super::message::{self, Message, RESPONSE, properties_of_response, server_key};
use super::method::{method, value};
use super::registration::child_class;
use crate::convert::content::{AnswerPart, Content, SharedAnswer};
use crate::convert::errors::bad_data;
use crate::convert::object::object_of;
use crate::convert::{Array, Builder, Object, Str, zval};
use crate::zend::PhpResult;

/// The class. Its objects have the state of a `Message`.
#[php_class]
#[php(name = "Apn\\AmiClient\\Response", flags = ClassFlags::Final, modifier = with_methods)]
pub(crate) struct Response;

/// Makes a `Response` of an answer. None if there is no answer.
pub(crate) fn new(server_key: Str, shared_answer: SharedAnswer) -> Option<Object<Response>> {
    let properties = properties_of_response(server_key, shared_answer.answer()?);
    Some(object_of(Message(Content::AnswerPart(shared_answer, AnswerPart::Response)), properties))
}

#[php_impl]
impl Response {
    pub(crate) fn from_array(server_key: Str, headers: Array) -> PhpResult<Object<Response>> {
        let now = net::now().unix;
        let response = message::from_array(&server_key, &headers, "Response", Kind::Response, now)?;
        let answer = Answer { response, events: Vec::new(), complete: None, partial: false };
        new(server_key, SharedAnswer::Own(Rc::new(answer))).ok_or_else(|| bad_data(RESPONSE))
    }
}

/// Declares methods that work on the parent's state. The macros of the child class do not reach it.
macro_rules! methods {
    ($($name:ident: $body:expr;)*) => { $(
        zend_fastcall! {
            extern fn $name(call: &mut ExecuteData, result: &mut Zval) {
                method(call, |call| {
                    let body: fn(&ZendClassObject<Message>, Option<Str>) -> PhpResult<Zval> = $body;
                    let argument = value(call, 0);
                    *result = body(call.get_object::<Message>().ok_or_else(|| bad_data(RESPONSE))?, argument)?;
                    Ok(())
                });
            }
        }
    )* };
}

methods! {
    get_message: |this, _| {
        let text = this.message()?.get(b"Message");
        Ok(zval(text.map(|text| Str::new(text.trim_ascii_end()))))
    };
    get_output: |this, _| Ok(zval(this.message()?.output().map(Str::new)));
    get_events: |this, name| {
        let wanted = name.map(|name| Glob::any_case(&*name));
        let (server_key, shared_answer) = (server_key(&this.std)?, shared_answer(this)?);
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
        ami_event::new(server_key(&this.std)?, Content::AnswerPart(shared_answer.clone(), AnswerPart::Complete)).map(zval)
    };
}

fn shared_answer(response: &Message) -> PhpResult<&SharedAnswer> {
    match &response.0 {
        Content::AnswerPart(shared_answer, _) => Ok(shared_answer),
        Content::Single(_) => Err(bad_data(RESPONSE)),
    }
}

fn with_methods(builder: ClassBuilder) -> ClassBuilder {
    let name = Arg::new("name", DataType::String).allow_null().default("null");
    let get_message = FunctionBuilder::new("getMessage", get_message).returns(DataType::String, false, true);
    let get_events = FunctionBuilder::new("getEvents", get_events).arg(name).required_args(0);
    let get_complete_event = FunctionBuilder::new("getCompleteEvent", get_complete_event);
    let get_output = FunctionBuilder::new("getOutput", get_output).returns(DataType::String, false, true);
    builder
        .method(get_message, MethodFlags::Public)
        .method(get_events.returns(DataType::Array, false, false), MethodFlags::Public)
        .method(
            get_complete_event.returns(<Object<AmiEvent> as IntoZval>::TYPE, false, true),
            MethodFlags::Public,
        )
        .method(get_output, MethodFlags::Public)
}

pub(crate) fn register() {
    child_class::<Response, Message>().readonly::<bool>("success").readonly::<bool>("partial").done();
}
