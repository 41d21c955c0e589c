//! A network of fake servers in virtual time, on which a client is tested.
//!
//! ```text
//!  Client<World> ─▶ World ─▶ one Site per server ─▶ links ─▶ Asterisk
//!       ▲             │ agenda: names, connects, doors          │
//!       └─ link events ┘ ◀──────── bytes, ends ─────────────────┘
//! ```
//!
//! Time moves only in `wait`, which steps from one planned moment to the next, up to the given bound.

mod site;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use apn_ami::client::{LinkEvent, Network, Transfer};
use apn_ami::cluster::{LinkId, Timestamp};
use apn_ami::error::DisconnectReason;
use apn_ami::node::LinkPrivacy;
use apn_ami::settings::ServerSettings;

use self::site::Site;
use crate::asterisk::{Asterisk, Options};
use crate::link::LinkOptions;

pub use self::site::Door;

/// Id of a server of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SiteId(usize);

/// A planned step of the world.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Resolved(LinkId),
    Connect(LinkId),
    Open(SiteId, Door),
}

/// The server that a link goes to, and the properties of its connection.
#[derive(Clone, Copy, Debug)]
struct Course {
    site: Option<SiteId>,
    privacy: LinkPrivacy,
    by_address: bool,
}

/// Fake servers, the links to them, and the virtual clock.
///
/// ```
/// use std::time::{Duration, Instant};
/// use apn_ami::client::Client;
/// use apn_ami::limits::ClusterLimits;
/// use apn_ami::node::ConnectionState;
/// use apn_ami::secret::Secret;
/// use apn_ami::settings::ServerSettings;
/// use apn_sim::asterisk::Options;
/// use apn_sim::world::World;
///
/// let mut world = World::new(Instant::now(), 1);
/// world.add_server("pbx1.example.net", 5038, Options::default());
///
/// let mut client = Client::new(world, ClusterLimits::default(), None)?;
/// let secret = Secret::new("s3cret");
/// let id = client.add_server(ServerSettings::new("pbx1", "pbx1.example.net", 5038, "admin", secret)?)?;
/// client.open(id);
/// while client.cluster().state(id) != ConnectionState::Ready {
///     client.step(Duration::from_secs(1))?;
///     client.drain_deliveries(100, &mut Vec::new());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct World {
    now: Instant,
    unix: Duration,
    random: fastrand::Rng,
    sites: Vec<Site>,
    /// Sites by host, in lower case, and port.
    addresses: BTreeMap<(String, u16), SiteId>,
    courses: BTreeMap<LinkId, Course>,
    agenda: BTreeMap<(Instant, u64), Happening>,
    planned: u64,
    /// The next run of each site, in order of time.
    wakes: BTreeSet<(Instant, SiteId)>,
    events: VecDeque<(LinkId, LinkEvent)>,
    /// A server asked for a scripted answer during this wait.
    is_asked: bool,
}

const YEARS: Duration = Duration::from_secs(10 * 365 * 86_400);

impl World {
    /// An empty world. The same seed and the same calls give the same run.
    #[must_use]
    pub fn new(start: Instant, seed: u64) -> Self {
        Self {
            now: start,
            unix: Options::default().unix_time,
            random: fastrand::Rng::with_seed(seed),
            sites: Vec::new(),
            addresses: BTreeMap::new(),
            courses: BTreeMap::new(),
            agenda: BTreeMap::new(),
            planned: 0,
            wakes: BTreeSet::new(),
            events: VecDeque::new(),
            is_asked: false,
        }
    }

    /// Adds a server that listens on this host and port. The server uses the wall clock of the world.
    pub fn add_server(&mut self, host: &str, port: u16, options: Options) -> SiteId {
        let id = SiteId(self.sites.len());
        let options = Options { unix_time: self.unix, ..options };
        let asterisk = Asterisk::new(options, self.now);
        self.sites.push(Site::new(asterisk));
        self.addresses.insert((host.to_ascii_lowercase(), port), id);
        self.touch(id);
        id
    }

    /// The server that listens on this host and port.
    #[must_use]
    pub fn server_at(&self, host: &str, port: u16) -> Option<SiteId> {
        self.addresses.get(&(host.to_ascii_lowercase(), port)).copied()
    }

    /// The server, for queries.
    #[must_use]
    pub fn server(&self, id: SiteId) -> &Asterisk {
        &self.sites[id.0].asterisk
    }

    /// The server, for scripting. The effects become visible with the next wait.
    pub fn server_mut(&mut self, id: SiteId) -> &mut Asterisk {
        self.touch(id);
        &mut self.sites[id.0].asterisk
    }

    /// The current virtual time, for calls to [`server_mut`](Self::server_mut).
    #[must_use]
    pub fn at(&self) -> Instant {
        self.now
    }

    /// Sets the result of later connects to a server.
    pub fn set_door(&mut self, id: SiteId, door: Door) {
        self.sites[id.0].door = door;
    }

    /// Sets the options of all links to a server, present and later ones.
    pub fn set_links(&mut self, id: SiteId, options: LinkOptions) {
        self.sites[id.0].set_links(options);
        self.touch(id);
    }

    /// Delays all bytes on a server's links, or lets them continue.
    pub fn stall(&mut self, id: SiteId, stalled: bool) {
        let now = self.now;
        self.sites[id.0].each_link(|link| link.stall(stalled, now));
        self.touch(id);
    }

    /// Makes a server's links half-open. Nothing arrives any more, and no end is reported.
    pub fn silence(&mut self, id: SiteId) {
        self.sites[id.0].each_link(crate::link::Link::silence);
        self.touch(id);
    }

    /// Resets every connection to a server.
    pub fn reset(&mut self, id: SiteId) {
        let now = self.now;
        self.sites[id.0].each_link(|link| link.reset(now));
        self.touch(id);
    }

    /// Restarts a server. Its sessions end, and connects are refused until `downtime` is over.
    pub fn restart(&mut self, id: SiteId, downtime: Duration) {
        let now = self.now;
        self.server_mut(id).restart(now);
        self.set_door(id, Door::Refused);
        self.plan(now + downtime, Happening::Open(id, Door::Open));
    }

    /// Sets the wall clock forward or back. Deadlines do not depend on it.
    pub fn set_unix(&mut self, unix: Duration) {
        self.unix = unix;
    }

    fn touch(&mut self, id: SiteId) {
        self.wake(id, Some(self.now));
    }

    /// Plans a run of a site, unless an earlier run is planned already.
    fn wake(&mut self, id: SiteId, at: Option<Instant>) {
        let Some(at) = at else { return };
        let site = &mut self.sites[id.0];
        if site.wakes_at.is_some_and(|planned| planned <= at) {
            return;
        }
        if let Some(planned) = site.wakes_at.replace(at) {
            self.wakes.remove(&(planned, id));
        }
        self.wakes.insert((at, id));
    }

    fn plan(&mut self, at: Instant, what: Happening) {
        self.agenda.insert((at, self.planned), what);
        self.planned += 1;
    }

    /// The next moment of a planned step or of a site's run.
    fn next_moment(&self) -> Option<Instant> {
        let agenda = self.agenda.keys().next().map(|(at, _)| *at);
        let wake = self.wakes.first().map(|(at, _)| *at);
        agenda.into_iter().chain(wake).min()
    }

    /// Runs everything that is due at the current time.
    fn settle(&mut self) {
        loop {
            if let Some(entry) = self.agenda.first_entry().filter(|entry| entry.key().0 <= self.now) {
                let happening = entry.remove();
                self.happen(happening);
            } else if let Some((at, id)) = self.wakes.first().copied().filter(|(at, _)| *at <= self.now) {
                self.wakes.remove(&(at, id));
                self.run(id);
            } else {
                return;
            }
        }
    }

    fn run(&mut self, id: SiteId) {
        let site = &mut self.sites[id.0];
        site.wakes_at = None;
        let waiting = site.asterisk.questions_waiting();
        site.run(self.now, &mut self.events);
        self.is_asked |= site.asterisk.questions_waiting() > waiting;
        let next = site.next_moment(self.now);
        self.wake(id, next);
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Open(id, door) => self.set_door(id, door),
            Happening::Resolved(link) => self.resolve(link),
            Happening::Connect(link) => self.connect(link),
        }
    }

    fn resolve(&mut self, link: LinkId) {
        let Some(course) = self.courses.get(&link).copied() else { return };
        let no_name = match course.site {
            Some(id) => self.sites[id.0].door == Door::NoName,
            None => !course.by_address,
        };
        if no_name {
            self.fail(link, DisconnectReason::Dns, "the name has no address");
            return;
        }
        self.events.push_back((link, LinkEvent::Resolved));
        let latency = course.site.map_or(Duration::ZERO, |id| self.sites[id.0].links.latency);
        // The latency counts twice: for the connect and for its answer.
        self.plan(self.now + latency * 2, Happening::Connect(link));
    }

    fn connect(&mut self, link: LinkId) {
        let Some(course) = self.courses.get(&link).copied() else { return };
        let Some(id) = course.site else {
            self.fail(link, DisconnectReason::Unreachable, "no route to host");
            return;
        };
        let site = &mut self.sites[id.0];
        match site.door {
            Door::Open => {
                site.connect(link, self.random.u64(..), self.now);
                self.events.push_back((link, LinkEvent::Up(course.privacy)));
                self.touch(id);
            }
            // No answer comes, not even a refusal.
            Door::Blackhole => {}
            Door::Refused | Door::NoName => self.fail(link, DisconnectReason::Refused, "connection refused"),
            Door::Unreachable => self.fail(link, DisconnectReason::Unreachable, "no route to host"),
            Door::BadCertificate => self.fail(link, DisconnectReason::Tls, "the certificate has expired"),
        }
    }

    fn fail(&mut self, link: LinkId, reason: DisconnectReason, detail: &str) {
        self.courses.remove(&link);
        self.events.push_back((link, LinkEvent::Down { reason, detail: detail.to_owned() }));
    }

    fn site_of(&mut self, link: LinkId) -> Option<(SiteId, &mut Site)> {
        let id = self.courses.get(&link)?.site?;
        Some((id, &mut self.sites[id.0]))
    }
}

impl Network for World {
    fn now(&mut self) -> Timestamp {
        Timestamp { at: self.now, unix: self.unix }
    }

    /// Moves the time until an event can be reported or a server asks for a scripted answer, at most by
    /// `longest`.
    fn wait(&mut self, longest: Duration) -> io::Result<()> {
        // The bound of years only keeps the addition from overflowing.
        let end = self.now + longest.min(YEARS);
        self.is_asked = false;
        loop {
            self.settle();
            if !self.events.is_empty() || self.is_asked || self.now >= end {
                return Ok(());
            }
            let next = self.next_moment().map_or(end, |next| next.min(end));
            self.unix += next - self.now;
            self.now = next;
        }
    }

    fn next_event(&mut self) -> Option<(LinkId, LinkEvent)> {
        self.events.pop_front()
    }

    fn open(&mut self, link: LinkId, settings: &Arc<ServerSettings>) {
        let host = settings.host.to_ascii_lowercase();
        let site = self.addresses.get(&(host, settings.port)).copied();
        let ip = settings.ip();
        let is_private = settings.tls.is_some() || ip.is_some_and(|ip| ip.is_loopback());
        let privacy = if is_private { LinkPrivacy::Private } else { LinkPrivacy::Open };
        self.courses.insert(link, Course { site, privacy, by_address: ip.is_some() });
        self.plan(self.now, Happening::Resolved(link));
    }

    fn read(&mut self, link: LinkId, into: &mut [u8]) -> Transfer {
        let now = self.now;
        let Some((id, site)) = self.site_of(link) else { return gone() };
        let transfer = site.read(link, into, now);
        // The read made room in the link, so the server may continue to write.
        self.touch(id);
        transfer
    }

    fn write(&mut self, link: LinkId, bytes: &[u8]) -> Transfer {
        let now = self.now;
        let Some((id, site)) = self.site_of(link) else { return gone() };
        let transfer = site.write(link, bytes, now);
        self.touch(id);
        transfer
    }

    fn close(&mut self, link: LinkId) {
        let now = self.now;
        if let Some((id, site)) = self.site_of(link) {
            site.close(link, now);
            self.touch(id);
        }
        self.courses.remove(&link);
        self.events.retain(|(other, _)| *other != link);
    }

    fn next_deadline(&self) -> Option<Instant> {
        if self.events.is_empty() { self.next_moment() } else { Some(self.now) }
    }

    /// Does nothing, since no event loop waits for a world.
    fn set_pending_work(&mut self, _is_undone: bool) {}
}

fn gone() -> Transfer {
    Transfer::Closed { reason: DisconnectReason::PeerClosed, detail: "the link is gone".to_owned() }
}
