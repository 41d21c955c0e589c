//! Names to addresses on detached threads: a resolver that hangs stalls nothing, nobody and no exit.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use mio::Waker;

use super::thread;
use crate::cluster::LinkId;

/// One lookup a thread, and one thread a name: a name that hangs is waited for by all who ask, so the
/// threads never outnumber the names.
pub(super) struct Resolver {
    waiting: HashMap<(String, u16), Vec<LinkId>>,
    sender: Sender<Answer>,
    answers: Receiver<Answer>,
    /// None while nobody waits for answers.
    waker: Arc<Mutex<Option<Waker>>>,
}

struct Answer {
    name: (String, u16),
    addresses: io::Result<Vec<SocketAddr>>,
}

/// What a lookup brought, for each link that asked.
pub(super) struct Resolved {
    pub(super) links: Vec<LinkId>,
    pub(super) addresses: Result<Vec<SocketAddr>, String>,
}

impl Resolver {
    pub(super) fn new() -> Self {
        let (sender, answers) = channel();
        Self { waiting: HashMap::new(), sender, answers, waker: Arc::default() }
    }

    /// Wakes whoever takes the answers by this one from now on.
    pub(super) fn wake_by(&mut self, waker: Option<Waker>) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = waker;
    }

    /// Asks for the addresses of a name.
    ///
    /// # Errors
    ///
    /// When the system gives no more threads.
    pub(super) fn ask(&mut self, link: LinkId, host: &str, port: u16) -> io::Result<()> {
        let name = (host.to_owned(), port);
        if let Some(links) = self.waiting.get_mut(&name) {
            links.push(link);
            return Ok(());
        }
        let (sender, waker, asked) = (self.sender.clone(), Arc::clone(&self.waker), name.clone());
        thread::spawn("ami-resolver", move || {
            let addresses = (asked.0.as_str(), asked.1).to_socket_addrs().map(Iterator::collect);
            // Nobody listens any more when the client is gone: then nobody has to be woken either.
            if sender.send(Answer { name: asked, addresses }).is_ok()
                && let Some(waker) = &*waker.lock().unwrap_or_else(PoisonError::into_inner)
            {
                let _ = waker.wake();
            }
        })?;
        self.waiting.insert(name, vec![link]);
        Ok(())
    }

    /// The next answer that has come in.
    pub(super) fn next(&mut self) -> Option<Resolved> {
        let answer = self.answers.try_recv().ok()?;
        let links = self.waiting.remove(&answer.name).unwrap_or_default();
        let addresses = match answer.addresses {
            Ok(addresses) if addresses.is_empty() => Err("the name has no address".to_owned()),
            Ok(addresses) => Ok(interleaved(addresses)),
            Err(error) => Err(error.to_string()),
        };
        Some(Resolved { links, addresses })
    }
}

/// IPv6 and IPv4 in turns, beginning with the family the system put first (RFC 8305).
fn interleaved(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let mut second = second.into_iter();
    let mut turns = Vec::new();
    for address in first {
        turns.push(address);
        turns.extend(second.next());
    }
    turns.extend(second);
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_families_take_turns() {
        let parse = |list: &[&str]| -> Vec<SocketAddr> { list.iter().map(|a| a.parse().unwrap()).collect() };
        let given = parse(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"]);
        assert_eq!(interleaved(given), parse(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"]));
    }
}
