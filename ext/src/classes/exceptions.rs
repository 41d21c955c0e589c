//! The exceptions: by builders, so that PHP fills file, line and trace.

use apn_ami::error::{ActionError, Answer};
use apn_ami::settings::ServerKey;
use ext_php_rs::args::Arg;
use ext_php_rs::builders::FunctionBuilder;
use ext_php_rs::class::ClassEntryInfo;
use ext_php_rs::convert::{FromZval, IntoZval};
use ext_php_rs::flags::{ClassFlags, DataType, MethodFlags};
use ext_php_rs::types::Zval;
use ext_php_rs::zend::{ExecuteData, ce};
use ext_php_rs::zend_fastcall;

use super::interfaces::PhpInterfaceAmiThrowable;
use super::message::Message;
use super::response::Response;
use crate::convert::enums::{ConnectionState, DisconnectReason};
use crate::convert::errors::{Exception, describe};
use crate::zend::class::{
    Surface, checked, child, entry_of, invalid_argument_exception, logic_exception, runtime_exception,
};
use crate::zend::exception::set_message;
use crate::zend::method::{argument, method};
use crate::zend::object::Throwable;
use crate::zend::{Object, Str};

zend_fastcall! {
    extern fn construct(call: &mut ExecuteData, _: &mut Zval) {
        method(call, |this: &Object, call| {
            let message: Option<Str> = argument(call, 0);
            set_message(this, &message.map(|text| text.lossy()).unwrap_or_default());
            if let Some(previous) = argument::<Object<Throwable>>(call, 3) {
                this.write(ce::exception(), "previous", previous);
            }
            describe(this, argument(call, 1), argument(call, 2))
        });
    }
}

zend_fastcall! {
    // Of exceptions that come before anything could be sent.
    extern fn always(call: &mut ExecuteData, result: &mut Zval) {
        method(call, |_: &Object, _| {
            result.set_bool(true);
            Ok(())
        });
    }
}

zend_fastcall! {
    extern fn is_retry_safe(call: &mut ExecuteData, result: &mut Zval) {
        method(call, |this: &Object, _| {
            result.set_bool(is_safe(this));
            Ok(())
        });
    }
}

fn is_safe(exception: &Object) -> bool {
    if exception.instance_of(Exception::ActionErrorResponse.class()) {
        return proves_that_nothing_ran(&exception.get("response")).unwrap_or(false);
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

fn proves_that_nothing_ran(response: &Zval) -> Option<bool> {
    let response = Object::<Message>::from_zval(response)?;
    let response = response.state().ok()?.message().ok()?.clone();
    let answer = Answer { response, events: Vec::new(), complete: None, partial: false };
    let server = ServerKey::new("x").ok()?;
    Some(ActionError::Refused { server, action: String::new(), response: Box::new(answer) }.is_retry_safe())
}

/// One that carries a message only.
fn plain(name: &'static str, parent: ClassEntryInfo, exception: Exception) {
    let method = FunctionBuilder::new("isRetrySafe", always).returns(DataType::Bool, false, false);
    let surface = child(name, parent, ClassFlags::Final, vec![(method, MethodFlags::Public)]);
    exception.set_class(surface.implements(entry_of::<PhpInterfaceAmiThrowable>()).done_unchecked());
}

/// One below `AmiException`.
fn below(name: &'static str, exception: Exception) {
    with(name, exception, |surface| surface);
}

fn with(name: &'static str, exception: Exception, more: impl FnOnce(Surface) -> Surface) {
    let parent: ClassEntryInfo = (|| Exception::Ami.class(), "Apn\\AmiClient\\Exception\\AmiException");
    exception.set_class(more(child(name, parent, ClassFlags::Final, Vec::new())).done_unchecked());
}

fn has<V: IntoZval>(name: &'static str, exception: Exception, property: &str) {
    with(name, exception, |surface| surface.readonly::<V>(property));
}

pub(crate) fn register() {
    let invalid: ClassEntryInfo = (invalid_argument_exception, "\\InvalidArgumentException");
    let logic: ClassEntryInfo = (logic_exception, "\\LogicException");
    plain(
        "Apn\\AmiClient\\Exception\\InvalidConfigurationException",
        invalid,
        Exception::InvalidConfiguration,
    );
    plain("Apn\\AmiClient\\Exception\\InvalidActionException", invalid, Exception::InvalidAction);
    plain("Apn\\AmiClient\\Exception\\UnknownServerException", invalid, Exception::UnknownServer);
    plain("Apn\\AmiClient\\Exception\\ReentrantTickException", logic, Exception::ReentrantTick);
    plain("Apn\\AmiClient\\Exception\\ForkedProcessException", logic, Exception::ForkedProcess);

    let constructor = FunctionBuilder::new("__construct", construct)
        .arg(Arg::new("message", DataType::String).default("\"\""))
        .arg(Arg::new("serverKey", DataType::String).allow_null().default("null"))
        .arg(Arg::new("actionId", DataType::String).allow_null().default("null"))
        .arg(Arg::new("previous", DataType::object("Throwable")).allow_null().default("null"))
        .required_args(0);
    let is_safe = FunctionBuilder::new("isRetrySafe", is_retry_safe).returns(DataType::Bool, false, false);
    let ami = child(
        "Apn\\AmiClient\\Exception\\AmiException",
        (runtime_exception, "\\RuntimeException"),
        ClassFlags::Abstract,
        vec![(constructor, MethodFlags::Public), (is_safe, MethodFlags::Public)],
    )
    .readonly::<Option<Str>>("serverKey")
    .readonly::<Option<Str>>("actionId")
    .implements(entry_of::<PhpInterfaceAmiThrowable>());
    Exception::Ami.set_class(checked(ami));

    below("Apn\\AmiClient\\Exception\\NoServerAvailableException", Exception::NoServerAvailable);
    has::<Option<DisconnectReason>>(
        "Apn\\AmiClient\\Exception\\ConnectFailedException",
        Exception::ConnectFailed,
        "reason",
    );
    has::<ConnectionState>(
        "Apn\\AmiClient\\Exception\\InvalidConnectionStateException",
        Exception::InvalidConnectionState,
        "state",
    );
    below("Apn\\AmiClient\\Exception\\BackpressureException", Exception::Backpressure);
    below("Apn\\AmiClient\\Exception\\ActionNotSentException", Exception::ActionNotSent);
    has::<Object<Response>>(
        "Apn\\AmiClient\\Exception\\ActionErrorResponseException",
        Exception::ActionErrorResponse,
        "response",
    );
    below("Apn\\AmiClient\\Exception\\ActionTimeoutException", Exception::ActionTimeout);
    below("Apn\\AmiClient\\Exception\\AwaitTimeoutException", Exception::AwaitTimeout);
    below("Apn\\AmiClient\\Exception\\OutcomeUnknownException", Exception::OutcomeUnknown);
    below("Apn\\AmiClient\\Exception\\ActionCancelledException", Exception::ActionCancelled);
    below("Apn\\AmiClient\\Exception\\ResponseTooLargeException", Exception::ResponseTooLarge);
    has::<Option<Str>>(
        "Apn\\AmiClient\\Exception\\LiveUnavailableException",
        Exception::LiveUnavailable,
        "missingClass",
    );
}
