//! The real network: non-blocking sockets in one epoll set, including TLS and name resolution.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsRawFd, RawFd};
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use mio::event::Event;
use mio::net::TcpStream;
use mio::{Events, Poll, Token, Waker};
use nix::poll::{PollTimeout, poll};
use rustc_hash::{FxHashMap, FxHashSet};
use rustls::crypto::CryptoProvider;

use super::credentials::{Configured, Credentials, Files};
use super::dial::{Dial, Progress};
use super::offload::{Offload, Outcome, OutcomeWaker};
use super::readiness_fd::ReadinessFd;
use super::resolve::{Name, look_up};
use super::shared::Watched;
use super::tls::Tls;
use crate::client::{LinkEvent, Network, Transfer};
use crate::limits::{FILE_THREADS_MAX, RESOLVER_THREADS_MAX};
use crate::node::LinkPrivacy;
use crate::settings::ServerSettings;
use crate::vocabulary::{DisconnectReason, LinkId, ServerId, Timestamp};

const WAKER: Token = Token(0);
const EVENTS_A_WAIT: usize = 1_024;

/// The sockets, name resolution and clock of one client.
pub struct Reactor {
    /// `None` after a release, until a link is opened. There are no links meanwhile.
    system: Option<System>,
    ready: Events,
    resolver: Offload<Name, Result<Vec<SocketAddr>, String>>,
    files: Offload<Files, Result<Credentials, String>>,
    /// Wakes the reactor when the resolver or the file reader has an outcome.
    outcome_waker: OutcomeWaker,
    provider: Arc<CryptoProvider>,
    /// The credentials of each link that does not need them yet.
    credentials: FxHashMap<LinkId, Arc<Credentials>>,
    /// One TLS configuration for each server, kept while the server's settings live, so that sessions can be
    /// resumed.
    configured: FxHashMap<ServerId, (Weak<ServerSettings>, Configured)>,
    links: FxHashMap<LinkId, Link>,
    /// The link that a socket belongs to. Tokens are never reused, so a late event of an old socket finds no
    /// link.
    tokens: FxHashMap<Token, LinkId>,
    last_token: usize,
    /// Links that may have another attempt to start.
    dialing: FxHashSet<LinkId>,
    events: VecDeque<(LinkId, LinkEvent)>,
}

/// The descriptors of the reactor besides sockets.
struct System {
    poll: Poll,
    readiness_fd: ReadinessFd,
}

enum Link {
    Resolving(Arc<ServerSettings>),
    Dialing(Dial),
    /// Connected, while the files are still being read.
    Waiting {
        stream: Stream,
        settings: Arc<ServerSettings>,
    },
    Handshaking {
        stream: Stream,
        tls: Box<Tls>,
        privacy: LinkPrivacy,
    },
    Up {
        stream: Stream,
        tls: Option<Box<Tls>>,
    },
}

struct Stream {
    token: Token,
    socket: TcpStream,
    /// The peer may have closed already, behind bytes that are still to be read. The socket is then read until
    /// it reports the end.
    may_have_ended: bool,
    /// The last read returned fewer bytes than it had room for. Later input causes a new edge, so another read
    /// before that edge would be in vain (epoll(7)).
    is_drained: bool,
}

/// The events of a socket.
struct Ready {
    readable: bool,
    writable: bool,
    /// No more bytes will arrive, or none can be sent.
    ended: bool,
}

impl Ready {
    fn of(event: &Event) -> Self {
        Self {
            readable: event.is_readable(),
            writable: event.is_writable() || event.is_error(),
            ended: event.is_read_closed() || event.is_error(),
        }
    }
}

impl Reactor {
    /// An empty reactor with its descriptors.
    ///
    /// # Errors
    ///
    /// The system gives no descriptor.
    pub fn new() -> io::Result<Self> {
        let outcome_waker = OutcomeWaker::default();
        let mut reactor = Self {
            system: None,
            ready: Events::with_capacity(EVENTS_A_WAIT),
            resolver: Offload::new("ami-resolver", RESOLVER_THREADS_MAX, outcome_waker.clone()),
            files: Offload::new("ami-files", FILE_THREADS_MAX, outcome_waker.clone()),
            outcome_waker,
            provider: Arc::new(rustls::crypto::ring::default_provider()),
            credentials: FxHashMap::default(),
            configured: FxHashMap::default(),
            links: FxHashMap::default(),
            tokens: FxHashMap::default(),
            last_token: 0,
            dialing: FxHashSet::default(),
            events: VecDeque::new(),
        };
        reactor.system()?;
        Ok(reactor)
    }

    /// The descriptor for event loops: readable when a step has something to do. A release closes it.
    ///
    /// # Errors
    ///
    /// The system gives no descriptor.
    pub fn descriptor(&mut self) -> io::Result<RawFd> {
        Ok(self.system()?.readiness_fd.listen())
    }

    /// The descriptors, created again after a release.
    fn system(&mut self) -> io::Result<&mut System> {
        match &mut self.system {
            Some(system) => Ok(system),
            none => {
                let poll = Poll::new()?;
                let readiness_fd = ReadinessFd::new(poll.as_raw_fd())?;
                let waker = Waker::new(poll.registry(), WAKER)?;
                // An outcome may have arrived while there was no waker.
                waker.wake()?;
                self.outcome_waker.set_waker(Some(waker));
                Ok(none.insert(System { poll, readiness_fd }))
            }
        }
    }

    fn notify(&mut self, link: LinkId, event: LinkEvent) {
        self.events.push_back((link, event));
    }

    fn lose(&mut self, link: LinkId, reason: DisconnectReason, detail: String) {
        self.drop_link(link);
        self.notify(link, LinkEvent::Down { reason, detail });
    }

    fn dial(&mut self, link: LinkId, settings: Arc<ServerSettings>, addresses: Vec<SocketAddr>) {
        self.notify(link, LinkEvent::Resolved);
        self.links.insert(link, Link::Dialing(Dial::new(settings, addresses, Instant::now())));
        self.dialing.insert(link);
        self.go_on(link);
    }

    /// Starts the attempts of a dial whose time has come.
    fn go_on(&mut self, link: LinkId) {
        let (Some(Link::Dialing(dial)), Some(system)) = (self.links.get_mut(&link), &self.system) else {
            return;
        };
        let (last, tokens) = (&mut self.last_token, &mut self.tokens);
        let mut next_token = || {
            *last += 1;
            tokens.insert(Token(*last), link);
            Token(*last)
        };
        let progress = dial.go_on(system.poll.registry(), Instant::now(), &mut next_token);
        for token in dial.take_retired() {
            self.tokens.remove(&token);
        }
        if let Progress::Lost { reason, detail } = progress {
            self.lose(link, reason, detail);
        }
    }

    fn on_outcomes(&mut self) {
        while let Some(Outcome { links, value }) = self.resolver.next() {
            let resolved =
                value.unwrap_or_else(|error| Err(format!("no thread for the name lookup: {error}")));
            for link in links {
                let Some(Link::Resolving(settings)) = self.links.get(&link) else { continue };
                let settings = Arc::clone(settings);
                match &resolved {
                    Ok(addresses) => self.dial(link, settings, addresses.clone()),
                    Err(error) => {
                        let detail = format!("{}: {error}", settings.host);
                        self.lose(link, DisconnectReason::Dns, detail);
                    }
                }
            }
        }
        while let Some(Outcome { links, value }) = self.files.next() {
            let read = value.unwrap_or_else(|error| Err(format!("no thread to read certificates: {error}")));
            let read = read.map(Arc::new);
            for link in links.into_iter().filter(|link| self.links.contains_key(link)).collect::<Vec<_>>() {
                match &read {
                    Ok(credentials) => self.on_credentials(link, credentials),
                    Err(detail) => self.lose(link, DisconnectReason::Tls, detail.clone()),
                }
            }
        }
    }

    fn on_credentials(&mut self, link: LinkId, credentials: &Arc<Credentials>) {
        credentials.remember();
        self.credentials.insert(link, Arc::clone(credentials));
        if let Some(Link::Waiting { .. }) = self.links.get(&link)
            && let Some(Link::Waiting { stream, settings }) = self.links.remove(&link)
        {
            self.begin_tls(link, stream, settings);
        }
    }

    fn on_socket(&mut self, token: Token, ready: &Ready) {
        let (Some(&link), Some(system)) = (self.tokens.get(&token), &self.system) else { return };
        match self.links.get_mut(&link) {
            Some(Link::Dialing(dial)) => match dial.on_ready(token, system.poll.registry()) {
                Progress::Going => self.go_on(link),
                Progress::Won { token, stream, address } => self.on_connected(link, token, stream, address),
                Progress::Lost { reason, detail } => self.lose(link, reason, detail),
            },
            Some(Link::Handshaking { .. }) => self.shake_hands(link),
            Some(Link::Up { stream, tls }) => {
                // An error of the socket is reported by the next write or read.
                let has_room = ready.writable
                    && tls.as_mut().is_none_or(|tls| tls.flush(&mut stream.socket).unwrap_or(true));
                let has_input = ready.readable || ready.ended;
                if has_input {
                    stream.may_have_ended = ready.ended;
                    stream.is_drained = false;
                }
                if has_room {
                    self.notify(link, LinkEvent::Writable);
                }
                if has_input {
                    self.notify(link, LinkEvent::Readable);
                }
            }
            Some(Link::Resolving(_) | Link::Waiting { .. }) | None => {}
        }
    }

    fn on_connected(&mut self, link: LinkId, token: Token, socket: TcpStream, address: SocketAddr) {
        let Some(Link::Dialing(mut dial)) = self.links.remove(&link) else { return };
        self.dialing.remove(&link);
        for retired in dial.take_retired() {
            self.tokens.remove(&retired);
        }
        let stream = Stream { token, socket, may_have_ended: true, is_drained: false };
        if dial.settings.tls.is_some() {
            self.begin_tls(link, stream, dial.settings);
            return;
        }
        self.links.insert(link, Link::Up { stream, tls: None });
        let is_loopback = address.ip().to_canonical().is_loopback();
        self.up(link, if is_loopback { LinkPrivacy::Private } else { LinkPrivacy::Open });
    }

    /// Begins TLS. The link was taken out of `links`, and is put back in its next state.
    fn begin_tls(&mut self, link: LinkId, stream: Stream, settings: Arc<ServerSettings>) {
        let Some(credentials) = self.credentials.remove(&link) else {
            self.links.insert(link, Link::Waiting { stream, settings });
            return;
        };
        // With `AuthMethod::Auto` an unverified peer is never sent the plaintext secret.
        let is_unverified = settings.tls.as_ref().is_none_or(|tls| tls.insecure);
        let privacy = if is_unverified { LinkPrivacy::Open } else { LinkPrivacy::Private };
        match self.tls(link.server, &settings, &credentials) {
            Ok(tls) => {
                self.links.insert(link, Link::Handshaking { stream, tls: Box::new(tls), privacy });
                self.shake_hands(link);
            }
            Err(detail) => {
                self.links.insert(link, Link::Up { stream, tls: None });
                self.lose(link, DisconnectReason::Tls, detail);
            }
        }
    }

    fn tls(
        &mut self,
        server: ServerId,
        settings: &Arc<ServerSettings>,
        credentials: &Credentials,
    ) -> Result<Tls, String> {
        let Some(tls) = &settings.tls else { return Err("no TLS is wanted".to_owned()) };
        let last = self.configured.get(&server).map(|(_, configured)| configured);
        let configured = credentials.configure(&self.provider, last)?;
        let tls = Tls::new(settings, tls, Arc::clone(&configured.config))?;
        self.configured.retain(|_, (settings, _)| settings.strong_count() > 0);
        self.configured.insert(server, (Arc::downgrade(settings), configured));
        Ok(tls)
    }

    fn shake_hands(&mut self, link: LinkId) {
        let Some(Link::Handshaking { stream, tls, privacy }) = self.links.get_mut(&link) else { return };
        let privacy = *privacy;
        match tls.shake_hands(&mut stream.socket) {
            Ok(false) => {}
            Ok(true) => {
                if let Some(Link::Handshaking { stream, tls, .. }) = self.links.remove(&link) {
                    self.links.insert(link, Link::Up { stream, tls: Some(tls) });
                }
                self.up(link, privacy);
            }
            Err(detail) => self.lose(link, DisconnectReason::Tls, detail),
        }
    }

    /// Reports a link as up. Input that arrived during the setup has caused its only edge already, so the link
    /// is also reported as writable and readable.
    fn up(&mut self, link: LinkId, privacy: LinkPrivacy) {
        self.notify(link, LinkEvent::Up(privacy));
        self.notify(link, LinkEvent::Writable);
        self.notify(link, LinkEvent::Readable);
    }

    fn drop_link(&mut self, link: LinkId) {
        let Some(System { poll, .. }) = &self.system else { return };
        let registry = poll.registry();
        self.credentials.remove(&link);
        match self.links.remove(&link) {
            Some(Link::Dialing(mut dial)) => {
                self.dialing.remove(&link);
                dial.abandon(registry);
                for token in dial.take_retired() {
                    self.tokens.remove(&token);
                }
                self.forget_files(link, &dial.settings);
            }
            Some(Link::Waiting { mut stream, settings }) => {
                self.tokens.remove(&stream.token);
                stream.close(registry);
                self.forget_files(link, &settings);
            }
            Some(Link::Up { mut stream, tls }) => {
                if let Some(mut tls) = tls {
                    tls.close(&mut stream.socket);
                }
                self.tokens.remove(&stream.token);
                stream.close(registry);
            }
            Some(Link::Handshaking { mut stream, .. }) => {
                self.tokens.remove(&stream.token);
                stream.close(registry);
            }
            Some(Link::Resolving(settings)) => {
                self.resolver.forget(link, &name_of(&settings));
                self.forget_files(link, &settings);
            }
            None => {}
        }
    }

    fn forget_files(&mut self, link: LinkId, settings: &ServerSettings) {
        if let Some(tls) = &settings.tls {
            self.files.forget(link, &Files::of(tls));
        }
    }

    fn attempt_of(&self, link: LinkId) -> Option<Instant> {
        match self.links.get(&link) {
            Some(Link::Dialing(dial)) => dial.next_at(),
            Some(Link::Resolving(_) | Link::Waiting { .. } | Link::Handshaking { .. } | Link::Up { .. })
            | None => None,
        }
    }

    fn go_on_with_dials(&mut self) {
        let now = Instant::now();
        let is_due = |link: &LinkId| self.attempt_of(*link).is_some_and(|at| at <= now);
        let due: Vec<_> = self.dialing.iter().copied().filter(is_due).collect();
        for link in due {
            self.go_on(link);
        }
    }
}

impl Network for Reactor {
    fn now(&mut self) -> Timestamp {
        super::clock::now()
    }

    fn wait(&mut self, longest: Duration) -> io::Result<()> {
        let longest = if self.events.is_empty() { longest } else { Duration::ZERO };
        let attempt = self.next_deadline().map(|at| at.saturating_duration_since(Instant::now()));
        let timeout = attempt.map_or(longest, |attempt| attempt.min(longest));
        let Some(System { poll, readiness_fd }) = &mut self.system else {
            pause(timeout);
            return Ok(());
        };
        match poll.poll(&mut self.ready, Some(timeout)) {
            // If the event buffer was full, epoll may hold further events.
            Ok(()) if self.ready.iter().count() < EVENTS_A_WAIT => readiness_fd.network_was_asked(),
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        }
        let events = std::mem::replace(&mut self.ready, Events::with_capacity(0));
        for event in &events {
            match event.token() {
                WAKER => self.on_outcomes(),
                token => self.on_socket(token, &Ready::of(event)),
            }
        }
        self.ready = events;
        if attempt.is_some() {
            self.go_on_with_dials();
        }
        Ok(())
    }

    fn next_event(&mut self) -> Option<(LinkId, LinkEvent)> {
        self.events.pop_front()
    }

    fn open(&mut self, link: LinkId, settings: &Arc<ServerSettings>) {
        let settings = Arc::clone(settings);
        if let Err(error) = self.system() {
            let detail = format!("no descriptor for the sockets: {error} (see ulimit -n)");
            self.notify(link, LinkEvent::Down { reason: DisconnectReason::Unreachable, detail });
            return;
        }
        if let Some(tls) = &settings.tls {
            let files = Files::of(tls);
            if let Some(known) = files.known() {
                self.credentials.insert(link, Arc::new(known));
            } else {
                let provider = Arc::clone(&self.provider);
                self.files.ask(link, files.clone(), move || files.read(&provider));
            }
        }
        if let Some(ip) = settings.ip() {
            let address = SocketAddr::new(ip, settings.port);
            self.dial(link, settings, vec![address]);
            return;
        }
        let name = name_of(&settings);
        self.links.insert(link, Link::Resolving(settings));
        self.resolver.ask(link, name.clone(), move || look_up(&name));
    }

    fn read(&mut self, link: LinkId, into: &mut [u8]) -> Transfer {
        let Some(Link::Up { stream, tls }) = self.links.get_mut(&link) else { return Transfer::Blocked };
        match tls {
            Some(tls) => tls.read(&mut stream.socket, into),
            None if std::mem::take(&mut stream.is_drained) => Transfer::Blocked,
            None => {
                let read = transferred(stream.socket.read(into));
                let is_short = matches!(read, Transfer::Done(count) if count < into.len());
                stream.is_drained = is_short && !stream.may_have_ended;
                read
            }
        }
    }

    fn write(&mut self, link: LinkId, bytes: &[u8]) -> Transfer {
        let Some(Link::Up { stream, tls }) = self.links.get_mut(&link) else { return Transfer::Blocked };
        match tls {
            Some(tls) => tls.write(&mut stream.socket, bytes),
            None => transferred(stream.socket.write(bytes)),
        }
    }

    fn close(&mut self, link: LinkId) {
        self.drop_link(link);
        self.events.retain(|(other, _)| *other != link);
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.dialing.iter().filter_map(|link| self.attempt_of(*link)).min()
    }

    fn set_pending_work(&mut self, has_work: bool) {
        if let Some(System { readiness_fd, .. }) = &mut self.system {
            if has_work { readiness_fd.set() } else { readiness_fd.clear() }
        }
    }
}

impl Watched for Reactor {
    fn watched(&self) -> Option<RawFd> {
        self.system.as_ref().map(|system| system.poll.as_raw_fd())
    }

    fn release(&mut self) {
        if self.links.is_empty() {
            self.outcome_waker.set_waker(None);
            self.system = None;
        }
    }
}

/// Waits without a descriptor. Unlike `std::thread::sleep`, a signal ends this wait.
fn pause(longest: Duration) {
    if !longest.is_zero() {
        let _ = poll(&mut [], PollTimeout::try_from(longest).unwrap_or(PollTimeout::MAX));
    }
}

impl Drop for Reactor {
    fn drop(&mut self) {
        let links: Vec<_> = self.links.keys().copied().collect();
        for link in links {
            self.drop_link(link);
        }
    }
}

fn name_of(settings: &ServerSettings) -> Name {
    (settings.host.clone(), settings.port)
}

impl Stream {
    /// A forked child may hold the descriptor too. Only a shutdown is sure to end the connection.
    fn close(&mut self, registry: &mio::Registry) {
        let _ = registry.deregister(&mut self.socket);
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

impl fmt::Debug for Reactor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reactor").field("links", &self.links.len()).finish_non_exhaustive()
    }
}

fn transferred(result: io::Result<usize>) -> Transfer {
    match result {
        Ok(0) => {
            let detail = "the peer closed the connection".to_owned();
            Transfer::Closed { reason: DisconnectReason::PeerClosed, detail }
        }
        Ok(count) => Transfer::Done(count),
        Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
            Transfer::Blocked
        }
        Err(error) => Transfer::Closed { reason: DisconnectReason::PeerClosed, detail: error.to_string() },
    }
}
