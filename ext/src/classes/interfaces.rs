//! The interfaces. PHP code can implement them too.
#![expect(dead_code, reason = "the traits are declarations for PHP: no Rust code calls their methods")]

use ext_php_rs::php_interface;
use ext_php_rs::zend::ce;

use super::registration::interface;
use super::response::Response;
use crate::convert::enums::TimeoutBehavior;
use crate::convert::object::Throwable;
use crate::convert::{Array, Object, Str};
use crate::zend::Callable;

/// An action that can be sent.
#[php_interface]
#[php(name = "Apn\\AmiClient\\Action")]
pub(crate) trait Action {
    fn get_name(&self) -> Str;
    fn get_parameters(&self) -> Array;
    fn get_completion_strategy(&self) -> Option<Object<PhpInterfaceCompletionStrategy>>;
}

/// Says when an action is complete.
#[php_interface]
#[php(name = "Apn\\AmiClient\\CompletionStrategy")]
pub(crate) trait CompletionStrategy {
    fn get_max_duration_ms(&self) -> Option<i64>;
    fn get_max_messages(&self) -> Option<i64>;
    fn get_terminal_event_names(&self) -> Array;
    fn get_timeout_behavior(&self) -> TimeoutBehavior;
}

/// A pending action.
#[php_interface]
#[php(name = "Apn\\AmiClient\\Pending")]
pub(crate) trait Pending {
    fn get_action_id(&self) -> Str;
    fn get_server_key(&self) -> Str;
    fn is_finished(&self) -> bool;
    fn on_complete(&self, callback: Callable) -> Object<PhpInterfacePending>;
    fn r#await(&self, timeout: Option<f64>) -> Object<Response>;
    fn get_response(&self) -> Option<Object<Response>>;
    fn get_exception(&self) -> Option<Object<Throwable>>;
    fn cancel(&self) -> bool;
}

/// An object that sends actions.
#[php_interface]
#[php(name = "Apn\\AmiClient\\ActionSender")]
pub(crate) trait ActionSender {
    fn send(&self, action: Object<PhpInterfaceAction>) -> Object<PhpInterfacePending>;
}

/// The interface of every exception of the extension.
#[php_interface]
#[php(name = "Apn\\AmiClient\\Exception\\AmiThrowable")]
#[php(extends(ce = ce::throwable, stub = "\\Throwable"))]
pub(crate) trait AmiThrowable {
    fn is_retry_safe(&self) -> bool;
}

pub(crate) fn register() {
    interface::<PhpInterfaceCompletionStrategy>().done();
    interface::<PhpInterfaceAction>().done();
    interface::<PhpInterfacePending>().returns_static("onComplete").done();
    interface::<PhpInterfaceActionSender>().done();
    interface::<PhpInterfaceAmiThrowable>().done();
}
