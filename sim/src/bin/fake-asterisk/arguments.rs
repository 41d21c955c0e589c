//! The options of the command line.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use apn_sim::asterisk::Release;

pub(crate) const HELP: &str = "\
Usage: fake-asterisk [OPTIONS]

Runs fake Asterisk servers that speak AMI. Each server prints one line, `listening on ADDRESS:PORT`.
SIGTERM or SIGINT ends the process.

  --port N                 port of the first server; the others use the ports after it; 0 selects
                           free ports [0]
  --host ADDRESS           address to listen on [127.0.0.1]
  --nodes N                number of servers in this process [1]
  --user NAME              the only account [admin]
  --secret SECRET          secret of the account; FAKE_ASTERISK_SECRET sets it too [s3cret]
  --rate N                 each server plays calls with about N events per second: phones ring, callers wait
                           in the queues support, sales and billing, agents answer; lists show them [0]
  --flood N                each server sends N numbered events per second that belong to no call, for
                           measurements; AccountCode is the number [0]
  --version-banner NAME    release to imitate: 1.8 10 11 12 13.1 13.4 13 14 15 16 18 20
                           21 22 23; 13.1 is 13.0 and 13.1, 13.4 is 13.2 to 13.4 [22]
  --write-timeout-ms N     disconnect a client that reads nothing for this time; with 0 it is never
                           disconnected, and the generated events wait for the slowest client [100]
  --log                    write a log to standard error
  --help                   print this help

The action FakeEvent sends an event to every client: its header Event is the name, the others are copied.
";

/// A parsed command line.
#[derive(Debug)]
pub(crate) enum Wish {
    Help,
    Serve(Arguments),
}

/// The options after their checks.
#[derive(Clone)]
pub(crate) struct Arguments {
    pub(crate) port: u16,
    pub(crate) host: IpAddr,
    pub(crate) nodes: u16,
    pub(crate) user: String,
    pub(crate) secret: String,
    pub(crate) rate: u32,
    pub(crate) flood: u32,
    pub(crate) release: Release,
    pub(crate) write_timeout: Option<Duration>,
    pub(crate) log: bool,
}

/// Prints the port only, since the secret must not be printed.
impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arguments").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Default for Arguments {
    fn default() -> Self {
        Self {
            port: 0,
            host: IpAddr::from([127, 0, 0, 1]),
            nodes: 1,
            user: "admin".into(),
            secret: std::env::var("FAKE_ASTERISK_SECRET").unwrap_or_else(|_| "s3cret".into()),
            rate: 0,
            flood: 0,
            release: Release::V22,
            write_timeout: Some(Duration::from_millis(100)),
            log: false,
        }
    }
}

impl Arguments {
    /// Parses `--flag value` and `--flag=value`.
    ///
    /// # Errors
    ///
    /// A message that names the flag that is unknown, lacks its value or has an invalid one.
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Wish, String> {
        let mut arguments = Self::default();
        let mut words = words;
        while let Some(word) = words.next() {
            let (flag, inline) = match word.split_once('=') {
                Some((flag, value)) => (flag.to_owned(), Some(value.to_owned())),
                None => (word, None),
            };
            match flag.as_str() {
                "--help" | "-h" => return Ok(Wish::Help),
                "--log" => match inline {
                    None => arguments.log = true,
                    Some(value) => return Err(format!("--log takes no value, not `{value}`")),
                },
                _ => arguments.set(&flag, inline, &mut words)?,
            }
        }
        let last_port = u32::from(arguments.port) + u32::from(arguments.nodes) - 1;
        if arguments.port != 0 && last_port > u32::from(u16::MAX) {
            return Err(format!(
                "--nodes {} from --port {} goes past 65535",
                arguments.nodes, arguments.port
            ));
        }
        Ok(Wish::Serve(arguments))
    }

    fn set(
        &mut self,
        flag: &str,
        inline: Option<String>,
        words: &mut impl Iterator<Item = String>,
    ) -> Result<(), String> {
        let known = [
            "--port",
            "--host",
            "--nodes",
            "--user",
            "--secret",
            "--rate",
            "--flood",
            "--version-banner",
            "--write-timeout-ms",
        ];
        if !known.contains(&flag) {
            return Err(format!("unknown argument `{flag}`"));
        }
        let value = inline.or_else(|| words.next()).ok_or_else(|| format!("{flag} needs a value"))?;
        match flag {
            "--port" => self.port = number(flag, &value)?,
            "--host" => self.host = number(flag, &value)?,
            "--nodes" => match number(flag, &value)? {
                0 => return Err("--nodes is 0, must be at least 1".into()),
                nodes => self.nodes = nodes,
            },
            "--user" => self.user = value,
            "--secret" => self.secret = value,
            "--rate" => self.rate = number(flag, &value)?,
            "--flood" => self.flood = number(flag, &value)?,
            "--version-banner" => {
                self.release = Release::named(&value).ok_or_else(|| {
                    let names = Release::ALL.map(Release::name).join(", ");
                    format!("--version-banner is `{value}`, must be one of {names}")
                })?;
            }
            _ => {
                let milliseconds: u64 = number(flag, &value)?;
                self.write_timeout = (milliseconds > 0).then(|| Duration::from_millis(milliseconds));
            }
        }
        Ok(())
    }
}

fn number<T: FromStr>(flag: &str, value: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("{flag} is `{value}`, which does not fit"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Wish, String> {
        Arguments::parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn values_follow_or_are_attached() {
        let Ok(Wish::Serve(arguments)) = parse("--port=5038 --nodes 3 --version-banner 1.8 --log") else {
            panic!("fine arguments");
        };
        assert_eq!((arguments.port, arguments.nodes, arguments.log), (5_038, 3, true));
        assert_eq!(arguments.release, Release::V1_8);
    }

    #[test]
    fn mistakes_are_named() {
        for (line, message) in [
            ("--speed 3", "unknown argument `--speed`"),
            ("--port", "--port needs a value"),
            ("--port 70000", "--port is `70000`, which does not fit"),
            ("--nodes 0", "--nodes is 0, must be at least 1"),
            ("--port 65535 --nodes 2", "--nodes 2 from --port 65535 goes past 65535"),
            ("--log=yes", "--log takes no value, not `yes`"),
        ] {
            assert_eq!(parse(line).expect_err(line), message);
        }
    }
}
