//! Any action of a caller is refused, or Asterisk reads it exactly as intended.

use apn_ami::secret::Redactor;
use apn_ami::settings::ServerKey;
use apn_ami::wire::{Action, ActionId, InstanceId, Parameter};

use crate::asterisk::{self, Read, Request, skip_blanks};
use crate::input::Input;

/// Actions whose `Variable` header sets channel variables.
const SETTERS: [&str; 4] = ["Originate", "MessageSend", "PJSIPNotify", "SIPnotify"];

/// Checks an action that the bytes describe: its name, then its headers.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let name = match input.byte() {
        0 => "Originate".to_owned(),
        1 => "Setvar".to_owned(),
        2 => "MessageSend".to_owned(),
        _ => input.word(),
    };
    let mut headers = Vec::new();
    while !input.is_empty() && headers.len() < 200 {
        let kind = input.byte();
        let header = if kind & 4 == 0 { input.text() } else { b"Variable" };
        let parameter = match kind & 3 {
            0 | 1 => Parameter::One(input.text().to_vec()),
            2 => Parameter::Many((0..input.byte() % 8).map(|_| input.text().to_vec()).collect()),
            _ => Parameter::Map(
                (0..input.byte() % 8).map(|_| (input.text().to_vec(), input.text().to_vec())).collect(),
            ),
        };
        headers.push((header, parameter));
    }
    check_action(&name, &headers);
}

/// Checks an action with this name and these headers.
///
/// # Panics
///
/// Asterisk would read the action in another way.
pub fn check_action(name: &str, headers: &[(&[u8], Parameter)]) {
    let action = match Action::new(name, headers.iter().map(|(header, value)| (*header, value))) {
        Ok(action) => action,
        Err(error) => {
            let shown = error.to_string();
            assert!(!shown.contains(['\r', '\n', '\0']), "an error is of one line: {shown:?}");
            return;
        }
    };
    let key = ServerKey::new("pbx-1").expect("a fine key");
    let id = ActionId::new(&key, InstanceId::from_random([3; 13]), 7);
    let encoded = action.encode(&id);
    let (read, rest) = asterisk::read(encoded.as_bytes());
    assert!(rest.is_empty(), "bytes without an end: {rest:?}");
    let [Read::Request(request)] = read.as_slice() else {
        panic!("Asterisk reads {read:?}");
    };
    let read_name = request.get("Action").expect("an action has its name");
    assert_eq!(read_name, name.as_bytes(), "the name");
    for own in ["Login", "Challenge"] {
        assert!(!read_name.eq_ignore_ascii_case(own.as_bytes()), "the client logs in, nobody else");
    }
    assert_eq!(request.get("ActionID"), Some(id.to_string().as_bytes()), "the id");
    assert_eq!(request.all("Action").count() + request.all("ActionID").count(), 2, "each is there once");
    check_headers(name, headers, request);
    // Logs show the action with one line for each header.
    assert!(!action.shown(&Redactor::default()).contains(['\r', '\n', '\0']));
}

fn check_headers(name: &str, headers: &[(&[u8], Parameter)], request: &Request) {
    let sets = |header: &[u8]| {
        header.eq_ignore_ascii_case(b"Variable")
            && SETTERS.iter().any(|setter| name.eq_ignore_ascii_case(setter))
    };
    let (mut plain, mut variables) = (Vec::new(), Vec::new());
    for (header, parameter) in headers {
        let assignment = |text: &[u8]| {
            let equals = text.iter().position(|byte| *byte == b'=').expect("an assignment");
            (text[..equals].to_vec(), text[equals + 1..].to_vec())
        };
        match parameter {
            Parameter::One(value) if sets(header) => variables.push(assignment(value)),
            Parameter::Many(values) if sets(header) => {
                variables.extend(values.iter().map(|value| assignment(value)));
            }
            Parameter::Map(pairs) => variables.extend(pairs.iter().cloned()),
            Parameter::One(value) => plain.push((*header, value.as_slice())),
            Parameter::Many(values) => plain.extend(values.iter().map(|value| (*header, value.as_slice()))),
        }
    }
    let plain: Vec<_> = plain.into_iter().map(|(header, value)| (header, skip_blanks(value))).collect();
    let read: Vec<_> = request.headers().skip(2).filter(|(header, _)| !sets(header)).collect();
    assert_eq!(read, plain, "the headers");
    if SETTERS.iter().any(|setter| name.eq_ignore_ascii_case(setter)) {
        assert_eq!(request.variables(), variables, "the variables");
    }
}
