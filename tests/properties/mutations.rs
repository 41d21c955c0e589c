//! Random changes of the inputs of every target.

use std::fs;
use std::panic;
use std::path::Path;

use fastrand::Rng;

use crate::{action, framer, live, message, node, settings};

const ROUNDS: usize = 3_000;

/// Words that are special to one of the parsers.
const WORDS: [&[u8]; 22] = [
    b"\r\n",
    b"\n",
    b"\r",
    b"\0",
    b"\r\n\r\n",
    b": ",
    b":",
    b" ",
    b"=",
    b",",
    b"\"",
    b"\\",
    b"(",
    b")",
    b"Event: ",
    b"Event: UserEvent\r\n",
    b"Response: Follows\r\n",
    b"--END COMMAND--\r\n",
    b"ActionID: a:b:1\r\n",
    b"ChanVariable: A=1\r\n",
    b"Variable",
    b"Action: Login\r\n",
];

fn files(path: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("a readable folder").path()).collect();
    paths.sort();
    paths.into_iter().filter(|path| path.is_file()).map(|path| fs::read(path).expect("a file")).collect()
}

/// Parts of the dialogues, as seeds for every target.
fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for version in ["asterisk-16", "asterisk-22"] {
        for bytes in files(&Path::new("tests/data").join(version)) {
            seeds.extend(bytes.chunks(700).take(6).map(<[u8]>::to_vec));
        }
    }
    assert!(seeds.len() > 100, "the dialogues are in the repository");
    seeds
}

fn change(bytes: &mut Vec<u8>, random: &mut Rng) {
    let at = random.usize(..=bytes.len());
    match random.u32(..6) {
        0 if at < bytes.len() => bytes[at] ^= 1 << random.u8(..8),
        1 if at < bytes.len() => bytes[at] = random.u8(..),
        2 => {
            let end = (at + random.usize(..40)).min(bytes.len());
            bytes.drain(at..end);
        }
        3 => {
            let end = (at + random.usize(..40)).min(bytes.len());
            let part = bytes[at..end].to_vec();
            let to = random.usize(..=bytes.len());
            bytes.splice(to..to, part);
        }
        _ => {
            bytes.splice(at..at, WORDS[random.usize(..WORDS.len())].iter().copied());
        }
    }
}

/// Runs a target on every input that has failed once, then on changed seeds, and on random bytes for targets that
/// read their choices from the bytes.
fn run(target: &str, check: fn(&[u8])) {
    let tell = |bytes: &[u8]| {
        if let Err(failure) = panic::catch_unwind(|| check(bytes)) {
            eprintln!("target {target} fails on b\"{}\"", bytes.escape_ascii());
            panic::resume_unwind(failure);
        }
    };
    for bytes in files(&Path::new("fuzz/regressions").join(target)) {
        tell(&bytes);
    }
    let (seeds, mut random) = (seeds(), Rng::with_seed(20));
    for round in 0..ROUNDS {
        let mut bytes = match round % 3 {
            0 => (0..random.usize(..200)).map(|_| random.u8(..)).collect(),
            1 => (0..random.usize(..120)).map(|_| random.u8(..24)).collect(),
            _ => seeds[random.usize(..seeds.len())].clone(),
        };
        for _ in 0..random.usize(..8) {
            change(&mut bytes, &mut random);
        }
        tell(&bytes);
    }
}

#[test]
fn any_stream_gives_the_frames_of_the_rules_however_it_is_cut() {
    run("framer", framer::check);
}

#[test]
fn any_frame_makes_a_message_of_its_lines() {
    run("message", message::check);
}

#[test]
fn any_operations_leave_a_session_that_keeps_its_promises() {
    run("node", node::check);
}

#[test]
fn any_action_is_refused_or_read_by_asterisk_as_it_was_meant() {
    run("action", action::check);
}

#[test]
fn any_settings_are_refused_or_log_in_as_they_were_meant() {
    run("settings", settings::check);
}

#[test]
fn any_events_and_lists_leave_a_model_that_a_true_list_makes_right() {
    run("live", live::check);
}
