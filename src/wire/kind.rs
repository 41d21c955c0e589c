//! What a frame is, read off its lines without copying it.

use memchr::memchr;

/// What a message is, by its first line: a later `Response:` line does not count, since `OriginateResponse` is an event that
/// has one. Where the first line says nothing, the first that does counts, if there is an `ActionID`: `app_rpt` prints that
/// one first, and so do the items of `VoicemailUsersList` up to Asterisk 13.1 (app_voicemail.c).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It begins with `Event:`.
    Event,
    /// It begins with `Response:`.
    Response,
    /// It is neither: rows of `IAXnetstats`, garbage.
    Other,
}

impl Kind {
    /// Of a whole frame, or of its first line.
    #[must_use]
    pub fn of(frame: &[u8]) -> Self {
        Self::of_line(frame).or_else(|| Self::of_line(title(frame))).unwrap_or(Self::Other)
    }

    pub(super) fn of_line(line: &[u8]) -> Option<Self> {
        // As Asterisk spells them, before any other spelling.
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

    /// Where the value of the line begins that says so.
    pub(super) fn value_at(self) -> usize {
        match self {
            Self::Event => b"Event:".len(),
            Self::Response => b"Response:".len(),
            Self::Other => 0,
        }
    }
}

/// First raw value of a header in a frame that was not copied: one scan, no index.
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

/// What the line says that tells event and response: the name of an event, `Success`. Nothing where no line does.
#[must_use]
pub fn name_in(frame: &[u8]) -> &[u8] {
    let (frame, kind) = match Kind::of_line(frame) {
        Some(kind) => (frame, kind),
        None => (title(frame), Kind::of(frame)),
    };
    let line = &frame[..memchr(b'\n', frame).unwrap_or(frame.len())];
    line[kind.value_at()..].trim_ascii()
}

/// The line that tells event and response in a frame whose first one does not. Nothing where there is none, or where the frame
/// has no `ActionID`: then it is text that looks like one.
pub(super) fn title(frame: &[u8]) -> &[u8] {
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
