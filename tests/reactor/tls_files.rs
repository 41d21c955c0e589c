//! The files that a TLS connect reads: on another thread, and only as often as needed.

use std::process::Command;
use std::time::Instant;

use apn_ami::node::ConnectionState;
use apn_ami::secret::Secret;
use apn_ami::settings::{ServerSettings, TlsSettings};

use super::certificates::{Dates, Folder, Identity, Issuer};
use super::drive::{self, Driven, PATIENCE};
use super::peer;
use super::tls_peer::{Manners, TlsPeer};

const HERE: &[&str] = &["127.0.0.1"];

#[test]
fn a_file_that_hangs_holds_up_its_own_server_and_nobody_else() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let peer = TlsPeer::start(&issuer.issue(HERE, Dates::Timestamp));
    let pipe = folder.file("placeholder", "").with_file_name("pipe.pem");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("a program").success());

    let tls = TlsSettings { ca_file: Some(pipe.clone()), ..TlsSettings::default() };
    let mut driven =
        Driven::open(ServerSettings { tls: Some(tls), ..drive::settings("127.0.0.1", peer.port) });
    let plain =
        ServerSettings::new("pbx2", "127.0.0.1", peer::plain_server().port(), "admin", Secret::new("s3cret"));
    let plain = driven.client.add_server(plain.expect("fine")).expect("a new server");
    driven.client.open(plain);
    driven.until("the other one ready", |driven| driven.client.cluster().ready_servers() == 1);
    assert_eq!(driven.client.cluster().state(plain), ConnectionState::Ready);
    assert_eq!(driven.client.cluster().state(driven.id), ConnectionState::Connecting);

    std::fs::write(pipe, issuer.pem()).expect("a reader");
    driven.until("both ready", |driven| driven.client.cluster().ready_servers() == 2);
    driven.ping();
}

#[test]
fn a_server_that_is_closed_while_its_file_hangs_is_closed_and_can_be_opened_again() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let peer = TlsPeer::start(&issuer.issue(HERE, Dates::Timestamp));
    let pipe = folder.file("placeholder", "").with_file_name("pipe.pem");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("a program").success());
    let tls = TlsSettings { ca_file: Some(pipe.clone()), ..TlsSettings::default() };
    let mut driven =
        Driven::open(ServerSettings { tls: Some(tls), ..drive::settings("127.0.0.1", peer.port) });
    for _ in 0..5 {
        driven.until("connected", |driven| {
            driven.client.cluster().state(driven.id) == ConnectionState::Connecting
        });
        driven.close();
        driven.client.open(driven.id);
    }
    std::fs::write(pipe, issuer.pem()).expect("a reader");
    driven.until("ready", |driven| driven.is_ready());
}

#[test]
fn a_later_connect_takes_up_the_session_and_one_with_other_files_does_not() {
    let folder = Folder::new();
    let own = Identity::self_signed(HERE, Dates::Timestamp);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let peer = TlsPeer::with(&own, &Manners { versions: &[version], ..Manners::default() });
        let ca_file = Some(folder.file("ca.pem", &own.pem));
        let tls = TlsSettings { ca_file, ..TlsSettings::default() };
        let mut driven =
            Driven::ready(ServerSettings { tls: Some(tls), ..drive::settings("127.0.0.1", peer.port) });
        driven.ping();
        assert!(!peer.is_resumed());
        for _ in 0..3 {
            driven.close();
            driven.client.open(driven.id);
            driven.until("ready again", |driven| driven.is_ready());
            driven.ping();
            assert!(peer.is_resumed(), "{version:?}");
        }
        driven.close();
        folder.file("ca.pem", &Identity::self_signed(HERE, Dates::Timestamp).pem);
        driven.client.open(driven.id);
        driven.until("refused", |driven| driven.lost().is_some());
        let (_, detail) = driven.lost().expect("just seen");
        assert!(detail.contains("caFile"), "it is read again: {detail}");
    }
}

#[test]
fn many_servers_whose_file_hangs_are_few_threads() {
    let folder = Folder::new();
    let mut client = drive::client();
    let port = peer::plain_server().port();
    for number in 0..40 {
        let pipe = folder.file("placeholder", "").with_file_name(format!("{number}.pem"));
        assert!(Command::new("mkfifo").arg(&pipe).status().expect("a program").success());
        let key = format!("pbx{number}");
        let mut settings =
            ServerSettings::new(&key, "127.0.0.1", port, "admin", Secret::new("s3cret")).expect("fine");
        settings.tls = Some(TlsSettings { ca_file: Some(pipe), ..TlsSettings::default() });
        let id = client.add_server(settings).expect("a new server");
        client.open(id);
    }
    let readers = || {
        let tasks = std::fs::read_dir("/proc/self/task").expect("a process").flatten();
        let names = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok());
        names.filter(|name| name.trim() == "ami-files").count()
    };
    let end = Instant::now() + PATIENCE;
    let connecting = |client: &apn_ami::client::Client<apn_ami::net::Reactor>| {
        let cluster = client.cluster();
        cluster.servers().iter().filter(|id| cluster.state(**id) == ConnectionState::Connecting).count()
    };
    while connecting(&client) < 40 {
        assert!(Instant::now() < end, "{} of 40 on their way", connecting(&client));
        client.step_while_due(drive::GLANCE).expect("a network that can wait");
        // Other tests of this process may have their own reader threads.
        assert!(readers() < 20, "{} threads", readers());
    }
}
