//! The dialogues of real servers give the same messages wherever the bytes are cut.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use apn_ami::wire::{Frame, Framer, Message};

const RESPONSE_BYTES_MAX: usize = 1_024 * 1_024;

fn dialogues() -> Vec<PathBuf> {
    let data = Path::new("tests/data");
    let mut found = Vec::new();
    for folder in ["asterisk-16", "asterisk-22"] {
        let entries = fs::read_dir(data.join(folder)).expect("the dialogues are in the repository");
        found.extend(entries.map(|entry| entry.expect("a readable folder").path()));
    }
    found.retain(|path| path.extension().is_some_and(|extension| extension == "received"));
    found.sort();
    assert!(found.len() >= 26, "only {} dialogues", found.len());
    found
}

/// A frame as text: its kind, and its bytes.
fn told(frame: &Frame<'_>) -> String {
    match frame {
        Frame::Banner(text) => format!("banner {}", text.escape_ascii()),
        Frame::Message(kind, lines) => format!("{kind:?} {}", lines.escape_ascii()),
        Frame::TooLong { kind, .. } => format!("too long {kind:?}"),
    }
}

fn frames(parts: &[&[u8]]) -> Vec<String> {
    let mut framer = Framer::new(RESPONSE_BYTES_MAX);
    let mut seen = Vec::new();
    for part in parts {
        framer.feed(part);
        while let Some(frame) = framer.next_frame() {
            seen.push(told(&frame));
        }
    }
    seen
}

/// The offsets of the ends of the messages in the stream. The first is that of the banner.
fn message_ends(stream: &[u8]) -> Vec<usize> {
    let mut framer = Framer::new(RESPONSE_BYTES_MAX);
    let mut ends = Vec::new();
    for (at, byte) in stream.iter().enumerate() {
        framer.feed(std::slice::from_ref(byte));
        while framer.next_frame().is_some() {
            ends.push(at + 1);
        }
    }
    ends
}

#[test]
fn every_dialogue_gives_the_same_frames_byte_by_byte() {
    for path in dialogues() {
        let stream = fs::read(&path).expect("a readable dialogue");
        let whole = frames(&[&stream]);
        let bytes: Vec<_> = stream.chunks(1).collect();
        assert_eq!(frames(&bytes), whole, "{}", path.display());
    }
}

/// Between two messages a framer has no state. So cutting each message at every byte, together with its neighbours, covers
/// cutting the whole dialogue at every byte.
#[test]
fn every_message_gives_the_same_frames_in_two_parts_cut_anywhere() {
    for path in dialogues() {
        let stream = fs::read(&path).expect("a readable dialogue");
        let ends = message_ends(&stream);
        for window in ends.windows(3).take(400) {
            let around = &stream[window[0]..window[2]];
            let whole = frames(&[b"banner\r\n", around]);
            for cut in 0..window[1] - window[0] {
                let (left, right) = around.split_at(cut);
                assert_eq!(frames(&[b"banner\r\n", left, right]), whole, "{} cut at {cut}", path.display());
            }
        }
    }
}

/// With `UPDATE_EXPECT=1` the test writes the expected messages.
#[test]
fn the_messages_of_every_dialogue_are_as_expected() {
    for path in dialogues() {
        let stream = fs::read(&path).expect("a readable dialogue");
        let mut framer = Framer::new(RESPONSE_BYTES_MAX);
        framer.feed(&stream);
        let mut text = String::new();
        while let Some(frame) = framer.next_frame() {
            match frame {
                Frame::Message(_, lines) => describe(&Message::from_frame(lines), &mut text),
                Frame::Banner(_) | Frame::TooLong { .. } => {
                    writeln!(text, "{}", told(&frame)).expect("memory");
                }
            }
        }
        let expected = path.with_extension("messages");
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&expected, &text).expect("a writable folder");
        }
        let known = fs::read_to_string(&expected).unwrap_or_default();
        assert_eq!(text, known, "{}", expected.display());
    }
}

fn describe(message: &Message, text: &mut String) {
    let name = String::from_utf8_lossy(message.name());
    let id = message.action_id().map(String::from_utf8_lossy).unwrap_or_default();
    let headers: Vec<_> = message.raw().map(|(name, _)| String::from_utf8_lossy(name)).collect();
    writeln!(text, "{:?} {name} {id} [{}]", message.kind(), headers.join(" ")).expect("memory");
    for (name, value) in message.variables().iter() {
        writeln!(text, "  {} = {}", name.escape_ascii(), value.escape_ascii()).expect("memory");
    }
    if let Some(output) = message.output() {
        writeln!(text, "  {} bytes of output", output.len()).expect("memory");
    }
}
