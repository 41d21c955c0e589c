//! Sessions that end because somebody wants them to: close, shut down, remove, `Logoff`.

use std::time::Duration;

use apn_ami::error::{ActionError, DisconnectReason};
use apn_ami::limits::ClusterLimits;
use apn_ami::node::{CompletionPolicy, ConnectionState};
use apn_sim::world::Door;

use crate::desk::{Desk, LONG, Setup, action, ended, millis, seconds};

#[test]
fn a_closed_server_says_goodbye_and_is_not_connected_again() {
    let mut desk = Desk::ready(Setup::default());
    desk.tap().records = true;
    desk.close(0, seconds(5));
    let took = desk.until("closed", seconds(5), |desk| desk.state(0) == ConnectionState::Disconnected);
    assert_eq!(took, Duration::ZERO);
    desk.run(seconds(600));
    assert_eq!(desk.watch(0).ends(), [DisconnectReason::Requested]);
    assert_eq!(desk.tap().connects.len(), 1);
    assert!(desk.client.network().streams_of("n0")[0].to_server.starts_with(b"Action: Logoff\r\n"));
    assert_eq!((desk.health(0).next_retry_at, desk.client.next_timer()), (None, None));
    desk.saw("Goodbye, then 600 s of nothing");
}

#[test]
fn a_server_that_is_closed_while_it_waits_for_its_next_try_leaves_no_timer() {
    let mut desk = Desk::new(Setup::default());
    let site = desk.site(0);
    desk.world().set_door(site, Door::Refused);
    desk.open(0);
    desk.run(millis(10));
    assert!(desk.client.next_timer().is_some());
    desk.close(0, seconds(5));
    assert_eq!(desk.client.next_timer(), None);
    desk.saw("a try is planned, then nothing");
}

#[test]
fn the_shut_down_of_a_cluster_ends_as_soon_as_every_goodbye_was_answered() {
    for (silent, expected) in [(false, Duration::ZERO), (true, seconds(5))] {
        let mut desk = Desk::ready(Setup { servers: 20, ..Setup::default() });
        if silent {
            let now = desk.now();
            desk.fake(7).freeze(true, now);
        }
        let start = desk.now();
        desk.client.shut_down(seconds(5));
        assert_eq!(desk.now() - start, expected);
        assert!((0..20).all(|at| desk.state(at) == ConnectionState::Disconnected));
        desk.drain();
        assert!((0..20).all(|at| desk.watch(at).ends() == [DisconnectReason::Requested]));
    }
    crate::desk::saw(1, "at once, and after the grace where one of 20 is silent");
}

#[test]
fn a_second_close_shortens_the_wait_for_a_goodbye_and_never_lengthens_it() {
    for (second, expected) in [(0, 1), (2, 3), (20, 5)] {
        let mut desk = Desk::ready(Setup::default());
        let now = desk.now();
        desk.fake(0).freeze(true, now);
        desk.close(0, seconds(5));
        desk.run(seconds(1));
        desk.close(0, seconds(second));
        let closed = |desk: &mut Desk| desk.state(0) == ConnectionState::Disconnected;
        let took = seconds(1) + desk.until("closed", seconds(20), closed);
        assert_eq!(took, seconds(expected));
    }
    crate::desk::saw(3, "the earlier end of both counts");
}

#[test]
fn answers_that_are_on_their_way_come_before_the_goodbye() {
    let mut desk = Desk::ready(Setup::default());
    desk.fake(0).fill_list("QueueStatus", 3);
    let list = desk.send(0, "QueueStatus", &[]);
    let peers = desk.send(0, "IAXpeers", &[]);
    desk.close(0, seconds(5));
    assert_eq!(desk.outcome(&list).expect("its answer came whole").events.len(), 3);
    assert_eq!(desk.outcome(&peers).expect("its answer came whole").events.len(), 2);
    desk.run(seconds(1));
    let story = desk.watch(0).story().split_off(5);
    assert_eq!(story, ["closing", "end of QueueStatus", "end of IAXpeers", "disconnected"]);
    desk.saw("two lists, then Goodbye");
}

#[test]
fn what_is_not_answered_when_the_grace_is_over_has_an_unknown_outcome() {
    let mut desk = Desk::ready(Setup::default());
    let call = [("Channel", "PJSIP/noanswer"), ("Application", "Wait")];
    let originate = desk.send(0, "Originate", &call);
    desk.step(millis(1));
    desk.close(0, seconds(2));
    let took = desk.until("closed", seconds(5), |desk| desk.state(0) == ConnectionState::Disconnected);
    assert_eq!(took, seconds(2));
    let error = ended(&originate.slot).expect_err("no answer");
    assert!(matches!(error, ActionError::OutcomeUnknown { reason: DisconnectReason::Requested, .. }));
    desk.saw("a call that rings for 30 s, a grace of 2 s");
}

#[test]
fn a_logoff_sent_as_an_action_means_the_same_as_closing() {
    let mut desk = Desk::ready(Setup::default());
    let answer = desk.ask(0, "Logoff", &[]).expect("Goodbye");
    assert!(answer.response.name().eq_ignore_ascii_case(b"Goodbye"));
    desk.run(seconds(600));
    assert_eq!(desk.watch(0).ends(), [DisconnectReason::Requested]);
    assert_eq!(desk.tap().connects.len(), 1);
    desk.saw("Goodbye is its answer, and nobody connects again");
}

#[test]
fn a_server_that_was_closed_can_be_opened_again() {
    let mut desk = Desk::ready(Setup::default());
    desk.subscribe(&["Hangup"]);
    for _ in 0..5 {
        desk.close(0, seconds(1));
        desk.run(seconds(1));
        desk.open(0);
        desk.until("Ready", seconds(1), |desk| desk.is_ready(0));
        desk.emit(0, "Hangup", "call", &[]);
        desk.run(millis(10));
    }
    // Opened while it still says goodbye: it comes back by itself.
    desk.close(0, seconds(1));
    desk.open(0);
    desk.until_back(0, seconds(2));
    assert_eq!(desk.watch(0).ends(), [DisconnectReason::Requested; 6]);
    assert_eq!(desk.watch(0).events_named("Hangup"), 5);
    desk.saw("closed and opened six times");
}

#[test]
fn a_removed_server_ends_its_actions_owes_its_deliveries_and_never_comes_back() {
    let mut desk = Desk::ready(Setup { servers: 2, ..Setup::default() });
    desk.subscribe(&["*"]);
    desk.take_max = 0;
    let (id, slow) =
        (desk.ids[0], desk.send(0, "Originate", &[("Channel", "PJSIP/noanswer"), ("Application", "W")]));
    desk.emit(0, "Hangup", "call", &[]);
    desk.step(millis(1));
    desk.client.remove_server(id);
    assert!(matches!(ended(&slow.slot), Err(ActionError::OutcomeUnknown { .. })));
    desk.client.open(id);
    let refused =
        desk.client.send(id, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("removed");
    assert!(refused.is_retry_safe());
    desk.take_max = 100;
    desk.run(seconds(60));
    assert_eq!(desk.client.cluster().state(id), ConnectionState::Disconnected);
    assert_eq!(desk.watch(0).story()[5..], ["Hangup", "end of Originate", "disconnected"]);
    assert!(desk.client.cluster().health(id).is_none(), "nothing is left of it");
    let gone = desk.client.send(id, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("gone");
    assert!(matches!(gone, ActionError::Removed { .. }) && gone.is_retry_safe());
    assert!(desk.ask(1, "Ping", &[]).is_ok(), "its neighbour noticed nothing");
    assert_eq!(desk.tap().connects.len(), 2);
    desk.saw("one of two removed with a call pending");
}

#[test]
fn opening_and_closing_without_budget_holds_no_memory() {
    let cluster = ClusterLimits { tick_connects_max: 1, second_connects_max: 1, ..ClusterLimits::default() };
    let mut desk = Desk::new(Setup { servers: 3, cluster, ..Setup::default() });
    desk.open(0);
    let mut sizes = Vec::new();
    for _ in 0..2 {
        for _ in 0..1_000 {
            desk.open(1);
            desk.open(2);
            desk.close(1, Duration::ZERO);
        }
        sizes.push(format!("{:?}", desk.client.cluster()).len());
    }
    assert_eq!(sizes[0], sizes[1], "what the client holds, printed");
    desk.until("the one that is wanted is Ready", LONG, |desk| desk.is_ready(2));
    assert_eq!(desk.state(1), ConnectionState::Disconnected);
    desk.saw("2,000 times opened and closed within a second");
}

#[test]
fn a_grace_beyond_all_clocks_is_taken_as_the_longest() {
    let mut desk = Desk::ready(Setup { servers: 2, ..Setup::default() });
    desk.fake(0).ignore("Logoff");
    desk.close(0, Duration::MAX);
    desk.run(seconds(10));
    assert_eq!(desk.state(0), ConnectionState::Closing);
    desk.client.shut_down(Duration::MAX);
    assert_eq!(desk.state(1), ConnectionState::Disconnected);
    desk.saw("24 h");
}

#[test]
fn a_key_can_be_used_again_while_the_removed_server_still_owes_its_last_words() {
    let mut desk = Desk::ready(Setup::default());
    desk.subscribe(&["Hangup"]);
    desk.take_max = 0;
    desk.emit(0, "Hangup", "call", &[]);
    desk.step(millis(1));
    desk.client.remove_server(desk.ids[0]);
    let new = desk.add_again(0);
    desk.open(new);
    desk.take_max = 100;
    desk.until("Ready", seconds(1), |desk| desk.is_ready(new));
    desk.emit(0, "Hangup", "call", &[]);
    desk.run(millis(10));
    assert_eq!(desk.watch(0).story()[5..], ["Hangup", "disconnected"]);
    assert_eq!(desk.watch(new).story().last().map(String::as_str), Some("Hangup"));
    assert_eq!(desk.client.cluster().server_id("n0"), Some(desk.ids[new]));
    assert_eq!(desk.watch(new).ends(), []);
    desk.saw("n0 removed and added again within a tick");
}
