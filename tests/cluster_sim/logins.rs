//! The login and its obstacles: failed connects, banners, refusals and limits, and the circuit breaker.

use apn_ami::cluster::BreakerState;
use apn_ami::error::DisconnectReason;
use apn_ami::limits::Limits;
use apn_ami::node::ConnectionState;
use apn_ami::record::RecordKind;
use apn_ami::settings::{AuthMethod, ServerKey};
use apn_sim::asterisk::{Account, Options};
use apn_sim::link::LinkOptions;
use apn_sim::world::Door;

use crate::harness::{Harness, LONG, Setup, millis, seconds};

/// Constant short reconnect delays, so that pauses show the breaker's cooldown.
fn quick() -> Limits {
    Limits { reconnect_delay_min: millis(1), reconnect_delay_max: millis(1), ..Limits::default() }
}

fn shut(limits: Limits, door: Door) -> Harness {
    let mut harness = Harness::new(Setup { limits, ..Setup::default() });
    let site = harness.site(0);
    harness.world().set_door(site, door);
    harness.open(0);
    harness
}

/// Pauses between connects in seconds, rounded.
fn pauses(harness: &mut Harness) -> Vec<u64> {
    let connects = &harness.tap().connects;
    connects.windows(2).map(|two| (two[1].0 - two[0].0 + millis(100)).as_secs()).collect()
}

fn breaker_steps(harness: &Harness) -> Vec<String> {
    let step = |what: &RecordKind| match what {
        RecordKind::BreakerChanged { from, to, failures, reason, cooldown } => {
            let is_opening = *to == BreakerState::Open;
            assert_eq!(reason.is_some(), is_opening, "what opens it has a reason");
            assert!(!is_opening || (*failures >= 5 && *cooldown == seconds(30)), "{what:?}");
            Some(format!("{from} {to}"))
        }
        _ => None,
    };
    harness.records.iter().filter_map(|record| step(&record.what)).collect()
}

#[test]
fn every_shut_door_has_its_reason_and_is_tried_again() {
    for (door, reason) in [
        (Door::Refused, DisconnectReason::Refused),
        (Door::Unreachable, DisconnectReason::Unreachable),
        (Door::NoName, DisconnectReason::Dns),
        (Door::BadCertificate, DisconnectReason::Tls),
        (Door::Blackhole, DisconnectReason::ConnectTimeout),
    ] {
        let mut harness = shut(Limits::default(), door);
        // The host is the address 10.0.0.0. The world fails its resolution nevertheless, if the door says so.
        harness.run(seconds(60));
        let ends = harness.watch(0).ends();
        assert!(ends.len() >= 3 && ends.iter().all(|why| *why == reason), "{door:?}: {ends:?}");
        assert_eq!(harness.health(0).last_disconnect, Some(reason));
        let site = harness.site(0);
        harness.world().set_door(site, Door::Open);
        harness.until("Ready", seconds(45), |harness| harness.is_ready(0));
        assert_eq!(
            (harness.health(0).breaker, harness.health(0).next_retry_at),
            (BreakerState::Closed, None)
        );
    }
    crate::harness::saw(1, "refused, unreachable, dns, tls, connect_timeout");
}

#[test]
fn failures_in_a_row_open_the_breaker_and_a_probe_that_succeeds_closes_it() {
    let mut harness = shut(quick(), Door::Refused);
    harness.run(seconds(100));
    assert_eq!(pauses(&mut harness), [0, 0, 0, 0, 30, 30, 30]);
    assert_eq!(
        breaker_steps(&harness),
        [
            "closed open",
            "open half_open",
            "half_open open",
            "open half_open",
            "half_open open",
            "open half_open",
            "half_open open"
        ]
    );
    assert_eq!(harness.health(0).breaker, BreakerState::Open);
    let site = harness.site(0);
    harness.world().set_door(site, Door::Open);
    harness.until("Ready", seconds(31), |harness| harness.is_ready(0));
    assert_eq!(breaker_steps(&harness)[7..], ["open half_open", "half_open closed"]);
    // The breaker starts anew: it opens after five more failures.
    harness.world().set_door(site, Door::Refused);
    harness.world().reset(site);
    harness.run(seconds(1));
    assert_eq!(harness.health(0).breaker, BreakerState::Open);
    assert_eq!(breaker_steps(&harness).len(), 10);
    harness.saw("open after 5, a probe every 30 s, closed by the one that succeeds");
}

#[test]
fn a_half_open_breaker_allows_as_many_probes_as_it_is_told() {
    let limits = Limits { breaker_failures_max: 2, breaker_probes_max: 3, ..quick() };
    let mut harness = shut(limits, Door::Refused);
    harness.run(seconds(70));
    assert_eq!(pauses(&mut harness), [0, 30, 0, 0, 30, 0, 0]);
    harness.saw("two failures, then three probes a cooldown");
}

#[test]
fn a_refused_login_opens_the_breaker_at_once_and_waits_twice_as_long_each_time() {
    let mut harness = Harness::new(Setup { limits: quick(), ..Setup::default() });
    harness.fake(0).refuse_logins(true);
    harness.open(0);
    harness.run(seconds(4_000));
    let waits = pauses(&mut harness);
    // Each refusal adds a second.
    assert_eq!(waits, [31, 61, 121, 241, 481, 901, 901, 901]);
    let refused = harness.records_named("login_refused");
    assert_eq!(refused.len(), waits.len() + 1);
    assert!(harness.watch(0).ends().iter().all(|why| *why == DisconnectReason::AuthFailed));
    harness.fake(0).refuse_logins(false);
    harness.until("the right secret gets in", seconds(902), |harness| harness.is_ready(0));
    assert_eq!(harness.health(0).breaker, BreakerState::Closed);
    // After a successful login the next refusal has the shortest cooldown again.
    harness.fake(0).refuse_logins(true);
    let site = harness.site(0);
    harness.world().reset(site);
    harness.run(seconds(40));
    assert_eq!(pauses(&mut harness)[waits.len() + 1..], [0, 31]);
    harness.saw(&format!("waits of {waits:?} s"));
}

#[test]
fn to_open_a_server_tries_at_once_whatever_its_breaker_says() {
    let mut harness = Harness::new(Setup::default());
    harness.fake(0).refuse_logins(true);
    harness.open(0);
    harness.run(seconds(5));
    assert_eq!(
        (harness.health(0).breaker, harness.state(0)),
        (BreakerState::Open, ConnectionState::Disconnected)
    );
    harness.fake(0).refuse_logins(false);
    harness.open(0);
    let took = harness.until("Ready", seconds(1), |harness| harness.is_ready(0));
    harness.saw(&format!("Ready {took:?} after open()"));
}

#[test]
fn a_login_in_use_is_waited_for_and_opens_no_breaker_at_once() {
    let account = Account { multiple_logins: false, ..Account::new("admin", "s3cret") };
    let fake = Options { accounts: vec![account], ..Options::default() };
    let mut harness = Harness::new(Setup { fake, ..Setup::default() });
    let now = harness.now();
    let holder = harness.fake(0).connect(now);
    harness.fake(0).receive(holder, b"Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\n\r\n", now);
    harness.open(0);
    harness.run(seconds(4));
    let ends = harness.watch(0).ends();
    assert!(!ends.is_empty() && ends.iter().all(|why| *why == DisconnectReason::LoginInUse), "{ends:?}");
    assert_eq!(harness.health(0).breaker, BreakerState::Closed);
    let now = harness.now();
    harness.fake(0).close(holder, now);
    harness.fake(0).disconnect(holder, now);
    let took = harness.until("Ready", seconds(40), |harness| harness.is_ready(0));
    harness.saw(&format!("in use {} times, Ready {took:?} after the other left", ends.len()));
}

#[test]
fn an_end_without_a_banner_is_the_authlimit_and_is_tried_again() {
    let fake = Options { auth_limit: 3, ..Options::default() };
    let mut harness = Harness::new(Setup { fake, ..Setup::default() });
    let now = harness.now();
    for _ in 0..3 {
        harness.fake(0).connect(now);
    }
    harness.open(0);
    harness.run(seconds(20));
    let ends = harness.watch(0).ends();
    assert!(ends.len() >= 3 && ends.iter().all(|why| *why == DisconnectReason::AuthLimit), "{ends:?}");
    // After `authtimeout` Asterisk closes sessions that do not log in.
    harness.until("Ready", seconds(45), |harness| harness.is_ready(0));
    harness.saw(&format!("{} times without a banner, then in", ends.len()));
}

#[test]
fn a_banner_that_never_comes_and_an_answer_that_never_comes_have_their_time() {
    let mut harness = Harness::new(Setup::default());
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    harness.open(0);
    let took = harness.until("given up", LONG, |harness| !harness.watch(0).ends().is_empty());
    assert_eq!(took, seconds(10));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::LoginTimeout]);
    let told = harness.records_named("connect_failed");
    let RecordKind::ConnectFailed { detail, .. } = &told[0].what else { panic!("{told:?}") };
    assert_eq!(detail, "no banner in time: perhaps the port wants TLS");

    // The server stops in the middle of the login.
    let mut harness =
        Harness::new(Setup { limits: Limits { login_timeout: millis(300), ..quick() }, ..Setup::default() });
    harness.fake(0).refuse_logins(true);
    harness.open(0);
    harness.run(millis(299));
    assert_eq!(harness.state(0), ConnectionState::Authenticating);
    harness.run(millis(2));
    assert_eq!(harness.watch(0).ends(), [DisconnectReason::LoginTimeout]);
    assert_eq!(harness.health(0).breaker, BreakerState::Closed, "nobody refused anything");
    harness.saw("10 s for a banner; 0.3 s for a login that Asterisk sleeps over");
}

/// A TLS port of Asterisk behaves like this, since it waits for the client to send first.
#[test]
fn a_plain_client_on_a_silent_port_is_told_of_tls_within_a_second_and_once_a_connect() {
    let mut harness = Harness::new(Setup::default());
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    harness.open(0);
    let took = harness.until("told", seconds(1), |harness| !harness.records_named("banner_late").is_empty());
    assert_eq!(harness.state(0), ConnectionState::Connected);
    assert!(harness.client.cluster().is_banner_late(harness.ids[0]));
    harness.run(seconds(8));
    assert_eq!(harness.records_named("banner_late").len(), 1);
    // The server continues: it was only slow.
    let now = harness.now();
    harness.fake(0).freeze(false, now);
    harness.until("Ready", seconds(5), |harness| harness.is_ready(0));
    assert!(!harness.client.cluster().is_banner_late(harness.ids[0]));
    harness.saw(&format!("told after {took:?}"));
}

#[test]
fn a_server_that_answers_after_the_time_is_not_mistaken_for_the_next_session() {
    let limits = Limits {
        connect_timeout: seconds(60),
        login_timeout: seconds(5),
        breaker_cooldown: seconds(1),
        ..quick()
    };
    let links = LinkOptions { latency: seconds(2), ..LinkOptions::default() };
    let mut harness = Harness::new(Setup { limits, links, ..Setup::default() });
    harness.tap().records = true;
    harness.open(0);
    // The banner arrives after 2 s and the challenge 4 s later, so the login leaves too late to be answered
    // in time.
    harness.until("five attempts", LONG, |harness| harness.watch(0).ends().len() == 5);
    assert!(harness.watch(0).ends().iter().all(|why| *why == DisconnectReason::LoginTimeout));
    let site = harness.site(0);
    harness.world().set_links(site, LinkOptions::default());
    harness.until("Ready", seconds(20), |harness| harness.is_ready(0));
    let before = harness.metrics(0).node;
    assert_eq!((before.answers_late, before.answers_foreign, before.events_early), (0, 0, 0));
    assert!(harness.ask(0, "Ping", &[]).is_ok());
    harness.saw("five logins answered too late, the sixth in time");
}

#[test]
fn what_listens_but_is_no_asterisk_is_named() {
    let mut harness = Harness::new(Setup { limits: quick(), ..Setup::default() });
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    harness.open(0);
    harness.run(millis(10));
    harness.inject(0, b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n");
    let now = harness.now();
    harness.fake(0).freeze(false, now);
    harness.run(millis(10));
    assert_eq!(harness.watch(0).ends()[0], DisconnectReason::Refused);
    let told = harness.records_named("connect_failed");
    let RecordKind::ConnectFailed { detail, reason, attempt, .. } = &told[0].what else { panic!("{told:?}") };
    assert!(detail.contains("SSH-2.0-OpenSSH"), "{detail}");
    assert_eq!((*reason, *attempt), (DisconnectReason::Refused, 1));
    harness.saw(detail.clone().as_str());
}

#[test]
fn no_event_reaches_anybody_before_ready() {
    let mut harness = Harness::new(Setup::default());
    harness.subscribe(&["*"]);
    let now = harness.now();
    harness.fake(0).freeze(true, now);
    harness.open(0);
    harness.run(millis(10));
    let now = harness.now();
    harness.fake(0).freeze(false, now);
    for _ in 0..20 {
        harness.inject(0, b"Event: Hangup\r\nChannel: PJSIP/early\r\n\r\n");
    }
    harness.until("Ready", seconds(1), |harness| harness.is_ready(0));
    harness.run(seconds(1));
    assert_eq!(harness.metrics(0).node.events_early, 20);
    assert_eq!(harness.watch(0).events_named("Hangup"), 0);
    assert_eq!(harness.watch(0).events_named("FullyBooted"), 1);
    harness.saw("20 events between the banner and the login's answer");
}

#[test]
fn each_way_to_log_in_gets_in_and_a_wrong_secret_does_not() {
    for auth in [AuthMethod::Auto, AuthMethod::Md5, AuthMethod::Plain] {
        let mut harness = Harness::new(Setup { auth, ..Setup::default() });
        harness.fake(0).record_requests();
        harness.open_all();
        let requests = harness.fake(0).take_requests();
        let names: Vec<_> = requests.iter().map(|(_, request)| request.action().to_vec()).collect();
        match auth {
            AuthMethod::Plain => assert_eq!(names, [b"Login"]),
            AuthMethod::Auto | AuthMethod::Md5 => {
                assert_eq!(names, [&b"Challenge"[..], b"Login"]);
                assert!(requests[1].1.header("Secret").is_empty());
            }
        }
        let mut harness = Harness::new(Setup { auth, secret: "wrong".to_owned(), ..Setup::default() });
        harness.open(0);
        harness.run(seconds(3));
        assert_eq!(harness.watch(0).ends(), [DisconnectReason::AuthFailed]);
    }
    crate::harness::saw(1, "auto, md5, plain");
}

#[test]
fn a_failed_connect_is_logged_with_its_place_and_when_it_is_tried_again() {
    let mut harness = shut(Limits::default(), Door::Refused);
    harness.run(seconds(3));
    let mut attempts = Vec::new();
    for record in &harness.records {
        assert_eq!(record.server.as_ref().map(ServerKey::as_str), Some("n0"));
        match &record.what {
            RecordKind::ConnectFailed { host, port, attempt, reason, .. } => {
                assert_eq!((host.as_str(), *port, *reason), ("10.0.0.0", 5_038, DisconnectReason::Refused));
                attempts.push((*attempt, None));
            }
            RecordKind::RetryScheduled { attempt, backoff, next_retry_at, .. } => {
                let last = attempts.last_mut().expect("a failure before");
                assert_eq!(last.0, *attempt);
                last.1 = next_retry_at.checked_sub(*backoff);
            }
            _ => {}
        }
    }
    assert!(attempts.len() >= 3 && attempts.windows(2).all(|two| two[0].0 + 1 == two[1].0));
    assert!(attempts.windows(2).all(|two| two[0].1 < two[1].1), "each at its own time: {attempts:?}");
    let health = harness.health(0);
    assert_eq!(health.attempt as usize, attempts.len());
    assert!(health.next_retry_at.is_some());
    harness.saw(&format!("{} failures, each with its retry", attempts.len()));
}

#[test]
fn asking_how_a_server_does_changes_nothing() {
    let run = |asks: usize| {
        let mut harness = shut(Limits::default(), Door::Refused);
        for step in 0..300 {
            if step == 150 {
                let site = harness.site(0);
                harness.world().set_door(site, Door::Open);
            }
            for _ in 0..asks {
                let _ = (
                    harness.health(0),
                    harness.metrics(0),
                    harness.client.next_timer(),
                    harness.client.cluster().totals(),
                );
            }
            harness.step(seconds(1));
        }
        let start = harness.tap().connects[0].0;
        let connects: Vec<_> = harness.tap().connects.iter().map(|(at, _)| *at - start).collect();
        (connects, harness.watch(0).story(), harness.records.len())
    };
    assert_eq!(run(0), run(50));
    crate::harness::saw(1, "the same run, asked never and 50 times a step");
}
