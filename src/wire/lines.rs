//! Iterates over the lines of a frame that was not copied.

use super::scan::{BLOCK, Block};

/// The lines of a frame, without their line ends. Bytes after the last line feed are not a line.
pub(crate) struct Lines<'f> {
    frame: &'f [u8],
    /// Offset of the block whose remaining line feeds are the bits of `feeds`.
    block: usize,
    feeds: u64,
    line: usize,
}

impl<'f> Lines<'f> {
    pub(crate) fn of(frame: &'f [u8]) -> Self {
        Self { frame, block: 0, feeds: feeds(frame, 0), line: 0 }
    }
}

impl<'f> Iterator for Lines<'f> {
    type Item = &'f [u8];

    #[inline]
    fn next(&mut self) -> Option<&'f [u8]> {
        while self.feeds == 0 {
            self.block += BLOCK;
            if self.block >= self.frame.len() {
                return None;
            }
            self.feeds = feeds(self.frame, self.block);
        }
        let feed = self.block + self.feeds.trailing_zeros() as usize;
        self.feeds &= self.feeds - 1;
        let line = self.frame.get(self.line..feed)?;
        self.line = feed + 1;
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    }
}

fn feeds(frame: &[u8], at: usize) -> u64 {
    if at < frame.len() { Block::at(frame, at).equal(b'\n') } else { 0 }
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
}
