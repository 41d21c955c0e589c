//! Queues, and the actions that change them.

use crate::support::{Bench, count, kinds};
use apn_sim::asterisk::{Caller, Options, Release, SessionId};

/// A server with the queue `support` of alice and bob, and a session that reads the events of queues.
fn support(release: Release) -> (Bench, SessionId) {
    let mut bench = Bench::new(Options { release, ..Options::default() });
    bench.asterisk.hall(bench.now).configure("support", ["PJSIP/alice", "PJSIP/bob"]);
    let session = bench.logged_in("agent");
    (bench, session)
}

/// Dave waits in `support`. Returns the name of his channel.
fn joined(bench: &mut Bench, session: SessionId) -> String {
    let dave = Caller { device: "PJSIP/dave".into(), number: b"301".into(), name: Vec::new() };
    let id = bench.asterisk.phones(bench.now).call_as(&dave, "support");
    bench.asterisk.hall(bench.now).join(&id, "support", None);
    let wire = bench.received(session);
    wire.lines().find_map(|line| line.strip_prefix("Channel: ")).expect("a channel").to_owned()
}

fn header<'a>(wire: &'a str, name: &str) -> &'a str {
    let value = wire.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    value.unwrap_or_else(|| panic!("no {name} in {wire}"))
}

#[test]
fn a_server_without_queues_lists_none() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    for action in ["QueueStatus", "QueueSummary"] {
        let wire = bench.act(session, &[&format!("Action: {action}")]);
        assert_eq!(kinds(&wire), ["Response: Success".to_owned(), format!("Event: {action}Complete")]);
        assert_eq!(header(&wire, "ListItems"), "0");
    }
    let add = bench.act(session, &["Action: QueueAdd", "Queue: support", "Interface: PJSIP/alice"]);
    assert_eq!(header(&add, "Message"), "Unable to add interface to queue: No such queue");
}

#[test]
fn a_member_may_be_added_once_and_removed() {
    let (mut bench, session) = support(Release::V22);
    let carol = ["Queue: SUPPORT", "Interface: PJSIP/carol"];
    let add =
        [&["Action: QueueAdd"], &carol[..], &["MemberName: Carol", "Penalty: 3", "Paused: yes"]].concat();
    let wire = bench.act(session, &add);
    assert_eq!(kinds(&wire), ["Response: Success", "Event: QueueMemberAdded"]);
    let expected = ["support", "Carol", "PJSIP/carol", "dynamic", "3", "1"];
    let names = ["Queue", "MemberName", "StateInterface", "Membership", "Penalty", "Paused"];
    assert_eq!(names.map(|name| header(&wire, name)), expected);
    assert_eq!(header(&bench.act(session, &add), "Message"), "Unable to add interface: Already there");

    let remove = [&["Action: QueueRemove"], &carol[..]].concat();
    assert_eq!(kinds(&bench.act(session, &remove)), ["Response: Success", "Event: QueueMemberRemoved"]);
    assert_eq!(header(&bench.act(session, &remove), "Message"), "Unable to remove interface: Not there");
    let alice = bench.act(session, &["Action: QueueRemove", "Queue: support", "Interface: PJSIP/alice"]);
    assert_eq!(header(&alice, "Message"), "Member not dynamic");
}

#[test]
fn a_pause_is_of_one_queue_or_of_all() {
    let (mut bench, session) = support(Release::V22);
    bench.asterisk.hall(bench.now).configure("sales", ["PJSIP/alice"]);
    let pause = ["Action: QueuePause", "Interface: PJSIP/alice", "Paused: true", "Reason: lunch"];
    let wire = bench.act(session, &pause);
    assert_eq!((count(&wire, "Event: QueueMemberPause"), header(&wire, "PausedReason")), (2, "lunch"));
    let back = ["Action: QueuePause", "Queue: sales", "Interface: PJSIP/alice", "Paused: no"];
    let wire = bench.act(session, &back);
    assert_eq!((count(&wire, "Event: QueueMemberPause"), header(&wire, "PausedReason")), (1, ""));
    assert_eq!(header(&wire, "Message"), "Interface unpaused successfully");
    let summary = bench.act(session, &["Action: QueueSummary", "Queue: support"]);
    assert_eq!((header(&summary, "LoggedIn"), header(&summary, "Available")), ("2", "1"));
    let nobody = bench.act(session, &["Action: QueuePause", "Interface: PJSIP/eve", "Paused: 1"]);
    assert_eq!(header(&nobody, "Message"), "Interface not found");
}

#[test]
fn up_to_16_a_pause_has_its_reason_twice() {
    let (mut bench, session) = support(Release::V16);
    let wire =
        bench.act(session, &["Action: QueuePause", "Interface: PJSIP/bob", "Paused: 1", "Reason: lunch"]);
    assert!(wire.contains("\r\nReason: lunch\r\n") && wire.contains("\r\nPausedReason: lunch\r\n"), "{wire}");
}

#[test]
fn numbers_and_switches_of_members_are_checked() {
    let (mut bench, session) = support(Release::V22);
    let mut act = |lines: [&str; 3]| bench.act(session, &lines);
    let wire = act(["Action: QueuePenalty", "Interface: PJSIP/bob", "Penalty: 7"]);
    assert_eq!((kinds(&wire)[1], header(&wire, "Penalty")), ("Event: QueueMemberPenalty", "7"));
    let refused = act(["Action: QueuePenalty", "Interface: PJSIP/eve", "Penalty: 7"]);
    assert_eq!(header(&refused, "Message"), "Invalid interface, queuename or penalty");
    let wire = act(["Action: QueueMemberRingInUse", "Interface: PJSIP/bob", "RingInUse: no"]);
    assert_eq!((kinds(&wire)[1], header(&wire, "Ringinuse")), ("Event: QueueMemberRinginuse", "0"));
    let refused = act(["Action: QueueMemberRingInUse", "Interface: PJSIP/bob", "RingInUse: maybe"]);
    assert!(refused.contains("must be a truth value"), "{refused}");
}

#[test]
fn callers_are_withdrawn_and_change_places() {
    let (mut bench, session) = support(Release::V22);
    let [first, second] = [(); 2].map(|()| joined(&mut bench, session));
    let order = |bench: &mut Bench| -> Vec<String> {
        let wire = bench.act(session, &["Action: QueueStatus", "Member: none"]);
        wire.lines().filter_map(|line| line.strip_prefix("Channel: ")).map(str::to_owned).collect()
    };
    assert_eq!(order(&mut bench), [first.clone(), second.clone()]);
    let caller = format!("Caller: {second}");
    let action = ["Action: QueueChangePriorityCaller", "Queue: support", &caller, "Priority: 5"];
    bench.act(session, &action);
    assert_eq!(order(&mut bench), [first.clone(), second.clone()], "it counts for the next one who joins");
    bench.act(session, &[&action[..], &["Immediate: yes"]].concat());
    assert_eq!(order(&mut bench), [second.clone(), first.clone()]);

    let wire = bench.act(session, &["Action: QueueWithdrawCaller", "Queue: support", &caller]);
    assert_eq!(kinds(&wire), ["Response: Success", "Event: QueueCallerLeave"]);
    assert_eq!(order(&mut bench), [first]);
    let again = bench.act(session, &["Action: QueueWithdrawCaller", "Queue: support", &caller]);
    assert_eq!(header(&again, "Message"), "Unable to request withdraw from queue: No such caller");
}

#[test]
fn a_reset_of_the_counters_is_told_by_no_event() {
    let (mut bench, session) = support(Release::V22);
    let channel = joined(&mut bench, session);
    bench.act(session, &["Action: Hangup", &format!("Channel: {channel}")]);
    let abandoned =
        |bench: &mut Bench| header(&bench.act(session, &["Action: QueueStatus"]), "Abandoned").to_owned();
    assert_eq!(abandoned(&mut bench), "1");
    assert_eq!(kinds(&bench.act(session, &["Action: QueueReset"])), ["Response: Success"]);
    assert_eq!(abandoned(&mut bench), "0");
}
