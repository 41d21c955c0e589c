//! The world as the client's network. It records bytes and connects, and can cut links.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::client::{LinkEvent, Network, Transfer};
use apn_ami::cluster::{LinkId, Timestamp};
use apn_ami::error::DisconnectReason;
use apn_ami::limits::ClusterLimits;
use apn_ami::settings::ServerSettings;
use apn_sim::world::{SiteId, World};

/// A direction of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    ToServer,
    ToClient,
}

/// How a link is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Eof,
    Reset,
    /// No more bytes arrive, and no end is reported.
    Silence,
}

/// Cuts the first link after this many bytes in one direction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cut {
    pub(crate) way: Way,
    pub(crate) end: End,
    pub(crate) after: usize,
}

/// The bytes of one link.
#[derive(Debug, Default)]
pub(crate) struct Stream {
    /// Key of the server.
    pub(crate) server: String,
    pub(crate) to_server: Vec<u8>,
    pub(crate) to_client: Vec<u8>,
}

/// A world that records the client's use of it.
#[derive(Debug)]
pub(crate) struct Tap {
    pub(crate) world: World,
    pub(crate) cut: Option<Cut>,
    /// The bytes of every link are recorded.
    pub(crate) records: bool,
    pub(crate) streams: BTreeMap<LinkId, Stream>,
    tick_connects_max: usize,
    second_connects_max: usize,
    tick_connects: usize,
    recent_connects: VecDeque<Instant>,
    /// The time of each connect, with the server's key.
    pub(crate) connects: Vec<(Instant, String)>,
    /// The first link that was read since the last wait.
    pub(crate) first_read: Option<LinkId>,
    /// Events that occurred while the client was away.
    missed: VecDeque<(LinkId, LinkEvent)>,
}

impl Tap {
    pub(crate) fn new(world: World, limits: &ClusterLimits) -> Self {
        Self {
            world,
            cut: None,
            records: false,
            streams: BTreeMap::new(),
            tick_connects_max: limits.tick_connects_max,
            second_connects_max: limits.second_connects_max,
            tick_connects: 0,
            recent_connects: VecDeque::new(),
            connects: Vec::new(),
            first_read: None,
            missed: VecDeque::new(),
        }
    }

    /// Lets time pass while the client does something else. The client gets the events afterwards.
    pub(crate) fn pass(&mut self, time: Duration) {
        let end = self.world.at() + time;
        while self.world.at() < end {
            self.world.wait(end - self.world.at()).expect("a world can wait");
            self.missed.extend(std::iter::from_fn(|| self.world.next_event()));
        }
    }

    /// Maximum number of connects within a second.
    pub(crate) fn busiest_second(&self) -> usize {
        let within = |from: Instant| {
            self.connects.iter().filter(|(at, _)| *at >= from && *at < from + Duration::from_secs(1)).count()
        };
        self.connects.iter().map(|(at, _)| within(*at)).max().unwrap_or_default()
    }

    /// The bytes of the links to a server, oldest link first.
    pub(crate) fn streams_of(&self, server: &str) -> Vec<&Stream> {
        self.streams.values().filter(|stream| stream.server == server).collect()
    }

    fn carried(&mut self, link: LinkId) -> &mut Stream {
        self.streams.get_mut(&link).expect("an opened link")
    }

    /// Number of bytes that may still pass before the cut. `None` if this direction is not cut.
    fn left(&self, link: LinkId, way: Way) -> Option<usize> {
        let cut = self.cut.filter(|cut| cut.way == way)?;
        let (first, stream) = self.streams.first_key_value()?;
        let carried = match way {
            Way::ToServer => stream.to_server.len(),
            Way::ToClient => stream.to_client.len(),
        };
        (*first == link).then(|| cut.after.saturating_sub(carried))
    }

    fn end_now(&mut self) -> Transfer {
        let (_, stream) = self.streams.first_key_value().expect("a link that is cut");
        let site = self.site(&stream.server.clone());
        match self.cut.map(|cut| cut.end) {
            Some(End::Silence) => {
                self.world.silence(site);
                return Transfer::Blocked;
            }
            Some(End::Reset) => self.world.reset(site),
            Some(End::Eof) | None => {}
        }
        Transfer::Closed { reason: DisconnectReason::PeerClosed, detail: "cut by the test".to_owned() }
    }

    /// The site of a server. Its host in the world follows from its key.
    pub(crate) fn site(&self, key: &str) -> SiteId {
        self.world.server_at(&host_of(key), PORT).expect("a server of the world")
    }
}

pub(crate) const PORT: u16 = 5_038;

/// The address of a server: `n17` has 10.0.0.17.
pub(crate) fn host_of(key: &str) -> String {
    let number: usize = key.trim_start_matches('n').parse().expect("a key of the harness");
    format!("10.0.{}.{}", number / 256, number % 256)
}

impl Network for Tap {
    fn now(&mut self) -> Timestamp {
        self.world.now()
    }

    /// A tick begins with this call.
    fn wait(&mut self, longest: Duration) -> io::Result<()> {
        self.tick_connects = 0;
        self.first_read = None;
        self.world.wait(if self.missed.is_empty() { longest } else { Duration::ZERO })
    }

    fn next_event(&mut self) -> Option<(LinkId, LinkEvent)> {
        self.missed.pop_front().or_else(|| self.world.next_event())
    }

    fn open(&mut self, link: LinkId, settings: &Arc<ServerSettings>) {
        let at = self.world.at();
        self.tick_connects += 1;
        assert!(self.tick_connects <= self.tick_connects_max, "{} connects in a tick", self.tick_connects);
        while self.recent_connects.front().is_some_and(|first| *first + Duration::from_secs(1) <= at) {
            self.recent_connects.pop_front();
        }
        self.recent_connects.push_back(at);
        let recent = self.recent_connects.len();
        assert!(recent <= self.second_connects_max, "{recent} connects in a second");
        self.connects.push((at, settings.key.to_string()));
        self.streams.insert(link, Stream { server: settings.key.to_string(), ..Stream::default() });
        self.world.open(link, settings);
    }

    fn read(&mut self, link: LinkId, into: &mut [u8]) -> Transfer {
        let left = self.left(link, Way::ToClient).unwrap_or(usize::MAX);
        if left == 0 {
            return self.end_now();
        }
        let room = into.len().min(left);
        self.first_read.get_or_insert(link);
        let transfer = self.world.read(link, &mut into[..room]);
        if let Transfer::Done(count) = transfer
            && (self.records || self.cut.is_some())
        {
            self.carried(link).to_client.extend_from_slice(&into[..count]);
        }
        transfer
    }

    fn write(&mut self, link: LinkId, bytes: &[u8]) -> Transfer {
        let left = self.left(link, Way::ToServer).unwrap_or(usize::MAX);
        if left == 0 {
            return self.end_now();
        }
        let transfer = self.world.write(link, &bytes[..bytes.len().min(left)]);
        if let Transfer::Done(count) = transfer
            && (self.records || self.cut.is_some())
        {
            self.carried(link).to_server.extend_from_slice(&bytes[..count]);
        }
        transfer
    }

    fn close(&mut self, link: LinkId) {
        self.world.close(link);
        self.missed.retain(|(other, _)| *other != link);
        if !self.records && self.cut.is_none() {
            self.streams.remove(&link);
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        self.world.next_deadline()
    }

    fn set_pending_work(&mut self, is_undone: bool) {
        self.world.set_pending_work(is_undone);
    }
}
