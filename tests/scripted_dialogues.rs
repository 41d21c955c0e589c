//! Answers of servers that cannot be run here, written from their sources, and the client's results, fed byte by byte.
//!
//! A dialogue is the banner, then for each action `> NAME`, its headers, `<`, and the lines that Asterisk writes until its
//! next answer, with `%ID%` for the `ActionID`. After each action the client sends a `Ping`, which is answered. Lines end
//! with CRLF when they are sent.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::node::{CompletionPolicy, ConnectionState, FrameOutcome, LinkPrivacy, Node, Ticket};
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, ServerSettings};
use apn_ami::wire::{Action, InstanceId, Message, Parameter, Stamp};

fn dialogues() -> Vec<PathBuf> {
    let data = Path::new("tests/data/scripted");
    let entries = fs::read_dir(data).expect("the dialogues are in the repository");
    let mut found: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    found.retain(|path| path.extension().is_some_and(|extension| extension == "dialogue"));
    found.sort();
    assert!(found.len() >= 9, "only {} dialogues", found.len());
    found
}

/// A session that is fed byte by byte, and its results.
struct Session {
    node: Node,
    now: Instant,
    events: Vec<Message>,
}

impl Session {
    fn new(banner: &str) -> Self {
        let settings = ServerSettings::new("a", "10.0.0.1", 5_038, "admin", Secret::new("s3cret"));
        let settings = ServerSettings { auth: AuthMethod::Plain, ..settings.expect("fine settings") };
        let now = Instant::now();
        let instance = InstanceId::from_random([0; 13]);
        let mut node = Node::new(Arc::new(settings), instance, Duration::from_secs(1), now);
        node.start(now);
        node.link_resolved(now);
        node.link_up(LinkPrivacy::Private, now);
        let mut session = Self { node, now, events: Vec::new() };
        session.hear(&format!("{banner}\n"));
        let login = session.last_id();
        session.hear(&format!("Response: Success\nActionID: {login}\nMessage: Authentication accepted\n\n"));
        assert_eq!(session.node.state(), ConnectionState::Ready, "{banner}");
        session
    }

    fn hear(&mut self, text: &str) {
        for byte in text.replace('\n', "\r\n").bytes() {
            self.node.framer().room(1)[0] = byte;
            self.node.filled(1, self.now);
            loop {
                let stamp =
                    Stamp { has_raw_values: !self.node.version().escapes_values(), ..Stamp::default() };
                match self.node.next(stamp, self.now) {
                    FrameOutcome::NeedInput => break,
                    FrameOutcome::Handled => {}
                    FrameOutcome::Lost(frame) => panic!("too long: {}", frame.escape_ascii()),
                    FrameOutcome::Listed(..) | FrameOutcome::ListBroken => {
                        panic!("no list was asked for by the live model")
                    }
                    FrameOutcome::Event(frame) => self.events.push(Message::stamped(frame, stamp)),
                }
            }
        }
    }

    /// The `ActionID` of the action sent last, which may be the client's own.
    fn last_id(&mut self) -> String {
        let waiting = String::from_utf8_lossy(self.node.outbox().waiting()).into_owned();
        self.node.advance_outbox(waiting.len());
        let id = waiting.lines().filter_map(|line| line.strip_prefix("ActionID: ")).next_back();
        id.expect("an action").to_owned()
    }

    fn send(&mut self, name: &str, headers: &[(String, Parameter)]) -> Ticket {
        let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value));
        let action = Action::new(name, headers).expect("a fine action");
        self.node.send(&action, &CompletionPolicy::default(), self.now).expect("a Ready server")
    }
}

/// The results of one dialogue as text.
fn told(dialogue: &str) -> String {
    let mut parts = dialogue.split("\n> ");
    let banner = parts.next().expect("a banner").trim_end();
    let mut session = Session::new(banner);
    let mut text = format!("{banner}\n");
    for part in parts {
        let (request, said) = part.split_once("\n<\n").expect("an answer");
        let mut lines = request.lines();
        let name = lines.next().expect("an action");
        let headers: Vec<_> = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), Parameter::One(value.into())))
            .collect();
        let ticket = session.send(name, &headers);
        session.hear(&format!("{said}\n").replace("%ID%", &ticket.id.to_string()));
        let is_early = ticket.cell.outcome().is_some();
        let ping = session.send("Ping", &[]);
        session.hear(&format!("Response: Success\nActionID: {}\nPing: Pong\n\n", ping.id));
        assert!(matches!(ping.cell.outcome(), Some(Ok(_))), "the Ping behind {name}");
        writeln!(text, "\n{name} {}", if is_early { "ends by itself" } else { "ends with the next answer" })
            .expect("memory");
        describe(&ticket, &mut text);
        for event in session.events.drain(..) {
            line("heard", &event, &mut text);
        }
    }
    let odd = session.node.counters();
    assert_eq!((odd.frames_odd, odd.answers_late, odd.answers_foreign), (0, 0, 0), "{text}");
    text
}

fn describe(ticket: &Ticket, text: &mut String) {
    match ticket.cell.outcome() {
        Some(Ok(answer)) => {
            line("response", &answer.response, text);
            if let Some(output) = answer.response.output() {
                writeln!(text, "  output {:?}", String::from_utf8_lossy(&output)).expect("memory");
            }
            answer.events.iter().for_each(|event| line("item", event, text));
            answer.complete.iter().for_each(|event| line("end", event, text));
        }
        Some(Err(error)) => writeln!(text, "  error {error}").expect("memory"),
        None => writeln!(text, "  no end").expect("memory"),
    }
}

/// Writes a message as one line, without its ids.
fn line(what: &str, message: &Message, text: &mut String) {
    let header = |(name, value): (&[u8], std::borrow::Cow<'_, [u8]>)| {
        format!("{}={}", String::from_utf8_lossy(name), String::from_utf8_lossy(&value))
    };
    let shown = message.headers().filter(|(name, _)| !name.eq_ignore_ascii_case(b"ActionID")).map(header);
    writeln!(text, "  {what} {}", shown.collect::<Vec<_>>().join(" | ")).expect("memory");
}

/// With `UPDATE_EXPECT=1` the test writes the expected results.
#[test]
fn every_action_of_every_dialogue_ends_as_expected() {
    for path in dialogues() {
        let text = told(&fs::read_to_string(&path).expect("a readable dialogue"));
        assert!(!text.contains("no end"), "{}: {text}", path.display());
        let expected = path.with_extension("answers");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &text).expect("a writable folder");
        }
        let known = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, known, "{}", expected.display());
    }
}
