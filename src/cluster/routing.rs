//! Chooses the server of an action that names no server.

use crate::vocabulary::ServerId;

/// The way to choose a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Routing {
    /// The default server, if it is Ready.
    #[default]
    DefaultServer,
    /// Each Ready server in turn.
    RoundRobin,
    /// The Ready server with the fewest pending actions. Among equals, the one that was configured first.
    LeastPending,
    /// The first Ready server in the order of configuration.
    Failover,
}

/// What routing knows of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Candidate {
    pub(super) server: ServerId,
    /// Serial number in the order of configuration, never reused.
    pub(super) serial: u64,
    pub(super) pending: usize,
    pub(super) is_default: bool,
}

/// Chooses among the Ready servers, and remembers the last one chosen.
#[derive(Debug, Default)]
pub(super) struct Router {
    pub(super) routing: Routing,
    last: Option<u64>,
}

impl Router {
    /// Chooses one of the `ready` servers, which are in the order of configuration.
    pub(super) fn select(&mut self, mut ready: impl Iterator<Item = Candidate> + Clone) -> Option<ServerId> {
        let chosen = match self.routing {
            Routing::DefaultServer => ready.find(|candidate| candidate.is_default),
            Routing::Failover => ready.next(),
            Routing::LeastPending => ready.min_by_key(|candidate| candidate.pending),
            Routing::RoundRobin => {
                let is_after = |candidate: &Candidate| self.last.is_none_or(|last| candidate.serial > last);
                ready.clone().find(is_after).or_else(|| ready.next())
            }
        }?;
        self.last = Some(chosen.serial);
        Some(chosen.server)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(pending: &[(u32, usize)]) -> impl Iterator<Item = Candidate> + Clone {
        let candidate = |&(index, pending): &(u32, usize)| Candidate {
            server: ServerId::of_index(index),
            serial: u64::from(index),
            pending,
            is_default: index == 1,
        };
        pending.iter().map(candidate)
    }

    fn turns(routing: Routing, servers: &[(u32, usize)], count: usize) -> Vec<Option<ServerId>> {
        let mut router = Router { routing, ..Router::default() };
        (0..count).map(|_| router.select(ready(servers))).collect()
    }

    #[test]
    fn each_way_chooses_among_the_ready_servers_only() {
        let servers = [(0, 5), (1, 2), (3, 2)];
        assert_eq!(
            turns(Routing::DefaultServer, &servers, 2),
            [Some(ServerId::of_index(1)), Some(ServerId::of_index(1))]
        );
        assert_eq!(
            turns(Routing::RoundRobin, &servers, 4),
            [
                Some(ServerId::of_index(0)),
                Some(ServerId::of_index(1)),
                Some(ServerId::of_index(3)),
                Some(ServerId::of_index(0))
            ]
        );
        assert_eq!(turns(Routing::LeastPending, &servers, 1), [Some(ServerId::of_index(1))]);
        assert_eq!(turns(Routing::Failover, &servers, 1), [Some(ServerId::of_index(0))]);
    }

    #[test]
    fn with_no_ready_server_there_is_none() {
        assert_eq!(turns(Routing::RoundRobin, &[], 1), [None]);
        assert_eq!(turns(Routing::DefaultServer, &[(0, 0)], 1), [None]);
    }

    #[test]
    fn the_turn_goes_on_behind_a_server_that_was_lost() {
        let mut router = Router { routing: Routing::RoundRobin, ..Router::default() };
        assert_eq!(router.select(ready(&[(0, 0), (1, 0), (2, 0)])), Some(ServerId::of_index(0)));
        assert_eq!(router.select(ready(&[(2, 0)])), Some(ServerId::of_index(2)));
        assert_eq!(router.select(ready(&[(0, 0), (1, 0)])), Some(ServerId::of_index(0)));
    }
}
