//! The poll descriptor as a PHP stream, made when the user asks for it.

use std::cell::RefCell;

use ext_php_rs::types::Zval;

use crate::convert::Value;
use crate::zend::host;

/// The PHP stream that was returned last.
#[derive(Default)]
pub(crate) struct PollStream(RefCell<Option<Zval>>);

impl PollStream {
    /// The stream, unless PHP code has closed it.
    pub(crate) fn open(&self) -> Option<Zval> {
        let known = self.0.borrow().as_ref().map(Value::share);
        known.filter(host::stream_is_open)
    }

    pub(crate) fn keep(&self, stream: &Zval) {
        let before = self.0.borrow_mut().replace(stream.share());
        drop(before);
    }

    /// Drops the stream. PHP closes it, unless the user still holds it.
    pub(crate) fn release(&self) {
        let stream = self.0.borrow_mut().take();
        drop(stream);
    }
}
