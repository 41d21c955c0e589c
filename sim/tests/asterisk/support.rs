//! One fake server and a client's hand on it, in virtual time.

use std::time::{Duration, Instant};

use apn_sim::asterisk::{Asterisk, Options, SessionId};

pub(crate) struct Bench {
    pub(crate) asterisk: Asterisk,
    pub(crate) now: Instant,
}

impl Bench {
    pub(crate) fn new(options: Options) -> Self {
        let now = Instant::now();
        Self { asterisk: Asterisk::new(options, now), now }
    }

    /// A session that is past its banner and logged in with these `Events`.
    pub(crate) fn logged_in(&mut self, events: &str) -> SessionId {
        self.log_in_as("admin", events)
    }

    pub(crate) fn log_in_as(&mut self, user: &str, events: &str) -> SessionId {
        let session = self.asterisk.connect(self.now);
        let login =
            format!("Action: Login\r\nUsername: {user}\r\nSecret: s3cret\r\nEvents: {events}\r\n\r\n");
        let answer = self.send(session, &login);
        assert!(answer.contains("Authentication accepted"), "{answer}");
        session
    }

    /// Sends bytes and gives everything that is written until now.
    pub(crate) fn send(&mut self, session: SessionId, bytes: impl AsRef<[u8]>) -> String {
        self.asterisk.receive(session, bytes.as_ref(), self.now);
        self.received(session)
    }

    /// Sends one action.
    pub(crate) fn act(&mut self, session: SessionId, lines: &[&str]) -> String {
        self.send(session, lines.join("\r\n") + "\r\n\r\n")
    }

    pub(crate) fn received(&mut self, session: SessionId) -> String {
        let bytes = self.asterisk.outgoing(session).to_vec();
        self.asterisk.sent(session, bytes.len(), self.now);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    pub(crate) fn pass(&mut self, time: Duration) {
        self.now += time;
        self.asterisk.advance(self.now);
    }
}

/// The first lines of all blocks: `Response: Success`, `Event: Hangup`.
pub(crate) fn kinds(wire: &str) -> Vec<&str> {
    wire.split("\r\n\r\n").filter_map(|block| block.trim_start().lines().next()).collect()
}

pub(crate) fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}
