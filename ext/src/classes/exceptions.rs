//! The exceptions. They are made by class builders, so that PHP fills file, line and trace.

use apn_ami::error::{ActionError, Answer};
use apn_ami::settings::ServerKey;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::{ClassBuilder, FunctionBuilder};
use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::convert::FromZval;
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::{ZendObject, Zval};
use ext_php_rs::zend::{ExecuteData, ce};
use ext_php_rs::zend_fastcall;

use super::interfaces::PhpInterfaceAmiThrowable;
use super::message::Message;
use super::method::{method, value};
use super::registration::{entry_of, exception};
use super::response::Response;
use crate::convert::enums::{ConnectionState, DisconnectReason};
use crate::convert::errors::{Exception, describe, set_message};
use crate::convert::object::Throwable;
use crate::convert::{Object, Str};
use crate::zend::class::{Registration, find};
use crate::zend::property::{read, write};

zend_fastcall! {
    extern fn construct(call: &mut ExecuteData, _: &mut Zval) {
        method(call, |call| {
            let object = &call.This;
            let message: Option<Str> = value(call, 0);
            set_message(object, &message.map(|text| text.lossy()).unwrap_or_default());
            if let Some(previous) = value::<Object<Throwable>>(call, 3) {
                write(object, ce::exception(), "previous", previous);
            }
            describe(object, value(call, 1), value(call, 2))
        });
    }
}

zend_fastcall! {
    // `isRetrySafe()` of exceptions that are thrown before anything is sent.
    extern fn always(call: &mut ExecuteData, result: &mut Zval) {
        method(call, |_| {
            result.set_bool(true);
            Ok(())
        });
    }
}

zend_fastcall! {
    extern fn is_retry_safe(call: &mut ExecuteData, result: &mut Zval) {
        method(call, |call| {
            result.set_bool(call.This.object().is_some_and(is_safe));
            Ok(())
        });
    }
}

fn is_safe(exception: &ZendObject) -> bool {
    if exception.instance_of(Exception::ActionErrorResponse.class()) {
        let response = Object::from_zval(&read(exception, "response"));
        return response.and_then(|response| proves_that_nothing_ran(&response)).unwrap_or(false);
    }
    [
        Exception::NoServerAvailable,
        Exception::ConnectFailed,
        Exception::InvalidConnectionState,
        Exception::Backpressure,
        Exception::ActionNotSent,
    ]
    .into_iter()
    .any(|class| exception.instance_of(class.class()))
}

fn proves_that_nothing_ran(response: &Object<Message>) -> Option<bool> {
    let response = response.state().ok()?.message().ok()?.clone();
    let answer = Answer { response, events: Vec::new(), complete: None, partial: false };
    let server = ServerKey::new("x").ok()?;
    Some(ActionError::Refused { server, action: String::new(), response: Box::new(answer) }.is_retry_safe())
}

/// Registers a class that implements `AmiThrowable` by itself.
fn throwable(
    class: Exception,
    parent: ClassEntryInfo,
    flags: ClassFlags,
    methods: Vec<FunctionBuilder<'static>>,
) -> Registration {
    let builder = ClassBuilder::new(class.name()).extends(parent).flags(flags);
    let builder = builder.implements(entry_of::<PhpInterfaceAmiThrowable>());
    let add = |builder: ClassBuilder, method| builder.method(method, MethodFlags::Public);
    exception(&class.name(), methods.into_iter().fold(builder, add))
}

/// Registers a class whose exceptions have only a message.
fn plain(class: Exception, parent: ClassEntryInfo) {
    let method = FunctionBuilder::new("isRetrySafe", always).returns(DataType::Bool, false, false);
    throwable(class, parent, ClassFlags::Final, vec![method]).done();
}

/// Registers a class below `AmiException`.
fn below(class: Exception) -> Registration {
    let parent: ClassEntryInfo = (|| Exception::Ami.class(), "AmiException");
    exception(&class.name(), ClassBuilder::new(class.name()).extends(parent).flags(ClassFlags::Final))
}

pub(crate) fn register() {
    let invalid: ClassEntryInfo = (|| find("InvalidArgumentException"), "\\InvalidArgumentException");
    let logic: ClassEntryInfo = (|| find("LogicException"), "\\LogicException");
    plain(Exception::InvalidConfiguration, invalid);
    plain(Exception::InvalidAction, invalid);
    plain(Exception::UnknownServer, invalid);
    plain(Exception::ReentrantTick, logic);
    plain(Exception::ForkedProcess, logic);

    let constructor = FunctionBuilder::new("__construct", construct)
        .arg(Arg::new("message", DataType::String).default("\"\""))
        .arg(Arg::new("serverKey", DataType::String).allow_null().default("null"))
        .arg(Arg::new("actionId", DataType::String).allow_null().default("null"))
        .arg(Arg::new("previous", DataType::object("Throwable")).allow_null().default("null"))
        .required_args(0);
    let is_safe = FunctionBuilder::new("isRetrySafe", is_retry_safe).returns(DataType::Bool, false, false);
    let runtime: ClassEntryInfo = (|| find("RuntimeException"), "\\RuntimeException");
    throwable(Exception::Ami, runtime, ClassFlags::Abstract, vec![constructor, is_safe])
        .readonly::<Option<Str>>("serverKey")
        .readonly::<Option<Str>>("actionId")
        .done();

    below(Exception::NoServerAvailable).done();
    below(Exception::ConnectFailed).readonly::<Option<DisconnectReason>>("reason").done();
    below(Exception::InvalidConnectionState).readonly::<ConnectionState>("state").done();
    below(Exception::Backpressure).done();
    below(Exception::ActionNotSent).done();
    below(Exception::ActionErrorResponse).readonly::<Object<Response>>("response").done();
    below(Exception::ActionTimeout).done();
    below(Exception::AwaitTimeout).done();
    below(Exception::OutcomeUnknown).done();
    below(Exception::ActionCancelled).done();
    below(Exception::ResponseTooLarge).done();
    below(Exception::LiveUnavailable).readonly::<Option<Str>>("missingClass").done();
}
