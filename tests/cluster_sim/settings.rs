//! Accepted settings, options and actions work as intended. They do not fail later.

use std::time::Duration;

use apn_ami::limits::{ClusterLimits, DropPolicy, LONGEST, Limits};
use apn_ami::node::{CompletionPolicy, Strategy, TimeoutBehavior};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EVENT_CLASSES, EventMask, ServerSettings};
use apn_ami::wire::{Action, Parameter};
use apn_sim::asterisk::{Account, Options, Release};
use fastrand::Rng;

use crate::harness::{Harness, Setup, millis, saw, seconds};

const SEEDS: u64 = 300;

/// The least or the largest value of a range, or one between.
fn within(random: &mut Rng, least: u64, most: u64) -> u64 {
    match random.u32(..3) {
        0 => least,
        1 => most,
        _ => random.u64(least..=most),
    }
}

/// Random bounds that are accepted. Most of them are at an end of their range.
pub(crate) fn limits(random: &mut Rng) -> Limits {
    let mut time = |least: u64, most: u64| millis(within(random, least, most));
    let limits = Limits {
        connect_timeout: time(50, 300_000),
        login_timeout: time(50, 300_000),
        read_timeout: time(100, 3_600_000),
        action_timeout: time(1, 3_600_000),
        reconnect_delay_min: time(1, 3_600_000),
        reconnect_delay_max: time(3_600_000, 86_400_000),
        breaker_cooldown: time(1, 86_400_000),
        ..Limits::default()
    };
    let most = u64::try_from(limits.read_timeout.as_millis()).unwrap_or(u64::MAX) - 1;
    let heartbeat_interval = millis(within(random, 50, most.min(3_600_000)));
    let mut size = |least: u64, most: u64| usize::try_from(within(random, least, most)).unwrap_or(usize::MAX);
    let limits = Limits {
        heartbeat_interval,
        outbox_bytes_max: size(4_096, 1 << 30),
        pending_actions_max: size(1, 1_000_000),
        action_bytes_max: size(64 << 10, 1 << 30),
        event_queue_max: size(1, 10_000_000),
        event_queue_bytes_max: size(64 << 10, 4 << 30),
        frame_bytes_max: size(64 << 10, 16 << 20),
        tick_bytes_max: size(4_096, 1 << 30),
        tick_frames_max: size(1, 1_000_000),
        ..limits
    };
    let limits = Limits {
        breaker_failures_max: u32::try_from(within(random, 1, 1_000)).unwrap_or(1),
        breaker_probes_max: u32::try_from(within(random, 1, 100)).unwrap_or(1),
        drop_policy: if random.bool() { DropPolicy::Oldest } else { DropPolicy::Newest },
        protected_events: Vec::new(),
        ..limits
    };
    limits.checked().expect("within the ranges")
}

fn cluster_limits(random: &mut Rng) -> ClusterLimits {
    let mut size = |least: u64, most: u64| usize::try_from(within(random, least, most)).unwrap_or(usize::MAX);
    ClusterLimits {
        tick_events_max: size(1, 1_000_000),
        tick_connects_max: size(1, 1_000),
        second_connects_max: size(1, 10_000),
        stall_guard: Duration::ZERO,
        drop_log_interval: millis(within(random, 1, 3_600_000)),
        redaction_keys: (0..random.usize(..4)).map(|_| text(random, 10)).collect(),
        ..ClusterLimits::default()
    }
}

/// A mask as a user could write it.
pub(crate) fn mask(random: &mut Rng) -> String {
    match random.u32(..6) {
        0 => ["on", "off", "auto", "all", "none", " on "][random.usize(..6)].to_owned(),
        1 => text(random, 30),
        _ => {
            let class = |random: &mut Rng| EVENT_CLASSES[random.usize(..EVENT_CLASSES.len())];
            let classes: Vec<_> = (0..random.usize(1..400)).map(|_| class(random)).collect();
            classes.join([",", ", ", " ,"][random.usize(..3)])
        }
    }
}

/// Random text of at most `most` characters, mostly printable ASCII.
fn text(random: &mut Rng, most: usize) -> String {
    let most = if random.bool() { most } else { most.min(8) };
    let letter = |random: &mut Rng| match random.u32(..12) {
        0 => random.char(..),
        1 => [' ', '\t', ':', ',', '=', '"', '\\', '\u{7f}', '\u{1}'][random.usize(..9)],
        _ => random.char('!'..='~'),
    };
    (0..random.usize(..=most)).map(|_| letter(random)).collect()
}

fn setup(seed: u64, random: &mut Rng) -> Setup {
    let auths = [AuthMethod::Auto, AuthMethod::Md5, AuthMethod::Plain];
    let (username, secret) = (text(random, 1_200), text(random, 1_200));
    Setup {
        seed,
        limits: limits(random),
        cluster: cluster_limits(random),
        fake: Options {
            accounts: vec![Account::new(username.as_str(), secret.as_str())],
            release: Release::ALL[random.usize(..Release::ALL.len())],
            ..Options::default()
        },
        auth: auths[random.usize(..auths.len())],
        username,
        secret,
        ..Setup::default()
    }
}

/// True if the setup is accepted. An error must name the field and must not contain the secret.
fn is_taken(setup: &mut Setup, random: &mut Rng) -> bool {
    let wish = mask(random);
    let checked = EventMask::parse(&wish).and_then(|parsed| {
        // A Rust caller may pass the text of the mask without parsing it.
        setup.mask = if random.bool() || parsed == EventMask::Auto {
            parsed
        } else {
            EventMask::Classes(wish.clone())
        };
        let secret = Secret::new(setup.secret.as_bytes());
        let settings = ServerSettings::new("n0", "h", 5_038, &setup.username, secret)?;
        ServerSettings { event_mask: setup.mask.clone(), ..settings }.checked()
    });
    let Err(error) = checked else { return true };
    let shown = error.to_string();
    assert!(
        ["event_mask", "username", "secret"].contains(&error.field) && shown.starts_with(error.field),
        "{shown}"
    );
    let is_telling = setup.secret.len() > 6 && error.field == "secret" && shown.contains(&setup.secret);
    assert!(!is_telling, "the secret: {shown}");
    false
}

fn an_action(random: &mut Rng) -> (String, Vec<(String, Parameter)>) {
    const NAMES: [&str; 8] =
        ["Ping", "QueueStatus", "Originate", "Getvar", "Command", "UserEvent", "IAXnetstats", "DBPut"];
    let name = if random.bool() { NAMES[random.usize(..8)].to_owned() } else { text(random, 60) };
    let value = |random: &mut Rng| text(random, 1_100).into_bytes();
    let header = |random: &mut Rng| {
        let parameter = match random.u32(..4) {
            0 => Parameter::Many((0..random.usize(..6)).map(|_| value(random)).collect()),
            1 => Parameter::Map((0..random.usize(..4)).map(|_| (value(random), value(random))).collect()),
            _ => Parameter::One(value(random)),
        };
        (if random.bool() { "Variable".to_owned() } else { text(random, 20) }, parameter)
    };
    let headers = (0..random.usize(..4)).map(|_| header(random)).collect();
    (name, headers)
}

fn completion(random: &mut Rng) -> CompletionPolicy {
    CompletionPolicy {
        strategy: match random.u32(..3) {
            0 => Strategy::Single,
            1 => Strategy::Events((0..random.usize(..4)).map(|_| text(random, 20)).collect()),
            _ => Strategy::Automatic,
        },
        max_duration: random
            .bool()
            .then(|| [Duration::ZERO, millis(1), seconds(5), Duration::MAX][random.usize(..4)]),
        messages_max: random.bool().then(|| random.usize(..5)),
        on_timeout: if random.bool() { TimeoutBehavior::Fail } else { TimeoutBehavior::Partial },
    }
}

#[test]
fn whatever_settings_are_taken_log_in_and_whatever_actions_are_taken_are_read_as_they_were_meant() {
    let (mut logins, mut refused, mut sent) = (0, 0, 0);
    for seed in 0..SEEDS {
        let mut random = Rng::with_seed(seed);
        let mut setup = setup(seed, &mut random);
        if !is_taken(&mut setup, &mut random) {
            refused += 1;
            // The remaining settings must be accepted.
            (setup.username, setup.secret, setup.mask) = ("admin".into(), "s3cret".into(), EventMask::Auto);
            setup.fake.accounts = Options::default().accounts;
        }
        let shown = format!("seed {seed}: {setup:?}");
        let mut harness = Harness::new(setup);
        harness.open(0);
        harness.until(&shown, LONGEST, |harness| harness.is_ready(0));
        logins += 1;
        harness.fake(0).record_requests();
        for _ in 0..10 {
            let (name, headers) = an_action(&mut random);
            let given = headers.iter().map(|(name, value)| (name.as_bytes(), value));
            let Ok(action) = Action::new(&name, given) else { continue };
            if ["Logoff", "Events"].iter().any(|own| name.eq_ignore_ascii_case(own)) {
                continue;
            }
            let Ok(ticket) = harness.send_with(0, &action, &completion(&mut random)) else { continue };
            sent += 1;
            // The action's duration may be a day.
            harness.run(seconds(1));
            if ticket.cell.outcome().is_none() {
                harness.client.cancel(harness.ids[0], ticket.id.sequence());
            }
            assert_eq!(harness.watch(0).ends(), [], "{shown}: {action:?}");
            let read = harness.fake(0).take_requests();
            let ids = || read.iter().map(|(_, request)| request.header("ActionID").to_vec());
            let (_, request) = read
                .iter()
                .find(|(_, request)| request.header("ActionID") == ticket.id.to_string().as_bytes())
                .unwrap_or_else(|| {
                    panic!("{shown}: {action:?} was not read: {:?}", ids().collect::<Vec<_>>())
                });
            assert_eq!(request.action().trim_ascii(), name.as_bytes().trim_ascii(), "{shown}");
        }
    }
    assert!(refused > 20 && logins == SEEDS && sent > SEEDS);
    saw(0, &format!("{SEEDS} settings, {refused} of them refused, {sent} actions"));
}
