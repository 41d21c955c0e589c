//! A cluster driven by hand: what one server meets is no other's business.

use super::*;
use crate::limits::Limits;
use crate::secret::Secret;
use crate::settings::AuthMethod;

/// Servers that are logged in, each on a link that says what it is told to.
struct Bench {
    cluster: Cluster,
    links: Vec<LinkId>,
    now: Timestamp,
}

impl Bench {
    fn new(servers: usize, limits: &Limits) -> Self {
        let now = Timestamp::zero();
        let instance = InstanceId::from_random([3; 13]);
        let cluster = Cluster::new(ClusterLimits::default(), instance, 1, Some(Level::Info));
        let mut bench = Self { cluster, links: Vec::new(), now };
        for number in 0..servers {
            let settings = ServerSettings {
                auth: AuthMethod::Plain,
                limits: limits.clone(),
                ..ServerSettings::new(&format!("n{number}"), "h", 5_038, "u", Secret::new("s")).unwrap()
            };
            let id = bench.cluster.add_server(settings, now).unwrap();
            bench.log_in(id);
        }
        bench
    }

    fn log_in(&mut self, id: ServerId) {
        let now = self.now;
        self.cluster.begin_tick();
        self.cluster.open(id, now);
        let Some(Command::Open { link, .. }) = self.cluster.pop_command() else { panic!("a connect") };
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

    /// The `ActionID` line of the last action that waits to be written, which is written by that.
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
    let mut bench = Bench::new(2, &Limits::default());
    let (cursed, other) = (bench.cluster.servers()[0], bench.cluster.servers()[1]);
    let (lost, kept) = (bench.send(0), bench.send(1));
    bench.asked(bench.links[0]);
    bench.cluster.entry_mut(cursed).unwrap().is_cursed = true;
    bench.say(bench.links[0], "Event: A\r\n\r\n");

    let why = DisconnectReason::InternalError;
    assert!(
        matches!(lost.outcome(), Some(Err(ActionError::OutcomeUnknown { reason, .. })) if *reason == why)
    );
    assert_eq!(bench.cluster.state(cursed), ConnectionState::Disconnected);
    assert_eq!(bench.cluster.health(cursed).unwrap().last_disconnect, Some(why));
    assert!(matches!(bench.cluster.pop_command(), Some(Command::Close { link }) if link == bench.links[0]));
    let records: Vec<_> =
        std::iter::from_fn(|| bench.cluster.pop_record()).map(|record| record.what.name()).collect();
    assert_eq!(records, ["logged_in", "logged_in", "internal_error", "session_lost", "retry_scheduled"]);
    let told = bench.taken();
    let is_its_end = |delivery: &Delivery| {
        matches!(&delivery.kind, DeliveryKind::Notification(Notification::Changed { to: ConnectionState::Disconnected, detail, .. })
            if detail == "a curse")
    };
    assert!(told.iter().any(|delivery| delivery.server == cursed && is_its_end(delivery)));

    assert_eq!(bench.cluster.state(other), ConnectionState::Ready);
    let id = bench.asked(bench.links[1]);
    bench.say(bench.links[1], &format!("Response: Success\r\n{id}\r\n\r\n"));
    assert!(matches!(kept.outcome(), Some(Ok(_))));

    bench.now = bench.now.plus(Duration::from_secs(60));
    bench.cluster.on_time(bench.now);
    assert!(matches!(bench.cluster.pop_command(), Some(Command::Open { link, .. }) if link.server == cursed));
}
