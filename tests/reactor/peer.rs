//! A peer in its own thread, with blocking sockets and the part of AMI that a client needs.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

pub(crate) const BANNER: &[u8] = b"Asterisk Call Manager/9.0.0\r\n";
/// Items of the answer to `Large`. Each has more than a thousand bytes.
pub(crate) const LARGE_ITEMS: usize = 1_000;

/// Answers actions. Their bytes may come in pieces.
#[derive(Default)]
pub(crate) struct Dialogue {
    heard: Vec<u8>,
}

impl Dialogue {
    /// Takes bytes, and returns the peer's answers and the actions that are complete.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> (Vec<u8>, Vec<String>) {
        self.heard.extend_from_slice(bytes);
        let (mut said, mut actions) = (Vec::new(), Vec::new());
        while let Some(end) = self.heard.windows(4).position(|four| four == b"\r\n\r\n") {
            let action: Vec<u8> = self.heard.drain(..end + 4).collect();
            let action = String::from_utf8_lossy(&action).into_owned();
            said.extend_from_slice(answer(&action).as_bytes());
            actions.push(action);
        }
        (said, actions)
    }
}

pub(crate) fn header<'a>(action: &'a str, name: &str) -> Option<&'a str> {
    action.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

fn answer(action: &str) -> String {
    let id = header(action, "ActionID").unwrap_or_default();
    match header(action, "Action").unwrap_or_default() {
        "Challenge" => format!("Response: Success\r\nActionID: {id}\r\nChallenge: 158303314\r\n\r\n"),
        "Login" => {
            format!("Response: Success\r\nActionID: {id}\r\nMessage: Authentication accepted\r\n\r\n")
        }
        "Large" => large(id),
        _ => format!("Response: Success\r\nActionID: {id}\r\nPing: Pong\r\n\r\n"),
    }
}

fn large(id: &str) -> String {
    let data = "x".repeat(1_000);
    let start = format!("Response: Success\r\nActionID: {id}\r\nEventList: start\r\n\r\n");
    let item = |number| format!("Event: Item\r\nActionID: {id}\r\nNumber: {number}\r\nData: {data}\r\n\r\n");
    let end = format!("Event: ItemsComplete\r\nActionID: {id}\r\nEventList: Complete\r\n\r\n");
    std::iter::once(start).chain((0..LARGE_ITEMS).map(item)).chain([end]).collect()
}

/// Serves each connection in its own thread until the process ends. Returns the address.
pub(crate) fn serve(listener: TcpListener, each: impl Fn(TcpStream) + Clone + Send + 'static) -> SocketAddr {
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let each = each.clone();
            thread::spawn(move || each(stream));
        }
    });
    address
}

pub(crate) fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").expect("a free port")
}

/// A listener whose connections have small receive buffers.
pub(crate) fn narrow_listener() -> TcpListener {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a descriptor");
    socket.set_recv_buffer_size(4_096).expect("a small buffer");
    socket.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a free port");
    socket.listen(8).expect("a socket that can listen");
    socket.into()
}

/// A plain server that answers every action.
pub(crate) fn plain_server() -> SocketAddr {
    serve(listener(), |mut stream| {
        let mut dialogue = log_in(&mut stream);
        converse(&mut stream, &mut dialogue);
    })
}

/// Sends the banner and accepts the login.
pub(crate) fn log_in(stream: &mut TcpStream) -> Dialogue {
    let mut dialogue = Dialogue::default();
    let _ = stream.write_all(BANNER);
    let mut buffer = [0; 4_096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let (said, actions) = dialogue.hear(&buffer[..count]);
        let _ = stream.write_all(&said);
        if actions.iter().any(|action| header(action, "Action") == Some("Login")) {
            break;
        }
    }
    dialogue
}

/// Answers actions until the client ends the connection.
pub(crate) fn converse(stream: &mut TcpStream, dialogue: &mut Dialogue) {
    let mut buffer = [0; 4_096];
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        let (said, _) = dialogue.hear(&buffer[..count]);
        if stream.write_all(&said).is_err() {
            return;
        }
    }
}

/// Ends the connection with a reset instead of an end.
pub(crate) fn reset(stream: TcpStream) {
    SockRef::from(&stream).set_linger(Some(Duration::ZERO)).expect("a socket that lingers");
    drop(stream);
}
