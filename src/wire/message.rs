//! A message: a copy of its frame, followed by an index of its lines.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::fmt;
use std::iter;

use bytes::{BufMut as _, Bytes, BytesMut};
use memchr::{memchr, memmem};
use rustc_hash::FxHashSet;

use super::kind::{Heading, Kind};
use super::line_index::{Index, Start, offset_of};
use super::scan::find_near;
use super::stamp::Stamp;
use super::unescape::unescape;
use super::variables::Variables;

/// A message from Asterisk, with its headers in order.
pub struct Message {
    /// The frame, then a `Start` for each of its lines, then one for the end of the last line: see `Message::starts`.
    bytes: Bytes,
    /// Bytes of the chunk before that were left unused, which this message is charged for.
    unused: u32,
    /// The bytes are part of a chunk that other messages hold too.
    is_in_chunk: bool,
    /// Fits 32 bits, since `Limits` bounds frames to 16 MiB.
    frame_len: u32,
    /// Where the name is in the frame.
    name_start: u32,
    name_len: u32,
    kind: Kind,
    /// The frame has a backslash and the server escapes values, so a value may have to be unescaped.
    has_backslash: bool,
    /// The frame has empty lines, so a line may end before the next indexed one begins.
    has_empty_lines: bool,
    stamp: Stamp,
}

/// A lower estimate of a line's average length in bytes.
const BYTES_A_LINE: usize = 17;
const END_COMMAND: &[u8] = b"--END COMMAND--";

impl Message {
    /// Copies and indexes a frame: lines with their line ends, without the empty line after them.
    #[must_use]
    pub fn from_frame(frame: &[u8]) -> Self {
        Self::stamped(frame, Stamp::default())
    }

    /// As [`Message::from_frame`], with a stamp.
    #[must_use]
    pub fn stamped(frame: &[u8], stamp: Stamp) -> Self {
        // Exactly of its size, so that `Bytes` takes it as it is.
        Self::written(frame, stamp, |parts| parts.concat().into())
    }

    /// As [`Message::stamped`], in the memory of a chunk, of which `unused` bytes could not be used.
    pub(super) fn in_chunk(frame: &[u8], stamp: Stamp, chunk: &mut BytesMut, unused: usize) -> Self {
        let unused = u32::try_from(unused).unwrap_or(u32::MAX);
        let message = Self::written(frame, stamp, |parts| {
            for part in parts {
                chunk.put_slice(part);
            }
            chunk.split().freeze()
        });
        Self { unused, is_in_chunk: true, ..message }
    }

    /// The message of a frame. `write` gets the parts of its bytes: the frame, and the index in two.
    fn written(frame: &[u8], stamp: Stamp, write: impl FnOnce([&[u8]; 3]) -> Bytes) -> Self {
        let frame = frame.get(..u32::MAX as usize).unwrap_or(frame);
        let heading = Heading::of(frame);
        let mut index = Index::new();
        index.read(heading.header_part(frame));
        let [earlier, recent] = index.bytes();
        let name = if index.has_lines() { heading.name } else { b"" };
        // A name that is not part of the frame is empty.
        let name_start = if name.is_empty() { 0 } else { name.as_ptr().addr() - frame.as_ptr().addr() };
        #[expect(clippy::cast_possible_truncation, reason = "the frame is cut to fit")]
        let [frame_len, name_start, name_len] = [frame.len(), name_start, name.len()].map(|at| at as u32);
        Self {
            bytes: write([frame, earlier, recent]),
            unused: 0,
            is_in_chunk: false,
            frame_len,
            name_start,
            name_len,
            kind: heading.kind,
            has_backslash: index.has_backslash && !stamp.has_raw_values,
            has_empty_lines: index.has_empty_lines,
            stamp,
        }
    }

    /// Bytes that a message of this frame nearly always fits into.
    pub(super) fn usual_bytes_of(frame: &[u8]) -> usize {
        frame.len() + (frame.len() / BYTES_A_LINE + 2) * size_of::<Start>()
    }

    /// Gives the message memory of its own, if it is in a chunk that other messages hold too.
    pub fn detach(&mut self) {
        if std::mem::take(&mut self.is_in_chunk) {
            self.bytes = Bytes::copy_from_slice(&self.bytes);
            self.unused = 0;
        }
    }

    /// Builds a message from names and values, for tests, fakes and responses that Asterisk does not
    /// send. CR and LF become blanks.
    #[must_use]
    pub fn from_headers<'a>(headers: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) -> Self {
        let mut frame = Vec::new();
        for (name, value) in headers {
            let flat = |byte: &u8| if matches!(byte, b'\r' | b'\n') { b' ' } else { *byte };
            frame.extend(name.iter().map(flat));
            frame.extend_from_slice(b": ");
            frame.extend(value.iter().map(flat));
            frame.extend_from_slice(b"\r\n");
        }
        Self::from_frame(&frame)
    }

    /// Event, response or neither.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// When the message was received, and in which session.
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The frame as received, without the empty line after it.
    #[must_use]
    pub fn frame(&self) -> &[u8] {
        &self.bytes[..self.frame_len as usize]
    }

    /// The event's name, or the value of `Response:`. Empty for [`Kind::Other`].
    #[must_use]
    pub fn name(&self) -> &[u8] {
        let start = self.name_start as usize;
        &self.bytes[start..start + self.name_len as usize]
    }

    /// True for an event of this name, in any case.
    #[must_use]
    pub fn is_event(&self, name: &str) -> bool {
        self.kind == Kind::Event && self.name().eq_ignore_ascii_case(name.as_bytes())
    }

    /// Number of headers. Repeated headers and lines without a colon all count.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts().len() - 1
    }

    /// True if the message has no lines.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// First value of a header, whose name may be in any case. Unescaped if Asterisk escapes it.
    #[must_use]
    pub fn get(&self, header: &[u8]) -> Option<Cow<'_, [u8]>> {
        self.named(header).next().map(|(name, value)| self.unescaped(name, value))
    }

    /// All values of a header, in order. Unescaped if Asterisk escapes them.
    pub fn all<'a>(&'a self, header: &'a [u8]) -> impl Iterator<Item = Cow<'a, [u8]>> {
        let mut escapes = Escapes::new(self);
        self.named(header).map(move |(name, value)| escapes.unescaped(name, value))
    }

    /// Names and raw values of all lines, with the order, case and repeats of the frame. A line
    /// without a colon has an empty name.
    pub fn raw(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let starts = self.starts();
        let lines = starts.iter().zip(&starts[1..]);
        lines.map(|(start, next)| split(self.line_between(offset_of(*start), offset_of(*next))))
    }

    /// Names and values of all lines, in order. A value is unescaped if Asterisk escapes it.
    pub fn headers(&self) -> impl Iterator<Item = (&[u8], Cow<'_, [u8]>)> {
        let mut escapes = Escapes::new(self);
        self.raw().map(move |(name, value)| (name, escapes.unescaped(name, value)))
    }

    /// The `ActionID` header.
    #[must_use]
    pub fn action_id(&self) -> Option<&[u8]> {
        self.named(b"ActionID").next().map(|(_, value)| value)
    }

    /// The output of a `Command`, with lines joined by LF: the `Output:` headers of Asterisk 14 and later, or the raw
    /// text of the older `Response: Follows`. `None` for any other answer.
    #[must_use]
    pub fn output(&self) -> Option<Vec<u8>> {
        if let Some(text) = self.follows_text() {
            return Some(text.to_vec());
        }
        let mut lines = self.all(b"Output").peekable();
        if lines.peek().is_none() {
            let announced = self.get(b"Message").is_some_and(|m| m.as_ref() == b"Command output follows");
            return announced.then(Vec::new);
        }
        Some(lines.collect::<Vec<_>>().join(&b'\n'))
    }

    /// Channel variables in any form that Asterisk uses: `ChanVariable: n=v`, the same with a prefix or with
    /// `(channel)`, `Variable: n=v` of `Status`, and the `Variable`/`Value` pair of `Getvar` and `VarSet`. If a name
    /// repeats, the plain form wins over a prefixed one, and otherwise the first line wins.
    #[must_use]
    pub fn variables(&self) -> Variables {
        let (mut found, mut seen, mut escapes) =
            (Variables::default(), FxHashSet::default(), Escapes::new(self));
        let beside = OnceCell::new();
        for plain in [true, false] {
            for (name, value) in self.raw() {
                if variable_header(name).is_some_and(|is_plain| is_plain == plain) {
                    let value = escapes.unescaped(name, value);
                    let is_bare = name.eq_ignore_ascii_case(b"Variable");
                    let own =
                        is_bare.then(|| beside.get_or_init(|| self.get(b"Value"))).and_then(Option::as_ref);
                    match (own, memchr(b'=', &value)) {
                        // Beside a `Value`, the whole `Variable` is the name, even a function with an argument `a=b`.
                        (Some(own), _) => found.insert(&value, own, &mut seen),
                        (None, Some(equals)) => {
                            found.insert(&value[..equals], &value[equals + 1..], &mut seen);
                        }
                        (None, None) => found.insert(&value, b"", &mut seen),
                    }
                }
            }
        }
        found
    }

    /// Memory of the message in bytes, as the bounds count it: with what it left unused of a chunk.
    #[must_use]
    pub fn memory(&self) -> usize {
        size_of::<Self>() + self.bytes.len() + self.unused as usize
    }

    /// Offsets of all lines that are not empty, then the offset of a line after the last. Never empty.
    fn starts(&self) -> &[Start] {
        self.bytes[self.frame_len as usize..].as_chunks().0
    }

    /// The line with index `at`, without its line end.
    fn line(&self, at: usize) -> &[u8] {
        let starts = self.starts();
        self.line_between(offset_of(starts[at]), offset_of(starts[at + 1]))
    }

    #[inline]
    fn line_between(&self, start: usize, next: usize) -> &[u8] {
        // A last line without a line end is indexed as if it had one.
        let line = &self.bytes[start..next - 1];
        let line =
            if self.has_empty_lines { &line[..memchr(b'\n', line).unwrap_or(line.len())] } else { line };
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    /// Name and raw value of every line with this header name, in any case. A line without a colon has an empty name.
    fn named<'m>(&'m self, header: &[u8]) -> impl Iterator<Item = (&'m [u8], &'m [u8])> {
        let mut from = 0;
        iter::from_fn(move || {
            let at = self.next_named(header, from)?;
            from = at + 1;
            Some(split(self.line(at)))
        })
    }

    /// Index of the next line with this header name, from index `from` on.
    fn next_named(&self, header: &[u8], from: usize) -> Option<usize> {
        let Some(first) = header.first() else {
            return (from..self.len()).find(|at| split(self.line(*at)).0.is_empty());
        };
        let (frame, starts) = (self.frame(), &self.starts()[..self.len()]);
        let found = starts.get(from..)?.iter().position(|start| {
            let (start, colon) = (offset_of(*start), offset_of(*start) + header.len());
            // The cheapest comparisons come first: they reject nearly every other line.
            frame.get(colon) == Some(&b':')
                && frame[start].eq_ignore_ascii_case(first)
                && is_spelled(&frame[start..colon], header)
        });
        found.map(|at| from + at)
    }

    /// The text of a `Response: Follows`, without its headers and its end marker.
    fn follows_text(&self) -> Option<&[u8]> {
        let headers = Heading { kind: self.kind, name: self.name() }.header_part(self.frame());
        let text = &self.frame()[headers.len()..];
        let is_follows = self.kind == Kind::Response && self.name().eq_ignore_ascii_case(b"Follows");
        is_follows.then(|| {
            let text = &text[..memmem::rfind(text, END_COMMAND).unwrap_or(text.len())];
            text.strip_suffix(b"\n").map_or(text, |text| text.strip_suffix(b"\r").unwrap_or(text))
        })
    }

    #[inline]
    fn unescaped<'a>(&self, name: &[u8], value: &'a [u8]) -> Cow<'a, [u8]> {
        Escapes::new(self).unescaped(name, value)
    }

    /// Whether Asterisk escapes the value of `header`. It applies `ast_escape_c_alloc` to the names and variables of a
    /// channel snapshot, to the value of `VarSet`, and to the subtype and message of a presence state, and to nothing
    /// else (`manager_channels.c`, `stasis_channels.c`, `presencestate.c`).
    ///
    /// A snapshot is recognised by a `ChannelStateDesc` with the same prefix as the header.
    /// `EffectiveConnectedLineName` of `Status` has no such snapshot and is not escaped.
    fn escape_of<'a>(&self, header: &'a [u8]) -> Escape<'a> {
        let is = |name: &[u8]| header.eq_ignore_ascii_case(name);
        let by_event = |event: &str| if self.is_event(event) { Escape::Always } else { Escape::Never };
        if is(b"Value") {
            return by_event("VarSet");
        }
        if is(b"Subtype") || is(b"Message") {
            return by_event("PresenceStateChange");
        }
        let prefix = ["CallerIDName", "ConnectedLineName", "ChanVariable"]
            .iter()
            .find_map(|name| strip_suffix_any_case(header, name.as_bytes()));
        match prefix {
            Some(prefix) if self.kind == Kind::Event => Escape::OfSnapshot(prefix),
            Some(_) | None => Escape::Never,
        }
    }

    /// Prefixes of the message's channel snapshots, in lower case.
    fn snapshots(&self) -> FxHashSet<Vec<u8>> {
        let prefixes = self.raw().filter_map(|(name, _)| strip_suffix_any_case(name, b"ChannelStateDesc"));
        prefixes.map(<[u8]>::to_ascii_lowercase).collect()
    }
}

/// Whether Asterisk escapes the value of a header.
enum Escape<'a> {
    Always,
    Never,
    /// Escaped if the message has a channel snapshot with this prefix.
    OfSnapshot(&'a [u8]),
}

/// Unescapes values of one message. The prefixes of its snapshots are collected once, however many values are read.
struct Escapes<'m> {
    message: &'m Message,
    snapshots: Option<FxHashSet<Vec<u8>>>,
}

impl<'m> Escapes<'m> {
    #[inline]
    fn new(message: &'m Message) -> Self {
        Self { message, snapshots: None }
    }

    #[inline]
    fn unescaped<'a>(&mut self, name: &[u8], value: &'a [u8]) -> Cow<'a, [u8]> {
        if self.message.has_backslash && value.contains(&b'\\') && self.is_escaped(name) {
            Cow::Owned(unescape(value))
        } else {
            Cow::Borrowed(value)
        }
    }

    fn is_escaped(&mut self, name: &[u8]) -> bool {
        match self.message.escape_of(name) {
            Escape::Always => true,
            Escape::Never => false,
            Escape::OfSnapshot(prefix) => {
                let snapshots = self.snapshots.get_or_insert_with(|| self.message.snapshots());
                snapshots.contains(&prefix.to_ascii_lowercase())
            }
        }
    }
}

/// The copy has memory of its own.
impl Clone for Message {
    fn clone(&self) -> Self {
        let mut copy = Self { bytes: self.bytes.clone(), ..*self };
        copy.detach();
        copy
    }
}

impl PartialEq for Message {
    fn eq(&self, other: &Self) -> bool {
        self.frame() == other.frame()
    }
}

/// Prints header names and the message's name only, since a value may be a secret.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.raw().map(|(name, _)| String::from_utf8_lossy(name)).collect();
        write!(f, "{:?} {:?} {names:?}", self.kind, String::from_utf8_lossy(self.name()))
    }
}

/// Name and raw value of a line.
fn split(line: &[u8]) -> (&[u8], &[u8]) {
    match find_near(line, b':') {
        Some(colon) => {
            let value = &line[colon + 1..];
            (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
        }
        None => (&line[..0], line),
    }
}

/// True if `name`, the bytes before a colon, is this header in any case. A name never spans a colon or a line feed.
fn is_spelled(name: &[u8], header: &[u8]) -> bool {
    // The caller's spelling nearly always matches exactly.
    (name == header || name.eq_ignore_ascii_case(header))
        && !name.iter().any(|byte| matches!(byte, b':' | b'\n'))
}

/// `Some(true)` for a plain header, `Some(false)` for one with a prefix or `(channel)`, `None` if it has no variables.
fn variable_header(name: &[u8]) -> Option<bool> {
    if name.eq_ignore_ascii_case(b"ChanVariable") || name.eq_ignore_ascii_case(b"Variable") {
        return Some(true);
    }
    let bare = name.iter().position(|&byte| byte == b'(').map_or(name, |paren| &name[..paren]);
    strip_suffix_any_case(bare, b"ChanVariable").map(|_| false)
}

fn strip_suffix_any_case<'a>(text: &'a [u8], suffix: &[u8]) -> Option<&'a [u8]> {
    let at = text.len().checked_sub(suffix.len())?;
    text[at..].eq_ignore_ascii_case(suffix).then_some(&text[..at])
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::wire::header_in;

    fn text(value: Option<Cow<'_, [u8]>>) -> Option<String> {
        value.map(|value| String::from_utf8_lossy(&value).into_owned())
    }

    #[test]
    fn names_are_found_in_any_case_and_the_first_of_a_repeated_header_wins() {
        let message = Message::from_frame(b"Event: A\r\nContacts: x\r\ncontacts: y\r\nNoSpace:z\r\n");
        assert_eq!(text(message.get(b"CONTACTS")), Some("x".into()));
        assert_eq!(message.all(b"Contacts").map(Cow::into_owned).collect::<Vec<_>>(), [b"x", b"y"]);
        assert_eq!(text(message.get(b"nospace")), Some("z".into()));
        assert_eq!(message.get(b"Missing"), None);
    }

    #[test]
    fn a_line_without_a_colon_is_kept_under_an_empty_name() {
        let message = Message::from_frame(b"Response: Success\r\nNo categories found\r\n");
        let raw: Vec<_> = message.raw().collect();
        assert_eq!(raw, [(&b"Response"[..], &b"Success"[..]), (b"", b"No categories found")]);
    }

    #[test]
    fn a_line_that_begins_with_its_colon_is_found_under_an_empty_name_too() {
        let message = Message::from_frame(b"Event: A\r\n: x\r\nno colon\r\n");
        assert_eq!(text(message.get(b"")), Some("x".into()));
        assert_eq!(message.all(b"").map(Cow::into_owned).collect::<Vec<_>>(), [&b"x"[..], b"no colon"]);
    }

    #[test]
    fn an_event_with_a_response_header_is_an_event() {
        let message = Message::from_frame(b"Event: OriginateResponse\r\nResponse: Failure\r\n");
        assert_eq!(message.kind(), Kind::Event);
        assert!(message.is_event("originateresponse"));
    }

    #[test]
    fn only_an_event_is_an_event_and_only_under_its_name() {
        let event = Message::from_frame(b"Event: Hangup\r\n");
        assert!(event.is_event("HANGUP") && !event.is_event("Hang"));
        let response = Message::from_frame(b"Response: Success\r\n");
        assert!(!response.is_event("Success"));
        assert_eq!((response.kind(), response.name()), (Kind::Response, &b"Success"[..]));
        let other = Message::from_frame(b"Hangup: Event\r\n");
        assert_eq!((other.kind(), other.name()), (Kind::Other, &b""[..]));
        assert!(!other.is_event(""));
    }

    #[test]
    fn a_message_without_any_line_has_no_name_and_no_header() {
        for frame in [&b""[..], b"\r\n", b"Response: Follows"] {
            let message = Message::from_frame(frame);
            assert!(message.is_empty(), "{}", frame.escape_ascii());
            assert_eq!((message.name(), message.len()), (&b""[..], 0));
            assert_eq!(message.headers().next(), None);
            assert_eq!(message.get(b""), None);
        }
        let message = Message::from_frame(b"Event: A\r\nX: y\r\n");
        assert!(!message.is_empty());
        let headers: Vec<_> = message.headers().collect();
        assert_eq!(headers, [(&b"Event"[..], Cow::Borrowed(&b"A"[..])), (b"X", Cow::Borrowed(b"y"))]);
    }

    #[test]
    fn messages_are_equal_by_their_frames_wherever_they_came_in() {
        let stamp =
            Stamp { received_at: Duration::from_secs(1), sequence: 2, session: 3, has_raw_values: true };
        let stamped = Message::stamped(b"Event: A\r\n", stamp);
        assert_eq!(stamped.stamp(), stamp);
        assert_eq!(stamped, Message::from_frame(b"Event: A\r\n"));
        assert_ne!(stamped, Message::from_frame(b"Event: B\r\n"));
    }

    #[test]
    fn headers_of_a_made_up_message_stay_on_their_lines() {
        let message = Message::from_headers([(&b"Event"[..], &b"A"[..]), (b"X\nY", b"z\r\nEvent: B")]);
        assert_eq!(message.frame(), b"Event: A\r\nX Y: z  Event: B\r\n");
    }

    #[test]
    fn a_name_is_as_long_as_it_is_and_ends_at_its_first_colon() {
        let long = vec![b'x'; 70_000];
        let frame = [&b"Event: A:B: c\r\nno colon\r\n"[..], &long, b": y\r\nX: z\r\n"].concat();
        let message = Message::from_frame(&frame);
        assert_eq!(text(message.get(&long)), Some("y".into()));
        assert_eq!(text(message.get(b"X")), Some("z".into()));
        for header in [
            &long[1..],
            b"Event: A",
            b"no colon",
            b"no colon\r\nX",
            b"",
            &[long.clone(), long.clone()].concat(),
        ] {
            let expected = header.is_empty().then(|| "no colon".to_owned());
            assert_eq!(text(message.get(header)), expected, "{} bytes", header.len());
        }
    }

    /// Names and values, found line by line for comparison.
    fn one_by_one(frame: &[u8]) -> Vec<(&[u8], &[u8])> {
        let lines = frame.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
        lines
            .filter(|line| !line.is_empty())
            .map(|line| match line.iter().position(|byte| *byte == b':') {
                Some(colon) => {
                    let value = &line[colon + 1..];
                    (&line[..colon], value.strip_prefix(b" ").unwrap_or(value))
                }
                None => (&b""[..], line),
            })
            .collect()
    }

    #[test]
    fn the_lines_of_any_frame_are_those_that_are_found_one_by_one() {
        let mut random = fastrand::Rng::with_seed(3);
        let words: [&[u8]; 9] =
            [b"\r\n", b"\n", b"\r", b": ", b":", b" ", b"\\", b"Name", b"a value of some thirty bytes or so"];
        for round in 0..3_000 {
            // Some frames have more lines than one block or one batch of the index holds.
            let count = random.usize(..if round % 10 == 0 { 400 } else { 30 });
            let frame: Vec<u8> =
                (0..count).flat_map(|_| words[random.usize(..words.len())].iter().copied()).collect();
            let message = Message::from_frame(&frame);
            let found: Vec<_> = message.raw().collect();
            assert_eq!(found, one_by_one(&frame), "round {round}: {}", frame.escape_ascii());
            assert_eq!(message.frame(), frame);
        }
    }

    #[test]
    fn bare_line_feeds_and_empty_lines_do_not_reach_a_value() {
        let message = Message::from_frame(b"Response: Error\nMessage: No endpoints found\n\r\nX: y");
        assert_eq!(text(message.get(b"Message")), Some("No endpoints found".into()));
        assert_eq!(text(message.get(b"X")), Some("y".into()));
        assert_eq!(message.len(), 3);
    }

    #[test]
    fn a_line_that_was_cut_within_its_end_has_the_value_that_is_found_without_an_index() {
        let frame = b"Event: A\r\nActionID: x\r";
        let message = Message::from_frame(frame);
        assert_eq!(message.action_id(), Some(b"x".as_slice()));
        assert_eq!(message.action_id(), header_in(frame, b"ActionID"));
        assert_eq!(Message::from_frame(b"Event: A\r\n\r").raw().next(), Some((&b"Event"[..], &b"A"[..])));
    }

    #[test]
    fn output_keeps_its_indentation_and_its_empty_lines() {
        let frame = b"Response: Success\r\nMessage: Command output follows\r\nOutput:   a: b\r\nOutput: \r\nOutput: c\r\n";
        assert_eq!(Message::from_frame(frame).output(), Some(b"  a: b\n\nc".to_vec()));
        let none = b"Response: Success\r\nMessage: Command output follows\r\n";
        assert_eq!(Message::from_frame(none).output(), Some(Vec::new()));
        assert_eq!(Message::from_frame(b"Response: Success\r\nPing: Pong\r\n").output(), None);
        assert_eq!(Message::from_frame(b"Event: Follows\r\nX: y\r\n").output(), None);
        assert_eq!(Message::from_frame(b"Response: Follows\r\ncut").output(), Some(b"cut".to_vec()));
    }

    #[test]
    fn the_older_follows_form_gives_the_same_text_and_its_headers() {
        let frame =
            b"Response: Follows\r\nPrivilege: Command\r\nActionID: a:b:1\r\n  x: y\n\nz\n--END COMMAND--\r\n";
        let message = Message::from_frame(frame);
        assert_eq!(message.output(), Some(b"  x: y\n\nz".to_vec()));
        assert_eq!(message.action_id(), Some(b"a:b:1".as_slice()));
        assert_eq!(message.len(), 3);
    }

    #[test]
    fn escapes_are_undone_for_snapshots_and_var_set_only() {
        let snapshot =
            b"Event: Newchannel\r\nChannelStateDesc: Up\r\nCallerIDName: O\\'Br\\\"x\\n\r\nExten: a\\nb\r\n";
        let message = Message::from_frame(snapshot);
        assert_eq!(text(message.get(b"CallerIDName")), Some("O'Br\"x\n".into()));
        assert_eq!(text(message.get(b"Exten")), Some("a\\nb".into()));
        assert_eq!(message.raw().nth(2).unwrap().1, b"O\\'Br\\\"x\\n");
        for frame in [
            &b"Event: OriginateResponse\r\nCallerIDName: a\\'b\r\n"[..],
            b"Event: Dial\r\nDestChannelStateDesc: Up\r\nCallerIDName: a\\'b\r\n",
        ] {
            assert_eq!(text(Message::from_frame(frame).get(b"CallerIDName")), Some("a\\'b".into()));
        }
        let status = b"Event: Status\r\nChannelStateDesc: Up\r\nCallerIDName: a\\'b\r\nEffectiveConnectedLineName: a\\'b\r\nVariable: X=a\\'b\r\n";
        let status = Message::from_frame(status);
        assert_eq!(text(status.get(b"CallerIDName")), Some("a'b".into()));
        assert_eq!(text(status.get(b"EffectiveConnectedLineName")), Some("a\\'b".into()));
        assert_eq!(text(status.get(b"Variable")), Some("X=a\\'b".into()));
        let variable = Message::from_frame(b"Event: VarSet\r\nVariable: X\r\nValue: a\\\\b\r\n");
        assert_eq!(text(variable.get(b"Value")), Some("a\\b".into()));
    }

    #[test]
    fn nothing_is_undone_where_the_server_escapes_nothing() {
        let raw = Stamp { has_raw_values: true, ..Stamp::default() };
        for (frame, header, value) in [
            ("Event: VarSet\r\nVariable: FILE\r\nValue: C:\\temp\\new\r\n", "Value", r"C:\temp\new"),
            ("Event: Newchannel\r\nChannelStateDesc: Up\r\nCallerIDName: a\\b\r\n", "CallerIDName", r"a\b"),
            (
                "Event: Dial\r\nDestChannelStateDesc: Up\r\nDestChanVariable: A=\\n\r\n",
                "DestChanVariable",
                r"A=\n",
            ),
            ("Event: PresenceStateChange\r\nMessage: \\t\r\n", "Message", r"\t"),
        ] {
            let message = Message::stamped(frame.as_bytes(), raw);
            assert_eq!(text(message.get(header.as_bytes())), Some(value.into()), "{frame}");
            let escaped = Message::from_frame(frame.as_bytes());
            assert_ne!(text(escaped.get(header.as_bytes())), Some(value.into()), "{frame}");
        }
        let variables = Message::stamped(b"Event: VarSet\r\nVariable: A\r\nValue: \\n\r\n", raw).variables();
        assert_eq!(variables.get(b"A"), Some(b"\\n".as_slice()));
    }

    #[test]
    fn what_a_presence_state_says_is_unescaped() {
        let frame = b"Event: PresenceStateChange\r\nStatus: a\\'\r\nSubtype: a\\'b\r\nMessage: c\\\\d\r\n";
        let message = Message::from_frame(frame);
        assert_eq!(text(message.get(b"subtype")), Some("a'b".into()));
        assert_eq!(text(message.get(b"Message")), Some("c\\d".into()));
        assert_eq!(text(message.get(b"Status")), Some("a\\'".into()));
        let other = Message::from_frame(b"Response: Success\r\nMessage: a\\'b\r\n");
        assert_eq!(text(other.get(b"Message")), Some("a\\'b".into()));
    }

    #[test]
    fn every_escape_of_asterisk_is_undone() {
        let value = |escaped: &str| {
            let frame = format!("Event: VarSet\r\nValue: {escaped}\r\n");
            text(Message::from_frame(frame.as_bytes()).get(b"Value")).unwrap()
        };
        assert_eq!(value(r"\a\b\f\n\r\t\v"), "\u{7}\u{8}\u{c}\n\r\t\u{b}");
        assert_eq!(value(r#"\\\'\"\?"#), r#"\'"?"#);
        assert_eq!(value(r"cut\"), r"cut\");
    }

    #[test]
    fn only_what_has_to_be_unescaped_is_copied() {
        let frame = b"Event: X\r\nChannelStateDesc: Up\r\nCallerIDName: plain\r\nExten: a\\b\r\n";
        let message = Message::from_frame(frame);
        assert!(matches!(message.get(b"CallerIDName"), Some(Cow::Borrowed(b"plain"))));
        assert!(matches!(message.get(b"Exten"), Some(Cow::Borrowed(b"a\\b"))));
        let response = b"Response: Success\r\nChannelStateDesc: Up\r\nCallerIDName: a\\'b\r\n";
        assert_eq!(text(Message::from_frame(response).get(b"CallerIDName")), Some("a\\'b".into()));
        let other = Message::from_frame(b"Event: VarGet\r\nValue: a\\b\r\n");
        assert_eq!(text(other.get(b"Value")), Some("a\\b".into()));
    }

    #[test]
    fn of_many_variables_the_first_of_a_name_counts_and_each_snapshot_has_its_own_escapes() {
        let lines: Vec<_> =
            (0..100).map(|number| format!("ChanVariable: V{}=a\\\\{number}\r\n", number % 40)).collect();
        let lines = lines.concat();
        let frame = format!("Event: X\r\nDestChannelStateDesc: Up\r\n{lines}DestChanVariable: D=b\\\\c\r\n");
        let variables = Message::from_frame(frame.as_bytes()).variables();
        let expected = (0..40).map(|number| (format!("V{number}"), format!("a\\\\{number}")));
        // Only the `Dest` variables belong to a snapshot, so only they are unescaped.
        let expected: Vec<_> = expected.chain([("D".to_owned(), "b\\c".to_owned())]).collect();
        let found = variables.iter().map(|(name, value)| {
            (String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(value).into_owned())
        });
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn variables_are_found_in_every_form() {
        for frame in [
            &b"Event: Newstate\r\nChanVariable: A=1=2\r\n"[..],
            b"Event: BridgeEnter\r\nDestChanVariable: A=1=2\r\n",
            b"Event: OriginateResponse\r\nChanVariable(Local/1@a-1;1): A=1=2\r\n",
            b"Event: Status\r\nVariable: A=1=2\r\n",
            b"Response: Success\r\nVariable: A\r\nValue: 1=2\r\n",
            b"Response: Success\r\nValue: 1=2\r\nVariable: A\r\n",
        ] {
            let variables = Message::from_frame(frame).variables();
            assert_eq!(variables.get(b"A"), Some(b"1=2".as_slice()), "{}", String::from_utf8_lossy(frame));
        }
        let both = Message::from_frame(b"Event: X\r\nDestChanVariable: A=theirs\r\nChanVariable: A=ours\r\n");
        assert_eq!(both.variables().get(b"A"), Some(b"ours".as_slice()));
        let some =
            Message::from_frame(b"Event: X\r\nChanVariable: B=1\r\nVariables: C=2\r\nChanVariable: A=\r\n");
        let pairs: Vec<_> = some.variables().iter().map(|(name, value)| [name, value].concat()).collect();
        assert_eq!(pairs, [&b"B1"[..], b"A"], "in order, and nothing else");
    }

    #[test]
    fn beside_a_value_the_whole_variable_is_a_name() {
        for (frame, name, value) in [
            (
                "Response: Success\r\nVariable: CURL(http://a/?n=1)\r\nValue: yes=1\r\n",
                "CURL(http://a/?n=1)",
                "yes=1",
            ),
            ("Event: VarSet\r\nVariable: HASH(row,a=b)\r\nValue: \r\n", "HASH(row,a=b)", ""),
            ("Event: Status\r\nVariable: HASH(row)=a=b\r\n", "HASH(row)", "a=b"),
            ("Event: X\r\nChanVariable: A=b\r\nValue: c\r\n", "A", "b"),
        ] {
            let variables = Message::from_frame(frame.as_bytes()).variables();
            let found: Vec<_> = variables.iter().collect();
            assert_eq!(found, [(name.as_bytes(), value.as_bytes())], "{frame}");
        }
    }

    #[test]
    fn every_line_of_a_long_frame_is_found_whatever_the_lengths_of_those_before() {
        let mut random = fastrand::Rng::with_seed(5);
        for _ in 0..50 {
            let lines: Vec<_> = (0..500).map(|at| "x".repeat(random.usize(0..9)) + &at.to_string()).collect();
            let frame = format!("Event: A\n{}\n", lines.join("\r\n"));
            let message = Message::from_frame(frame.as_bytes());
            let values: Vec<_> =
                message.raw().skip(1).map(|(_, value)| String::from_utf8_lossy(value)).collect();
            assert_eq!(values, lines);
        }
    }

    #[test]
    fn any_bytes_make_a_message_without_a_panic() {
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..20_000 {
            let alphabet = b"Ev:ent Respons\r\n\\=()";
            let frame: Vec<u8> =
                (0..random.usize(0..60)).map(|_| alphabet[random.usize(0..alphabet.len())]).collect();
            let message = Message::from_frame(&frame);
            let joined: usize = message.raw().map(|(name, value)| name.len() + value.len()).sum();
            assert!(joined <= frame.len());
            let _ = (message.variables(), message.output(), message.get(b"ActionID"));
        }
    }
}
