//! What real servers answered, compared with what the fake answers to the same bytes.
//!
//! `queue-call` is not replayed: the fake does not run the dialplan's `Queue`.

use std::fs;
use std::time::{Duration, Instant};

use apn_sim::asterisk::{Account, Asterisk, Classes, Headers, Options, Rate, Release, SessionId};
use md5::{Digest, Md5};

/// A block: its lines without their ends.
type Block = Vec<String>;

struct Dialogue {
    sent: Vec<Block>,
    received: Vec<Block>,
    banner: String,
}

impl Dialogue {
    fn read(release: &str, name: &str) -> Self {
        let text = |end: &str| {
            let path = format!("../tests/data/asterisk-{release}/{name}.{end}");
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
        };
        let received = text("received");
        let (banner, received) = received.split_once("\r\n").expect("a banner");
        // A blank line of its own is a request too, hence no trimming of what was sent.
        Self { sent: requests(&text("sent")), received: blocks(received), banner: banner.to_owned() }
    }

    /// The blocks of the answer to one action.
    fn answers<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Block> {
        self.received.iter().filter(move |block| header(block, "ActionID") == Some(id))
    }
}

/// Requests as they were sent, blank line included.
fn requests(text: &str) -> Vec<Block> {
    let mut requests = vec![Vec::new()];
    for line in text.split_inclusive("\r\n") {
        let line = line.trim_end_matches("\r\n");
        requests.last_mut().expect("never empty").push(line.to_owned());
        if line.is_empty() {
            requests.push(Vec::new());
        }
    }
    requests.pop();
    requests
}

/// Blocks, a bare LF counted as a line end as clients do.
fn blocks(text: &str) -> Vec<Block> {
    let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    let lines: Vec<_> = lines.map(str::to_owned).collect();
    lines.split(String::is_empty).filter(|block| !block.is_empty()).map(<[String]>::to_vec).collect()
}

fn header<'a>(block: &'a Block, name: &str) -> Option<&'a str> {
    block.iter().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

struct Replay {
    asterisk: Asterisk,
    session: SessionId,
    now: Instant,
    received: Vec<u8>,
}

impl Replay {
    fn new(release: Release) -> Self {
        let no_rights =
            Account { read: Classes::NONE, write: Classes::NONE, ..Account::new("noperm", "s3cret") };
        let accounts = vec![Account::new("admin", "s3cret"), no_rights];
        let now = Instant::now();
        let mut asterisk = Asterisk::new(Options { release, accounts, ..Options::default() }, now);
        let session = asterisk.connect(now);
        Self { asterisk, session, now, received: Vec::new() }
    }

    fn collect(&mut self) {
        let bytes = self.asterisk.outgoing(self.session).to_vec();
        self.asterisk.sent(self.session, bytes.len(), self.now);
        self.received.extend(bytes);
    }

    /// Sends the requests one after the other, two seconds apart as in the recordings.
    fn play(mut self, dialogue: &Dialogue) -> (String, Vec<Block>) {
        for request in &dialogue.sent {
            let is_login = header(request, "AuthType").is_some();
            let line = |line: &String| if is_login { self.with_our_key(line) } else { line.clone() };
            let lines: Vec<_> = request.iter().map(line).collect();
            self.asterisk.receive(self.session, (lines.join("\r\n") + "\r\n").as_bytes(), self.now);
            self.collect();
            self.now += Duration::from_secs(2);
            self.asterisk.advance(self.now);
            self.collect();
        }
        let text = String::from_utf8(self.received).expect("the fake echoes what it was sent");
        let (banner, rest) = text.split_once("\r\n").expect("a banner");
        (banner.to_owned(), blocks(rest))
    }

    /// The key of a recorded login belongs to another challenge.
    fn with_our_key(&self, line: &str) -> String {
        if !line.starts_with("Key: ") {
            return line.to_owned();
        }
        let text = String::from_utf8_lossy(&self.received);
        let challenge = text.lines().find_map(|line| line.strip_prefix("Challenge: ")).expect("a challenge");
        let key = u128::from_be_bytes(Md5::digest(format!("{challenge}s3cret")).into());
        format!("Key: {key:032x}")
    }

    /// Fills every list with the items of the recording.
    fn fill_lists(&mut self, dialogue: &Dialogue) {
        for request in &dialogue.sent {
            let (Some(action), Some(id)) = (header(request, "Action"), header(request, "ActionID")) else {
                continue;
            };
            let is_item =
                |block: &&Block| block[0].starts_with("Event: ") && header(block, "EventList").is_none();
            let items: Vec<_> = dialogue.answers(id).filter(is_item).map(item).collect();
            if dialogue.answers(id).any(|block| header(block, "EventList") == Some("start"))
                || action == "PJSIPShowContacts"
                || action.starts_with("Confbridge")
            {
                self.asterisk.set_list(action, items);
            }
        }
    }

    /// Teaches the CLI what the recording says.
    fn teach_commands(&mut self, dialogue: &Dialogue) {
        for request in &dialogue.sent {
            let (Some(command), Some(id)) = (header(request, "Command"), header(request, "ActionID")) else {
                continue;
            };
            for block in dialogue.answers(id) {
                let lines: Vec<_> = block.iter().filter_map(|line| line.strip_prefix("Output: ")).collect();
                self.asterisk.set_command(command, block[0] == "Response: Success", lines.join("\n") + "\n");
            }
        }
    }
}

fn item(block: &Block) -> (String, Headers) {
    let event = block[0].strip_prefix("Event: ").expect("an event").to_owned();
    let headers = block[1..].iter().filter(|line| !line.starts_with("ActionID: ")).map(|line| {
        let (name, value) = line.split_once(": ").expect("a header");
        (name.as_bytes().to_vec(), value.as_bytes().to_vec())
    });
    (event, headers.collect())
}

/// Headers whose values are another's at every run, or on every machine.
const VARYING: [&str; 22] = [
    "AccountID",
    "AsteriskVersion",
    "Challenge",
    "Channel",
    "CoreReloadDate",
    "CoreReloadTime",
    "CoreStartupDate",
    "CoreStartupTime",
    "DestChannel",
    "EventTV",
    "LastReload",
    "LocalAddress",
    "LocalOneChannel",
    "LocalTwoChannel",
    "RemoteAddress",
    "SessionID",
    "SessionTV",
    "Timestamp",
    "Uptime",
    "Duration",
    "Seconds",
    "Value",
];

/// A block without what differs from run to run.
fn shape(block: &Block) -> Block {
    let varies =
        |name: &str| VARYING.contains(&name) || name.ends_with("Uniqueid") || name.ends_with("Linkedid");
    block
        .iter()
        .map(|line| match line.split_once(": ") {
            // Which half of a Local channel it is does matter.
            Some((name, value)) if varies(name) => {
                let half = value.rsplit_once(';').map_or("", |(_, half)| half);
                format!("{name}: ...{half}")
            }
            _ => line.clone(),
        })
        .collect()
}

/// Events of other threads of the server, which come when they like, or never.
fn is_by_the_way(block: &Block) -> bool {
    let events = ["TestEvent", "DeviceStateChange", "QueueMemberStatus"];
    header(block, "ActionID").is_none()
        && block[0].strip_prefix("Event: ").is_some_and(|event| events.contains(&event))
}

fn shapes(blocks: &[Block]) -> Vec<Block> {
    blocks.iter().filter(|block| !is_by_the_way(block)).map(shape).collect()
}

fn compare(release: Release, name: &str, prepare: impl Fn(&mut Replay, &Dialogue)) {
    let dialogue = Dialogue::read(release.name(), name);
    let mut replay = Replay::new(release);
    prepare(&mut replay, &dialogue);
    let (banner, answered) = replay.play(&dialogue);
    let series = |banner: &str| banner.rsplit_once('.').map(|(series, _)| series.to_owned());
    assert_eq!(series(&banner), series(&dialogue.banner), "{name} of {}", release.name());
    let (ours, theirs) = (shapes(&answered), shapes(&dialogue.received));
    for (number, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(ours, theirs, "block {number} of {name} of {}: ours, theirs", release.name());
    }
    assert_eq!(ours.len(), theirs.len(), "blocks of {name} of {}", release.name());
}

fn on_both(name: &str) {
    for release in [Release::V16, Release::V22] {
        compare(release, name, |_, _| {});
    }
}

#[test]
fn logins() {
    on_both("login-plain");
    on_both("login-md5");
    on_both("login-refused");
}

#[test]
fn without_rights() {
    on_both("no-permission");
    on_both("not-logged-in");
}

#[test]
fn errors() {
    on_both("errors");
}

#[test]
fn user_events() {
    on_both("user-event");
}

#[test]
fn calls() {
    on_both("originate-busy");
    for release in [Release::V16, Release::V22] {
        compare(release, "originate-answered", |replay, _| replay.asterisk.set_list("BridgeList", []));
    }
    // In 16 the two halves of a Local channel hang up the other way round.
    compare(Release::V22, "originate-sync", |_, _| {});
}

#[test]
fn commands() {
    for release in [Release::V16, Release::V22] {
        compare(release, "command", Replay::teach_commands);
    }
}

#[test]
fn lists() {
    for release in [Release::V16, Release::V22] {
        compare(release, "lists", |replay, dialogue| {
            replay.fill_lists(dialogue);
            if release == Release::V16 {
                // That server had no such module.
                let unknown = "Invalid/unknown command: VoicemailUsersList. \
                               Use Action: ListCommands to show available commands.";
                replay.asterisk.respond("VoicemailUsersList", apn_sim::asterisk::Answer::error(unknown));
            }
        });
    }
}

#[test]
fn configuration() {
    for release in [Release::V16, Release::V22] {
        let dialogue = Dialogue::read(release.name(), "config");
        let mut replay = Replay::new(release);
        replay.fill_lists(&dialogue);
        let (_, answered) = replay.play(&dialogue);
        // Every build has other commands and other settings.
        let is_alike = |block: &&Block| block.len() < 100 && header(block, "AMIversion").is_none();
        let ours: Vec<_> = answered.iter().filter(is_alike).map(shape).collect();
        let theirs: Vec<_> = dialogue.received.iter().filter(is_alike).map(shape).collect();
        assert_eq!(ours, theirs, "{}", release.name());
        let json =
            |blocks: &[Block]| blocks.iter().find_map(|block| header(block, "JSON").map(str::to_owned));
        assert_eq!(json(&answered), json(&dialogue.received));
    }
}

/// The made-up stream of a busy dialer has the headers of a recorded one.
#[test]
fn floods() {
    let dialogue = Dialogue::read("22", "flood");
    let mut replay = Replay::new(Release::V22);
    let rate = Rate { events_per_second: 1_000, events_max: Some(200), waiting_bytes_max: None };
    replay.asterisk.set_rate(rate, replay.now);
    let login = Dialogue { sent: dialogue.sent[..1].to_vec(), ..Dialogue::read("22", "flood") };
    let (_, answered) = replay.play(&login);
    let made_up: Vec<_> = answered.iter().filter(|block| header(block, "Exten") == Some("400")).collect();
    assert_eq!(made_up.len(), 200);
    let recorded = ["flood", "originate-busy"].map(|name| Dialogue::read("22", name).received).concat();
    for block in made_up {
        let theirs = recorded.iter().find(|other| other[0] == block[0]).expect("a recorded one");
        assert_eq!(names(block), names(theirs));
    }
}

fn names(block: &Block) -> Vec<&str> {
    block.iter().filter_map(|line| line.split(':').next()).collect()
}
