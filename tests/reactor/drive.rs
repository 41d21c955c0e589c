//! A client with one server, which tests drive until a condition holds.

use std::time::{Duration, Instant};

use apn_ami::client::{Client, StepReport};
use apn_ami::cluster::ServerId;
use apn_ami::error::DisconnectReason;
use apn_ami::limits::ClusterLimits;
use apn_ami::net::Reactor;
use apn_ami::node::{CompletionPolicy, ConnectionState, Ticket};
use apn_ami::record::{Level, Record, RecordKind};
use apn_ami::secret::Secret;
use apn_ami::settings::ServerSettings;
use apn_ami::wire::{Action, Parameter};

/// Longest wait for something on loopback. Only a failing test waits this long.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// Longest step. After it a test checks what other threads have done.
pub(crate) const GLANCE: Duration = Duration::from_millis(20);

pub(crate) struct Driven {
    pub(crate) client: Client<Reactor>,
    pub(crate) id: ServerId,
    pub(crate) records: Vec<Record>,
}

pub(crate) fn settings(host: &str, port: u16) -> ServerSettings {
    ServerSettings::new("pbx1", host, port, "admin", Secret::new("s3cret")).expect("fine settings")
}

pub(crate) fn client() -> Client<Reactor> {
    let reactor = Reactor::new().expect("a descriptor");
    Client::new(reactor, ClusterLimits::default(), Some(Level::Info)).expect("fine limits")
}

impl Driven {
    /// Starts a client that begins to connect.
    pub(crate) fn open(settings: ServerSettings) -> Self {
        let mut client = client();
        let id = client.add_server(settings).expect("a new server");
        client.open(id);
        Self { client, id, records: Vec::new() }
    }

    /// Starts a client and waits until it is logged in.
    pub(crate) fn ready(settings: ServerSettings) -> Self {
        let mut driven = Self::open(settings);
        driven.until("ready", |driven| driven.is_ready());
        driven
    }

    /// Starts a client and returns why its first connect or login failed.
    pub(crate) fn failure(settings: ServerSettings) -> (DisconnectReason, String) {
        let mut driven = Self::open(settings);
        driven.until("a failure", |driven| driven.lost().is_some());
        driven.lost().expect("just seen")
    }

    pub(crate) fn is_ready(&self) -> bool {
        self.client.cluster().state(self.id) == ConnectionState::Ready
    }

    /// The reason and the detail of the first attempt or session that ended.
    pub(crate) fn lost(&self) -> Option<(DisconnectReason, String)> {
        self.records.iter().find_map(|record| match &record.what {
            RecordKind::ConnectFailed { reason, detail, .. }
            | RecordKind::LoginRefused { reason, detail, .. }
            | RecordKind::SessionLost { reason, detail, .. } => Some((*reason, detail.clone())),
            _ => None,
        })
    }

    pub(crate) fn has(&self, wanted: impl Fn(&RecordKind) -> bool) -> bool {
        self.records.iter().any(|record| wanted(&record.what))
    }

    /// True if another attempt was planned.
    pub(crate) fn plans_a_retry(&self) -> bool {
        self.has(|what| matches!(what, RecordKind::RetryScheduled { .. }))
    }

    pub(crate) fn events_received(&self) -> u64 {
        self.client.cluster().health(self.id).expect("a server").events_received
    }

    pub(crate) fn step(&mut self) -> StepReport {
        let report = self.client.step_while_due(GLANCE).expect("a network that can wait");
        while let Some(record) = self.client.pop_record() {
            self.records.push(record);
        }
        report
    }

    pub(crate) fn until(&mut self, what: &str, mut is_so: impl FnMut(&mut Self) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !is_so(self) {
            assert!(Instant::now() < end, "not {what} within {PATIENCE:?}, lost: {:?}", self.lost());
            self.step();
        }
    }

    pub(crate) fn send(&mut self, name: &str, headers: &[(&str, &str)]) -> Ticket {
        let values: Vec<_> =
            headers.iter().map(|(_, value)| Parameter::One(value.as_bytes().to_vec())).collect();
        let headers = headers.iter().zip(&values).map(|((name, _), value)| (name.as_bytes(), value));
        let action = Action::new(name, headers).expect("a fine action");
        self.client.send(self.id, &action, &CompletionPolicy::default()).expect("a ready server with room")
    }

    /// Checks that the session answers.
    pub(crate) fn ping(&mut self) {
        let ticket = self.send("Ping", &[]);
        self.until("answered", |_| ticket.cell.outcome().is_some());
        ticket.cell.outcome().expect("just seen").as_ref().expect("a good answer");
    }

    /// Sends numbered actions until the socket accepts no more, and returns their number.
    pub(crate) fn fill(&mut self) -> usize {
        let padding = "x".repeat(1_000);
        for number in 0..1_000 {
            let text = number.to_string();
            let mut headers = vec![("Number", text.as_str())];
            headers.extend([("Padding", padding.as_str()); 30]);
            self.send("Ping", &headers);
            let report = self.client.step(Duration::ZERO).expect("a network that can wait");
            let waiting = self.client.cluster().metrics(self.id).expect("a server").outbox_bytes;
            if waiting > 64 * 1_024 && report.bytes_written == 0 {
                return number + 1;
            }
        }
        panic!("the socket never fills");
    }

    /// Closes the session without waiting for the goodbye.
    pub(crate) fn close(&mut self) {
        self.client.close(self.id, Duration::ZERO);
        self.until("closed", |driven| {
            driven.client.cluster().state(driven.id) == ConnectionState::Disconnected
        });
    }
}
