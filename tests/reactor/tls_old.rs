//! Certificates of older installations. A client that pins the certificate or does not verify it is connected. A client
//! that verifies the issuer gets an error that says what is wrong and what to do.

use apn_ami::error::DisconnectReason;
use apn_ami::settings::{ServerSettings, TlsSettings};
use rcgen::KeyPair;

use super::certificates::Key;
use super::certificates::{Dates, Folder, Identity};
use super::drive::{self, Driven};
use super::old_certificates::{Old, WeakKey};
use super::tls_peer::{Manners, TlsPeer};

const USUAL: Old<'_> = Old { version: 1, common_name: "pbx.example", dates: Dates::Timestamp, weak: false };
const KINDS: [Old<'_>; 4] = [
    USUAL,
    Old { version: 3, ..USUAL },
    Old { weak: true, ..USUAL },
    Old { version: 3, weak: true, ..USUAL },
];

/// The private CA that `ast_tls_cert` makes beside the certificate.
struct PrivateCa {
    key: Box<KeyPair>,
    pem: String,
}

impl PrivateCa {
    fn new() -> Self {
        let own = Identity::old(Old { common_name: "Private CA", ..USUAL }, None);
        let Key::Usual(key) = own.key else { panic!("a usual key") };
        Self { key, pem: own.pem }
    }

    fn issue(&self, old: Old<'_>) -> Identity {
        Identity::old(old, Some(("Private CA", &self.key)))
    }
}

fn insecure() -> TlsSettings {
    TlsSettings { insecure: true, ..TlsSettings::default() }
}

fn settings(peer: &TlsPeer, tls: TlsSettings) -> ServerSettings {
    ServerSettings { tls: Some(tls), ..drive::settings("127.0.0.1", peer.port) }
}

fn refusal(peer: &TlsPeer, tls: TlsSettings) -> String {
    let (reason, detail) = Driven::failure(settings(peer, tls));
    assert_eq!(reason, DisconnectReason::Tls, "{detail}");
    detail
}

#[test]
fn whoever_trusts_just_this_certificate_or_anybody_is_connected() {
    let (folder, ca) = (Folder::new(), PrivateCa::new());
    for old in KINDS {
        let own = ca.issue(old);
        let ca_file = Some(folder.file("own.pem", &own.pem));
        let server_name = Some("PBX.example".to_owned());
        let pinned = TlsSettings { ca_file, server_name, ..TlsSettings::default() };
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let peer = TlsPeer::with(&own, &Manners { versions: &[version], ..Manners::default() });
            for tls in [insecure(), pinned.clone()] {
                Driven::ready(settings(&peer, tls)).ping();
            }
        }
    }
}

#[test]
fn whoever_shows_it_without_its_key_is_refused() {
    let (folder, ca) = (Folder::new(), PrivateCa::new());
    for old in KINDS {
        let (own, mut thief) = (ca.issue(old), ca.issue(old));
        if old.weak {
            thief.key = Key::Weak(WeakKey::new(1));
        }
        let ca_file = Some(folder.file("own.pem", &own.pem));
        let server_name = Some("pbx.example".to_owned());
        let pinned = TlsSettings { ca_file, server_name, ..TlsSettings::default() };
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let manners = Manners { versions: &[version], key_of: Some(&thief), ..Manners::default() };
            let peer = TlsPeer::with(&own, &manners);
            for tls in [insecure(), pinned.clone()] {
                let detail = refusal(&peer, tls);
                assert!(!detail.contains("closed"), "it is the client that refuses: {detail}");
            }
        }
    }
}

#[test]
fn whoever_wants_an_issuer_to_vouch_for_it_is_told_what_is_wrong_and_what_to_do() {
    let (folder, ca) = (Folder::new(), PrivateCa::new());
    for old in KINDS {
        let peer = TlsPeer::start(&ca.issue(old));
        for ca_file in [Some(folder.file("ca.pem", &ca.pem)), None] {
            let server_name = Some("pbx.example".to_owned());
            let detail = refusal(&peer, TlsSettings { ca_file, server_name, ..TlsSettings::default() });
            let says = |words: &str| detail.contains(words);
            assert_eq!(says("X.509 version 1"), old.version == 1, "{detail}");
            assert_eq!(says("RSA key of 1024 bits"), old.weak, "{detail}");
            assert!(says("no subjectAltName, only the common name \"pbx.example\""), "{detail}");
            assert!(says("into caFile") && says("openssl req") && says("subjectAltName=DNS:"), "{detail}");
        }
    }
}

#[test]
fn a_pinned_one_is_held_to_its_name_and_its_dates() {
    let folder = Folder::new();
    let pinned = |own: &Identity, server_name: Option<&str>| TlsSettings {
        ca_file: Some(folder.file("own.pem", &own.pem)),
        server_name: server_name.map(str::to_owned),
        ..TlsSettings::default()
    };
    for old in KINDS {
        let own = Identity::old(old, None);
        let peer = TlsPeer::start(&own);
        let detail = refusal(&peer, pinned(&own, None));
        assert!(detail.contains("for \"pbx.example\" and not for \"127.0.0.1\": set serverName"), "{detail}");
        Driven::ready(settings(&peer, pinned(&own, Some("pbx.example")))).ping();

        for (dates, said) in [(Dates::Past, "expired"), (Dates::Future, "not valid yet")] {
            let own = Identity::old(Old { dates, ..old }, None);
            let detail = refusal(&TlsPeer::start(&own), pinned(&own, Some("pbx.example")));
            assert!(detail.contains(said), "{detail}");
        }
    }
}
