//! Any frame as a message: its headers are its lines, for every way to read them.

use apn_ami::wire::{Kind, Message, header_in};

/// Checks the message whose frame is these bytes.
pub fn check(frame: &[u8]) {
    let message = Message::from_frame(frame);
    assert_eq!(message.frame(), frame);
    assert!(message.memory() >= frame.len());
    let headers: Vec<_> = message.raw().map(|(name, value)| (name.to_vec(), value.to_vec())).collect();
    assert_eq!(headers.len(), message.len());
    let held: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
    assert!(held <= frame.len(), "headers are parts of the frame");
    let is_follows = message.kind() == Kind::Response && message.name().eq_ignore_ascii_case(b"Follows");
    for (at, (name, value)) in headers.iter().enumerate() {
        assert!(!name.contains(&b'\n') && !value.ends_with(b"\r\n"), "a header is of one line");
        let (own, given) = message.headers().nth(at).expect("a header that is there");
        assert_eq!(own, name);
        let first = headers.iter().position(|(other, _)| other.eq_ignore_ascii_case(name));
        let got = message.get(name).expect("a header that is there");
        if first == Some(at) {
            assert_eq!(got, given, "the first of a repeated header is given");
        }
        assert_eq!(
            message.all(name).count(),
            headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).count()
        );
        // Only values that Asterisk escapes differ from the received bytes.
        assert!(given == value.as_slice() || value.contains(&b'\\'));
        if !is_follows && !name.is_empty() && first == Some(at) && frame.ends_with(b"\n") {
            assert_eq!(header_in(frame, name), Some(value.as_slice()), "{:?}", String::from_utf8_lossy(name));
        }
    }
    assert_eq!(message.headers().count(), headers.len());
    assert_eq!(message.action_id(), header_in(frame, b"ActionID"));
    for (name, _) in message.variables().iter() {
        assert!(message.variables().get(name).is_some());
    }
    if let Some(output) = message.output() {
        assert!(output.len() <= frame.len());
    }
    let copy = message.clone();
    assert_eq!(copy, message);
    assert!(copy.raw().eq(message.raw()));
    assert!(!format!("{message:?}").is_empty());
    let again = Message::from_headers(message.raw().filter(|(name, _)| !name.is_empty()));
    let is_flat = |bytes: &[u8]| !bytes.iter().any(|byte| matches!(byte, b'\r' | b'\n'));
    for ((name, value), (own, given)) in headers.iter().filter(|(name, _)| !name.is_empty()).zip(again.raw())
    {
        if is_flat(name) && is_flat(value) {
            assert_eq!((own, given), (name.as_slice(), value.as_slice()), "headers make the same message");
        }
    }
}
