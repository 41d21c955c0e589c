//! The fake servers on real sockets: one thread, no blocking.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use crate::asterisk::{Asterisk, SessionId};

/// Bytes read at once; one turn reads no more of a connection.
const READ_BYTES: usize = 64 * 1_024;

struct Node {
    listener: TcpListener,
    address: SocketAddr,
    asterisk: Asterisk,
}

struct Connection {
    node: usize,
    session: SessionId,
    stream: TcpStream,
    readable: bool,
    writable: bool,
}

/// Several fake servers in one event loop.
pub struct Server {
    poll: Poll,
    nodes: Vec<Node>,
    connections: HashMap<Token, Connection>,
    tokens_made: usize,
    log: bool,
    buffer: Vec<u8>,
}

impl Server {
    /// A server for each address, port 0 for a free one; `asterisk` makes what listens there. `log` tells on
    /// standard error what happens.
    ///
    /// # Errors
    ///
    /// When an address cannot be listened on.
    pub fn bind(
        addresses: &[SocketAddr],
        log: bool,
        mut asterisk: impl FnMut(usize, Instant) -> Asterisk,
    ) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut nodes = Vec::new();
        for (number, wanted) in addresses.iter().enumerate() {
            let mut listener = TcpListener::bind(*wanted).map_err(|error| {
                io::Error::new(error.kind(), format!("cannot listen on {wanted}: {error}"))
            })?;
            poll.registry().register(&mut listener, Token(number), Interest::READABLE)?;
            let address = listener.local_addr()?;
            nodes.push(Node { listener, address, asterisk: asterisk(number, Instant::now()) });
        }
        let tokens_made = nodes.len();
        let buffer = vec![0; READ_BYTES];
        Ok(Self { poll, nodes, connections: HashMap::new(), tokens_made, log, buffer })
    }

    /// Where they listen.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(|node| node.address).collect()
    }

    /// Serves until the process is ended.
    ///
    /// # Errors
    ///
    /// When the system cannot wait for sockets.
    pub fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1_024);
        loop {
            let deadline = self.nodes.iter().filter_map(|node| node.asterisk.next_deadline()).min();
            let has_more = self.connections.values().any(|connection| self.wants_turn(connection));
            let wait = if has_more {
                Some(std::time::Duration::ZERO)
            } else {
                deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
            };
            match self.poll.poll(&mut events, wait) {
                Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error),
                _ => {}
            }
            for event in &events {
                if event.token().0 < self.nodes.len() {
                    self.accept(event.token().0)?;
                } else if let Some(connection) = self.connections.get_mut(&event.token()) {
                    connection.readable |= event.is_readable() || event.is_error();
                    connection.writable |= event.is_writable();
                }
            }
            let now = Instant::now();
            for node in &mut self.nodes {
                node.asterisk.advance(now);
            }
            let mut ended = self.read_connections(now);
            // Before the answers: who has one can find its action in the log.
            self.tell_requests();
            ended.extend(self.write_connections(now));
            self.end_connections(&ended, now);
        }
    }

    /// Actions by name and id; their other headers may hold secrets.
    fn tell_requests(&mut self) {
        for number in 0..self.nodes.len() {
            for (_, request) in self.nodes[number].asterisk.take_requests() {
                let [action, id] = [request.action(), request.id()].map(String::from_utf8_lossy);
                self.tell(number, &format!("{} {}", action.escape_debug(), id.escape_debug()));
            }
        }
    }

    fn wants_turn(&self, connection: &Connection) -> bool {
        let asterisk = &self.nodes[connection.node].asterisk;
        (connection.readable && asterisk.wants_input(connection.session))
            || (connection.writable && !asterisk.outgoing(connection.session).is_empty())
            || asterisk.is_finished(connection.session)
    }

    fn accept(&mut self, number: usize) -> io::Result<()> {
        loop {
            let (mut stream, peer) = match self.nodes[number].listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                // The peer is gone already, or descriptors ran out: the listener lives on.
                Err(error) => {
                    self.tell(number, &format!("accept failed: {error}"));
                    return Ok(());
                }
            };
            // Asterisk sets it too: its answers leave in many small writes.
            let _ = stream.set_nodelay(true);
            let token = Token(self.tokens_made);
            self.tokens_made += 1;
            let interest = Interest::READABLE | Interest::WRITABLE;
            self.poll.registry().register(&mut stream, token, interest)?;
            let session = self.nodes[number].asterisk.connect(Instant::now());
            self.tell(number, &format!("{peer} connected"));
            let connection = Connection { node: number, session, stream, readable: false, writable: true };
            self.connections.insert(token, connection);
        }
    }

    /// The connections whose peer is gone.
    fn read_connections(&mut self, now: Instant) -> Vec<Token> {
        let mut ended = Vec::new();
        for (token, connection) in &mut self.connections {
            let asterisk = &mut self.nodes[connection.node].asterisk;
            if read(connection, asterisk, &mut self.buffer, now).is_err() {
                ended.push(*token);
            }
        }
        ended
    }

    /// The connections that are over.
    fn write_connections(&mut self, now: Instant) -> Vec<Token> {
        let mut ended = Vec::new();
        for (token, connection) in &mut self.connections {
            let asterisk = &mut self.nodes[connection.node].asterisk;
            if write(connection, asterisk, now).is_err() || asterisk.is_finished(connection.session) {
                ended.push(*token);
            }
        }
        ended
    }

    fn end_connections(&mut self, ended: &[Token], now: Instant) {
        for token in ended {
            let Some(mut connection) = self.connections.remove(token) else { continue };
            let _ = self.poll.registry().deregister(&mut connection.stream);
            self.nodes[connection.node].asterisk.disconnect(connection.session, now);
            self.tell(connection.node, "session ended");
        }
    }

    fn tell(&self, node: usize, what: &str) {
        if self.log {
            eprintln!("{}: {what}", self.nodes[node].address);
        }
    }
}

/// One bounded read. An error, or the peer's end, ends the connection.
fn read(
    connection: &mut Connection,
    asterisk: &mut Asterisk,
    buffer: &mut [u8],
    now: Instant,
) -> io::Result<()> {
    if !connection.readable || !asterisk.wants_input(connection.session) {
        return Ok(());
    }
    match connection.stream.read(buffer) {
        Ok(0) => Err(ErrorKind::UnexpectedEof.into()),
        Ok(count) => {
            asterisk.receive(connection.session, &buffer[..count], now);
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::WouldBlock => {
            connection.readable = false;
            Ok(())
        }
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
        Err(error) => Err(error),
    }
}

fn write(connection: &mut Connection, asterisk: &mut Asterisk, now: Instant) -> io::Result<()> {
    while connection.writable {
        let waiting = asterisk.outgoing(connection.session);
        if waiting.is_empty() {
            break;
        }
        match connection.stream.write(waiting) {
            Ok(count) => asterisk.sent(connection.session, count, now),
            Err(error) if error.kind() == ErrorKind::WouldBlock => connection.writable = false,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
