//! Processes that hold many descriptors, up to their limit. Each is a child process with its own limit.

use std::fs::File;
use std::process::Command;
use std::time::{Duration, Instant};

use apn_ami::error::DisconnectReason;
use apn_ami::net::SharedClient;
use apn_ami::record::RecordKind;
use apn_ami::secret::Secret;
use apn_ami::settings::ServerSettings;

use super::drive::{self, Driven, PATIENCE};
use super::peer;

const PORT: &str = "AMI_TEST_PORT";

/// In the child process, returns the port of the peer. In the parent, runs the child with the limit and returns
/// `None`.
fn port_in_child(test: &str, descriptors: u32) -> Option<u16> {
    if let Ok(port) = std::env::var(PORT) {
        return Some(port.parse().expect("a port"));
    }
    let program = std::env::current_exe().expect("a program");
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -n {descriptors} && exec \"$0\" --exact \"descriptors::{test}\"")])
        .arg(program)
        .env(PORT, peer::plain_server().port().to_string())
        .output()
        .expect("a shell");
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    None
}

/// Opens files until the system refuses another one, but at most `most`.
fn hoard(most: usize) -> Vec<File> {
    (0..most).map_while(|_| File::open("/dev/null").ok()).collect()
}

#[test]
fn without_a_descriptor_left_a_connect_says_so_and_the_client_goes_on() {
    const LIMIT: u16 = 64;
    let Some(port) =
        port_in_child("without_a_descriptor_left_a_connect_says_so_and_the_client_goes_on", u32::from(LIMIT))
    else {
        return;
    };
    let mut driven = Driven::ready(drive::settings("127.0.0.1", port));
    let hoarded = hoard(usize::from(LIMIT));
    assert!(hoarded.len() < usize::from(LIMIT), "the limit holds");

    let mut second =
        ServerSettings::new("pbx2", "127.0.0.1", port, "admin", Secret::new("s3cret")).expect("fine");
    second.limits.reconnect_delay_min = Duration::from_millis(1);
    second.limits.reconnect_delay_max = Duration::from_millis(20);
    second.limits.breaker_failures_max = 1_000;
    let second = driven.client.add_server(second).expect("a new server");
    driven.client.open(second);
    driven.until("refused a descriptor", |driven| driven.lost().is_some());
    let (reason, detail) = driven.lost().expect("just seen");
    assert_eq!(reason, DisconnectReason::Unreachable);
    assert!(detail.contains("too many open files") && detail.contains("ulimit -n"), "{detail}");
    driven.ping();

    drop(hoarded);
    driven.until("both ready", |driven| driven.client.cluster().ready_servers() == 2);
}

#[test]
fn a_process_with_more_than_1024_descriptors_connects_as_any_other() {
    let Some(port) = port_in_child("a_process_with_more_than_1024_descriptors_connects_as_any_other", 1_200)
    else {
        return;
    };
    let hoarded = hoard(1_100);
    assert_eq!(hoarded.len(), 1_100);
    Driven::ready(drive::settings("127.0.0.1", port)).ping();
}

#[test]
fn a_guard_that_cannot_start_says_so_once_and_is_tried_again() {
    const LIMIT: u16 = 64;
    let Some(port) =
        port_in_child("a_guard_that_cannot_start_says_so_once_and_is_tried_again", u32::from(LIMIT))
    else {
        return;
    };
    let mut client = drive::client();
    let id = client.add_server(drive::settings("127.0.0.1", port)).expect("a new server");
    client.open(id);
    let client = SharedClient::new(client, Duration::from_millis(25));
    let hoarded = hoard(usize::from(LIMIT));
    let said = || {
        let mut visit = client.lock_to_step().expect("no panic");
        visit.step_while_due(Duration::from_millis(10)).expect("a network that can wait");
        let records = std::iter::from_fn(|| visit.pop_record());
        records.filter(|record| matches!(record.what, RecordKind::GuardMissing { .. })).count()
    };
    let end = Instant::now() + PATIENCE;
    let mut told = 0;
    while told == 0 {
        assert!(Instant::now() < end, "told within {PATIENCE:?}");
        told += said();
    }
    for _ in 0..20 {
        told += said();
    }
    assert_eq!((told, client.counters().turns), (1, 0));
    drop(hoarded);
    while client.counters().turns == 0 {
        assert!(Instant::now() < end, "tried again within {PATIENCE:?}");
        told += said();
    }
    assert_eq!(told, 1);
}
