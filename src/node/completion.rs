//! When an action is complete: by the answer's own marks, and a small table for the odd ones.

use std::time::Duration;

use smallvec::SmallVec;

use crate::limits::{LONGEST, ORIGINATE_GRACE, ORIGINATE_TIMEOUT_DEFAULT};
use crate::wire::Action;

/// What the caller wants of an action's ending. The default leaves it to the answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// What ends the action.
    pub strategy: Strategy,
    /// How long it may take; otherwise the action's own time, or `Limits::action_timeout`.
    pub max_duration: Option<Duration>,
    /// Responses and events together; one more fails the action.
    pub messages_max: Option<usize>,
    /// What a time-out brings.
    pub on_timeout: TimeoutBehavior,
}

/// What ends an action.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The answer itself: a list ends with `EventList: Complete`, everything else with its response.
    #[default]
    Automatic,
    /// The first response, whatever it announces.
    Single,
    /// One of these events, or `EventList: Complete`.
    Events(Vec<String>),
}

/// What an action gets when its time runs out after its response came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeoutBehavior {
    /// An error.
    #[default]
    Fail,
    /// What came so far.
    Partial,
}

/// How one action's answer is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Responses until the answer is there.
    pub(super) responses: u8,
    /// A list is collected where the response announces one.
    pub(super) lists: bool,
    /// Events that end the action, lower case.
    pub(super) terminal: SmallVec<[String; 1]>,
    /// Events without an `ActionID` that follow the response belong to it.
    pub(super) adjacent: Adjacent,
    /// No response will come: its rows end where the next answer begins.
    pub(super) is_raw: bool,
}

/// Whose the events without an `ActionID` within the answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adjacent {
    /// Everybody's: they are ordinary events.
    Ordinary,
    /// The action's alone: `IAXpeers` forgets the `ActionID` of its items (`chan_iax2.c`).
    Items,
    /// Both: what `WaitEvent` brings are the session's ordinary events.
    Both,
}

impl Rule {
    /// The rule for an action. `is_legacy` is true for servers before Asterisk 12, whose lists are not
    /// announced: there the name of the ending event has to be known.
    pub(super) fn of(action: &Action, completion: &Completion, is_legacy: bool) -> Self {
        let plain = Self {
            responses: 1,
            lists: true,
            terminal: SmallVec::new(),
            adjacent: Adjacent::Ordinary,
            is_raw: false,
        };
        match &completion.strategy {
            Strategy::Automatic => Self::automatic(plain, action, is_legacy),
            Strategy::Single => Self { lists: false, ..plain },
            Strategy::Events(names) => {
                let terminal = names.iter().map(|name| name.to_ascii_lowercase()).collect();
                Self { terminal, ..Self::automatic(plain, action, is_legacy) }
            }
        }
    }

    fn automatic(plain: Self, action: &Action, is_legacy: bool) -> Self {
        let ends_with = |event: &str| SmallVec::from_iter([event.to_owned()]);
        let is = |name: &str| action.name().eq_ignore_ascii_case(name);
        if is("Originate") && is_async(action) {
            Self { terminal: ends_with("originateresponse"), ..plain }
        } else if is("FAXSession") {
            Self { terminal: ends_with("faxsession"), ..plain }
        } else if is("FAXStats") {
            Self { terminal: ends_with("faxstats"), ..plain }
        } else if is("WaitEvent") {
            Self { terminal: ends_with("waiteventcomplete"), adjacent: Adjacent::Both, ..plain }
        } else if is("JabberSend") {
            Self { responses: 2, ..plain }
        } else if is("IAXpeers") {
            Self { adjacent: Adjacent::Items, ..plain }
        } else if is("IAXnetstats") {
            Self { is_raw: true, ..plain }
        } else if let Some(event) =
            is_legacy.then(|| legacy_ending(&action.name().to_ascii_lowercase())).flatten()
        {
            Self { terminal: ends_with(event), ..plain }
        } else {
            plain
        }
    }

    /// An event that cannot come, in lower case, ends nothing. True where the action ends with its response for that.
    pub(super) fn ends_without(&mut self, event: &str) -> bool {
        let waited = !self.terminal.is_empty();
        self.terminal.retain(|name| name != event);
        waited && self.terminal.is_empty()
    }

    pub(super) fn ends_with(&self, event: &[u8]) -> bool {
        self.terminal.iter().any(|name| event.eq_ignore_ascii_case(name.as_bytes()))
    }
}

/// How long an action is waited for.
pub(super) fn duration_of(action: &Action, completion: &Completion, default: Duration) -> Duration {
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

/// `ast_true` of main/utils.c.
fn is_async(action: &Action) -> bool {
    let value = action.get(b"Async").unwrap_or_default();
    ["yes", "true", "y", "t", "1", "on"].iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// The events that end the lists of Asterisk 1.4 to 11, which do not say `EventList: start`.
fn legacy_ending(action: &str) -> Option<&'static str> {
    Some(match action {
        "agents" => "agentscomplete",
        "confbridgelist" => "confbridgelistcomplete",
        "confbridgelistrooms" => "confbridgelistroomscomplete",
        "coreshowchannels" => "coreshowchannelscomplete",
        "dahdishowchannels" => "dahdishowchannelscomplete",
        "dbget" => "dbgetresponse",
        "iaxpeerlist" | "sippeers" => "peerlistcomplete",
        "iaxregistry" | "sipshowregistry" => "registrationscomplete",
        "meetmelist" => "meetmelistcomplete",
        "parkedcalls" => "parkedcallscomplete",
        "queuestatus" => "queuestatuscomplete",
        "queuesummary" => "queuesummarycomplete",
        "showdialplan" => "showdialplancomplete",
        "skinnydevices" => "devicelistcomplete",
        "skinnylines" => "linelistcomplete",
        "status" => "statuscomplete",
        "voicemailuserslist" => "voicemailuserentrycomplete",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Parameter;

    fn action(name: &str, headers: &[(&str, &str)]) -> Action {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.as_bytes(), Parameter::One(value.as_bytes().to_vec())))
            .collect();
        Action::new(name, headers.iter().map(|(name, value)| (*name, value))).unwrap()
    }

    fn seconds(action: &Action) -> u64 {
        duration_of(action, &Completion::default(), Duration::from_secs(30)).as_secs()
    }

    #[test]
    fn an_originate_waits_for_its_own_time_and_five_seconds() {
        assert_eq!(seconds(&action("Originate", &[])), 35);
        assert_eq!(seconds(&action("originate", &[("TIMEOUT", "40000")])), 45);
        assert_eq!(seconds(&action("Originate", &[("Timeout", "soon")])), 35);
        assert_eq!(seconds(&action("Ping", &[("Timeout", "40000")])), 30);
        let completion = Completion { max_duration: Some(Duration::from_secs(1)), ..Completion::default() };
        let own = duration_of(&action("Originate", &[]), &completion, Duration::from_secs(30));
        assert_eq!(own, Duration::from_secs(1));
    }

    #[test]
    fn an_asynchronous_originate_ends_with_its_event_and_a_synchronous_one_with_its_response() {
        let rule =
            |headers: &[(&str, &str)]| Rule::of(&action("Originate", headers), &Completion::default(), false);
        assert!(rule(&[("Async", "true")]).ends_with(b"OriginateResponse"));
        assert!(rule(&[("async", "1")]).ends_with(b"originateresponse"));
        assert!(rule(&[("Async", "false")]).terminal.is_empty());
        assert!(rule(&[]).terminal.is_empty());
    }

    #[test]
    fn the_table_of_old_servers_is_not_asked_for_new_ones() {
        let completion = Completion::default();
        assert!(Rule::of(&action("QueueStatus", &[]), &completion, false).terminal.is_empty());
        assert!(Rule::of(&action("QueueStatus", &[]), &completion, true).ends_with(b"QueueStatusComplete"));
    }

    #[test]
    fn the_callers_events_replace_those_of_the_table() {
        let completion =
            Completion { strategy: Strategy::Events(vec!["Newstate".into()]), ..Completion::default() };
        let rule = Rule::of(&action("Originate", &[("Async", "yes")]), &completion, false);
        assert!(rule.ends_with(b"NewState") && !rule.ends_with(b"OriginateResponse"));
        let single = Completion { strategy: Strategy::Single, ..Completion::default() };
        let rule = Rule::of(&action("Originate", &[("Async", "yes")]), &single, false);
        assert!(rule.terminal.is_empty() && !rule.lists);
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
        let completion = Completion { max_duration: Some(Duration::MAX), ..Completion::default() };
        assert_eq!(duration_of(&action("Ping", &[]), &completion, Duration::from_secs(30)), LONGEST);
    }

    fn automatic(name: &str, is_legacy: bool) -> Rule {
        Rule::of(&action(name, &[]), &Completion::default(), is_legacy)
    }

    #[test]
    fn the_odd_actions_of_every_version_have_their_rules() {
        for (name, event) in [("FAXSession", "FAXSession"), ("FAXStats", "FAXStats")] {
            let rule = automatic(name, false);
            assert!(rule.ends_with(event.as_bytes()), "{name}");
            assert_eq!(rule.adjacent, Adjacent::Ordinary, "{name}");
        }
        let wait = automatic("WaitEvent", false);
        assert!(wait.ends_with(b"WaitEventComplete"));
        assert_eq!(wait.adjacent, Adjacent::Both, "what it brings is everybody's");
        assert_eq!(automatic("JabberSend", false).responses, 2);
        assert_eq!(automatic("IAXpeers", false).adjacent, Adjacent::Items);
        assert!(automatic("IAXnetstats", false).is_raw);
        let plain = automatic("Ping", false);
        assert!(plain.lists && plain.terminal.is_empty() && !plain.is_raw);
        assert_eq!((plain.responses, plain.adjacent), (1, Adjacent::Ordinary));
        assert_eq!(automatic("Ping", true), plain, "also on an old server");
    }

    #[test]
    fn the_lists_of_old_servers_end_with_an_event_that_has_to_be_known() {
        for (name, event) in [
            ("Agents", "AgentsComplete"),
            ("ConfbridgeList", "ConfbridgeListComplete"),
            ("ConfbridgeListRooms", "ConfbridgeListRoomsComplete"),
            ("CoreShowChannels", "CoreShowChannelsComplete"),
            ("DAHDIShowChannels", "DAHDIShowChannelsComplete"),
            ("DBGet", "DBGetResponse"),
            ("IAXpeerlist", "PeerlistComplete"),
            ("IAXregistry", "RegistrationsComplete"),
            ("MeetmeList", "MeetmeListComplete"),
            ("ParkedCalls", "ParkedCallsComplete"),
            ("QueueStatus", "QueueStatusComplete"),
            ("QueueSummary", "QueueSummaryComplete"),
            ("ShowDialPlan", "ShowDialPlanComplete"),
            ("SIPpeers", "PeerlistComplete"),
            ("SIPshowregistry", "RegistrationsComplete"),
            ("SKINNYdevices", "DevicelistComplete"),
            ("SKINNYlines", "LinelistComplete"),
            ("Status", "StatusComplete"),
            ("VoicemailUsersList", "VoicemailUserEntryComplete"),
        ] {
            assert!(automatic(name, true).ends_with(event.as_bytes()), "{name}");
            assert!(automatic(name, false).terminal.is_empty(), "{name} announces its list");
        }
    }
}
