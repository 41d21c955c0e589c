//! One server of the world, and the links to it.

use std::collections::{BTreeMap, VecDeque};
use std::time::Instant;

use apn_ami::client::{LinkEvent, Transfer};
use apn_ami::cluster::LinkId;
use apn_ami::error::DisconnectReason;

use crate::asterisk::{Asterisk, SessionId};
use crate::link::{Link, LinkOptions, Read, Side};

/// The result of a connect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// The connect succeeds.
    Open,
    /// No process listens on the port.
    Refused,
    /// No answer comes.
    Blackhole,
    /// There is no route to the host.
    Unreachable,
    /// The name has no address.
    NoName,
    /// The TLS handshake fails.
    BadCertificate,
}

/// How a link ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hand {
    Closed,
    Reset,
}

/// A link and its session.
#[derive(Debug)]
struct Line {
    link: Link,
    /// `None` once the server has closed or lost the session.
    session: Option<SessionId>,
    /// `Readable` was reported, and no read was empty since.
    told_readable: bool,
    /// The client's last write found no room.
    wants_room: bool,
    /// The client has closed the link. Bytes that it wrote before are still delivered.
    abandoned: bool,
}

#[derive(Debug)]
pub(super) struct Site {
    pub(super) asterisk: Asterisk,
    pub(super) door: Door,
    pub(super) links: LinkOptions,
    pub(super) wakes_at: Option<Instant>,
    lines: BTreeMap<LinkId, Line>,
}

/// Size of the server's read buffer.
const READ_BYTES: usize = 16 * 1_024;

impl Site {
    pub(super) fn new(asterisk: Asterisk) -> Self {
        Self {
            asterisk,
            door: Door::Open,
            links: LinkOptions::default(),
            wakes_at: None,
            lines: BTreeMap::new(),
        }
    }

    pub(super) fn set_links(&mut self, options: LinkOptions) {
        self.links = options;
        self.each_link(|link| link.set_options(options));
    }

    pub(super) fn each_link(&mut self, change: impl Fn(&mut Link)) {
        self.lines.values_mut().for_each(|line| change(&mut line.link));
    }

    pub(super) fn connect(&mut self, id: LinkId, seed: u64, now: Instant) {
        let line = Line {
            link: Link::new(self.links, seed),
            session: Some(self.asterisk.connect(now)),
            told_readable: false,
            wants_room: false,
            abandoned: false,
        };
        self.lines.insert(id, line);
    }

    /// Moves bytes in both directions until none can move, then reports readiness to the client.
    pub(super) fn run(&mut self, now: Instant, events: &mut VecDeque<(LinkId, LinkEvent)>) {
        self.asterisk.advance(now);
        let mut moved = true;
        while moved {
            moved = false;
            for line in self.lines.values_mut() {
                moved |= line.receive(&mut self.asterisk, now);
                moved |= line.send(&mut self.asterisk, now);
            }
        }
        self.lines.retain(|_, line| !(line.abandoned && line.session.is_none()));
        for (id, line) in &mut self.lines {
            line.tell(*id, now, events);
        }
    }

    /// When the site has to run next without a call of the client.
    pub(super) fn next_moment(&self, now: Instant) -> Option<Instant> {
        let lines = self.lines.values().flat_map(|line| line.next_moments(&self.asterisk));
        // Bytes that can be read already wait for the client, so they plan no run.
        lines.filter(|at| *at > now).chain(self.asterisk.next_deadline()).min()
    }

    pub(super) fn read(&mut self, id: LinkId, into: &mut [u8], now: Instant) -> Transfer {
        let Some(line) = self.lines.get_mut(&id) else { return closed(Hand::Closed) };
        match line.link.read(Side::Client, into, now) {
            Read::Bytes(count) => Transfer::Done(count),
            Read::Empty => {
                line.told_readable = false;
                Transfer::Blocked
            }
            Read::Closed => closed(Hand::Closed),
            Read::Reset => closed(Hand::Reset),
        }
    }

    pub(super) fn write(&mut self, id: LinkId, bytes: &[u8], now: Instant) -> Transfer {
        let Some(line) = self.lines.get_mut(&id) else { return closed(Hand::Closed) };
        match line.link.write(Side::Client, bytes, now) {
            0 if line.link.is_reset() => closed(Hand::Reset),
            0 => {
                line.wants_room = true;
                Transfer::Blocked
            }
            count => Transfer::Done(count),
        }
    }

    pub(super) fn close(&mut self, id: LinkId, now: Instant) {
        if let Some(line) = self.lines.get_mut(&id) {
            line.link.close(Side::Client, now);
            line.abandoned = true;
        }
    }
}

impl Line {
    /// Moves bytes from the client to the server. Returns true if something changed.
    fn receive(&mut self, asterisk: &mut Asterisk, now: Instant) -> bool {
        let Some(session) = self.session else { return false };
        let mut buffer = [0; READ_BYTES];
        let mut moved = false;
        while asterisk.wants_input(session) {
            match self.link.read(Side::Server, &mut buffer, now) {
                Read::Bytes(count) => asterisk.receive(session, &buffer[..count], now),
                Read::Empty => break,
                Read::Closed | Read::Reset => {
                    asterisk.disconnect(session, now);
                    self.session = None;
                    return true;
                }
            }
            moved = true;
        }
        moved
    }

    /// Moves bytes from the server to the client. Returns true if something changed.
    fn send(&mut self, asterisk: &mut Asterisk, now: Instant) -> bool {
        let Some(session) = self.session else { return false };
        let count = self.link.write(Side::Server, asterisk.outgoing(session), now);
        asterisk.sent(session, count, now);
        if asterisk.is_finished(session) {
            self.link.close(Side::Server, now);
            asterisk.disconnect(session, now);
            self.session = None;
            return true;
        }
        count > 0
    }

    fn tell(&mut self, id: LinkId, now: Instant, events: &mut VecDeque<(LinkId, LinkEvent)>) {
        if self.abandoned {
            return;
        }
        if !self.told_readable && self.link.readable_at(Side::Client).is_some_and(|at| at <= now) {
            self.told_readable = true;
            events.push_back((id, LinkEvent::Readable));
        }
        if self.wants_room && (self.link.room(Side::Client) > 0 || self.link.is_reset()) {
            self.wants_room = false;
            events.push_back((id, LinkEvent::Writable));
        }
    }

    fn next_moments(&self, asterisk: &Asterisk) -> impl Iterator<Item = Instant> {
        let to_client = self.link.readable_at(Side::Client).filter(|_| !self.told_readable);
        let is_read = self.session.is_some_and(|session| asterisk.wants_input(session));
        let to_server = self.link.readable_at(Side::Server).filter(|_| is_read);
        to_client.into_iter().chain(to_server)
    }
}

fn closed(hand: Hand) -> Transfer {
    let (reason, detail) = match hand {
        Hand::Closed => (DisconnectReason::PeerClosed, "closed by the peer"),
        Hand::Reset => (DisconnectReason::PeerClosed, "connection reset by the peer"),
    };
    Transfer::Closed { reason, detail: detail.to_owned() }
}
