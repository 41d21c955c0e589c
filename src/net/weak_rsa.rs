//! Signatures by RSA keys of 1,024 to 2,047 bits: still made by older installations, and no longer verified by rustls.
//!
//! Whoever trusts any certificate, or just this one, gains nothing by a key that is strong; that the peer has it is
//! proven all the same.

use num_bigint::BigUint;
use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use ring::signature::{
    RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY, UnparsedPublicKey,
};
use rustls::SignatureScheme;

/// What counts as weak.
pub(super) const BITS: std::ops::Range<u64> = 1_024..2_048;

/// A weak key.
pub(super) struct WeakKey<'a> {
    modulus: BigUint,
    exponent: BigUint,
    /// As ring reads it: the `RSAPublicKey` of RFC 8017.
    der: &'a [u8],
}

impl<'a> WeakKey<'a> {
    /// `None` where the key is not weak, or no key.
    pub(super) fn new(modulus: &[u8], exponent: &[u8], der: &'a [u8]) -> Option<Self> {
        let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
        // An exponent is small, and even moduli have no use.
        let is_usable = BITS.contains(&modulus.bits()) && modulus.bit(0) && exponent.bits() <= 64;
        is_usable.then_some(Self { modulus, exponent, der })
    }

    /// Whether the key made this signature.
    pub(super) fn verifies(&self, scheme: SignatureScheme, message: &[u8], signature: &[u8]) -> bool {
        match scheme {
            SignatureScheme::RSA_PSS_SHA256 => self.verifies_pss(&SHA256, message, signature),
            SignatureScheme::RSA_PSS_SHA384 => self.verifies_pss(&SHA384, message, signature),
            SignatureScheme::RSA_PSS_SHA512 => self.verifies_pss(&SHA512, message, signature),
            _ => {
                let algorithm = match scheme {
                    SignatureScheme::RSA_PKCS1_SHA1 => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
                    SignatureScheme::RSA_PKCS1_SHA256 => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
                    SignatureScheme::RSA_PKCS1_SHA512 => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
                    _ => return false,
                };
                UnparsedPublicKey::new(algorithm, self.der).verify(message, signature).is_ok()
            }
        }
    }

    /// RSASSA-PSS-VERIFY with a salt as long as the hash, as TLS has it (RFC 8017, 8.1.2 and 9.1.2). ring has it from
    /// 2,048 bits on only.
    fn verifies_pss(&self, hash: &'static Algorithm, message: &[u8], signature: &[u8]) -> bool {
        let bits = self.modulus.bits() - 1;
        let whole = |bits: u64| usize::try_from(bits.div_ceil(8)).unwrap_or_default();
        let (length, hash_length) = (whole(bits), hash.output_len());
        let number = BigUint::from_bytes_be(signature);
        if signature.len() != whole(self.modulus.bits()) || number >= self.modulus {
            return false;
        }
        let encoded = number.modpow(&self.exponent, &self.modulus).to_bytes_be();
        if encoded.len() > length || length < 2 * hash_length + 2 {
            return false;
        }
        let encoded = [vec![0; length - encoded.len()], encoded].concat();
        let (masked, rest) = encoded.split_at(length - hash_length - 1);
        let (seed, trailer) = rest.split_at(hash_length);
        // Bits beyond those of the modulus are 0.
        let top = 0xff_u8 >> (8 * length as u64 - bits);
        if trailer != [0xbc] || masked[0] & !top != 0 {
            return false;
        }
        let mut block = masked.to_vec();
        for (byte, mask) in block.iter_mut().zip(mask(hash, seed, masked.len())) {
            *byte ^= mask;
        }
        block[0] &= top;
        let (padding, salt) = block.split_at(block.len() - hash_length);
        let is_padded = padding
            .split_last()
            .is_some_and(|(last, zeros)| *last == 1 && zeros.iter().all(|byte| *byte == 0));
        let salted = [&[0; 8], digest(hash, message).as_ref(), salt].concat();
        is_padded && digest(hash, &salted).as_ref() == seed
    }
}

/// MGF1 (RFC 8017, B.2.1).
fn mask(hash: &'static Algorithm, seed: &[u8], length: usize) -> Vec<u8> {
    let block = |count: u32| digest(hash, &[seed, &count.to_be_bytes()].concat()).as_ref().to_vec();
    (0_u32..).flat_map(block).take(length).collect()
}
