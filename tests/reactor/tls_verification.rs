//! Which certificates a client trusts, and the errors for the others.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::time::Duration;

use apn_ami::error::DisconnectReason;
use apn_ami::record::RecordKind;
use apn_ami::settings::{ServerSettings, TlsSettings};
use rustls::ProtocolVersion;

use super::certificates::{Dates, Folder, Identity, Issuer};
use super::drive::{self, Driven};
use super::peer;
use super::tls_peer::{Manners, TlsPeer};

const HERE: &[&str] = &["127.0.0.1", "localhost"];

fn over_tls(port: u16, tls: TlsSettings) -> ServerSettings {
    ServerSettings { tls: Some(tls), ..drive::settings("127.0.0.1", port) }
}

fn trusting(ca_file: PathBuf) -> TlsSettings {
    TlsSettings { ca_file: Some(ca_file), ..TlsSettings::default() }
}

/// Connects, checks that it fails with `Tls`, and returns the detail.
fn refusal(settings: ServerSettings) -> String {
    let (reason, detail) = Driven::failure(settings);
    assert_eq!(reason, DisconnectReason::Tls, "{detail}");
    detail
}

#[test]
fn a_certificate_by_an_issuer_of_the_ca_file_is_trusted() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let peer = TlsPeer::start(&issuer.issue(HERE, Dates::Timestamp));
    let mut driven = Driven::ready(over_tls(peer.port, trusting(folder.file("ca.pem", &issuer.pem()))));
    driven.ping();
    assert!(!driven.has(|what| matches!(what, RecordKind::TlsUnverified { .. })));
}

#[test]
fn a_self_signed_certificate_in_the_ca_file_is_trusted() {
    let folder = Folder::new();
    let own = Identity::self_signed(HERE, Dates::Timestamp);
    let peer = TlsPeer::start(&own);
    Driven::ready(over_tls(peer.port, trusting(folder.file("ca.pem", &own.pem)))).ping();
}

#[test]
fn a_self_signed_certificate_beside_the_ca_file_is_refused_by_its_cause() {
    let folder = Folder::new();
    let peer = TlsPeer::start(&Identity::self_signed(HERE, Dates::Timestamp));
    let other = Identity::self_signed(HERE, Dates::Timestamp);
    let detail = refusal(over_tls(peer.port, trusting(folder.file("ca.pem", &other.pem))));
    assert!(detail.contains("self-signed") && detail.contains("caFile"), "{detail}");
}

#[test]
fn a_certificate_by_an_unknown_issuer_is_refused_by_its_cause() {
    let folder = Folder::new();
    let peer = TlsPeer::start(&Issuer::new("Theirs").issue(HERE, Dates::Timestamp));
    let detail = refusal(over_tls(peer.port, trusting(folder.file("ca.pem", &Issuer::new("Ours").pem()))));
    assert!(detail.contains("nobody trusted") && detail.contains("caFile"), "{detail}");
}

#[test]
fn an_expired_certificate_is_refused_by_its_cause_also_when_it_is_pinned() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let peer = TlsPeer::start(&issuer.issue(HERE, Dates::Past));
    let detail = refusal(over_tls(peer.port, trusting(folder.file("ca.pem", &issuer.pem()))));
    assert!(detail.contains("expired"), "{detail}");

    let own = Identity::self_signed(HERE, Dates::Past);
    let peer = TlsPeer::start(&own);
    let detail = refusal(over_tls(peer.port, trusting(folder.file("own.pem", &own.pem))));
    assert!(detail.contains("expired"), "{detail}");
}

#[test]
fn a_certificate_of_the_future_is_refused_by_its_cause_also_when_it_is_pinned() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let peer = TlsPeer::start(&issuer.issue(HERE, Dates::Future));
    let detail = refusal(over_tls(peer.port, trusting(folder.file("ca.pem", &issuer.pem()))));
    assert!(detail.contains("not valid yet"), "{detail}");

    let own = Identity::self_signed(HERE, Dates::Future);
    let peer = TlsPeer::start(&own);
    let detail = refusal(over_tls(peer.port, trusting(folder.file("own.pem", &own.pem))));
    assert!(detail.contains("not valid yet"), "{detail}");
}

#[test]
fn a_certificate_for_another_name_is_refused_unless_that_name_is_asked_for() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let own = Identity::self_signed(&["pbx.example"], Dates::Timestamp);
    let pem = [issuer.pem(), own.pem.clone()].concat();
    let ca_file = folder.file("ca.pem", &pem);
    for identity in [issuer.issue(&["pbx.example"], Dates::Timestamp), own] {
        let peer = TlsPeer::start(&identity);
        let detail = refusal(over_tls(peer.port, trusting(ca_file.clone())));
        assert!(detail.contains("another name") && detail.contains("serverName"), "{detail}");
        let server_name = Some("pbx.example".to_owned());
        let named = TlsSettings { server_name, ..trusting(ca_file.clone()) };
        Driven::ready(over_tls(peer.port, named)).ping();
    }
}

#[test]
fn a_certificate_that_the_server_asks_for_is_given() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let own = issuer.issue(&["client.example"], Dates::Timestamp);
    let files = (folder.file("own.pem", &own.pem), folder.file("own.key", &own.key_pem()));
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let manners = Manners { versions: &[version], asks: Some(&issuer), ..Manners::default() };
        let peer = TlsPeer::with(&issuer.issue(HERE, Dates::Timestamp), &manners);
        let ca_file = folder.file("ca.pem", &issuer.pem());
        let given = TlsSettings { client_identity: Some(files.clone()), ..trusting(ca_file.clone()) };
        Driven::ready(over_tls(peer.port, given)).ping();

        let detail = refusal(over_tls(peer.port, trusting(ca_file)));
        assert!(detail.to_lowercase().contains("alert"), "{detail}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_named() {
    let folder = Folder::new();
    let peer = TlsPeer::start(&Identity::self_signed(HERE, Dates::Timestamp));
    let missing = folder.file("ca.pem", "").with_file_name("missing.pem");
    let detail = refusal(over_tls(peer.port, trusting(missing)));
    assert!(detail.contains("missing.pem") && detail.contains("No such file"), "{detail}");
    let detail = refusal(over_tls(peer.port, trusting(folder.file("ca.pem", "no certificate"))));
    assert!(detail.contains("ca.pem: no certificate"), "{detail}");
}

#[test]
fn an_insecure_client_trusts_anybody_and_logs_it() {
    let peer = TlsPeer::start(&Identity::self_signed(&["pbx.example"], Dates::Past));
    let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
    let mut driven = Driven::ready(over_tls(peer.port, insecure));
    driven.ping();
    assert!(driven.has(|what| matches!(what, RecordKind::TlsUnverified { port, .. } if *port == peer.port)));
}

#[test]
fn both_versions_of_tls_are_spoken() {
    let (folder, issuer) = (Folder::new(), Issuer::new("Ours"));
    let identity = issuer.issue(HERE, Dates::Timestamp);
    for (version, spoken) in [
        (&rustls::version::TLS12, ProtocolVersion::TLSv1_2),
        (&rustls::version::TLS13, ProtocolVersion::TLSv1_3),
    ] {
        let peer = TlsPeer::with(&identity, &Manners { versions: &[version], ..Manners::default() });
        Driven::ready(over_tls(peer.port, trusting(folder.file("ca.pem", &issuer.pem())))).ping();
        assert_eq!(peer.version(), Some(spoken));
    }
}

#[test]
fn a_certificate_without_its_key_is_refused_also_where_it_is_pinned_or_nobody_verifies() {
    let (folder, own) = (Folder::new(), Identity::self_signed(HERE, Dates::Timestamp));
    let thief = Identity::self_signed(HERE, Dates::Timestamp);
    let pinned = folder.file("own.pem", &own.pem);
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let manners = Manners { versions: &[version], key_of: Some(&thief), ..Manners::default() };
        let peer = TlsPeer::with(&own, &manners);
        let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
        for tls in [trusting(pinned.clone()), insecure] {
            let detail = refusal(over_tls(peer.port, tls));
            assert!(!detail.contains("closed"), "it is the client that refuses: {detail}");
        }
    }
}

#[test]
fn without_a_ca_file_a_self_signed_certificate_is_refused() {
    for identity in
        [Identity::self_signed(HERE, Dates::Timestamp), Issuer::new("Ours").issue(HERE, Dates::Timestamp)]
    {
        let peer = TlsPeer::start(&identity);
        let detail = refusal(over_tls(peer.port, TlsSettings::default()));
        assert!(detail.contains("caFile"), "{detail}");
    }
}

#[test]
fn a_server_of_an_old_protocol_is_refused_also_where_nobody_verifies() {
    // The second byte of the version: SSL 3.0, TLS 1.0 and TLS 1.1.
    for version in 0..3 {
        // A ServerHello with TLS_RSA_WITH_AES_128_CBC_SHA, no session and no extension.
        let mut hello = vec![22, 3, version, 0, 42, 2, 0, 0, 38, 3, version];
        hello.extend([7; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        let address = peer::serve(peer::listener(), move |mut stream| {
            let mut buffer = [0; 4_096];
            if stream.read(&mut buffer).is_ok() && stream.write_all(&hello).is_ok() {
                while matches!(stream.read(&mut buffer), Ok(1..)) {}
            }
        });
        let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
        let detail = refusal(over_tls(address.port(), insecure));
        assert!(detail.contains("TLS") || detail.contains("incompatible"), "{detail}");
    }
}

#[test]
fn the_clients_hello_offers_no_old_protocol() {
    let (sender, hellos) = std::sync::mpsc::channel();
    let address = peer::serve(peer::listener(), move |mut stream| {
        let mut buffer = [0; 4_096];
        let count = stream.read(&mut buffer).unwrap_or_default();
        let _ = sender.send(buffer[..count].to_vec());
    });
    refusal(over_tls(address.port(), TlsSettings { insecure: true, ..TlsSettings::default() }));
    let hello = hellos.recv().expect("a hello");
    // The extension supported_versions (RFC 8446, 4.2.1): number, length, length of the list, list.
    let at =
        hello.windows(5).position(|bytes| bytes == [0, 43, 0, 5, 4]).expect("both versions, and no third");
    let offered = &hello[at + 5..at + 9];
    assert!(offered == [3, 4, 3, 3] || offered == [3, 3, 3, 4], "{offered:?}");
}

#[test]
fn a_plain_server_on_the_tls_port_is_named_as_such() {
    let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
    let detail = refusal(over_tls(peer::plain_server().port(), insecure));
    assert!(detail.contains("does not speak TLS"), "{detail}");
}

#[test]
fn a_tls_server_on_the_plain_port_ends_in_a_login_timeout_without_a_banner() {
    let peer = TlsPeer::start(&Identity::self_signed(HERE, Dates::Timestamp));
    let mut settings = drive::settings("127.0.0.1", peer.port);
    settings.limits.login_timeout = Duration::from_millis(100);
    let (reason, detail) = Driven::failure(settings);
    assert_eq!(reason, DisconnectReason::LoginTimeout);
    assert!(detail.contains("banner"), "{detail}");
}

#[test]
fn a_server_that_ends_the_handshake_is_named_as_such() {
    let address = peer::serve(peer::listener(), |mut stream| {
        // The whole hello is read first, because a close with unread bytes would be a reset.
        let _ = stream.read(&mut [0; 4_096]);
    });
    let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
    let detail = refusal(over_tls(address.port(), insecure));
    assert!(detail.contains("closed during the handshake"), "{detail}");
}

#[test]
fn a_server_that_never_shakes_hands_ends_in_a_connect_timeout() {
    let address =
        peer::serve(peer::listener(), |mut stream| while matches!(stream.read(&mut [0; 64]), Ok(1..)) {});
    let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
    let mut settings = over_tls(address.port(), insecure);
    settings.limits.connect_timeout = Duration::from_millis(100);
    let (reason, detail) = Driven::failure(settings);
    assert_eq!(reason, DisconnectReason::ConnectTimeout, "{detail}");
}
