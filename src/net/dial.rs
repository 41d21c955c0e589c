//! One connect to a name with several addresses: a new attempt every 250 ms, and the first to succeed wins.

use std::collections::VecDeque;
use std::io;
use std::net::{Shutdown, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use mio::net::TcpStream;
use mio::{Interest, Registry, Token};
use socket2::{SockRef, TcpKeepalive};

use crate::settings::ServerSettings;
use crate::vocabulary::DisconnectReason;

const ATTEMPT_EVERY: Duration = Duration::from_millis(250);
const TOO_MANY_OPEN_FILES: [i32; 2] = [23, 24];

/// A connect that is under way.
pub(super) struct Dial {
    pub(super) settings: Arc<ServerSettings>,
    left: VecDeque<SocketAddr>,
    attempts: Vec<Attempt>,
    next_at: Instant,
    failure: (DisconnectReason, String),
    /// Tokens of attempts that have ended.
    retired: Vec<Token>,
}

struct Attempt {
    token: Token,
    stream: TcpStream,
    address: SocketAddr,
}

/// The progress of a dial.
pub(super) enum Progress {
    /// Attempts are under way, or addresses are left to try.
    Going,
    /// This attempt succeeded; the others are dropped.
    Won { token: Token, stream: TcpStream, address: SocketAddr },
    /// No attempt and no address is left.
    Lost { reason: DisconnectReason, detail: String },
}

impl Dial {
    pub(super) fn new(settings: Arc<ServerSettings>, addresses: Vec<SocketAddr>, now: Instant) -> Self {
        let failure = (DisconnectReason::Unreachable, "no address could be tried".to_owned());
        Self {
            settings,
            left: addresses.into(),
            attempts: Vec::new(),
            next_at: now,
            failure,
            retired: Vec::new(),
        }
    }

    /// When the next attempt starts.
    pub(super) fn next_at(&self) -> Option<Instant> {
        (!self.left.is_empty()).then_some(self.next_at)
    }

    /// Starts the attempts whose time has come.
    pub(super) fn go_on(
        &mut self,
        registry: &Registry,
        now: Instant,
        token: &mut impl FnMut() -> Token,
    ) -> Progress {
        while (self.attempts.is_empty() || self.next_at <= now)
            && let Some(address) = self.left.pop_front()
        {
            self.next_at = now + ATTEMPT_EVERY;
            let token = token();
            match attempt(address, registry, token, self.settings.limits.read_timeout) {
                Ok(stream) => self.attempts.push(Attempt { token, stream, address }),
                Err(error) => {
                    self.failure = failure_of(&error, address);
                    self.retired.push(token);
                }
            }
        }
        if self.attempts.is_empty() && self.left.is_empty() {
            let (reason, detail) = self.failure.clone();
            return Progress::Lost { reason, detail };
        }
        Progress::Going
    }

    /// Handles an event of the socket with this token.
    pub(super) fn on_ready(&mut self, token: Token, registry: &Registry) -> Progress {
        let Some(at) = self.attempts.iter().position(|attempt| attempt.token == token) else {
            return Progress::Going;
        };
        let attempt = &self.attempts[at];
        let error = match attempt.stream.take_error() {
            Ok(None) => match attempt.stream.peer_addr() {
                Ok(_) => None,
                Err(error) if error.kind() == io::ErrorKind::NotConnected => return Progress::Going,
                Err(error) => Some(error),
            },
            Ok(Some(error)) | Err(error) => Some(error),
        };
        let mut attempt = self.attempts.swap_remove(at);
        match error {
            None => {
                self.abandon(registry);
                Progress::Won { token, stream: attempt.stream, address: attempt.address }
            }
            Some(error) => {
                self.failure = failure_of(&error, attempt.address);
                let _ = registry.deregister(&mut attempt.stream);
                self.retired.push(token);
                Progress::Going
            }
        }
    }

    /// Drops all attempts.
    pub(super) fn abandon(&mut self, registry: &Registry) {
        for mut attempt in self.attempts.drain(..) {
            let _ = registry.deregister(&mut attempt.stream);
            // A forked child may hold the descriptor too, so the connection is shut down explicitly, like every
            // stream.
            let _ = attempt.stream.shutdown(Shutdown::Both);
            self.retired.push(attempt.token);
        }
        self.left.clear();
    }

    /// The tokens that were retired since the last call.
    pub(super) fn take_retired(&mut self) -> impl Iterator<Item = Token> {
        self.retired.drain(..)
    }
}

fn attempt(
    address: SocketAddr,
    registry: &Registry,
    token: Token,
    dead_after: Duration,
) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    let socket = SockRef::from(&stream);
    // Silence alone proves nothing while Asterisk runs an action. The kernel finds a dead path, by
    // unacknowledged bytes and by probes of an idle connection.
    socket.set_tcp_user_timeout(Some(dead_after))?;
    let probe = dead_after.max(Duration::from_secs(1));
    socket.set_tcp_keepalive(
        &TcpKeepalive::new().with_time(probe).with_interval(probe / 3 + Duration::from_secs(1)),
    )?;
    registry.register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
    Ok(stream)
}

/// The reason and its description, for a connect that failed.
pub(super) fn failure_of(error: &io::Error, address: SocketAddr) -> (DisconnectReason, String) {
    if error.raw_os_error().is_some_and(|code| TOO_MANY_OPEN_FILES.contains(&code)) {
        let detail = format!("no socket for {address}: too many open files, raise the limit (ulimit -n)");
        return (DisconnectReason::Unreachable, detail);
    }
    let reason = match error.kind() {
        io::ErrorKind::ConnectionRefused => DisconnectReason::Refused,
        io::ErrorKind::TimedOut => DisconnectReason::ConnectTimeout,
        _ => DisconnectReason::Unreachable,
    };
    (reason, format!("{address}: {error}"))
}
