//! Cuts the byte stream into frames. Input is not scanned again when more arrives, and the input held is bounded.

use std::fmt;
use std::ops::Range;

use memchr::{memchr, memchr_iter};

use super::kind::{Kind, header_in, name_in, starts_with};
use super::read_buffer::ReadBuffer;
use super::scan::{BLOCK, Block};

/// A frame cut from the stream.
#[derive(Debug, PartialEq, Eq)]
pub enum Frame<'a> {
    /// The first line of a stream, without its line end.
    Banner(&'a [u8]),
    /// The lines of a message with their line ends, without the empty line after them.
    Message(Kind, &'a [u8]),
    /// The beginning of a frame that exceeds the bound. The framer skips the rest, up to the next empty line or, in a
    /// `Response: Follows`, up to its end marker.
    TooLong {
        /// The kind of the frame, as far as it was read.
        kind: Kind,
        /// The lines that were read completely, with their line ends.
        lines: &'a [u8],
        /// The frame's `ActionID`, if that line was read completely. Always `None` for a `UserEvent`.
        action_id: Option<&'a [u8]>,
        /// The bound that was exceeded, in bytes.
        limit: usize,
    },
}

/// Cuts a byte stream into frames incrementally. Input is appended at the end, and frames are taken from the front.
///
/// A line ends in LF or CRLF. An empty line ends a message, and further empty lines are skipped. A second
/// `Event:` line starts a new message, since `SKINNYdevices` omits the empty line. Events that may contain an
/// `Event:` header are not split.
pub struct Framer {
    buffer: ReadBuffer,
    /// Offset in the held input up to which it was scanned. At most its length.
    scanned: usize,
    /// Offset in the held input at which the line that contains `scanned` begins. At most `scanned`.
    line: usize,
    mode: Mode,
    frame_bytes_max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    /// At the beginning of the stream. The first line alone is a frame.
    Banner,
    /// Between messages.
    Between,
    /// Within a message that ends at an empty line, or, if `splits` is set, before the next `Event:` line.
    Within { kind: Kind, splits: bool },
    /// Within the text of a `Response: Follows`, which may contain empty lines. `ended` is set if the last
    /// line ended with `--END COMMAND--`.
    Follows { ended: bool },
    /// Skipping the rest of a frame that was too long. `line_was_cut` is set if the beginning
    /// of the current line was dropped.
    Skipping { follows: bool, line_was_cut: bool },
}

/// Result of a scan within a message. All fields are offsets in the held input.
enum Scan {
    /// The message ends before `line`, and the next one begins at `after`.
    Ended { line: usize, after: usize },
    /// The message exceeded its bound with the line that ends before `line`.
    TooLong { line: usize },
    /// The line that begins at `line` has no end yet.
    Unfinished { line: usize },
}

const END_COMMAND: &[u8] = b"--END COMMAND--";

/// Beginning of a line that starts an event, even if the empty line before it is missing.
const EVENT: &[u8] = b"Event:";

impl Framer {
    /// A framer at the beginning of a stream. A frame longer than `frame_bytes_max` is given as [`Frame::TooLong`].
    #[must_use]
    pub fn new(frame_bytes_max: usize) -> Self {
        Self { buffer: ReadBuffer::default(), scanned: 0, line: 0, mode: Mode::Banner, frame_bytes_max }
    }

    /// Space for at least `wanted` bytes of input. Report with [`Framer::filled`] how many were written.
    pub fn room(&mut self, wanted: usize) -> &mut [u8] {
        self.buffer.room(wanted)
    }

    /// Marks the first `count` bytes of the room as input.
    ///
    /// # Panics
    ///
    /// If `count` exceeds the room.
    pub fn filled(&mut self, count: usize) {
        self.buffer.filled(count);
    }

    /// Appends input.
    pub fn feed(&mut self, input: &[u8]) {
        self.room(input.len())[..input.len()].copy_from_slice(input);
        self.filled(input.len());
    }

    /// Bytes of input held: an unfinished frame, or input not yet scanned.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffer.input().len()
    }

    /// Size of the buffer in bytes.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.buffer.capacity()
    }

    /// Gives the buffer away, so that idle sessions can share one. Input of up to 4 KiB is moved to a new buffer of
    /// just that size. `None` if more input is held, or if the buffer itself is not larger than 4 KiB.
    pub fn lend(&mut self) -> Option<Vec<u8>> {
        self.buffer.lend()
    }

    /// Replaces the buffer by a larger one and moves the held input into it. A buffer that is not larger is dropped.
    pub fn borrow(&mut self, buffer: Vec<u8>) {
        self.buffer.borrow(buffer);
    }

    /// The next frame, or `None` if more input is needed.
    pub fn next_frame(&mut self) -> Option<Frame<'_>> {
        loop {
            if let Mode::Within { kind, splits } = self.mode {
                return self.next_message(kind, splits);
            }
            let input = self.buffer.input();
            let Some(length) = memchr(b'\n', &input[self.scanned..]) else {
                self.scanned = input.len();
                return self.on_unfinished_line();
            };
            let (line, after) = (self.line, self.scanned + length + 1);
            let text = without_cr(&input[line..after - 1]);
            match self.mode {
                // The bound holds however the input is cut: a part of this line may have been too long already.
                Mode::Banner if self.is_too_long(after) => self.line_done(after),
                Mode::Banner => {
                    let banner = line..line + text.len();
                    self.next_line_at(after, Mode::Between);
                    return Some(Frame::Banner(self.take(banner, after)));
                }
                Mode::Between if text.is_empty() => {
                    self.next_line_at(after, Mode::Between);
                    self.take(0..0, after);
                }
                Mode::Between => {
                    let mode = Mode::of_first_line(text);
                    self.next_line_at(after, mode);
                }
                Mode::Within { kind, splits } => return self.next_message(kind, splits),
                Mode::Follows { ended: true } if text.is_empty() => {
                    return Some(self.complete(Kind::Response, line, after));
                }
                Mode::Follows { .. } => {
                    let ended = text.ends_with(END_COMMAND);
                    self.next_line_at(after, Mode::Follows { ended });
                }
                Mode::Skipping { follows, line_was_cut } => {
                    let empty = text.is_empty() && !line_was_cut;
                    let over = if follows { text.ends_with(END_COMMAND) } else { empty };
                    // Only the empty line after `--END COMMAND--` is left, and `Mode::Between` skips it.
                    let mode =
                        if over { Mode::Between } else { Mode::Skipping { follows, line_was_cut: false } };
                    self.next_line_at(after, mode);
                    self.take(0..0, after);
                }
            }
            if self.is_too_long(self.line) {
                return Some(self.too_long());
            }
        }
    }

    fn next_message(&mut self, kind: Kind, splits: bool) -> Option<Frame<'_>> {
        match self.scan_message(splits) {
            Scan::Ended { line, after } => Some(self.complete(kind, line, after)),
            Scan::TooLong { line } => {
                self.line_done(line);
                Some(self.too_long())
            }
            Scan::Unfinished { line } => {
                self.line = line;
                self.scanned = self.held();
                self.on_unfinished_line()
            }
        }
    }

    /// Looks for the end of the message, by blocks as far as both the input and the bound allow, then by lines. Nearly
    /// all input passes through this function.
    fn scan_message(&self, splits: bool) -> Scan {
        let (input, last_line) = (self.buffer.input(), self.frame_bytes_max);
        let (mut line, mut at) = (self.line, self.scanned);
        if at > line {
            // The last input ended within a line.
            let Some(length) = memchr(b'\n', &input[at..]) else {
                return Scan::Unfinished { line };
            };
            if let Some(scan) = scan_line(input, splits, line, at + length, last_line) {
                return scan;
            }
            line = at + length + 1;
            at = line;
        }
        // Line starts known from the block before: `begins` is 1 if a line begins at the first byte of this block,
        // `began` is 1 if one began at the byte before it.
        let (mut begins, mut began) = (1, 0);
        while let Some(bytes) = input.get(at..input.len().min(last_line)).and_then(<[u8]>::first_chunk) {
            let block = Block::of(bytes);
            let feeds = block.equal(b'\n');
            let starts = feeds << 1 | begins;
            // Line feeds at the first or the second byte of a line. They end an empty line or a line of one byte.
            let short = feeds & (starts | starts << 1 | began);
            let end = empty_line(input, at, short);
            if splits {
                let before = end.map_or(u64::MAX, |end| (1 << (end - at)) - 1);
                if let Some(line) = event_line(input, at, block.equal_any_case(b'e') & starts & before) {
                    return Scan::Ended { line, after: line };
                }
            }
            if let Some(feed) = end {
                let line = line_after(feeds & ((1 << (feed - at)) - 1), at).unwrap_or(line);
                return Scan::Ended { line, after: feed + 1 };
            }
            line = line_after(feeds, at).unwrap_or(line);
            (begins, began) = (feeds >> (BLOCK - 1), starts >> (BLOCK - 1));
            at += BLOCK;
        }
        for length in memchr_iter(b'\n', &input[at..]) {
            if let Some(scan) = scan_line(input, splits, line, at + length, last_line) {
                return scan;
            }
            line = at + length + 1;
        }
        Scan::Unfinished { line }
    }

    /// Called when the input ends within a line. Returns a frame if one has ended or has exceeded its bound, and
    /// otherwise waits for more input.
    fn on_unfinished_line(&mut self) -> Option<Frame<'_>> {
        if let Mode::Skipping { follows, .. } = self.mode {
            // `--END COMMAND--` may be cut in two, so as many bytes as it has are kept, and its CR. Of any other line
            // it only matters whether it is empty, so one byte is enough.
            let keep = if follows { END_COMMAND.len() + 1 } else { 1 };
            let drop_to = self.held().saturating_sub(keep).max(self.line);
            let dropped_some = drop_to > self.line;
            self.line = drop_to;
            self.take(0..0, drop_to);
            if dropped_some {
                self.mode = Mode::Skipping { follows, line_was_cut: true };
            }
            return None;
        }
        // A single CR may be the first half of the empty line that ends a frame just within its bound.
        let (begun, held) = (&self.buffer.input()[self.line..], self.held());
        let is_half = begun == b"\r";
        if let Mode::Follows { ended } = &mut self.mode
            && self.line < held
            && !is_half
        {
            // The line is not empty, so the text goes on.
            *ended = false;
        }
        // An `Event:` line ends the frame before it, even if only a part of the line has come.
        if let Mode::Within { kind, splits: true } = self.mode
            && self.is_too_long(held)
            && !self.is_too_long(self.line)
        {
            if starts_with(begun, EVENT) {
                return Some(self.complete(kind, self.line, self.line));
            }
            if EVENT.get(..begun.len()).is_some_and(|part| part.eq_ignore_ascii_case(begun)) {
                return None;
            }
        }
        self.is_too_long(if is_half { self.line } else { held }).then(|| self.too_long())
    }

    fn is_too_long(&self, at: usize) -> bool {
        at > self.frame_bytes_max
    }

    fn too_long(&mut self) -> Frame<'_> {
        let (read, limit) = (&self.buffer.input()[..self.scanned], self.frame_bytes_max);
        let (kind, follows) = match self.mode {
            Mode::Within { kind: Kind::Other, .. } | Mode::Between => (Kind::of(read), false),
            Mode::Within { kind, .. } => (kind, false),
            Mode::Follows { .. } => (Kind::Response, true),
            Mode::Banner | Mode::Skipping { .. } => (Kind::Other, false),
        };
        // The last line may be cut within its `ActionID`, so only complete lines are read.
        let whole = memchr::memrchr(b'\n', read).map_or(0, |at| at + 1);
        self.mode = match self.mode {
            // Only the empty line after the marker is left, as in `next_frame`.
            Mode::Follows { ended: true } => Mode::Between,
            _ => Mode::Skipping { follows, line_was_cut: false },
        };
        let read = self.take(0..whole, self.line);
        // Any client can write an `ActionID` into a `UserEvent`, so it identifies no action there.
        let is_forgeable = kind == Kind::Event && name_in(read).eq_ignore_ascii_case(b"UserEvent");
        let action_id = if is_forgeable { None } else { header_in(read, b"ActionID") };
        Frame::TooLong { kind, lines: read, action_id, limit }
    }

    fn complete(&mut self, kind: Kind, frame_end: usize, next: usize) -> Frame<'_> {
        self.next_line_at(next, Mode::Between);
        let frame = self.take(0..frame_end, next);
        // If the first line did not decide the kind, a later one may.
        let kind = if kind == Kind::Other { Kind::of(frame) } else { kind };
        Frame::Message(kind, frame)
    }

    fn next_line_at(&mut self, at: usize, mode: Mode) {
        self.mode = mode;
        self.line_done(at);
    }

    fn line_done(&mut self, after: usize) {
        self.scanned = after;
        self.line = after;
    }

    /// Returns the held input in `range`, and lets go of all before `next`.
    fn take(&mut self, range: Range<usize>, next: usize) -> &[u8] {
        self.scanned -= next;
        self.line -= next;
        self.buffer.take(range, next)
    }
}

impl Mode {
    fn of_first_line(line: &[u8]) -> Self {
        let kind = Kind::of(line);
        let value = line[kind.value_at()..].trim_ascii();
        match kind {
            Kind::Response if value.eq_ignore_ascii_case(b"Follows") => Self::Follows { ended: false },
            Kind::Event => Self::Within { kind, splits: !may_hold_event_header(value) },
            Kind::Response | Kind::Other => Self::Within { kind, splits: false },
        }
    }
}

/// True for events that may contain an `Event:` header. Any client can write headers into a `UserEvent`, and
/// `ResourceListDetail` prints a setting that is called `event` (`res_pjsip_pubsub.c`).
fn may_hold_event_header(event: &[u8]) -> bool {
    ["UserEvent", "ResourceListDetail"].iter().any(|name| event.eq_ignore_ascii_case(name.as_bytes()))
}

/// Checks whether the line from `line` to `feed` ends its message. `last_line` is the offset of the bound.
fn scan_line(input: &[u8], splits: bool, line: usize, feed: usize, last_line: usize) -> Option<Scan> {
    let text = &input[line..feed];
    if matches!(text, b"" | b"\r") {
        Some(Scan::Ended { line, after: feed + 1 })
    } else if splits && starts_with(text, EVENT) {
        Some(Scan::Ended { line, after: line })
    } else {
        (feed >= last_line).then_some(Scan::TooLong { line: feed + 1 })
    }
}

/// Offset of the first line feed in `short` that ends an empty line.
fn empty_line(input: &[u8], block: usize, mut short: u64) -> Option<usize> {
    while short != 0 {
        let feed = block + short.trailing_zeros() as usize;
        // The byte before the line feed is either the whole line or the line feed of the line before.
        if matches!(input[feed - 1], b'\r' | b'\n') {
            return Some(feed);
        }
        short &= short - 1;
    }
    None
}

/// Offset of the first complete `Event:` line among the lines that begin at the bits of `lines`.
fn event_line(input: &[u8], block: usize, mut lines: u64) -> Option<usize> {
    while lines != 0 {
        let line = block + lines.trailing_zeros() as usize;
        let rest = &input[line..];
        if starts_with(rest, EVENT) && memchr(b'\n', rest).is_some() {
            return Some(line);
        }
        lines &= lines - 1;
    }
    None
}

/// Offset of the line after the last line feed of a block, or `None` without one.
fn line_after(feeds: u64, block: usize) -> Option<usize> {
    (feeds != 0).then(|| block + BLOCK - feeds.leading_zeros() as usize)
}

fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Prints sizes only, since the bytes may hold secrets.
impl fmt::Debug for Framer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Framer").field("mode", &self.mode).field("held", &self.held()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME_MAX: usize = 64 * 1_024;

    /// All frames of `stream`, fed in chunks of `chunk` bytes.
    fn frames(stream: &[u8], chunk: usize) -> Vec<String> {
        let mut framer = Framer::new(FRAME_MAX);
        let mut seen = Vec::new();
        for bytes in stream.chunks(chunk) {
            framer.feed(bytes);
            while let Some(frame) = framer.next_frame() {
                seen.push(match frame {
                    Frame::Banner(text) => format!("banner {}", String::from_utf8_lossy(text)),
                    Frame::Message(kind, lines) => format!("{kind:?} {}", String::from_utf8_lossy(lines)),
                    Frame::TooLong { kind, action_id, limit, .. } => {
                        format!("too long {kind:?} {:?} {limit}", action_id.map(String::from_utf8_lossy))
                    }
                });
            }
            assert!(framer.held() <= FRAME_MAX + chunk, "{} bytes held", framer.held());
        }
        seen
    }

    fn at_every_cut(stream: &[u8]) -> Vec<String> {
        let whole = frames(stream, stream.len());
        for chunk in 1..stream.len().min(40) {
            assert_eq!(frames(stream, chunk), whole, "in chunks of {chunk}");
        }
        whole
    }

    #[test]
    fn line_ends_and_empty_lines_may_be_mixed() {
        let stream = b"Asterisk Call Manager/11.0.0\r\nEvent: A\r\nX: 1\r\n\r\n\r\n\nEvent: B\nY: 2\n\nResponse: Error\r\nMessage: No x\n\r\n\r\n";
        assert_eq!(
            at_every_cut(stream),
            [
                "banner Asterisk Call Manager/11.0.0",
                "Event Event: A\r\nX: 1\r\n",
                "Event Event: B\nY: 2\n",
                "Response Response: Error\r\nMessage: No x\n",
            ]
        );
    }

    #[test]
    fn a_frame_that_just_fits_does_so_also_where_its_empty_line_is_cut() {
        let text = "x".repeat(FRAME_MAX - "Response: Success\r\n".len() - "M: \r\n".len());
        let stream = format!("b\r\nResponse: Success\r\nM: {text}\r\n\r\n");
        let whole = frames(stream.as_bytes(), stream.len());
        assert_eq!(whole[1], format!("Response Response: Success\r\nM: {text}\r\n"));
        assert_eq!(frames(stream.as_bytes(), stream.len() - 1), whole, "without the last LF");
        let longer = stream.replacen("M: ", "M: y", 1);
        let too_long = format!("too long Response None {FRAME_MAX}");
        for chunk in [longer.len(), longer.len() - 1, longer.len() - 2] {
            assert_eq!(frames(longer.as_bytes(), chunk)[1], too_long, "in chunks of {chunk}");
        }
    }

    #[test]
    fn a_second_event_line_starts_a_new_message_but_not_where_it_is_a_header() {
        let stream = b"b\r\nEvent: DeviceEntry\r\nX: 1\r\nEvent: DeviceEntry\r\nX: 2\r\n\r\nEvent: UserEvent\r\nEvent: Hangup\r\n\r\nEvent: ResourceListDetail\r\nEvent: presence\r\nX: 3\r\n\r\n";
        assert_eq!(
            at_every_cut(stream)[1..],
            [
                "Event Event: DeviceEntry\r\nX: 1\r\n",
                "Event Event: DeviceEntry\r\nX: 2\r\n",
                "Event Event: UserEvent\r\nEvent: Hangup\r\n",
                "Event Event: ResourceListDetail\r\nEvent: presence\r\nX: 3\r\n",
            ]
        );
    }

    #[test]
    fn a_block_that_begins_with_its_action_id_is_what_a_later_line_says() {
        let stream = b"b\r\nActionID: 1\r\nResponse: Success\r\nNode: 1\r\n\r\nActionID: 2\r\nEvent: VoicemailUserEntry\r\n\r\nActionID: 3\r\nrow\r\n\r\nrow\r\nEvent: A\r\n\r\n";
        assert_eq!(
            at_every_cut(stream)[1..],
            [
                "Response ActionID: 1\r\nResponse: Success\r\nNode: 1\r\n",
                "Event ActionID: 2\r\nEvent: VoicemailUserEntry\r\n",
                "Other ActionID: 3\r\nrow\r\n",
                "Other row\r\nEvent: A\r\n",
            ]
        );
        let long =
            format!("b\r\nActionID: a:b:1\r\nResponse: Success\r\nX: {}\r\n\r\n", "x".repeat(FRAME_MAX));
        assert_eq!(frames(long.as_bytes(), 100)[1], "too long Response Some(\"a:b:1\") 65536");
    }

    #[test]
    fn a_response_header_within_an_event_does_not_split_it() {
        let stream = b"b\nEvent: OriginateResponse\r\nResponse: Failure\r\nReason: 5\r\n\r\n";
        assert_eq!(
            at_every_cut(stream)[1],
            "Event Event: OriginateResponse\r\nResponse: Failure\r\nReason: 5\r\n"
        );
    }

    #[test]
    fn the_older_command_output_may_hold_empty_lines() {
        let stream = b"b\r\nResponse: Follows\r\nPrivilege: Command\r\nActionID: 1\r\na\n\nEvent: no\n\nb\n--END COMMAND--\r\n\r\nEvent: B\r\n\r\n";
        assert_eq!(
            at_every_cut(stream)[1..],
            [
                "Response Response: Follows\r\nPrivilege: Command\r\nActionID: 1\r\na\n\nEvent: no\n\nb\n--END COMMAND--\r\n",
                "Event Event: B\r\n",
            ]
        );
    }

    #[test]
    fn a_frame_above_its_bound_is_skipped_to_the_next_empty_line() {
        let long = "x".repeat(FRAME_MAX);
        for (head, expected) in [
            ("Response: Success\r\nActionID: a:b:1\r\n", "too long Response Some(\"a:b:1\") 65536"),
            ("Event: Big\r\n", "too long Event None 65536"),
            ("garbage ", "too long Other None 65536"),
        ] {
            let stream = format!("b\r\n{head}Y: {long}\r\nZ: 1\r\n\r\nEvent: B\r\n\r\n");
            for chunk in [stream.len(), 4_096, 7, 1] {
                assert_eq!(
                    frames(stream.as_bytes(), chunk)[1..],
                    [expected, "Event Event: B\r\n"],
                    "{head} {chunk}"
                );
            }
        }
    }

    #[test]
    fn the_empty_line_after_a_skipped_frame_is_found_at_every_cut() {
        let mut stream = b"b\nEvent: Big\r\n".to_vec();
        stream.extend(b"X: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n".repeat(2_000));
        stream.extend(b"\r\nEvent: B\r\n\r\n");
        for chunk in [1, 2, 3, 5, 1_000, stream.len()] {
            assert_eq!(
                frames(&stream, chunk)[1..],
                ["too long Event None 65536", "Event Event: B\r\n"],
                "{chunk}"
            );
        }
    }

    #[test]
    fn a_skipped_command_output_ends_at_its_marker() {
        let text = "line\n\n".repeat(20_000);
        let stream =
            format!("b\r\nResponse: Follows\r\nActionID: 9\r\n{text}--END COMMAND--\r\n\r\nEvent: B\r\n\r\n");
        for chunk in [1, 3, 16, 100, stream.len()] {
            let seen = frames(stream.as_bytes(), chunk);
            assert_eq!(seen[1..], ["too long Response Some(\"9\") 65536", "Event Event: B\r\n"], "{chunk}");
        }
    }

    #[test]
    fn an_idle_framer_lends_its_buffer_and_goes_on_in_another() {
        let mut framer = Framer::new(FRAME_MAX);
        framer.borrow(vec![0; 65_536]);
        framer.feed(b"b\nEvent: A\r\n\r\nEvent: B\r\nX: ");
        assert!(matches!(framer.next_frame(), Some(Frame::Banner(b"b"))));
        assert!(matches!(framer.next_frame(), Some(Frame::Message(..))));
        assert_eq!(framer.next_frame(), None);
        let lent = framer.lend().unwrap();
        assert_eq!(lent.len(), 65_536);
        assert_eq!(framer.capacity(), framer.held());
        framer.borrow(lent);
        framer.feed(b"1\r\n\r\n");
        assert_eq!(framer.next_frame(), Some(Frame::Message(Kind::Event, b"Event: B\r\nX: 1\r\n")));
    }

    #[test]
    fn an_output_that_passes_its_bound_with_its_last_line_takes_nothing_along() {
        let mut stream = b"Asterisk Call Manager/1.1\r\nResponse: Follows\r\n".to_vec();
        stream.resize(stream.len() + FRAME_MAX - 30, b'x');
        stream.extend_from_slice(b"--END COMMAND--\r\n\r\nEvent: A\r\n\r\n");
        assert_eq!(
            at_every_cut(&stream),
            ["banner Asterisk Call Manager/1.1", "too long Response None 65536", "Event Event: A\r\n"]
        );
    }

    #[test]
    fn a_buffer_is_kept_while_it_holds_much_and_a_smaller_one_is_not_taken() {
        let mut framer = Framer::new(FRAME_MAX);
        framer.feed(b"b\nEvent: A\r\nX: ");
        assert!(matches!(framer.next_frame(), Some(Frame::Banner(b"b"))));
        let capacity = framer.capacity();
        assert_eq!(framer.lend(), None, "one of the first size is its own");
        framer.borrow(vec![0; capacity]);
        assert_eq!(framer.capacity(), capacity);
        framer.borrow(vec![0; capacity + 1]);
        assert_eq!(framer.capacity(), capacity + 1);
        framer.feed(&[b'x'; 5_000]);
        assert_eq!(framer.next_frame(), None);
        assert_eq!(framer.lend(), None, "5,000 bytes are not moved");
        assert_eq!(framer.held(), "Event: A\r\nX: ".len() + 5_000);
        framer.feed(b"\r\n\r\n");
        assert!(
            matches!(framer.next_frame(), Some(Frame::Message(Kind::Event, lines)) if lines.len() == 5_015)
        );
        assert!(framer.lend().is_some() && framer.capacity() == 0);
    }

    #[test]
    fn a_frame_that_just_fits_does_so_also_where_the_line_that_splits_it_is_cut() {
        let text = "x".repeat(FRAME_MAX - "Event: A\r\nX: \r\n".len());
        let stream = format!("b\r\nEvent: A\r\nX: {text}\r\nEvent: B\r\nY: 1\r\n\r\n");
        let whole = frames(stream.as_bytes(), stream.len());
        assert_eq!(
            whole[1..],
            [format!("Event Event: A\r\nX: {text}\r\n"), "Event Event: B\r\nY: 1\r\n".to_owned()]
        );
        for cut in 1..24 {
            assert_eq!(frames(stream.as_bytes(), stream.len() - cut), whole, "without the last {cut} bytes");
        }
    }

    #[test]
    fn a_banner_has_the_same_bound_however_it_is_cut() {
        for (bytes, expected) in [(FRAME_MAX - 1, "banner xx"), (FRAME_MAX, "too long Other None 65536")] {
            let stream = format!("{}\nrest\n\nEvent: A\n\n", "x".repeat(bytes));
            for chunk in [stream.len(), 1_000, 1] {
                let seen = frames(stream.as_bytes(), chunk);
                assert!(seen[0].starts_with(expected), "{bytes} in chunks of {chunk}: {}", &seen[0][..30]);
                assert_eq!(seen.last().unwrap(), "Event Event: A\r\n".replace('\r', "").as_str());
            }
        }
    }

    #[test]
    fn frames_of_every_kind_have_one_bound() {
        for (head, tail) in [
            ("Response: Success\r\nX: ", "\r\n\r\n"),
            ("Response: Follows\r\n", "\n--END COMMAND--\r\n\r\n"),
            ("Event: A\r\nX: ", "\r\n\r\n"),
            ("x\r\n", "\r\n\r\n"),
        ] {
            for (bytes, passes) in [(FRAME_MAX, true), (FRAME_MAX + 1, false)] {
                // The empty line is not part of a frame.
                let text = "x".repeat(bytes - head.len() - (tail.len() - 2));
                let mut framer = Framer::new(FRAME_MAX);
                framer.feed(format!("b\r\n{head}{text}{tail}Event: B\r\n\r\n").as_bytes());
                assert!(matches!(framer.next_frame(), Some(Frame::Banner(_))));
                match framer.next_frame() {
                    Some(Frame::Message(_, lines)) => assert!(passes && lines.len() == bytes, "{head}"),
                    Some(Frame::TooLong { lines, limit, .. }) => {
                        assert!(!passes && limit == FRAME_MAX && lines.len() <= bytes, "{head}");
                    }
                    other => panic!("{head}: {other:?}"),
                }
                assert_eq!(framer.next_frame(), Some(Frame::Message(Kind::Event, b"Event: B\r\n")), "{head}");
            }
        }
    }

    #[test]
    fn a_frame_above_its_bound_names_its_action_by_whole_lines_and_not_where_anyone_can_write_it() {
        let too_long = |first: &str| {
            let line = format!("X: {}\n", "x".repeat(FRAME_MAX));
            let frames = frames(format!("banner\n{first}\nActionID: a:b:12\n{line}\n").as_bytes(), 50);
            frames.into_iter().nth(1).unwrap()
        };
        assert!(too_long("Response: Success").starts_with("too long Response Some(\"a:b:12\")"));
        assert!(too_long("Response: UserEvent").starts_with("too long Response Some"));
        assert!(too_long("Event: OriginateResponse").starts_with("too long Event Some(\"a:b:12\")"));
        assert!(too_long("Event: UserEvent").starts_with("too long Event None"));
    }

    #[test]
    fn a_text_that_holds_the_marker_goes_on_until_an_empty_line_follows_one() {
        let stream = b"banner\r\nResponse: Follows\r\na\n--END COMMAND--\r\nb\n--END COMMAND--\r\n\r\nEvent: A\r\n\r\n";
        assert_eq!(
            at_every_cut(stream),
            [
                "banner banner",
                "Response Response: Follows\r\na\n--END COMMAND--\r\nb\n--END COMMAND--\r\n",
                "Event Event: A\r\n"
            ]
        );
    }

    #[test]
    fn a_text_that_goes_on_after_its_marker_and_passes_its_bound_ends_with_the_next_one() {
        let mut stream = b"banner\r\nResponse: Follows\r\na\n--END COMMAND--\r\n\r".to_vec();
        stream.resize(stream.len() + FRAME_MAX, b'x');
        stream.extend_from_slice(b"\r\nb\n--END COMMAND--\r\n\r\nEvent: A\r\n\r\n");
        let expected = ["banner banner", "too long Response None 65536", "Event Event: A\r\n"];
        assert_eq!(at_every_cut(&stream), expected);
        for chunk in [50, 1_000, 40_000] {
            assert_eq!(frames(&stream, chunk), expected);
        }
    }

    #[test]
    fn what_was_read_makes_room_for_what_comes() {
        let mut framer = Framer::new(FRAME_MAX);
        framer.feed(b"banner\r\nEvent: A");
        for _ in 0..1_000 {
            // Each chunk ends within a frame, so the buffer is never empty.
            framer.feed(b"\r\nX: 0123456789\r\n\r\nEvent: A");
            while framer.next_frame().is_some() {}
        }
        assert_eq!(framer.capacity(), 4 * 1_024);
    }

    #[test]
    fn any_stream_in_any_cut_gives_the_same_frames_within_the_bound() {
        let mut random = fastrand::Rng::with_seed(11);
        let words: [&[u8]; 12] = [
            b"\r\n",
            b"\n",
            b"\r\n\r\n",
            b"\n\n",
            b"Event: A",
            b"Event: UserEvent",
            b"Response: Follows",
            b"Response: x",
            b"--END COMMAND--",
            b"X: y",
            b"z",
            b"\r",
        ];
        for round in 0..2_000 {
            let stream: Vec<u8> =
                (0..random.usize(1..40)).flat_map(|_| words[random.usize(0..words.len())].to_vec()).collect();
            let whole = frames(&stream, stream.len());
            assert_eq!(frames(&stream, 1), whole, "round {round}: {:?}", String::from_utf8_lossy(&stream));
            assert_eq!(frames(&stream, 1 + random.usize(0..9)), whole, "round {round}");
        }
    }
}
