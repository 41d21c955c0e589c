//! A cluster that the test drives by hand: a panic at one server does not affect the other servers.

use super::*;
use crate::cluster::{DeliveryKind, Notification};
use crate::limits::Limits;
use crate::secret::Secret;
use crate::settings::AuthMethod;

/// Servers that are logged in. The test plays the peer of each link.
struct Fixture {
    cluster: Cluster,
    links: Vec<LinkId>,
    now: Timestamp,
}

impl Fixture {
    fn new(servers: usize, limits: &Limits) -> Self {
        let now = Timestamp::zero();
        let instance = InstanceId::from_random([3; 13]);
        let cluster = Cluster::new(ClusterLimits::default(), instance, 1, Some(Level::Info));
        let mut fixture = Self { cluster, links: Vec::new(), now };
        for number in 0..servers {
            let settings = ServerSettings {
                auth: AuthMethod::Plain,
                limits: limits.clone(),
                ..ServerSettings::new(&format!("n{number}"), "h", 5_038, "u", Secret::new("s")).unwrap()
            };
            let id = fixture.cluster.add_server(settings, now).unwrap();
            fixture.log_in(id);
        }
        fixture
    }

    fn log_in(&mut self, id: ServerId) {
        let now = self.now;
        self.cluster.begin_tick();
        self.cluster.open(id, now);
        let Output::Open { link, .. } = self.cluster.poll_output(now) else { panic!("a connect") };
        self.cluster.link_resolved(link, now);
        self.cluster.link_up(link, LinkPrivacy::Private, now);
        self.links.push(link);
        self.say(link, "Asterisk Call Manager/11.0.0\r\n");
        let login = self.asked(link);
        self.say(link, &format!("Response: Success\r\n{login}\r\n\r\n"));
        assert_eq!(self.cluster.state(id), ConnectionState::Ready);
    }

    fn say(&mut self, link: LinkId, text: &str) {
        self.cluster.framer(link).expect("an open link").feed(text.as_bytes());
        self.cluster.parse(link, usize::MAX, self.now);
    }

    /// Writes everything in the outbox, and returns the `ActionID` line of the last action in it.
    fn asked(&mut self, link: LinkId) -> String {
        let sent = String::from_utf8(self.cluster.outbox(link).to_vec()).unwrap();
        self.cluster.advance_outbox(link, sent.len(), self.now);
        sent.lines().rfind(|line| line.starts_with("ActionID")).expect("an action").to_owned()
    }

    fn send(&mut self, server: usize) -> Arc<OutcomeCell> {
        let id = self.cluster.servers()[server];
        let ping = Action::new("Ping", []).unwrap();
        self.cluster.send(id, &ping, &CompletionPolicy::default(), self.now).expect("room").cell
    }

    fn taken(&mut self) -> Vec<Delivery> {
        let mut taken = Vec::new();
        self.cluster.drain_deliveries(usize::MAX, &mut taken);
        taken
    }
}

#[test]
fn a_panic_at_one_server_ends_its_session_and_no_other() {
    let mut fixture = Fixture::new(2, &Limits::default());
    let (failing, other) = (fixture.cluster.servers()[0], fixture.cluster.servers()[1]);
    let (lost, kept) = (fixture.send(0), fixture.send(1));
    fixture.asked(fixture.links[0]);
    fixture.cluster.servers.get_mut(failing).unwrap().panics_next = true;
    fixture.say(fixture.links[0], "Event: A\r\n\r\n");

    let why = DisconnectReason::InternalError;
    assert!(
        matches!(lost.outcome(), Some(Err(ActionError::OutcomeUnknown { reason, .. })) if *reason == why)
    );
    assert_eq!(fixture.cluster.state(failing), ConnectionState::Disconnected);
    assert_eq!(fixture.cluster.health(failing).unwrap().last_disconnect, Some(why));
    assert!(
        matches!(fixture.cluster.poll_output(fixture.now), Output::Close { link } if link == fixture.links[0])
    );
    let records: Vec<_> =
        std::iter::from_fn(|| fixture.cluster.pop_record()).map(|record| record.what.name()).collect();
    assert_eq!(records, ["logged_in", "logged_in", "internal_error", "session_lost", "retry_scheduled"]);
    let told = fixture.taken();
    let is_its_end = |delivery: &Delivery| {
        matches!(&delivery.kind, DeliveryKind::Notification(Notification::Changed { to: ConnectionState::Disconnected, detail, .. })
            if detail == "asked for by a test")
    };
    assert!(told.iter().any(|delivery| delivery.server == failing && is_its_end(delivery)));

    assert_eq!(fixture.cluster.state(other), ConnectionState::Ready);
    let id = fixture.asked(fixture.links[1]);
    fixture.say(fixture.links[1], &format!("Response: Success\r\n{id}\r\n\r\n"));
    assert!(matches!(kept.outcome(), Some(Ok(_))));

    fixture.now = fixture.now.plus(Duration::from_secs(60));
    fixture.cluster.on_time(fixture.now);
    assert!(
        matches!(fixture.cluster.poll_output(fixture.now), Output::Open { link, .. } if link.server == failing)
    );
}
