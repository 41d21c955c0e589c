//! Drives the core and calls PHP code. The classes above pass in functions that make the objects
//! (`objects.rs`).

pub(crate) mod core;
pub(crate) mod deliver;
pub(crate) mod failure;
pub(crate) mod home;
mod listener_name;
pub(crate) mod listener_table;
pub(crate) mod live_access;
pub(crate) mod live_filter;
pub(crate) mod live_read;
pub(crate) mod logger;
pub(crate) mod objects;
pub(crate) mod owned_core;
pub(crate) mod pending_table;
pub(crate) mod poll_stream;
pub(crate) mod router;
pub(crate) mod routing;
pub(crate) mod server_names;
pub(crate) mod signals;
pub(crate) mod standing;
pub(crate) mod stop;
pub(crate) mod tick;
pub(crate) mod ticking;
pub(crate) mod undelivered;
