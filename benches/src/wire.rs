//! The part of AMI that the feeder and the plain loop need: reading an action and writing a response.

use std::io::{self, BufRead};

/// The headers of an action in their order.
#[derive(Default)]
pub(crate) struct Action(Vec<(String, String)>);

impl Action {
    /// Reads up to the next empty line. `None` at the end of the stream.
    pub(crate) fn read(from: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut action = Self::default();
        let mut line = String::new();
        loop {
            line.clear();
            if from.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let text = line.trim_end();
            if text.is_empty() {
                return Ok(Some(action));
            }
            if let Some((name, value)) = text.split_once(':') {
                action.0.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
        }
    }

    /// The value of a header, by its name in lower case. Empty if there is none.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn number(&self, name: &str) -> u64 {
        self.get(name).parse().unwrap_or_default()
    }

    /// Appends `Response: Success` with the action's id and these headers.
    pub(crate) fn answer(&self, headers: &str, into: &mut Vec<u8>) {
        into.extend_from_slice(b"Response: Success\r\n");
        let id = self.get("actionid");
        if !id.is_empty() {
            into.extend_from_slice(format!("ActionID: {id}\r\n").as_bytes());
        }
        into.extend_from_slice(headers.as_bytes());
        into.extend_from_slice(b"\r\n");
    }
}
