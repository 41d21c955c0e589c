//! Reads the states of channels from frames.

use std::time::Duration;

use super::fields::{known, number, pick, plain, seconds};
use super::interest::Own;
use super::snapshot::{FIELDS, Field, Snapshot};
use super::texts::Packed;
use crate::wire::{Lines, Value};

/// Reads the states of the channels of one server.
///
/// Several `Newexten` in a row are often of one channel, because a channel runs through many steps of the dialplan at
/// once. Their states begin with the same lines, which are compared as a whole and not read again.
#[derive(Debug, Default)]
pub(super) struct StateReader {
    texts: Packed<FIELDS>,
    state: Option<u8>,
    /// The lines of the last `Newexten` from `Channel` to `Context`, with the line end before them. What they say is
    /// in `texts` and `state`. Empty if something else was read since then.
    beginning: Vec<u8>,
    /// The offset of these lines in their frame.
    begins_at: usize,
}

/// Maximum length of the lines that are kept. Usually they have half of it.
const BEGINNING_BYTES_MAX: usize = 512;

/// The headers of a state: its number, and its texts.
const STATE_NAMES: [&[u8]; 12] = [
    b"ChannelState",
    b"Channel",
    b"CallerIDNum",
    b"CallerIDName",
    b"ConnectedLineNum",
    b"ConnectedLineName",
    b"AccountCode",
    b"Context",
    b"Exten",
    b"Priority",
    b"Uniqueid",
    b"Linkedid",
];

/// The texts of a state, in the order of their names above.
const STATE_FIELDS: [Field; 11] = [
    Field::Name,
    Field::CallerNumber,
    Field::CallerName,
    Field::ConnectedNumber,
    Field::ConnectedName,
    Field::AccountCode,
    Field::Context,
    Field::Exten,
    Field::Priority,
    Field::UniqueId,
    Field::LinkedId,
];

/// The headers that follow the state in an item of `CoreShowChannels` or `Status`. The two actions have different
/// names for some of them.
const ITEM_NAMES: [&[u8]; 7] =
    [b"Application", b"ApplicationData", b"Data", b"Duration", b"Seconds", b"BridgeId", b"BridgeID"];

impl StateReader {
    /// The state in an event of the channel's own.
    pub(super) fn event<'f>(&'f mut self, own: Own, frame: &'f [u8]) -> Snapshot<'f> {
        let rest = self.read_event(own, frame).unwrap_or_else(|| self.read_event_in_any_order(own, frame));
        let cause = if own == Own::Hangup { cause(rest) } else { None };
        Snapshot { texts: &self.texts, state: self.state, cause, age: None, bridge_id: b"" }
    }

    /// The state in an item of `CoreShowChannels` or `Status`.
    pub(super) fn item<'f>(&'f mut self, frame: &'f [u8]) -> Snapshot<'f> {
        let rest = match self.read_state(frame, false) {
            Some(lines) => lines.rest(),
            None => self.read_state_in_any_order(frame),
        };
        let [application, long, short, duration, time, bridge, status_bridge] = pick(rest, &ITEM_NAMES);
        self.set_application(application, first(long, short));
        let age = seconds(first(duration, time)).map(Duration::from_secs);
        let bridge_id = first(bridge, status_bridge);
        Snapshot { texts: &self.texts, state: self.state, cause: None, age, bridge_id }
    }

    /// Reads an event whose lines are in Asterisk's order. Returns the lines after what was read, or `None` if the
    /// order differs.
    #[inline(never)]
    fn read_event<'f>(&mut self, own: Own, frame: &'f [u8]) -> Option<&'f [u8]> {
        let mut lines = self.read_state(frame, own == Own::Exten)?;
        if own == Own::Exten {
            // `Extension`.
            lines.skip_line()?;
            self.read_text(&mut lines, b"Application: ", Field::Application)?;
            self.read_text(&mut lines, b"AppData: ", Field::ApplicationData)?;
        } else {
            self.texts.set_empty(Field::Application as usize);
            self.texts.set_empty(Field::ApplicationData as usize);
        }
        Some(lines.rest())
    }

    /// Reads a state whose lines are in Asterisk's order. Returns the lines after it, or `None` if the order differs. If
    /// `keeps_beginning` is true the next state may begin alike.
    #[expect(clippy::inline_always, reason = "the position in the frame stays in registers")]
    #[inline(always)]
    fn read_state<'f>(&mut self, frame: &'f [u8], keeps_beginning: bool) -> Option<Lines<'f>> {
        let same = frame.get(self.begins_at..).and_then(|lines| lines.strip_prefix(&*self.beginning));
        let mut lines = match same.filter(|_| !self.beginning.is_empty()) {
            Some(rest) => Lines::of(rest),
            None => self.read_beginning(frame, keeps_beginning)?,
        };
        self.read_text(&mut lines, b"Exten: ", Field::Exten)?;
        self.read_text(&mut lines, b"Priority: ", Field::Priority)?;
        self.read_text(&mut lines, b"Uniqueid: ", Field::UniqueId)?;
        self.read_text(&mut lines, b"Linkedid: ", Field::LinkedId)?;
        Some(lines)
    }

    #[expect(clippy::inline_always, reason = "as for `read_state`")]
    #[inline(always)]
    fn read_beginning<'f>(&mut self, frame: &'f [u8], is_kept: bool) -> Option<Lines<'f>> {
        self.beginning.clear();
        let mut lines = Lines::of(frame);
        // `Event`, `Privilege` or `ActionID`, and `Timestamp` if the server's configuration asks for it.
        lines.skip_line()?;
        lines.skip_line()?;
        if lines.rest().starts_with(b"Timestamp: ") {
            lines.skip_line()?;
        }
        let begins_at = lines.offset() - 2;
        self.read_text(&mut lines, b"Channel: ", Field::Name)?;
        self.state = state(lines.value(b"ChannelState: ")?.bytes());
        // `ChannelStateDesc`.
        lines.skip_line()?;
        self.read_text(&mut lines, b"CallerIDNum: ", Field::CallerNumber)?;
        self.read_text(&mut lines, b"CallerIDName: ", Field::CallerName)?;
        self.read_text(&mut lines, b"ConnectedLineNum: ", Field::ConnectedNumber)?;
        self.read_text(&mut lines, b"ConnectedLineName: ", Field::ConnectedName)?;
        // `Language`.
        lines.skip_line()?;
        self.read_text(&mut lines, b"AccountCode: ", Field::AccountCode)?;
        self.read_text(&mut lines, b"Context: ", Field::Context)?;
        let beginning = &frame[begins_at..lines.offset()];
        if is_kept && beginning.len() <= BEGINNING_BYTES_MAX {
            self.beginning.extend_from_slice(beginning);
            self.begins_at = begins_at;
        }
        Some(lines)
    }

    /// Reads the text of the next line, whose name is known in advance.
    #[expect(clippy::inline_always, reason = "as for `read_state`")]
    #[inline(always)]
    fn read_text<const N: usize>(
        &mut self,
        lines: &mut Lines<'_>,
        name: &[u8; N],
        field: Field,
    ) -> Option<()> {
        match lines.value(name)? {
            Value::Short(chunk, _) if field.may_be_unknown() && chunk.starts_with(b"<unknown>\r") => {
                self.texts.set_empty(field as usize);
            }
            value if field.is_escaped() => self.set(field, value.bytes()),
            Value::Short(chunk, length) => self.texts.set_chunk(field as usize, chunk, length),
            Value::Long(value) => self.texts.set(field as usize, value),
        }
        Some(())
    }

    /// Reads an event whose lines are in any order. Returns all lines.
    #[cold]
    fn read_event_in_any_order<'f>(&mut self, own: Own, frame: &'f [u8]) -> &'f [u8] {
        self.read_state_in_any_order(frame);
        let [application, data] =
            if own == Own::Exten { pick(frame, &[b"Application", b"AppData"]) } else { [&b""[..]; 2] };
        self.set_application(application, data);
        frame
    }

    #[cold]
    fn read_state_in_any_order<'f>(&mut self, frame: &'f [u8]) -> &'f [u8] {
        self.beginning.clear();
        let [state, values @ ..] = pick(frame, &STATE_NAMES);
        self.state = self::state(state);
        for (field, value) in STATE_FIELDS.into_iter().zip(values) {
            self.set(field, value);
        }
        frame
    }

    /// Sets a text of the state to the value of a header.
    fn set(&mut self, field: Field, value: &[u8]) {
        let value = if field.is_escaped() { plain(value) } else { value.into() };
        let text = if field.may_be_unknown() { known(&value) } else { &value };
        self.texts.set(field as usize, text);
    }

    fn set_application(&mut self, application: &[u8], data: &[u8]) {
        self.texts.set(Field::Application as usize, application);
        self.texts.set(Field::ApplicationData as usize, data);
    }
}

fn cause(lines: &[u8]) -> Option<u16> {
    let [cause] = pick(lines, &[b"Cause"]);
    number(cause)
}

/// The number of a state, which nearly always has one digit.
fn state(digits: &[u8]) -> Option<u8> {
    match digits {
        [digit @ b'0'..=b'9'] => Some(digit - b'0'),
        digits => number(digits),
    }
}

/// The first value, or the other one if that is empty.
fn first<'f>(one: &'f [u8], other: &'f [u8]) -> &'f [u8] {
    if one.is_empty() { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: [&str; 14] = [
        "Channel: PJSIP/a-0000000b",
        "ChannelState: 6",
        "ChannelStateDesc: Up",
        "CallerIDNum: 201",
        "CallerIDName: Alice",
        "ConnectedLineNum: <unknown>",
        "ConnectedLineName: <unknown>",
        "Language: en",
        "AccountCode: ",
        "Context: from-internal-additional",
        "Exten: 202",
        "Priority: 12",
        "Uniqueid: 1795420748.17",
        "Linkedid: 1795420748.16",
    ];

    /// All that a snapshot says.
    #[derive(Debug, PartialEq)]
    struct Said {
        texts: Vec<Vec<u8>>,
        state: Option<u8>,
        cause: Option<u16>,
        age: Option<Duration>,
        bridge_id: Vec<u8>,
    }

    impl Said {
        fn by(snapshot: &Snapshot<'_>) -> Self {
            Self {
                texts: (0..FIELDS).map(|at| snapshot.texts.get(at).to_vec()).collect(),
                state: snapshot.state,
                cause: snapshot.cause,
                age: snapshot.age,
                bridge_id: snapshot.bridge_id.to_vec(),
            }
        }
    }

    /// The texts of an event, which are the same however its lines are ordered and end.
    fn of(own: Own, first: &[&str], lines: &[&str]) -> Vec<Vec<u8>> {
        let frame = |lines: &[&str], end: &str| -> String {
            first.iter().chain(lines).flat_map(|line| [*line, end]).collect()
        };
        let mut reversed = lines.to_vec();
        reversed.reverse();
        let read = |frame: String| Said::by(&StateReader::default().event(own, frame.as_bytes()));
        let said = read(frame(lines, "\r\n"));
        for other in [frame(lines, "\n"), frame(&reversed, "\r\n"), frame(&reversed, "\n")] {
            assert_eq!(said, read(other));
        }
        said.texts
    }

    fn with(at: usize, line: &str) -> Vec<String> {
        let mut lines = LINES.map(str::to_owned).to_vec();
        line.clone_into(&mut lines[at]);
        lines
    }

    #[test]
    fn an_event_says_the_same_in_any_order() {
        let first = ["Event: Newstate", "Privilege: call,all"];
        let read = of(Own::State, &first, &LINES);
        let expected = [
            "PJSIP/a-0000000b",
            "201",
            "Alice",
            "",
            "",
            "",
            "from-internal-additional",
            "202",
            "12",
            "1795420748.17",
            "1795420748.16",
            "",
            "",
        ];
        assert_eq!(read, expected.map(|text| text.as_bytes().to_vec()));
        let timed = ["Event: Newstate", "Privilege: call,reporting,all", "Timestamp: 1795420756.241758"];
        assert_eq!(of(Own::State, &timed, &LINES), read);
        let long = "x".repeat(300);
        for (at, line) in [
            (0, format!("Channel: {long}")),
            (0, "Channel:no space".to_owned()),
            (1, "ChannelState: 12".to_owned()),
            (4, "CallerIDName: O\\'Brien".to_owned()),
            (4, "CallerIDName: \\<unknown>".to_owned()),
            (6, format!("ConnectedLineName: a long name that has a backslash at its end\\\\{long}")),
            (8, "AccountCode: 0123456789abcdef".to_owned()),
            (8, "AccountCode: a\rb".to_owned()),
            (10, format!("Exten: {}", &long[..200])),
            (11, "Priority: ".to_owned()),
            (13, "LinkedId: of another name".to_owned()),
        ] {
            let lines = with(at, &line);
            of(Own::State, &first, &lines.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }

    #[test]
    fn newexten_has_the_application_and_hangup_the_cause() {
        let long = format!("AppData: {}", "y".repeat(290));
        let ends: [&[&str]; 4] = [
            &["Extension: 202", "Application: Dial", "AppData: PJSIP/b,30"],
            &["ChanVariable: X=1", "Extension: 202", "Application: NoOp", "AppData: "],
            &["Extension: 202", "Application: Set", &long],
            &["Cause: 16", "Cause-txt: Normal Clearing"],
        ];
        let mut seen = Vec::new();
        for end in ends {
            let lines: Vec<_> = LINES.iter().chain(end).copied().collect();
            let read = of(Own::Exten, &["Event: Newexten", "Privilege: dialplan,all"], &lines);
            seen.push((read[11].clone(), read[12].len()));
            let silent = of(Own::State, &["Event: Newstate", "Privilege: call,all"], &lines);
            assert_eq!((silent[11].len(), silent[12].len()), (0, 0), "no application in another event");
        }
        let expected = [("Dial", 10), ("NoOp", 0), ("Set", 256), ("", 0)];
        assert_eq!(seen, expected.map(|(name, length)| (name.as_bytes().to_vec(), length)));
        let frame = LINES.iter().chain(ends[3]).flat_map(|line| [*line, "\r\n"]).collect::<String>();
        let frame = format!("Event: Hangup\r\nPrivilege: call,all\r\n{frame}");
        assert_eq!(StateReader::default().event(Own::Hangup, frame.as_bytes()).cause, Some(16));
    }

    #[test]
    fn items_of_both_lists_say_the_same() {
        let bridge = "8a61f1e5-7c3e-4c08-9ec4-000000000001";
        let own = format!(
            "Application: Dial\r\nApplicationData: X\r\nDuration: 00:01:05\r\nBridgeId: {bridge}\r\n"
        );
        let other =
            format!("Type: PJSIP\r\nBridgeID: {bridge}\r\nApplication: Dial\r\nData: X\r\nSeconds: 65\r\n");
        let long = format!("Application: Dial\r\nApplicationData: {}\r\n", "z".repeat(400));
        for (end, bridge, length) in [(&own, bridge, 1), (&other, bridge, 1), (&long, "", 256)] {
            let mut seen = Vec::new();
            for lines in [LINES.to_vec(), LINES.iter().rev().copied().collect()] {
                let lines = lines.iter().flat_map(|line| [*line, "\r\n"]).collect::<String>();
                let frame = format!("Event: CoreShowChannel\r\nActionID: 1\r\n{lines}{end}");
                let mut reader = StateReader::default();
                let item = reader.item(frame.as_bytes());
                assert_eq!(
                    (item.text(Field::Application), item.bridge_id),
                    (&b"Dial"[..], bridge.as_bytes())
                );
                assert_eq!(item.text(Field::ApplicationData).len(), length);
                seen.push(Said::by(&item));
            }
            assert_eq!(seen[0], seen[1]);
        }
    }

    /// A frame with changes that a reader may or may not read again.
    fn any_frame(random: &mut fastrand::Rng) -> (Own, String) {
        let (own, first) = *random
            .choice(&[
                (Own::Exten, "Event: Newexten\r\nPrivilege: dialplan,all"),
                (Own::State, "Event: Newstate\r\nPrivilege: call,all"),
                (Own::Hangup, "Event: Hangup\r\nPrivilege: call,all"),
                (Own::New, "Event: Newchannel\r\nPrivilege: call,all\r\nTimestamp: 1795420756.241758"),
            ])
            .unwrap();
        let mut lines = LINES.map(str::to_owned).to_vec();
        if random.u8(..) < 200 {
            let at = random.usize(..lines.len());
            let (name, _) = lines[at].split_once(':').unwrap();
            let length = *random.choice(&[0, 1, 20, 300, 600]).unwrap();
            lines[at] = format!("{name}: {}", "x".repeat(length));
        }
        if random.u8(..) < 20 {
            let (one, other) = (random.usize(..lines.len()), random.usize(..lines.len()));
            lines.swap(one, other);
        }
        if own == Own::Exten {
            lines.push("Extension: 202".to_owned());
            lines.push(format!("Application: {}", ["", "Dial"][random.usize(..2)]));
            lines.push("AppData: X".to_owned());
        }
        if own == Own::Hangup {
            lines.push("Cause: 16".to_owned());
        }
        lines.truncate(if random.u8(..) < 10 { random.usize(..lines.len()) } else { lines.len() });
        lines.insert(0, first.to_owned());
        (own, lines.iter().flat_map(|line| [line, "\r\n"]).collect())
    }

    #[test]
    fn a_state_is_read_the_same_whatever_was_read_before() {
        let mut random = fastrand::Rng::with_seed(7);
        let mut reader = StateReader::default();
        let mut kept = 0;
        for _ in 0..20_000 {
            let (own, frame) = any_frame(&mut random);
            kept += usize::from(!reader.beginning.is_empty());
            if random.u8(..) < 40 {
                let item = Said::by(&reader.item(frame.as_bytes()));
                assert_eq!(item, Said::by(&StateReader::default().item(frame.as_bytes())), "{frame}");
            } else {
                let event = Said::by(&reader.event(own, frame.as_bytes()));
                assert_eq!(event, Said::by(&StateReader::default().event(own, frame.as_bytes())), "{frame}");
            }
        }
        assert!(kept > 2_000, "{kept} states were read after one whose lines were kept");
    }
}
