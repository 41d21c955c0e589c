//! The classes of `Apn\AmiClient\Live`.

mod attempt;
mod call;
mod calls;
mod changes;
mod channel;
pub(crate) mod live_options;
pub(crate) mod model;
mod party;
mod pending_call;
mod text;

/// Registers all of them, each after those that its methods give back.
pub(crate) fn register() {
    live_options::register();
    party::register();
    attempt::register();
    call::register();
    channel::register();
    calls::register();
    changes::register();
    pending_call::register();
    model::register();
}
