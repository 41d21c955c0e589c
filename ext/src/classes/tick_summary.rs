//! `TickSummary`: the counts of one tick.

use ext_php_rs::flags::ClassFlags;
use ext_php_rs::{php_class, php_impl};

use super::registration::class;
use crate::convert::number::to_int;
use crate::runtime::deliver::TickReport;
use crate::zend::Native;

/// The counts of one tick.
#[php_class]
#[php(name = "Apn\\AmiClient\\TickSummary", flags = ClassFlags::Final.union(ClassFlags::ReadonlyClass))]
pub(crate) struct TickSummary {
    #[php(prop)]
    bytes_read: i64,
    #[php(prop)]
    bytes_written: i64,
    #[php(prop)]
    frames_parsed: i64,
    #[php(prop)]
    events_dispatched: i64,
    #[php(prop)]
    events_dropped: i64,
    #[php(prop)]
    actions_completed: i64,
    #[php(prop)]
    state_transitions: i64,
    #[php(prop)]
    connect_attempts: i64,
    #[php(prop)]
    more: bool,
}

impl Native for TickSummary {}

impl From<&TickReport> for TickSummary {
    fn from(report: &TickReport) -> Self {
        Self {
            bytes_read: to_int(report.step.bytes_read),
            bytes_written: to_int(report.step.bytes_written),
            frames_parsed: to_int(report.step.frames_parsed),
            events_dispatched: report.events,
            events_dropped: to_int(report.step.events_dropped),
            actions_completed: report.actions,
            state_transitions: to_int(report.step.transitions),
            connect_attempts: to_int(report.step.connects),
            more: report.step.more,
        }
    }
}

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
    class::<TickSummary>().done();
}
