//! Any settings are refused with the name of the field, or give sessions that log in as intended.

use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::limits::{ClusterLimits, Limits};
use apn_ami::node::{LinkPrivacy, Node};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EventMask, ServerSettings};
use apn_ami::wire::{InstanceId, Stamp};

use crate::asterisk::{self, Read};
use crate::input::Input;

/// Checks settings that the bytes describe, field by field.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let limits = limits(&mut input);
    let checked = limits.clone().checked();
    match &checked {
        Ok(checked) => {
            assert_eq!(checked, &limits, "a check changes nothing");
            assert!(checked.heartbeat_interval < checked.read_timeout);
            assert!(checked.reconnect_delay_min <= checked.reconnect_delay_max);
            assert!(checked.pending_actions_max > 0 && checked.tick_frames_max > 0);
        }
        Err(error) => assert!(error.to_string().starts_with(error.field), "{error}"),
    }
    let cluster = ClusterLimits {
        tick_events_max: input.number(),
        tick_connects_max: input.number(),
        second_connects_max: input.number(),
        stall_guard: Duration::from_millis(input.number() as u64 * 2),
        drop_log_interval: Duration::from_millis(input.number() as u64 * 100),
        ..ClusterLimits::default()
    };
    if let Err(error) = cluster.checked() {
        assert!(error.to_string().starts_with(error.field), "{error}");
    }
    let (key, host, username, secret) = (input.word(), input.word(), input.word(), input.text().to_vec());
    let mask = match input.byte() {
        0 => EventMask::Auto,
        1 => EventMask::Classes(input.word()),
        _ => match EventMask::parse(&input.word()) {
            Ok(mask) => mask,
            Err(error) => return assert_eq!(error.field, "event_mask"),
        },
    };
    let auth = [AuthMethod::Auto, AuthMethod::Md5, AuthMethod::Plain][usize::from(input.byte() % 3)];
    let limits = checked.unwrap_or_default();
    check_login(&key, &host, &username, &secret, mask, auth, limits);
}

/// Checks the login with these settings.
///
/// # Panics
///
/// The settings are accepted and Asterisk would read the login in another way, or an error shows the secret.
pub fn check_login(
    key: &str,
    host: &str,
    username: &str,
    secret: &[u8],
    mask: EventMask,
    auth: AuthMethod,
    limits: Limits,
) {
    let settings = ServerSettings::new(key, host, 5_038, username, Secret::new(secret))
        .and_then(|settings| ServerSettings { event_mask: mask, auth, limits, ..settings }.checked());
    let settings = match settings {
        Ok(settings) => settings,
        Err(error) => {
            let shown = error.to_string();
            let is_longer = secret.len() > 4 && !shown.contains(username) && !shown.contains(key);
            let text = String::from_utf8_lossy(secret);
            assert!(!is_longer || error.field != "secret" || !shown.contains(&*text), "a secret in {shown}");
            return;
        }
    };
    let now = Instant::now();
    let settings = Arc::new(settings);
    let instance = InstanceId::from_random([3; 13]);
    let mut node = Node::new(Arc::clone(&settings), instance, Duration::from_secs(1), now);
    node.start(now);
    node.link_resolved(now);
    node.link_up(LinkPrivacy::Private, now);
    node.framer().feed(b"Asterisk Call Manager/11.0.0\r\n");
    let _ = node.next(Stamp::default(), now);
    let (asked, _) = asterisk::read(node.outbox().waiting());
    let Some(Read::Request(asked)) = asked.first() else { panic!("nothing was asked") };
    let id = String::from_utf8_lossy(asked.get("ActionID").unwrap_or_default()).into_owned();
    assert!(id.starts_with(&format!("{key}:{}:", instance.as_str())), "an id of three parts: {id}");
    node.framer().feed(format!("Response: Success\r\nActionID: {id}\r\nChallenge: 42\r\n\r\n").as_bytes());
    let _ = node.next(Stamp::default(), now);
    let (read, rest) = asterisk::read(node.outbox().waiting());
    assert!(rest.is_empty(), "bytes without an end: {rest:?}");
    let logins: Vec<_> = read
        .iter()
        .map(|read| match read {
            Read::Request(request) => request,
            Read::Refused => panic!("Asterisk refuses {read:?}"),
        })
        .collect();
    assert!(logins.len() <= 2 && !logins.is_empty(), "a challenge and a login: {logins:?}");
    for login in logins {
        let names: Vec<_> = login.headers().map(|(name, _)| String::from_utf8_lossy(name)).collect();
        let known = ["Action", "ActionID", "AuthType", "Username", "Key", "Secret", "Events"];
        assert!(
            names.iter().all(|name| known.contains(&&**name)),
            "headers that nobody asked for: {names:?}"
        );
        assert!(matches!(login.get("Action"), Some(b"Challenge" | b"Login")));
        if let Some(read) = login.get("Username") {
            assert_eq!(read, asterisk::skip_blanks(username.as_bytes()), "the account");
        }
        if let Some(read) = login.get("Secret") {
            assert_eq!(read, asterisk::skip_blanks(secret), "the secret");
        }
    }
}

fn limits(input: &mut Input<'_>) -> Limits {
    let mut time = |step: u64| Duration::from_millis(input.number() as u64 * step);
    let limits = Limits {
        connect_timeout: time(10),
        login_timeout: time(10),
        read_timeout: time(100),
        heartbeat_interval: time(100),
        action_timeout: time(100),
        reconnect_delay_min: time(100),
        reconnect_delay_max: time(2_000),
        breaker_cooldown: time(2_000),
        ..Limits::default()
    };
    Limits {
        breaker_failures_max: u32::from(input.byte()) * 8,
        breaker_probes_max: u32::from(input.byte()),
        outbox_bytes_max: input.number() * 64,
        pending_actions_max: input.number() * 64,
        action_bytes_max: input.number() * 4_096,
        event_queue_max: input.number() * 512,
        event_queue_bytes_max: input.number() * 4_096,
        frame_bytes_max: input.number() * 512,
        tick_bytes_max: input.number() * 64,
        tick_frames_max: input.number() * 64,
        ..limits
    }
}
