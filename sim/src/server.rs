//! Fake servers on real sockets, in one thread without blocking calls.

use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token};

use crate::asterisk::{Asterisk, SessionId};

/// Maximum number of bytes read from a connection in one round of the loop.
const READ_BYTES: usize = 64 * 1_024;

/// Longest time by which the calls that a server plays may be late.
const LATE_MAX: Duration = Duration::from_millis(100);

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
    /// Listens on each address. Port 0 takes a free port. `asterisk` makes the server of an address from its
    /// index. With `log`, connections and recorded requests are printed to standard error.
    ///
    /// # Errors
    ///
    /// The server cannot listen on an address.
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

    /// The addresses of the servers, with the ports that were taken.
    #[must_use]
    pub fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(|node| node.address).collect()
    }

    /// Runs the servers until the process ends.
    ///
    /// # Errors
    ///
    /// The system call that waits for sockets failed.
    pub fn run(&mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1_024);
        loop {
            let deadline = self.nodes.iter().filter_map(|node| node.asterisk.next_deadline()).min();
            let has_more = self.connections.values().any(|connection| self.wants_turn(connection));
            let wait = if has_more {
                Some(Duration::ZERO)
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
                node.asterisk.skip_traffic(LATE_MAX, now);
                node.asterisk.advance(now);
            }
            let mut ended = self.read_connections(now);
            // Requests are logged before their answers are sent, so a client that has an answer finds its
            // action in the log.
            self.tell_requests();
            ended.extend(self.write_connections(now));
            self.end_connections(&ended, now);
        }
    }

    /// Logs action and id of each request. Other headers can contain secrets.
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
                // The peer is gone already, or the process has no descriptor left. The listener stays open.
                Err(error) => {
                    self.tell(number, &format!("accept failed: {error}"));
                    return Ok(());
                }
            };
            // Asterisk sets this option too, since it sends answers in many small writes.
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

    /// Reads from all connections. Returns those whose peer is gone.
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

    /// Writes to all connections. Returns those that failed or are finished.
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

/// Reads once. An error, or the end of the peer's bytes, ends the connection.
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
