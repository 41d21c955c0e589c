//! Decides when an action is complete: by the marks in its answer, and by a small table of exceptions.

use std::time::Duration;

use smallvec::SmallVec;

use crate::limits::{LONGEST, ORIGINATE_GRACE, ORIGINATE_TIMEOUT_DEFAULT};
use crate::wire::{Action, AmiVersion, Kind, Message};

/// When the caller considers an action complete. By default the answer decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompletionPolicy {
    /// What ends the action.
    pub strategy: Strategy,
    /// Longest time for the action. `None` stands for the time in the action's own
    /// headers, or `Limits::action_timeout`.
    pub max_duration: Option<Duration>,
    /// Most responses and events together. One more fails the action.
    pub messages_max: Option<usize>,
    /// Outcome of a time-out after the response came.
    pub on_timeout: TimeoutBehavior,
}

/// What ends an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The answer decides: a list ends with `EventList: Complete`, any other answer with its response.
    #[default]
    Automatic,
    /// The first response, even if it announces a list.
    Single,
    /// One of these events, or `EventList: Complete`.
    Events(Vec<String>),
}

/// Outcome of an action whose time runs out after its response came. Without a response it fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeoutBehavior {
    /// An error.
    #[default]
    Fail,
    /// The messages received so far, as a partial answer.
    Partial,
}

/// How the answer to one action is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Number of responses. Zero if an event without a response ends the action.
    pub(super) responses: u8,
    /// Collects a list if the response announces one.
    pub(super) lists: bool,
    /// How a list without `EventList` is recognised.
    pub(super) unmarked: Unmarked,
    /// Events that end the action, lower case.
    pub(super) terminal: SmallVec<[String; 1]>,
    /// Which events without an `ActionID` after the response belong to the action.
    pub(super) implicit_events: ImplicitEvents,
    /// The action's own answer may not show its end. The answer to the next action does.
    pub(super) is_fenced: bool,
}

/// How lists without `EventList` are recognised. On servers before Asterisk 13.2 they begin with a plain ack and end
/// with an event whose name ends in `Complete`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmarked {
    /// Not at all: the server marks every list, or something else ends the action.
    Never,
    /// By the text `... will follow` of the ack. This also finds lists of actions that this client does not know.
    WhereAnnounced,
    /// The action is in [`UNMARKED_LISTS`]. An ack without a `Message` begins a list too.
    Expected,
}

/// Receivers of the events without an `ActionID` that come within the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImplicitEvents {
    /// Listeners only: they are ordinary events.
    Ordinary,
    /// The action only. `IAXpeers` omits the `ActionID` of its items (`chan_iax2.c`), and `Parkinglots` did so in
    /// Asterisk 11 (`main/features.c`).
    Items,
    /// The action and the listeners: a `WaitEvent` collects the session's ordinary events.
    Both,
}

/// The lists that older versions begin with a plain ack. All other lists had `EventList` from their first version on.
///
/// Up to 13.1: `Agents`, `DAHDIShowChannels`, `DBGet`, `IAXpeerlist`, `ParkedCalls`, `QueueStatus`, `QueueSummary`,
/// `Status`, `VoicemailUsersList`; from 10 to 13.1 `PRIShowSpans`; from 11 to 13.1 `Parkinglots` and
/// `SIPpeerstatus`; from 12 to 13.1 `BridgeInfo`, `BridgeList` and `BridgeTechnologyList`. `SIPpeers` and
/// `ZapShowChannels` are of 1.4 and 1.6.
const UNMARKED_LISTS: [&str; 17] = [
    "Agents",
    "BridgeInfo",
    "BridgeList",
    "BridgeTechnologyList",
    "DAHDIShowChannels",
    "DBGet",
    "IAXpeerlist",
    "ParkedCalls",
    "Parkinglots",
    "PRIShowSpans",
    "QueueStatus",
    "QueueSummary",
    "SIPpeers",
    "SIPpeerstatus",
    "Status",
    "VoicemailUsersList",
    "ZapShowChannels",
];

/// Actions that print text instead of a response: `IAXnetstats` in every version, `Queues` up to Asterisk 14,
/// and `RptLocalNodes` of `app_rpt`.
const PRINT_TEXT_ONLY: [&str; 3] = ["IAXnetstats", "Queues", "RptLocalNodes"];

impl Rule {
    /// The rule for an action on a server of this version.
    pub(super) fn of(action: &Action, completion: &CompletionPolicy, version: AmiVersion) -> Self {
        let plain = Self {
            responses: 1,
            lists: true,
            unmarked: Unmarked::Never,
            terminal: SmallVec::new(),
            implicit_events: ImplicitEvents::Ordinary,
            is_fenced: false,
        };
        match &completion.strategy {
            Strategy::Automatic => Self::automatic(plain, action, version),
            Strategy::Single => Self { lists: false, ..plain },
            Strategy::Events(names) => {
                let terminal = names.iter().map(|name| name.to_ascii_lowercase()).collect();
                Self { terminal, ..Self::automatic(plain, action, version) }
            }
        }
    }

    fn automatic(plain: Self, action: &Action, version: AmiVersion) -> Self {
        let ends_with = |event: &str| SmallVec::from_iter([event.to_owned()]);
        let is = |name: &str| action.name().eq_ignore_ascii_case(name);
        let is_one_of = |names: &[&str]| names.iter().any(|name| is(name));
        if is("Originate") && is_async(action) {
            Self { terminal: ends_with("originateresponse"), ..plain }
        } else if is("FAXSession") {
            Self { terminal: ends_with("faxsession"), ..plain }
        } else if is("FAXStats") {
            Self { terminal: ends_with("faxstats"), ..plain }
        } else if is("WaitEvent") {
            Self { terminal: ends_with("waiteventcomplete"), implicit_events: ImplicitEvents::Both, ..plain }
        } else if is("DataGet") {
            // Up to Asterisk 14 the answer is an error, or this event without a response (`main/data.c`).
            Self { responses: 0, terminal: ends_with("dataget tree"), ..plain }
        } else if is("JabberSend") {
            Self { responses: 2, ..plain }
        } else if is("IAXpeers") {
            Self { implicit_events: ImplicitEvents::Items, ..plain }
        } else if is_one_of(&PRINT_TEXT_ONLY) || is("Events") {
            // `Events` gets no response with `brokeneventsaction`, and one without an `ActionID` in the first
            // releases of 1.8 (main/manager.c).
            Self { is_fenced: true, ..plain }
        } else if version.marks_lists() {
            plain
        } else {
            let is_known = is_one_of(&UNMARKED_LISTS);
            Self {
                unmarked: if is_known { Unmarked::Expected } else { Unmarked::WhereAnnounced },
                implicit_events: if is("Parkinglots") {
                    ImplicitEvents::Items
                } else {
                    ImplicitEvents::Ordinary
                },
                // `DBGet` had no `DBGetComplete` before 1.8, and `QueueRule` no response before 1.8.5.
                is_fenced: is("DBGet") || is("QueueRule"),
                ..plain
            }
        }
    }

    /// Removes an event that cannot come, in lower case, from those that end the action. True if it was the last of
    /// them, so that the response ends the action.
    pub(super) fn ends_without(&mut self, event: &str) -> bool {
        let waited = !self.terminal.is_empty();
        self.terminal.retain(|name| name != event);
        waited && self.terminal.is_empty()
    }

    pub(super) fn ends_with(&self, event: &[u8]) -> bool {
        self.terminal.iter().any(|name| event.eq_ignore_ascii_case(name.as_bytes()))
    }

    /// True if more than this response belongs to the answer.
    pub(super) fn waits_after(&self, response: &Message) -> bool {
        !self.terminal.is_empty() || (self.lists && (starts_list(response) || self.begins_unmarked(response)))
    }

    /// True for a plain ack that begins a list. The `Message` of a `VoicemailUsersList` without users
    /// announces no list, and none follows.
    fn begins_unmarked(&self, response: &Message) -> bool {
        let says_so = || response.get(b"Message").map(|message| has_suffix(&message, b"will follow"));
        match self.unmarked {
            Unmarked::Never => false,
            Unmarked::WhereAnnounced => says_so() == Some(true),
            Unmarked::Expected => says_so() != Some(false),
        }
    }

    /// True for the event that ends a list.
    pub(super) fn ends_list(&self, event: &Message) -> bool {
        self.lists
            && (has_end_mark(event)
                || self.unmarked != Unmarked::Never && has_suffix(event.name(), b"Complete"))
    }
}

fn has_suffix(text: &[u8], suffix: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    text.len().checked_sub(suffix.len()).is_some_and(|at| text[at..].eq_ignore_ascii_case(suffix))
}

/// `EventList: start`; `FAXSessions` spells it `Start` (`res_fax.c`).
fn starts_list(response: &Message) -> bool {
    response.get(b"EventList").is_some_and(|mark| mark.eq_ignore_ascii_case(b"start"))
}

fn has_end_mark(event: &Message) -> bool {
    let mark = event.get(b"EventList");
    mark.is_some_and(|mark| mark.eq_ignore_ascii_case(b"complete") || mark.eq_ignore_ascii_case(b"cancelled"))
}

/// The response made up for an action that gets none. The text that the action printed becomes its `Output`, with an
/// empty line between two blocks.
pub(super) fn made_up_success(events: &[Message]) -> Message {
    let texts = events.iter().filter(|message| message.kind() == Kind::Other).map(Message::frame);
    let text = texts.collect::<Vec<_>>().join(&b"\r\n"[..]);
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let lines = text.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    let output = lines.map(|line| (&b"Output"[..], line)).filter(|_| !text.is_empty());
    Message::from_headers([(&b"Response"[..], &b"Success"[..])].into_iter().chain(output))
}

/// Longest time to wait for an action's outcome.
pub(super) fn duration_of(action: &Action, completion: &CompletionPolicy, default: Duration) -> Duration {
    if let Some(duration) = completion.max_duration {
        return duration.min(LONGEST);
    }
    let header = |name: &[u8]| -> Option<u64> { str::from_utf8(action.get(name)?).ok()?.trim().parse().ok() };
    let name = action.name();
    if name.eq_ignore_ascii_case("Originate") {
        let own = header(b"Timeout").map_or(ORIGINATE_TIMEOUT_DEFAULT, Duration::from_millis);
        return own.saturating_add(ORIGINATE_GRACE).min(LONGEST);
    }
    if name.eq_ignore_ascii_case("WaitEvent") {
        let own = header(b"Timeout").map_or(LONGEST, Duration::from_secs);
        return own.saturating_add(ORIGINATE_GRACE).min(LONGEST);
    }
    default
}

/// Reads `Async` as `ast_true` of main/utils.c does.
fn is_async(action: &Action) -> bool {
    let value = action.get(b"Async").unwrap_or_default();
    ["yes", "true", "y", "t", "1", "on"].iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Parameter;

    const NEW: &[u8] = b"Asterisk Call Manager/11.0.0";
    const OLD: &[u8] = b"Asterisk Call Manager/2.6.0";
    const PROXY: &[u8] = b"Asterisk Call Manager Proxy/1.30.0";

    fn action(name: &str, headers: &[(&str, &str)]) -> Action {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), Parameter::One(value.as_bytes().to_vec())))
            .collect();
        Action::new(name, headers.iter().map(|(name, value)| (*name, value))).unwrap()
    }

    fn seconds(action: &Action) -> u64 {
        duration_of(action, &CompletionPolicy::default(), Duration::from_secs(30)).as_secs()
    }

    #[test]
    fn an_originate_waits_for_its_own_time_and_five_seconds() {
        assert_eq!(seconds(&action("Originate", &[])), 35);
        assert_eq!(seconds(&action("originate", &[("TIMEOUT", "40000")])), 45);
        assert_eq!(seconds(&action("Originate", &[("Timeout", "soon")])), 35);
        assert_eq!(seconds(&action("Ping", &[("Timeout", "40000")])), 30);
        let completion =
            CompletionPolicy { max_duration: Some(Duration::from_secs(1)), ..CompletionPolicy::default() };
        let own = duration_of(&action("Originate", &[]), &completion, Duration::from_secs(30));
        assert_eq!(own, Duration::from_secs(1));
    }

    #[test]
    fn an_asynchronous_originate_ends_with_its_event_and_a_synchronous_one_with_its_response() {
        let rule =
            |headers: &[(&str, &str)]| rule(&action("Originate", headers), &CompletionPolicy::default(), NEW);
        assert!(rule(&[("Async", "true")]).ends_with(b"OriginateResponse"));
        assert!(rule(&[("async", "1")]).ends_with(b"originateresponse"));
        assert!(rule(&[("Async", "false")]).terminal.is_empty());
        assert!(rule(&[]).terminal.is_empty());
    }

    #[test]
    fn the_callers_events_replace_those_of_the_table() {
        let completion = CompletionPolicy {
            strategy: Strategy::Events(vec!["Newstate".into()]),
            ..CompletionPolicy::default()
        };
        let originate = || action("Originate", &[("Async", "yes")]);
        let own = rule(&originate(), &completion, NEW);
        assert!(own.ends_with(b"NewState") && !own.ends_with(b"OriginateResponse"));
        let single = CompletionPolicy { strategy: Strategy::Single, ..CompletionPolicy::default() };
        let own = rule(&originate(), &single, NEW);
        assert!(own.terminal.is_empty() && !own.lists);
    }

    #[test]
    fn a_wait_event_waits_for_its_own_time_or_as_long_as_anything_may() {
        assert_eq!(seconds(&action("WaitEvent", &[("Timeout", "7")])), 12);
        assert_eq!(seconds(&action("waitevent", &[])), LONGEST.as_secs());
        assert_eq!(seconds(&action("WaitEvent", &[("Timeout", "-1")])), LONGEST.as_secs());
    }

    #[test]
    fn nothing_is_waited_for_longer_than_the_longest_time() {
        let most = u64::MAX.to_string();
        assert_eq!(seconds(&action("Originate", &[("Timeout", &most)])), LONGEST.as_secs());
        assert_eq!(seconds(&action("WaitEvent", &[("Timeout", &most)])), LONGEST.as_secs());
        let completion =
            CompletionPolicy { max_duration: Some(Duration::MAX), ..CompletionPolicy::default() };
        assert_eq!(duration_of(&action("Ping", &[]), &completion, Duration::from_secs(30)), LONGEST);
    }

    fn rule(action: &Action, completion: &CompletionPolicy, banner: &[u8]) -> Rule {
        Rule::of(action, completion, AmiVersion::of_banner(banner))
    }

    fn automatic(name: &str, banner: &[u8]) -> Rule {
        rule(&action(name, &[]), &CompletionPolicy::default(), banner)
    }

    #[test]
    fn the_odd_actions_of_every_version_have_their_rules() {
        for banner in [NEW, OLD, PROXY] {
            for (name, event) in [("FAXSession", "FAXSession"), ("FAXStats", "FAXStats")] {
                let rule = automatic(name, banner);
                assert!(rule.ends_with(event.as_bytes()), "{name}");
                assert_eq!(rule.implicit_events, ImplicitEvents::Ordinary, "{name}");
            }
            let wait = automatic("WaitEvent", banner);
            assert!(wait.ends_with(b"WaitEventComplete"));
            assert_eq!(wait.implicit_events, ImplicitEvents::Both, "what it brings is everybody's");
            assert_eq!(automatic("JabberSend", banner).responses, 2);
            assert_eq!(automatic("DataGet", banner).responses, 0);
            assert!(automatic("DataGet", banner).ends_with(b"DataGet Tree"));
            assert_eq!(automatic("IAXpeers", banner).implicit_events, ImplicitEvents::Items);
            for name in ["IAXnetstats", "queues", "RptLocalNodes", "Events"] {
                assert!(automatic(name, banner).is_fenced, "{name}");
            }
            let plain = automatic("Ping", banner);
            assert!(plain.lists && plain.terminal.is_empty() && !plain.is_fenced);
            assert_eq!((plain.responses, plain.implicit_events), (1, ImplicitEvents::Ordinary));
        }
    }

    #[test]
    fn a_server_that_marks_its_lists_is_asked_for_its_marks_alone() {
        for name in UNMARKED_LISTS.iter().chain(&["Whatever", "QueueRule"]) {
            assert_eq!(automatic(name, NEW), automatic("Ping", NEW), "{name}");
        }
        assert_eq!(automatic("QueueStatus", b"Asterisk Call Manager/2.7.0"), automatic("Ping", NEW));
    }

    #[test]
    fn an_older_server_or_one_behind_a_proxy_may_begin_any_list_with_a_plain_ack() {
        for banner in [OLD, PROXY, b"Asterisk Call Manager/1.1", b"Asterisk Call Manager/2.0.0"] {
            for name in UNMARKED_LISTS {
                assert_eq!(automatic(&name.to_lowercase(), banner).unmarked, Unmarked::Expected, "{name}");
            }
            assert_eq!(automatic("Whatever", banner).unmarked, Unmarked::WhereAnnounced);
            assert_eq!(automatic("Parkinglots", banner).implicit_events, ImplicitEvents::Items);
            assert!(automatic("DBGet", banner).is_fenced && automatic("QueueRule", banner).is_fenced);
        }
    }

    #[test]
    fn a_list_without_marks_begins_with_an_ack_that_says_what_follows_and_ends_with_its_complete_event() {
        for (version, name, ack, is_list) in [
            ("1.1", "QueueStatus", "Message: Queue status will follow\r\n", true),
            ("2.6.0", "bridgelist", "Message: Bridge listing will follow\r\n", true),
            ("2.5.0", "Agents", "", true),
            ("1.3", "ThirdPartyList", "Message: Things WILL FOLLOW \r\n", true),
            ("2.5.0", "ThirdPartyAction", "", false),
            ("2.5.0", "ThirdPartyAction", "Message: Follow me\r\n", false),
            (
                "1.1",
                "VoicemailUsersList",
                "Message: There are no voicemail users currently defined.\r\n",
                false,
            ),
            ("2.7.0", "QueueStatus", "Message: Queue status will follow\r\n", false),
            ("11.0.0", "ThirdPartyAction", "Message: Things will follow\r\n", false),
            ("11.0.0", "ThirdPartyList", "EventList: start\r\n", true),
            ("1.1", "SIPpeers", "EventList: start\r\nMessage: Peer status list will follow\r\n", true),
        ] {
            let rule = automatic(name, format!("Asterisk Call Manager/{version}").as_bytes());
            let ack = Message::from_frame(format!("Response: Success\r\n{ack}").as_bytes());
            assert_eq!(rule.waits_after(&ack), is_list, "{name} on {version}: {ack:?}");
        }
        let event = |text: &str| Message::from_frame(format!("Event: {text}\r\n").as_bytes());
        let (old, new) = (automatic("QueueStatus", OLD), automatic("QueueStatus", NEW));
        assert!(
            old.ends_list(&event("QueueStatusComplete")) && old.ends_list(&event("SIPpeerstatuscomplete"))
        );
        assert!(!old.ends_list(&event("QueueMember")) && !new.ends_list(&event("QueueStatusComplete")));
        assert!(new.ends_list(&event("X\r\nEventList: Complete")));
    }

    #[test]
    fn a_caller_who_knows_the_end_of_an_old_list_or_wants_none_is_followed() {
        let names = Strategy::Events(vec!["Done".into()]);
        let own = rule(
            &action("QueueStatus", &[]),
            &CompletionPolicy { strategy: names, ..CompletionPolicy::default() },
            OLD,
        );
        assert!(own.ends_with(b"DONE") && own.unmarked == Unmarked::Expected);
        let single = CompletionPolicy { strategy: Strategy::Single, ..CompletionPolicy::default() };
        let own = rule(&action("QueueStatus", &[]), &single, OLD);
        assert!(!own.lists && own.unmarked == Unmarked::Never);
    }
}
