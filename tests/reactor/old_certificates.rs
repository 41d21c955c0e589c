//! Certificates as Asterisk's `ast_tls_cert` makes them with older releases of OpenSSL: X.509 version 1, without
//! extensions, with keys of 1,024 bits. They are built here by hand, because libraries do not make them any more.

use num_bigint::BigUint;
use rcgen::{KeyPair, PublicKeyData as _, SigningKey as _};
use ring::digest::{SHA256, digest};
use rustls::pki_types::CertificateDer;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use super::certificates::{Dates, Identity, Key};

const OF_RSA: [(&str, &str); 2] = [
    (
        "ec5c06978ac4de095a918e6e3b8c24ddd65434b5b5a369ec47c17c01a81dde5977f1dab9d279f9acab9492108b51eabe53aad2b561151b139c968c2d4193c2468567ba6e1af9d1d8c6729e4d4392b86b79c2a0a7e2c81a35d4cd53fd654dfa3141a10c3c9046405a96436db585be74c745bab6dd4f0e3b7df5278d386cbf56c3",
        "766a7c9afbd939ecb1c56ef8673905576703f50c7c9e0c796651d790f4eb51f4bd151ca230830fc5a488e0cd0d1fd35ddb891fdbe371b18917d08d16375e91dbd08b24a6af1dc05cefb1901567186c46fef7ed0fb0dd20930219891c2b5eb53a54bddb1c7858e596d0dc9fd39cb79aaf0e4259b931cd0d3182342b5132ee18f1",
    ),
    (
        "a2c7318a21391c8dd959b5e627a5ae2d790b9063e091b5115c766e177022ad6a92ceae2bda0f59f5d299915943a11fa224ee86455c78d3f4251916b6a505b2875a2e426e35e4f219dcf73440dd34d2534de51d7e725b41a3fa28e2ae61986108001a6c92de5e0d2f26fb800b69b49f28674399e979ae6d370c7407e82b19370d",
        "44e45b4223c7811f43e3250a30b37d613f7eb6709f05ec055a05c19867dc355b0aa130b3dc896cc08e8e7226be69bdf2a900ce91228efcddb2a9c8a42a799bd1e27850e88f67a3251275b076d842956335435ed1120e4507af30cce01c7ba89f9596846b0e532b8c4dedad38404581e620124011560a2911fa598a01e07fdfe1",
    ),
];

/// An RSA key of 1,024 bits.
#[derive(Clone, Debug)]
pub(crate) struct WeakKey {
    modulus: BigUint,
    private: BigUint,
}

impl WeakKey {
    /// One of two fixed keys.
    pub(crate) fn new(which: usize) -> Self {
        let number = |hex: &str| BigUint::parse_bytes(hex.as_bytes(), 16).expect("digits");
        let (modulus, private) = OF_RSA[which];
        Self { modulus: number(modulus), private: number(private) }
    }

    fn public_key_info(&self) -> Vec<u8> {
        let modulus = [&[0][..], &self.modulus.to_bytes_be()].concat();
        let key = der(0x30, &[&der(2, &[&modulus]), &[2, 3, 1, 0, 1]]);
        // The object identifier rsaEncryption.
        let algorithm = [0x30, 13, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 1, 1, 5, 0];
        der(0x30, &[&algorithm, &der(3, &[&[0], &key])])
    }

    fn power(&self, encoded: &[u8]) -> Vec<u8> {
        let signature = BigUint::from_bytes_be(encoded).modpow(&self.private, &self.modulus).to_bytes_be();
        [vec![0; 128 - signature.len()], signature].concat()
    }
}

impl SigningKey for WeakKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        // TLS 1.3 allows PSS only, and TLS 1.2 of old OpenSSL allows PKCS #1 only.
        let schemes = [SignatureScheme::RSA_PKCS1_SHA256, SignatureScheme::RSA_PSS_SHA256];
        let scheme = schemes.into_iter().find(|scheme| offered.contains(scheme))?;
        Some(Box::new(WeakSigner { key: self.clone(), scheme }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

#[derive(Debug)]
struct WeakSigner {
    key: WeakKey,
    scheme: SignatureScheme,
}

impl Signer for WeakSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let hash = digest(&SHA256, message);
        let encoded = if self.scheme == SignatureScheme::RSA_PSS_SHA256 {
            let salt = [7; 32];
            let seed = digest(&SHA256, &[&[0; 8], hash.as_ref(), &salt].concat());
            let mut block = [vec![0; 128 - 32 - 1 - 32 - 1], vec![1], salt.to_vec()].concat();
            for (at, byte) in block.iter_mut().enumerate() {
                let count = u32::try_from(at / 32).expect("small").to_be_bytes();
                *byte ^= digest(&SHA256, &[seed.as_ref(), &count].concat()).as_ref()[at % 32];
            }
            block[0] &= 0x7f;
            [&block, seed.as_ref(), &[0xbc]].concat()
        } else {
            // The DigestInfo of SHA-256.
            let info = [0x30, 49, 0x30, 13, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32];
            let padding = vec![0xff; 128 - 3 - info.len() - 32];
            [&[0, 1][..], &padding, &[0], &info, hash.as_ref()].concat()
        };
        Ok(self.key.power(&encoded))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

/// The properties of such a certificate.
#[derive(Clone, Copy)]
pub(crate) struct Old<'a> {
    pub(crate) version: u8,
    pub(crate) common_name: &'a str,
    pub(crate) dates: Dates,
    pub(crate) weak: bool,
}

impl Identity {
    /// Makes a certificate without extensions, signed by the private CA or by itself.
    pub(crate) fn old(old: Old<'_>, issuer: Option<(&str, &KeyPair)>) -> Self {
        let (key, usual) = (WeakKey::new(0), KeyPair::generate().expect("random numbers"));
        let info = if old.weak { key.public_key_info() } else { usual.subject_public_key_info() };
        let (issuer_name, signer) = issuer.unwrap_or((old.common_name, &usual));
        let version = der(0xa0, &[&[2, 1, 2]]);
        // The object identifier ecdsa-with-SHA256.
        let algorithm = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
        let (from, to) = match old.dates {
            Dates::Timestamp => (b"20000101000000Z", b"40000101000000Z"),
            Dates::Past => (b"20000101000000Z", b"20010101000000Z"),
            Dates::Future => (b"39990101000000Z", b"40000101000000Z"),
        };
        let validity = der(0x30, &[&der(0x18, &[from]), &der(0x18, &[to])]);
        let version = if old.version == 1 { &[][..] } else { &version };
        let (issuer, subject) = (name(issuer_name), name(old.common_name));
        let body = der(0x30, &[version, &[2, 1, 1], &algorithm, &issuer, &validity, &subject, &info]);
        let signature = signer.sign(&body).expect("a fine key");
        let whole = der(0x30, &[&body, &algorithm, &der(3, &[&[0], &signature])]);
        let pem = pem(&whole);
        let key = if old.weak { Key::Weak(key) } else { Key::Usual(Box::new(usual)) };
        Self { pem, der: CertificateDer::from(whole), key }
    }
}

fn name(common: &str) -> Vec<u8> {
    let attribute = der(0x30, &[&[6, 3, 0x55, 4, 3], &der(12, &[common.as_bytes()])]);
    der(0x30, &[&der(0x31, &[&attribute])])
}

/// Encodes one DER value.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).expect("short");
    let head = match length {
        0..0x80 => vec![tag, length.to_be_bytes()[1]],
        0x80..0x100 => vec![tag, 0x81, length.to_be_bytes()[1]],
        _ => [&[tag, 0x82][..], &length.to_be_bytes()].concat(),
    };
    [head, content].concat()
}

fn pem(der: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for bytes in der.chunks(3) {
        let number = bytes
            .iter()
            .chain(&[0, 0])
            .take(3)
            .fold(0_usize, |number, byte| number << 8 | usize::from(*byte));
        for place in 0..4 {
            let digit = DIGITS[number >> (18 - 6 * place) & 63];
            text.push(if place <= bytes.len() { char::from(digit) } else { '=' });
        }
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}
