//! Strings of a caller, in every argument that takes one: each stays in its header, or is refused.

use std::time::{Duration, Instant};

use apn_ami::cluster::{Cluster, EventFilter, HeaderFilter, Timestamp, ValueFilter};
use apn_ami::glob::Glob;
use apn_ami::limits::{ClusterLimits, Limits};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EventMask, ServerKey, ServerSettings};
use apn_ami::wire::{Action, InstanceId, Parameter};

use crate::action::check_action;
use crate::settings::check_login;

/// Texts that are special in one of the arguments. `X` is harmless and must not be refused.
const PAYLOADS: [&str; 28] = [
    "X",
    "a\r\nAction: Originate",
    "a\r\n\r\nAction: Logoff\r\n\r\n",
    "a\nAction: Originate",
    "a\rAction: Originate",
    "a\0b",
    "\r\n",
    "\n",
    " Login",
    "\tLogin",
    "\u{b}Challenge",
    "Login",
    "login ",
    "ActionID",
    "Action",
    "a: b",
    "a:",
    ":",
    "a,b=c",
    "a\",b=c",
    "a\\",
    "a\\,b=c",
    "(a,b=c",
    "[a,b=c",
    "${SHELL(reboot)}",
    "a b",
    "\u{7f}",
    "\u{e9}\u{1f4de}",
];

fn payloads() -> impl Iterator<Item = String> {
    let long = [1_000, 1_012, 1_013, 1_022, 1_023, 70_000].into_iter().map(|length| "x".repeat(length));
    PAYLOADS.into_iter().map(str::to_owned).chain(long)
}

fn now() -> Timestamp {
    Timestamp { at: Instant::now(), unix: Duration::ZERO }
}

fn one(value: &str) -> Parameter {
    Parameter::One(value.as_bytes().to_vec())
}

#[test]
fn into_the_name_of_an_action() {
    for payload in payloads() {
        check_action(&payload, &[]);
        check_action(&payload, &[(b"Variable", one("A=1,B=2"))]);
    }
}

/// Asterisk skips blanks before a value, so an action name that begins with one would be a different action for
/// Asterisk than for the client.
#[test]
fn a_blank_before_the_name_of_an_action_hides_no_action_of_ours() {
    for name in [" Login", "\tChallenge", " Originate", "\u{1}Ping"] {
        let error = Action::new(name, []).expect_err("Asterisk would read another name");
        assert!(error.to_string().contains("blank"), "{error}");
    }
}

#[test]
fn into_the_name_of_a_header() {
    for payload in payloads() {
        for action in ["Ping", "Originate", "Setvar"] {
            check_action(action, &[(payload.as_bytes(), one("v"))]);
        }
    }
}

#[test]
fn into_the_value_of_a_header() {
    for payload in payloads() {
        let many = Parameter::Many(vec![b"first".to_vec(), payload.clone().into_bytes()]);
        for action in ["Ping", "UserEvent", "Command", "Setvar"] {
            check_action(action, &[(b"Command", one(&payload)), (b"Variable", one(&payload))]);
            check_action(action, &[(b"X", many.clone())]);
        }
    }
}

#[test]
fn into_the_name_and_the_value_of_a_variable() {
    for payload in payloads() {
        for action in ["Originate", "originate", "MessageSend", "PJSIPNotify", "SIPnotify"] {
            let bytes = payload.clone().into_bytes();
            for pairs in [
                vec![(bytes.clone(), b"v".to_vec()), (b"B".to_vec(), b"2".to_vec())],
                vec![(b"A".to_vec(), bytes.clone()), (b"B".to_vec(), b"2".to_vec())],
            ] {
                check_action(action, &[(b"Variable", Parameter::Map(pairs))]);
            }
            check_action(action, &[(b"variable", one(&format!("A={payload}")))]);
            check_action(action, &[(b"Variable", one(&payload))]);
        }
    }
}

#[test]
fn into_key_host_account_secret_and_mask_of_a_server() {
    for payload in payloads() {
        let login = |key: &str, host: &str, username: &str, secret: &str, mask: EventMask| {
            for auth in [AuthMethod::Md5, AuthMethod::Plain] {
                check_login(key, host, username, secret.as_bytes(), mask.clone(), auth, Limits::default());
            }
        };
        login(&payload, "10.0.0.1", "admin", "s3cret", EventMask::All);
        login("a", &payload, "admin", "s3cret", EventMask::All);
        login("a", "10.0.0.1", &payload, "s3cret", EventMask::All);
        login("a", "10.0.0.1", "admin", &payload, EventMask::All);
        login("a", "10.0.0.1", "admin", "s3cret", EventMask::Classes(payload.clone()));
        if let Ok(mask) = EventMask::parse(&payload) {
            login("a", "10.0.0.1", "admin", "s3cret", mask);
        }
    }
}

/// The fields of the settings are public. A cluster refuses settings that were made invalid after their check.
#[test]
fn a_cluster_checks_the_settings_it_is_given() {
    let fine = ServerSettings::new("a", "10.0.0.1", 5_038, "admin", Secret::new("s3cret")).expect("fine");
    for broken in [
        ServerSettings { event_mask: EventMask::Classes("call\r\nAction: Ping".to_owned()), ..fine.clone() },
        ServerSettings { event_mask: EventMask::Classes("cal".to_owned()), ..fine.clone() },
        ServerSettings { username: "a\r\nSecret: b".to_owned(), ..fine.clone() },
        ServerSettings { secret: Secret::new("a\nb"), ..fine.clone() },
        ServerSettings { host: "a b".to_owned(), ..fine.clone() },
        ServerSettings { port: 0, ..fine.clone() },
        ServerSettings { limits: Limits { frame_bytes_max: 1, ..Limits::default() }, ..fine.clone() },
    ] {
        let mut cluster = Cluster::new(ClusterLimits::default(), InstanceId::from_random([1; 13]), 1, None);
        assert!(cluster.add_server(broken.clone(), now()).is_err(), "{broken:?}");
        assert!(cluster.servers().is_empty());
        cluster.add_server(fine.clone(), now()).expect("the key is free");
    }
}

#[test]
fn a_cluster_of_addresses_only_takes_no_name_that_a_resolver_would_have_to_answer() {
    let limits = ClusterLimits { ip_endpoints_only: true, ..ClusterLimits::default() };
    let mut cluster = Cluster::new(limits, InstanceId::from_random([1; 13]), 1, None);
    for (host, is_taken) in [
        ("10.0.0.1", true),
        ("::1", true),
        ("[fe80::1]", true),
        ("pbx.example", false),
        ("10.0.0.1.", false),
        ("10.0.0.01", false),
        ("2130706433", false),
    ] {
        let settings = ServerSettings::new("a", host, 5_038, "admin", Secret::new("s3cret")).expect("fine");
        match cluster.add_server(settings, now()) {
            Ok(id) => {
                assert!(is_taken, "{host}");
                cluster.remove_server(id, now());
            }
            Err(error) => assert_eq!((error.field, is_taken), ("host", false), "{error}"),
        }
    }
}

#[test]
fn into_a_filter_of_events() {
    for payload in payloads() {
        let filter = EventFilter {
            server: None,
            names: vec![Glob::any_case(&payload)],
            headers: vec![HeaderFilter {
                header: payload.clone().into_bytes(),
                values: vec![
                    ValueFilter::Exact(payload.clone().into_bytes()),
                    ValueFilter::Pattern(Glob::exact_case(&payload)),
                ],
            }],
        };
        let mut cluster = Cluster::new(ClusterLimits::default(), InstanceId::from_random([1; 13]), 1, None);
        let settings =
            ServerSettings::new("a", "10.0.0.1", 5_038, "admin", Secret::new("s3cret")).expect("fine");
        let settings = ServerSettings { event_mask: EventMask::Auto, ..settings };
        cluster.add_server(settings, now()).expect("fine settings");
        let id = cluster.subscribe(filter, now());
        assert!(cluster.unsubscribe(id, now()));
    }
}

/// A server key is part of every `ActionID`, so it must not contain a byte that is special there.
#[test]
fn into_the_key_of_a_server() {
    for payload in payloads() {
        if let Ok(key) = ServerKey::new(&payload) {
            assert!(key.as_str().len() <= 32);
            assert!(key.as_str().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)));
        }
    }
}
