//! Writes a corpus for every target from recorded dialogues of real servers: `corpus DIALOGUES FOLDER`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Longer inputs slow a fuzzer down and do not find more.
const STREAM_BYTES_MAX: usize = 4_000;

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(dialogues), Some(folder)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: corpus DIALOGUES FOLDER"));
    };
    let mut corpus = Corpus { folder, seen: BTreeSet::new(), written: 0 };
    for version in fs::read_dir(dialogues)? {
        let version = version?.path();
        if version.is_dir() {
            for file in fs::read_dir(version)? {
                corpus.add_dialogue(&file?.path())?;
            }
        }
    }
    corpus.add_made_up()?;
    println!("{} inputs", corpus.written);
    Ok(())
}

struct Corpus {
    folder: PathBuf,
    seen: BTreeSet<Vec<u8>>,
    written: usize,
}

impl Corpus {
    fn add_dialogue(&mut self, path: &Path) -> io::Result<()> {
        let bytes = fs::read(path)?;
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("received") => {
                let stream = &bytes[..bytes.len().min(STREAM_BYTES_MAX)];
                // The framer's bound and cuts follow the stream.
                self.add("framer", &[stream, &[255, 7]].concat())?;
                self.add("framer", &[&stream[..stream.len().min(900)], &[9, 40]].concat())?;
                for frame in frames(&bytes) {
                    let name = frame.split(|byte| *byte == b'\n').next().unwrap_or_default().to_vec();
                    if self.seen.insert(name) {
                        self.add("message", frame)?;
                    }
                }
            }
            Some("sent") => {
                for request in frames(&bytes) {
                    self.add("action", &action(request))?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds generated inputs for sessions, models and settings, for which there are no dialogues.
    fn add_made_up(&mut self) -> io::Result<()> {
        let login = [0, 0, 1, 2, 0, 13, 0, 1, 13, 2, 1, 13, 3, 1];
        self.add("node", &login)?;
        for action in 0..8 {
            for word in 4..20 {
                let answer = [11, action, 2, 13, word, 1, 13, 12, 1, 6];
                self.add("node", &[&login[..], &answer, &[4, 0, 9, 6]].concat())?;
            }
        }
        for seed in 0..40_u8 {
            let byte = |at: u16| (u16::from(seed) * 31 + at * 7 + (at * at) % 251).to_le_bytes()[0];
            self.add("live", &(0..400).map(byte).collect::<Vec<_>>())?;
        }
        let texts: [&[u8]; 4] = [b"pbx-1", b"10.0.0.1", b"admin", b"s3cret"];
        let texts: Vec<u8> = texts.iter().flat_map(|text| [&[text.len() as u8], *text].concat()).collect();
        for filler in [1, 4, 200] {
            for mask in [b"\x01\x04call".as_slice(), b"\x02\x02on", b"\x00"] {
                self.add("settings", &[&vec![filler; 46], texts.as_slice(), mask, &[filler]].concat())?;
            }
        }
        Ok(())
    }

    fn add(&mut self, target: &str, bytes: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(target);
        fs::create_dir_all(&folder)?;
        self.written += 1;
        fs::write(folder.join(format!("dialogue-{:04}", self.written)), bytes)
    }
}

/// The messages of a stream, without the empty lines between them.
fn frames(stream: &[u8]) -> Vec<&[u8]> {
    let (mut found, mut start) = (Vec::new(), 0);
    while let Some(length) = stream[start..].windows(4).position(|end| end == b"\r\n\r\n") {
        found.push(&stream[start..start + length + 2]);
        start += length + 4;
    }
    found
}

/// A request in the form of the target `action`: the name, then each header.
fn action(request: &[u8]) -> Vec<u8> {
    let mut bytes = vec![3];
    let text = |text: &[u8]| [&[text.len().min(254) as u8], &text[..text.len().min(254)]].concat();
    for line in request.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let colon = line.iter().position(|byte| *byte == b':').unwrap_or(line.len());
        let (name, value) = (&line[..colon], line.get(colon + 2..).unwrap_or_default());
        match name {
            b"Action" => bytes.extend(text(value)),
            b"ActionID" => {}
            _ => bytes.extend([vec![0], text(name), text(value)].concat()),
        }
    }
    bytes
}
