//! Generates numbered events at a given rate, from frames rendered in advance. No calls belong to them.

use std::sync::Arc;
use std::time::Instant;

use super::classes::Classes;
use super::clock::Clock;
use super::event::Event;
use super::pace::{Pace, Rate};

/// Digits of the serial number that every event has as its `AccountCode`.
const SERIAL_DIGITS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Newchannel,
    Newexten,
    VarSet,
    Hangup,
}

/// A frame whose variable parts have a fixed width, so that they can be overwritten in place.
#[derive(Debug)]
struct Template {
    name: Arc<str>,
    classes: Classes,
    bytes: Vec<u8>,
    timestamp_at: Option<usize>,
    channel_at: usize,
    serial_at: usize,
    unique_at: usize,
    linked_at: usize,
}

/// A generator of events. A Uniqueid has one `Newchannel`, some `Newexten` and `VarSet`, and one `Hangup`.
#[derive(Debug)]
pub(crate) struct Flood {
    pub(crate) pace: Pace,
    random: fastrand::Rng,
    templates: [Template; 4],
    call: u64,
    call_events_left: u32,
}

/// The events of one step: their bytes, and the kind and the end offset of each.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) events: Vec<(usize, usize)>,
}

impl Flood {
    pub(crate) fn new(rate: Rate, seed: u64, with_timestamp: bool, now: Instant) -> Self {
        let template = |kind| Template::new(kind, with_timestamp);
        Self {
            pace: Pace::new(rate, now),
            random: fastrand::Rng::with_seed(seed),
            templates: [Kind::Newchannel, Kind::Newexten, Kind::VarSet, Kind::Hangup].map(template),
            call: 0,
            call_events_left: 0,
        }
    }

    /// Generates the events that are due.
    pub(crate) fn due(&mut self, clock: &Clock, now: Instant, batch: &mut Batch) {
        batch.bytes.clear();
        batch.events.clear();
        let count = self.pace.due(now);
        let timestamp = clock.timestamp(now);
        for serial in self.pace.made()..self.pace.made() + count {
            let kind = self.next_kind();
            let template = &self.templates[kind as usize];
            template.render(serial, self.call, &timestamp, &mut batch.bytes);
            batch.events.push((kind as usize, batch.bytes.len()));
        }
        self.pace.count(count);
    }

    fn next_kind(&mut self) -> Kind {
        match self.call_events_left {
            0 => {
                self.call += 1;
                self.call_events_left = self.random.u32(6..14);
                Kind::Newchannel
            }
            1 => {
                self.call_events_left = 0;
                Kind::Hangup
            }
            _ => {
                self.call_events_left -= 1;
                if self.random.u32(..10) < 6 { Kind::Newexten } else { Kind::VarSet }
            }
        }
    }

    /// Name and class of a kind of event in a batch.
    pub(crate) fn kind(&self, kind: usize) -> (&Arc<str>, Classes) {
        (&self.templates[kind].name, self.templates[kind].classes)
    }

    /// An event of a batch, for a session that cannot take it at once.
    pub(crate) fn event(&self, kind: usize, bytes: &[u8]) -> Event {
        let (name, classes) = self.kind(kind);
        Event { name: Arc::clone(name), classes, bytes: Arc::from(bytes) }
    }
}

impl Template {
    fn new(kind: Kind, with_timestamp: bool) -> Self {
        let (name, classes, more) = match kind {
            Kind::Newchannel => ("Newchannel", Classes::CALL, ""),
            Kind::Newexten => (
                "Newexten",
                Classes::DIALPLAN,
                "Extension: 400\r\nApplication: Set\r\nAppData: CDR(userfield)=campaign-17\r\n",
            ),
            Kind::VarSet => ("VarSet", Classes::DIALPLAN, "Variable: CAMPAIGN\r\nValue: spring,17\r\n"),
            Kind::Hangup => ("Hangup", Classes::CALL, "Cause: 16\r\nCause-txt: Normal Clearing\r\n"),
        };
        let timestamp = if with_timestamp { "Timestamp: 0000000000.000000\r\n" } else { "" };
        let text = format!(
            "Event: {name}\r\nPrivilege: {classes}\r\n{timestamp}Channel: PJSIP/trunk-00000000\r\n\
             ChannelState: 6\r\nChannelStateDesc: Up\r\nCallerIDNum: 4930123456\r\nCallerIDName: Dialer 17\r\n\
             ConnectedLineNum: 4989123456\r\nConnectedLineName: <unknown>\r\nLanguage: en\r\n\
             AccountCode: {:0width$}\r\nContext: outbound\r\nExten: 400\r\nPriority: 1\r\n\
             Uniqueid: 1795420700.0000000000\r\nLinkedid: 1795420700.0000000000\r\n{more}\r\n",
            0,
            width = SERIAL_DIGITS,
        );
        let after = |label: &str| text.find(label).map(|at| at + label.len());
        let place = |label| after(label).unwrap_or_default();
        Self {
            name: Arc::from(name),
            classes,
            timestamp_at: after("Timestamp: "),
            channel_at: place("Channel: PJSIP/trunk-"),
            serial_at: place("AccountCode: "),
            unique_at: place("Uniqueid: 1795420700."),
            linked_at: place("Linkedid: 1795420700."),
            bytes: text.into_bytes(),
        }
    }

    fn render(&self, serial: u64, call: u64, timestamp: &str, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend_from_slice(&self.bytes);
        let frame = &mut out[start..];
        if let Some(at) = self.timestamp_at {
            let width = timestamp.len().min(17);
            frame[at..at + width].copy_from_slice(&timestamp.as_bytes()[..width]);
        }
        digits(&mut frame[self.serial_at..self.serial_at + SERIAL_DIGITS], serial, 10);
        digits(&mut frame[self.channel_at..self.channel_at + 8], call, 16);
        digits(&mut frame[self.unique_at..self.unique_at + 10], call, 10);
        digits(&mut frame[self.linked_at..self.linked_at + 10], call, 10);
    }
}

/// Overwrites a field of fixed width with a number in this base.
fn digits(field: &mut [u8], mut number: u64, base: u64) {
    for place in field.iter_mut().rev() {
        *place = b"0123456789abcdef"[usize::try_from(number % base).unwrap_or_default()];
        number /= base;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn flood(events_per_second: u32, events_max: Option<u64>, now: Instant) -> Flood {
        Flood::new(Rate { events_per_second, events_max, waiting_bytes_max: None }, 7, true, now)
    }

    #[test]
    fn a_second_holds_exactly_the_rate() {
        let start = Instant::now();
        let clock = Clock::new(start, Duration::from_secs(1_795_420_660));
        let (mut flood, mut batch, mut made) = (flood(1_234, None, start), Batch::default(), 0);
        while let Some(due) = flood.pace.next_at().filter(|due| *due <= start + Duration::from_secs(1)) {
            flood.due(&clock, due, &mut batch);
            assert!(!batch.events.is_empty(), "a step without an event at {:?}", due - start);
            made += batch.events.len();
        }
        assert_eq!(made, 1_234);
    }

    #[test]
    fn it_stops_at_its_limit_and_serials_have_no_hole() {
        let start = Instant::now();
        let clock = Clock::new(start, Duration::from_secs(1_795_420_660));
        let (mut flood, mut batch) = (flood(1_000_000, Some(100), start), Batch::default());
        flood.due(&clock, start + Duration::from_secs(1), &mut batch);
        let text = String::from_utf8(batch.bytes).expect("text");
        let serials = text.lines().filter_map(|line| line.strip_prefix("AccountCode: "));
        let serials: Vec<u64> = serials.map(|serial| serial.parse().expect("a number")).collect();
        assert_eq!(serials, (0..100).collect::<Vec<_>>());
        assert_eq!(flood.pace.next_at(), None);
    }

    #[test]
    fn frames_have_the_size_of_real_ones() {
        for kind in [Kind::Newchannel, Kind::Newexten, Kind::VarSet, Kind::Hangup] {
            let template = Template::new(kind, true);
            assert!((380..=520).contains(&template.bytes.len()), "{kind:?}: {}", template.bytes.len());
            assert!(template.bytes.ends_with(b"\r\n\r\n"));
        }
    }
}
