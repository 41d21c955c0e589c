//! `AmiEvent`: a message that a server sends by itself.

use std::time::Duration;

use apn_ami::net;
use apn_ami::wire::Kind;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::convert::IntoZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ClassEntry, ExecuteData};
use ext_php_rs::zend_fastcall;

use super::message::{self, Content, EVENT, Message, properties_of_event};
use crate::convert::config;
use crate::zend::class::{Entry, child, entry_of};
use crate::zend::exception::bad_data;
use crate::zend::instance::object_of;
use crate::zend::method::{argument, static_method};
use crate::zend::object::Type;
use crate::zend::{Array, Object, PhpResult, Str, zval};

/// The class, whose objects have the state of a `Message`.
pub(crate) struct AmiEvent;

static CLASS: Entry = Entry::new();

impl Type for AmiEvent {
    const NAME: Option<&'static str> = Some(EVENT);

    fn class() -> Option<&'static ClassEntry> {
        Some(CLASS.get())
    }
}

/// A new `AmiEvent`.
pub(crate) fn new(server_key: Str, content: Content) -> PhpResult<Object<AmiEvent>> {
    let state = Message(content);
    let properties = properties_of_event(server_key, state.message()?);
    Ok(object_of(state, properties))
}

zend_fastcall! {
    extern fn from_array(call: &mut ExecuteData, result: &mut Zval) {
        static_method(call, |call| {
            let (Some(server_key), Some(headers)) = (argument::<Str>(call, 0), argument::<Array>(call, 1)) else {
                return Err(bad_data(EVENT));
            };
            let received_at = match argument::<f64>(call, 2) {
                Some(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| {
                    config::invalid("receivedAt", &seconds.to_string(), "a Unix time, 0 or later")
                })?,
                None => net::now().unix,
            };
            let message = message::from_array(&server_key, &headers, "Event", Kind::Event, received_at)?;
            *result = zval(new(server_key, Content::Single(message))?);
            Ok(())
        });
    }
}

pub(crate) fn register() {
    let from_array = FunctionBuilder::new("fromArray", from_array)
        .arg(Arg::new("serverKey", DataType::String))
        .arg(Arg::new("headers", DataType::Array))
        .arg(Arg::new("receivedAt", DataType::Double).allow_null().default("null"))
        .required_args(2)
        .returns(<Object<AmiEvent> as IntoZval>::TYPE, false, false);
    let methods = vec![(from_array, MethodFlags::Public | MethodFlags::Static)];
    let surface =
        child(EVENT, entry_of::<Message>(), ClassFlags::Final | ClassFlags::NoDynamicProperties, methods);
    CLASS.set(surface.readonly::<Str>("name").readonly::<f64>("receivedAt").done::<Message>());
}
