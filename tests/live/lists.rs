//! What a list changes of which no event told: counted, and applied however the list and the events disagree.

use std::time::Duration;

use apn_ami::limits::LiveLimits;
use apn_ami::live::State;
use apn_sim::asterisk::{Answer, Purpose};

use crate::rig::{Rig, account};

const MOMENT: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);

/// A rig whose model is verified by lists, and that hears nothing of what its phones do from now on.
fn unhearing() -> (Rig, Vec<u8>, Vec<u8>) {
    let mut rig = Rig::ready();
    let alice = rig.phones().call("PJSIP/alice", "201", "202");
    let bob = rig.phones().dial(&alice, "PJSIP/bob");
    rig.run(10 * SECOND);
    rig.fake.set_lag(Duration::from_secs(3_600));
    (rig, alice, bob)
}

/// Lets the model read its lists, as after a reload, which is no gap.
fn list(rig: &mut Rig) {
    let at = rig.at();
    rig.live.on_event(b"Reload", b"Event: Reload\r\nModule: All\r\n", at);
    rig.run(MOMENT);
}

fn empty() -> Answer {
    Answer::new([("Response", "Success")]).items(Vec::new())
}

#[test]
fn what_a_list_heals_is_counted_once_its_events_must_have_come() {
    let (mut rig, _, bob) = unhearing();
    let carol = rig.phones().call("PJSIP/carol", "203", "600");
    rig.run(2 * SECOND);
    list(&mut rig);
    assert!(rig.live.find_channel(&carol).is_some());
    assert_eq!(rig.live.counters().healed, 0, "its events may be on their way");
    rig.run(10 * SECOND);
    list(&mut rig);
    assert_eq!(rig.live.counters().healed, 0, "nothing has changed");
    rig.phones().rename(&carol, "555", b"Carol", "");
    list(&mut rig);
    assert_eq!(rig.live.counters().healed, 1, "no event told of the name");
    let dave = rig.phones().call("PJSIP/dave", "204", "600");
    rig.run(6 * SECOND);
    list(&mut rig);
    assert_eq!(rig.live.counters().healed, 2, "no event told of the channel");
    rig.phones().rename(&bob, "556", b"Bob", "");
    list(&mut rig);
    assert_eq!(rig.live.counters().healed, 2, "events decide about a channel of which they told");
    rig.phones().rename(&carol, "557", b"Carol", "");
    let erin = rig.phones().call("PJSIP/erin", "205", "600");
    rig.run(6 * SECOND);
    let at = rig.at();
    rig.live.on_too_long(at);
    rig.run(MOMENT);
    assert!(rig.live.find_channel(&dave).is_some() && rig.live.find_channel(&erin).is_some());
    assert_eq!(rig.live.counters().healed, 2, "after a gap there is nothing to verify");
}

#[test]
fn a_channel_that_a_later_list_has_again_is_there_and_the_others_still_end() {
    let (mut rig, alice, bob) = unhearing();
    rig.fake.respond("CoreShowChannels", empty());
    list(&mut rig);
    assert_eq!((rig.live.channels().count(), rig.live.counters().swept), (0, 2));
    rig.fake.unscript("CoreShowChannels");
    rig.phones().hang_up(&bob, 16);
    list(&mut rig);
    assert_eq!((rig.live.channels().count(), rig.live.counters().swept_falsely), (1, 1));
    rig.run(40 * SECOND);
    assert!(rig.live.find_channel(&alice).is_some());
    assert_eq!((rig.live.counters().swept_falsely, rig.live.counters().swept_lost), (1, 1));
    let call = rig.live.call(rig.live.find_call(&alice).unwrap()).unwrap();
    assert_eq!(call.channels().len(), 1);
    rig.fake.respond("CoreShowChannels", empty());
    list(&mut rig);
    rig.fake.unscript("CoreShowChannels");
    list(&mut rig);
    assert_eq!(rig.live.counters().swept_falsely, 2);
}

#[test]
fn a_channel_may_be_missing_in_a_list_for_a_second() {
    for (age, is_there) in [(990, true), (1_000, false)] {
        let mut rig = Rig::ready();
        let frame = b"Event: Newchannel\r\nChannel: PJSIP/new-1\r\nUniqueid: 77.7\r\nLinkedid: 77.7\r\n";
        let at = rig.at();
        rig.live.on_event(b"Newchannel", frame, at);
        rig.run(Duration::from_millis(age));
        let at = rig.at();
        rig.live.on_too_long(at);
        rig.run(Duration::ZERO);
        assert_eq!(rig.live.find_channel(b"77.7").is_some(), is_there, "after {age} ms");
    }
}

#[test]
fn whole_lists_are_counted_each() {
    let mut rig = Rig::ready();
    assert_eq!((rig.asked.len(), rig.live.counters().lists), (2, 2));
    rig.run(4 * SECOND);
    assert_eq!((rig.asked.len(), rig.live.counters().lists), (4, 4));
}

#[test]
fn a_bridge_that_is_gone_is_neither_raised_by_a_list_nor_left_without_one() {
    let (mut rig, alice, bob) = unhearing();
    rig.fake.set_lag(Duration::ZERO);
    rig.phones().bridge(&[&alice, &bob], Purpose::Talk);
    rig.run(MOMENT);
    let id = rig.live.bridges().next().map(|(_, bridge)| bridge.id().to_vec()).expect("they talk");
    let named = |rig: &mut Rig, id: &[u8]| {
        let id = String::from_utf8_lossy(id).into_owned();
        let items = ["", &id].map(|id| {
            let headers = [("Event", "BridgeListItem"), ("BridgeUniqueid", id), ("BridgeType", "basic")];
            headers.map(|(name, value)| (name.into(), value.into())).to_vec()
        });
        rig.fake.respond("BridgeList", Answer::new([("Response", "Success")]).items(items.to_vec()));
    };
    named(&mut rig, &id);
    rig.phones().hang_up(&bob, 16);
    rig.phones().hang_up(&alice, 16);
    rig.run(MOMENT);
    assert_eq!(rig.live.bridges().count(), 0);
    list(&mut rig);
    assert_eq!(rig.live.bridges().count(), 0, "it was destroyed a moment ago, and no bridge has an empty id");
    named(&mut rig, b"another");
    list(&mut rig);
    assert_eq!(rig.live.bridges().count(), 1);
    rig.fake.unscript("BridgeList");
    list(&mut rig);
    assert_eq!(rig.live.bridges().count(), 0, "the list has it no more");
}

#[test]
fn who_still_talks_after_a_gap_is_not_connected_again_and_who_changed_bridges_is_in_the_new_one() {
    let mut rig = Rig::ready();
    let alice = rig.phones().call("PJSIP/alice", "201", "202");
    let bob = rig.phones().dial(&alice, "PJSIP/bob");
    rig.phones().answer(&alice, &bob);
    for (is_moved, times) in [(false, 1), (true, 2)] {
        rig.run(2 * SECOND);
        rig.cut(0);
        if is_moved {
            rig.phones().bridge(&[&alice, &bob], Purpose::Talk);
        }
        rig.connect("call");
        rig.run(MOMENT);
        let connected = rig.ledger.of(&alice).iter().filter(|edge| **edge == "connected").count();
        assert_eq!((connected, rig.differences()), (times, Vec::new()));
    }
}

/// `CoreShowChannels` tells ages in whole seconds.
#[test]
fn channels_that_began_just_before_the_session_make_nobody_deaf() {
    for (before, state) in [(700, State::Current), (0, State::Deaf)] {
        let mut rig = Rig::with(&LiveLimits::default(), account("system", "all"));
        if before > 0 {
            rig.phones().call("PJSIP/alice", "201", "202");
        }
        rig.run(Duration::from_millis(before));
        rig.connect("on");
        rig.run(2 * SECOND);
        if before == 0 {
            rig.phones().call("PJSIP/alice", "201", "202");
        }
        rig.run(60 * SECOND);
        assert_eq!(rig.live.state(), state);
    }
}
