//! Signatures by RSA keys of 1,024 to 2,047 bits: older installations still make them, and rustls no longer
//! verifies them.
//!
//! Such a key is accepted only if the user accepts any certificate, or has put exactly this certificate into
//! `ca_file`. The peer must still prove that it has the key.

use rsa::{BoxedUint, Pkcs1v15Sign, Pss, PublicKey};
use rustls::SignatureScheme;
use sha1::{Digest as _, Sha1};
use sha2::{Sha256, Sha384, Sha512};

/// The key sizes that count as weak, in bits.
pub(super) const BITS: std::ops::RangeInclusive<usize> = 1_024..=2_047;

pub(super) struct WeakKey(PublicKey);

impl WeakKey {
    /// `None` if the key is not weak, or not a usable RSA key.
    pub(super) fn new(modulus: &[u8], exponent: &[u8]) -> Option<Self> {
        let [modulus, exponent] = [modulus, exponent].map(BoxedUint::from_be_slice_vartime);
        PublicKey::new_with_size_limits(modulus, exponent, BITS).ok().map(Self)
    }

    /// Whether the key made this signature. The salt of RSASSA-PSS is as long as the hash, as TLS requires.
    pub(super) fn verifies(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        let key = &self.0;
        let verified = match scheme {
            SignatureScheme::RSA_PSS_SHA256 => {
                key.verify(Pss::<Sha256>::new(), &Sha256::digest(message), signature)
            }
            SignatureScheme::RSA_PSS_SHA384 => {
                key.verify(Pss::<Sha384>::new(), &Sha384::digest(message), signature)
            }
            SignatureScheme::RSA_PSS_SHA512 => {
                key.verify(Pss::<Sha512>::new(), &Sha512::digest(message), signature)
            }
            SignatureScheme::RSA_PKCS1_SHA1 => {
                key.verify(Pkcs1v15Sign::new::<Sha1>(), &Sha1::digest(message), signature)
            }
            SignatureScheme::RSA_PKCS1_SHA256 => {
                key.verify(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message), signature)
            }
            SignatureScheme::RSA_PKCS1_SHA384 => {
                key.verify(Pkcs1v15Sign::new::<Sha384>(), &Sha384::digest(message), signature)
            }
            SignatureScheme::RSA_PKCS1_SHA512 => {
                key.verify(Pkcs1v15Sign::new::<Sha512>(), &Sha512::digest(message), signature)
            }
            _ => return false,
        };
        verified.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made by OpenSSL 3 with a key of 1,024 bits.
    const MODULUS: &str = "ec5c06978ac4de095a918e6e3b8c24ddd65434b5b5a369ec47c17c01a81dde5977f1dab9d279f9acab9492108b51eabe53aad2b561151b139c968c2d4193c2468567ba6e1af9d1d8c6729e4d4392b86b79c2a0a7e2c81a35d4cd53fd654dfa3141a10c3c9046405a96436db585be74c745bab6dd4f0e3b7df5278d386cbf56c3";
    const MESSAGE: &[u8] = b"signed by way of openssl";
    const SIGNATURES: [(SignatureScheme, &str); 3] = [
        (
            SignatureScheme::RSA_PSS_SHA256,
            "42e909b1613fb8f6409049f7c99038c73efcacaaee7c64ff427583a045503465aedb239da3468448b11f5e6f254fdc3f0b9b6ae71e2abd0bebd929f72e3326566a38051fec585e2a3b32ffa00376c2221ecadd1c3e59c6f1b28747194730753d8dfbf6643be92293b565912c70ca87292104860c5ccb6ad23b55b233d82c7718",
        ),
        (
            SignatureScheme::RSA_PSS_SHA384,
            "769b84f0a6e0fcd90c110f28bb33fb8b518b1907680499a186eb3113446db02a104d4bc44130745dc909bd0c122cd650ec859146b15e146153f4b8d08915212d393f12e05089e14c7e63f5e71f12e5f7438edd5c5f571928688e4ed43ee6730f739986154f167fce20edce12e646b5c40fb92ae8c6d285a141f65e2d4255bd67",
        ),
        (
            SignatureScheme::RSA_PKCS1_SHA256,
            "54c312ede8ce1c7cf8dfcadb8f8cb1ba02e9debb31597de3dcf4300df9979d7576a370ca789666f0ede4b46ecb08503eaf76189d9d3b638a11b946bfbc14e70bbdaf30514bb8baad436441879ed21f10d1c6513674747951ed32b7f7a78065eb352445bb089d5e8767a9c4d4613bff458bf8088768f7892e415901c4b78e04da",
        ),
    ];

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
    }

    #[test]
    fn what_openssl_signed_is_verified_and_nothing_else_is() {
        let key = WeakKey::new(&bytes(MODULUS), &[1, 0, 1]).expect("a weak key");
        for (scheme, signature) in SIGNATURES {
            let signature = bytes(signature);
            assert!(key.verifies(scheme, MESSAGE, &signature), "{scheme:?}");
            assert!(!key.verifies(scheme, b"another message", &signature), "{scheme:?}");
            for at in 0..signature.len() {
                let mut forged = signature.clone();
                forged[at] ^= 1;
                assert!(!key.verifies(scheme, MESSAGE, &forged), "{scheme:?}, byte {at}");
            }
            for other in
                [&signature[1..], &[&[0], signature.as_slice()].concat(), &[0xff; 128], &[0; 128], &[]]
            {
                assert!(!key.verifies(scheme, MESSAGE, other), "{scheme:?}");
            }
            for (other, _) in SIGNATURES.iter().filter(|(other, _)| *other != scheme) {
                assert!(!key.verifies(*other, MESSAGE, &signature), "{scheme:?} as {other:?}");
            }
        }
        assert!(!key.verifies(SignatureScheme::RSA_PSS_SHA512, MESSAGE, &[1; 128]), "no room for its hash");
        assert!(!key.verifies(SignatureScheme::ED25519, MESSAGE, &[1; 64]));
    }

    #[test]
    fn only_keys_of_1024_to_2047_bits_are_weak_ones() {
        let with_bits = |bits: usize| {
            let mut modulus = vec![0xff; bits / 8];
            modulus.insert(0, 0xff >> (8 - bits % 8));
            WeakKey::new(&modulus, &[1, 0, 1]).is_some()
        };
        assert_eq!([1_023, 1_025, 2_047, 2_049].map(with_bits), [false, true, true, false]);
        assert!(WeakKey::new(&[0xfe; 128], &[1, 0, 1]).is_none(), "even");
        assert!(WeakKey::new(&[0xff; 128], &[0xff; 9]).is_none(), "an exponent without bounds");
    }
}
