//! How the client cuts bytes into TLS records, and how it reads them.

use apn_ami::settings::{ServerSettings, TlsSettings};

use super::certificates::{Dates, Identity};
use super::drive::{self, Driven};
use super::peer::LARGE_ITEMS;
use super::tls_peer::TlsPeer;

/// Bytes that Asterisk reads at once (`get_input`, main/manager.c).
const ASTERISK_READS: usize = 1_024;

fn peer_and_settings() -> (TlsPeer, ServerSettings) {
    let peer = TlsPeer::start(&Identity::self_signed(&["localhost"], Dates::Timestamp));
    let tls = Some(TlsSettings { insecure: true, ..TlsSettings::default() });
    let settings = ServerSettings { tls, ..drive::settings("127.0.0.1", peer.port) };
    (peer, settings)
}

/// Checks that Asterisk can read every record so far at once, and that the records together are whole actions.
fn assert_readable(peer: &TlsPeer) -> Vec<Vec<u8>> {
    let records: Vec<_> = peer.records.try_iter().collect();
    for record in &records {
        let text = String::from_utf8_lossy(record);
        assert!(record.len() <= ASTERISK_READS, "{} bytes: {text}", record.len());
        assert!(record.ends_with(b"\r\n"), "{text}");
    }
    assert!(records.concat().ends_with(b"\r\n\r\n"));
    records
}

#[test]
fn a_hundred_actions_at_once_leave_in_records_that_asterisk_reads_whole() {
    let (peer, settings) = peer_and_settings();
    let mut driven = Driven::ready(settings);
    let tickets: Vec<_> =
        (0..100).map(|number| driven.send("Ping", &[("Number", &number.to_string())])).collect();
    driven.until("answered", |_| tickets.iter().all(|ticket| ticket.cell.outcome().is_some()));
    let records = assert_readable(&peer);
    let text = String::from_utf8(records.concat()).expect("text");
    let numbers: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("Number: ")).collect();
    assert_eq!(numbers, (0..100).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(records.len() < 60, "{} records: actions share them", records.len());
}

#[test]
fn an_action_of_5000_bytes_leaves_in_records_that_asterisk_reads_whole() {
    let (peer, settings) = peer_and_settings();
    let mut driven = Driven::ready(settings);
    let values: Vec<_> = (0..10).map(|number| number.to_string().repeat(500)).collect();
    let headers: Vec<_> = values.iter().map(|value| ("Value", value.as_str())).collect();
    let ticket = driven.send("UserEvent", &headers);
    driven.until("answered", |_| ticket.cell.outcome().is_some());
    let text = String::from_utf8(assert_readable(&peer).concat()).expect("text");
    let heard: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("Value: ")).collect();
    assert_eq!(heard, values);
}

#[test]
fn a_line_as_long_as_asterisk_takes_fills_a_record() {
    let (peer, settings) = peer_and_settings();
    let mut driven = Driven::ready(settings);
    let value = "x".repeat(apn_ami::limits::ACTION_LINE_BYTES_MAX - "Value: ".len());
    let ticket = driven.send("UserEvent", &[("Value", &value), ("After", "1")]);
    driven.until("answered", |_| ticket.cell.outcome().is_some());
    let records = assert_readable(&peer);
    assert!(records.iter().any(|record| record.len() == ASTERISK_READS));
}

#[test]
fn records_go_on_where_they_stopped_when_the_peer_reads_again() {
    let (peer, settings) = peer_and_settings();
    let mut driven = Driven::ready(settings);
    let pause = driven.send("Pause", &[]);
    driven.until("answered", |_| pause.cell.outcome().is_some());
    let sent = driven.fill();
    peer.go.send(()).expect("a peer that waits");
    let last = driven.send("Ping", &[("Number", "last")]);
    driven.until("answered", |_| last.cell.outcome().is_some());
    let text = String::from_utf8(assert_readable(&peer).concat()).expect("text");
    let mut numbers: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("Number: ")).collect();
    assert_eq!(numbers.pop(), Some("last"));
    assert_eq!(numbers, (0..sent).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[test]
fn an_answer_of_a_megabyte_comes_whole_in_steps_within_the_budget() {
    const BUDGET: usize = 4_096;
    let (_peer, mut settings) = peer_and_settings();
    settings.limits.tick_bytes_max = BUDGET;
    let mut driven = Driven::ready(settings);
    let ticket = driven.send("Large", &[]);
    let (mut bytes, mut steps) = (0, 0);
    driven.until("answered", |driven| {
        // A record holds four times the budget. Bytes that are already decrypted are read without new input.
        let report =
            driven.client.step(std::time::Duration::from_millis(20)).expect("a network that can wait");
        assert!(report.bytes_read <= BUDGET, "{report:?}");
        assert!(report.bytes_read < BUDGET || report.more, "{report:?}");
        bytes += report.bytes_read;
        steps += 1;
        ticket.cell.outcome().is_some()
    });
    let answer = ticket.cell.outcome().expect("just seen").as_ref().expect("a good answer");
    assert_eq!(answer.events.len(), LARGE_ITEMS);
    for (number, item) in answer.events.iter().enumerate() {
        assert_eq!(item.get(b"Number").as_deref(), Some(number.to_string().as_bytes()));
        assert_eq!(item.get(b"Data").map(|data| data.len()), Some(1_000));
    }
    assert!(bytes > 0 && steps > 100, "{bytes} bytes in {steps} steps");
}
