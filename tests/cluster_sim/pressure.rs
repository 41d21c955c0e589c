//! Sending: only when the server is Ready, never beyond a bound, and never a part of an action.

use apn_ami::error::ActionError;
use apn_ami::limits::{ClusterLimits, Limits, UNDELIVERED_CHANGES_MAX};
use apn_ami::node::{CompletionPolicy, ConnectionState};
use apn_ami::settings::EventMask;
use apn_sim::link::LinkOptions;
use apn_sim::world::Door;

use crate::harness::{Harness, LONG, Setup, action, ended, millis, seconds};

fn refused_while(harness: &mut Harness, expected: ConnectionState) {
    assert_eq!(harness.state(0), expected);
    let error =
        harness.send_with(0, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("not Ready");
    assert!(error.is_retry_safe());
    let ActionError::NotReady { server, state, action } = error else { panic!("{error}") };
    assert_eq!((server.as_str(), state, action.as_str()), ("n0", expected, "Ping"));
}

#[test]
fn an_action_outside_ready_is_refused_at_once_with_server_and_state() {
    let mut harness = Harness::new(Setup::default());
    let site = harness.site(0);
    refused_while(&mut harness, ConnectionState::Disconnected);
    harness.world().set_door(site, Door::Blackhole);
    harness.open(0);
    refused_while(&mut harness, ConnectionState::Resolving);
    harness.run(millis(1));
    refused_while(&mut harness, ConnectionState::Connecting);
    harness.close(0, seconds(1));
    refused_while(&mut harness, ConnectionState::Disconnected);

    harness.world().set_door(site, Door::Open);
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    harness.open(0);
    harness.run(millis(1));
    refused_while(&mut harness, ConnectionState::Connected);
    harness.fake(0).refuse_logins(true);
    let now = harness.now();
    harness.fake(0).freeze(false, now);
    harness.run(millis(500));
    refused_while(&mut harness, ConnectionState::Authenticating);
    harness.fake(0).refuse_logins(false);
    harness.until("Ready", seconds(60), |harness| harness.is_ready(0));
    harness.fake(0).ignore("Logoff");
    harness.close(0, seconds(5));
    refused_while(&mut harness, ConnectionState::Closing);
    harness.run(seconds(5));
    refused_while(&mut harness, ConnectionState::Disconnected);
    assert_eq!(harness.metrics(0).node.actions_sent, 0);
    harness.saw("refused in each of the six other states");
}

#[test]
fn the_pending_table_is_bounded_and_what_is_refused_never_leaves() {
    let limits = Limits { pending_actions_max: 3, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.fake(0).record_requests();
    harness.fake(0).ask("Slow");
    let tickets: Vec<_> = (0..3).map(|_| harness.send(0, "Slow", &[])).collect();
    for _ in 0..10 {
        let error =
            harness.send_with(0, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("full");
        assert!(error.is_retry_safe());
        assert!(matches!(error, ActionError::Backpressure { bound: "maxPendingActions", limit: 3, .. }));
    }
    harness.client.cancel(harness.ids[0], tickets[1].id.sequence());
    harness
        .send_with(0, &action("Ping", &[]), &CompletionPolicy::default())
        .expect_err("its ending was not seen");
    harness.client.cluster_mut().seen(harness.ids[0], &tickets[1].cell);
    let ping = harness.send(0, "Ping", &[]);
    harness.run(seconds(1));
    for _ in 0..3 {
        let (now, questions) = (harness.now(), harness.fake(0).take_questions());
        for question in questions {
            harness.fake(0).answer(&question, &apn_sim::asterisk::Answer::default(), now);
        }
        harness.run(millis(1));
    }
    assert!(ended(&ping.cell).is_ok());
    let names = harness.fake(0).take_requests().into_iter().map(|(_, request)| request.action().to_vec());
    assert_eq!(names.collect::<Vec<_>>(), [&b"Slow"[..], b"Slow", b"Slow", b"Ping"]);
    harness.saw("3 pending, 10 refused, 1 after a place was free");
}

#[test]
fn the_outbox_is_bounded_and_what_was_taken_leaves_whole() {
    let limits = Limits { outbox_bytes_max: 4_096, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.fake(0).record_requests();
    let site = harness.site(0);
    harness.world().stall(site, true);
    harness.world().set_links(site, LinkOptions { buffer_bytes: 10, ..LinkOptions::default() });
    let value = "x".repeat(700);
    let mut taken = Vec::new();
    let error = loop {
        match harness.send_with(
            0,
            &action("UserEvent", &[("UserEvent", &value)]),
            &CompletionPolicy::default(),
        ) {
            Ok(ticket) => taken.push(ticket),
            Err(error) => break error,
        }
        harness.step(millis(1));
    };
    assert!(matches!(error, ActionError::Backpressure { bound: "writeBufferLimit", limit: 4_096, .. }));
    assert!(error.is_retry_safe() && taken.len() == 5);
    assert!(harness.metrics(0).outbox_bytes > 3_000);
    let small = harness.send_with(0, &action("Ping", &[]), &CompletionPolicy::default());
    assert!(small.is_ok(), "there is still room for a small one");
    harness.world().stall(site, false);
    harness.until("all ended", LONG, |_| taken.iter().all(|ticket| ticket.cell.outcome().is_some()));
    assert!(taken.iter().all(|ticket| ended(&ticket.cell).is_ok()));
    let whole = harness.fake(0).take_requests();
    assert_eq!(
        whole.iter().filter(|(_, request)| request.header("UserEvent") == value.as_bytes()).count(),
        5
    );
    harness.saw("5 actions of 700 bytes into 4 KiB, through a link of 10 bytes");
}

#[test]
fn partial_writes_resume_through_a_link_of_a_few_bytes() {
    for (seed, width) in (0..20).zip(0..20_usize) {
        let links = LinkOptions {
            latency: millis(1),
            jitter: millis(2),
            piece_bytes_max: 1 + width % 5,
            buffer_bytes: 3 + width,
            ..LinkOptions::default()
        };
        let mut harness = Harness::ready(Setup { seed, links, ..Setup::default() });
        let tickets: Vec<_> = (0..20).map(|_| harness.send(0, "Ping", &[])).collect();
        harness.until("all ended", LONG, |_| tickets.iter().all(|ticket| ticket.cell.outcome().is_some()));
        assert!(tickets.iter().all(|ticket| ended(&ticket.cell).is_ok()));
        assert_eq!(harness.watch(0).ends(), []);
    }
    crate::harness::saw(0, "20 links of 3 to 22 bytes, 20 Pings each");
}

#[test]
fn bytes_of_a_dead_session_never_reach_the_next_one() {
    let mut harness = Harness::ready(Setup::default());
    harness.tap().records = true;
    let site = harness.site(0);
    harness.world().set_links(site, LinkOptions { buffer_bytes: 40, ..LinkOptions::default() });
    harness.world().stall(site, true);
    let tickets: Vec<_> = (0..3).map(|_| harness.send(0, "UserEvent", &[("UserEvent", "half")])).collect();
    harness.run(millis(10));
    harness.world().reset(site);
    harness.world().set_links(site, LinkOptions::default());
    harness.until_back(0, seconds(5));
    harness.run(seconds(60));
    let streams = harness.client.network().streams_of("n0");
    assert!(streams[0].to_server.starts_with(b"Action: UserEvent\r\n") && streams[0].to_server.len() == 40);
    let next = String::from_utf8_lossy(&streams[1].to_server).into_owned();
    assert!(next.starts_with("Action: Challenge\r\n") && !next.contains("half"), "{next}");
    assert!(matches!(ended(&tickets[0].cell), Err(ActionError::OutcomeUnknown { .. })));
    assert!(matches!(ended(&tickets[1].cell), Err(ActionError::NotSent { .. })));
    assert!(matches!(ended(&tickets[2].cell), Err(ActionError::NotSent { .. })));
    harness.saw("40 bytes left, 3 actions died with their session");
}

#[test]
fn the_outbox_stays_within_its_bound_whatever_listeners_come_and_go() {
    let limits = Limits { outbox_bytes_max: 4_096, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, mask: EventMask::Auto, ..Setup::default() });
    harness.fake(0).record_requests();
    let site = harness.site(0);
    harness.world().set_links(site, LinkOptions { buffer_bytes: 1, ..LinkOptions::default() });
    harness.world().stall(site, true);
    let mut last = None;
    for _ in 0..500 {
        last.take().map(|id| harness.client.unsubscribe(id));
        harness.step(millis(1));
        last = Some(harness.subscribe(&["Hangup"]));
        harness.step(millis(1));
    }
    assert!(harness.metrics(0).outbox_bytes < 200, "one Events on its way");
    harness.world().stall(site, false);
    harness.world().set_links(site, LinkOptions::default());
    harness.run(seconds(1));
    let requests = harness.fake(0).take_requests();
    let last = requests.last().map(|(_, request)| request.header("EventMask"));
    assert_eq!(last, Some(b"call".as_slice()), "the last wish wins");
    harness.saw("1,000 changes of mind into a link that takes nothing");
}

#[test]
fn endings_that_nobody_takes_count_as_pending_until_they_are_delivered() {
    let limits = Limits { pending_actions_max: 20, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    harness.drain();
    harness.take_max = 0;
    let mut sent = 0;
    for _ in 0..500 {
        sent += u32::from(harness.send_with(0, &action("Ping", &[]), &CompletionPolicy::default()).is_ok());
        harness.emit(0, "Hangup", "call", &[("Channel", "PJSIP/a")]);
        harness.step(millis(5));
    }
    assert_eq!((sent, harness.health(0).pending_actions), (20, 20));
    harness.take_max = 5;
    harness.take();
    assert_eq!(harness.health(0).pending_actions, 15, "each leaves with its delivery");
    for _ in 0..5 {
        harness.send(0, "Ping", &[]);
    }
    harness.send_with(0, &action("Ping", &[]), &CompletionPolicy::default()).expect_err("full");
    harness.take_max = usize::MAX;
    harness.run(seconds(1));
    assert_eq!(harness.health(0).pending_actions, 0);
    harness.saw("500 sends without a taker, 20 taken");
}

#[test]
fn the_bytes_of_answers_that_nobody_takes_are_bounded_too() {
    const ANSWER: usize = 24_000;
    let limits = Limits { action_bytes_max: 64 * 1_024, ..Limits::default() };
    let mut harness = Harness::ready(Setup { limits, ..Setup::default() });
    let answer = apn_sim::asterisk::Answer::new([("Text", "x".repeat(ANSWER).as_str())]);
    harness.fake(0).respond("Large", answer);
    harness.drain();
    harness.take_max = 0;
    let mut tickets = Vec::new();
    let error = loop {
        match harness.send_with(0, &action("Large", &[]), &CompletionPolicy::default()) {
            Ok(ticket) => tickets.push(ticket),
            Err(error) => break error,
        }
        harness.step(millis(5));
        harness.step(millis(5));
    };
    assert!(
        matches!(error, ActionError::Backpressure { bound: "maxActionBytes", limit: 65_536, .. }),
        "{error}"
    );
    assert_eq!(tickets.len(), 3);

    // All actions are sent before one of them is answered.
    harness.take_max = usize::MAX;
    harness.run(seconds(1));
    harness.take_max = 0;
    let tickets: Vec<_> = (0..20).map(|_| harness.send(0, "Large", &[])).collect();
    harness.run(seconds(1));
    let (well, badly): (Vec<_>, Vec<_>) =
        tickets.iter().map(|ticket| ended(&ticket.cell)).partition(Result::is_ok);
    assert_eq!((well.len(), badly.len()), (5, 15), "twice the bound, and not a byte more");
    let is_too_large = |error| matches!(error, ActionError::TooLarge { bound: "maxActionBytes", .. });
    assert!(badly.into_iter().filter_map(Result::err).all(is_too_large));
    harness.take_max = usize::MAX;
    harness.run(seconds(1));
    assert!(harness.ask(0, "Large", &[]).is_ok(), "what was delivered takes no room");
    harness.saw("3 answers of 24,000 bytes fill 64 KiB");
}

#[test]
fn an_owner_who_never_comes_back_is_owed_no_end_of_changes() {
    let limits = Limits {
        reconnect_delay_min: millis(1),
        reconnect_delay_max: millis(1),
        breaker_failures_max: 1_000,
        breaker_cooldown: millis(1),
        ..Limits::default()
    };
    let cluster = ClusterLimits { second_connects_max: 10_000, ..ClusterLimits::default() };
    let mut harness = Harness::ready(Setup { limits, cluster, ..Setup::default() });
    harness.drain();
    harness.take_max = 0;
    let site = harness.site(0);
    harness.world().set_door(site, Door::Refused);
    harness.world().reset(site);
    harness.run(seconds(60));
    let before = harness.client.cluster().totals().transitions;
    harness.run(seconds(60));
    assert_eq!(harness.client.cluster().totals().transitions, before, "no connect for who is owed so much");
    let mut due = Vec::new();
    harness.client.drain_deliveries(usize::MAX, &mut due);
    let changes = UNDELIVERED_CHANGES_MAX..UNDELIVERED_CHANGES_MAX + 10;
    assert!(changes.contains(&due.len()), "{} are owed", due.len());
    harness.world().set_door(site, Door::Open);
    harness.until("Ready", seconds(5), |harness| harness.is_ready(0));
    harness.saw("two minutes of refused connects, told to nobody");
}
