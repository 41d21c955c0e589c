//! Conversion between PHP values and values of the core.

pub(crate) mod action;
mod array;
pub(crate) mod bounds;
pub(crate) mod completion;
pub(crate) mod config;
pub(crate) mod content;
pub(crate) mod description;
pub(crate) mod enums;
pub(crate) mod errors;
pub(crate) mod function;
pub(crate) mod header_names;
pub(crate) mod live;
pub(crate) mod metrics;
pub(crate) mod number;
pub(crate) mod object;
pub(crate) mod serialized;
mod text;
mod value;
mod view;

pub(crate) use array::{Array, Builder, Key};
pub(crate) use object::Object;
pub(crate) use text::Str;
pub(crate) use value::{OrNull, zval};
pub(crate) use view::{Value, View};
