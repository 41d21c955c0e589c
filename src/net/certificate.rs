//! A server's certificate, including certificates that webpki cannot read, and a description of its faults.

use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use webpki::RawPublicKeyEntity;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::{ASN1Time, FromDer};
use x509_parser::public_key::PublicKey;

use super::weak_rsa::{self, WeakKey};

/// `sha1WithRSAEncryption`, `md5WithRSAEncryption` and `ecdsa-with-SHA1`, which TLS libraries no longer verify.
const BROKEN_SIGNATURES: [&str; 3] = ["1.2.840.113549.1.1.5", "1.2.840.113549.1.1.4", "1.2.840.10045.4.1"];

/// One certificate. Asterisk's `ast_tls_cert` (contrib/scripts) makes a private CA and a certificate signed by
/// it, which has a common name and no extensions. Both certificates are of X.509 version 1 with OpenSSL up to
/// 3.0, and their RSA keys have 1,024 bits in older releases.
pub(super) struct Certificate<'a>(X509Certificate<'a>);

/// How a time relates to the validity dates of a certificate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Validity {
    NotYet,
    Valid,
    Expired,
}

impl<'a> Certificate<'a> {
    /// `None` if the bytes are not a certificate.
    pub(super) fn read(der: &'a CertificateDer<'_>) -> Option<Self> {
        let (rest, certificate) = X509Certificate::from_der(der).ok()?;
        rest.is_empty().then_some(Self(certificate))
    }

    pub(super) fn validity(&self, now: UnixTime) -> Validity {
        let now = i64::try_from(now.as_secs()).ok().and_then(|now| ASN1Time::from_timestamp(now).ok());
        let Some(now) = now else { return Validity::Expired };
        match self.0.validity() {
            validity if now < validity.not_before => Validity::NotYet,
            validity if now > validity.not_after => Validity::Expired,
            _ => Validity::Valid,
        }
    }

    /// True if the certificate has a `subjectAltName`. webpki verifies no other names.
    pub(super) fn has_alternative_names(&self) -> bool {
        matches!(self.0.subject_alternative_name(), Ok(Some(_)))
    }

    /// The common name, which `ast_tls_cert` writes and webpki does not verify.
    pub(super) fn common_name(&self) -> Option<&str> {
        self.0.subject().iter_common_name().next().and_then(|name| name.as_str().ok())
    }

    /// Whether the common name is this name. For a certificate without a `subjectAltName`.
    pub(super) fn is_commonly(&self, name: &ServerName<'_>) -> bool {
        self.common_name().is_some_and(|common| common.eq_ignore_ascii_case(&name.to_str()))
    }

    pub(super) fn was_issued_by(&self, issuer: &Certificate<'_>) -> bool {
        self.0.issuer().as_raw() == issuer.0.subject().as_raw()
    }

    /// Whether the certificate's key made the signature. `schemes` are the signature schemes of the handshake.
    pub(super) fn proves(
        &self,
        schemes: WebPkiSupportedAlgorithms,
        scheme: SignatureScheme,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        if let Some(key) = self.weak_key() {
            return key.verifies(scheme, message, signature);
        }
        let key = SubjectPublicKeyInfoDer::from(self.0.public_key().raw);
        let Ok(key) = RawPublicKeyEntity::try_from(&key) else { return false };
        let algorithms = schemes.mapping.iter().find(|(known, _)| *known == scheme);
        algorithms.is_some_and(|(_, algorithms)| {
            algorithms.iter().any(|algorithm| key.verify_signature(*algorithm, message, signature).is_ok())
        })
    }

    fn weak_key(&self) -> Option<WeakKey> {
        match self.0.public_key().parsed() {
            Ok(PublicKey::RSA(rsa)) => WeakKey::new(rsa.modulus, rsa.exponent),
            _ => None,
        }
    }

    /// The size in bits of an RSA key that is too short.
    fn weak_bits(&self) -> Option<usize> {
        match self.0.public_key().parsed() {
            Ok(PublicKey::RSA(rsa)) => {
                let bits = rsa.modulus.iter().skip_while(|byte| **byte == 0).count() * 8;
                (bits <= *weak_rsa::BITS.end()).then_some(bits)
            }
            _ => None,
        }
    }

    /// The faults because of which no issuer can make this certificate valid, as text.
    pub(super) fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.0.version().0 == 0 {
            faults.push("is of X.509 version 1".to_owned());
        }
        if !self.has_alternative_names() {
            let only = self.common_name().map_or("no name at all".to_owned(), |name| {
                format!("only the common name \"{}\"", name.escape_debug())
            });
            faults.push(format!("has no subjectAltName, {only}"));
        }
        faults.extend(self.key_faults());
        faults
    }

    /// The faults that also make an issuer's certificate unusable.
    pub(super) fn key_faults(&self) -> Vec<String> {
        let bits = self.weak_bits().map(|bits| format!("has an RSA key of {bits} bits, not 2048 or more"));
        let signature = self.0.signature_algorithm.algorithm.to_id_string();
        let is_broken = BROKEN_SIGNATURES.contains(&signature.as_str());
        bits.into_iter().chain(is_broken.then(|| "is signed by way of SHA-1 or MD5".to_owned())).collect()
    }
}
