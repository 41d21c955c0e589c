//! A cluster without sockets, whose servers are played by hand.

use std::time::{Duration, Instant};

use apn_ami::cluster::{Cluster, LinkId, Output, ServerId, Timestamp};
use apn_ami::limits::{ClusterLimits, Limits};
use apn_ami::node::{ConnectionState, LinkPrivacy};
use apn_ami::record::Level;
use apn_ami::secret::Secret;
use apn_ami::settings::{AuthMethod, EventMask, ServerSettings};
use apn_ami::wire::{Framer, InstanceId};

/// Bytes of the buffer that a session reads into, more than what it keeps.
const BUFFER_BYTES: usize = 8 * 1_024;

/// A cluster without sockets.
pub(crate) struct Harness {
    pub(crate) cluster: Cluster,
    pub(crate) ids: Vec<ServerId>,
    pub(crate) now: Timestamp,
}

impl Harness {
    pub(crate) fn new(servers: usize, limits: &Limits) -> Self {
        let now = Timestamp { at: Instant::now(), unix: Duration::from_secs(1) };
        let instance = InstanceId::from_random([1; 13]);
        let cluster = ClusterLimits { second_connects_max: 10_000, ..ClusterLimits::default() };
        let mut cluster = Cluster::new(cluster, instance, 1, Some(Level::Info));
        let settings = |number: usize| {
            let settings = ServerSettings::new(&format!("n{number}"), "h", 5_038, "u", Secret::new("s"));
            let settings = settings.expect("fine settings");
            let (auth, event_mask) = (AuthMethod::Plain, EventMask::Auto);
            ServerSettings { auth, event_mask, limits: limits.clone(), ..settings }
        };
        let ids = (0..servers)
            .map(|number| cluster.add_server(settings(number), now).expect("a new key"))
            .collect();
        Self { cluster, ids, now }
    }

    pub(crate) fn log_in(&mut self, at: usize) -> LinkId {
        let (id, now) = (self.ids[at], self.now);
        self.cluster.begin_tick();
        self.cluster.open(id, now);
        let Output::Open { link, .. } = self.cluster.poll_output(now) else { panic!("a connect") };
        self.cluster.link_resolved(link, now);
        self.cluster.link_up(link, LinkPrivacy::Private, now);
        self.say(link, "Asterisk Call Manager/11.0.0\r\n");
        let login = self.asked(link);
        self.say(link, &format!("Response: Success\r\n{login}\r\n\r\n"));
        assert!(self.cluster.state(id) == ConnectionState::Ready, "logged in");
        link
    }

    pub(crate) fn say(&mut self, link: LinkId, text: &str) {
        // Sessions lend the buffer that they read into to each other.
        let framer = self.cluster.framer(link).expect("an open link");
        framer.borrow(vec![0; BUFFER_BYTES]);
        framer.feed(text.as_bytes());
        self.cluster.parse(link, usize::MAX, self.now);
        drop(self.cluster.framer(link).and_then(Framer::lend));
    }

    /// The `ActionID` line of the last action in the outbox. The outbox is emptied.
    pub(crate) fn asked(&mut self, link: LinkId) -> String {
        let sent = String::from_utf8_lossy(self.cluster.outbox(link)).into_owned();
        self.cluster.advance_outbox(link, sent.len(), self.now);
        sent.lines().rfind(|line| line.starts_with("ActionID")).expect("an action").to_owned()
    }
}
