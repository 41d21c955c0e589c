//! The files that a TLS connect needs. They are read on another thread, so that a file that hangs does not
//! block PHP.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::trust::{AcceptAnyCertificate, Verifier};
use crate::settings::TlsSettings;

/// The system's trusted certificates, read once per process. Only the thread that drives the reactor sets this
/// cell. If another thread were setting it during a fork, the child would wait for it for ever.
static SYSTEM: OnceLock<Arc<Verifier>> = OnceLock::new();

/// TLS sessions that one configuration keeps for resumption. A configuration belongs to one server.
const SESSIONS: usize = 8;

/// The files that the settings name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Files {
    trust: Trust,
    identity: Option<(PathBuf, PathBuf)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Trust {
    Anyone,
    System,
    File(PathBuf),
}

/// The contents of the files.
#[derive(Debug)]
pub(super) struct Credentials {
    trusted: Trusted,
    identity: Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>,
}

#[derive(Debug)]
enum Trusted {
    Anyone,
    System(Arc<Verifier>),
    Given(Arc<Verifier>),
}

impl Files {
    pub(super) fn of(tls: &TlsSettings) -> Self {
        let trust = match &tls.ca_file {
            _ if tls.insecure => Trust::Anyone,
            None => Trust::System,
            Some(path) => Trust::File(path.clone()),
        };
        Self { trust, identity: tls.client_identity.clone() }
    }

    /// The credentials, if no file has to be read.
    pub(super) fn known(&self) -> Option<Credentials> {
        let trusted = match (&self.trust, &self.identity) {
            (Trust::Anyone, None) => Trusted::Anyone,
            (Trust::System, None) => Trusted::System(Arc::clone(SYSTEM.get()?)),
            _ => return None,
        };
        Some(Credentials { trusted, identity: None })
    }

    /// Reads the files, which may block.
    ///
    /// # Errors
    ///
    /// Names the file that cannot be used, and says why.
    pub(super) fn read(&self, provider: &Arc<CryptoProvider>) -> Result<Credentials, String> {
        let trusted = match &self.trust {
            Trust::Anyone => Trusted::Anyone,
            Trust::System => match SYSTEM.get() {
                Some(verifier) => Trusted::System(Arc::clone(verifier)),
                None => Trusted::System(Arc::new(Verifier::of_system(provider)?)),
            },
            Trust::File(path) => {
                let verifier = Verifier::of_file(certificates(path)?, provider);
                Trusted::Given(Arc::new(verifier.map_err(|error| format!("{}: {error}", path.display()))?))
            }
        };
        let identity = match &self.identity {
            None => None,
            Some((chain, key)) => {
                let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable(key, &error))?;
                Some((certificates(chain)?, private))
            }
        };
        Ok(Credentials { trusted, identity })
    }
}

impl Credentials {
    /// Stores the system's trusted certificates for the rest of the process.
    pub(super) fn remember(&self) {
        if let Trusted::System(verifier) = &self.trusted {
            let _ = SYSTEM.set(Arc::clone(verifier));
        }
    }

    /// A TLS configuration with these credentials. Returns the `last` one if the credentials are the same,
    /// because it has sessions to resume.
    ///
    /// # Errors
    ///
    /// Names the part of the credentials that cannot be used.
    pub(super) fn configure(
        &self,
        provider: &Arc<CryptoProvider>,
        last: Option<&Configured>,
    ) -> Result<Configured, String> {
        let source: &[CertificateDer<'static>] = match &self.trusted {
            Trusted::Anyone | Trusted::System(_) => &[],
            Trusted::Given(verifier) => verifier.pinned(),
        };
        if let Some(last) = last.filter(|last| self.identity.is_none() && last.source == source) {
            return Ok(last.clone());
        }
        let verifier: Arc<dyn ServerCertVerifier> = match &self.trusted {
            Trusted::Anyone => Arc::new(AcceptAnyCertificate(provider.signature_verification_algorithms)),
            Trusted::System(verifier) | Trusted::Given(verifier) => Arc::clone(verifier) as _,
        };
        let builder = ClientConfig::builder_with_provider(Arc::clone(provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier);
        let mut config = match &self.identity {
            None => builder.with_no_client_auth(),
            Some((chain, key)) => builder
                .with_client_auth_cert(chain.clone(), key.clone_key())
                .map_err(|error| format!("the client's certificate and key: {error}"))?,
        };
        // OpenSSL refuses to resume a session with a client certificate if the server has set no session id
        // context, and Asterisk sets none (main/tcptls.c).
        config.resumption = match self.identity {
            None => Resumption::in_memory_sessions(SESSIONS),
            Some(_) => Resumption::disabled(),
        };
        Ok(Configured { config: Arc::new(config), source: source.to_vec() })
    }
}

/// A TLS configuration, and the certificates of `ca_file` from which it was made.
#[derive(Clone, Debug)]
pub(super) struct Configured {
    pub(super) config: Arc<ClientConfig>,
    source: Vec<CertificateDer<'static>>,
}

fn unusable(path: &Path, error: &rustls::pki_types::pem::Error) -> String {
    format!("{}: {error:?}", path.display())
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let pem = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let found = found.map_err(|error| unusable(path, &error))?;
    if found.is_empty() {
        return Err(format!("{}: no certificate in it", path.display()));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_the_system_trusts_is_read_once_a_process() {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let files = Files::of(&TlsSettings::default());
        match files.read(&provider) {
            Ok(read) => {
                read.remember();
                let again = files.known().expect("nothing is left to read");
                let (Trusted::System(first), Trusted::System(second)) =
                    (files.read(&provider).expect("as before").trusted, again.trusted)
                else {
                    panic!("the system's")
                };
                assert!(Arc::ptr_eq(&first, &second));
            }
            Err(error) => assert!(error.contains("caFile"), "a machine without roots: {error}"),
        }
        let insecure = TlsSettings { insecure: true, ..TlsSettings::default() };
        assert!(Files::of(&insecure).known().is_some(), "who trusts anybody reads nothing");
    }
}
