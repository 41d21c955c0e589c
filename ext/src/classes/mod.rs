//! The PHP classes, each in a file of its name.

mod ami_client;
mod ami_client_manager;
pub(crate) mod ami_event;
mod async_event_strategy;
mod client_options;
mod cluster_options;
mod completion;
mod completion_strategy;
mod exceptions;
mod fake_asterisk;
mod fake_call;
mod fake_queue;
mod fake_queue_caller;
mod follows_response_strategy;
pub(crate) mod gap;
mod generic_action;
mod glob;
mod interfaces;
mod live;
pub(crate) mod message;
mod method;
mod multi_event_strategy;
mod pending_action;
mod registration;
pub(crate) mod response;
mod server_config;
mod server_health;
mod server_registry;
mod single_response_strategy;
mod subscription;
mod tick_summary;
mod tls_options;

/// Registers all classes. Interfaces and parents come first, and a class comes after those that its methods
/// return.
pub(crate) fn register() {
    interfaces::register();
    server_config::register();
    tls_options::register();
    server_registry::register();
    client_options::register();
    cluster_options::register();
    generic_action::register();
    single_response_strategy::register();
    multi_event_strategy::register();
    follows_response_strategy::register();
    async_event_strategy::register();
    pending_action::register();
    glob::register();
    subscription::register();
    gap::register();
    message::register();
    ami_event::register();
    response::register();
    tick_summary::register();
    server_health::register();
    ami_client::register();
    live::register();
    ami_client_manager::register();
    exceptions::register();
    fake_call::register();
    fake_queue_caller::register();
    fake_queue::register();
    fake_asterisk::register();
}
