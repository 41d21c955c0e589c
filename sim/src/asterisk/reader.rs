//! Converts bytes to requests, with the limits and bugs of Asterisk's line buffer.

use std::mem;

use super::request::Request;

/// Size of Asterisk's `inbuf` without its NUL. A line and its end must fit (main/manager.c, `get_input`).
const BUFFER_BYTES: usize = 1_024;
/// Maximum number of header lines of one action, `Action` included (`AST_MAX_MANHEADERS`).
const HEADERS_MAX: usize = 128;

/// The result of the bytes up to a blank line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Incoming {
    /// A request. It can be empty.
    Request(Request),
    /// A line did not fit. The request has the lines that did.
    LineTooLong(Request),
    /// There were more than 128 lines. The request has the first 128.
    TooManyLines(Request),
}

impl Incoming {
    pub(crate) fn request(&self) -> &Request {
        match self {
            Self::Request(request) | Self::LineTooLong(request) | Self::TooManyLines(request) => request,
        }
    }
}

/// Reads lines through a buffer of 1,024 bytes, as `get_input` does.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// Bytes that are not in the line buffer yet. A real server leaves them in the kernel's receive buffer.
    unread: Vec<u8>,
    taken: usize,
    buffer: Vec<u8>,
    lines: Vec<Vec<u8>>,
    line_too_long: bool,
    lines_lost: bool,
}

impl Reader {
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.taken == self.unread.len() {
            self.unread.clear();
            self.taken = 0;
        }
        self.unread.extend_from_slice(bytes);
    }

    /// Number of bytes received that no line has taken yet.
    pub(crate) fn backlog(&self) -> usize {
        self.unread.len() - self.taken + self.buffer.len()
    }

    /// The next request, if its blank line has arrived.
    pub(crate) fn next(&mut self) -> Option<Incoming> {
        loop {
            let line = self.next_line()?;
            if line.is_empty() {
                return Some(self.finish());
            }
            if self.lines.len() < HEADERS_MAX {
                self.lines.push(line);
            } else {
                self.lines_lost = true;
            }
        }
    }

    fn finish(&mut self) -> Incoming {
        let request = Request::new(mem::take(&mut self.lines));
        if mem::take(&mut self.lines_lost) {
            // Asterisk does not clear the flag for a long line here, so the next action gets that error too.
            return Incoming::TooManyLines(request);
        }
        if mem::take(&mut self.line_too_long) {
            return Incoming::LineTooLong(request);
        }
        Incoming::Request(request)
    }

    fn next_line(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=end).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                // Asterisk uses C strings, so the bytes after a NUL are lost.
                if let Some(nul) = line.iter().position(|byte| *byte == 0) {
                    line.truncate(nul);
                }
                return Some(line);
            }
            if self.buffer.len() >= BUFFER_BYTES {
                // The last byte is kept, since it can be the CR of a CRLF.
                self.buffer.drain(..BUFFER_BYTES - 1);
                self.line_too_long = true;
            }
            if !self.fill() {
                return None;
            }
        }
    }

    fn fill(&mut self) -> bool {
        let waiting = &self.unread[self.taken..];
        let count = waiting.len().min(BUFFER_BYTES - self.buffer.len());
        self.buffer.extend_from_slice(&waiting[..count]);
        self.taken += count;
        count > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Incoming> {
        let mut reader = Reader::default();
        reader.push(bytes);
        std::iter::from_fn(|| reader.next()).collect()
    }

    fn with_line_of(bytes: usize, end: &str) -> Vec<Incoming> {
        read(format!("Action: Ping\r\n{}{end}{end}", "X".repeat(bytes)).as_bytes())
    }

    #[test]
    fn both_line_ends_are_understood() {
        let [Incoming::Request(request)] = &read(b"Action: Ping\nActionID: 7\r\n\n")[..] else {
            panic!("one request");
        };
        assert_eq!((request.action(), request.id()), (&b"Ping"[..], &b"7"[..]));
    }

    #[test]
    fn a_line_of_1022_bytes_fits() {
        assert!(matches!(with_line_of(1_022, "\r\n")[..], [Incoming::Request(_)]));
    }

    #[test]
    fn a_line_of_1023_bytes_costs_an_extra_answer() {
        let incoming = with_line_of(1_023, "\r\n");
        let [Incoming::LineTooLong(kept), Incoming::Request(rest)] = &incoming[..] else {
            panic!("{incoming:?}");
        };
        assert_eq!(kept.action(), b"Ping");
        assert_eq!(rest.action(), b"", "the CR of the cut line makes a blank line of its own");
    }

    #[test]
    fn a_bare_line_feed_leaves_room_for_one_byte_more() {
        assert!(matches!(with_line_of(1_023, "\n")[..], [Incoming::Request(_)]));
        assert!(matches!(with_line_of(1_024, "\n")[..], [Incoming::LineTooLong(_)]));
    }

    #[test]
    fn a_hundred_and_twenty_nine_lines_are_too_many() {
        let lines = |count: usize| read(format!("{}\r\n", "A: b\r\n".repeat(count)).as_bytes());
        assert!(matches!(lines(128)[..], [Incoming::Request(_)]));
        assert!(matches!(lines(129)[..], [Incoming::TooManyLines(_)]));
    }

    #[test]
    fn a_nul_ends_the_line() {
        let [Incoming::Request(request)] = &read(b"Action: Ping\r\nActionID: 1\x002\r\n\r\n")[..] else {
            panic!("one request");
        };
        assert_eq!(request.id(), b"1");
    }

    #[test]
    fn cuts_between_any_two_bytes_change_nothing() {
        let bytes = b"Action: Ping\r\nActionID: 1\r\n\r\nAction: Logoff\r\n\r\n";
        let whole = read(bytes);
        for cut in 0..bytes.len() {
            let mut reader = Reader::default();
            reader.push(&bytes[..cut]);
            let mut parts: Vec<_> = std::iter::from_fn(|| reader.next()).collect();
            reader.push(&bytes[cut..]);
            parts.extend(std::iter::from_fn(|| reader.next()));
            assert_eq!(parts, whole, "cut at {cut}");
        }
    }
}
