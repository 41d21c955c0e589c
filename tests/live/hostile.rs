//! Hostile names of callers. In the model they are plain text, whether an event or a list brought them.

use std::time::Duration;

use apn_ami::limits::LiveLimits;
use apn_ami::live::Field;
use apn_sim::asterisk::{Caller, Conversation};

use crate::rig::Rig;

const MOMENT: Duration = Duration::from_millis(100);

/// The names of `tests/data/hostile-names.txt`, each with a description of the attack.
fn names() -> Vec<(String, Vec<u8>)> {
    let text = std::fs::read_to_string("tests/data/hostile-names.txt").expect("the names");
    // The first block describes the file.
    let blocks = text.trim_end_matches('\n').split("\n\n").skip(1);
    let name = |block: &str| {
        let mut lines = block.lines();
        (lines.next().expect("what it tries").to_owned(), bytes(lines.next().expect("the name")))
    };
    blocks.map(name).collect()
}

fn bytes(escaped: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = escaped;
    while let Some(at) = rest.find('\\') {
        bytes.extend_from_slice(&rest.as_bytes()[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('x') {
            bytes.push(u8::from_str_radix(&after[..2], 16).expect("two digits"));
            rest = &after[2..];
        } else {
            bytes.push(b'\\');
            rest = rest.strip_prefix('\\').expect("a second backslash");
        }
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

#[test]
fn whatever_a_caller_is_called_the_model_has_that_name_and_nothing_else_happens() {
    let names = names();
    assert!(names.len() > 20, "{}", names.len());
    for (what, name) in &names {
        let mut told = Rig::ready();
        let caller = Caller { device: "PJSIP/alice".into(), number: b"201".into(), name: name.clone() };
        let (fake, now) = (&mut told.fake, told.now);
        let mut call = Conversation::begin(fake, caller, "PJSIP/bob", now);
        call.answer(fake, now).expect("it may");
        told.run(MOMENT);
        check(&told, &call, name, what);
        // A session that connects later gets the names from a list.
        let mut listed = Rig::new(&LiveLimits::default());
        std::mem::swap(&mut listed.fake, &mut told.fake);
        listed.now = told.now;
        listed.connect("call");
        listed.run(MOMENT);
        check(&listed, &call, name, what);
    }
}

fn check(rig: &Rig, call: &Conversation, name: &[u8], what: &str) {
    assert_eq!(rig.differences(), Vec::<String>::new(), "{what}");
    let text = |unique_id: &[u8], field| {
        let key = rig.live.find_channel(unique_id).expect("it is there");
        rig.live.channel(key).expect("it is there").text(field).to_vec()
    };
    assert_eq!(text(&call.caller().unique_id, Field::CallerName), name, "{what}");
    assert_eq!(text(&call.callee().unique_id, Field::ConnectedName), name, "{what}");
    assert_eq!(rig.live.calls().count(), 1, "{what}");
}
