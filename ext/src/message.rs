//! `Message` and `AmiEvent`: the headers of one message over one buffer; strings of PHP are made when asked for.

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use apn_ami::error::{ActionError, Answer};
use apn_ami::net;
use apn_ami::node::ActionSlot;
use apn_ami::settings::ServerKey;
use apn_ami::wire::{self, Kind, Stamp};

use crate::config;
use crate::zend::classes::AmiEventProperties;
use crate::zend::exception::{error, throw_new, type_error};
use crate::zend::names::lower_name;
use crate::zend::properties::bad_data;
use crate::zend::{
    Array, Builder, Class, Dimensions, Native, Object, PhpResult, Properties, Str, Value, View, host,
};

/// What lies behind an `AmiEvent` or a `Response`.
#[derive(Clone)]
pub(crate) enum MessageState {
    /// A message by itself.
    Single(wire::Message),
    /// A part of what an action brought back, shared with all other parts.
    Part(Whole, Part),
}

/// What an action brought back: where the core put it, or unserialised.
#[derive(Clone)]
pub(crate) enum Whole {
    Slot(Arc<ActionSlot>),
    Own(Rc<Answer>),
}

#[derive(Clone, Copy)]
pub(crate) enum Part {
    Response,
    Event(usize),
    Complete,
}

impl Native for MessageState {
    const CLASSES: &'static [Class] = &[Class::Message, Class::AmiEvent, Class::Response];

    fn duplicate(&self) -> Option<Self> {
        Some(self.clone())
    }
}

/// What `offsetGet` and `offsetExists` give for text.
impl Dimensions for MessageState {
    fn dimension(&self, header: &[u8]) -> PhpResult<Option<Str>> {
        Ok(self.message()?.get(header).map(|value| Str::new(&value)))
    }
}

impl Whole {
    /// None for a slot whose action brought nothing back, of which no object is made.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Own(answer) => Some(answer),
            Self::Slot(slot) => match slot.outcome()? {
                Ok(answer) => Some(answer),
                Err(ActionError::Refused { response, .. }) => Some(response),
                Err(_) => None,
            },
        }
    }

    fn part(&self, part: Part) -> Option<&wire::Message> {
        let answer = self.answer()?;
        match part {
            Part::Response => Some(&answer.response),
            Part::Event(at) => answer.events.get(at),
            Part::Complete => answer.complete.as_ref(),
        }
    }
}

impl MessageState {
    fn message(&self) -> PhpResult<&wire::Message> {
        match self {
            Self::Single(message) => Ok(message),
            Self::Part(whole, part) => whole.part(*part).ok_or_else(|| error("the answer is empty")),
        }
    }
}

/// The message of an object.
pub(crate) fn of(this: &Object) -> PhpResult<&wire::Message> {
    this.state::<MessageState>()?.message()
}

/// A new `AmiEvent`.
pub(crate) fn new_event(server_key: Str, state: MessageState) -> PhpResult<Object> {
    let message = state.message()?;
    let stamp = message.stamp();
    let event = AmiEventProperties {
        server_key,
        sequence: to_int(stamp.sequence),
        session: to_int(stamp.session),
        name: Str::new(message.name()),
        received_at: microseconds(stamp.received_at),
    }
    .into_object()?;
    event.init(state)?;
    Ok(event)
}

/// Numbers of PHP end at 2^63.
pub(crate) fn to_int(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Unix time as PHP's `microtime(true)` makes it.
pub(crate) fn microseconds(time: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "seconds have less than 53 bits for a long time")]
    let seconds = time.as_secs() as f64;
    seconds + f64::from(time.subsec_micros()) / 1e6
}

/// The class `Message`.
pub(crate) struct Message;

impl Message {
    pub(crate) fn get(this: &Object, header: Str) -> PhpResult<Option<Str>> {
        Ok(of(this)?.get(&header).map(|value| Str::new(&value)))
    }

    pub(crate) fn all(this: &Object, header: Str) -> PhpResult<Array> {
        let mut list = Builder::new(0);
        for value in of(this)?.all(&header) {
            list.push(&*value);
        }
        Ok(list.finish())
    }

    pub(crate) fn int(this: &Object, header: Str) -> PhpResult<Option<i64>> {
        let value = of(this)?.get(&header);
        Ok(value.and_then(|value| std::str::from_utf8(value.trim_ascii()).ok()?.parse().ok()))
    }

    pub(crate) fn known(this: &Object, header: Str) -> PhpResult<Option<Str>> {
        let filler = |value: &[u8]| matches!(value, b"" | b"<unknown>" | b"<none>" | b"<null>");
        Ok(of(this)?.get(&header).filter(|value| !filler(value)).map(|value| Str::new(&value)))
    }

    pub(crate) fn get_headers(this: &Object) -> PhpResult<Array> {
        Ok(headers(of(this)?))
    }

    pub(crate) fn get_raw_headers(this: &Object) -> PhpResult<Array> {
        let message = of(this)?;
        let mut list = Builder::new(message.len());
        for (name, value) in message.raw() {
            let mut pair = Builder::new(2);
            pair.push(name);
            pair.push(value);
            list.push(pair.finish());
        }
        Ok(list.finish())
    }

    pub(crate) fn get_variables(this: &Object) -> PhpResult<Array> {
        let mut all = Builder::new(0);
        for (name, value) in of(this)?.variables().iter() {
            all.set(name, value);
        }
        Ok(all.finish())
    }

    pub(crate) fn get_action_id(this: &Object) -> PhpResult<Option<Str>> {
        Ok(of(this)?.action_id().map(Str::new))
    }

    pub(crate) fn offset_exists(this: &Object, offset: Value) -> PhpResult<bool> {
        Ok(of(this)?.get(&header_name(this, &offset)?).is_some())
    }

    pub(crate) fn offset_get(this: &Object, offset: Value) -> PhpResult<Option<Str>> {
        Ok(of(this)?.get(&header_name(this, &offset)?).map(|value| Str::new(&value)))
    }

    pub(crate) fn offset_set(this: &Object, _: Value, _: Value) -> PhpResult<()> {
        Err(error(&format!(
            "Cannot modify the headers of {}: they are what Asterisk sent",
            this.class_name()
        )))
    }

    pub(crate) fn offset_unset(this: &Object, offset: Value) -> PhpResult<()> {
        Self::offset_set(this, offset, Value::NULL)
    }

    pub(crate) fn count(this: &Object) -> PhpResult<usize> {
        Ok(headers(of(this)?).len())
    }

    pub(crate) fn get_iterator(this: &Object) -> PhpResult<Value> {
        host::iterator(headers(of(this)?))
    }

    pub(crate) fn json_serialize(this: &Object) -> PhpResult<Array> {
        Self::get_headers(this)
    }

    pub(crate) fn serialize(this: &Object) -> PhpResult<Array> {
        if this.is(Class::Response) {
            return crate::response::serialize(this);
        }
        Ok(serialize(&AmiEventProperties::of(this)?.server_key, of(this)?).finish())
    }

    pub(crate) fn unserialize(this: &Object, data: Array) -> PhpResult<()> {
        if this.is(Class::Response) {
            return crate::response::unserialize(this, &data);
        }
        let (server_key, message) = unserialize(&data, Class::AmiEvent, Kind::Event)?;
        let stamp = message.stamp();
        AmiEventProperties {
            server_key,
            sequence: to_int(stamp.sequence),
            session: to_int(stamp.session),
            name: Str::new(message.name()),
            received_at: microseconds(stamp.received_at),
        }
        .init(this)?;
        this.init(MessageState::Single(message))
    }
}

/// The class `AmiEvent`.
pub(crate) struct AmiEvent;

impl AmiEvent {
    pub(crate) fn from_array(server_key: Str, headers: Array, received_at: Option<f64>) -> PhpResult<Object> {
        let received_at = match received_at {
            Some(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| {
                config::invalid("receivedAt", &seconds.to_string(), "a Unix time, 0 or later")
            })?,
            None => net::now().unix,
        };
        let message = from_array(&server_key, &headers, "Event", Kind::Event, received_at)?;
        new_event(server_key, MessageState::Single(message))
    }
}

/// Lower-case names; a header that repeats holds a list.
fn headers(message: &wire::Message) -> Array {
    let mut all = Builder::new(message.len());
    let mut lower = Vec::new();
    for (name, value) in message.headers() {
        if let Some(known) = lower_name(name) {
            all.add_text(known, &value);
        } else {
            lower.clear();
            lower.extend(name.iter().map(u8::to_ascii_lowercase));
            all.add(&lower, &*value);
        }
    }
    all.finish()
}

fn header_name(this: &Object, offset: &Value) -> PhpResult<Str> {
    match offset.view() {
        View::Str(name) => Ok(name),
        View::Int(number) => Ok(Str::new(number.to_string().as_bytes())),
        _ => Err(type_error(&format!(
            "Cannot access offset of type {} on {}",
            offset.type_name(),
            this.class_name()
        ))),
    }
}

/// A message made of headers, for tests and fakes. Its first line is the one that says what it is.
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
                list.iter().map(|(_, value)| text(&name, &value)).collect::<PhpResult<_>>()?
            }
            _ => vec![text(&name, &value)?],
        };
        headers.extend(values.into_iter().map(|value| (name.clone(), value)));
    }
    let Some(at) = headers.iter().position(|(name, _)| name.eq_ignore_ascii_case(first.as_bytes())) else {
        let message = format!("headers have no \"{first}\", which says what the message is");
        return Err(throw_new(Class::InvalidConfigurationException, &message));
    };
    headers[..=at].rotate_right(1);
    let pairs = headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
    let message = wire::Message::from_headers(pairs);
    debug_assert_eq!(message.kind(), kind);
    Ok(wire::Message::stamped(message.frame(), Stamp { received_at, ..Stamp::default() }))
}

fn text(name: &[u8], value: &Value) -> PhpResult<Vec<u8>> {
    match value.view() {
        View::Str(text) => Ok(text.to_vec()),
        View::Int(number) => Ok(number.to_string().into_bytes()),
        _ => {
            let field = format!("headers[{}]", String::from_utf8_lossy(name));
            Err(config::invalid(&field, &value.type_name(), "a string or a list of strings"))
        }
    }
}

/// What survives `serialize`: the frame as it came, with where and when.
pub(crate) fn serialize(server_key: &Str, message: &wire::Message) -> Builder {
    let stamp = message.stamp();
    let mut data = Builder::new(7);
    data.set("serverKey", server_key.clone());
    data.set("sequence", stamp.sequence);
    data.set("session", stamp.session);
    data.set("receivedAt", to_int(u64::try_from(stamp.received_at.as_micros()).unwrap_or(u64::MAX)));
    if stamp.has_raw_values {
        data.set("rawValues", true);
    }
    // Queues put serialised jobs into JSON, which refuses what is not UTF-8: such a frame is
    // written with a character for each byte.
    match std::str::from_utf8(message.frame()) {
        Ok(frame) => data.set("frame", frame),
        Err(_) => data.set("latin1", latin1(message.frame())),
    }
    data
}

/// A character for each byte, which is UTF-8 whatever the bytes are.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// The reverse of `serialize`.
pub(crate) fn unserialize(data: &Array, class: Class, kind: Kind) -> PhpResult<(Str, wire::Message)> {
    let found = read_serialized(data).filter(|(_, message)| message.kind() == kind);
    found.ok_or_else(|| bad_data(class))
}

fn read_serialized(data: &Array) -> Option<(Str, wire::Message)> {
    let number = |key| match data.get(key)?.view() {
        View::Int(number) => u64::try_from(number).ok(),
        _ => None,
    };
    let string = |key| match data.get(key)?.view() {
        View::Str(text) => Some(text),
        _ => None,
    };
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
        has_raw_values: data.get("rawValues").is_some_and(|value| matches!(value.view(), View::Bool(true))),
    };
    Some((server_key, wire::Message::stamped(&frame, stamp)))
}

/// The reverse of `latin1`. None for what it did not write.
pub(crate) fn bytes_of_latin1(text: &[u8]) -> Option<Vec<u8>> {
    std::str::from_utf8(text).ok()?.chars().map(|c| u8::try_from(c).ok()).collect()
}
