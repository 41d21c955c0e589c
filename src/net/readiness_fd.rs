//! The descriptor for event loops. It is readable if the network has input or work is pending.

use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};

const NETWORK: Token = Token(0);
const PENDING_WORK: Token = Token(1);

/// An epoll set that contains the network's own epoll set and a waker for pending work. Only the user's event
/// loop waits on this set, from outside. The stall guard watches the network's own set, and is therefore not
/// woken by pending work.
pub(super) struct ReadinessFd {
    poll: Poll,
    waker: Waker,
    events: Events,
    /// `listen` has handed out the descriptor. Before that `set` does nothing: it would cost two system calls
    /// for each action that is sent and waited for, and no event loop would see it.
    has_listener: bool,
    is_set: bool,
    /// An edge of the network's set was consumed here, and the network has not been polled since.
    network_unasked: bool,
}

impl ReadinessFd {
    /// A cleared descriptor around the network's descriptor.
    ///
    /// # Errors
    ///
    /// The system gives no descriptor.
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

    /// The descriptor. From now on `set` makes it readable.
    pub(super) fn listen(&mut self) -> RawFd {
        self.has_listener = true;
        self.poll.as_raw_fd()
    }

    /// Makes the descriptor readable until `clear`. Setting it again costs nothing.
    pub(super) fn set(&mut self) {
        if self.has_listener && !std::mem::replace(&mut self.is_set, true) {
            let _ = self.waker.wake();
        }
    }

    /// Makes the descriptor unreadable, unless the network has input.
    pub(super) fn clear(&mut self) {
        if !self.is_set {
            return;
        }
        // Both registrations are edge-triggered, and this poll consumes their edges. An event loop that watches
        // from outside would miss input of the network that has arrived meanwhile. In that case the descriptor
        // is set again.
        let waited = self.poll.poll(&mut self.events, Some(Duration::ZERO));
        self.is_set = false;
        self.network_unasked |= waited.is_err() || self.events.iter().any(|event| event.token() == NETWORK);
        if self.network_unasked {
            self.set();
        }
    }

    /// Notes that the network was polled. Input that arrives from now on causes a new edge.
    pub(super) fn network_was_asked(&mut self) {
        self.network_unasked = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mio::net::UnixStream;
    use std::io::{Read as _, Write as _};

    /// Whether an event loop outside sees the descriptor as readable.
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
