//! Single calls: the state of the model, and its news.

use std::time::Duration;

use apn_ami::limits::LiveLimits;
use apn_ami::live::{Channel, Outcome, State};
use apn_sim::asterisk::{Answer, Classes, Purpose, Refusal};

use crate::rig::{Rig, account};

const MOMENT: Duration = Duration::from_millis(100);

fn names(rig: &Rig, party: &str) -> Vec<String> {
    let text = |channel: &Channel| String::from_utf8_lossy(channel.device()).into_owned();
    let mut names: Vec<_> = rig
        .live
        .talking_to(party.as_bytes())
        .into_iter()
        .filter_map(|key| rig.live.channel(key))
        .map(text)
        .collect();
    names.sort();
    names
}

fn outcome(rig: &Rig, id: &[u8]) -> Option<Outcome> {
    rig.ledger.outcomes.get(&*String::from_utf8_lossy(id)).copied()
}

fn alice_calls_bob(rig: &mut Rig) -> (Vec<u8>, Vec<u8>) {
    let mut phones = rig.phones();
    let alice = phones.call("PJSIP/alice", "201", "202");
    let bob = phones.dial(&alice, "PJSIP/bob");
    drop(phones);
    rig.run(MOMENT);
    (alice, bob)
}

/// Both hang up, and Asterisk says of neither why.
fn ended_without_a_cause(rig: &mut Rig, alice: &[u8], bob: &[u8]) -> Option<Outcome> {
    rig.phones().hang_up(bob, 0);
    rig.phones().hang_up(alice, 0);
    rig.run(MOMENT);
    outcome(rig, alice)
}

#[test]
fn a_call_starts_rings_is_answered_connects_and_ends() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().ring(&bob);
    rig.run(MOMENT);
    rig.phones().answer(&alice, &bob);
    rig.run(MOMENT);
    let call = rig.live.call(rig.live.find_call(b"PJSIP/bob-00000001").unwrap()).unwrap();
    assert_eq!((call.id(), call.channels().len()), (&alice[..], 2));
    assert_eq!(call.attempts()[0].outcome, Some(Outcome::Answered));
    let (caller, taker) = (call.caller_channel(), call.answered_by_channel());
    assert_eq!((caller, taker), (rig.live.find_channel(&alice), rig.live.find_channel(&bob)));
    assert_eq!(
        (names(&rig, "201"), names(&rig, "PJSIP/bob")),
        (vec!["PJSIP/bob".into()], vec!["PJSIP/alice".into()])
    );
    rig.phones().hang_up(&bob, 16);
    rig.phones().hang_up(&alice, 16);
    rig.run(MOMENT);
    assert_eq!(rig.ledger.of(&alice), ["started", "ringing", "answered", "connected", "ended"]);
    let ended = rig.live.ended_calls().next().unwrap();
    assert_eq!((ended.outcome(), ended.cause()), (Some(Outcome::Answered), Some(16)));
    assert_eq!(ended.caller_gone().unwrap().number(), b"201");
    assert_eq!(ended.answered_by_gone().unwrap().channel(), b"PJSIP/bob-00000001");
    assert_eq!(rig.live.calls().count(), 0);
}

#[test]
fn a_call_that_nobody_took_says_why() {
    for (why, wanted) in [
        (Refusal::Busy, Outcome::Busy),
        (Refusal::NoAnswer, Outcome::NoAnswer),
        (Refusal::Congestion, Outcome::Congestion),
        (Refusal::ChanUnavail, Outcome::Failed),
        (Refusal::Cancel, Outcome::Cancelled),
    ] {
        let mut rig = Rig::ready();
        let (alice, bob) = alice_calls_bob(&mut rig);
        rig.phones().refuse(&alice, &bob, why);
        rig.phones().hang_up(&alice, 16);
        rig.run(MOMENT);
        assert_eq!(outcome(&rig, &alice), Some(wanted));
    }
}

#[test]
fn a_call_that_rang_and_of_whose_end_nothing_is_said_was_not_answered() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().ring(&bob);
    assert_eq!(ended_without_a_cause(&mut rig, &alice, &bob), Some(Outcome::NoAnswer));
}

#[test]
fn a_call_of_whose_end_nothing_is_said_failed_unless_it_may_have_rung_in_a_gap() {
    let outcome_of = |has_gap: bool| {
        let mut rig = Rig::ready();
        let (alice, bob) = alice_calls_bob(&mut rig);
        if has_gap {
            let at = rig.at();
            rig.live.on_too_long(at);
            rig.run(MOMENT);
        }
        ended_without_a_cause(&mut rig, &alice, &bob)
    };
    assert_eq!(outcome_of(false), Some(Outcome::Failed));
    assert_eq!(outcome_of(true), Some(Outcome::Lost));
}

#[test]
fn a_call_that_a_list_showed_first_may_have_rung_before() {
    let mut rig = Rig::ready();
    rig.cut(0);
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.run(MOMENT);
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!(rig.ledger.of(&alice), ["started"]);
    assert_eq!(ended_without_a_cause(&mut rig, &alice, &bob), Some(Outcome::Lost));
}

#[test]
fn a_phone_that_began_to_ring_in_a_gap_rings() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.cut(0);
    rig.phones().ring(&bob);
    rig.run(MOMENT);
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!(rig.ledger.of(&alice), ["started", "ringing"]);
    assert_eq!(ended_without_a_cause(&mut rig, &alice, &bob), Some(Outcome::NoAnswer));
}

#[test]
fn a_phone_that_rings_on_after_another_one_answered_in_a_gap_tells_no_ringing() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    let carol = rig.phones().dial(&alice, "PJSIP/carol");
    rig.run(MOMENT);
    rig.cut(0);
    rig.phones().answer(&alice, &bob);
    rig.phones().ring(&carol);
    rig.run(MOMENT);
    rig.connect("call");
    rig.run(MOMENT);
    assert!(!rig.ledger.of(&alice).join(" ").contains("ringing"), "{:?}", rig.ledger.of(&alice));
}

#[test]
fn of_a_fork_each_attempt_has_its_end_and_the_taker_is_the_one_that_answered() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    let carol = rig.phones().dial(&alice, "PJSIP/carol");
    rig.phones().refuse(&alice, &bob, Refusal::Busy);
    rig.phones().answer(&alice, &carol);
    rig.run(MOMENT);
    let call = rig.live.call(rig.live.find_call(&alice).unwrap()).unwrap();
    let ends: Vec<_> = call.attempts().iter().map(|attempt| attempt.outcome).collect();
    assert_eq!(ends, [Some(Outcome::Busy), Some(Outcome::Answered)]);
    assert_eq!(call.answered_by_channel(), rig.live.find_channel(&carol));
}

#[test]
fn a_call_to_the_dialplan_alone_is_answered_from_when_that_took_it() {
    let mut rig = Rig::ready();
    let alice = rig.phones().call("PJSIP/alice", "201", "600");
    rig.run(MOMENT);
    rig.phones().up(&alice);
    rig.run(MOMENT);
    assert_eq!(rig.ledger.of(&alice), ["started"]);
    rig.phones().hang_up(&alice, 16);
    rig.run(MOMENT);
    assert_eq!(rig.ledger.of(&alice), ["started", "answered", "ended"]);
    assert_eq!(outcome(&rig, &alice), Some(Outcome::Answered));
}

#[test]
fn who_talks_to_whom_is_seen_past_local_channels_and_one_call_is_answered_once() {
    let mut rig = Rig::ready();
    let alice = rig.phones().call("PJSIP/alice", "201", "400");
    let (near, far) = rig.phones().dial_local(&alice, "400");
    let bob = rig.phones().dial(&far, "PJSIP/bob");
    rig.phones().answer(&far, &bob);
    rig.phones().answer(&alice, &near);
    rig.run(MOMENT);
    assert_eq!(
        (names(&rig, "PJSIP/alice"), names(&rig, "PJSIP/bob")),
        (vec!["PJSIP/bob".into()], vec!["PJSIP/alice".into()])
    );
    let call = rig.live.call(rig.live.find_call(&alice).unwrap()).unwrap();
    assert_eq!(
        call.answered_by_channel(),
        rig.live.find_channel(&bob),
        "a phone, no half of a Local channel"
    );
    assert_eq!(rig.ledger.of(&alice), ["started", "answered", "connected"]);
    rig.phones().optimize(&near, &far);
    rig.run(MOMENT);
    assert_eq!(names(&rig, "PJSIP/alice"), ["PJSIP/bob"]);
    assert_eq!(rig.differences(), Vec::<String>::new());
}

#[test]
fn hold_is_told_and_seen() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().answer(&alice, &bob);
    rig.phones().hold(&alice, true);
    rig.run(MOMENT);
    assert!(rig.live.channel(rig.live.find_channel(&alice).unwrap()).unwrap().is_held());
    rig.phones().hold(&alice, false);
    rig.run(MOMENT);
    assert!(!rig.live.channel(rig.live.find_channel(&alice).unwrap()).unwrap().is_held());
    let told = rig.ledger.of(&alice);
    assert_eq!(told[told.len() - 2..], ["held", "resumed"]);
}

#[test]
fn an_attended_transfer_makes_one_call_of_two_the_older_one() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().answer(&alice, &bob);
    let second = rig.phones().call("PJSIP/bob", "202", "203");
    let carol = rig.phones().dial(&second, "PJSIP/carol");
    rig.phones().answer(&second, &carol);
    rig.run(MOMENT);
    assert_eq!(rig.live.calls().count(), 2);
    rig.phones().attended_transfer(&bob, &second);
    rig.run(MOMENT);
    assert_eq!(names(&rig, "PJSIP/alice"), ["PJSIP/carol"]);
    assert!(rig.ledger.of(&second).join(" ").ends_with("merged"));
    assert_eq!(outcome(&rig, &second), Some(Outcome::Merged));
    let merged = rig.live.ended_calls().next().unwrap();
    assert_eq!(merged.merged_into(), Some(&alice[..]));
    rig.phones().hang_up(&alice, 16);
    rig.phones().hang_up(&carol, 16);
    rig.run(MOMENT);
    assert!(rig.ledger.of(&alice).join(" ").ends_with("transferred ended"), "{:?}", rig.ledger.of(&alice));
    assert_eq!(rig.ledger.faults(&rig.live), Vec::<String>::new());
}

#[test]
fn a_blind_transfer_and_a_pick_up_are_followed() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().answer(&alice, &bob);
    rig.phones().blind_transfer(&bob, "203");
    let carol = rig.phones().dial(&alice, "PJSIP/carol");
    let dave = rig.phones().call("PJSIP/dave", "204", "*8");
    rig.phones().pick_up(&alice, &carol, &dave);
    rig.run(MOMENT);
    assert_eq!(names(&rig, "PJSIP/alice"), ["PJSIP/dave"]);
    assert!(rig.ledger.of(&alice).join(" ").contains("transferred"));
    assert_eq!(rig.ledger.of(&dave), ["started", "merged"]);
    assert_eq!(rig.differences(), Vec::<String>::new());
}

#[test]
fn a_parked_call_is_told_each_time_it_is_parked_and_connected_when_it_is_fetched() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().answer(&alice, &bob);
    rig.run(MOMENT);
    let mut partner = bob;
    for fetcher in ["PJSIP/carol", "PJSIP/dave"] {
        rig.phones().bridge(&[&alice], Purpose::Holding);
        let (parkee, now) = (String::from_utf8_lossy(&alice).into_owned(), rig.now);
        let headers = [("ParkeeUniqueid", &*parkee), ("ParkingSpace", "701")];
        rig.fake.emit("ParkedCall", Classes::named("call"), headers, now);
        rig.phones().hang_up(&partner, 16);
        rig.run(MOMENT);
        assert_eq!(rig.ledger.of(&alice).last().map(String::as_str), Some("parked"));
        partner = rig.phones().call(fetcher, "203", "701");
        rig.phones().bridge(&[&partner, &alice], Purpose::Talk);
        rig.run(MOMENT);
        assert_eq!(names(&rig, "PJSIP/alice"), [fetcher]);
    }
    rig.phones().hang_up(&alice, 16);
    rig.phones().hang_up(&partner, 16);
    rig.run(MOMENT);
    let told = ["started", "answered", "connected", "parked", "connected", "parked", "connected", "ended"];
    assert_eq!(rig.ledger.of(&alice), told);
    assert_eq!(rig.ledger.faults(&rig.live), Vec::<String>::new());
}

#[test]
fn in_a_conference_everybody_hears_everybody_and_calls_stay_apart() {
    let mut rig = Rig::ready();
    let people: Vec<_> =
        ["a", "b", "c"].map(|name| rig.phones().call(&format!("PJSIP/{name}"), name, "700")).into();
    let ids: Vec<&[u8]> = people.iter().map(|id| &id[..]).collect();
    rig.phones().bridge(&ids, Purpose::Conference);
    rig.run(MOMENT);
    assert_eq!(names(&rig, "PJSIP/a"), ["PJSIP/b", "PJSIP/c"]);
    assert_eq!(rig.live.calls().count(), 3);
    rig.phones().bridge(&ids, Purpose::Holding);
    rig.run(MOMENT);
    assert_eq!(names(&rig, "PJSIP/a"), Vec::<String>::new(), "who waits talks to nobody");
}

#[test]
fn who_connects_in_the_middle_sees_who_talks_to_whom() {
    let mut rig = Rig::new(&LiveLimits::default());
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().answer(&alice, &bob);
    rig.run(Duration::from_secs(60));
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!(rig.live.state(), State::Current);
    assert_eq!(names(&rig, "PJSIP/alice"), ["PJSIP/bob"]);
    let call = rig.live.call(rig.live.find_call(&alice).unwrap()).unwrap();
    assert!(call.answered_at().is_some(), "the one that was called is up");
    let age = rig.at().unix.saturating_sub(call.started_at());
    assert!(age >= Duration::from_secs(60), "{age:?}");
    assert_eq!(rig.differences(), Vec::<String>::new());
}

#[test]
fn what_a_gap_swallowed_is_told_as_lost_once_it_is_sure_that_nothing_comes() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.run(Duration::from_secs(2));
    rig.cut(0);
    assert_eq!((rig.live.state(), rig.live.calls().count()), (State::Stale, 1));
    rig.phones().hang_up(&bob, 16);
    rig.phones().hang_up(&alice, 16);
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!((rig.live.state(), rig.live.channels().count()), (State::Current, 0), "absent is dead");
    assert_eq!(rig.ledger.of(&alice), ["started"], "its Hangup may be on its way");
    rig.run(Duration::from_secs(6));
    assert_eq!(rig.ledger.of(&alice), ["started", "ended"]);
    assert_eq!(outcome(&rig, &alice), Some(Outcome::Lost));
    assert_eq!(rig.live.counters().swept_lost, 2);
}

#[test]
fn a_phone_that_an_originate_called_and_that_answered_in_a_gap_has_answered() {
    let mut rig = Rig::ready();
    rig.send(
        "Action: Originate\r\nActionID: 1\r\nChannel: PJSIP/alice\r\nChannelId: mine\r\nApplication: Wait\r\nAsync: true\r\n\r\n",
    );
    rig.run(Duration::from_millis(50));
    assert_eq!(rig.ledger.of(b"mine"), ["started", "ringing"]);
    rig.cut(0);
    rig.run(Duration::from_secs(2));
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!(rig.ledger.of(b"mine"), ["started", "ringing", "answered"]);
    rig.phones().hang_up(b"mine", 16);
    rig.run(MOMENT);
    assert_eq!(outcome(&rig, b"mine"), Some(Outcome::Answered));
}

#[test]
fn the_caller_of_a_call_that_is_first_seen_in_a_list_is_the_channel_that_began_it() {
    let mut rig = Rig::ready();
    rig.cut(0);
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.phones().ring(&bob);
    rig.phones().answer(&alice, &bob);
    rig.run(MOMENT);
    rig.connect("call");
    rig.run(MOMENT);
    let call = rig.live.call(rig.live.find_call(&bob).unwrap()).unwrap();
    assert_eq!(call.channels().len(), 2);
    assert_eq!(call.caller_channel(), rig.live.find_channel(&alice));
}

#[test]
fn a_hangup_behind_a_list_still_says_why() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.run(Duration::from_secs(2));
    rig.fake.set_lag(Duration::from_secs(3));
    rig.phones().refuse(&alice, &bob, Refusal::Busy);
    rig.phones().hang_up(&alice, 17);
    let at = rig.at();
    rig.live.on_too_long(at);
    rig.run(MOMENT);
    assert_eq!(rig.live.channels().count(), 0);
    rig.run(Duration::from_secs(4));
    assert_eq!((outcome(&rig, &alice), rig.live.counters().swept_late), (Some(Outcome::Busy), 2));
}

/// Asterisk 16 updates the cache that `CoreShowChannels` reads in a separate thread.
#[test]
fn a_channel_that_was_just_born_may_be_missing_in_a_list() {
    let mut rig = Rig::ready();
    let at = rig.at();
    let frame = b"Event: Newchannel\r\nChannel: PJSIP/new-1\r\nChannelState: 4\r\nUniqueid: 77.7\r\nLinkedid: 77.7\r\n";
    rig.live.on_event(b"Newchannel", frame, at);
    rig.live.on_too_long(at);
    rig.run(MOMENT);
    assert!(rig.live.find_channel(b"77.7").is_some(), "its Newchannel was heard a moment ago");
    assert_eq!(rig.ledger.of(b"77.7"), ["started"]);
    rig.run(Duration::from_secs(4));
    assert!(rig.live.find_channel(b"77.7").is_none(), "the list that confirms has it neither");
}

#[test]
fn the_dead_in_a_list_stay_dead() {
    let mut rig = Rig::ready();
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.fake.set_dead_for(Duration::from_secs(5));
    rig.fake.set_late_events(true);
    rig.phones().hang_up(&bob, 16);
    rig.phones().hang_up(&alice, 16);
    rig.run(MOMENT);
    let at = rig.at();
    rig.live.on_too_long(at);
    rig.run(MOMENT);
    assert_eq!((rig.live.channels().count(), rig.live.counters().ghosts), (0, 2));
    rig.run(Duration::from_secs(30));
    assert_eq!((rig.live.channels().count(), rig.live.calls().count()), (0, 0));
}

#[test]
fn an_orphan_of_the_cache_is_what_the_lists_say() {
    let mut rig = Rig::ready();
    let (alice, _) = alice_calls_bob(&mut rig);
    rig.phones().orphan(&alice);
    rig.phones().hang_up(&alice, 16);
    rig.run(Duration::from_secs(700));
    assert!(rig.live.find_channel(&alice).is_some(), "no list lacks it: nobody can tell it from a channel");
}

#[test]
fn lists_are_verified_and_what_had_to_be_healed_is_counted() {
    let mut rig = Rig::ready();
    rig.run(Duration::from_secs(4));
    assert_eq!(
        rig.asked,
        ["CoreShowChannels", "BridgeList", "CoreShowChannels", "BridgeList"],
        "and confirmed"
    );
    let (alice, _) = alice_calls_bob(&mut rig);
    rig.run(Duration::from_secs(400));
    let before = rig.asked.len();
    rig.run(Duration::from_secs(370));
    assert!((2..=4).contains(&(rig.asked.len() - before)), "each 300 seconds, a fifth more or less");
    assert_eq!((rig.live.counters().healed, rig.live.counters().swept), (0, 0));
    assert!(rig.live.find_channel(&alice).is_some());
}

#[test]
fn a_booting_server_is_asked_again_until_it_knows_its_lists() {
    let mut rig = Rig::new(&LiveLimits::default());
    let (alice, _) = alice_calls_bob(&mut rig);
    rig.fake.respond("CoreShowChannels", Answer::error("Invalid/unknown command: CoreShowChannels."));
    rig.connect("call,system");
    rig.run(Duration::from_secs(2));
    assert_eq!((rig.live.state(), rig.live.channels().count()), (State::Syncing, 0), "unknown, not empty");
    rig.fake.unscript("CoreShowChannels");
    rig.run(Duration::from_secs(3));
    assert_eq!(rig.live.state(), State::Current);
    assert!(rig.live.find_channel(&alice).is_some());
    rig.asked.clear();
    let now = rig.now;
    rig.fake.emit("Reload", Classes::named("system"), [("Module", "All")], now);
    rig.run(MOMENT);
    assert_eq!(rig.asked, ["CoreShowChannels", "BridgeList"], "what a reload changes has no event");
}

#[test]
fn an_account_that_may_not_list_channels_asks_by_the_class_it_has_or_says_so() {
    let limits = LiveLimits::default();
    let mut rig = Rig::with(&limits, account("all", "call"));
    let (alice, _) = alice_calls_bob(&mut rig);
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!(rig.asked, ["CoreShowChannels", "Status", "BridgeList"]);
    assert_eq!((rig.live.state(), rig.differences()), (State::Current, Vec::new()));
    assert!(rig.live.find_channel(&alice).is_some());

    let mut rig = Rig::with(&limits, account("all", "user"));
    alice_calls_bob(&mut rig);
    rig.connect("call");
    rig.run(MOMENT);
    assert_eq!((rig.live.state(), rig.live.missing_class()), (State::Denied, Some("reporting")));
    alice_calls_bob(&mut rig);
    assert_eq!(
        (rig.live.state(), rig.live.calls().count()),
        (State::Partial, 1),
        "what began since is known"
    );
}

#[test]
fn an_account_that_is_told_no_events_is_found_out_and_polled_for() {
    let mut rig = Rig::with(&LiveLimits::default(), account("system", "all"));
    rig.connect("on");
    rig.run(Duration::from_secs(2));
    let (alice, bob) = alice_calls_bob(&mut rig);
    rig.run(Duration::from_secs(40));
    assert_eq!((rig.live.state(), rig.live.missing_class()), (State::Deaf, Some("call")));
    rig.phones().answer(&alice, &bob);
    rig.run(Duration::from_secs(6));
    assert_eq!(names(&rig, "PJSIP/alice"), ["PJSIP/bob"], "the last list said it");
    rig.phones().hang_up(&alice, 16);
    rig.phones().hang_up(&bob, 16);
    rig.run(Duration::from_secs(20));
    assert_eq!(rig.ledger.of(&alice).last().map(String::as_str), Some("ended"));
}

#[test]
fn a_quiet_server_is_not_taken_for_deaf() {
    let mut rig = Rig::ready();
    rig.run(Duration::from_secs(900));
    assert_eq!(rig.live.state(), State::Current);
    alice_calls_bob(&mut rig);
    rig.run(Duration::from_secs(900));
    assert_eq!(rig.live.state(), State::Current);
}

#[test]
fn a_call_that_is_expected_is_known_when_its_channel_begins() {
    let mut rig = Rig::ready();
    let (mine, other) = (rig.live.expect_call(b"mine"), rig.live.expect_call(b"other"));
    let originate = "Action: Originate\r\nActionID: 1\r\nChannel: PJSIP/alice\r\nChannelId: mine\r\n\
        Application: Wait\r\nAsync: true\r\n\r\n";
    assert!(mine.call().is_none());
    rig.send(originate);
    rig.run(MOMENT);
    let call = mine.call().and_then(|call| rig.live.referred_call(call)).expect("its channel began");
    assert_eq!((call.id(), other.call().is_none()), (&b"mine"[..], true));
}

#[test]
fn a_server_before_asterisk_13_is_denied() {
    let mut rig = Rig::new(&LiveLimits { keeps_queues: true, ..LiveLimits::default() });
    let at = rig.at();
    rig.live.on_ready(true, at);
    assert_eq!((rig.live.state(), rig.live.next_deadline()), (State::Denied, None));
    assert_eq!(rig.live.queue_state(), Some(State::Denied));
}

#[test]
fn beyond_its_bound_a_server_says_so_and_takes_in_the_rest_when_there_is_room() {
    let limits = LiveLimits { channels_max: 20, ..LiveLimits::default() };
    let mut rig = Rig::new(&limits);
    rig.connect("call");
    let callers: Vec<_> = (0..30).map(|at| rig.phones().call(&format!("PJSIP/p{at}"), "1", "2")).collect();
    rig.run(MOMENT);
    assert_eq!((rig.live.channels().count(), rig.live.is_truncated()), (20, true));
    for caller in &callers[..15] {
        rig.phones().hang_up(caller, 16);
    }
    rig.run(Duration::from_secs(1));
    assert_eq!((rig.live.channels().count(), rig.live.is_truncated()), (15, false));
    assert_eq!(rig.differences(), Vec::<String>::new());
}

#[test]
fn memory_has_a_bound_in_bytes_and_a_channel_takes_little() {
    let limits = LiveLimits { bytes_max: 60_000, ..LiveLimits::default() };
    let mut rig = Rig::new(&limits);
    rig.connect("call");
    for at in 0..300 {
        rig.phones().call(&format!("PJSIP/p{at}"), "1", "2");
    }
    rig.run(MOMENT);
    assert!(rig.live.is_truncated() && rig.live.bytes() < 60_000, "{}", rig.live.bytes());
    let each = rig.live.bytes() / rig.live.channels().count();
    assert!(each <= 900, "{each} bytes for a channel that is a call of its own");
}

#[test]
fn who_hears_no_news_keeps_none() {
    let mut rig = Rig::ready();
    rig.live.notify(false);
    alice_calls_bob(&mut rig);
    assert!(!rig.live.has_news());
    rig.live.notify(true);
    let (alice, _) = alice_calls_bob(&mut rig);
    assert_eq!(rig.ledger.of(&alice), ["started"]);
}
