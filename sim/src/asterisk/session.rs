//! A manager session: the bytes received, the bytes to send, and the action that runs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::block::Block;
use super::classes::Classes;
use super::event::Event;
use super::options::Options;
use super::reader::Reader;
use super::request::Request;

/// Id of a session of one server. It is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub(crate) u64);

/// Counts of the events and bytes written to one session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Number of events by name. List items are not counted.
    pub events: BTreeMap<Arc<str>, u64>,
    /// Number of bytes, answers included.
    pub bytes: u64,
}

impl Written {
    /// Number of events of all names.
    #[must_use]
    pub fn events_total(&self) -> u64 {
        self.events.values().sum()
    }
}

/// The user of a session, with the classes copied at login. A reload does not change an open session.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) read: Classes,
    pub(crate) write: Classes,
    pub(crate) mask: Classes,
}

/// The reason why a session reads no further request. Asterisk runs one action at a time, and sends no event
/// while it runs.
#[derive(Debug)]
pub(crate) enum Hold {
    /// A refused login waits a second. After it the session sends `last_words` and closes.
    Penalty { until: Instant, last_words: Vec<u8> },
    /// A synchronous `Originate` waits until the call is answered or has failed.
    Call,
    /// `WaitEvent` waits for an event or its timeout.
    Events { until: Option<Instant>, request: Request },
    /// A scripted answer is delayed.
    Slow { until: Instant, answer: Vec<u8> },
    /// The script answers later by hand.
    Asked,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// No more bytes are added. Those that wait are still sent.
    Closing,
    /// Bytes that waited were dropped.
    Cut,
}

/// Bytes at the head of the outgoing buffer that were sent are dropped in steps of this size. Each drop moves
/// the rest.
const COMPACT_BYTES: usize = 256 * 1_024;

#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) reader: Reader,
    pub(crate) login: Option<Login>,
    pub(crate) challenge: Option<String>,
    pub(crate) hold: Option<Hold>,
    pub(crate) written: Written,
    since: Instant,
    pending: VecDeque<Event>,
    outgoing: Vec<u8>,
    outgoing_start: usize,
    outgoing_bytes_max: usize,
    stalled_since: Option<Instant>,
    phase: Phase,
    greeted: bool,
}

impl Session {
    pub(crate) fn new(options: &Options, now: Instant) -> Self {
        Self {
            reader: Reader::default(),
            login: None,
            challenge: None,
            hold: None,
            written: Written::default(),
            since: now,
            pending: VecDeque::new(),
            outgoing: Vec::new(),
            outgoing_start: 0,
            outgoing_bytes_max: options.outgoing_bytes_max.unwrap_or(usize::MAX),
            stalled_since: None,
            phase: Phase::Open,
            greeted: false,
        }
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase == Phase::Open
    }

    /// True if no more bytes will come and the connection can be closed.
    pub(crate) fn is_finished(&self) -> bool {
        self.phase == Phase::Cut || (self.phase == Phase::Closing && self.outgoing().is_empty())
    }

    /// Ends the session after the bytes written so far.
    pub(crate) fn close(&mut self) {
        if self.phase == Phase::Open {
            self.phase = Phase::Closing;
        }
        self.hold = None;
        self.pending.clear();
    }

    /// Ends the session at once, possibly in the middle of a block.
    pub(crate) fn cut(&mut self) {
        self.close();
        self.phase = Phase::Cut;
        self.outgoing.clear();
        self.outgoing_start = 0;
    }

    /// True once for an open session, when its banner is due.
    pub(crate) fn needs_greeting(&mut self) -> bool {
        self.is_open() && !std::mem::replace(&mut self.greeted, true)
    }

    /// Adds bytes for the peer. If not all fit, the session closes after those that do. Returns the number
    /// that fit.
    pub(crate) fn write(&mut self, bytes: &[u8], now: Instant) -> usize {
        if self.phase != Phase::Open {
            return 0;
        }
        let room = self.outgoing_bytes_max - self.outgoing().len().min(self.outgoing_bytes_max);
        let fitting = bytes.len().min(room);
        if self.outgoing().is_empty() && fitting > 0 {
            self.stalled_since = Some(now);
        }
        self.outgoing.extend_from_slice(&bytes[..fitting]);
        self.written.bytes += fitting as u64;
        if fitting < bytes.len() {
            self.close();
        }
        fitting
    }

    /// Queues an event. It is written at once if no hold is active.
    pub(crate) fn offer(&mut self, event: &Event, now: Instant) {
        if !self.reads(event.classes) {
            return;
        }
        self.pending.push_back(event.clone());
        if self.hold.is_none() {
            self.flush(now);
        }
    }

    pub(crate) fn reads(&self, classes: Classes) -> bool {
        self.is_open() && self.login.as_ref().is_some_and(|login| login.mask.contains(classes))
    }

    /// True if an event can be written at once, with no other event before it.
    pub(crate) fn is_idle(&self) -> bool {
        self.is_open() && self.hold.is_none() && self.pending.is_empty()
    }

    pub(crate) fn has_pending_events(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Writes the events that waited, if the current mask includes their class.
    pub(crate) fn flush(&mut self, now: Instant) {
        while let Some(event) = self.pending.pop_front() {
            if self.reads(event.classes) {
                let written = self.write(&event.bytes, now);
                self.count(&event.name, u64::from(written == event.bytes.len()));
            }
        }
    }

    pub(crate) fn count(&mut self, name: &Arc<str>, events: u64) {
        match self.written.events.get_mut(name) {
            Some(count) => *count += events,
            None => drop(self.written.events.insert(Arc::clone(name), events)),
        }
    }

    /// Ends a `WaitEvent`: the answer, the events, then the closing event (main/manager.c,
    /// `action_waitevent_tcp`).
    pub(crate) fn finish_wait(&mut self, request: &Request, now: Instant) {
        self.write(&super::block::ack(request, "Waiting for Event completed."), now);
        self.flush(now);
        self.write(&Block::event("WaitEventComplete").id_in_buffer(request.id(), 256).end(), now);
    }

    pub(crate) fn outgoing(&self) -> &[u8] {
        &self.outgoing[self.outgoing_start..]
    }

    /// Reports that the transport took this many bytes.
    pub(crate) fn sent(&mut self, bytes: usize, now: Instant) {
        if bytes == 0 {
            return;
        }
        self.outgoing_start += bytes;
        if self.outgoing_start >= self.outgoing.len() {
            self.outgoing.clear();
            self.outgoing_start = 0;
        } else if self.outgoing_start >= COMPACT_BYTES {
            self.outgoing.drain(..self.outgoing_start);
            self.outgoing_start = 0;
        }
        self.stalled_since = (!self.outgoing.is_empty()).then_some(now);
    }

    /// When the session's next timer is due.
    pub(crate) fn next_deadline(&self, options: &Options) -> Option<Instant> {
        if self.phase == Phase::Cut {
            return None;
        }
        let stall = self.write_deadline(options.write_timeout);
        if self.phase == Phase::Closing {
            return stall;
        }
        let login = self.login.is_none().then(|| self.since + options.auth_timeout);
        let hold = match &self.hold {
            Some(Hold::Penalty { until, .. } | Hold::Slow { until, .. }) => Some(*until),
            Some(Hold::Events { until, .. }) => *until,
            Some(Hold::Call | Hold::Asked) | None => None,
        };
        // Asterisk checks the login timeout only while no action holds the session's thread.
        let login = login.filter(|_| self.hold.is_none());
        [stall, login, hold].into_iter().flatten().min()
    }

    pub(crate) fn write_deadline(&self, timeout: Option<Duration>) -> Option<Instant> {
        Some(self.stalled_since? + timeout?)
    }

    pub(crate) fn login_deadline(&self, options: &Options) -> Option<Instant> {
        self.login.is_none().then(|| self.since + options.auth_timeout)
    }
}
