//! The data of all measurements: events of the recorded dialogues in their order, repeated with other
//! numbers. The data is the same on every machine.

use std::path::Path;
use std::{fs, io};

/// Number of frames of the data. With the recorded dialogues that is about 17 MB.
pub(crate) const FRAMES: usize = 40_152;

/// The dialogues of both versions, and how often each is in one round. Most of a round is a busy dialplan,
/// with calls and queues between.
const DIALOGUES: &[(&str, usize)] = &[
    ("flood", 6),
    ("queue-call", 1),
    ("originate-answered", 1),
    ("originate-busy", 1),
    ("originate-sync", 1),
];
const VERSIONS: &[&str] = &["asterisk-22", "asterisk-16"];

/// Makes all frames, each with its empty line, from the dialogues in `folder` (`tests/data`). Each copy of a dialogue
/// has its own channels.
pub(crate) fn make(folder: &Path) -> io::Result<Vec<u8>> {
    let mut round = Vec::new();
    for (dialogue, times) in DIALOGUES {
        for version in VERSIONS {
            let stream = fs::read(folder.join(version).join(format!("{dialogue}.received")))?;
            let events: Vec<_> = events(&stream).map(<[u8]>::to_vec).collect();
            round.extend(std::iter::repeat_n(events, *times));
        }
    }
    if round.iter().all(Vec::is_empty) {
        return Err(io::Error::other(format!("no events in {}", folder.display())));
    }
    let copies = (0..).zip(round.iter().cycle());
    let mut data = Vec::new();
    for (number, frame) in
        copies.flat_map(|(copy, events)| events.iter().map(move |e| (copy, e))).take(FRAMES)
    {
        let begin = data.len();
        data.extend_from_slice(frame);
        renumber(&mut data[begin..], number);
    }
    Ok(data)
}

/// Splits data that consists of whole frames.
pub(crate) fn frames(data: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = data;
    std::iter::from_fn(move || {
        let end = memchr::memmem::find(rest, b"\r\n\r\n")? + 4;
        let (frame, after) = rest.split_at(end);
        rest = after;
        Some(frame)
    })
}

/// The events of a dialogue, without `FullyBooted`, which comes once in a session.
fn events(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    frames(stream).filter(|frame| frame.starts_with(b"Event: ") && !frame.starts_with(b"Event: FullyBooted"))
}

/// Replaces the numbers of channels (`-0000001a`) and unique ids (`1795420756.12`) of a copy by others of the same
/// length, which no other copy has.
fn renumber(frame: &mut [u8], copy: u32) {
    let by = copy * IDS_OF_A_DIALOGUE;
    let mut at = 0;
    while at < frame.len() {
        let is_word = |byte: &u8| byte.is_ascii_hexdigit();
        let length = frame[at..].iter().take_while(|byte| is_word(byte)).count();
        let before = at.checked_sub(1).map(|at| frame[at]);
        let word = &mut frame[at..at + length];
        match (before, length) {
            (Some(b'-'), 8) => add(word, by, 16),
            (Some(b' '), 10) if word.starts_with(b"17") => add(word, by, 10),
            _ => {}
        }
        at += length.max(1);
    }
}

/// More than the seconds that all dialogues of a version take, and the channels that they have.
const IDS_OF_A_DIALOGUE: u32 = 1_024;

/// Adds to a number with a fixed count of digits. Overflow is dropped.
fn add(digits: &mut [u8], by: u32, base: u32) {
    let mut carry = by;
    for digit in digits.iter_mut().rev() {
        let Some(value) = char::from(*digit).to_digit(base) else { return };
        let sum = value + carry;
        carry = sum / base;
        *digit = char::from_digit(sum % base, base).and_then(|c| u8::try_from(c).ok()).unwrap_or(b'0');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_what_the_page_says_and_the_same_each_time() {
        let folder = Path::new("../tests/data");
        let data = make(folder).expect("dialogues");
        assert_eq!(frames(&data).count(), FRAMES);
        assert_eq!(frames(&data).map(<[u8]>::len).sum::<usize>(), data.len(), "whole frames only");
        assert!(
            data.len() / FRAMES > 415 && data.len() / FRAMES < 430,
            "{} bytes a frame",
            data.len() / FRAMES
        );
        let lines = memchr::memchr_iter(b'\n', &data).count();
        assert!((lines - FRAMES) * 10 / FRAMES > 190, "{lines} lines");
        assert!(data == make(folder).expect("dialogues"));
    }

    #[test]
    fn other_numbers_have_the_same_length() {
        let mut frame = *b"Channel: Local/1@a-000000ff;2\r\nUniqueid: 1795420756.12\r\nX: 12\r\n";
        renumber(&mut frame, 5);
        assert_eq!(&frame, b"Channel: Local/1@a-000014ff;2\r\nUniqueid: 1795425876.12\r\nX: 12\r\n");
    }
}
