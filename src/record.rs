//! Structured log records: their number is bounded, and they contain no secret.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use crate::config_error::ConfigError;
use crate::limits::{RECORDS_MAX, TEXT_BYTES_MAX};
use crate::live::{Sizes, State, Truncation};
use crate::server_key::ServerKey;
use crate::vocabulary::{BreakerState, DisconnectReason};

/// The severity of a record, with the names of PSR-3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Every action, for debugging.
    Debug,
    /// The ordinary events of a session.
    Info,
    /// Something is missing or was refused, and the client continues.
    Warning,
    /// A person has to act.
    Error,
}

impl Level {
    /// All levels, the lowest first.
    pub const ALL: [Self; 4] = [Self::Debug, Self::Info, Self::Warning, Self::Error];

    /// Parses the PSR-3 name of a level.
    ///
    /// # Errors
    ///
    /// The name is not the name of a level that records have.
    pub fn parse(word: &str) -> Result<Self, ConfigError> {
        let found = Self::ALL.into_iter().find(|level| level.as_str() == word);
        found.ok_or_else(|| {
            let shown: String = word.chars().take(40).flat_map(char::escape_debug).collect();
            ConfigError::new("log_level", format!("\"{shown}\""), "debug, info, warning or error")
        })
    }

    /// The PSR-3 name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// One log record.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The server that the record is about; `None` if it is about the whole cluster.
    pub server: Option<ServerKey>,
    /// The kind of the record, with its values.
    pub what: RecordKind,
}

/// Every kind of record.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are what `fields` names, `message` says what happened")]
#[non_exhaustive]
pub enum RecordKind {
    Connecting {
        host: String,
        port: u16,
        attempt: u32,
    },
    ConnectFailed {
        host: String,
        port: u16,
        attempt: u32,
        reason: DisconnectReason,
        detail: String,
    },
    BannerLate {
        host: String,
        port: u16,
    },
    LoginRefused {
        host: String,
        port: u16,
        attempt: u32,
        reason: DisconnectReason,
        detail: String,
    },
    RetryScheduled {
        host: String,
        port: u16,
        attempt: u32,
        backoff: Duration,
        next_retry_at: Duration,
    },
    TlsUnverified {
        host: String,
        port: u16,
    },
    LoggedIn {
        host: String,
        port: u16,
        session: u64,
        banner: String,
    },
    SessionLost {
        host: String,
        port: u16,
        session: u64,
        reason: DisconnectReason,
        detail: String,
        queue_depth: usize,
    },
    SessionClosed {
        host: String,
        port: u16,
        session: u64,
        queue_depth: usize,
    },
    BreakerChanged {
        from: BreakerState,
        to: BreakerState,
        failures: u32,
        reason: Option<DisconnectReason>,
        cooldown: Duration,
    },
    EventsDropped {
        dropped: u64,
        dropped_total: u64,
        queue_depth: usize,
        queue_bytes: usize,
    },
    FrameTooLong {
        limit: usize,
        count: u64,
        action_id: String,
    },
    AnswersUnclaimed {
        count: u64,
        name: String,
    },
    ActionSent {
        action_id: String,
        action: String,
        headers: String,
        pending: usize,
    },
    ActionEnded {
        action_id: String,
        action: String,
        outcome: String,
    },
    ActionUnobserved {
        action_id: String,
        action: String,
        error: String,
    },
    EventMaskChanged {
        mask: String,
    },
    EventUnknown {
        name: String,
        nearest: String,
    },
    LiveUnavailable {
        state: State,
        missing_class: &'static str,
    },
    LiveTruncated {
        truncated: Truncation,
        sizes: Sizes,
    },
    RecordsLost {
        lost: u64,
        lost_total: u64,
    },
    InternalError {
        detail: String,
    },
    GuardMissing {
        error: String,
    },
}

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// Text in which secrets are already hidden.
    Text(String),
    /// A count or a size.
    Integer(u64),
    /// A duration, or a Unix time, in seconds.
    Seconds(f64),
}

impl RecordKind {
    /// The stable name of the record, for machines.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Connecting { .. } => "connecting",
            Self::ConnectFailed { .. } => "connect_failed",
            Self::BannerLate { .. } => "banner_late",
            Self::LoginRefused { .. } => "login_refused",
            Self::RetryScheduled { .. } => "retry_scheduled",
            Self::TlsUnverified { .. } => "tls_unverified",
            Self::LoggedIn { .. } => "logged_in",
            Self::SessionLost { .. } => "session_lost",
            Self::SessionClosed { .. } => "session_closed",
            Self::BreakerChanged { .. } => "breaker_changed",
            Self::EventsDropped { .. } => "events_dropped",
            Self::FrameTooLong { .. } => "frame_too_long",
            Self::AnswersUnclaimed { .. } => "answers_unclaimed",
            Self::ActionSent { .. } => "action_sent",
            Self::ActionEnded { .. } => "action_ended",
            Self::ActionUnobserved { .. } => "action_unobserved",
            Self::EventMaskChanged { .. } => "event_mask_changed",
            Self::EventUnknown { .. } => "event_unknown",
            Self::LiveUnavailable { .. } => "live_unavailable",
            Self::LiveTruncated { .. } => "live_truncated",
            Self::RecordsLost { .. } => "records_lost",
            Self::InternalError { .. } => "internal_error",
            Self::GuardMissing { .. } => "guard_missing",
        }
    }

    /// The severity of the record.
    #[must_use]
    pub fn level(&self) -> Level {
        match self {
            Self::Connecting { .. }
            | Self::ActionSent { .. }
            | Self::ActionEnded { .. }
            | Self::AnswersUnclaimed { .. }
            | Self::EventMaskChanged { .. } => Level::Debug,
            Self::BannerLate { .. }
            | Self::RetryScheduled { .. }
            | Self::LoggedIn { .. }
            | Self::SessionClosed { .. }
            | Self::EventUnknown { .. } => Level::Info,
            Self::ConnectFailed { .. }
            | Self::TlsUnverified { .. }
            | Self::SessionLost { .. }
            | Self::BreakerChanged { .. }
            | Self::EventsDropped { .. }
            | Self::FrameTooLong { .. }
            | Self::ActionUnobserved { .. }
            | Self::LiveUnavailable { .. }
            | Self::LiveTruncated { .. }
            | Self::RecordsLost { .. }
            | Self::GuardMissing { .. } => Level::Warning,
            Self::LoginRefused { .. } | Self::InternalError { .. } => Level::Error,
        }
    }

    /// One sentence for people, without the values.
    #[must_use]
    pub fn message(&self) -> &'static str {
        match self {
            Self::Connecting { .. } => "AMI connect started",
            Self::ConnectFailed { .. } => "AMI connect failed",
            Self::BannerLate { .. } => "AMI banner is late: perhaps the port wants TLS",
            Self::LoginRefused { .. } => "AMI login refused",
            Self::RetryScheduled { .. } => "AMI reconnect scheduled",
            Self::TlsUnverified { .. } => "AMI TLS certificate is not verified",
            Self::LoggedIn { .. } => "AMI session ready",
            Self::SessionLost { .. } => "AMI session lost",
            Self::SessionClosed { .. } => "AMI session closed",
            Self::BreakerChanged { .. } => "AMI circuit breaker changed",
            Self::EventsDropped { .. } => "AMI events dropped: the queue is full",
            Self::FrameTooLong { .. } => "AMI message skipped: it is longer than allowed",
            Self::AnswersUnclaimed { .. } => "AMI answers dropped: nobody waits for them",
            Self::ActionSent { .. } => "AMI action queued",
            Self::ActionEnded { .. } => "AMI action ended",
            Self::ActionUnobserved { .. } => "AMI action failed and nobody looked",
            Self::EventMaskChanged { .. } => "AMI event mask follows the listeners",
            Self::EventUnknown { .. } => {
                "AMI listener to an event that Asterisk 20 to 23 are not known to send by themselves"
            }
            Self::LiveUnavailable { .. } => "AMI live model cannot see all: the account lacks a class",
            Self::LiveTruncated { .. } => "AMI live model is truncated: a bound keeps something out",
            Self::RecordsLost { .. } => "AMI log records lost: too many waited for a tick",
            Self::InternalError { .. } => "AMI client failed at one server: a bug, please report it",
            Self::GuardMissing { .. } => {
                "AMI stall guard could not start: a slow listener may lose the sessions"
            }
        }
    }

    /// The values by name.
    #[must_use]
    pub fn fields(&self) -> Vec<(&'static str, Field)> {
        let text = |value: &dyn fmt::Display| Field::Text(value.to_string());
        let count = |value: usize| Field::Integer(value as u64);
        let seconds = |value: &Duration| Field::Seconds(value.as_secs_f64());
        let endpoint = |host: &String, port: &u16| {
            vec![("host", Field::Text(host.clone())), ("port", Field::Integer(u64::from(*port)))]
        };
        match self {
            Self::Connecting { host, port, attempt } => {
                with(endpoint(host, port), [("attempt", Field::Integer(u64::from(*attempt)))])
            }
            Self::ConnectFailed { host, port, attempt, reason, detail }
            | Self::LoginRefused { host, port, attempt, reason, detail } => with(
                endpoint(host, port),
                [
                    ("attempt", Field::Integer(u64::from(*attempt))),
                    ("reason", text(reason)),
                    ("detail", text(detail)),
                ],
            ),
            Self::RetryScheduled { host, port, attempt, backoff, next_retry_at } => with(
                endpoint(host, port),
                [
                    ("attempt", Field::Integer(u64::from(*attempt))),
                    ("backoff", seconds(backoff)),
                    ("next_retry_at", seconds(next_retry_at)),
                ],
            ),
            Self::TlsUnverified { host, port } | Self::BannerLate { host, port } => endpoint(host, port),
            Self::LoggedIn { host, port, session, banner } => {
                with(endpoint(host, port), [("session", Field::Integer(*session)), ("banner", text(banner))])
            }
            Self::SessionLost { host, port, session, reason, detail, queue_depth } => with(
                endpoint(host, port),
                [
                    ("session", Field::Integer(*session)),
                    ("reason", text(reason)),
                    ("detail", text(detail)),
                    ("queue_depth", count(*queue_depth)),
                ],
            ),
            Self::SessionClosed { host, port, session, queue_depth } => with(
                endpoint(host, port),
                [("session", Field::Integer(*session)), ("queue_depth", count(*queue_depth))],
            ),
            Self::BreakerChanged { from, to, failures, reason, cooldown } => vec![
                ("from", text(from)),
                ("to", text(to)),
                ("failures", Field::Integer(u64::from(*failures))),
                ("reason", text(&reason.map_or("", DisconnectReason::as_str))),
                ("cooldown", seconds(cooldown)),
            ],
            Self::EventsDropped { dropped, dropped_total, queue_depth, queue_bytes } => vec![
                ("dropped", Field::Integer(*dropped)),
                ("dropped_total", Field::Integer(*dropped_total)),
                ("queue_depth", count(*queue_depth)),
                ("queue_bytes", count(*queue_bytes)),
            ],
            Self::FrameTooLong { limit, count: skipped, action_id } => vec![
                ("limit", count(*limit)),
                ("count", Field::Integer(*skipped)),
                ("action_id", text(action_id)),
            ],
            Self::AnswersUnclaimed { count, name } => {
                vec![("count", Field::Integer(*count)), ("name", text(name))]
            }
            Self::ActionSent { action_id, action, headers, pending } => vec![
                ("action_id", text(action_id)),
                ("action", text(action)),
                ("headers", text(headers)),
                ("pending", count(*pending)),
            ],
            Self::ActionEnded { action_id, action, outcome } => {
                vec![("action_id", text(action_id)), ("action", text(action)), ("outcome", text(outcome))]
            }
            Self::ActionUnobserved { action_id, action, error } => {
                vec![("action_id", text(action_id)), ("action", text(action)), ("error", text(error))]
            }
            Self::EventMaskChanged { mask } => vec![("mask", text(mask))],
            Self::EventUnknown { name, nearest } => vec![("name", text(name)), ("nearest", text(nearest))],
            Self::LiveUnavailable { state, missing_class } => {
                vec![("state", text(&state.name())), ("missing_class", text(missing_class))]
            }
            Self::LiveTruncated { truncated, sizes } => vec![
                ("truncated", Field::Text(truncated.to_string())),
                ("channels", count(sizes.channels)),
                ("queues", count(sizes.queues)),
                ("members", count(sizes.members)),
                ("callers", count(sizes.callers)),
                ("bytes", count(sizes.bytes)),
            ],
            Self::RecordsLost { lost, lost_total } => {
                vec![("lost", Field::Integer(*lost)), ("lost_total", Field::Integer(*lost_total))]
            }
            Self::InternalError { detail } => vec![("detail", text(detail))],
            Self::GuardMissing { error } => vec![("error", text(error))],
        }
    }
}

fn with<const N: usize>(
    mut fields: Vec<(&'static str, Field)>,
    more: [(&'static str, Field); N],
) -> Vec<(&'static str, Field)> {
    fields.extend(more);
    fields
}

/// A text from a peer or a caller, cut to `TEXT_BYTES_MAX`, for a record or another detail that is kept.
pub(crate) fn clipped(text: &[u8]) -> String {
    let (start, is_cut) = match text.get(..TEXT_BYTES_MAX) {
        Some(start) => (start, text.len() > TEXT_BYTES_MAX),
        None => (text, false),
    };
    let shown = String::from_utf8_lossy(start);
    if is_cut { format!("{}…", shown.trim_end_matches('\u{fffd}')) } else { shown.into_owned() }
}

/// Records that wait to be logged. If too many wait, records of the lowest level are dropped first.
#[derive(Debug)]
pub struct Records {
    /// One queue for each level, in order. Each record has its number among all records. So any level can drop
    /// a record at once, and `pop` can still restore the order.
    waiting: [VecDeque<(u64, Record)>; Level::ALL.len()],
    pushed: u64,
    lost: u64,
    /// The part of `lost` that no `RecordsLost` record has reported yet.
    unsaid: u64,
    least: Option<Level>,
}

impl Records {
    /// Keeps records of this level and above; keeps none if `least` is `None`.
    #[must_use]
    pub fn new(least: Option<Level>) -> Self {
        Self { waiting: Default::default(), pushed: 0, lost: 0, unsaid: 0, least }
    }

    /// True if a record of this level would be kept. Call this before building a costly record.
    #[must_use]
    pub fn wants(&self, level: Level) -> bool {
        self.least.is_some_and(|least| level >= least)
    }

    /// Adds a record about a server.
    pub fn push(&mut self, server: &ServerKey, what: RecordKind) {
        self.keep(Some(server), what);
    }

    /// Adds a record about the whole cluster.
    pub fn push_of_cluster(&mut self, what: RecordKind) {
        self.keep(None, what);
    }

    fn keep(&mut self, server: Option<&ServerKey>, what: RecordKind) {
        let level = what.level();
        if !self.wants(level) {
            return;
        }
        if self.len() >= RECORDS_MAX {
            self.lost += 1;
            self.unsaid += 1;
            let Some(lower) = self.waiting[..level as usize].iter_mut().find(|queue| !queue.is_empty())
            else {
                return;
            };
            lower.pop_back();
        }
        self.pushed += 1;
        self.waiting[level as usize].push_back((self.pushed, Record { server: server.cloned(), what }));
    }

    /// Takes the oldest record. After the last one, a `RecordsLost` record reports how many were lost.
    pub fn pop(&mut self) -> Option<Record> {
        let first =
            |queue: &&mut VecDeque<(u64, Record)>| queue.front().map_or(u64::MAX, |(number, _)| *number);
        if let Some((_, record)) = self.waiting.iter_mut().min_by_key(first).and_then(VecDeque::pop_front) {
            return Some(record);
        }
        let lost = std::mem::take(&mut self.unsaid);
        let what = RecordKind::RecordsLost { lost, lost_total: self.lost };
        (lost > 0 && self.wants(what.level())).then_some(Record { server: None, what })
    }

    /// True if no record waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0 && self.unsaid == 0
    }

    /// Number of records that were lost because too many waited.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.lost
    }

    fn len(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn popped(records: &mut Records) -> Vec<RecordKind> {
        std::iter::from_fn(|| records.pop()).map(|record| record.what).collect()
    }

    fn debug(mask: usize) -> RecordKind {
        RecordKind::EventMaskChanged { mask: mask.to_string() }
    }

    const WARNING: RecordKind = RecordKind::RecordsLost { lost: 0, lost_total: 0 };

    #[test]
    fn too_many_records_are_counted_and_not_kept_and_the_loss_is_told_once_behind_them() {
        let server = ServerKey::new("a").unwrap();
        let mut records = Records::new(Some(Level::Info));
        let record = RecordKind::TlsUnverified { host: "h".into(), port: 1 };
        for _ in 0..RECORDS_MAX + 5 {
            records.push(&server, record.clone());
        }
        assert_eq!(records.lost(), 5);
        let popped = popped(&mut records);
        assert_eq!(popped.len(), RECORDS_MAX + 1);
        assert_eq!(
            (&popped[0], &popped[RECORDS_MAX]),
            (&record, &RecordKind::RecordsLost { lost: 5, lost_total: 5 })
        );
        assert!(records.is_empty() && records.pop().is_none());
    }

    #[test]
    fn a_full_queue_gives_up_the_lowest_level_first_and_keeps_the_order() {
        let server = ServerKey::new("a").unwrap();
        let mut records = Records::new(Some(Level::Debug));
        for number in 0..RECORDS_MAX {
            records.push(&server, debug(number));
        }
        let error = RecordKind::LoginRefused {
            host: "h".into(),
            port: 1,
            attempt: 1,
            reason: DisconnectReason::AuthFailed,
            detail: String::new(),
        };
        records.push(&server, WARNING);
        records.push(&server, error.clone());
        records.push(&server, debug(RECORDS_MAX));
        let popped = popped(&mut records);
        assert_eq!(popped[..RECORDS_MAX - 2], (0..RECORDS_MAX - 2).map(debug).collect::<Vec<_>>());
        let rest = [WARNING, error, RecordKind::RecordsLost { lost: 3, lost_total: 3 }];
        assert_eq!(popped[RECORDS_MAX - 2..], rest);
    }

    #[test]
    fn a_long_text_is_cut_where_a_character_ends() {
        assert_eq!(clipped(b"short\xff"), "short\u{fffd}");
        let long = clipped("é".repeat(TEXT_BYTES_MAX).as_bytes());
        assert!(long.len() <= TEXT_BYTES_MAX + 3 && long.ends_with("é…"), "{} bytes", long.len());
        assert_eq!(clipped(&[b'x'; TEXT_BYTES_MAX]).len(), TEXT_BYTES_MAX);
    }

    #[test]
    fn a_level_is_read_by_its_word_alone() {
        assert_eq!(Level::parse("warning"), Ok(Level::Warning));
        let error = Level::parse("Notice\n").unwrap_err().to_string();
        assert_eq!(error, r#"log_level is "Notice\n", must be debug, info, warning or error"#);
    }

    #[test]
    fn records_below_the_level_are_not_made() {
        let server = ServerKey::new("a").unwrap();
        let mut records = Records::new(Some(Level::Info));
        records.push(&server, RecordKind::EventMaskChanged { mask: "call".into() });
        assert!(records.is_empty());
        let mut none = Records::new(None);
        none.push(&server, RecordKind::TlsUnverified { host: "h".into(), port: 1 });
        assert!(none.is_empty());
    }

    /// One record of each kind. The match has no catch-all arm, so a new kind does not compile until it is
    /// added here.
    fn one_of_each() -> Vec<RecordKind> {
        let (host, port, detail) = (String::from("pbx1"), 5_038, String::new());
        let reason = DisconnectReason::Refused;
        let mut all = vec![RecordKind::Connecting { host: host.clone(), port, attempt: 1 }];
        while let Some(last) = all.last() {
            let (host, detail) = (host.clone(), detail.clone());
            let next = match last {
                RecordKind::Connecting { .. } => {
                    RecordKind::ConnectFailed { host, port, attempt: 1, reason, detail }
                }
                RecordKind::ConnectFailed { .. } => RecordKind::BannerLate { host, port },
                RecordKind::BannerLate { .. } => {
                    RecordKind::LoginRefused { host, port, attempt: 1, reason, detail }
                }
                RecordKind::LoginRefused { .. } => RecordKind::RetryScheduled {
                    host,
                    port,
                    attempt: 1,
                    backoff: Duration::ZERO,
                    next_retry_at: Duration::ZERO,
                },
                RecordKind::RetryScheduled { .. } => RecordKind::TlsUnverified { host, port },
                RecordKind::TlsUnverified { .. } => {
                    RecordKind::LoggedIn { host, port, session: 1, banner: detail }
                }
                RecordKind::LoggedIn { .. } => {
                    RecordKind::SessionLost { host, port, session: 1, reason, detail, queue_depth: 0 }
                }
                RecordKind::SessionLost { .. } => {
                    RecordKind::SessionClosed { host, port, session: 1, queue_depth: 0 }
                }
                RecordKind::SessionClosed { .. } => RecordKind::BreakerChanged {
                    from: BreakerState::Closed,
                    to: BreakerState::Open,
                    failures: 5,
                    reason: None,
                    cooldown: Duration::ZERO,
                },
                RecordKind::BreakerChanged { .. } => {
                    RecordKind::EventsDropped { dropped: 1, dropped_total: 1, queue_depth: 0, queue_bytes: 0 }
                }
                RecordKind::EventsDropped { .. } => {
                    RecordKind::FrameTooLong { limit: 1, count: 1, action_id: detail }
                }
                RecordKind::FrameTooLong { .. } => RecordKind::AnswersUnclaimed { count: 1, name: detail },
                RecordKind::AnswersUnclaimed { .. } => RecordKind::ActionSent {
                    action_id: detail.clone(),
                    action: detail.clone(),
                    headers: detail,
                    pending: 1,
                },
                RecordKind::ActionSent { .. } => RecordKind::ActionEnded {
                    action_id: detail.clone(),
                    action: detail.clone(),
                    outcome: detail,
                },
                RecordKind::ActionEnded { .. } => RecordKind::ActionUnobserved {
                    action_id: detail.clone(),
                    action: detail.clone(),
                    error: detail,
                },
                RecordKind::ActionUnobserved { .. } => RecordKind::EventMaskChanged { mask: detail },
                RecordKind::EventMaskChanged { .. } => {
                    RecordKind::EventUnknown { name: detail.clone(), nearest: detail }
                }
                RecordKind::EventUnknown { .. } => {
                    RecordKind::LiveUnavailable { state: State::Deaf, missing_class: "call" }
                }
                RecordKind::LiveUnavailable { .. } => {
                    RecordKind::LiveTruncated { truncated: Truncation::CHANNELS, sizes: Sizes::default() }
                }
                RecordKind::LiveTruncated { .. } => RecordKind::RecordsLost { lost: 1, lost_total: 1 },
                RecordKind::RecordsLost { .. } => RecordKind::InternalError { detail },
                RecordKind::InternalError { .. } => RecordKind::GuardMissing { error: detail },
                RecordKind::GuardMissing { .. } => break,
            };
            all.push(next);
        }
        all
    }

    /// With `UPDATE_EXPECT=1` this test writes the table again.
    #[test]
    fn the_page_of_log_records_lists_every_record_with_its_level_and_fields() {
        const PAGE: &str = "docs/logs.md";
        let rows = one_of_each().iter().fold(String::new(), |rows, what| {
            let fields: Vec<_> = what.fields().iter().map(|(name, _)| format!("`{name}`")).collect();
            let (name, level, message) = (what.name(), what.level().as_str(), what.message());
            format!("{rows}| `{name}` | {level} | {message} | {} |\n", fields.join(", "))
        });
        let page = std::fs::read_to_string(PAGE).unwrap();
        let begin =
            page.find("| --- |").and_then(|at| page[at..].find('\n').map(|end| at + end + 1)).unwrap();
        let end = begin + page[begin..].find("\n\n").unwrap() + 1;
        let expected = format!("{}{rows}{}", &page[..begin], &page[end..]);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(PAGE, &expected).unwrap();
        }
        assert_eq!(std::fs::read_to_string(PAGE).unwrap(), expected);
    }
}
