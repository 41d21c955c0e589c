//! Blocks that a server writes: a first line, headers, and a blank line.

use super::request::Request;

/// A response or an event under construction.
#[derive(Debug)]
pub(crate) struct Block(Vec<u8>);

impl Block {
    /// A response with the request's `ActionID`, if it has one.
    pub(crate) fn response(kind: &str, request: &Request) -> Self {
        Self::new().header("Response", kind).id(request.id())
    }

    /// The response that begins a list.
    pub(crate) fn list_start(request: &Request, message: &str) -> Self {
        Self::response("Success", request).header("EventList", "start").header("Message", message)
    }

    /// The event that ends a list.
    pub(crate) fn list_complete(event: &str, request: &Request, items: usize) -> Self {
        Self::event(event)
            .id(request.id())
            .header("EventList", "Complete")
            .header("ListItems", items.to_string())
    }

    pub(crate) fn event(name: impl AsRef<[u8]>) -> Self {
        Self::new().header("Event", name)
    }

    /// Headers to be added to another block.
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(512))
    }

    pub(crate) fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        self.0.extend_from_slice(name.as_ref());
        self.0.extend_from_slice(b": ");
        self.0.extend_from_slice(value.as_ref());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    pub(crate) fn headers<N: AsRef<[u8]>, V: AsRef<[u8]>>(
        self,
        headers: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        headers.into_iter().fold(self, |block, (name, value)| block.header(name, value))
    }

    /// Adds the `ActionID` line, whatever its length. An empty id adds no line.
    pub(crate) fn id(self, id: &[u8]) -> Self {
        if id.is_empty() { self } else { self.header("ActionID", id) }
    }

    /// Adds the `ActionID` line as most lists print it, through a C buffer of this size. A line that does not
    /// fit loses its end, so the next header continues the same line.
    pub(crate) fn id_in_buffer(mut self, id: &[u8], buffer_bytes: usize) -> Self {
        if !id.is_empty() {
            let line = [b"ActionID: ", id, b"\r\n"].concat();
            self.0.extend_from_slice(&line[..line.len().min(buffer_bytes - 1)]);
        }
        self
    }

    /// Names and values of the headers written so far.
    pub(crate) fn pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let lines = self.0.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        let pair = |line: &[u8]| {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let colon = line.windows(2).position(|pair| pair == b": ")?;
            Some((line[..colon].to_vec(), line[colon + 2..].to_vec()))
        };
        lines.filter_map(pair).collect()
    }

    /// Adds bytes unchanged, such as a line without a colon.
    pub(crate) fn raw(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    /// Ends the block with the blank line.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(b"\r\n");
        self.0
    }

    /// The lines without the blank line.
    pub(crate) fn unended(self) -> Vec<u8> {
        self.0
    }
}

/// A response that has only a message.
pub(crate) fn answer(kind: &str, request: &Request, message: impl AsRef<[u8]>) -> Vec<u8> {
    Block::response(kind, request).header("Message", message).end()
}

pub(crate) fn error(request: &Request, message: impl AsRef<[u8]>) -> Vec<u8> {
    answer("Error", request, message)
}

pub(crate) fn ack(request: &Request, message: impl AsRef<[u8]>) -> Vec<u8> {
    answer("Success", request, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_id_of_68_bytes_overruns_a_buffer_of_80() {
        let block = |bytes: usize| {
            Block::event("X").id_in_buffer(&b"i".repeat(bytes), 80).header("Conference", "1").end()
        };
        assert!(block(67).ends_with(b"i\r\nConference: 1\r\n\r\n"));
        assert!(block(68).ends_with(b"i\rConference: 1\r\n\r\n"));
        assert!(block(75).ends_with(b"iConference: 1\r\n\r\n"));
    }

    #[test]
    fn a_response_without_an_action_id_has_no_such_line() {
        assert_eq!(ack(&Request::default(), "Hi"), b"Response: Success\r\nMessage: Hi\r\n\r\n");
    }
}
