//! Whom a client trusts, and what it says where it does not.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, PeerMisbehaved, RootCertStore, SignatureScheme,
};

use super::certificate::{Certificate, Validity};

/// Where `ast_tls_cert` has a user, there is a way out without another certificate.
const PIN_IT: &str = "put the certificate itself into caFile to trust just it";
const MAKE_ANOTHER: &str = "make another with openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj /CN=NAME \
     -addext subjectAltName=DNS:NAME -keyout asterisk.key -out asterisk.crt";

/// Verifies as webpki does, and trusts a certificate that stands in `ca_file` itself, whatever webpki thinks of it:
/// that it is a CA as well, as most guides make it, or that it has no extensions, as `ast_tls_cert` of Asterisk makes it.
#[derive(Debug)]
pub(super) struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    schemes: WebPkiSupportedAlgorithms,
    /// What stands in `ca_file`.
    pinned: Vec<CertificateDer<'static>>,
}

impl Verifier {
    /// Trusts these and whom they vouch for.
    ///
    /// # Errors
    ///
    /// Which of them cannot be used.
    pub(super) fn of_file(
        certificates: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            // One that is no issuer may be trusted itself.
            if let Err(error) = roots.add(certificate.clone())
                && Certificate::read(certificate).is_none()
            {
                return Err(error.to_string());
            }
        }
        if roots.is_empty() {
            return Err("no certificate in it can be used".to_owned());
        }
        Self::of_roots(roots, certificates, provider)
    }

    /// Trusts whom the system trusts.
    ///
    /// # Errors
    ///
    /// When that is nobody.
    pub(super) fn of_system(provider: &Arc<CryptoProvider>) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if roots.is_empty() {
            return Err("the system has no trusted certificates: set caFile".to_owned());
        }
        Self::of_roots(roots, Vec::new(), provider)
    }

    fn of_roots(
        roots: RootCertStore,
        pinned: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let webpki = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(provider));
        let webpki = webpki.build().map_err(|error| error.to_string())?;
        Ok(Self { webpki, schemes: provider.signature_verification_algorithms, pinned })
    }

    /// The certificates of `ca_file`.
    pub(super) fn pinned(&self) -> &[CertificateDer<'static>] {
        &self.pinned
    }

    fn pins(&self, certificate: &CertificateDer<'_>) -> bool {
        self.pinned.iter().any(|pinned| pinned == certificate)
    }

    /// What an issuer vouches for without need: the certificate is ours already. Its name and its dates still count.
    fn verify_pinned(
        certificate: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let read =
            Certificate::read(certificate).ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
        match read.validity(now) {
            Validity::Expired => return Err(CertificateError::Expired.into()),
            Validity::NotYet => return Err(CertificateError::NotValidYet.into()),
            Validity::Valid => {}
        }
        if read.has_alternative_names() {
            rustls::client::verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        } else if !read.is_commonly(name) {
            let common = read.common_name().unwrap_or_default().escape_debug().to_string();
            return Err(Error::General(format!(
                "the server's certificate is for \"{common}\" and not for \"{}\": set serverName to its name",
                name.to_str()
            )));
        }
        Ok(ServerCertVerified::assertion())
    }

    /// The cause in the user's words, and the way out.
    fn explained(&self, error: Error, certificate: &CertificateDer<'_>) -> Error {
        let Error::InvalidCertificate(reason) = &error else { return error };
        let Some(read) = Certificate::read(certificate) else { return error };
        let is_of_dates = matches!(
            reason,
            CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. }
        );
        let mut faults = read.faults();
        for issuer in self.pinned.iter().filter_map(Certificate::read) {
            if read.was_issued_by(&issuer) {
                faults.extend(
                    issuer.key_faults().iter().map(|fault| format!("is signed by an issuer that {fault}")),
                );
            }
        }
        if is_of_dates || faults.is_empty() {
            return error;
        }
        let faults = faults.join(", ");
        Error::General(format!(
            "the server's certificate {faults} (ast_tls_cert of Asterisk makes such ones), and cannot be verified by an \
             issuer: {PIN_IT}, or {MAKE_ANOTHER}"
        ))
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.pins(end_entity) {
            return Self::verify_pinned(end_entity, server_name, now);
        }
        self.webpki
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
            .map_err(|error| self.explained(error, end_entity))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.pins(certificate) {
            return proven(self.schemes, message, certificate, signature, verify_tls12_signature);
        }
        let verdict = self.webpki.verify_tls12_signature(message, certificate, signature);
        verdict.map_err(|error| self.explained(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if self.pins(certificate) {
            return proven(self.schemes, message, certificate, signature, verify_tls13_signature);
        }
        let verdict = self.webpki.verify_tls13_signature(message, certificate, signature);
        verdict.map_err(|error| self.explained(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

/// Trusts any certificate, for users who said so. Whoever shows it must still have its key.
#[derive(Debug)]
pub(super) struct AcceptAnyCertificate(pub(super) WebPkiSupportedAlgorithms);

impl ServerCertVerifier for AcceptAnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proven(self.0, message, certificate, signature, verify_tls12_signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        proven(self.0, message, certificate, signature, verify_tls13_signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.supported_schemes()
    }
}

type Verify = fn(
    &[u8],
    &CertificateDer<'_>,
    &DigitallySignedStruct,
    &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error>;

/// The peer has the key of its certificate: as rustls sees it, or where the certificate is none that rustls reads, or
/// its key too short for it, by the key alone.
fn proven(
    schemes: WebPkiSupportedAlgorithms,
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &DigitallySignedStruct,
    verify: Verify,
) -> Result<HandshakeSignatureValid, Error> {
    let verdict = verify(message, certificate, signature, &schemes);
    let is_misbehaviour = matches!(
        verdict,
        Err(Error::PeerMisbehaved(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme))
    );
    if verdict.is_ok() || is_misbehaviour {
        return verdict;
    }
    let proves = |certificate: Certificate<'_>| {
        certificate.proves(schemes, signature.scheme, message, signature.signature())
    };
    if Certificate::read(certificate).is_some_and(proves) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        verdict
    }
}
