//! Which certificates a client trusts, and how it explains a certificate that it does not trust.

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

/// The remedy that needs no new certificate, for example for a user of `ast_tls_cert`.
const PIN_IT: &str = "put the certificate itself into caFile to trust just it";
const MAKE_ANOTHER: &str = "make another with openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj /CN=NAME \
     -addext subjectAltName=DNS:NAME -keyout asterisk.key -out asterisk.crt";

/// Verifies as webpki does, and also trusts a certificate that is itself in `ca_file`, whatever webpki's
/// verdict. Such a certificate may be a CA as well, as most guides make it, or have no extensions, as
/// Asterisk's `ast_tls_cert` makes it.
#[derive(Debug)]
pub(super) struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    schemes: WebPkiSupportedAlgorithms,
    /// The certificates of `ca_file`.
    pinned: Vec<CertificateDer<'static>>,
}

impl Verifier {
    /// Trusts these certificates, and those that they have issued.
    ///
    /// # Errors
    ///
    /// Says why a certificate cannot be used.
    pub(super) fn of_file(
        certificates: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, String> {
        let mut roots = RootCertStore::empty();
        for certificate in &certificates {
            // A certificate that cannot be an issuer can still be trusted itself.
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

    /// Trusts the certificates that the system trusts.
    ///
    /// # Errors
    ///
    /// The system trusts none.
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

    pub(super) fn pinned(&self) -> &[CertificateDer<'static>] {
        &self.pinned
    }

    fn pins(&self, certificate: &CertificateDer<'_>) -> bool {
        self.pinned.iter().any(|pinned| pinned == certificate)
    }

    /// Verifies a certificate that is itself in `ca_file`. It needs no issuer, but its name and its dates must
    /// be right.
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

    /// Explains an error in the user's words, with the remedy.
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

/// Trusts any certificate, for users who have chosen this. The peer must still prove that it has the
/// certificate's key.
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

/// Verifies that the peer has the key of its certificate. If rustls cannot read the certificate, or its key is
/// too short for rustls, the signature is verified with the key alone.
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
