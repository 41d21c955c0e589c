//! The descriptor that event loops watch: readable when the network has input, or something was left undone.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

const NETWORK: Token = Token(0);
const PENDING_WORK: Token = Token(1);

/// An epoll set around the network's own, with a bell beside it. Nobody waits on it but the user's event
/// loop, from outside: so the stall guard, which watches the network's own set, is not woken by the bell.
pub(super) struct ReadinessFd {
    poll: Poll,
    waker: Waker,
    events: Events,
    /// Somebody has the descriptor. Before that nobody hears it, and ringing would cost two calls of the system for
    /// each action that is sent and waited for.
    has_listener: bool,
    is_set: bool,
    /// An edge of the network's was taken here, and the network has not been asked since.
    network_unasked: bool,
}

impl ReadinessFd {
    /// A silent bell around the network's descriptor.
    ///
    /// # Errors
    ///
    /// When the system gives no descriptor.
    pub(super) fn new(network: RawFd) -> io::Result<Self> {
        let poll = Poll::new()?;
        poll.registry().register(&mut SourceFd(&network), NETWORK, Interest::READABLE)?;
        let waker = Waker::new(poll.registry(), PENDING_WORK)?;
        Ok(Self {
            poll,
            waker,
            events: Events::with_capacity(2),
            has_listener: false,
            is_set: false,
            network_unasked: false,
        })
    }

    /// The descriptor. It rings from the next `set` on.
    pub(super) fn listen(&mut self) -> RawFd {
        self.has_listener = true;
        self.poll.as_raw_fd()
    }

    /// Rings until `clear`. Ringing again costs nothing.
    pub(super) fn set(&mut self) {
        if self.has_listener && !std::mem::replace(&mut self.is_set, true) {
            let _ = self.waker.wake();
        }
    }

    /// Stops ringing.
    pub(super) fn clear(&mut self) {
        if !self.is_set {
            return;
        }
        // Both are told by edges, and waiting takes them. What the network has to say meanwhile would be
        // lost for whoever watches from outside: then the bell rings on.
        let waited = self.poll.poll(&mut self.events, Some(Duration::ZERO));
        self.is_set = false;
        self.network_unasked |= waited.is_err() || self.events.iter().any(|event| event.token() == NETWORK);
        if self.network_unasked {
            self.set();
        }
    }

    /// The network has been asked what it has to say: what comes from now on makes an edge of its own.
    pub(super) fn network_was_asked(&mut self) {
        self.network_unasked = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mio::net::UnixStream;
    use std::io::{Read as _, Write as _};

    /// What an event loop sees from outside.
    fn is_readable(readiness_fd: &mut ReadinessFd) -> bool {
        let mut outer = Poll::new().unwrap();
        outer
            .registry()
            .register(&mut SourceFd(&readiness_fd.listen()), Token(0), Interest::READABLE)
            .unwrap();
        let mut events = Events::with_capacity(1);
        outer.poll(&mut events, Some(Duration::ZERO)).unwrap();
        !events.is_empty()
    }

    #[test]
    fn it_is_readable_while_it_rings_and_while_the_network_has_input() {
        let mut network = Poll::new().unwrap();
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        network.registry().register(&mut ours, Token(0), Interest::READABLE).unwrap();
        let mut readiness_fd = ReadinessFd::new(network.as_raw_fd()).unwrap();
        assert!(!is_readable(&mut readiness_fd));
        readiness_fd.set();
        readiness_fd.set();
        assert!(is_readable(&mut readiness_fd));
        readiness_fd.clear();
        assert!(!is_readable(&mut readiness_fd));

        theirs.write_all(b"x").unwrap();
        assert!(is_readable(&mut readiness_fd));
        network.poll(&mut Events::with_capacity(1), Some(Duration::ZERO)).unwrap();
        ours.read_exact(&mut [0]).unwrap();
        assert!(!is_readable(&mut readiness_fd));
    }

    #[test]
    fn it_is_silent_until_somebody_can_hear_it() {
        let network = Poll::new().unwrap();
        let mut readiness_fd = ReadinessFd::new(network.as_raw_fd()).unwrap();
        readiness_fd.set();
        assert!(!readiness_fd.is_set && !is_readable(&mut readiness_fd));
        readiness_fd.set();
        assert!(is_readable(&mut readiness_fd));
    }

    #[test]
    fn input_that_comes_while_it_is_silenced_is_not_lost() {
        let network = Poll::new().unwrap();
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        network.registry().register(&mut ours, Token(0), Interest::READABLE).unwrap();
        let mut readiness_fd = ReadinessFd::new(network.as_raw_fd()).unwrap();
        readiness_fd.listen();
        readiness_fd.set();
        theirs.write_all(b"x").unwrap();
        readiness_fd.clear();
        assert!(is_readable(&mut readiness_fd));
    }

    #[test]
    fn silencing_it_again_before_the_network_was_asked_loses_nothing() {
        let network = Poll::new().unwrap();
        let (mut ours, mut theirs) = UnixStream::pair().unwrap();
        network.registry().register(&mut ours, Token(0), Interest::READABLE).unwrap();
        let mut readiness_fd = ReadinessFd::new(network.as_raw_fd()).unwrap();
        readiness_fd.listen();
        readiness_fd.set();
        theirs.write_all(b"x").unwrap();
        readiness_fd.clear();
        readiness_fd.clear();
        assert!(is_readable(&mut readiness_fd));

        readiness_fd.network_was_asked();
        readiness_fd.clear();
        readiness_fd.clear();
        assert!(!is_readable(&mut readiness_fd));
    }
}
