//! The `fake-asterisk` program over real sockets.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

/// The running program; it ends with the test.
struct Program {
    child: Child,
    addresses: Vec<String>,
}

impl Program {
    fn start(arguments: &[&str], nodes: usize) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_fake-asterisk"))
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lines = BufReader::new(child.stdout.take().expect("its output")).lines().take(nodes);
        let address =
            |line: String| line.strip_prefix("listening on ").map(str::to_owned).expect("an address");
        let addresses = lines.map(|line| address(line.expect("a line"))).collect();
        Self { child, addresses }
    }

    fn connect(&self, node: usize) -> TcpStream {
        let stream = TcpStream::connect(&self.addresses[node]).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a positive timeout");
        stream
    }

    /// Everything it told on standard error, once it is ended.
    fn told(mut self) -> String {
        let mut stderr = self.child.stderr.take().expect("its errors");
        self.child.kill().expect("it runs");
        let mut text = String::new();
        stderr.read_to_string(&mut text).expect("text");
        text
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const LOGIN: &str = "Action: Login\r\nActionID: 1\r\nUsername: bob\r\nSecret: hidden-word\r\n\r\n";
const LOGOFF: &str = "Action: Logoff\r\nActionID: 9\r\n\r\n";

/// Sends all of it and reads to the end of the session.
fn talk(mut stream: TcpStream, requests: &[&str]) -> String {
    stream.write_all(requests.concat().as_bytes()).expect("it reads");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("it says goodbye");
    String::from_utf8(bytes).expect("text")
}

#[test]
fn each_node_has_a_port_and_a_release() {
    let arguments = ["--nodes", "3", "--user", "bob", "--secret", "hidden-word", "--version-banner", "16"];
    let program = Program::start(&arguments, 3);
    for node in 0..3 {
        let text = talk(program.connect(node), &[LOGIN, "Action: QueueStatus\r\n\r\n", LOGOFF]);
        assert!(text.starts_with("Asterisk Call Manager/5.0.5\r\n"), "{text}");
        assert!(text.contains("Event: QueueStatusComplete"), "{text}");
        assert!(text.ends_with("Message: Thanks for all the fish.\r\n\r\n"), "{text}");
    }
}

/// Reads events until a text came so often. Returns everything that was read, and the stream.
fn read_until(program: &Program, part: &str, times: usize) -> (String, TcpStream) {
    let mut stream = program.connect(0);
    stream.write_all(LOGIN.as_bytes()).expect("it reads");
    let (mut text, mut buffer) = (String::new(), [0; 8_192]);
    while text.matches(part).count() < times {
        let count = stream.read(&mut buffer).expect("events");
        assert!(count > 0, "closed after {text}");
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
    }
    (text, stream)
}

#[test]
fn a_flood_gives_numbered_events_until_the_goodbye() {
    let program = Program::start(&["--user=bob", "--secret=hidden-word", "--flood", "5000"], 1);
    let (text, stream) = read_until(&program, "Event: Newexten", 1_000);
    let rest = talk(stream, &[LOGOFF]);
    let serials = |text: &str| -> Vec<u64> {
        let values = text.lines().filter_map(|line| line.strip_prefix("AccountCode: "));
        values.map(|serial| serial.parse().expect("a number")).collect()
    };
    let serials = serials(&(text + &rest));
    assert!(serials.windows(2).all(|pair| pair[1] == pair[0] + 1), "a hole in the stream");
}

#[test]
fn a_rate_gives_calls_that_lists_show() {
    let program = Program::start(&["--user=bob", "--secret=hidden-word", "--rate", "500"], 1);
    let (text, stream) = read_until(&program, "Event: AgentConnect", 5);
    assert!(text.contains("Event: QueueCallerJoin"), "{text}");
    let rest = talk(stream, &["Action: QueueStatus\r\n\r\n", "Action: CoreShowChannels\r\n\r\n", LOGOFF]);
    for part in ["Queue: support", "Queue: sales", "Event: QueueMember\r\n", "Event: CoreShowChannel\r\n"] {
        assert!(rest.contains(part), "no {part} in {rest}");
    }
}

#[test]
fn the_log_names_actions_and_no_secret() {
    let program = Program::start(&["--user=bob", "--secret=hidden-word", "--log"], 1);
    talk(program.connect(0), &[LOGIN, LOGOFF]);
    let told = program.told();
    assert!(told.contains("Login 1") && told.contains("Logoff 9"), "{told}");
    assert!(!told.contains("hidden-word"), "{told}");
}

fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fake-asterisk")).args(arguments).output().expect("the program starts")
}

#[test]
fn a_wrong_argument_is_named_and_ends_it() {
    let output = run(&["--prot", "5038"]);
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(message, "fake-asterisk: unknown argument `--prot` (see --help)\n");
    assert!(String::from_utf8_lossy(&run(&["--help"]).stdout).starts_with("Usage: fake-asterisk "));
}

#[test]
fn a_port_that_is_taken_is_named() {
    let program = Program::start(&[], 1);
    let port = program.addresses[0].rsplit(':').next().expect("a port").to_owned();
    let output = run(&["--port", &port]);
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.starts_with(&format!("fake-asterisk: cannot listen on 127.0.0.1:{port}: ")), "{message}");
}
