//! Every list of the table, fetched by a real client.

use apn_ami::error::{ActionError, Answer};
use apn_sim::asterisk::Classes;

use crate::{Bench, SECOND};

const ACTIONS: &str = include_str!("../../data/actions.tsv");
const ITEMS: &str = include_str!("../../data/items.txt");
const LISTS: &str = include_str!("../../data/lists.tsv");

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

/// The headers that an action insists on.
fn required(action: &str) -> Vec<(&str, &str)> {
    let row = rows(ACTIONS).find(|row| row[0] == action).expect("a known action");
    let names = row[2].split(';').filter_map(|pair| pair.split_once('='));
    let value = if action == "Hangup" { "/none/" } else { "x" };
    names.map(|(name, _)| (name, value)).collect()
}

/// The names of an item's headers.
fn headers(kind: &str) -> impl Iterator<Item = &str> {
    let head = format!("[{kind}]");
    let lines = ITEMS.lines().skip_while(move |line| *line != head).skip(1);
    lines.take_while(|line| !line.is_empty()).filter_map(|line| Some(line.split_once(':')?.0))
}

fn ready() -> Bench {
    let mut bench = Bench::new(1, 1);
    bench.open_all();
    bench.all_ready(10 * SECOND);
    bench
}

fn fetch(bench: &mut Bench, action: &str, parameters: &[(&str, &str)]) -> Result<Answer, ActionError> {
    let ticket = bench.send(0, action, parameters);
    let took = bench.ended(&ticket, 60 * SECOND);
    assert!(took < SECOND, "{action} took {took:?}");
    match ticket.cell.outcome().expect("an end") {
        Ok(answer) => Ok(answer.clone()),
        Err(error) => Err(error.clone()),
    }
}

#[test]
fn every_list_ends_with_all_its_items() {
    let mut bench = ready();
    let site = bench.sites[0];
    for row in rows(LISTS) {
        bench.world().server_mut(site).fill_list(row[0], 5);
        let answer = fetch(&mut bench, row[0], &required(row[0]));
        let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", row[0]));
        assert_eq!(answer.events.len(), 5, "{}: {answer:?}", row[0]);
        for (item, kind) in answer.events.iter().zip(row[2].split(',').cycle()) {
            for name in headers(kind) {
                assert!(item.get(name.as_bytes()).is_some(), "{}: an item without {name}", row[0]);
            }
        }
        let complete = answer.complete.unwrap_or_else(|| panic!("{} has no closing event", row[0]));
        assert_eq!(complete.get(b"Event").as_deref(), Some(row[3].as_bytes()), "{}", row[0]);
    }
    assert!(fetch(&mut bench, "Ping", &[]).is_ok(), "nothing is left over");
}

#[test]
fn every_empty_list_ends_by_its_convention() {
    let mut bench = ready();
    let site = bench.sites[0];
    for row in rows(LISTS) {
        bench.world().server_mut(site).set_list(row[0], []);
        let answer = fetch(&mut bench, row[0], &required(row[0]));
        if row[5].starts_with("error") {
            assert!(matches!(answer, Err(ActionError::Refused { .. })), "{}: {answer:?}", row[0]);
        } else {
            let answer = answer.unwrap_or_else(|error| panic!("{}: {error}", row[0]));
            assert_eq!(answer.events.len(), 0, "{}", row[0]);
            assert_eq!(answer.complete.is_some(), row[5] == "complete", "{}", row[0]);
        }
    }
}

#[test]
fn an_error_in_mid_list_fails_the_action_once() {
    for row in rows(LISTS).filter(|row| !row[7].is_empty()) {
        let mut bench = ready();
        let site = bench.sites[0];
        bench.world().server_mut(site).fill_list(row[0], 3);
        bench.world().server_mut(site).break_list(row[0], Some(1));
        let answer = fetch(&mut bench, row[0], &required(row[0]));
        assert!(matches!(answer, Err(ActionError::Refused { .. })), "{}: {answer:?}", row[0]);
        bench.pass(SECOND);
        assert!(fetch(&mut bench, "Ping", &[]).is_ok(), "{}", row[0]);
    }
}

#[test]
fn the_odd_answers_end_their_actions() {
    let mut bench = ready();
    let site = bench.sites[0];
    bench.world().server_mut(site).set_netstats(["IAX2/1   10   0", "IAX2/2   12   0"]);
    for (action, more) in [
        ("IAXnetstats", &[][..]),
        ("JabberSend", &[]),
        ("QueueRule", &[]),
        ("SIPshowpeer", &[]),
        ("FAXStats", &[]),
        ("FAXSession", &[("SessionNumber", "1")]),
        ("AGI", &[("CommandID", "c1")]),
        ("GetConfig", &[("Filename", "empty.conf"), ("Category", "none")]),
        ("ListCategories", &[("Filename", "empty.conf")]),
        ("Originate", &[("Channel", "Local/1@a"), ("Application", "Wait"), ("Async", "true")]),
    ] {
        let mut parameters = required(action);
        parameters.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
        parameters.extend(more);
        let answer = fetch(&mut bench, action, &parameters);
        assert!(answer.is_ok(), "{action}: {answer:?}");
        assert!(fetch(&mut bench, "Ping", &[]).is_ok(), "after {action}");
    }
}

#[test]
fn a_list_is_not_disturbed_by_events_of_the_same_name() {
    let mut bench = ready();
    let site = bench.sites[0];
    let now = bench.world().at();
    bench.world().server_mut(site).fill_list("DeviceStateList", 3);
    let ticket = bench.send(0, "DeviceStateList", &[]);
    let device = [("Device", "PJSIP/x"), ("State", "INUSE")];
    bench.world().server_mut(site).emit("DeviceStateChange", Classes::named("call"), device, now);
    bench.ended(&ticket, SECOND);
    let answer = ticket.cell.outcome().expect("an end").as_ref().expect("an answer");
    assert_eq!(answer.events.len(), 3);
}
