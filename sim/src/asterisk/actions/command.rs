//! `Command` and the CLI's output, in the form of the release.

use std::collections::BTreeMap;

use crate::asterisk::block::Block;
use crate::asterisk::dispatch::{Next, Turn};
use crate::asterisk::options::Release;
use crate::asterisk::request::Request;

/// The output of a CLI command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Output {
    pub(crate) success: bool,
    pub(crate) text: Vec<u8>,
}

/// The commands that the CLI knows, with their output.
#[derive(Debug)]
pub(crate) struct Cli {
    outputs: BTreeMap<Vec<u8>, Output>,
}

impl Cli {
    pub(crate) fn new(release: Release) -> Self {
        let mut cli = Self { outputs: BTreeMap::new() };
        let version =
            format!("Asterisk {}.0.0 built by nobody @ nowhere on a fake running Rust\n", release.name());
        for (command, text) in [
            ("core show version", version.as_str()),
            ("core show uptime", UPTIME),
            ("core show settings", SETTINGS),
            ("core show channels", CHANNELS),
            ("queue show", QUEUES),
            ("dialplan reload", "Dialplan reloaded.\n"),
        ] {
            cli.set(command.as_bytes(), Output { success: true, text: text.as_bytes().to_vec() });
        }
        cli
    }

    pub(crate) fn set(&mut self, command: &[u8], output: Output) {
        self.outputs.insert(normal(command), output);
    }

    pub(crate) fn run(&self, command: &[u8]) -> Output {
        self.outputs.get(&normal(command)).cloned().unwrap_or_else(|| {
            let command = String::from_utf8_lossy(command);
            let text = format!(
                "No such command '{command}' (type 'core show help {command}' for other possible commands)\n"
            );
            Output { success: false, text: text.into_bytes() }
        })
    }
}

/// Normalizes blanks and case, since commands are compared word by word without regard to case.
fn normal(command: &[u8]) -> Vec<u8> {
    let words: Vec<_> = command.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).collect();
    words.join(&b' ').to_ascii_lowercase()
}

const UPTIME: &str = "System uptime: 1 minute, 5 seconds\nLast reload: 1 minute, 5 seconds\n";

const SETTINGS: &str = "
PBX Core settings
-----------------
  Maximum calls:               Not set
  Root console verbosity:      0
  System name:

* Subsystems
  -------------
  Manager (AMI):               Enabled

";

const CHANNELS: &str = "\
Channel              Location             State   Application(Data)
0 active channels
0 active calls
0 calls processed
";

const QUEUES: &str = "\
support has 0 calls (max unlimited) in 'ringall' strategy (0s holdtime, 0s talktime), W:0, C:0, A:0, SL:0.0%
   No Members
   No Callers

";

/// Commands that the manager never runs, by their first words (`command_blacklist`).
const BLACKLIST: [&[u8]; 3] = [b"module load", b"module unload", b"restart gracefully"];

pub(super) fn command(turn: &mut Turn<'_>, request: &Request) -> Next {
    let command = request.header("Command");
    let words = normal(command);
    let is_listed =
        |listed: &&[u8]| words.strip_prefix(*listed).is_some_and(|rest| rest.is_empty() || rest[0] == b' ');
    if BLACKLIST.iter().any(is_listed) {
        return turn.error(request, "Command blacklisted");
    }
    let output = turn.pbx.cli.run(command);
    let answer = if turn.pbx.options.release.commands_follow() {
        follows(request, &output.text)
    } else {
        lines(request, &output)
    };
    turn.say(&answer)
}

/// The answer since 14: a header for each line.
fn lines(request: &Request, output: &Output) -> Vec<u8> {
    let text = output.text.strip_suffix(b"\n").unwrap_or(&output.text);
    let kind = if output.success { "Success" } else { "Error" };
    let block = Block::response(kind, request).header("Message", "Command output follows");
    text.split(|byte| *byte == b'\n').fold(block, |block, line| block.header("Output", line)).end()
}

/// The answer up to 13: the text unchanged, blank lines included, then a marker.
fn follows(request: &Request, text: &[u8]) -> Vec<u8> {
    Block::new()
        .header("Response", "Follows")
        .header("Privilege", "Command")
        .id(request.id())
        .raw(text)
        .raw(b"--END COMMAND--\r\n")
        .end()
}
