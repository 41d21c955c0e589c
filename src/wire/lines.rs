//! Reads the lines of a frame in place.

use super::scan::{BLOCK, Block};

/// The lines of a frame, without their line ends. Bytes after the last line feed are not a line.
pub(crate) struct Lines<'f> {
    frame: &'f [u8],
    /// Offset of the block whose remaining line feeds are the bits of `feeds`.
    block: usize,
    feeds: u64,
    /// Offset of the next line.
    line: usize,
}

/// Bytes of a [`Value::Short`] and of what is behind it.
pub(crate) const CHUNK: usize = 16;

/// The value of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'f> {
    /// The first bytes of a chunk, and their number. To copy the whole chunk takes no loop.
    Short(&'f [u8; CHUNK], usize),
    Long(&'f [u8]),
}

impl<'f> Value<'f> {
    pub(crate) fn bytes(self) -> &'f [u8] {
        match self {
            Self::Short(chunk, length) => chunk.get(..length).unwrap_or(chunk),
            Self::Long(value) => value,
        }
    }
}

impl<'f> Lines<'f> {
    pub(crate) fn of(frame: &'f [u8]) -> Self {
        Self { frame, block: 0, feeds: feeds(frame, 0), line: 0 }
    }

    /// Skips the next line.
    #[expect(clippy::inline_always, reason = "as for `next_range`")]
    #[inline(always)]
    pub(crate) fn skip_line(&mut self) -> Option<()> {
        self.next_range().map(|_| ())
    }

    /// The value of the next line, if the line begins with `name`, which includes `: `, and ends in CRLF.
    #[expect(clippy::inline_always, reason = "as for `next_range`")]
    #[inline(always)]
    pub(crate) fn value<const N: usize>(&mut self, name: &[u8; N]) -> Option<Value<'f>> {
        let (start, end) = self.next_range()?;
        let line = self.frame.get(start..)?;
        // A line that is shorter than its name has a length far above `CHUNK`.
        let length = end.wrapping_sub(start + N + 1);
        if let Some((own, rest)) = line.get(..N + CHUNK).and_then(|short| short.split_first_chunk())
            && let Some(chunk) = rest.first_chunk()
            && length < CHUNK
        {
            let is_it = own == name && chunk[length] == b'\r';
            return is_it.then_some(Value::Short(chunk, length));
        }
        let value = line.get(..end - start)?.strip_prefix(name)?;
        value.strip_suffix(b"\r").map(Value::Long)
    }

    /// The length of the lines that were read.
    pub(crate) fn offset(&self) -> usize {
        self.line
    }

    /// What is after the lines that were read.
    pub(crate) fn rest(&self) -> &'f [u8] {
        self.frame.get(self.line..).unwrap_or_default()
    }

    /// The offsets of the next line, its CR included.
    #[expect(clippy::inline_always, reason = "the position stays in registers while a frame is read")]
    #[inline(always)]
    fn next_range(&mut self) -> Option<(usize, usize)> {
        while self.feeds == 0 {
            self.block += BLOCK;
            if self.block >= self.frame.len() {
                return None;
            }
            self.feeds = feeds(self.frame, self.block);
        }
        let (start, end) = (self.line, self.block + self.feeds.trailing_zeros() as usize);
        self.feeds &= self.feeds - 1;
        self.line = end + 1;
        Some((start, end))
    }
}

impl<'f> Iterator for Lines<'f> {
    type Item = &'f [u8];

    #[inline]
    fn next(&mut self) -> Option<&'f [u8]> {
        let (start, end) = self.next_range()?;
        let line = self.frame.get(start..end)?;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

/// The line feeds in the block at this offset, as bits. It is called in many places, where it would take registers.
#[inline(never)]
fn feeds(frame: &[u8], at: usize) -> u64 {
    let rest = &frame[at..];
    if let Some(block) = rest.first_chunk() {
        return Block::of(block).equal(b'\n');
    }
    match frame.last_chunk() {
        // This block begins before the offset.
        Some(block) => Block::of(block).equal(b'\n') >> (BLOCK - rest.len()),
        None => Block::at(frame, at).equal(b'\n'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_a_plain_split_wherever_blocks_end() {
        for length in 0..200 {
            let frame: Vec<u8> =
                (0..length).map(|at| if at % 7 == length % 5 { b'\n' } else { b'a' }).collect();
            let mut plain: Vec<_> = frame.split(|byte| *byte == b'\n').collect();
            plain.pop();
            assert_eq!(Lines::of(&frame).collect::<Vec<_>>(), plain, "{length} bytes");
        }
        assert_eq!(Lines::of(b"a: 1\r\n\r\nb").collect::<Vec<_>>(), [&b"a: 1"[..], b""]);
    }

    #[test]
    fn a_value_is_that_of_its_line_wherever_the_line_is_and_however_long_it_is() {
        for before in 0..70 {
            for length in 0..40 {
                for behind in ["", "B: 2\r\n", "Another: much longer line\r\n"] {
                    let (first, value) = ("x".repeat(before), "v".repeat(length));
                    let frame = format!("{first}\nName: {value}\r\n{behind}");
                    let mut lines = Lines::of(frame.as_bytes());
                    lines.skip_line().unwrap();
                    assert_eq!(lines.value(b"Name: ").map(Value::bytes), Some(value.as_bytes()), "{frame:?}");
                    assert_eq!(lines.rest(), behind.as_bytes());
                    for other in
                        [format!("{first}\nName: {value}\n{behind}"), format!("{first}\nNamo: {value}\r\n")]
                    {
                        let mut lines = Lines::of(other.as_bytes());
                        lines.skip_line().unwrap();
                        assert_eq!(lines.value(b"Name: "), None, "{other:?}");
                    }
                }
            }
        }
        for short in
            ["", "\n", "N\r\nName: long enough for a chunk\r\n", "Name: \nName: long enough for a chunk\r\n"]
        {
            assert_eq!(Lines::of(short.as_bytes()).value(b"Name: "), None, "{short:?}");
        }
        assert_eq!(
            Lines::of(b"Name: a\rb\r\n----------").value(b"Name: ").map(Value::bytes),
            Some(&b"a\rb"[..])
        );
    }
}
