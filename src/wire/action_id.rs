//! The `ActionID`: `{server_key}:{instance_id}:{sequence}`, at most 67 bytes. Other clients cannot guess it.

use std::fmt;

use crate::limits::ACTION_ID_BYTES_MAX;
use crate::server_key::ServerKey;

const INSTANCE_CHARS: usize = 13;
const SEQUENCE_DIGITS_MAX: usize = 20;
const SERVER_KEY_MAX: usize = 32;
const _: () =
    assert!(SERVER_KEY_MAX + 1 + INSTANCE_CHARS + 1 + SEQUENCE_DIGITS_MAX <= ACTION_ID_BYTES_MAX, "fits");

const BASE32: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

/// Thirteen random base32 characters, drawn anew for every manager. Other clients of the same Asterisk must not be
/// able to predict our ids. They see some of them, since an `OriginateResponse` is broadcast with its id, so sequences
/// grow by random strides as well.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct InstanceId([u8; INSTANCE_CHARS]);

impl InstanceId {
    /// Takes five bits of each random byte, 65 in total.
    #[must_use]
    pub fn from_random(bytes: [u8; INSTANCE_CHARS]) -> Self {
        Self(bytes.map(|byte| BASE32[usize::from(byte & 31)]))
    }

    /// The thirteen characters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Base32 is ASCII.
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Debug for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The id of an action that this client sent. It holds its own text, since every action needs that on the wire and for
/// the caller.
#[derive(Clone, PartialEq, Eq)]
pub struct ActionId {
    sequence: u64,
    len: usize,
    bytes: [u8; ACTION_ID_BYTES_MAX],
}

impl ActionId {
    /// The id of the action with this sequence on this server. It is written without `fmt` and without heap memory.
    #[must_use]
    pub fn new(server: &ServerKey, instance: InstanceId, sequence: u64) -> Self {
        let mut id = Self { sequence, len: 0, bytes: [0; ACTION_ID_BYTES_MAX] };
        id.append(server.as_str().as_bytes());
        id.append(b":");
        id.append(&instance.0);
        id.append(b":");
        let (mut digits, mut start) = ([b'0'; SEQUENCE_DIGITS_MAX], SEQUENCE_DIGITS_MAX);
        let mut left = sequence;
        // Two digits a division.
        while left >= 10 {
            let pair = (left % 100) as u8;
            left /= 100;
            start -= 2;
            digits[start] += pair / 10;
            digits[start + 1] += pair % 10;
        }
        if left > 0 || start == SEQUENCE_DIGITS_MAX {
            start -= 1;
            digits[start] += (left % 10) as u8;
        }
        id.append(&digits[start..]);
        id
    }

    fn append(&mut self, part: &[u8]) {
        self.bytes[self.len..self.len + part.len()].copy_from_slice(part);
        self.len += part.len();
    }

    /// The id as it stands on the wire.
    #[must_use]
    pub fn text(&self) -> &[u8] {
        &self.bytes[..self.len]
    }

    /// The action's sequence. It grows with every action of a server, and no value is used twice.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Parses `bytes` and returns the sequence. `None` unless they are an id of this server and instance.
    #[must_use]
    pub fn sequence_in(bytes: &[u8], server: &ServerKey, instance: InstanceId) -> Option<u64> {
        let rest = bytes.strip_prefix(server.as_str().as_bytes())?.strip_prefix(b":")?;
        let digits = rest.strip_prefix(&instance.0)?.strip_prefix(b":")?;
        // Each sequence has one spelling, without a sign and without leading zeros.
        if digits.is_empty() || digits[0] == b'0' {
            return None;
        }
        let digit = |byte: &u8| Some(u64::from(byte.wrapping_sub(b'0'))).filter(|digit| *digit <= 9);
        // So many digits cannot overflow.
        let (first, rest) = digits.split_at(digits.len().min(SEQUENCE_DIGITS_MAX - 1));
        let mut sequence = 0;
        for byte in first {
            sequence = sequence * 10 + digit(byte)?;
        }
        rest.iter().try_fold(sequence, |sum, byte| sum.checked_mul(10)?.checked_add(digit(byte)?))
    }
}

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Keys, instances and digits are ASCII.
        f.write_str(str::from_utf8(self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance() -> InstanceId {
        InstanceId::from_random(*b"0123456789abc")
    }

    #[test]
    fn the_longest_id_is_67_bytes() {
        let server = ServerKey::new(&"s".repeat(32)).unwrap();
        let id = ActionId::new(&server, instance(), u64::MAX).to_string();
        assert_eq!(id.len(), ACTION_ID_BYTES_MAX);
        assert_eq!(ActionId::sequence_in(id.as_bytes(), &server, instance()), Some(u64::MAX));
    }

    #[test]
    fn only_ids_of_the_same_server_and_instance_in_their_one_spelling_are_ours() {
        let server = ServerKey::new("pbx1").unwrap();
        let ours = ActionId::new(&server, instance(), 7).to_string();
        let parse = |text: &str| ActionId::sequence_in(text.as_bytes(), &server, instance());
        assert_eq!(parse(&ours), Some(7));
        assert_eq!(parse(&ours.replace("pbx1", "pbx2")), None);
        assert_eq!(parse(&ours.replace(":7", ":07")), None);
        assert_eq!(parse(&ours.replace(":7", ":")), None);
        assert_eq!(parse(&ours.replace(":7", ":7x")), None);
        assert_eq!(parse(&ours.replace(":7", ":18446744073709551616")), None);
        assert_eq!(parse(&ours.replace(":7", &format!(":{}", "1".repeat(1_000)))), None);
        assert_eq!(parse("7"), None);
    }

    #[test]
    fn an_instance_is_written_in_base32() {
        let random = [0, 1, 25, 26, 31, 32, 33, 63, 64, 90, 127, 128, 255];
        assert_eq!(InstanceId::from_random(random).as_str(), "abz27ab7a27a7");
    }

    #[test]
    fn an_id_prints_as_it_stands_on_the_wire() {
        for sequence in [0, 9, 10, 99, 100, 101, 999, 1_000, 10_000, 1_234_567_890, u64::MAX] {
            let id = ActionId::new(&ServerKey::new("pbx1").unwrap(), instance(), sequence);
            assert_eq!(id.to_string(), format!("pbx1:{}:{sequence}", instance().as_str()));
            assert_eq!(id.sequence(), sequence);
        }
    }
}
