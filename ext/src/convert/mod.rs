//! Values of PHP from and to those of the core.

pub(crate) mod action;
pub(crate) mod bounds;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod description;
pub(crate) mod enums;
pub(crate) mod errors;
pub(crate) mod header_names;
pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod number;
pub(crate) mod serialized;
