//! `AmiEvent`: an event of a server.

use std::time::Duration;

use apn_ami::net;
use apn_ami::wire::Kind;
use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::message::{self, Message, properties_of_event};
use super::registration::child_class;
use crate::convert::content::Content;
use crate::convert::object::object_of;
use crate::convert::{Array, Object, Str, config};
use crate::zend::PhpResult;

/// The class. Its objects have the state of a `Message`.
#[php_class]
#[php(name = "Apn\\AmiClient\\AmiEvent", flags = ClassFlags::Final)]
pub(crate) struct AmiEvent;

#[inline]
pub(crate) fn new(server_key: Str, content: Content) -> PhpResult<Object<AmiEvent>> {
    let state = Message(content);
    let properties = properties_of_event(server_key, state.message()?);
    Ok(object_of(state, properties))
}

/// Gives the event memory of its own. No method of it may be running.
pub(crate) fn detach(mut event: Object) {
    if let Some(Message(Content::Single(message))) = event.state_mut() {
        message.detach();
    }
}

#[php_impl]
impl AmiEvent {
    pub(crate) fn from_array(
        server_key: Str,
        headers: Array,
        received_at: Option<f64>,
    ) -> PhpResult<Object<AmiEvent>> {
        let received_at = match received_at {
            Some(seconds) => Duration::try_from_secs_f64(seconds).map_err(|_| {
                config::invalid("receivedAt", &seconds.to_string(), "a Unix time, 0 or later")
            })?,
            None => net::now().unix,
        };
        let message = message::from_array(&server_key, &headers, "Event", Kind::Event, received_at)?;
        new(server_key, Content::Single(message))
    }
}

pub(crate) fn register() {
    child_class::<AmiEvent, Message>().readonly::<Str>("name").readonly::<f64>("receivedAt").done();
}
