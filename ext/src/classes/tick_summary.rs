//! `TickSummary`: what one tick did.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use crate::zend::Native;
use crate::zend::class::class;

/// What one tick did.
#[php_class]
#[php(name = "Apn\\AmiClient\\TickSummary", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct TickSummary {
    #[php(prop)]
    pub(crate) bytes_read: i64,
    #[php(prop)]
    pub(crate) bytes_written: i64,
    #[php(prop)]
    pub(crate) frames_parsed: i64,
    #[php(prop)]
    pub(crate) events_dispatched: i64,
    #[php(prop)]
    pub(crate) events_dropped: i64,
    #[php(prop)]
    pub(crate) actions_completed: i64,
    #[php(prop)]
    pub(crate) state_transitions: i64,
    #[php(prop)]
    pub(crate) connect_attempts: i64,
    #[php(prop)]
    pub(crate) more: bool,
}

impl Native for TickSummary {}

#[php_impl]
impl TickSummary {
    pub(crate) fn has_progress(&self) -> bool {
        let counts = [
            self.bytes_read,
            self.bytes_written,
            self.frames_parsed,
            self.events_dispatched,
            self.events_dropped,
            self.actions_completed,
            self.state_transitions,
            self.connect_attempts,
        ];
        self.more || counts.iter().any(|count| *count > 0)
    }
}

pub(crate) fn register() {
    class::<TickSummary>().done::<TickSummary>();
}
