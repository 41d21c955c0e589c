//! Events at a given rate: the stream of a busy dialer, from frames rendered in advance.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::classes::Classes;
use super::clock::Clock;
use super::event::Event;

/// How many events a server makes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// Events a second; none for 0.
    pub events_per_second: u32,
    /// Stop after this many.
    pub events_max: Option<u64>,
    /// Pause while this many bytes wait for any session, so that a fast flood and a slow reader
    /// do not fill the memory.
    pub waiting_bytes_max: Option<usize>,
}

/// Events leave in steps of a millisecond, as a real server's leave in bursts.
const STEP: Duration = Duration::from_millis(1);
/// Digits of the serial number that every event carries as its `AccountCode`.
const SERIAL_DIGITS: usize = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Newchannel,
    Newexten,
    VarSet,
    Hangup,
}

/// A frame whose changing parts have a fixed width, so that they are patched in place.
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

/// A generator of calls: one `Newchannel`, some `Newexten` and `VarSet`, one `Hangup` each.
#[derive(Debug)]
pub(crate) struct Flood {
    rate: Rate,
    started: Instant,
    made: u64,
    made_since_start: u64,
    not_before: Instant,
    random: fastrand::Rng,
    templates: [Template; 4],
    call: u64,
    call_events_left: u32,
}

/// Events of one step: one buffer, and where each event ends in it.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) bytes: Vec<u8>,
    pub(crate) events: Vec<(usize, usize)>,
}

impl Flood {
    pub(crate) fn new(rate: Rate, seed: u64, with_timestamp: bool, now: Instant) -> Self {
        let template = |kind| Template::new(kind, with_timestamp);
        Self {
            rate,
            started: now,
            made: 0,
            made_since_start: 0,
            not_before: now,
            random: fastrand::Rng::with_seed(seed),
            templates: [Kind::Newchannel, Kind::Newexten, Kind::VarSet, Kind::Hangup].map(template),
            call: 0,
            call_events_left: 0,
        }
    }

    /// Goes on at another rate, with the next serial number.
    pub(crate) fn set_rate(&mut self, rate: Rate, now: Instant) {
        self.rate = rate;
        self.restart_clock(now);
    }

    pub(crate) fn waiting_bytes_max(&self) -> Option<usize> {
        self.rate.waiting_bytes_max
    }

    /// Forgets what is overdue, after a pause.
    pub(crate) fn pause(&mut self, now: Instant) {
        self.restart_clock(now);
        self.not_before = now + STEP;
    }

    fn restart_clock(&mut self, now: Instant) {
        self.started = now;
        self.made_since_start = 0;
    }

    pub(crate) fn made(&self) -> u64 {
        self.made
    }

    pub(crate) fn next_at(&self) -> Option<Instant> {
        let rate = u64::from(self.rate.events_per_second);
        if rate == 0 || self.rate.events_max.is_some_and(|max| self.made >= max) {
            return None;
        }
        let milliseconds = ((self.made_since_start + 1) * 1_000).div_ceil(rate);
        Some((self.started + Duration::from_millis(milliseconds)).max(self.not_before))
    }

    /// Makes the events that are due.
    pub(crate) fn due(&mut self, clock: &Clock, now: Instant, batch: &mut Batch) {
        batch.bytes.clear();
        batch.events.clear();
        let elapsed = now.saturating_duration_since(self.started).as_micros();
        let target = elapsed * u128::from(self.rate.events_per_second) / 1_000_000;
        let target = u64::try_from(target).unwrap_or(u64::MAX);
        let count = target.saturating_sub(self.made_since_start);
        let count = self.rate.events_max.map_or(count, |max| count.min(max - self.made));
        let timestamp = clock.timestamp(now);
        for _ in 0..count {
            let kind = self.next_kind();
            let template = &self.templates[kind as usize];
            template.render(self.made, self.call, &timestamp, &mut batch.bytes);
            batch.events.push((kind as usize, batch.bytes.len()));
            self.made += 1;
            self.made_since_start += 1;
        }
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

    /// Name and class of an event of a batch.
    pub(crate) fn kind(&self, kind: usize) -> (&Arc<str>, Classes) {
        (&self.templates[kind].name, self.templates[kind].classes)
    }

    /// An event of a batch for a session that cannot take it now.
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

/// Writes a number over a field of fixed width, in this base.
fn digits(field: &mut [u8], mut number: u64, base: u64) {
    for place in field.iter_mut().rev() {
        *place = b"0123456789abcdef"[usize::try_from(number % base).unwrap_or_default()];
        number /= base;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flood(events_per_second: u32, events_max: Option<u64>, now: Instant) -> Flood {
        Flood::new(Rate { events_per_second, events_max, waiting_bytes_max: None }, 7, true, now)
    }

    #[test]
    fn a_second_holds_exactly_the_rate() {
        let start = Instant::now();
        let clock = Clock::new(start, Duration::from_secs(1_795_420_660));
        let (mut flood, mut batch, mut made) = (flood(1_234, None, start), Batch::default(), 0);
        while let Some(due) = flood.next_at().filter(|due| *due <= start + Duration::from_secs(1)) {
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
        assert_eq!(flood.next_at(), None);
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
