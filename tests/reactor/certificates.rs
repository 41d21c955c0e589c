//! Certificates made for one test, and the files from which the client reads them.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::SigningKey;

use super::old_certificates::WeakKey;

/// A certificate authority. A test decides whether the client trusts it.
pub(crate) struct Issuer(CertifiedIssuer<'static, KeyPair>);

/// A certificate with its key.
pub(crate) struct Identity {
    pub(crate) pem: String,
    pub(crate) der: CertificateDer<'static>,
    pub(crate) key: Key,
}

pub(crate) enum Key {
    Usual(Box<KeyPair>),
    /// An RSA key of 1,024 bits.
    Weak(WeakKey),
}

/// The validity period of a certificate.
#[derive(Clone, Copy)]
pub(crate) enum Dates {
    Timestamp,
    Past,
    Future,
}

impl Issuer {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = params(&[], Dates::Timestamp);
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, key()).expect("a fine issuer"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.0.der().clone()
    }

    /// Issues a certificate for these names.
    pub(crate) fn issue(&self, names: &[&str], dates: Dates) -> Identity {
        let mut params = params(names, dates);
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let key = key();
        let certificate = params.signed_by(&key, &self.0).expect("a fine certificate");
        Identity { pem: certificate.pem(), der: certificate.der().clone(), key: Key::Usual(Box::new(key)) }
    }
}

impl Identity {
    /// A self-signed certificate that is also a CA, as most guides make it.
    pub(crate) fn self_signed(names: &[&str], dates: Dates) -> Self {
        let mut params = params(names, dates);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = key();
        let certificate = params.self_signed(&key).expect("a fine certificate");
        Self { pem: certificate.pem(), der: certificate.der().clone(), key: Key::Usual(Box::new(key)) }
    }

    pub(crate) fn chain(&self) -> Vec<CertificateDer<'static>> {
        vec![self.der.clone()]
    }

    /// The key for the configuration of a server.
    pub(crate) fn signing_key(&self) -> Arc<dyn SigningKey> {
        match &self.key {
            Key::Usual(key) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a fine key");
                rustls::crypto::ring::sign::any_supported_type(&key).expect("a fine key")
            }
            Key::Weak(key) => Arc::new(key.clone()),
        }
    }

    /// The key as text for a PEM file.
    pub(crate) fn key_pem(&self) -> String {
        match &self.key {
            Key::Usual(key) => key.serialize_pem(),
            Key::Weak(_) => panic!("no client has a weak key here"),
        }
    }
}

fn key() -> KeyPair {
    KeyPair::generate().expect("random numbers")
}

fn params(names: &[&str], dates: Dates) -> CertificateParams {
    let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("fine names");
    let (from, to) = match dates {
        Dates::Timestamp => (2000, 4000),
        Dates::Past => (2000, 2001),
        Dates::Future => (3999, 4000),
    };
    (params.not_before, params.not_after) = (date_time_ymd(from, 1, 1), date_time_ymd(to, 1, 1));
    params
}

/// A temporary folder that is deleted when it is dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let name = format!("ami-reactor-{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, text).expect("a writable folder");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
