//! The index of a message's lines.

use super::scan::{BLOCK, Block};

/// Offset at which a line begins, of four bytes. Colons are not indexed but searched on access, since only two or three
/// headers of most events are read.
pub(super) type Start = [u8; size_of::<u32>()];

/// The index of a frame: the start of every line, and one for the end.
pub(super) struct Index {
    /// Starts are collected here. A block adds at most as many as it has bytes.
    recent: [Start; 2 * BLOCK],
    count: usize,
    /// The starts before those, of a frame with many lines.
    earlier: Vec<Start>,
    pub(super) has_backslash: bool,
    pub(super) has_empty_lines: bool,
}

impl Index {
    /// An empty index, for `read`: it would be copied if `read` made it.
    #[inline]
    pub(super) fn new() -> Self {
        Self {
            recent: [Start::default(); 2 * BLOCK],
            count: 0,
            earlier: Vec::new(),
            has_backslash: false,
            has_empty_lines: false,
        }
    }

    /// Indexes a frame, in one pass.
    pub(super) fn read(&mut self, frame: &[u8]) {
        let (mut count, mut line, mut at) = (0, 0, 0);
        while at < frame.len() {
            let block = Block::at(frame, at);
            self.has_backslash |= block.has(b'\\');
            let mut feeds = block.equal(b'\n');
            while feeds != 0 {
                let feed = at + feeds.trailing_zeros() as usize;
                // An empty line has no entry in the index.
                if feed - line < 2 && matches!(frame[line..feed], [] | [b'\r']) {
                    self.has_empty_lines = true;
                } else if let Some(start) = self.recent.get_mut(count) {
                    *start = start_of(line);
                    count += 1;
                }
                line = feed + 1;
                feeds &= feeds - 1;
            }
            at += BLOCK;
            // Two more come after the last block.
            if count > BLOCK - 2 {
                self.earlier.extend_from_slice(&self.recent[..count]);
                count = 0;
            }
        }
        if !matches!(frame[line..], [] | [b'\r']) {
            self.recent[count] = start_of(line);
            count += 1;
            line = frame.len() + 1;
        }
        self.recent[count] = start_of(line);
        self.count = count + 1;
    }

    /// False if there is only the end.
    pub(super) fn has_lines(&self) -> bool {
        self.count > 1 || !self.earlier.is_empty()
    }

    /// The index as bytes, in two parts.
    pub(super) fn bytes(&self) -> [&[u8]; 2] {
        [self.earlier.as_flattened(), self.recent[..self.count].as_flattened()]
    }
}

#[expect(clippy::cast_possible_truncation, reason = "frames are bounded to 16 MiB by `Limits`")]
fn start_of(line: usize) -> Start {
    (line as u32).to_ne_bytes()
}

/// The reverse of `start_of`.
pub(super) fn offset_of(start: Start) -> usize {
    u32::from_ne_bytes(start) as usize
}
