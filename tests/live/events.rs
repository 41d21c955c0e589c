//! Single events, written out: what each changes, and what it leaves as it is.

use std::time::{Duration, Instant};

use apn_ami::limits::{LIVE_ATTEMPTS_MAX, LiveLimits};
use apn_ami::live::{Bridge, Call, Channel, Live, Moment, Outcome};
use apn_ami::wire::Kind;

const SECOND: Duration = Duration::from_secs(1);
const BASIC: &str = "BridgeType: basic\r\nBridgeTechnology: simple_bridge\r\n";
const HOLDING: &str = "BridgeType: base\r\nBridgeTechnology: holding_bridge\r\n";

struct Told {
    live: Live,
    at: Moment,
}

impl Told {
    /// A model in a session that has begun, and whose first lists were empty.
    fn of(limits: &LiveLimits) -> Self {
        let at = Moment { now: Instant::now(), unix: Duration::from_secs(1_795_420_660) };
        let mut told = Self { live: Live::new(limits, 1), at };
        told.live.on_ready(false, at);
        told.list("");
        told
    }

    fn new() -> Self {
        Self::of(&LiveLimits::default())
    }

    /// Two channels, 1 and 5, of which a list has only the second one.
    fn with_a_missed_channel() -> Self {
        let mut told = Self::new();
        told.own("Newchannel", 1, 1, 6);
        told.own("Newchannel", 5, 5, 6);
        told.pass(10 * SECOND);
        told.tell("Reload", "Module: All\r\n");
        told.list(&format!("{}ChannelState: 6\r\nDuration: 00:00:10\r\n", ids(5, 5)));
        told
    }

    /// Channels that count as lost after so many seconds, with an event of channel 5 in each.
    fn lost_after(&mut self, seconds: u32) -> u64 {
        for _ in 0..seconds {
            self.pass(SECOND);
            self.own("NewCallerid", 5, 5, 6);
        }
        self.live.counters().swept_lost
    }

    fn tell(&mut self, name: &str, headers: &str) {
        let frame = format!("Event: {name}\r\nPrivilege: call,all\r\n{headers}");
        self.live.on_event(name.as_bytes(), frame.as_bytes(), self.at);
    }

    /// An event of a channel's own.
    fn own(&mut self, name: &str, serial: u32, linked: u32, state: u8) {
        self.tell(name, &format!("{}ChannelState: {state}\r\n", ids(serial, linked)));
    }

    /// Answers the lists that are due: this one item of channels, and no bridges.
    fn list(&mut self, item: &str) {
        while let Some(list) = self.live.begin_list(self.at.now) {
            self.live.on_listed(Kind::Response, b"Response: Success\r\n", self.at);
            if list.action == "CoreShowChannels" && !item.is_empty() {
                let frame = format!("Event: CoreShowChannel\r\n{item}");
                self.live.on_listed(Kind::Event, frame.as_bytes(), self.at);
            }
            self.live.on_listed(
                Kind::Event,
                format!("Event: {}Complete\r\n", list.action).as_bytes(),
                self.at,
            );
        }
    }

    fn pass(&mut self, time: Duration) {
        self.at = Moment { now: self.at.now + time, unix: self.at.unix + time };
        _ = self.live.on_time(self.at);
    }

    fn channel(&self, serial: u32) -> &Channel {
        let key = self.live.find_channel(format!("7.{serial}").as_bytes()).expect("it is there");
        self.live.channel(key).expect("it is there")
    }

    fn call(&self, serial: u32) -> &Call {
        self.live.call(self.channel(serial).call()).expect("it goes on")
    }

    fn bridge(&self, serial: u32) -> Option<&[u8]> {
        self.live.bridge(self.channel(serial).bridge()?).map(Bridge::id)
    }
}

fn ids(serial: u32, linked: u32) -> String {
    format!("Channel: PJSIP/phone-{serial:08x}\r\nUniqueid: 7.{serial}\r\nLinkedid: 7.{linked}\r\n")
}

fn in_bridge(bridge: &str, kind: &str, serial: u32, linked: &str) -> String {
    format!("BridgeUniqueid: {bridge}\r\n{kind}Uniqueid: 7.{serial}\r\nLinkedid: {linked}\r\n")
}

#[test]
fn a_phone_rings_when_a_new_state_or_its_dial_says_so() {
    let dial = |status: &str| {
        format!("DestChannel: PJSIP/phone-00000002\r\nDestUniqueid: 7.2\r\nDialStatus: {status}\r\n")
    };
    let rings = |name: &str, headers: &str| {
        let mut told = Told::new();
        told.own("Newchannel", 1, 1, 0);
        told.own("Newchannel", 2, 1, 0);
        told.tell(name, headers);
        told.call(1).ringing_at().is_some()
    };
    let state = |state: u8| format!("{}ChannelState: {state}\r\n", ids(2, 1));
    assert!(rings("Newstate", &state(5)));
    assert!(!rings("Newstate", &state(4)), "the state Ring is the caller's");
    assert!(!rings("NewCallerid", &state(5)), "it does not tell when that began");
    assert!(rings("DialState", &dial("RINGING")));
    assert!(!rings("DialState", &dial("PROGRESS")));
    assert!(!rings("DialBegin", &dial("RINGING")));
}

#[test]
fn a_channel_has_the_linkedid_with_which_it_enters_or_leaves_a_bridge() {
    for kind in [BASIC, HOLDING] {
        let mut told = Told::new();
        told.own("Newchannel", 1, 1, 6);
        told.own("Newchannel", 2, 2, 6);
        told.tell("BridgeEnter", &in_bridge("one", kind, 2, ""));
        assert_eq!(told.channel(2).linked_id(), b"7.2", "no Linkedid is none to take");
        told.tell("BridgeLeave", &in_bridge("one", kind, 2, ""));
        assert_eq!(told.channel(2).linked_id(), b"7.2");
        told.tell("BridgeEnter", &in_bridge("one", kind, 2, "7.1"));
        assert_eq!((told.channel(2).linked_id(), told.live.calls().count()), (&b"7.1"[..], 1));
        told.own("Newchannel", 3, 3, 6);
        told.tell("BridgeLeave", &in_bridge("one", kind, 2, "7.3"));
        assert_eq!((told.channel(2).linked_id(), told.live.calls().count()), (&b"7.3"[..], 1));
    }
}

#[test]
fn a_channel_is_where_an_event_of_the_session_put_it_whatever_a_list_says() {
    let mut told = Told::new();
    told.own("Newchannel", 1, 1, 6);
    told.pass(10 * SECOND);
    told.list(&format!("{}ChannelState: 6\r\nBridgeId: listed\r\nDuration: 00:00:10\r\n", ids(1, 1)));
    assert_eq!(told.bridge(1), Some(&b"listed"[..]), "no event has told");
    told.tell("BridgeEnter", &in_bridge("told", BASIC, 1, "7.1"));
    told.pass(10 * SECOND);
    told.tell("Reload", "Module: All\r\n");
    let listed = format!("{}ChannelState: 6\r\nBridgeId: listed\r\nDuration: 00:00:20\r\n", ids(1, 1));
    told.list(&listed);
    assert_eq!(told.bridge(1), Some(&b"told"[..]));
    told.tell("BridgeLeave", &in_bridge("told", BASIC, 1, "7.1"));
    told.tell("Reload", "Module: All\r\n");
    told.list(&listed);
    assert_eq!(told.bridge(1), None);
}

#[test]
fn a_channel_that_a_list_has_no_more_is_lost_once_a_younger_one_was_told_of() {
    let mut told = Told::with_a_missed_channel();
    assert_eq!(told.live.counters().swept, 1);
    assert_eq!(told.lost_after(8), 0, "its Hangup may be among the events that come");
    told.own("Newchannel", 4, 4, 6);
    assert_eq!(told.lost_after(8), 0, "this one is older than the list");
    told.own("Newchannel", 6, 6, 6);
    assert_eq!(told.lost_after(8), 1);
}

#[test]
fn bridges_have_the_bound_of_channels() {
    let mut told = Told::of(&LiveLimits { channels_max: 10, ..LiveLimits::default() });
    for number in 0..20 {
        told.tell("BridgeCreate", &format!("BridgeUniqueid: bridge-{number}\r\n{BASIC}"));
    }
    assert_eq!(told.live.bridges().count(), 10);
}

#[test]
fn whoever_asks_what_changed_hears_of_a_call_whose_channel_changed_its_bridge_or_is_missing_in_a_list() {
    let mut told = Told::new();
    told.live.keep_changes(0);
    let mut version = told.live.version();
    let mut changed = |told: &Told| {
        let calls = told.live.changed_since(version).count();
        version = told.live.version();
        calls
    };
    told.own("Newchannel", 1, 1, 6);
    assert_eq!(changed(&told), 1);
    told.tell("BridgeEnter", &in_bridge("one", HOLDING, 1, "7.1"));
    assert_eq!(changed(&told), 1, "it entered a bridge");
    told.tell("BridgeLeave", &in_bridge("one", HOLDING, 1, "7.1"));
    assert_eq!(changed(&told), 1, "it left the bridge");
    told.tell("BridgeLeave", &in_bridge("one", HOLDING, 1, "7.1"));
    assert_eq!(changed(&told), 0, "it was in none");
    told.pass(10 * SECOND);
    told.tell("Reload", "Module: All\r\n");
    told.list("");
    assert_eq!(changed(&told), 1, "no list has it");
    told.tell("Reload", "Module: All\r\n");
    told.list(&format!("{}ChannelState: 6\r\nDuration: 00:00:10\r\n", ids(1, 1)));
    assert_eq!(changed(&told), 1, "a list has it again");
}

#[test]
fn what_ended_and_merged_calls_took_is_given_back() {
    let mut told = Told::of(&LiveLimits { ended_calls_max: 0, ..LiveLimits::default() });
    let mut serial = 0;
    let mut play = |told: &mut Told, calls: u32| {
        for _ in 0..calls {
            let (one, other) = (serial, serial + 1);
            serial += 2;
            told.own("Newchannel", one, one, 6);
            told.own("Newchannel", other, other, 6);
            told.tell("BridgeEnter", &in_bridge("talk", HOLDING, other, &format!("7.{one}")));
            assert_eq!(told.live.calls().count(), 1, "they are one call now");
            told.own("Hangup", other, one, 6);
            told.own("Hangup", one, one, 6);
        }
        let full = told.live.bytes();
        told.pass(70 * SECOND);
        (full, told.live.bytes())
    };
    let (_, few) = play(&mut told, 20);
    let (full, many) = play(&mut told, 5_000);
    assert!(full > few + 500_000, "ids of ended calls and channels are kept for a while: {full} after {few}");
    assert!(many <= few + 20_000, "{many} bytes after {few}");
    assert_eq!(told.live.calls().count(), 0);
    assert!(!told.live.has_news(), "nobody wants news");
}

#[test]
fn a_late_channel_of_an_ended_call_is_no_call_and_an_id_that_is_used_again_is_one() {
    let mut told = Told::new();
    told.own("Newchannel", 1, 1, 6);
    told.own("Hangup", 1, 1, 6);
    told.own("Newchannel", 2, 1, 6);
    assert_eq!((told.live.channels().count(), told.live.calls().count()), (1, 0));
    told.own("Hangup", 2, 1, 6);
    told.own("Newchannel", 1, 1, 6);
    assert_eq!((told.live.channels().count(), told.live.calls().count()), (1, 1));
}

#[test]
fn a_list_that_has_not_a_channel_yet_is_soon_followed_by_another() {
    let mut told = Told::new();
    told.pass(10 * SECOND);
    told.list("");
    told.own("Newchannel", 1, 1, 6);
    told.tell("Reload", "Module: All\r\n");
    told.list("");
    assert_eq!(told.live.channels().count(), 1, "it is too young to be missed");
    told.pass(4 * SECOND);
    told.list("");
    assert_eq!((told.live.channels().count(), told.live.counters().swept), (0, 1));
    assert!(told.live.next_deadline() > Some(told.at.now + 4 * SECOND), "nothing is to be confirmed now");
}

#[test]
fn a_call_says_who_spoke_when_it_began_rang_was_answered_and_ended_and_for_how_long() {
    let mut told = Told::new();
    let began = told.at.unix;
    let caller = format!("{}ChannelState: 4\r\nCallerIDNum: 201\r\nCallerIDName: Alice\r\n", ids(1, 1));
    let dial = "DestChannel: PJSIP/phone-00000002\r\nDestUniqueid: 7.2\r\n";
    told.tell("Newchannel", &caller);
    told.own("Newchannel", 2, 1, 0);
    told.pass(SECOND);
    told.tell("DialBegin", dial);
    told.pass(2 * SECOND);
    told.own("Newstate", 2, 1, 5);
    told.pass(3 * SECOND);
    assert_eq!(told.call(1).rang_for(told.at.unix), 3 * SECOND);
    told.tell("DialEnd", &format!("{dial}DialStatus: ANSWER\r\n"));
    told.pass(5 * SECOND);
    let call = told.call(1);
    assert_eq!((call.rang_for(told.at.unix), call.talked_for(told.at.unix)), (3 * SECOND, 5 * SECOND));
    assert_eq!((call.is_over(), call.ended_at()), (false, None));
    told.own("Hangup", 2, 1, 6);
    told.tell("Hangup", &format!("{caller}Cause: 16\r\n"));
    told.pass(60 * SECOND);
    let call = told.live.ended_calls().next().expect("it is kept");
    assert_eq!((call.is_over(), call.cause()), (true, Some(16)));
    assert_eq!((call.started_at(), call.ringing_at()), (began, Some(began + 3 * SECOND)));
    assert_eq!((call.answered_at(), call.ended_at()), (Some(began + 6 * SECOND), Some(began + 11 * SECOND)));
    assert_eq!((call.rang_for(told.at.unix), call.talked_for(told.at.unix)), (3 * SECOND, 5 * SECOND));
    let attempt = &call.attempts()[0];
    assert_eq!((attempt.channel(), attempt.device()), (&b"PJSIP/phone-00000002"[..], &b"PJSIP/phone"[..]));
    assert_eq!(attempt.since, began + SECOND);
    let caller = call.caller_gone().expect("it began the call");
    assert_eq!((caller.channel(), caller.device()), (&b"PJSIP/phone-00000001"[..], &b"PJSIP/phone"[..]));
    assert_eq!(
        (caller.unique_id(), caller.number(), caller.name()),
        (&b"7.1"[..], &b"201"[..], &b"Alice"[..])
    );
    let taker = call.answered_by_gone().expect("it answered");
    assert_eq!(taker.unique_id(), b"7.2");
}

#[test]
fn a_call_keeps_as_many_attempts_as_its_bound_and_each_of_the_same_channel_has_its_own_end() {
    let mut told = Told::new();
    told.own("Newchannel", 1, 1, 4);
    told.own("Newchannel", 2, 1, 0);
    let dial = "DestChannel: PJSIP/phone-00000002\r\nDestUniqueid: 7.2\r\n";
    for status in ["BUSY", "NOANSWER"] {
        told.tell("DialBegin", dial);
        told.tell("DialEnd", &format!("{dial}DialStatus: {status}\r\n"));
    }
    let ends =
        |told: &Told| told.call(1).attempts().iter().map(|attempt| attempt.outcome).collect::<Vec<_>>();
    assert_eq!(ends(&told), [Some(Outcome::Busy), Some(Outcome::NoAnswer)]);
    for _ in 0..200 {
        told.tell("DialBegin", dial);
    }
    assert_eq!(ends(&told).len(), LIVE_ATTEMPTS_MAX);
}

#[test]
fn the_halves_of_a_local_channel_are_of_one_call_even_if_the_event_that_joins_them_was_lost() {
    let half = |half: u32| {
        let name = format!("Local/1@context-00000001;{half}");
        format!("Channel: {name}\r\nUniqueid: 7.{half}\r\nLinkedid: 7.{half}\r\nChannelState: 4\r\n")
    };
    let mut told = Told::new();
    told.tell("Newchannel", &half(1));
    told.own("Newchannel", 3, 3, 4);
    assert_eq!(told.live.calls().count(), 2);
    told.tell("Newchannel", &half(2));
    assert_eq!((told.live.calls().count(), told.channel(2).call()), (2, told.channel(1).call()));
}

#[test]
fn who_is_in_one_basic_bridge_is_of_one_call_whatever_says_that_it_is_basic() {
    for kind in [BASIC, HOLDING] {
        let mut told = Told::new();
        for serial in [1, 2] {
            told.own("Newchannel", serial, serial, 6);
            told.tell("BridgeEnter", &in_bridge("one", "", serial, ""));
        }
        assert_eq!((told.bridge(1), told.bridge(2)), (Some(&b"one"[..]), Some(&b"one"[..])));
        assert_eq!(told.live.calls().count(), 2, "nothing has said what bridge it is");
        told.tell("BridgeCreate", &format!("BridgeUniqueid: one\r\n{kind}"));
        assert_eq!(told.live.calls().count(), if kind == BASIC { 1 } else { 2 });
    }
}

#[test]
fn a_gap_does_not_prolong_the_wait_for_the_hangup_of_a_channel_that_a_list_missed() {
    let mut told = Told::with_a_missed_channel();
    told.own("Newchannel", 6, 6, 6);
    told.live.on_too_long(told.at);
    assert_eq!(told.lost_after(7), 1, "what came before the list had come before the gap");
}

#[test]
fn what_a_bound_keeps_out_is_counted_and_asked_for_again_below_nine_tenths_of_it() {
    let mut told = Told::of(&LiveLimits { channels_max: 20, ..LiveLimits::default() });
    told.pass(10 * SECOND);
    told.list("");
    (1..=22).for_each(|serial| told.own("Newchannel", serial, serial, 6));
    assert_eq!((told.live.channels().count(), told.live.counters().refused), (20, 2));
    assert!(told.live.is_truncated());
    for (serial, is_asked_for) in [(1, false), (2, false), (3, true)] {
        told.own("Hangup", serial, serial, 6);
        assert_eq!(told.live.wants_turn(told.at.now), is_asked_for, "{} are left", 20 - serial);
    }
}

#[test]
fn a_bound_of_bytes_that_kept_something_out_has_room_again_below_nine_tenths_of_it() {
    const BYTES_MAX: usize = 100_000;
    let mut told =
        Told::of(&LiveLimits { bytes_max: BYTES_MAX, ended_calls_max: 0, ..LiveLimits::default() });
    told.pass(10 * SECOND);
    told.list("");
    let mut last = 0;
    while !told.live.is_truncated() {
        last += 1;
        told.own("Newchannel", last, last, 6);
    }
    assert!((BYTES_MAX * 9 / 10..=BYTES_MAX).contains(&told.live.bytes()), "{} bytes", told.live.bytes());
    // The first half leaves ids behind and places that are used again, so it frees little.
    let mut asked_for_at = None;
    for serial in 1..last {
        told.own("Hangup", serial, serial, 6);
        if told.live.wants_turn(told.at.now) {
            asked_for_at = Some(told.live.bytes());
            break;
        }
    }
    let bytes = asked_for_at.expect("room, when all have ended");
    assert!(bytes < BYTES_MAX * 9 / 10, "{bytes} bytes");
}

#[test]
fn a_reference_keeps_the_last_state_of_a_channel_and_of_its_call() {
    let mut told = Told::new();
    told.own("Newchannel", 1, 1, 4);
    let key = told.live.find_channel(b"7.1").expect("it is there");
    let call = told.channel(1).call();
    let channel = told.live.refer_to_channel(key).expect("it is there");
    let call = told.live.refer_to_call(call).expect("it goes on");
    assert!(channel.ended().is_none() && call.ended().is_none());
    told.own("Newstate", 1, 1, 6);
    assert_eq!(told.live.referred_channel(&channel).and_then(Channel::state), Some(6));
    told.own("Hangup", 1, 1, 6);
    let last = channel.ended().expect("it ended");
    assert_eq!((last.unique_id(), last.state()), (&b"7.1"[..], Some(6)));
    assert_eq!(call.ended().expect("it ended").id(), b"7.1");
}

#[test]
fn a_channel_says_when_it_was_created_and_answered() {
    let mut told = Told::new();
    let began = told.at.unix;
    told.own("Newchannel", 1, 1, 4);
    assert_eq!((told.channel(1).created_at(), told.channel(1).up_at()), (began, None));
    told.pass(3 * SECOND);
    told.own("Newstate", 1, 1, 6);
    told.pass(7 * SECOND);
    told.own("NewCallerid", 1, 1, 6);
    assert_eq!(told.channel(1).up_at(), Some(began + 3 * SECOND));
    told.tell("Reload", "Module: All\r\n");
    told.list(&format!("{}ChannelState: 6\r\nDuration: 00:01:00\r\n", ids(9, 9)));
    assert_eq!(told.channel(9).created_at() + 50 * SECOND, began, "a list says its age");
}

#[test]
fn a_channel_that_is_named_anew_is_found_by_its_new_name_and_another_linkedid_moves_it() {
    let mut told = Told::new();
    told.own("Newchannel", 1, 1, 6);
    told.own("Newchannel", 2, 2, 6);
    told.tell(
        "Newstate",
        "Channel: PJSIP/new-00000009\r\nUniqueid: 7.2\r\nLinkedid: 7.2\r\nChannelState: 6\r\n",
    );
    assert_eq!(told.live.find_channel(b"PJSIP/phone-00000002"), None);
    assert_eq!(told.live.find_channel(b"PJSIP/new-00000009"), told.live.find_channel(b"7.2"));
    assert!(told.live.find_channel(b"7.2").is_some());
    assert_eq!(told.live.calls().count(), 2);
    told.own("NewCallerid", 2, 1, 6);
    assert_eq!((told.live.calls().count(), told.channel(2).linked_id()), (1, &b"7.1"[..]));
}

#[test]
fn long_texts_count_as_long_as_they_are_there() {
    let mut told = Told::new();
    let mut twin = Told::new();
    told.own("Newchannel", 1, 1, 6);
    twin.own("Newchannel", 1, 1, 6);
    let mut both = |name: &str, serial: u32, long: usize| {
        for (told, length) in [(&mut told, long), (&mut twin, 1)] {
            let data = "x".repeat(length);
            let ids = ids(serial, serial);
            let state = format!("{ids}ChannelState: 6\r\nAccountCode: {data}\r\n");
            told.tell(name, &state);
        }
        told.live.bytes() - twin.live.bytes()
    };
    assert_eq!(both("Newstate", 1, 1), 0, "they are in the channel itself");
    assert!((200..400).contains(&both("Newstate", 1, 200)));
    assert!((150..250).contains(&both("Newstate", 1, 120)));
    assert!(both("Newstate", 1, 1) < 150, "the room of longer texts is kept for a while");
    assert!((200..400).contains(&both("Newstate", 1, 200)));
    assert_eq!(both("Hangup", 1, 200), 0);
    assert!((200..400).contains(&both("Newchannel", 2, 200)));
    assert_eq!(both("Hangup", 2, 200), 0);
}

#[test]
fn the_end_of_a_model_ends_its_references() {
    let mut told = Told::new();
    told.own("Newchannel", 1, 1, 6);
    let call = told.channel(1).call();
    let key = told.live.find_channel(b"7.1").expect("it is there");
    let channel = told.live.refer_to_channel(key).expect("it is there");
    let call = told.live.refer_to_call(call).expect("it goes on");
    drop(told);
    assert_eq!(channel.ended().expect("it ended").unique_id(), b"7.1");
    assert_eq!(call.ended().expect("it ended").outcome(), Some(Outcome::Lost));
}

#[test]
fn a_model_never_takes_more_than_its_bound() {
    for bytes_max in (10_000..60_000).step_by(500) {
        let mut told = Told::of(&LiveLimits { bytes_max, ..LiveLimits::default() });
        let mut serial = 0;
        while !told.live.is_truncated() {
            serial += 1;
            told.own("Newchannel", serial, serial, 6);
        }
        assert!(told.live.bytes() <= bytes_max, "{} of {bytes_max} bytes", told.live.bytes());
    }
}
