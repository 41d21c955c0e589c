//! The classes of `Apn\AmiClient\Live`.

mod attempt;
mod call;
mod call_handle;
mod calls;
mod changes;
mod channel;
pub(crate) mod live_options;
pub(crate) mod model;
mod party;
mod pending_call;
mod queue;
mod queue_caller;
mod queue_member;
mod queue_place;
mod text;

/// Registers all classes. A class comes after those that its methods return.
pub(crate) fn register() {
    live_options::register();
    party::register();
    attempt::register();
    call::register();
    channel::register();
    calls::register();
    changes::register();
    pending_call::register();
    queue_member::register();
    queue_caller::register();
    queue::register();
    model::register();
}
