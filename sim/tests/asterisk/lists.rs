//! Every action of the table, and every list with its quirks.

use crate::support::{Bench, count, kinds};
use apn_sim::asterisk::{Options, Release};

const ACTIONS: &str = include_str!("../../data/actions.tsv");
const LISTS: &str = include_str!("../../data/lists.tsv");

fn rows(table: &str) -> impl Iterator<Item = Vec<&str>> {
    table.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split('\t').collect())
}

/// A request with all the headers that the action insists on.
fn request(action: &str, id: &str) -> String {
    let row = rows(ACTIONS).find(|row| row[0] == action).expect("a known action");
    let required = row[2].split(';').filter_map(|pair| pair.split_once('=')).map(|(name, _)| name);
    let headers: Vec<_> = required.map(|name| format!("{name}: x\r\n")).collect();
    let channel = if action == "Hangup" { "Channel: /none/\r\n" } else { "" };
    format!("Action: {action}\r\nActionID: {id}\r\n{channel}{}\r\n", headers.concat())
}

#[test]
fn every_action_answers() {
    for row in rows(ACTIONS) {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("off");
        let answer = bench.send(session, request(row[0], "the-id"));
        match row[0] {
            "IAXnetstats" => assert_eq!(answer, "\r\n"),
            "WaitEvent" => assert_eq!(answer, "", "it takes time"),
            _ => {
                assert!(answer.starts_with("Response: "), "{}: {answer}", row[0]);
                assert!(answer.contains("\r\nActionID: the-id\r\n"), "{}: {answer}", row[0]);
            }
        }
    }
}

#[test]
fn every_action_names_the_header_it_lacks() {
    for row in rows(ACTIONS).filter(|row| !row[2].is_empty()) {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("off");
        let (_, message) = row[2].split(';').next().and_then(|pair| pair.split_once('=')).expect("a pair");
        let answer = bench.act(session, &[&format!("Action: {}", row[0])]);
        let expected = format!("Response: Error\r\nMessage: {}\r\n\r\n", message.replace("\\n", "\n"));
        assert_eq!(answer, expected, "{}", row[0]);
    }
}

#[test]
fn every_list_counts_its_items_between_its_marks() {
    for row in rows(LISTS) {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("off");
        assert!(bench.asterisk.fill_list(row[0], 5), "{}", row[0]);
        let answer = bench.send(session, request(row[0], "the-id"));
        let start = if row[9] == "capital-start" { "EventList: Start\r\n" } else { "EventList: start\r\n" };
        assert_eq!(count(&answer, start), 1, "{}: {answer}", row[0]);
        let complete =
            format!("Event: {}\r\nActionID: the-id\r\nEventList: Complete\r\nListItems: 5\r\n", row[3]);
        assert_eq!(count(&answer, &complete), 1, "{}: {answer}", row[0]);
        let ids = if row[9] == "no-id" { 2 } else { 7 };
        assert_eq!(count(&answer, "ActionID: the-id\r\n"), ids, "{}: {answer}", row[0]);
        assert!(answer.ends_with("\r\n\r\n"));
    }
}

#[test]
fn every_empty_list_keeps_to_its_convention() {
    for row in rows(LISTS) {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("off");
        bench.asterisk.set_list(row[0], []);
        let answer = bench.send(session, request(row[0], "1"));
        let (kind, message) = row[5].split_once(' ').unwrap_or((row[5], ""));
        let message = message.replace("\\n", "\n").replace("{Endpoint}", "x").replace("{Context}", "");
        match kind {
            "complete" => assert!(answer.contains("ListItems: 0\r\n"), "{}: {answer}", row[0]),
            "error" => {
                let expected = format!("Response: Error\r\nActionID: 1\r\nMessage: {message}\r\n\r\n");
                assert_eq!(answer, expected, "{}", row[0]);
            }
            _ => {
                let expected = format!("Response: Success\r\nActionID: 1\r\nMessage: {message}\r\n\r\n");
                assert_eq!(answer, expected, "{}", row[0]);
            }
        }
    }
}

#[test]
fn an_error_in_mid_list_ends_it_or_does_not() {
    for (action, goes_on) in
        [("CoreShowChannelMap", false), ("PJSIPShowEndpoint", true), ("ShowDialPlan", false)]
    {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("off");
        bench.asterisk.fill_list(action, 3);
        assert!(bench.asterisk.break_list(action, Some(1)));
        let answer = bench.send(session, request(action, "1"));
        let kinds = kinds(&answer);
        assert_eq!(kinds[0], "Response: Success");
        assert_eq!(kinds[2], "Response: Error");
        assert_eq!(count(&answer, "EventList: Complete"), usize::from(goes_on), "{action}: {answer}");
        bench.asterisk.break_list(action, None);
        let answer = bench.send(session, request(action, "1"));
        assert_eq!(count(&answer, "Response: Error"), 0);
    }
    let mut bench = Bench::new(Options::default());
    assert!(!bench.asterisk.break_list("QueueStatus", Some(1)), "that list has no such error");
}

#[test]
fn an_action_id_of_68_bytes_corrupts_a_conference_list() {
    let answer = |bytes: usize| {
        let mut bench = Bench::new(Options::default());
        let session = bench.logged_in("off");
        bench.send(session, request("ConfbridgeList", &"i".repeat(bytes)))
    };
    assert!(answer(67).contains("i\r\nConference: "));
    assert!(answer(68).contains("i\rConference: "));
}

#[test]
fn skinny_items_run_together() {
    let mut bench = Bench::new(Options { release: Release::V20, ..Options::default() });
    let session = bench.logged_in("off");
    let answer = bench.send(session, request("SKINNYdevices", "1"));
    let block = answer.split("\r\n\r\n").nth(1).expect("a second block");
    assert_eq!(count(block, "Event: DeviceEntry"), 2);
    assert_eq!(count(block, "Event: DevicelistComplete"), 1);
}

#[test]
fn the_start_of_an_agents_call_ends_in_a_bare_line_feed() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    let answer = bench.send(session, request("Agents", "1"));
    assert!(answer.contains("\r\nCallStarted: 1795420700\nLoggedInTime: "), "{answer}");
}

#[test]
fn some_answers_keep_to_no_pattern() {
    let mut bench = Bench::new(Options { release: Release::V20, ..Options::default() });
    let session = bench.logged_in("agi");
    assert_eq!(count(&bench.send(session, request("JabberSend", "1")), "ActionID: 1\r\n"), 2);
    assert!(bench.send(session, request("QueueRule", "1")).ends_with("\r\n\r\n\r\n"));
    assert!(bench.send(session, request("SIPshowpeer", "1")).ends_with("\r\n\r\n\r\n"));
    let fax = bench.send(session, request("FAXStats", "1"));
    assert_eq!(kinds(&fax), ["Response: Success", "Event: FAXStats"]);
    let agi =
        bench.act(session, &["Action: AGI", "ActionID: 1", "Channel: x", "Command: y", "CommandID: c7"]);
    assert!(agi.contains("Event: AsyncAGIExec") && agi.contains("CommandID: c7"), "{agi}");
    assert_eq!(count(&agi, "ActionID: 1"), 1, "{agi}");
    bench.asterisk.set_netstats(["IAX2/1   10   0"]);
    assert_eq!(bench.send(session, request("IAXnetstats", "1")), "IAX2/1   10   0\n\r\n");
}

#[test]
fn old_releases_have_few_lists_with_marks() {
    let mut bench = Bench::new(Options { release: Release::V1_8, ..Options::default() });
    let session = bench.logged_in("off");
    assert_eq!(count(&bench.send(session, request("CoreShowChannels", "1")), "EventList: "), 2);
    let queues = bench.send(session, request("QueueStatus", "1"));
    assert_eq!(count(&queues, "EventList: "), 0, "{queues}");
    assert!(queues.ends_with("Event: QueueStatusComplete\r\nActionID: 1\r\n\r\n"), "{queues}");
}

#[test]
fn commands_follow_as_text_up_to_13() {
    let answer = |release| {
        let mut bench = Bench::new(Options { release, ..Options::default() });
        bench.asterisk.set_command("queue show", true, "support\n   No Callers\n\nsales\n");
        let session = bench.logged_in("off");
        bench.act(session, &["Action: Command", "ActionID: 1", "Command: Queue  show"])
    };
    let head = "Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\n";
    let text = "support\n   No Callers\n\nsales\n--END COMMAND--\r\n\r\n";
    assert_eq!(answer(Release::V13), format!("{head}{text}"));
    let head = "Response: Success\r\nActionID: 1\r\nMessage: Command output follows\r\n";
    let text = "Output: support\r\nOutput:    No Callers\r\nOutput: \r\nOutput: sales\r\n\r\n";
    assert_eq!(answer(Release::V22), format!("{head}{text}"));
}

#[test]
fn some_commands_are_never_run() {
    let mut bench = Bench::new(Options::default());
    let session = bench.logged_in("off");
    for command in ["module load x", "MODULE  UNLOAD x", "restart gracefully"] {
        let answer = bench.act(session, &["Action: Command", &format!("Command: {command}")]);
        assert!(answer.contains("Message: Command blacklisted"), "{answer}");
    }
    let answer = bench.act(session, &["Action: Command", "Command: module loaded"]);
    assert!(answer.contains("No such command"), "{answer}");
}
