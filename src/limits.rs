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

/// Removed queues of one server that the live model keeps for those who follow its changes. If more are removed between
/// two questions, the changes are not known.
pub const LIVE_REMOVED_QUEUES_MAX: usize = 100;

const MILLISECOND: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(24 * 3_600);
const GIBIBYTE: usize = 1_024 * 1_024 * 1_024;
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

/// One table for a set of bounds: names in Rust and in PHP, types, defaults, ranges and texts. The struct, its default, its checks and
/// `php_name` are made from it.
macro_rules! bounds {
    (
        $(#[$meta:meta])*
        $name:ident($bounds:ident) {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty = $default:expr, $php:literal $($kind:ident $min:expr => $max:expr)?;
            )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                ///
                #[doc = concat!("`", $php, "` in PHP. Default: `", stringify!($default), "`." $(, " Range: `", stringify!($min), "` to `", stringify!($max), "`.")?)]
                pub $field: $type,
            )*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)* }
            }
        }

        impl $name {
            /// The name of a field in PHP, where there is such a field.
            #[must_use]
            pub fn php_name(field: &str) -> Option<&'static str> {
                match field {
                    $(stringify!($field) => Some($php),)*
                    _ => None,
                }
            }

            fn check_ranges(&self) -> Result<(), ConfigError> {
                let $bounds = self;
                $($($kind(stringify!($field), $bounds.$field, $min, $max)?;)?)*
                Ok(())
            }
        }
    };
}

/// The name in PHP of a field of any of the bounds.
#[must_use]
pub fn php_name(field: &str) -> Option<&'static str> {
    Limits::php_name(field).or_else(|| ClusterLimits::php_name(field)).or_else(|| LiveLimits::php_name(field))
}

bounds! {
    /// Bounds of one server's session.
    ///
    /// A size or a count says what it counts and ends in `_max`; times are [`Duration`]. The worst-case memory of
    /// one server is `frame_bytes_max` (twice while the buffer grows) + `outbox_bytes_max` +
    /// `event_queue_bytes_max` + twice `action_bytes_max`.
    ///
    /// The text of each number or time ends with its default and its range.
    Limits(bounds) {
        /// Longest wait for name lookup, TCP and TLS together. If it is too small, the client gives up on a distant
        /// server. If it is too large, the client waits long for a server that does not answer.
        connect_timeout: Duration = Duration::from_secs(10), "connectTimeout" in_seconds 50 * MILLISECOND => 5 * MINUTE;
        /// Longest wait from the established link to the accepted login. Asterisk itself hangs up after
        /// `authtimeout`, which is 30 s unless configured.
        login_timeout: Duration = Duration::from_secs(10), "loginTimeout" in_seconds 50 * MILLISECOND => 5 * MINUTE;
        /// A session without a byte for this long counts as lost. The time that a running action may take is added.
        read_timeout: Duration = Duration::from_secs(30), "readTimeout" in_seconds 100 * MILLISECOND => HOUR;
        /// A session without a byte for this long gets a `Ping`; must be below `read_timeout`.
        heartbeat_interval: Duration = Duration::from_secs(15), "heartbeatInterval" in_seconds 50 * MILLISECOND => HOUR;
        /// Longest wait for an action's answer, if the action does not set its own.
        action_timeout: Duration = Duration::from_secs(30), "actionTimeout" in_seconds MILLISECOND => HOUR;
        /// Ceiling of the first reconnect delay.
        reconnect_delay_min: Duration = Duration::from_millis(500), "reconnectMinDelay" in_seconds MILLISECOND => HOUR;
        /// Ceiling of every reconnect delay, at least `reconnect_delay_min`.
        reconnect_delay_max: Duration = Duration::from_secs(30), "reconnectMaxDelay" in_seconds bounds.reconnect_delay_min => DAY;
        /// Number of failed connects in a row that open the breaker.
        breaker_failures_max: u32 = 5, "circuitFailureThreshold" number 1 => 1_000;
        /// How long an open breaker stays open.
        breaker_cooldown: Duration = Duration::from_secs(30), "circuitCooldown" in_seconds MILLISECOND => DAY;
        /// Attempts of a half-open breaker before it opens again.
        breaker_probes_max: u32 = 1, "circuitHalfOpenMaxProbes" number 1 => 100;
        /// Bytes waiting to be written. Beyond this, `send` is refused.
        outbox_bytes_max: usize = 5 * 1_024 * 1_024, "writeBufferLimit" number 4 * 1_024 => GIBIBYTE;
        /// Actions whose end was not delivered yet. Beyond this, `send` is refused.
        pending_actions_max: usize = 5_000, "maxPendingActions" number 1 => 1_000_000;
        /// Bytes that the answer and the list of one action may hold. Beyond this, the action fails. If all actions
        /// of the server whose end was not delivered yet hold more than this together, `send` is refused; beyond
        /// twice this, an answer that is being received fails.
        action_bytes_max: usize = 64 * 1_024 * 1_024, "maxActionBytes" number 64 * 1_024 => GIBIBYTE;
        /// Events waiting for listeners. Beyond this, `drop_policy` chooses an event to drop.
        event_queue_max: usize = 10_000, "eventQueueCapacity" number 1 => 10_000_000;
        /// Bytes of the waiting events: each message, its queue entry and its position.
        event_queue_bytes_max: usize = 16 * 1_024 * 1_024, "eventQueueBytes" number 64 * 1_024 => 4 * GIBIBYTE;
        /// Which event is dropped when the queue is full.
        drop_policy: DropPolicy = DropPolicy::Oldest, "dropPolicy";
        /// Events that are dropped only if no other event is left to drop.
        protected_events: Vec<Glob> = vec![Glob::any_case("Hangup"), Glob::any_case("OriginateResponse")], "protectedEvents";
        /// Longest incoming message. A longer one is skipped to its end: if it is a response or a list item, its
        /// action fails; if it is an event that a listener wanted, it leaves a gap. 1 MiB holds a `Command` answer
        /// of some 10,000 lines.
        frame_bytes_max: usize = 1_024 * 1_024, "maxFrameSize" number FRAME_BYTES_MIN => FRAME_BYTES_LIMIT;
        /// Bytes read from one server in one tick, so that a busy server does not starve the others.
        tick_bytes_max: usize = 1_024 * 1_024, "maxBytesReadPerTick" number 4 * 1_024 => GIBIBYTE;
        /// Frames parsed from one server in one tick.
        tick_frames_max: usize = 1_000, "maxFramesPerTick" number 1 => 1_000_000;
    }
}

impl Limits {
    /// Checks every bound once, at the edge, so that no later code has to.
    ///
    /// # Errors
    ///
    /// Names the first field out of range, the value given and the range allowed.
    pub fn checked(self) -> Result<Self, ConfigError> {
        self.check_ranges()?;
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

bounds! {
    /// Bounds of the whole cluster.
    ClusterLimits(bounds) {
        /// Deliveries to listeners in one tick.
        tick_events_max: usize = 1_000, "maxEventsPerTick" number 1 => 1_000_000;
        /// Connects started in one tick.
        tick_connects_max: usize = 5, "maxConnectAttemptsPerTick" number 1 => 1_000;
        /// Connects started in one second.
        second_connects_max: usize = 50, "maxConnectAttemptsPerSecond" number 1 => 10_000;
        /// How long PHP may be away from `tick` before the guard thread reads in its place. Zero turns the guard
        /// off.
        stall_guard: Duration = Duration::from_millis(25), "stallGuardMs" in_milliseconds Duration::ZERO => MINUTE;
        /// Shortest time between two warnings about dropped events or oversized frames of one server.
        drop_log_interval: Duration = Duration::from_secs(1), "eventDropLogIntervalMs" in_milliseconds MILLISECOND => HOUR;
        /// Refuses host names, so that no resolver is used.
        ip_endpoints_only: bool = false, "enforceIpEndpoints";
        /// Names of headers and variables, with `*` as wildcard, whose values are never logged, in addition to the
        /// built-in ones.
        redaction_keys: Vec<String> = Vec::new(), "redactionKeys";
    }
}

impl ClusterLimits {
    /// As [`Limits::checked`].
    ///
    /// # Errors
    ///
    /// Names the first field out of range, the value given and the range allowed.
    pub fn checked(self) -> Result<Self, ConfigError> {
        self.check_ranges()?;
        Ok(self)
    }
}

bounds! {
    /// Bounds of the live model of a cluster.
    LiveLimits(bounds) {
        /// Channels of one server; there are never more calls than channels. Further channels are not kept, and
        /// `is_truncated` reports this.
        channels_max: usize = 20_000, "maxChannels" number 1 => 1_000_000;
        /// Ended calls of one server that are kept for queries.
        ended_calls_max: usize = 1_000, "endedCalls" number 0 => 100_000;
        /// Bytes of the models of all servers together. One half is divided equally among the servers; the other
        /// half goes to the servers that need it first.
        bytes_max: usize = 256 * 1_024 * 1_024, "maxBytes" number 1_024 * 1_024 => 64 * GIBIBYTE;
        /// Lists requested in one second, over the whole cluster.
        second_lists_max: usize = 20, "secondListsMax" number 1 => 10_000;
        /// Longest wait for the end of a list.
        list_timeout: Duration = Duration::from_secs(60), "listTimeout" in_seconds SECOND => HOUR;
        /// How often a list of a server is compared with the model made from its events.
        verify_interval: Duration = Duration::from_secs(300), "verifyInterval" in_seconds SECOND => DAY;
        /// How often lists are requested if the account receives no events.
        poll_interval: Duration = Duration::from_secs(5), "pollInterval" in_seconds SECOND => HOUR;
        /// Whether queues are kept: `Kind::Queues` in PHP. They take events of class `agent`, and a list each `queue_interval`.
        keeps_queues: bool = false, "kinds";
        /// Queues of one server. Further queues are not kept, and `is_truncated` reports this.
        queues_max: usize = 2_000, "maxQueues" number 1 => 100_000;
        /// Members and callers of all queues of one server.
        queue_entries_max: usize = 50_000, "maxQueueEntries" number 1 => 1_000_000;
        /// How often queues are listed, because Asterisk reports nothing of what `queue reload` changes.
        queue_interval: Duration = Duration::from_secs(60), "queueInterval" in_seconds SECOND => DAY;
    }
}

impl LiveLimits {
    /// As [`Limits::checked`].
    ///
    /// # Errors
    ///
    /// Names the first field out of range, the value given and the range allowed.
    pub fn checked(self) -> Result<Self, ConfigError> {
        self.check_ranges()?;
        Ok(self)
    }
}

/// Checks a number: a count, or a size in bytes.
fn number<T: PartialOrd + Copy + fmt::Display>(
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

/// Checks a time that users give in seconds.
fn in_seconds(field: &'static str, value: Duration, min: Duration, max: Duration) -> Result<(), ConfigError> {
    if value < min || value > max {
        let range = format!("{} to {}", seconds(min), seconds(max));
        return Err(ConfigError::new(field, seconds(value), range));
    }
    Ok(())
}

/// Checks a time that users give in milliseconds.
fn in_milliseconds(
    field: &'static str,
    value: Duration,
    min: Duration,
    max: Duration,
) -> Result<(), ConfigError> {
    if value < min || value > max {
        let range = format!("{} to {} ms", min.as_millis(), max.as_millis());
        return Err(ConfigError::new(field, format!("{} ms", value.as_millis()), range));
    }
    Ok(())
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

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
