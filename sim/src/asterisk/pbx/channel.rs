//! A channel, and its headers in an event.

use std::time::Instant;

use crate::asterisk::block::Block;
use crate::asterisk::options::Release;

/// Channel states with Asterisk's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Down = 0,
    Ring = 4,
    Ringing = 5,
    Up = 6,
    Busy = 7,
}

impl State {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Down => "Down",
            Self::Ring => "Ring",
            Self::Ringing => "Ringing",
            Self::Up => "Up",
            Self::Busy => "Busy",
        }
    }
}

/// A name and a number. Empty means unknown.
#[derive(Clone, Debug, Default)]
pub(crate) struct Party {
    pub(crate) name: Vec<u8>,
    pub(crate) number: Vec<u8>,
}

impl Party {
    pub(crate) fn is_known(&self) -> bool {
        !self.name.is_empty() || !self.number.is_empty()
    }
}

/// A position in the dialplan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    pub(crate) context: Vec<u8>,
    pub(crate) exten: Vec<u8>,
    pub(crate) priority: Vec<u8>,
}

#[derive(Clone, Debug)]
pub(crate) struct Channel {
    pub(crate) name: Vec<u8>,
    pub(crate) state: State,
    pub(crate) caller: Party,
    pub(crate) connected: Party,
    pub(crate) account: Vec<u8>,
    pub(crate) place: Place,
    pub(crate) unique_id: Vec<u8>,
    pub(crate) linked_id: Vec<u8>,
    pub(crate) application: (String, Vec<u8>),
    pub(crate) variables: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) created: Instant,
}

impl Channel {
    /// The headers of a snapshot, with this prefix before each name (`main/manager_channels.c`,
    /// `ast_manager_build_channel_state_string_prefix`).
    pub(crate) fn snapshot(&self, prefix: &str, release: Release) -> Block {
        let name = |name: &str| format!("{prefix}{name}");
        Block::new()
            .header(name("Channel"), &self.name)
            .header(name("ChannelState"), (self.state as u8).to_string())
            .header(name("ChannelStateDesc"), self.state.label())
            .header(name("CallerIDNum"), or_unknown(&self.caller.number))
            .header(name("CallerIDName"), or_unknown(&release.written(&self.caller.name)))
            .header(name("ConnectedLineNum"), or_unknown(&self.connected.number))
            .header(name("ConnectedLineName"), or_unknown(&release.written(&self.connected.name)))
            .header(name("Language"), "en")
            .header(name("AccountCode"), &self.account)
            .header(name("Context"), &self.place.context)
            .header(name("Exten"), &self.place.exten)
            .header(name("Priority"), &self.place.priority)
            .header(name("Uniqueid"), &self.unique_id)
            .header(name("Linkedid"), &self.linked_id)
    }

    pub(crate) fn variable(&self, name: &[u8]) -> Option<&[u8]> {
        self.variables.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_slice())
    }

    pub(crate) fn set_variable(&mut self, name: &[u8], value: &[u8]) {
        match self.variables.iter_mut().find(|(other, _)| other == name) {
            Some((_, old)) => *old = value.to_vec(),
            None => self.variables.push((name.to_vec(), value.to_vec())),
        }
    }
}

/// The value, or Asterisk's replacement for an empty name or number.
pub(crate) fn or_unknown(value: &[u8]) -> &[u8] {
    if value.is_empty() { b"<unknown>" } else { value }
}
