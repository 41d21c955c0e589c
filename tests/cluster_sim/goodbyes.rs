//! Sessions that end on request: close, shutdown, removal, `Logoff`.

use std::time::Duration;

use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::limits::ClusterLimits;
use apn_ami::node::{CompletionPolicy, ConnectionState};
use apn_sim::world::Door;

use crate::harness::{Harness, LONG, Setup, action, ended, millis, seconds};

#[test]
fn a_closed_server_says_goodbye_and_is_not_connected_again() {
    let mut harness = Harness::ready(Setup::default());
    harness.tap().records = true;
    harness.close(0, seconds(5));
    let took =
        harness.until("closed", seconds(5), |harness| harness.state(0) == ConnectionState::Disconnected);
    assert_eq!(took, Duration::ZERO);
    harness.run(seconds(600));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::Requested]);
    assert_eq!(harness.tap().connects.len(), 1);
    assert!(harness.client.network().streams_of("n0")[0].to_server.starts_with(b"Action: Logoff\r\n"));
    assert_eq!((harness.health(0).next_retry_at, harness.client.next_timer()), (None, None));
    harness.saw("Goodbye, then 600 s of nothing");
}

#[test]
fn a_server_that_is_closed_while_it_waits_for_its_next_try_leaves_no_timer() {
    let mut harness = Harness::new(Setup::default());
    let site = harness.site(0);
    harness.world().set_door(site, Door::Refused);
    harness.open(0);
    harness.run(millis(10));
    assert!(harness.client.next_timer().is_some());
    harness.close(0, seconds(5));
    assert_eq!(harness.client.next_timer(), None);
    harness.saw("a try is planned, then nothing");
}

#[test]
fn the_shut_down_of_a_cluster_ends_as_soon_as_every_goodbye_was_answered() {
    for (silent, expected) in [(false, Duration::ZERO), (true, seconds(5))] {
        let mut harness = Harness::ready(Setup { servers: 20, ..Setup::default() });
        if silent {
            let now = harness.now();
            harness.fake(7).freeze(true, now);
        }
        let start = harness.now();
        harness.client.shut_down(seconds(5));
        assert_eq!(harness.now() - start, expected);
        assert!((0..20).all(|at| harness.state(at) == ConnectionState::Disconnected));
        harness.drain();
        assert!((0..20).all(|at| harness.watch(at).ends() == [DisconnectReason::Requested]));
    }
    crate::harness::saw(1, "at once, and after the grace where one of 20 is silent");
}

#[test]
fn a_second_close_shortens_the_wait_for_a_goodbye_and_never_lengthens_it() {
    for (second, expected) in [(0, 1), (2, 3), (20, 5)] {
        let mut harness = Harness::ready(Setup::default());
        let now = harness.now();
        harness.fake(0).freeze(true, now);
        harness.close(0, seconds(5));
        harness.run(seconds(1));
        harness.close(0, seconds(second));
        let closed = |harness: &mut Harness| harness.state(0) == ConnectionState::Disconnected;
        let took = seconds(1) + harness.until("closed", seconds(20), closed);
        assert_eq!(took, seconds(expected));
    }
    crate::harness::saw(3, "the earlier end of both counts");
}

#[test]
fn answers_that_are_on_their_way_come_before_the_goodbye() {
    let mut harness = Harness::ready(Setup::default());
    harness.fake(0).fill_list("QueueStatus", 3);
    let list = harness.send(0, "QueueStatus", &[]);
    let peers = harness.send(0, "IAXpeers", &[]);
    harness.close(0, seconds(5));
    assert_eq!(harness.outcome(&list).expect("its answer came whole").events.len(), 3);
    assert_eq!(harness.outcome(&peers).expect("its answer came whole").events.len(), 2);
    harness.run(seconds(1));
    let story = harness.watch(0).story().split_off(5);
    assert_eq!(story, ["closing", "end of QueueStatus", "end of IAXpeers", "disconnected"]);
    harness.saw("two lists, then Goodbye");
}

#[test]
fn what_is_not_answered_when_the_grace_is_over_has_an_unknown_outcome() {
    let mut harness = Harness::ready(Setup::default());
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait")];
    let originate = harness.send(0, "Originate", &call);
    harness.step(millis(1));
    harness.close(0, seconds(2));
    let took =
        harness.until("closed", seconds(5), |harness| harness.state(0) == ConnectionState::Disconnected);
    assert_eq!(took, seconds(2));
    let error = ended(&originate.cell).expect_err("no answer");
    assert!(matches!(error, ActionError::OutcomeUnknown { reason: DisconnectReason::Requested, .. }));
    harness.saw("a call that rings for 30 s, a grace of 2 s");
}

#[test]
fn a_logoff_sent_as_an_action_means_the_same_as_closing() {
    let mut harness = Harness::ready(Setup::default());
    let answer = harness.ask(0, "Logoff", &[]).expect("Goodbye");
    assert!(answer.response.name().eq_ignore_ascii_case(b"Goodbye"));
    harness.run(seconds(600));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::Requested]);
    assert_eq!(harness.tap().connects.len(), 1);
    harness.saw("Goodbye is its answer, and nobody connects again");
}

#[test]
fn a_server_that_was_closed_can_be_opened_again() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["Hangup"]);
    for _ in 0..5 {
        harness.close(0, seconds(1));
        harness.run(seconds(1));
        harness.open(0);
        harness.until("Ready", seconds(1), |harness| harness.is_ready(0));
        harness.emit(0, "Hangup", "call", &[]);
        harness.run(millis(10));
    }
    // The server is opened while its goodbye is not answered yet. It connects again by itself.
    harness.close(0, seconds(1));
    harness.open(0);
    harness.until_back(0, seconds(2));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::Requested; 6]);
    assert_eq!(harness.watch(0).events_named("Hangup"), 5);
    harness.saw("closed and opened six times");
}

#[test]
fn a_removed_server_ends_its_actions_owes_its_deliveries_and_never_comes_back() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    harness.subscribe(&["*"]);
    harness.take_max = 0;
    let (id, slow) = (
        harness.ids[0],
        harness.send(0, "Originate", &[("Channel", "PJSIP/noanswer"), ("Application", "W")]),
    );
    harness.emit(0, "Hangup", "call", &[]);
    harness.step(millis(1));
    harness.client.remove_server(id);
    assert!(matches!(ended(&slow.cell), Err(ActionError::OutcomeUnknown { .. })));
    harness.client.open(id);
    let refused =
        harness.client.send(id, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("removed");
    assert!(refused.is_retry_safe());
    harness.take_max = 100;
    harness.run(seconds(60));
    assert_eq!(harness.client.cluster().state(id), ConnectionState::Disconnected);
    assert_eq!(harness.watch(0).story()[5..], ["Hangup", "end of Originate", "disconnected"]);
    assert!(harness.client.cluster().health(id).is_none(), "nothing is left of it");
    let gone = harness.client.send(id, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("gone");
    assert!(matches!(gone, ActionError::Removed { .. }) && gone.is_retry_safe());
    assert!(harness.ask(1, "Ping", &[]).is_ok(), "its neighbour noticed nothing");
    assert_eq!(harness.tap().connects.len(), 2);
    harness.saw("one of two removed with a call pending");
}

#[test]
fn opening_and_closing_without_budget_holds_no_memory() {
    let cluster = ClusterLimits { tick_connects_max: 1, second_connects_max: 1, ..ClusterLimits::default() };
    let mut harness = Harness::new(Setup { servers: 3, cluster, ..Setup::default() });
    harness.open(0);
    let mut sizes = Vec::new();
    for _ in 0..2 {
        for _ in 0..1_000 {
            harness.open(1);
            harness.open(2);
            harness.close(1, Duration::ZERO);
        }
        sizes.push(format!("{:?}", harness.client.cluster()).len());
    }
    assert_eq!(sizes[0], sizes[1], "what the client holds, printed");
    harness.until("the one that is wanted is Ready", LONG, |harness| harness.is_ready(2));
    assert_eq!(harness.state(1), ConnectionState::Disconnected);
    harness.saw("2,000 times opened and closed within a second");
}

#[test]
fn a_grace_beyond_all_clocks_is_taken_as_the_longest() {
    let mut harness = Harness::ready(Setup { servers: 2, ..Setup::default() });
    harness.fake(0).ignore("Logoff");
    harness.close(0, Duration::MAX);
    harness.run(seconds(10));
    assert_eq!(harness.state(0), ConnectionState::Closing);
    harness.client.shut_down(Duration::MAX);
    assert_eq!(harness.state(1), ConnectionState::Disconnected);
    harness.saw("24 h");
}

#[test]
fn a_key_can_be_used_again_while_the_removed_server_still_owes_its_last_words() {
    let mut harness = Harness::ready(Setup::default());
    harness.subscribe(&["Hangup"]);
    harness.take_max = 0;
    harness.emit(0, "Hangup", "call", &[]);
    harness.step(millis(1));
    harness.client.remove_server(harness.ids[0]);
    let new = harness.add_again(0);
    harness.open(new);
    harness.take_max = 100;
    harness.until("Ready", seconds(1), |harness| harness.is_ready(new));
    harness.emit(0, "Hangup", "call", &[]);
    harness.run(millis(10));
    assert_eq!(harness.watch(0).story()[5..], ["Hangup", "disconnected"]);
    assert_eq!(harness.watch(new).story().last().map(String::as_str), Some("Hangup"));
    assert_eq!(harness.client.cluster().server_id("n0"), Some(harness.ids[new]));
    assert_eq!(harness.watch(new).ends(), []);
    harness.saw("n0 removed and added again within a tick");
}
