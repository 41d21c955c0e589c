//! Tests single queues: their state in the model and the reported changes.

use std::time::Duration;

use apn_ami::limits::LiveLimits;
use apn_ami::live::{DeviceState, Outcome, Queue, QueueMember, State};
use apn_sim::asterisk::{Answer, Purpose};

use crate::queues::callers;
use crate::rig::{Rig, account};

const MOMENT: Duration = Duration::from_millis(100);
const SECOND: Duration = Duration::from_secs(1);
const MEMBERS: [&str; 2] = ["PJSIP/alice", "PJSIP/bob"];

pub(crate) fn limits() -> LiveLimits {
    LiveLimits { keeps_queues: true, ..LiveLimits::default() }
}

/// A server with a queue of two members, and a session that receives classes `call` and `agent`.
fn support() -> Rig {
    let mut rig = Rig::new(&limits());
    rig.hall().configure("support", MEMBERS);
    rig.connect("call,agent");
    rig.run(MOMENT);
    rig.ledger.take_queue("support");
    rig
}

fn caller(rig: &mut Rig, number: &str) -> Vec<u8> {
    rig.phones().call(&format!("PJSIP/{number}"), number, "300")
}

fn queue<'a>(rig: &'a Rig, name: &str) -> &'a Queue {
    let key = rig.live.find_queue(name.as_bytes()).expect("it is known");
    rig.live.queue(key).expect("it is there")
}

fn waiting(rig: &Rig) -> Vec<String> {
    callers(queue(rig, "support"))
}

fn no_differences(rig: &Rig) {
    assert_eq!(rig.differences(), Vec::<String>::new());
}

#[test]
fn callers_stand_in_their_order_and_leave_in_every_way() {
    let mut rig = support();
    let ids: Vec<_> = ["301", "302", "303", "304"].map(|number| caller(&mut rig, number)).into();
    for id in &ids[..3] {
        rig.hall().join(id, "support", None);
    }
    rig.hall().join(&ids[3], "support", Some(2));
    rig.run(MOMENT);
    let texts: Vec<_> = ids.iter().map(|id| String::from_utf8_lossy(id).into_owned()).collect();
    assert_eq!(
        waiting(&rig),
        [&*texts[0], &*texts[3], &*texts[1], &*texts[2]],
        "with a priority, in the middle"
    );
    assert_eq!(queue(&rig, "support").callers()[1].number(), b"304");
    rig.run(30 * SECOND);
    rig.hall().leave(&ids[0]);
    rig.phones().hang_up(&ids[3], 16);
    rig.run(MOMENT);
    assert_eq!(waiting(&rig), [&*texts[1], &*texts[2]]);
    let member = rig.hall().ring(&ids[1], "PJSIP/alice").unwrap();
    rig.run(3 * SECOND);
    assert_eq!(queue(&rig, "support").member(b"PJSIP/alice").unwrap().state(), Some(DeviceState::Ringing));
    rig.hall().answer(&member);
    rig.run(MOMENT);
    no_differences(&rig);
    assert_eq!(waiting(&rig), [&*texts[2]]);
    let tally = queue(&rig, "support").tally();
    assert_eq!((tally.joined, tally.answered, tally.abandoned, tally.left), (4, 1, 1, 3));
    assert_eq!(outcome(&rig, &ids[3]), Some(Outcome::Abandoned));
    assert_eq!(rig.ledger.take_queue("support").first().map(String::as_str), Some("joined"));
}

fn outcome(rig: &Rig, id: &[u8]) -> Option<Outcome> {
    rig.ledger.outcomes.get(&*String::from_utf8_lossy(id)).copied()
}

#[test]
fn a_call_knows_the_queue_it_waited_in_how_long_and_who_answered() {
    let mut rig = support();
    let id = caller(&mut rig, "301");
    rig.phones().up(&id);
    rig.hall().join(&id, "support", None);
    rig.run(12 * SECOND);
    let now = rig.at().unix;
    let call = rig.live.call(rig.live.find_call(&id).unwrap()).unwrap();
    let visit = call.queue().unwrap();
    assert_eq!((visit.queue(), visit.is_waiting(), visit.agent()), (&b"support"[..], true, None));
    assert_eq!(visit.waited(now).as_secs(), 12);
    let member = rig.hall().ring(&id, "PJSIP/bob").unwrap();
    rig.run(3 * SECOND);
    rig.hall().answer(&member);
    rig.run(10 * SECOND);
    let now = rig.at().unix;
    let call = rig.live.call(rig.live.find_call(&id).unwrap()).unwrap();
    let visit = call.queue().unwrap();
    assert_eq!((visit.agent(), visit.agent_name()), (Some(&b"PJSIP/bob"[..]), Some(&b"PJSIP/bob"[..])));
    assert_eq!((visit.waited(now).as_secs(), visit.is_waiting()), (15, false));
    assert_eq!(call.answered_by_channel(), rig.live.find_channel(&member));
    rig.phones().hang_up(&id, 16);
    rig.phones().hang_up(&member, 16);
    rig.run(SECOND);
    assert_eq!(outcome(&rig, &id), Some(Outcome::Answered));
    let bob = queue(&rig, "support").member(b"PJSIP/bob").unwrap();
    assert_eq!(bob.state(), Some(DeviceState::NotInUse));
    no_differences(&rig);
}

#[test]
fn who_is_pulled_away_leaves_although_nothing_tells_it() {
    let mut rig = support();
    let (first, second) = (caller(&mut rig, "301"), caller(&mut rig, "302"));
    let third = caller(&mut rig, "303");
    for id in [&first, &second, &third] {
        rig.hall().join(id, "support", None);
    }
    rig.run(MOMENT);
    rig.phones().bridge(&[&first, &third], Purpose::Talk);
    rig.run(MOMENT);
    assert_eq!(waiting(&rig), [String::from_utf8_lossy(&second)]);
    no_differences(&rig);
    assert_eq!(queue(&rig, "support").tally().left, 2);
}

#[test]
fn members_come_go_pause_and_change() {
    let mut rig = support();
    rig.hall().add("support", "PJSIP/carol");
    rig.hall().pause("support", "PJSIP/alice", Some("lunch"));
    rig.hall().penalty("support", "PJSIP/bob", 3);
    rig.hall().device("PJSIP/carol", 5);
    rig.run(MOMENT);
    no_differences(&rig);
    let support = queue(&rig, "support");
    assert_eq!(support.member(b"PJSIP/alice").unwrap().pause_reason(), b"lunch");
    assert!(support.member(b"PJSIP/carol").unwrap().is_dynamic());
    let free: Vec<_> =
        support.members().filter(|member| member.is_available()).map(QueueMember::interface).collect();
    assert_eq!(free, [b"PJSIP/bob"]);
    assert_eq!(rig.ledger.take_queue("support"), ["members"], "what happened between two looks is one");
    rig.hall().pause("support", "PJSIP/alice", None);
    rig.hall().remove("support", "PJSIP/carol");
    rig.run(MOMENT);
    assert_eq!(queue(&rig, "support").member(b"PJSIP/alice").unwrap().pause_reason(), b"");
    no_differences(&rig);
}

#[test]
fn what_a_reload_changes_is_seen_at_the_next_list() {
    let mut rig = support();
    rig.hall().device("PJSIP/alice", 2);
    // After the first event the lists come at their normal interval.
    rig.run(6 * SECOND);
    rig.hall().configure("support", ["PJSIP/alice", "PJSIP/dave"]);
    rig.hall().configure("sales", ["PJSIP/eve"]);
    rig.run(5 * SECOND);
    assert!(rig.live.find_queue(b"sales").is_none(), "nothing tells of it");
    rig.run(80 * SECOND);
    no_differences(&rig);
    assert_eq!(rig.ledger.take_queue("sales"), ["added+members+counters"]);
    rig.hall().forget("support");
    rig.run(80 * SECOND);
    no_differences(&rig);
    assert_eq!(rig.ledger.take_queue("support").last().map(String::as_str), Some("removed"));
}

#[test]
fn a_queue_that_an_event_names_is_asked_for_alone() {
    let mut rig = support();
    rig.hall().configure("sales", ["PJSIP/eve"]);
    rig.asked.clear();
    let id = caller(&mut rig, "301");
    rig.hall().join(&id, "sales", None);
    rig.run(2 * SECOND);
    assert_eq!(rig.asked, ["QueueStatus"]);
    assert_eq!(callers(queue(&rig, "sales")).len(), 1);
    assert_eq!(queue(&rig, "support").members().len(), 2, "the others stay");
    no_differences(&rig);
    rig.hall().configure("sales", ["PJSIP/eve", "PJSIP/frank"]);
    rig.hall().device("PJSIP/frank", 2);
    rig.run(2 * SECOND);
    no_differences(&rig);
    rig.hall().forget("sales");
    rig.hall().configure("other", ["PJSIP/eve"]);
    rig.hall().device("PJSIP/eve", 2);
    rig.run(2 * SECOND);
    assert!(rig.live.find_queue(b"other").is_some());
}

#[test]
fn a_number_of_callers_that_differs_is_asked_for() {
    let mut rig = support();
    let (first, second) = (caller(&mut rig, "301"), caller(&mut rig, "302"));
    rig.hall().device("PJSIP/alice", 2);
    rig.run(5 * SECOND);
    rig.asked.clear();
    // The server has a caller that the model loses by a `Hangup` that the server did not send.
    rig.hall().join(&first, "support", None);
    rig.loses_frame = false;
    let at = rig.at();
    rig.run(MOMENT);
    rig.live.on_event(
        b"Hangup",
        format!("Event: Hangup\r\nUniqueid: {}\r\n", String::from_utf8_lossy(&first)).as_bytes(),
        at,
    );
    assert!(waiting(&rig).is_empty());
    rig.hall().join(&second, "support", None);
    rig.run(2 * SECOND);
    assert_eq!(rig.asked, ["QueueStatus"]);
}

#[test]
fn who_connects_in_the_middle_sees_who_waits_and_since_when() {
    let mut rig = Rig::new(&limits());
    rig.hall().configure("support", MEMBERS);
    let (first, second) = (caller(&mut rig, "301"), caller(&mut rig, "302"));
    rig.hall().join(&first, "support", None);
    rig.run(20 * SECOND);
    rig.hall().join(&second, "support", None);
    rig.run(10 * SECOND);
    rig.connect("call,agent");
    rig.run(MOMENT);
    assert_eq!(rig.live.queue_state(), Some(State::Current));
    no_differences(&rig);
    let (support, now) = (queue(&rig, "support"), rig.at().unix);
    assert_eq!(now.saturating_sub(support.waiting_since().unwrap()).as_secs(), 30);
    let call = rig.live.call(rig.live.find_call(&first).unwrap()).unwrap();
    assert_eq!(call.queue().unwrap().queue(), b"support");
    assert_eq!(support.counters().map(|counters| counters.abandoned), Some(0));
}

#[test]
fn a_gap_is_healed_by_the_next_session() {
    let mut rig = support();
    let (first, second) = (caller(&mut rig, "301"), caller(&mut rig, "302"));
    rig.hall().join(&first, "support", None);
    rig.hall().join(&second, "support", None);
    rig.run(2 * SECOND);
    rig.cut(0);
    assert_eq!(rig.live.queue_state(), Some(State::Stale));
    rig.phones().hang_up(&first, 16);
    rig.hall().remove("support", "PJSIP/alice");
    let third = caller(&mut rig, "303");
    rig.hall().join(&third, "support", Some(1));
    rig.connect("call,agent");
    rig.run(SECOND);
    no_differences(&rig);
    let told = rig.ledger.take_queue("support");
    assert_eq!(
        told[told.len() - 2..],
        ["left", "joined+members+counters"],
        "first a list of channels, then one of queues"
    );
}

#[test]
fn a_list_that_is_refused_is_no_empty_list_and_is_asked_for_again() {
    let mut rig = Rig::new(&limits());
    rig.hall().configure("support", MEMBERS);
    rig.fake.respond("QueueStatus", Answer::error("Invalid/unknown command: QueueStatus."));
    rig.connect("call,agent");
    rig.run(2 * SECOND);
    assert_eq!((rig.live.state(), rig.live.queue_state()), (State::Current, Some(State::Syncing)));
    rig.fake.unscript("QueueStatus");
    rig.run(5 * SECOND);
    assert_eq!(rig.live.queue_state(), Some(State::Current));
    no_differences(&rig);
    rig.fake.respond("QueueStatus", Answer::error("Invalid/unknown command: QueueStatus."));
    rig.run(100 * SECOND);
    assert_eq!(rig.live.queue_state(), Some(State::Current), "known before");
    assert_eq!(queue(&rig, "support").members().len(), 2);
    rig.cut(0);
    rig.connect("call,agent");
    rig.run(20 * SECOND);
    assert_eq!(rig.live.queue_state(), Some(State::Denied), "there is no app_queue");
    assert_eq!(rig.live.state(), State::Current, "calls are known all the same");
}

#[test]
fn an_account_that_is_told_no_queues_is_found_out() {
    let mut rig = Rig::with(&limits(), account("call", "all"));
    rig.hall().configure("support", MEMBERS);
    rig.connect("call,agent");
    rig.run(SECOND);
    assert_eq!(rig.live.missing_queue_class(), None);
    for number in ["301", "302", "303", "304"] {
        let id = caller(&mut rig, number);
        rig.hall().join(&id, "support", None);
        rig.run(20 * SECOND);
    }
    assert_eq!(rig.live.queue_state(), Some(State::Deaf));
    assert_eq!(rig.live.missing_queue_class(), Some("agent"));
    let id = caller(&mut rig, "305");
    rig.hall().join(&id, "support", None);
    rig.run(6 * SECOND);
    no_differences(&rig);
}

#[test]
fn a_bound_keeps_out_what_is_too_much_and_says_so() {
    let mut rig = Rig::new(&LiveLimits { queue_entries_max: 5, queues_max: 2, ..limits() });
    rig.hall().configure("support", MEMBERS);
    rig.connect("call,agent");
    rig.run(SECOND);
    assert!(!rig.live.is_truncated());
    let ids: Vec<_> = ["301", "302", "303", "304"].map(|number| caller(&mut rig, number)).into();
    for id in &ids {
        rig.hall().join(id, "support", None);
    }
    rig.run(SECOND);
    assert!(rig.live.is_truncated());
    assert_eq!(waiting(&rig).len(), 3);
    for id in &ids[..3] {
        rig.phones().hang_up(id, 16);
    }
    rig.run(80 * SECOND);
    assert!(!rig.live.is_truncated(), "a list takes it in");
    no_differences(&rig);
    rig.hall().configure("sales", ["PJSIP/eve"]);
    rig.hall().configure("other", ["PJSIP/eve"]);
    rig.run(80 * SECOND);
    assert_eq!((rig.live.queues().count(), rig.live.is_truncated()), (2, true));
}

#[test]
fn memory_of_queues_counts_and_goes_back() {
    let mut rig = support();
    let before = rig.live.bytes();
    let ids: Vec<_> = (0..50).map(|at| caller(&mut rig, &format!("4{at:02}"))).collect();
    rig.run(SECOND);
    let with_channels = rig.live.bytes();
    for id in &ids {
        rig.hall().join(id, "support", None);
    }
    rig.run(SECOND);
    assert!(rig.live.bytes() > with_channels + 50 * 100);
    for id in &ids {
        rig.phones().hang_up(id, 16);
    }
    rig.hall().forget("support");
    rig.run(200 * SECOND);
    assert_eq!(rig.live.queues().count(), 0);
    // The remaining memory is that of the ended calls.
    let calls = rig.live.ended_calls().count();
    let after = rig.live.bytes();
    assert!(
        after < before + calls * 2_000,
        "{before}, then {with_channels}, then {after} with {calls} calls"
    );
}

#[test]
fn nobody_who_does_not_want_queues_pays_for_them() {
    let mut rig = Rig::new(&LiveLimits::default());
    rig.hall().configure("support", MEMBERS);
    rig.connect("call,agent");
    rig.run(100 * SECOND);
    let id = caller(&mut rig, "301");
    rig.hall().join(&id, "support", None);
    rig.run(100 * SECOND);
    assert!(!rig.asked.contains(&"QueueStatus"));
    assert_eq!((rig.live.queue_state(), rig.live.queues().count()), (None, 0));
}

#[test]
fn a_caller_who_changes_places_without_an_event_is_a_change_of_the_queue() {
    let mut rig = support();
    for number in ["301", "302"] {
        let id = caller(&mut rig, number);
        rig.hall().join(&id, "support", None);
    }
    rig.run(SECOND);
    rig.live.keep_changes(7);
    let changed = |rig: &mut Rig, since: u64| {
        rig.live.give_queue_versions();
        rig.live.queues_changed_since(since).map(|(version, _)| version).collect::<Vec<_>>()
    };
    assert_eq!(changed(&mut rig, 7), [], "nothing since then");
    let second = waiting(&rig)[1].clone();
    let name =
        rig.fake.truth().channels.iter().find(|own| own.unique_id == second).map(|own| own.name.clone());
    rig.send(&format!(
        "Action: QueueChangePriorityCaller\r\nQueue: support\r\nCaller: {}\r\nPriority: 5\r\nImmediate: yes\r\n\r\n",
        name.expect("it waits")
    ));
    rig.run(80 * SECOND);
    assert_eq!(waiting(&rig)[0], second, "a list shows it");
    let versions = changed(&mut rig, 7);
    assert_eq!(versions.len(), 1);
    assert_eq!(changed(&mut rig, versions[0]), [], "and once only");
}

#[test]
fn a_removed_queue_is_a_change_until_too_many_were_removed() {
    let mut rig = support();
    rig.live.keep_changes(0);
    let removed = |rig: &mut Rig, since: u64| {
        rig.live.give_queue_versions();
        rig.live.queues_removed_since(since).map(|(_, queue)| queue.name().to_vec()).collect::<Vec<_>>()
    };
    rig.hall().forget("support");
    rig.run(80 * SECOND);
    assert_eq!(removed(&mut rig, 0), [b"support"]);
    let version = rig.live.version();
    assert_eq!(removed(&mut rig, version), Vec::<Vec<u8>>::new());
    for number in 0..101 {
        rig.hall().configure(&format!("queue{number}"), MEMBERS);
    }
    rig.run(80 * SECOND);
    assert_eq!(rig.live.queues().count(), 101);
    for number in 0..101 {
        rig.hall().forget(&format!("queue{number}"));
    }
    rig.run(80 * SECOND);
    assert_eq!(removed(&mut rig, version).len(), 100);
    assert!(rig.live.forgotten_version() > version, "the first of them is not known any more");
}
