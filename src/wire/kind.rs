//! The kind of a frame (event, response or neither) and single headers, read without copying the frame.

use memchr::memchr;

/// The kind of a message. The first line decides. A later `Response:` line does not count, since
/// `OriginateResponse` is an event that has one.
///
/// If the first line is neither `Event:` nor `Response:`, the first such line decides, provided that the frame has
/// an `ActionID`. `app_rpt` prints the `ActionID` first, and so do the items of `VoicemailUsersList` up to
/// Asterisk 13.1 (`app_voicemail.c`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The deciding line begins with `Event:`.
    Event,
    /// The deciding line begins with `Response:`.
    Response,
    /// No line decides: rows of `IAXnetstats`, or garbage.
    Other,
}

impl Kind {
    /// The kind of a whole frame, or of its first line.
    #[must_use]
    pub fn of(frame: &[u8]) -> Self {
        Self::of_line(frame).or_else(|| Self::of_line(title(frame))).unwrap_or(Self::Other)
    }

    pub(super) fn of_line(line: &[u8]) -> Option<Self> {
        // Asterisk's own spellings are compared first, then any other case.
        if line.starts_with(b"Event: ") {
            Some(Self::Event)
        } else if line.starts_with(b"Response: ") {
            Some(Self::Response)
        } else if starts_with(line, b"Event:") {
            Some(Self::Event)
        } else if starts_with(line, b"Response:") {
            Some(Self::Response)
        } else {
            None
        }
    }

    /// Offset of the value in the line that decides the kind.
    pub(super) fn value_at(self) -> usize {
        match self {
            Self::Event => b"Event:".len(),
            Self::Response => b"Response:".len(),
            Self::Other => 0,
        }
    }
}

/// First raw value of a header, in any case, found by one scan of the frame without an index.
#[must_use]
pub fn header_in<'a>(frame: &'a [u8], header: &[u8]) -> Option<&'a [u8]> {
    let mut rest = frame;
    loop {
        let (line, after) = match memchr(b'\n', rest) {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => (rest, &[][..]),
        };
        if line.get(header.len()) == Some(&b':') && starts_with(line, header) {
            let value = &line[header.len() + 1..];
            let value = value.strip_suffix(b"\r").unwrap_or(value);
            return Some(value.strip_prefix(b" ").unwrap_or(value));
        }
        if after.is_empty() {
            return None;
        }
        rest = after;
    }
}

/// The value of the line that decides the kind: the name of an event, or for example
/// `Success`. Empty if no line decides.
#[must_use]
pub fn name_in(frame: &[u8]) -> &[u8] {
    Heading::of(frame).name
}

/// What the deciding line of a frame says.
pub(super) struct Heading<'f> {
    pub(super) kind: Kind,
    /// Part of the frame, if it is not empty.
    pub(super) name: &'f [u8],
}

impl<'f> Heading<'f> {
    pub(super) fn of(frame: &'f [u8]) -> Self {
        let (kind, rest) = if let Some(kind) = Kind::of_line(frame) {
            (kind, frame)
        } else {
            let title = title(frame);
            (Kind::of_line(title).unwrap_or(Kind::Other), title)
        };
        let line = &rest[..memchr(b'\n', rest).unwrap_or(rest.len())];
        Self { kind, name: line[kind.value_at()..].trim_ascii() }
    }

    /// The part of the frame that consists of headers: the whole frame, but for the text of a `Response: Follows`, which
    /// begins at the first line that is none of its known headers.
    pub(super) fn header_part<'g>(&self, frame: &'g [u8]) -> &'g [u8] {
        if self.kind != Kind::Response || !self.name.eq_ignore_ascii_case(b"Follows") {
            return frame;
        }
        let mut at = 0;
        while let Some(end) = memchr(b'\n', &frame[at..]) {
            let line = &frame[at..at + end];
            let known = ["Response:", "Privilege:", "ActionID:", "Message:"];
            if !known.iter().any(|name| starts_with(line, name.as_bytes())) {
                break;
            }
            at += end + 1;
        }
        &frame[..at]
    }
}

/// The first `Event:` or `Response:` line, for a frame whose first line is neither. Empty if there is none, or if the
/// frame has no `ActionID`: such a frame is text that only looks like a message.
fn title(frame: &[u8]) -> &[u8] {
    let (mut found, mut has_id) = (None, false);
    for line in frame.split(|byte| *byte == b'\n') {
        found = found.or_else(|| Kind::of_line(line).map(|_| line));
        has_id |= starts_with(line, b"ActionID:");
    }
    found.filter(|_| has_id).unwrap_or_default()
}

pub(super) fn starts_with(line: &[u8], prefix: &[u8]) -> bool {
    line.len() >= prefix.len() && line[..prefix.len()].eq_ignore_ascii_case(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Message;

    #[test]
    fn an_action_id_may_stand_before_the_line_that_says_what_a_message_is() {
        for (frame, kind, name) in [
            ("ActionID: 1\r\nResponse: Success\r\nNode: 1999\r\n", Kind::Response, "Success"),
            ("actionid: 1\nresponse:Error\n", Kind::Response, "Error"),
            (
                "ActionID: 1\r\nEvent: VoicemailUserEntry\r\nResponse: x\r\n",
                Kind::Event,
                "VoicemailUserEntry",
            ),
            ("Privilege: Command\r\nResponse: Follows\r\nActionID: 1\r\na\r\n", Kind::Response, "Follows"),
            ("Node: 1\r\nActionID: 1\r\nResponse: Success\r\n", Kind::Response, "Success"),
        ] {
            let message = Message::from_frame(frame.as_bytes());
            assert_eq!((message.kind(), message.name()), (kind, name.as_bytes()), "{frame}");
            assert_eq!(name_in(frame.as_bytes()), name.as_bytes(), "{frame}");
            assert_eq!(message.action_id(), Some(b"1".as_slice()), "{frame}");
        }
        for frame in
            ["a\r\nResponse: Success\r\n", "ActionID: 1\r\nNode: 1\r\n", "ActionID: 1\r\n Event: A\r\n"]
        {
            let message = Message::from_frame(frame.as_bytes());
            assert_eq!((message.kind(), message.name()), (Kind::Other, &b""[..]), "{frame}");
            assert_eq!(name_in(frame.as_bytes()), b"", "{frame}");
        }
    }

    #[test]
    fn a_header_is_found_without_an_index() {
        let frame = b"Event: A\r\nActionIDs: no\r\nactionid: yes\r\n";
        assert_eq!(header_in(frame, b"ActionID"), Some(b"yes".as_slice()));
        assert_eq!(header_in(frame, b"Action"), None);
        assert_eq!(header_in(b"X:", b"X"), Some(b"".as_slice()));
    }
}
