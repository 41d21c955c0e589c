//! Every bound of the client: nothing queues, buffers, batches or waits without an entry here.

use std::fmt;
use std::time::Duration;

use crate::config_error::ConfigError;
use crate::glob::Glob;

/// Bytes of one action line without its CRLF. Asterisk drops a message when 1,024 bytes hold no line end
/// (`inbuf[1025]`, main/manager.c), and answers "line too long".
pub const ACTION_LINE_BYTES_MAX: usize = 1_022;

/// Lines of one action, `Action` and `ActionID` included (`AST_MAX_MANHEADERS`, include/asterisk/manager.h).
pub const ACTION_LINES_MAX: usize = 128;

/// Longest `ActionID` that Asterisk returns whole in every list item. `ConfbridgeList` copies
/// `ActionID: %s\r\n` into 80 bytes (`apps/app_confbridge.c`), which cuts or corrupts a longer one.
pub const ACTION_ID_BYTES_MAX: usize = 67;

/// Number of event names of one server that are counted separately. Further names share one counter.
pub const EVENT_NAMES_MAX: usize = 512;

/// State changes and gaps of one server that may wait for delivery before the server is connected again.
/// Without this bound every lost session would add to the queue of an owner that never takes its deliveries.
pub const UNDELIVERED_CHANGES_MAX: usize = 1_000;

/// How long a connect is postponed while `UNDELIVERED_CHANGES_MAX` changes of its server wait for delivery.
pub const UNDELIVERED_CONNECT_DELAY: Duration = Duration::from_secs(1);

/// Longest event name that is counted separately; no real name comes near it. Longer names share one counter.
pub const EVENT_NAME_BYTES_MAX: usize = 128;

/// How long a connection without TLS may be up without a banner before the client reports that the port may
/// expect TLS. A TLS server waits for the client to speak first, as Asterisk does (main/tcptls.c). The time is
/// shorter than the second that a person at a terminal waits.
pub const BANNER_QUIET: Duration = Duration::from_millis(900);

/// Longest text from a peer or a caller that a record, a reason or a banner keeps.
pub const TEXT_BYTES_MAX: usize = 2 * 1_024;

/// Log records that wait for the next tick. Beyond this number, records of the lowest level are dropped and
/// counted.
pub const RECORDS_MAX: usize = 1_000;

/// Number of names that one client resolves at once, each on its own thread. Further names wait for their turn.
pub const RESOLVER_THREADS_MAX: usize = 16;

/// Number of sets of certificate files that one client reads at once, each on its own thread. Further sets
/// wait.
pub const FILE_THREADS_MAX: usize = 4;

/// Longest cooldown of a breaker that refused logins keep open. The cooldown grows because a tool such as
/// fail2ban may count refused logins.
pub const REFUSED_LOGIN_COOLDOWN_MAX: Duration = Duration::from_secs(15 * 60);

/// Time added to an `Originate`'s own `Timeout` to wait for its answer. On a real Asterisk 22 the
/// `OriginateResponse` of an unanswered call came 22 ms after that time.
pub const ORIGINATE_GRACE: Duration = Duration::from_secs(5);

/// The timeout that Asterisk uses for an `Originate` without a `Timeout` (main/manager.c).
pub const ORIGINATE_TIMEOUT_DEFAULT: Duration = Duration::from_secs(30);

/// Upper bound of every wait, because a time beyond the range of the clock cannot be computed.
pub const LONGEST: Duration = Duration::from_secs(24 * 3_600);

/// Bytes of one text that the live model keeps for a channel. A longer text is cut.
pub const LIVE_TEXT_BYTES_MAX: usize = 256;

/// Ids of ended channels, calls and bridges of one server that the live model remembers for a time.
pub const LIVE_TOMBS_MAX: usize = 20_000;

/// Attempts to reach a party that the live model keeps for one call. Only the first ones are kept.
pub const LIVE_ATTEMPTS_MAX: usize = 32;

/// Channels that a query for a channel's peers may reach through Local channels and bridges.
pub const LIVE_PEERS_MAX: usize = 1_000;

const FRAME_BYTES_MIN: usize = 64 * 1_024;
const FRAME_BYTES_LIMIT: usize = 16 * 1_024 * 1_024;
const _: () = assert!(FRAME_BYTES_MIN > ACTION_LINE_BYTES_MAX, "an echoed line fits a frame");

/// Which event is dropped when a server's queue is full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DropPolicy {
    /// The oldest waiting event, so that listeners see current events.
    #[default]
    Oldest,
    /// The event that has just arrived, so that listeners see the older events without a gap.
    Newest,
}

/// Bounds of one server's session.
///
/// A size or a count says what it counts and ends in `_max`; times are [`Duration`]. The worst-case memory of
/// one server is `frame_bytes_max` (twice while the buffer grows) + `outbox_bytes_max` +
/// `event_queue_bytes_max` + twice `action_bytes_max`.
///
/// The text of each number or time ends with its default and its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits {
    /// Longest wait for name lookup, TCP and TLS together. If it is too small, the client gives up on a distant
    /// server. If it is too large, the client waits long for a server that does not answer. 10 s; 0.05 s to 5
    /// min.
    pub connect_timeout: Duration,
    /// Longest wait from the established link to the accepted login. Asterisk itself hangs up after
    /// `authtimeout`, which is 30 s unless configured. 10 s; 0.05 s to 5 min.
    pub login_timeout: Duration,
    /// A session without a byte for this long counts as lost. The time that a running action may take is added.
    /// 30 s; 0.1 s to 1 h.
    pub read_timeout: Duration,
    /// A session without a byte for this long gets a `Ping`; must be below `read_timeout`. 15 s; 0.05 s to 1 h.
    pub heartbeat_interval: Duration,
    /// Longest wait for an action's answer, if the action does not set its own. 30 s; 1 ms to 1 h.
    pub action_timeout: Duration,
    /// Ceiling of the first reconnect delay. 0.5 s; 1 ms to 1 h.
    pub reconnect_delay_min: Duration,
    /// Ceiling of every reconnect delay, at least `reconnect_delay_min`. 30 s; up to 24 h.
    pub reconnect_delay_max: Duration,
    /// Number of failed connects in a row that open the breaker. 5; 1 to 1,000.
    pub breaker_failures_max: u32,
    /// How long an open breaker stays open. 30 s; 1 ms to 24 h.
    pub breaker_cooldown: Duration,
    /// Attempts of a half-open breaker before it opens again. 1; 1 to 100.
    pub breaker_probes_max: u32,
    /// Bytes waiting to be written. Beyond this, `send` is refused. 5 MiB; 4 KiB to 1 GiB.
    pub outbox_bytes_max: usize,
    /// Actions whose end was not delivered yet. Beyond this, `send` is refused. 5,000; 1 to 1,000,000.
    pub pending_actions_max: usize,
    /// Bytes that the answer and the list of one action may hold. Beyond this, the action fails. If all actions
    /// of the server whose end was not delivered yet hold more than this together, `send` is refused; beyond
    /// twice this, an answer that is being received fails. 64 MiB; 64 KiB to 1 GiB.
    pub action_bytes_max: usize,
    /// Events waiting for listeners. Beyond this, `drop_policy` chooses an event to drop. 10,000; 1 to
    /// 10,000,000.
    pub event_queue_max: usize,
    /// Bytes of the waiting events: each message, its queue entry and its position. 16 MiB; 64 KiB to 4 GiB.
    pub event_queue_bytes_max: usize,
    /// Which event is dropped when the queue is full.
    pub drop_policy: DropPolicy,
    /// Events that are dropped only if no other event is left to drop.
    pub protected_events: Vec<Glob>,
    /// Longest incoming message. A longer one is skipped to its end: if it is a response or a list item, its
    /// action fails; if it is an event that a listener wanted, it leaves a gap. 1 MiB holds a `Command` answer
    /// of some 10,000 lines. 1 MiB; 64 KiB to 16 MiB.
    pub frame_bytes_max: usize,
    /// Bytes read from one server in one tick, so that a busy server does not starve the others. 1 MiB; 4 KiB
    /// to 1 GiB.
    pub tick_bytes_max: usize,
    /// Frames parsed from one server in one tick. 1,000; 1 to 1,000,000.
    pub tick_frames_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            login_timeout: Duration::from_secs(10),
            read_timeout: Duration::from_secs(30),
            heartbeat_interval: Duration::from_secs(15),
            action_timeout: Duration::from_secs(30),
            reconnect_delay_min: Duration::from_millis(500),
            reconnect_delay_max: Duration::from_secs(30),
            breaker_failures_max: 5,
            breaker_cooldown: Duration::from_secs(30),
            breaker_probes_max: 1,
            outbox_bytes_max: 5 * 1_024 * 1_024,
            pending_actions_max: 5_000,
            action_bytes_max: 64 * 1_024 * 1_024,
            event_queue_max: 10_000,
            event_queue_bytes_max: 16 * 1_024 * 1_024,
            drop_policy: DropPolicy::Oldest,
            protected_events: vec![Glob::any_case("Hangup"), Glob::any_case("OriginateResponse")],
            frame_bytes_max: 1_024 * 1_024,
            tick_bytes_max: 1_024 * 1_024,
            tick_frames_max: 1_000,
        }
    }
}

impl Limits {
    /// Checks every bound once, before anything uses it.
    ///
    /// # Errors
    ///
    /// Names the first field out of range, the value given and the range allowed.
    pub fn checked(self) -> Result<Self, ConfigError> {
        let millisecond = Duration::from_millis(1);
        let hour = Duration::from_secs(3_600);
        let day = 24 * hour;
        let five_minutes = Duration::from_secs(300);
        in_time("connect_timeout", self.connect_timeout, 50 * millisecond, five_minutes)?;
        in_time("login_timeout", self.login_timeout, 50 * millisecond, five_minutes)?;
        in_time("read_timeout", self.read_timeout, 100 * millisecond, hour)?;
        in_time("heartbeat_interval", self.heartbeat_interval, 50 * millisecond, hour)?;
        in_time("action_timeout", self.action_timeout, millisecond, hour)?;
        in_time("reconnect_delay_min", self.reconnect_delay_min, millisecond, hour)?;
        in_time("reconnect_delay_max", self.reconnect_delay_max, self.reconnect_delay_min, day)?;
        in_time("breaker_cooldown", self.breaker_cooldown, millisecond, day)?;
        in_range("breaker_failures_max", self.breaker_failures_max, 1, 1_000)?;
        in_range("breaker_probes_max", self.breaker_probes_max, 1, 100)?;
        in_range("outbox_bytes_max", self.outbox_bytes_max, 4 * 1_024, GIBIBYTE)?;
        in_range("pending_actions_max", self.pending_actions_max, 1, 1_000_000)?;
        in_range("action_bytes_max", self.action_bytes_max, 64 * 1_024, GIBIBYTE)?;
        in_range("event_queue_max", self.event_queue_max, 1, 10_000_000)?;
        in_range("event_queue_bytes_max", self.event_queue_bytes_max, 64 * 1_024, 4 * GIBIBYTE)?;
        in_range("frame_bytes_max", self.frame_bytes_max, FRAME_BYTES_MIN, FRAME_BYTES_LIMIT)?;
        in_range("tick_bytes_max", self.tick_bytes_max, 4 * 1_024, GIBIBYTE)?;
        in_range("tick_frames_max", self.tick_frames_max, 1, 1_000_000)?;
        if self.heartbeat_interval >= self.read_timeout {
            return Err(ConfigError::new(
                "heartbeat_interval",
                seconds(self.heartbeat_interval),
                format!("less than read_timeout ({})", seconds(self.read_timeout)),
            ));
        }
        Ok(self)
    }
}

/// Bounds of the whole cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterLimits {
    /// Deliveries to listeners in one tick. 1,000; 1 to 1,000,000.
    pub tick_events_max: usize,
    /// Connects started in one tick. 5; 1 to 1,000.
    pub tick_connects_max: usize,
    /// Connects started in one second. 50; 1 to 10,000.
    pub second_connects_max: usize,
    /// How long PHP may be away from `tick` before the guard thread reads in its place. Zero turns the guard
    /// off. 25 ms; 0 to 60 s.
    pub stall_guard: Duration,
    /// Shortest time between two warnings about dropped events or oversized frames of one server.
    /// 1 s; 1 ms to 1 h.
    pub drop_log_interval: Duration,
    /// Refuses host names, so that no resolver is used.
    pub ip_endpoints_only: bool,
    /// Names of headers and variables, with `*` as wildcard, whose values are never logged, in addition to the
    /// built-in ones.
    pub redaction_keys: Vec<String>,
}

impl Default for ClusterLimits {
    fn default() -> Self {
        Self {
            tick_events_max: 1_000,
            tick_connects_max: 5,
            second_connects_max: 50,
            stall_guard: Duration::from_millis(25),
            drop_log_interval: Duration::from_secs(1),
            ip_endpoints_only: false,
            redaction_keys: Vec::new(),
        }
    }
}

impl ClusterLimits {
    /// Checks every bound, like [`Limits::checked`].
    ///
    /// # Errors
    ///
    /// Names the first field out of range, the value given and the range allowed.
    pub fn checked(self) -> Result<Self, ConfigError> {
        in_range("tick_events_max", self.tick_events_max, 1, 1_000_000)?;
        in_range("tick_connects_max", self.tick_connects_max, 1, 1_000)?;
        in_range("second_connects_max", self.second_connects_max, 1, 10_000)?;
        in_milliseconds("stall_guard", self.stall_guard, 0, 60_000)?;
        in_milliseconds("drop_log_interval", self.drop_log_interval, 1, 3_600_000)?;
        Ok(self)
    }
}

/// Bounds of the live model of a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveLimits {
    /// Channels of one server; there are never more calls than channels. Further channels are not kept, and
    /// `is_truncated` reports this. 20,000; 1 to 1,000,000.
    pub channels_max: usize,
    /// Ended calls of one server that are kept for queries. 1,000; 0 to 100,000.
    pub ended_calls_max: usize,
    /// Bytes of the models of all servers together. One half is divided equally among the servers; the other
    /// half goes to the servers that need it first. 256 MiB; 1 MiB to 64 GiB.
    pub bytes_max: usize,
    /// Lists requested in one second, over the whole cluster. 20; 1 to 10,000.
    pub second_lists_max: usize,
    /// Longest wait for the end of a list. 60 s; 1 s to 1 h.
    pub list_timeout: Duration,
    /// How often a list of a server is compared with the model made from its events. 300 s; 1 s to 24 h.
    pub verify_interval: Duration,
    /// How often lists are requested if the account receives no events. 5 s; 1 s to 1 h.
    pub poll_interval: Duration,
}

impl Default for LiveLimits {
    fn default() -> Self {
        Self {
            channels_max: 20_000,
            ended_calls_max: 1_000,
            bytes_max: 256 * 1_024 * 1_024,
            second_lists_max: 20,
            list_timeout: Duration::from_secs(60),
            verify_interval: Duration::from_secs(300),
            poll_interval: Duration::from_secs(5),
        }
    }
}

impl LiveLimits {
    /// Checks every bound, like [`Limits::checked`].
    ///
    /// # Errors
    ///
    /// Names the first field out of range, the value given and the range allowed.
    pub fn checked(self) -> Result<Self, ConfigError> {
        let (second, hour) = (Duration::from_secs(1), Duration::from_secs(3_600));
        in_range("channels_max", self.channels_max, 1, 1_000_000)?;
        in_range("ended_calls_max", self.ended_calls_max, 0, 100_000)?;
        in_range("bytes_max", self.bytes_max, 1_024 * 1_024, 64 * GIBIBYTE)?;
        in_range("second_lists_max", self.second_lists_max, 1, 10_000)?;
        in_time("list_timeout", self.list_timeout, second, hour)?;
        in_time("verify_interval", self.verify_interval, second, 24 * hour)?;
        in_time("poll_interval", self.poll_interval, second, hour)?;
        Ok(self)
    }
}

fn in_range<T: PartialOrd + Copy + fmt::Display>(
    field: &'static str,
    value: T,
    min: T,
    max: T,
) -> Result<(), ConfigError> {
    if value < min || value > max {
        return Err(ConfigError::new(field, value.to_string(), format!("{min} to {max}")));
    }
    Ok(())
}

fn in_time(field: &'static str, value: Duration, min: Duration, max: Duration) -> Result<(), ConfigError> {
    if value < min || value > max {
        let range = format!("{} to {}", seconds(min), seconds(max));
        return Err(ConfigError::new(field, seconds(value), range));
    }
    Ok(())
}

/// Checks a time that the user gives in milliseconds.
fn in_milliseconds(field: &'static str, value: Duration, min: u64, max: u64) -> Result<(), ConfigError> {
    if value < Duration::from_millis(min) || value > Duration::from_millis(max) {
        return Err(ConfigError::new(
            field,
            format!("{} ms", value.as_millis()),
            format!("{min} to {max} ms"),
        ));
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

const GIBIBYTE: usize = 1_024 * 1_024 * 1_024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_own_ranges() {
        assert_eq!(Limits::default().checked(), Ok(Limits::default()));
        assert_eq!(ClusterLimits::default().checked(), Ok(ClusterLimits::default()));
        assert_eq!(LiveLimits::default().checked(), Ok(LiveLimits::default()));
    }

    #[test]
    fn a_bound_out_of_range_names_field_value_and_range() {
        let error = Limits { frame_bytes_max: 10, ..Limits::default() }.checked().unwrap_err();
        assert_eq!(error.to_string(), "frame_bytes_max is 10, must be 65536 to 16777216");
        let error = Limits { connect_timeout: Duration::ZERO, ..Limits::default() }.checked().unwrap_err();
        assert_eq!(error.to_string(), "connect_timeout is 0 s, must be 0.05 s to 300 s");
        let stall_guard = Duration::from_millis(60_001);
        let error = ClusterLimits { stall_guard, ..ClusterLimits::default() }.checked().unwrap_err();
        assert_eq!(error.to_string(), "stall_guard is 60001 ms, must be 0 to 60000 ms");
    }

    #[test]
    fn a_heartbeat_that_comes_after_death_is_refused() {
        let limits = Limits { heartbeat_interval: Duration::from_secs(30), ..Limits::default() };
        let error = limits.checked().unwrap_err();
        assert_eq!(error.to_string(), "heartbeat_interval is 30 s, must be less than read_timeout (30 s)");
    }
}
