//! `Message`: the headers of one message in one buffer. PHP strings are made when they are read.

use std::rc::Rc;
use std::sync::LazyLock;
use std::time::Duration;

use apn_ami::error::Answer;
use apn_ami::secret::Redactor;
use apn_ami::settings::ServerKey;
use apn_ami::wire::{self, Kind, Stamp};
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendClassObject, ZendObject, ZendStr, Zval};
use ext_php_rs::zend::{ExecuteData, ce};
use ext_php_rs::{php_class, php_impl, zend_fastcall};

use super::method::{method, quick_method, value};
use super::registration::{class, with_unserialize};
use crate::convert::config;
use crate::convert::content::{AnswerPart, Content, SharedAnswer};
use crate::convert::errors::Exception;
use crate::convert::errors::{bad_data, type_error};
use crate::convert::number::{microseconds, to_int};
use crate::convert::object::{Traversable, iterator, json_serializable};
use crate::convert::serialized;
use crate::convert::{Array, Builder, Object, Str, Value, View, zval};
use crate::zend::check::argument;
use crate::zend::exception::{class_name, error, not_initialized};
use crate::zend::headers::lower_name;
use crate::zend::instance::restore;
use crate::zend::property::read;
use crate::zend::{Native, PhpResult};

/// The state of an `AmiEvent` or a `Response`.
#[php_class]
#[php(name = "Apn\\AmiClient\\Message", flags = ClassFlags::Abstract)]
#[php(implements(ce = ce::arrayaccess, stub = "\\ArrayAccess"))]
#[php(implements(ce = ce::countable, stub = "\\Countable"))]
#[php(implements(ce = ce::aggregate, stub = "\\IteratorAggregate"))]
#[php(implements(ce = json_serializable, stub = "\\JsonSerializable"))]
#[php(modifier = with_methods)]
#[derive(Clone)]
pub(crate) struct Message(pub(crate) Content);

impl Native for Message {
    fn dimension(&self, header: &[u8]) -> Option<Zval> {
        Some(self.message().ok()?.get(header).map_or_else(Zval::null, |value| zval(Str::new(value))))
    }
}

impl Message {
    #[inline]
    pub(crate) fn message(&self) -> PhpResult<&wire::Message> {
        match &self.0 {
            Content::Single(message) => Ok(message),
            Content::AnswerPart(shared_answer, answer_part) => {
                shared_answer.answer_part(*answer_part).ok_or_else(|| error("the answer is empty"))
            }
        }
    }
}

#[php_impl]
impl Message {
    pub(crate) fn all(&self, header: Str) -> PhpResult<Array> {
        let mut list = Builder::new(0);
        for value in self.message()?.all(&header) {
            list.push(Str::new(value));
        }
        Ok(list.finish())
    }

    pub(crate) fn int(&self, header: Str) -> PhpResult<Option<i64>> {
        let value = self.message()?.get(&header);
        Ok(value.and_then(|value| std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()))
    }

    pub(crate) fn known(&self, header: Str) -> PhpResult<Option<Str>> {
        let filler = |value: &[u8]| matches!(value, b"" | b"<unknown>" | b"<none>" | b"<null>");
        Ok(self.message()?.get(&header).filter(|value| !filler(value)).map(Str::new))
    }

    pub(crate) fn get_raw_headers(&self) -> PhpResult<Array> {
        let message = self.message()?;
        let mut list = Builder::new(message.len());
        for (name, value) in message.raw() {
            let mut pair = Builder::new(2);
            pair.push(Str::new(name));
            pair.push(Str::new(value));
            list.push(pair.finish());
        }
        Ok(list.finish())
    }

    pub(crate) fn get_variables(&self) -> PhpResult<Array> {
        let mut all = Builder::new(0);
        for (name, value) in self.message()?.variables().iter() {
            all.set(name, Str::new(value));
        }
        Ok(all.finish())
    }

    pub(crate) fn get_action_id(&self) -> PhpResult<Option<Str>> {
        Ok(self.message()?.action_id().map(Str::new))
    }

    pub(crate) fn offset_exists(self_: &mut ZendClassObject<Self>, offset: &Zval) -> PhpResult<bool> {
        Ok(self_.message()?.get(&header_name(self_, offset)?).is_some())
    }

    pub(crate) fn offset_get(self_: &mut ZendClassObject<Self>, offset: &Zval) -> PhpResult<Zval> {
        let found = self_.message()?.get(&header_name(self_, offset)?).map(Str::new);
        Ok(zval(found))
    }

    pub(crate) fn offset_set(
        self_: &mut ZendClassObject<Self>,
        _offset: &Zval,
        _value: &Zval,
    ) -> PhpResult<()> {
        let class = Object::this(self_).class_name();
        Err(error(&format!("Cannot modify the headers of {class}: they are what Asterisk sent")))
    }

    pub(crate) fn offset_unset(self_: &mut ZendClassObject<Self>, offset: &Zval) -> PhpResult<()> {
        Self::offset_set(self_, offset, offset)
    }

    pub(crate) fn count(&self) -> PhpResult<i64> {
        Ok(i64::try_from(headers(self.message()?).len()).unwrap_or(i64::MAX))
    }

    pub(crate) fn get_iterator(&self) -> PhpResult<Object<Traversable>> {
        iterator(headers(self.message()?))
    }

    pub(crate) fn json_serialize(&self) -> PhpResult<Array> {
        Ok(headers(self.message()?))
    }

    /// The array for `var_dump`, `print_r` and `dd`: the properties, the headers with secret values hidden by
    /// the redactor, and for a list the number of its events by name.
    pub(crate) fn __debug_info(self_: &mut ZendClassObject<Self>) -> PhpResult<Array> {
        let (this, headers) = (Object::this(self_), headers_shown(self_.message()?));
        let own = if this.class_name() == RESPONSE { ["success", "partial"] } else { ["name", "receivedAt"] };
        let mut shown = Builder::new(8);
        for property in ["serverKey", "sequence", "session"].into_iter().chain(own) {
            shown.set(property, this.get(property));
        }
        shown.set("headers", headers);
        if let Content::AnswerPart(shared_answer, AnswerPart::Response) = &self_.0
            && let Some(answer) = shared_answer.answer()
        {
            shown.set("events", counts(&answer.events));
            shown.set("completeEvent", answer.complete.as_ref().map(|event| Str::new(event.name())));
        }
        Ok(shown.finish())
    }

    pub(crate) fn __serialize(self_: &mut ZendClassObject<Self>) -> PhpResult<Array> {
        let server_key = server_key(&self_.std)?;
        match &self_.0 {
            Content::AnswerPart(shared_answer, AnswerPart::Response) => {
                let answer = shared_answer.answer().ok_or_else(|| bad_data(RESPONSE))?;
                Ok(serialized::answer(&server_key, answer))
            }
            _ => Ok(serialized::message(&server_key, self_.message()?).finish()),
        }
    }
}

/// The property `serverKey` of an event or a response.
pub(crate) fn server_key(message: &ZendObject) -> PhpResult<Str> {
    Str::from_zval(&read(message, "serverKey")).ok_or_else(|| not_initialized(message))
}

/// Adds the methods that the macros cannot make: `__unserialize`, which gives the object its state, and `get`
/// and `getHeaders`, which are called for every event and use the short call path.
fn with_methods(builder: ClassBuilder) -> ClassBuilder {
    let get = FunctionBuilder::new("get", get).arg(Arg::new("header", DataType::String));
    let get_headers = FunctionBuilder::new("getHeaders", get_headers);
    with_unserialize(builder, unserialize)
        .method(get.returns(DataType::String, false, true), MethodFlags::Public)
        .method(get_headers.returns(DataType::Array, false, false), MethodFlags::Public)
}

zend_fastcall! {
    extern fn get(call: &mut ExecuteData, result: &mut Zval) {
        quick_method(call, result, |this: &Message, call| {
            let header = argument(call, 0).and_then(Zval::zend_str).map_or(&b""[..], ZendStr::as_bytes);
            let found = this.message()?.get(header);
            Ok(zval(found.map(Str::new)))
        });
    }
}

zend_fastcall! {
    extern fn get_headers(call: &mut ExecuteData, result: &mut Zval) {
        quick_method(call, result, |this: &Message, _| Ok(zval(headers(this.message()?))));
    }
}

zend_fastcall! {
    extern fn unserialize(call: &mut ExecuteData, _: &mut Zval) {
        method(call, |call| {
            let class = call.This.object().map_or_else(String::new, class_name);
            let data = value(call, 0).ok_or_else(|| bad_data(&class))?;
            match class.as_str() {
                RESPONSE => {
                    let (server_key, answer) = serialized::read_answer(&data, RESPONSE)?;
                    let properties = properties_of_response(server_key, &answer);
                    let content = Content::AnswerPart(SharedAnswer::Own(Rc::new(answer)), AnswerPart::Response);
                    restore(call, Message(content), properties)
                }
                EVENT => {
                    let (server_key, message) = serialized::read_message(&data, EVENT, Kind::Event)?;
                    let properties = properties_of_event(server_key, &message);
                    restore(call, Message(Content::Single(message)), properties)
                }
                _ => Err(bad_data(&class)),
            }
        });
    }
}

pub(crate) const EVENT: &str = "Apn\\AmiClient\\AmiEvent";
pub(crate) const RESPONSE: &str = "Apn\\AmiClient\\Response";

/// The properties in the order of their declaration, those of the parent first.
#[inline]
pub(crate) fn properties_of_event(server_key: Str, message: &wire::Message) -> [Zval; 5] {
    let stamp = message.stamp();
    [
        zval(server_key),
        zval(to_int(stamp.sequence)),
        zval(to_int(stamp.session)),
        zval(Str::new(message.name())),
        zval(microseconds(stamp.received_at)),
    ]
}

pub(crate) fn properties_of_response(server_key: Str, answer: &Answer) -> [Zval; 5] {
    let stamp = answer.response.stamp();
    [
        zval(server_key),
        zval(to_int(stamp.sequence)),
        zval(to_int(stamp.session)),
        zval(!answer.response.name().eq_ignore_ascii_case(b"Error")),
        zval(answer.partial),
    ]
}

/// All headers, with names in lower case. A repeated header becomes a list.
fn headers(message: &wire::Message) -> Array {
    let mut all = Builder::new(message.len());
    let mut lower = Vec::new();
    for (name, value) in message.headers() {
        if let Some(known) = lower_name(name) {
            all.add_under(known, &value);
        } else {
            lower.clear();
            lower.extend(name.iter().map(u8::to_ascii_lowercase));
            all.add(&lower, &value);
        }
    }
    all.finish()
}

/// All headers like `headers`, with secret values hidden by the redactor.
fn headers_shown(message: &wire::Message) -> Array {
    static REDACTOR: LazyLock<Redactor> = LazyLock::new(Redactor::default);
    let headers: Vec<_> = message.headers().collect();
    let borrowed: Vec<_> = headers.iter().map(|(name, value)| (*name, &**value)).collect();
    let mut shown = Builder::new(headers.len());
    for ((name, _), value) in borrowed.iter().zip(REDACTOR.shown(&borrowed)) {
        shown.add(&name.to_ascii_lowercase(), value.as_bytes());
    }
    shown.finish()
}

/// The number of events by name. Names are in the order of their first event.
fn counts(events: &[wire::Message]) -> Array {
    let mut counts: Vec<(&[u8], i64)> = Vec::new();
    for event in events {
        match counts.iter_mut().find(|(name, _)| *name == event.name()) {
            Some((_, count)) => *count += 1,
            None => counts.push((event.name(), 1)),
        }
    }
    let mut shown = Builder::new(counts.len());
    for (name, count) in counts {
        shown.set(name, count);
    }
    shown.finish()
}

fn header_name(this: &ZendClassObject<Message>, offset: &Zval) -> PhpResult<Str> {
    match offset.view() {
        View::Str(name) => Ok(name),
        View::Int(number) => Ok(Str::new(number.to_string())),
        _ => {
            let (given, class) = (offset.type_name(), class_name(&this.std));
            Err(type_error(&format!("Cannot access offset of type {given} on {class}")))
        }
    }
}

/// A message made of headers, for tests and fakes. The header `first` becomes the first line, which
/// determines the kind.
pub(crate) fn from_array(
    server_key: &Str,
    array: &Array,
    first: &str,
    kind: Kind,
    received_at: Duration,
) -> PhpResult<wire::Message> {
    let server_key = config::text("serverKey", server_key)?;
    ServerKey::new(&server_key).map_err(|refused| config::refused(&refused, |_| None))?;
    let mut headers: Vec<(Vec<u8>, Vec<u8>)> = Vec::with_capacity(array.len());
    for (key, value) in array.iter() {
        let name = key.text();
        let values = match value.view() {
            View::Array(list) => {
                list.iter().map(|(_, value)| text(&name, value)).collect::<PhpResult<_>>()?
            }
            _ => vec![text(&name, value)?],
        };
        headers.extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    let Some(at) = headers.iter().position(|(name, _)| name.eq_ignore_ascii_case(first.as_bytes())) else {
        let message = format!("headers have no \"{first}\", which says what the message is");
        return Err(Exception::InvalidConfiguration.throw(&message));
    };
    headers[..=at].rotate_right(1);
    let pairs = headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
    let message = wire::Message::from_headers(pairs);
    debug_assert_eq!(message.kind(), kind);
    Ok(wire::Message::stamped(message.frame(), Stamp { received_at, ..Stamp::default() }))
}

fn text(name: &[u8], value: &Zval) -> PhpResult<Vec<u8>> {
    match value.view() {
        View::Str(text) => Ok(text.to_vec()),
        View::Int(number) => Ok(number.to_string().into_bytes()),
        _ => {
            let field = format!("headers[{}]", String::from_utf8_lossy(name));
            Err(config::invalid(&field, &value.type_name(), "a string or a list of strings"))
        }
    }
}

pub(crate) fn register() {
    class::<Message>()
        .readonly::<Str>("serverKey")
        .readonly::<i64>("sequence")
        .readonly::<i64>("session")
        .clones::<Message>()
        .serializes()
        .check_state::<Message>()
        .done();
}
